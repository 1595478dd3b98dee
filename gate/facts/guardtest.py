"""Guards inside of functions: calls that refuse, and conditions that turn callers away."""

import ast
import builtins
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from gate import lazy
from gate.facts.guardanswer import canonical, of_predicate, sends_to_login
from gate.facts.guardcall import SUBJECT, called, is_caller, own, own_calls, run_by, waits_of, words_of
from gate.facts.guardnamed import in_full
from gate.facts.guardsaid import REFUSING, said_in, says
from gate.facts.guardwords import Guard, of_call
from gate.facts.reached import parting, reached, settled, swallowed
from gate.facts.reading import Function, Reading
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.nodes import statements, walk

Body = Sequence[ast.stmt]
_REFUSAL = lazy.regex(
    r"(?i)permission_?denied|forbidden|not_?authori[sz]ed|unauthori[sz]ed|not_?authenticated|authentication_?(?:failed|required|error)|access_?denied|insufficient_?\w*"
    r"|authorization_?error|permission_?error|permission_?exception|invalid_?(?:signature|token|credentials|api_?key)|\b40[13]\b|HTTP_40[13]|handle_no_permission"
    r"|redirect_to_login|login_url|[\"'/.]log_?in\b|csrf_?error|no_?access|unauthenticated|permission_denied|signature_?verification|(?:bad|wrong|invalid|missing) (?:signature|hmac|digest|api[ -]key|credentials)|deny_?connection"
)
_CATCHING, _SENDING, _ENDING = (
    frozenset({"except", "finally", "suppress"}),
    frozenset({"redirect"}),
    frozenset({"finally"}),
)
REFUSES = Hint.of(*sorted(REFUSING))
"""Some word of these stands wherever the pattern matches; they are found faster."""
_STRICT = lazy.regex(
    r"PermissionDenied|Authentication(?:Error|Failed)\b|\bHTTP?Forbidden|\bForbidden(?:Error|Exception)?\b|HTTPUnauthorized|Unauthorized(?:Error|Exception)?\b|HttpResponseForbidden|NotAuthorized\w*"
    r"|(?:abort|HTTPException|HttpError|HTTPError|status(?:_code)?=|,)\W*40[13]\b|HTTP_40[13]"
)
"""What is said to nobody but callers who may not."""
_HIDES = lazy.regex(r"(?i)404|not_?found|HTTP_404|DoesNotExist")
_AWAY = lazy.regex(rf"{_HIDES.pattern}|^(?:\w+\.)*\w*redirect\(")
_ASKS = lazy.regex(
    r"(?i)(?:^|_)(?:is_?(?:authenticated|staff|superuser|admin|owner|anonymous|member|active|manager|moderator)|has_?\w*(?:perms?|permissions?|role|access|scope|capability|privilege)\w*"
    r"|can_\w+|user_can\w*|may_\w+|permissions?|perms?|authori[sz]ed?|allowed|permitted\w*|owners?|owner_id|roles?|scopes?|admins?|tenant\w*|organi[sz]ation_id|org_id|team_id"
    r"|user_?id|user|users|current_user|created_by\w*|author_id|member\w*|api_?keys?|token|signature|sig|principal|credentials|secret|session|password|jwt|claims"
    r"|account_id|workspace_id|access|auth|identity|acl|enforce|login|username|signed|verified|x-[\w-]+)$"
)
_PRIVILEGE = lazy.regex(r"(?i)\bnot [\w.]*\.(?:is_superuser|is_staff|is_admin|is_authenticated|has_perms?\()")
"""What is asked of nobody but callers; whatever is raised then turns them away."""
_LEAVE = lazy.regex(
    r"(?i)(?:^|\.)(?:has_\w*(?:perm|access|role|scope)\w*|user_can\w*|can_\w+|may_\w+|check_\w*perm\w*)$"
)


def in_body(file: Reading, node: ast.FunctionDef | ast.AsyncFunctionDef, where: str) -> Iterator[Guard]:
    """What a function asks before it goes on."""
    unheeded = swallowed(node) if said_in(file.source, _CATCHING) else ()
    callers = _callers(file, node)
    ends = parting(node) if said_in(file.source, _ENDING) else {}
    blocks = [*map(reached, _blocks(node))]
    for block in blocks:
        for index, part in enumerate(block):
            asked = in_full(node, ends.get(part, part)) if isinstance(part, ast.If) else None
            if isinstance(part, ast.If) and asked and settled(file, asked.test, where) is None:
                heeded = part not in unheeded or isinstance(part.body[-1], ast.Return)
                yield from tested(asked, block[index + 1 : index + 2], callers) if heeded else ()
            elif isinstance(part, ast.Match):
                yield from _matched(part)
    yield from _caught(node) if said_in(file.source, _CATCHING) else ()
    waits = waits_of(node)
    yield from (guard for call, guard in _alone(blocks, waits) if call not in unheeded)
    for call, name in own_calls(file, node, where):
        if call not in unheeded:
            yield from called(file, call, name, waits.get(call, ""))
    yield from of_predicate(node)


