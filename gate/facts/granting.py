"""What a branch does to the caller: lets it pass, or turns it away."""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import lru_cache

import libcst as cst

from gate import lazy
from gate.facts.known import Scope, dotted
from gate.facts.wording import words

_NEXT = frozenset(
    {"call_next", "get_response", "view_func", "next_handler", "call_handler", "full_dispatch_request", "continuation"}
)
_WRAPPED = frozenset({"f", "fn", "func", "view", "handler", "function", "wrapped", "method", "endpoint", "callback",
                      "app", "next", "view_fn", "inner", "nxt", "route"})  # fmt: skip
_MINTS = frozenset({
    "login", "login_user", "force_login", "create_access_token", "create_token", "issue_token", "generate_token",
    "create_jwt", "make_token", "mint_token", "create_session", "start_session", "create_refresh_token", "auth_login",
    "sign_in", "log_in", "remember", "generate_jwt", "issue_jwt", "encode_token", "create_jwt_token", "do_login",
    "set_secure_cookie", "set_signed_cookie",
})  # fmt: skip
_SESSION = frozenset({"session", "sessionid", "sid", "token", "jwt", "auth", "account", "user", "login", "admin"})
"""Words in the name of a cookie that says who the caller is."""
_USER = frozenset({"user", "principal", "claims", "identity", "account", "member", "superuser"})
_USER_CALL = lazy.regex(r"(^|[._])(get|find|load|fetch|create|make|build|first|one)[._]?\w*user"
                        r"|objects\.(get|first|filter)"
                        r"|User(Info|Context|Model|Out)?$|Principal$|Identity$|AuthCredentials$|Claims$|TokenData$"
                        r"|SimpleUser$|AuthResult$" )  # fmt: skip
_USER_KEYS = frozenset({"role", "roles", "admin", "is_admin", "user", "user_id", "sub", "username", "email", "scopes",
                        "scope", "permissions", "principalid", "access_token", "token", "authenticated",
                        "uid"})  # fmt: skip
_SETS = lazy.regex(r"(request|req|g|state|self|flask\.g|request\.state|context|ctx|info\.context)\.(_?cached_)?"
                   r"(user|current_user|principal|identity|auth|claims|is_admin|is_authenticated|is_superuser|role|user_id)$"
                   r"|^(session|request\.session|flask\.session)$"
                   r"|^(is_admin|is_authenticated|authenticated|authorized|is_superuser|current_user|allowed"
                   r"|access_granted)$")  # fmt: skip
_DENIES = lazy.regex(r"(?i)abort|forbid|unauthori[sz]ed|denied|deny|reject|permissiondenied|authenticationfailed"
                     r"|notauthenticated|redirect_to_login|HTTPException|challenge|^exit$|sys\.exit")  # fmt: skip
_REFUSAL = lazy.regex(r"\b40[13]\b|(?i:unauthori[sz]ed|forbidden|permission|authenticationfailed|notauthenticated"
                      r"|access ?denied|invalid (api )?(key|token|password|credential)|credential"
                      r"|abort\(40)")  # fmt: skip


_WRONG = lazy.regex(r"(?:status\w* ?= ?|, )(?:\w+\.)*(?:HTTP_)?4\d\d\b")
_CALLED = lazy.regex(r"([\w.]+)\(")
_MADE = lazy.regex(r"(?:\w+\.)*(?:[A-Z]\w*|jsonify|make_response|gettext|_)")
"""What makes an answer of what is written there; what another function gives back under a status of 404 is served."""
_GUARDS = lazy.regex(r"is_admin|is_staff|is_superuser|is_authenticated|has_perm|has_role|verify|(?<!can_)authenticate\(|check_"
                     r"|permission|authorized|isinstance|valid|compare_digest")  # fmt: skip

_BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")
_STATEMENTS = (cst.BaseStatement, cst.BaseSuite, cst.Else, cst.Finally, cst.ExceptHandler, cst.MatchCase)


class Effect(StrEnum):
    """How a branch lets the caller pass; the value completes a sentence."""

    NEXT = "runs what is guarded"
    USER = "returns a user"
    ALLOWS = "allows the request"
    SETS = "makes the caller somebody"
    MINTS = "signs the caller in"
    TRUE = "answers yes"
    EARLY = "lets its caller past the check that others meet"
    REST = "lets nobody else pass, so that it is the only check"
    GATED = "opens what is behind it"


