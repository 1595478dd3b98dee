"""Texts by which a row, or the entry of a table, was looked up and found."""

import ast
from collections.abc import Iterator

from gate import lazy
from gate.facts import cleaning
from gate.facts.bindings import last_name
from gate.facts.frame import Env, Frame, again
from gate.facts.located import vetted
from gate.facts.value import FOUND, Value
from gate.nodes import walk

_LOOKS_UP = lazy.regex(r"(?i)(?:^|_)(?:get|find|fetch|look_?up|first|one|one_or_none|scalar|scalar_one_or_none)(?:_|$)")
_OF_FILES = lazy.regex(r"(?i)path|file|folder|dir|url|uri|env|content|text|body|bytes|page|config|setting")
"""What reads by a name tells nothing of the name, for it is what the name leads to."""
_OUTSIDE = frozenset({"request", "llm"})


def looked_up(frame: Frame, call: ast.Call) -> Env:
    """What is known where `find_team(team_id)` gave something: there is a team of that id.

    `user = session.scalar(select(User).where(User.name == name))` and `FOLDERS.get(name)` do the same. What a request
    is asked for is no row.
    """
    name = last_name(call.func)
    if not _LOOKS_UP.search(name) or _OF_FILES.search(name):
        return {}
    if any(atom.kind in _OUTSIDE for atom in again(frame, call).atoms):
        return {}
    return {key: held for part in _given(call) for key, held in vetted(frame, part, FOUND).items()}


def _given(call: ast.Call) -> Iterator[ast.expr]:
    """What a chain of calls is given, and what conditions among it compare."""
    for part in (*call.args, *(word.value for word in call.keywords)):
        yield part
        for compared in walk(part):
            if isinstance(compared, ast.Compare):
                yield from (compared.left, *compared.comparators)
    inner = call.func.value if isinstance(call.func, ast.Attribute) else None
    inner = inner.value if isinstance(inner, ast.Await) else inner
    if isinstance(inner, ast.Call):
        yield from _given(inner)


def may_be_none(frame: Frame, node: ast.expr) -> bool:
    """Whether an expression gives what was found, or a refusal, and else None; or a variable holds its answer."""
    if isinstance(node, ast.Await | ast.NamedExpr):
        return may_be_none(frame, node.value)
    if isinstance(node, ast.Call):
        return bool(cleaning.REFUSES.match(last_name(node.func)) or looked_up(frame, node))
    says = again(frame, node).says if isinstance(node, ast.Name) else ()
    if says and isinstance(node, ast.Name) and cleaning.SAYS_NO.search(node.id):
        return True
    return bool(says) and all(one.other != one.before or one.set_there or _is_found(one.then) for one in says)


def _is_found(held: Value) -> bool:
    return any(FOUND in atom.marks for atom in held.atoms)