def _alone(blocks: Sequence[Body], waits: Mapping[ast.AST, str]) -> Iterator[tuple[ast.Call, Guard]]:
    """Calls for nothing they give back, `assert_mine(photo)`: guards, if the tree holds them and they turn callers away."""
    for part in (one for block in blocks for one in block if isinstance(one, ast.Expr)):
        call = part.value.value if isinstance(part.value, ast.Await) else part.value
        name = spelled(call.func) if isinstance(call, ast.Call) else ""
        if isinstance(call, ast.Call) and call.args and _HERE.fullmatch(name) and not of_call(name):
            yield call, Guard(call.lineno, "access", "call", name, last(name) + waits.get(call, ""), sure=False)


_HERE = lazy.regex(r"(?:self\.|cls\.)?[a-z_]\w*")
_BUILT_IN = frozenset(dir(builtins))
"""What is caught of these says nothing of who calls."""
_PROVES = lazy.regex(r"(?i)token|jwt|signature|verif|decode|auth|session|credential|unsign")


def _caught(node: ast.AST) -> Iterator[Guard]:
    """What is said to callers whose token does not hold: `except TokenError: raise HTTPException(401)`."""
    for part in (one for one in own(node) if isinstance(one, ast.Try)):
        for handler in part.handlers:
            caught = ast.unparse(handler.type) if handler.type else ""
            asked = " ".join(spelled(one.func) for step in part.body for one in walk(step) if isinstance(one, ast.Call))
            named = bool(caught) and last(caught) not in _BUILT_IN and _denies(handler.body, _STRICT)
            if named or (_denies(handler.body, _REFUSAL) and _PROVES.search(f"{caught} {asked}")):
                yield Guard(handler.lineno, "access", "test", "token", f"except {caught}".strip())


def tested(part: ast.If, following: Body, callers: frozenset[str]) -> Iterator[Guard]:
    """The check a condition makes, where callers are turned away by it; `callers` are parameters that hold who calls."""
    words = words_of(part.test)
    leaves = bool(part.body) and isinstance(part.body[-1], ast.Return | ast.Raise)
    of_row = bool(callers) and (_compares(part.test, callers) or _asks_leave(part.test, callers))
    if not any(_ASKS.search(word) for word in words) and not of_row:
        if words and _denies(part.body, _STRICT, stays=True):  # who says that does not say it of anything else
            yield Guard(part.lineno, "access", "test", words[0], canonical(part.test))
        return
    ends = bool(part.body) and isinstance(part.body[-1], ast.Raise) and bool(_PRIVILEGE.search(ast.unparse(part.test)))
    stays = bool(following) and not (leaves or part.orelse)
    ends = ends or (bool(part.body) and isinstance(part.body[-1], ast.Raise) and _compares(part.test, callers))
    if ends or _denies(part.body, _REFUSAL, stays=stays):
        yield Guard(part.lineno, "access", "test", _named(words), canonical(part.test))
    elif _denies(part.orelse, _REFUSAL) or (leaves and _denies(following, _REFUSAL)):
        yield Guard(part.lineno, "access", "test", _named(words), f"only if {canonical(part.test)}")
    elif _denies(part.body, _AWAY) and (_compares(part.test, callers) or _asks_leave(part.test, callers)):
        yield Guard(part.lineno, "access", "test", _named(words), canonical(part.test))
    elif (
        leaves
        and _denies(following, _HIDES)
        and (_compares(part.test, callers, equal=True) or _asks_leave(part.test, callers))
    ):
        yield Guard(part.lineno, "access", "test", _named(words), f"only if {canonical(part.test)}")


def _matched(part: ast.Match) -> Iterator[Guard]:
    words = words_of(part.subject)
    if any(_denies(case.body, _REFUSAL) for case in part.cases) and any(_ASKS.search(word) for word in words):
        yield Guard(part.lineno, "access", "test", _named(words), f"match {ast.unparse(part.subject)}")


def _named(words: Sequence[str]) -> str:
    return next((word for word in words if _ASKS.search(word)), "")


def _compares(test: ast.expr, callers: frozenset[str] = frozenset(), *, equal: bool = False) -> bool:
    """Whether it compares an owner with the caller."""
    ways = (ast.Eq, ast.In, ast.Is) if equal else (ast.NotEq, ast.NotIn, ast.IsNot)
    for one in walk(test):
        if isinstance(one, ast.Compare) and isinstance(one.ops[0], ways):
            sides = [one.left, one.comparators[0]]
            if all(any(SUBJECT.search(word) for word in words_of(side)) for side in sides) or _of_caller(
                sides, callers
            ):
                return True
    return False


def _of_caller(sides: Sequence[ast.expr], callers: frozenset[str]) -> bool:
    """Whether one is who calls, and the other something of a row: `request.user.id not in room.guest_ids`."""
    said = [is_caller(ast.unparse(side)) or spelled(side).partition(".")[0] in callers for side in sides]
    parts = [side.func.value if _is_all(side) else side for side in sides]  # type: ignore[attr-defined]
    rows = [isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name) for part in parts]
    return said in ([True, False], [False, True]) and rows[said.index(False)]