def effect(body: Sequence[cst.CSTNode], scope: Scope) -> Effect | None:
    """How a block lets the caller pass, or None if it does not."""
    if any(denial(part) for part in body) or any(isinstance(p, cst.If) and guard(p.test) for p in body):
        return None
    for part in simple(body):
        found = _effect(part, scope)
        if found is not None:
            return found
    return Effect.EARLY if scope.denies and _leaves(body) else None


def _leaves(body: Sequence[cst.CSTNode]) -> bool:
    """Whether a block ends by going away, with no answer that says what was wrong with the request."""
    last = body[-1] if body else None
    while isinstance(last, cst.With | cst.Try | cst.If | cst.For | cst.While):
        inner = last.body.body if not isinstance(last, cst.If) else last.orelse.body.body if last.orelse else ()
        last = inner[-1] if inner else None
    small = last.body[-1] if isinstance(last, cst.SimpleStatementLine | cst.SimpleStatementSuite) else last
    return isinstance(small, cst.Return | cst.Pass | cst.Continue) and not _faults(small)


def gated(body: Sequence[cst.CSTNode], scope: Scope) -> Effect | None:
    """How a block of no known effect serves its caller: it gives something back, or others are turned away."""
    returns = [part for part in simple(body) if isinstance(part, cst.Return)]
    acts = any(isinstance(part, cst.Expr) and isinstance(part.value, cst.Call | cst.Await) for part in simple(body))
    finds_fault = not acts and any(map(_faults, returns))
    gives = any(_gives(part.value) for part in returns if not _faults(part))
    serves = gives or (scope.denies and not finds_fault)
    return Effect.GATED if serves and not any(denial(part) for part in body) else None


def _faults(part: cst.CSTNode) -> bool:
    """Whether an answer says what was wrong with the request, and holds nothing else."""
    said = code(part)
    return bool(_WRONG.search(said)) and all(map(_MADE.fullmatch, _CALLED.findall(said)))


def _gives(value: cst.BaseExpression | None) -> bool:
    return value is not None and not (isinstance(value, cst.Name) and value.value in {"None", "False"})


def guard(test: cst.BaseExpression) -> bool:
    """Whether a condition is itself a check of who may pass."""
    return bool(_GUARDS.search(code(test)))


def denial(part: cst.CSTNode) -> bool:
    """Whether a statement turns the caller away."""
    for small in simple([part]) if not _compound(part) else ():
        match small:
            case cst.Raise() | cst.Return(value=cst.Name(value="False" | "None")):
                return True
            case cst.Return(value=cst.BaseExpression() as value):
                if _refusal(value) or _DENIES.search(dotted(value)):
                    return True
            case cst.Expr(value=cst.Call(func=func)) if _DENIES.search(dotted(func)):
                return True
    return False


def refuses(body: Sequence[cst.CSTNode]) -> bool:
    """Whether a block says that it refuses for want of a right, not of good form."""
    return any(_REFUSAL.search(code(part)) for part in body)


def answer(value: cst.BaseExpression, scope: Scope) -> Effect | None:
    """What returning this value means to whoever asked."""
    match value:
        case cst.Await(expression=inner):
            return answer(inner, scope)
        case cst.Name(value="True"):
            return Effect.TRUE
        case cst.Call(func=func, args=given):
            if any(allows(part.value) for part in given):
                return Effect.ALLOWS
            return _call(func, value, scope) or _given(value, scope)
        case cst.Tuple(elements=parts):
            return next((found for part in parts if (found := answer(part.value, scope))), None)
        case _ if allows(value):
            return Effect.ALLOWS
        case cst.Dict(elements=parts):
            keys = [part.key for part in parts if isinstance(part, cst.DictElement)]
            named = {key.raw_value.lower() for key in keys if isinstance(key, cst.SimpleString)}
            return Effect.USER if named & _USER_KEYS else None
        case cst.Name() | cst.Attribute():
            last = words(dotted(value).rpartition(".")[2])
            return Effect.USER if last and last[-1] in _USER else None
    return None


def allows(value: cst.BaseExpression) -> bool:
    """What an authorizer of a cloud's gateway answers: `"Allow"`, `{"isAuthorized": True}`."""
    if isinstance(value, cst.SimpleString):
        return value.raw_value == "Allow"
    parts = value.elements if isinstance(value, cst.Dict) else []
    named = [(part.key, part.value) for part in parts if isinstance(part, cst.DictElement)]
    return any(code(key).strip("\"'") == "isAuthorized" and code(held) == "True" for key, held in named)


