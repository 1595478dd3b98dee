"""Guards inside of functions that are calls: those that refuse, and those that look up only what is the caller's."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache

from gate import lazy
from gate.facts import guardwords
from gate.facts.guardwords import Guard
from gate.facts.reading import Reading
from gate.facts.spelling import last, spelled
from gate.nodes import children, walk

SUBJECT = lazy.regex(
    r"(?i)(?:^|_)(?:user|current_user|owner\w*|user_?id|tenant\w*|org_id|organi[sz]ation_id|team_id|author_id|created_by\w*|account_id|workspace_id"
    r"|customer|client|buyer|seller|vendor|merchant|creator|requester|author|assignee|sender|recipient|uploader|submitter|organi[sz]er|members?"
    r"|host|guest|courier|driver|person|artist|player|student|teacher|reviewer|employee|patient|doctor|subscriber|participant|attendee|reporter|holder|payer|payee)(?:_?ids?)?$"
)
CALLER = lazy.regex(
    r"(?i)(?:request|current|g\.|self\.|info\.)[\w.]*(?:\[[\"'])?user|(?:request|\bg|info\.context)\.(?:\w+\.)?(?:member|account|principal|viewer|actor|customer|identity)|^(?:current_)?user(?:\.|_?id$|$)|tenant|get_jwt_identity|current_identity"
)
_HELD_CALLER = lazy.regex(r"(?:\bg|request\.(?:ctx|state))\.(\w+)(?:\.(?:id|pk|sub|uid))?")
"""What a program keeps of who calls for as long as a request lasts: `g.person.id`."""
_ONESELF = lazy.regex(r"(?:self\.)?request\.user|current_user|g\.(?:current_)?user")
_LOOKS_UP = frozenset(
    {"filter", "filter_by", "get", "get_object_or_404", "get_list_or_404", "aget_object_or_404", "aget", "Q"}
)
AWAITED, UNAWAITED = ", awaited", ", and nobody awaits it"
"""What ends the text of a guard that is called in an `async` function."""
_RUNS = frozenset({"to_thread", "run_sync", "run_in_threadpool", "run_in_executor"})
_WRAPS = frozenset({"sync_to_async", "database_sync_to_async"})


_ENDS = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Name, ast.Constant})
"""What is not looked into: another function, and the half of all nodes that holds no other."""


def waits_of(node: ast.AST) -> dict[ast.AST, str]:
    """The calls of an `async` function that are awaited, and those that stand alone and are not."""
    parts = own(node) if isinstance(node, ast.AsyncFunctionDef) else ()
    alone: dict[ast.AST, str] = {one.value: UNAWAITED for one in parts if isinstance(one, ast.Expr)}
    return alone | {one.value: AWAITED for one in parts if isinstance(one, ast.Await)}


def called(file: Reading, call: ast.Call, name: str, waits: str) -> Iterator[Guard]:
    """What a call of this name keeps."""
    given = call.keywords
    if given and any(
        word.arg == "optional" and isinstance(word.value, ast.Constant) and word.value.value for word in given
    ):
        return  # `verify_jwt_in_request(optional=True)`
    for one, said in ((call.func, name), *run_by(call, name)):
        meant = file.meaning(one, "") if "?" in said else said
        if kind := guardwords.of_call(meant):
            yield Guard(call.lineno, kind, "call", meant, last(meant) + waits)
            return
    if (given and any(_is_own(word, name) for word in given)) or any(
        isinstance(part, ast.Compare) and _owns(part) for part in call.args
    ):
        yield Guard(call.lineno, "access", "lookup", name, ast.unparse(call))


def run_by(call: ast.Call, name: str) -> list[tuple[ast.expr, str]]:
    """The functions a call of this name has called, and theirs: `to_thread(check, user)`, `sync_to_async(check)(user)`."""
    if isinstance(call.func, ast.Call) and last(spelled(call.func.func)) in _WRAPS:
        return [(one, spelled(one)) for one in _functions(call.func.args)]
    return [(one, spelled(one)) for one in _functions(call.args)] if last(name) in _RUNS else []


def _functions(given: Sequence[ast.expr]) -> Iterator[ast.expr]:
    """Those named here, or behind `partial`."""
    for one in given:
        if isinstance(one, ast.Name | ast.Attribute):
            yield one
        elif isinstance(one, ast.Call) and last(spelled(one.func)) == "partial":
            yield from one.args[:1]


def _is_own(word: ast.keyword, name: str) -> bool:
    """`owner=request.user`: what is looked for is the caller's."""
    if isinstance(word.value, ast.Constant):
        return False
    said = ast.unparse(word.value)
    if _ONESELF.fullmatch(said) and last(name) in _LOOKS_UP:  # whatever a row has to do with them
        return True
    held = _HELD_CALLER.fullmatch(said)
    if held and held[1] == (word.arg or "").removesuffix("_id"):  # `person_id=g.person.id`
        return True
    same = (word.arg or "").partition("__")[0] == said.rpartition(".")[2]  # `clinic=request.user.clinic`
    return bool(same or SUBJECT.search(word.arg or "")) and bool(CALLER.search(said))


def _owns(test: ast.Compare) -> bool:
    """`Document.owner_id == user.id`."""
    sides = [test.left, test.comparators[0]]
    same = isinstance(test.ops[0], ast.Eq) and all(any(map(SUBJECT.search, words_of(side))) for side in sides)
    return same and is_caller(ast.unparse(sides[1]))


def is_caller(text: str) -> bool:
    """Whether an expression is who calls, or something of theirs."""
    return bool(CALLER.search(text) or _HELD_CALLER.fullmatch(text))


def words_of(test: ast.expr) -> list[str]:
    found = [
        one.attr if isinstance(one, ast.Attribute) else one.id
        for one in walk(test)
        if isinstance(one, ast.Attribute | ast.Name)
    ]
    return found + [one.value for one in walk(test) if isinstance(one, ast.Constant) and isinstance(one.value, str)]


@lru_cache(maxsize=4096)
def own(node: ast.AST) -> tuple[ast.AST, ...]:
    """The nodes of a function that do not lie in another one within it, its decorators and parameters left out."""
    found: list[ast.AST] = list(getattr(node, "body", ()))
    for one in found:
        if type(one) not in _ENDS:
            found += children(one)
    return tuple(found)


def own_calls(file: Reading, node: ast.FunctionDef | ast.AsyncFunctionDef, where: str) -> list[tuple[ast.Call, str]]:
    """The calls among them, each with the name of what it calls; `where` is the dotted name of the function."""
    first, end = node.body[0], node.end_lineno or node.lineno
    start = (first.lineno, first.col_offset)
    return [
        (one, name)
        for one, name in _calls(file).get(where, ())
        if start <= (one.lineno, one.col_offset) and one.lineno <= end
    ]


@lru_cache(maxsize=64)
def _calls(file: Reading) -> dict[str, list[tuple[ast.Call, str]]]:
    """The calls of a file by the function or class around, each with the name of what it calls."""
    found = defaultdict(list)
    for one in file.calls():
        found[one.where].append((one.node, spelled(one.node.func)))
    return found