def _is_all(side: ast.expr) -> bool:
    """`page.editors.all()`."""
    return isinstance(side, ast.Call) and isinstance(side.func, ast.Attribute) and side.func.attr == "all"


def _callers(file: Reading, node: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """The parameters a dependency of FastAPI fills with who calls: `staff: Staff = Depends(current_staff)`."""
    given = [*node.args.posonlyargs, *node.args.args]
    pairs = [*zip(reversed(given), reversed(node.args.defaults), strict=False)]
    pairs += [(arg, value) for arg, value in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True) if value]
    pairs = pairs if said_in(file.source, _INJECTING) else []
    return frozenset(arg.arg for arg, value in pairs if _CURRENT.search(ast.unparse(value)))


_INJECTING = frozenset({"depends", "security"})
_CURRENT = lazy.regex(
    r"(?i)^(?:\w+\.)?(?:Depends|Security)\((?:[\w.]*\.)?(?:get_)?(?:current|active|logged_in|authenticated)_\w+"
)


def _asks_leave(test: ast.expr, callers: frozenset[str]) -> bool:
    """Whether it asks by a call what the caller may do: `can_edit(...)`, `invoice.visible_to(request.user)`."""
    calls = [one for one in walk(test) if isinstance(one, ast.Call)]
    of_row = (one for one in calls if isinstance(one.func, ast.Attribute) and len(one.args) == 1)
    asked = (word.value for one in calls for word in one.keywords if last(spelled(one.func)) in _LOOKS)
    if any(is_caller(ast.unparse(value)) for value in asked):  # `space.members.filter(pk=request.user.pk).exists()`
        return True
    return any(_LEAVE.search(spelled(one.func)) for one in calls) or any(
        spelled(one.args[0]) in {"request.user", "current_user", "self.request.user", "user", *callers}
        for one in of_row
    )


_LOOKS = frozenset({"filter", "filter_by", "get", "exists", "find_one", "first", "get_or_none"})
_SAYS = (ast.Raise, ast.Return, ast.Expr)
_SETS = lazy.regex(r"(?:^|\.)(?:set_status|send_error)$|^(?:self|websocket|ws|socket)\.close$")


def _denies(body: Body, pattern: re.Pattern[str], *, stays: bool = False) -> bool:
    return any(_denial(part, pattern, stays=stays) for part in body)


def _denial(part: ast.stmt, pattern: re.Pattern[str], *, stays: bool = False) -> bool:
    """Whether a statement turns a caller away; to set a status or close a socket does not, where the function `stays`."""
    match part:
        case ast.Raise(exc=ast.expr() as said) | ast.Return(value=ast.expr() as said):
            return bool(pattern.search(_text(said)))
        case ast.Expr(value=ast.Call() as said) | ast.Expr(value=ast.Await(value=ast.Call() as said)):
            name = spelled(said.func)
            if _SETS.search(name):
                return not stays and (bool(pattern.search(_text(said))) or last(name) == "close")
            return bool(pattern.search(_text(said))) and not re.match(r"(?i)(?:self\.)?_?log", name)
        case ast.Expr(value=ast.Yield() as said):
            return bool(pattern.search(_text(said)))
    return False


@lru_cache(maxsize=4096)
def _text(node: ast.expr) -> str:
    return ast.unparse(node)[:300]


def is_refusal(part: ast.stmt) -> bool:
    """Whether a statement turns a caller away."""
    return _denial(part, _REFUSAL) or _denial(part, _HIDES)


def refuses(file: Reading, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function, or one within it, turns callers away."""
    if says(file.source, node, REFUSING) and any(
        isinstance(part, _SAYS) and _denial(part, _REFUSAL) for part in statements(node)
    ):
        return True
    said = "\n".join(file.source.lines[node.lineno - 1 : node.end_lineno]) if said_in(file.source, _SENDING) else ""
    return "redirect(" in said and sends_to_login(node, said)


def calls_of(file: Reading, node: ast.FunctionDef | ast.AsyncFunctionDef, where: str) -> frozenset[str]:
    """The names of what a function calls and heeds; `where` is its own."""
    unheeded = swallowed(node) if said_in(file.source, _CATCHING) else ()
    calls = [(call, name) for call, name in own_calls(file, node, where) if call not in unheeded]
    run = (said for call, name in calls for _, said in run_by(call, name))
    return frozenset((*(name for _, name in calls), *run))


def _blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    stack: list[ast.AST] = [node]
    while stack:
        one = stack.pop()
        for name in ("body", "orelse", "finalbody"):
            block = getattr(one, name, None)
            if isinstance(block, list) and block:
                yield block
                stack += [part for part in block if not isinstance(part, (Function, ast.ClassDef))]
        stack += [*getattr(one, "handlers", ()), *getattr(one, "cases", ())]