def _given(call: cst.Call, scope: Scope) -> Effect | None:
    """What is put into an answer: `return jsonify(token=create_access_token(user))`."""
    parts = [arg.value for arg in call.args if isinstance(arg.value, cst.Call | cst.Dict)]
    minted = any(_call(part.func, part, scope) is Effect.MINTS for part in parts if isinstance(part, cst.Call))
    if minted:
        return Effect.MINTS
    return next((found for part in parts if isinstance(part, cst.Dict) and (found := answer(part, scope))), None)


def simple(body: Sequence[cst.CSTNode]) -> Iterator[cst.BaseSmallStatement]:
    """The simple statements of a block, those inside its loops and branches too, but not inner functions."""
    stack = list(reversed(body))
    while stack:
        part = stack.pop()
        if isinstance(part, cst.SimpleStatementLine | cst.SimpleStatementSuite):
            yield from part.body
        elif isinstance(part, cst.BaseSmallStatement):
            yield part
        elif not isinstance(part, cst.FunctionDef | cst.ClassDef):
            stack += reversed(list(blocks(part)))


def blocks(part: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The statements, blocks, handlers and cases right inside of a statement.

    libcst's own `children` finds them, too, but builds a copy of the node for it.
    """
    for name in _BLOCKS:
        held = getattr(part, name, ())
        yield from (child for child in (held if isinstance(held, list | tuple) else [held]) if _statement(child))


def _statement(node: object) -> bool:
    return isinstance(node, _STATEMENTS)


def _compound(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.BaseCompoundStatement)


def _effect(small: cst.BaseSmallStatement, scope: Scope) -> Effect | None:
    match small:
        case cst.Return(value=cst.BaseExpression() as value):
            return answer(value, scope)
        case cst.Assign(targets=targets, value=value):
            said = isinstance(value, cst.Name) and value.value in {"False", "None"}
            sets = not said and any(
                _SETS.search(dotted(target.target)) or _becomes(target, value) for target in targets
            )
            return Effect.SETS if sets else _within(value, scope)
        case cst.Expr(value=value):
            return _within(value, scope)
    return None


def _becomes(target: cst.AssignTarget, value: cst.BaseExpression) -> bool:
    """`user = User.objects.get(...)`: from here on the caller is who was looked up."""
    named = isinstance(target.target, cst.Name) and target.target.value in _USER
    return named and isinstance(value, cst.Call) and bool(_USER_CALL.search(dotted(value)))


def _within(value: cst.BaseExpression, scope: Scope) -> Effect | None:
    """The effect of a call whose value is only kept: `response = get_response(request)`."""
    while isinstance(value, cst.Await):
        value = value.expression
    found = _call(value.func, value, scope) if isinstance(value, cst.Call) else None
    return found if found in {Effect.NEXT, Effect.MINTS} else None


def _call(func: cst.BaseExpression, call: cst.Call, scope: Scope) -> Effect | None:
    path = dotted(func)
    root, _, last = path.rpartition(".")
    if last in _NEXT or path in {"self.app", "self.inner", "self._app"} or path == "super.dispatch":
        return Effect.NEXT
    if not root and (last in scope.outer or last in scope.params) and (last in _WRAPPED or _passes_all(call)):
        return Effect.NEXT
    if last in _MINTS or path == "jwt.encode" or (last == "set_cookie" and _signs_in(call)):
        return Effect.MINTS
    return Effect.USER if _USER_CALL.search(path) else None


def _signs_in(call: cst.Call) -> bool:
    first = call.args[0].value if call.args else None
    return isinstance(first, cst.SimpleString) and not _SESSION.isdisjoint(words(first.raw_value))


def _passes_all(call: cst.Call) -> bool:
    return any(arg.star == "**" for arg in call.args)


def _refusal(value: cst.BaseExpression) -> bool:
    """`return "no", 401`, `return Response(status=403)`."""
    if isinstance(value, cst.Tuple):
        return any(isinstance(e.value, cst.Integer) and e.value.value in {"401", "403"} for e in value.elements)
    if not isinstance(value, cst.Call):
        return False
    return any(
        arg.keyword is not None and "status" in arg.keyword.value and re.search(r"40[13]", code(arg.value))
        for arg in value.args
    )


@lru_cache(maxsize=4096)
def code(node: cst.CSTNode) -> str:
    """The text of a node; conditions are asked about from every block around them."""
    return cst.Module([]).code_for_node(node)
