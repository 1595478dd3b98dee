"""Guards inside of functions that are calls: those that refuse, and those that look up only what is the caller's."""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from gate.facts import guardwords
from gate.facts.guardwords import Guard
from gate.facts.reading import Reading
from gate.facts.spelling import last, spelled
from gate.nodes import children, walk

SUBJECT = re.compile(
    r"(?i)(?:^|_)(?:user|current_user|owner\w*|user_?id|tenant\w*|org_id|organi[sz]ation_id|team_id|author_id|created_by\w*|account_id|workspace_id"
    r"|customer|client|buyer|seller|vendor|merchant|creator|requester|author|assignee|sender|recipient|uploader|submitter|organi[sz]er|members?)(?:_?id)?$"
)
CALLER = re.compile(
    r"(?i)(?:request|current|g\.|self\.|info\.)[\w.]*(?:\[[\"'])?user|(?:request|\bg|info\.context)\.(?:\w+\.)?(?:member|account|principal|viewer|actor|customer|identity)|^(?:current_)?user(?:\.|_?id$|$)|tenant|get_jwt_identity|current_identity"
)
AWAITED, UNAWAITED = ", awaited", ", and nobody awaits it"
"""What ends the text of a guard that is called in an `async` function."""
_RUNS = frozenset({"to_thread", "run_sync", "run_in_threadpool", "run_in_executor"})
_WRAPS = frozenset({"sync_to_async", "database_sync_to_async"})


INNER = (ast.FunctionDef, ast.AsyncFunctionDef)


def waits_of(node: ast.AST) -> dict[ast.AST, str]:
    """The calls of an `async` function that are awaited, and those that stand alone and are not."""
    parts = own(node) if isinstance(node, ast.AsyncFunctionDef) else ()
    alone: dict[ast.AST, str] = {one.value: UNAWAITED for one in parts if isinstance(one, ast.Expr)}
    return alone | {one.value: AWAITED for one in parts if isinstance(one, ast.Await)}


def called(file: Reading, call: ast.Call, waits: str) -> Iterator[Guard]:
    if any(
        word.arg == "optional" and isinstance(word.value, ast.Constant) and word.value.value for word in call.keywords
    ):
        return  # `verify_jwt_in_request(optional=True)`
    for one in run_by(call):
        name = spelled(one)
        if "?" in name:
            name = file.meaning(one, "")
        if kind := guardwords.of_call(name):
            yield Guard(call.lineno, kind, "call", name, last(name) + waits)
            return
    name = spelled(call.func)
    if any(map(_is_own, call.keywords)) or any(isinstance(part, ast.Compare) and _owns(part) for part in call.args):
        yield Guard(call.lineno, "access", "lookup", name, ast.unparse(call))


def run_by(call: ast.Call) -> Iterator[ast.expr]:
    """The function a call calls, and the one it has called: `to_thread(check, user)`, `sync_to_async(check)(user)`."""
    yield call.func
    if isinstance(call.func, ast.Call) and last(spelled(call.func.func)) in _WRAPS:
        yield from _functions(call.func.args)
    elif last(spelled(call.func)) in _RUNS:
        yield from _functions(call.args)


def _functions(given: Sequence[ast.expr]) -> Iterator[ast.expr]:
    """Those named here, or behind `partial`."""
    for one in given:
        if isinstance(one, ast.Name | ast.Attribute):
            yield one
        elif isinstance(one, ast.Call) and last(spelled(one.func)) == "partial":
            yield from one.args[:1]


def _is_own(word: ast.keyword) -> bool:
    """`owner=request.user`: what is looked for is the caller's."""
    said = ast.unparse(word.value)
    same = (word.arg or "").partition("__")[0] == said.rpartition(".")[2]  # `clinic=request.user.clinic`
    return bool(same or SUBJECT.search(word.arg or "")) and bool(CALLER.search(said))


def _owns(test: ast.Compare) -> bool:
    """`Document.owner_id == user.id`."""
    sides = [test.left, test.comparators[0]]
    same = isinstance(test.ops[0], ast.Eq) and all(any(map(SUBJECT.search, words_of(side))) for side in sides)
    return same and bool(CALLER.search(ast.unparse(sides[1])))


def words_of(test: ast.expr) -> list[str]:
    found = [
        one.attr if isinstance(one, ast.Attribute) else one.id
        for one in walk(test)
        if isinstance(one, ast.Attribute | ast.Name)
    ]
    return found + [one.value for one in walk(test) if isinstance(one, ast.Constant) and isinstance(one.value, str)]


@lru_cache(maxsize=4096)
def own(node: ast.AST) -> tuple[ast.AST, ...]:
    """The nodes of a function that are not in another one within it, its decorators and parameters left out."""
    found: list[ast.AST] = list(getattr(node, "body", ()))
    for one in found:
        if not isinstance(one, (*INNER, ast.ClassDef)):
            found += children(one)
    return tuple(one for one in found if not isinstance(one, INNER))
