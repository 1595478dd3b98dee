"""Checks that let a caller pass when they cannot check."""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from gate import lazy
from gate.facts.bysetting import is_allowed
from gate.facts.names import constant
from gate.facts.reading import Node, Reading, reading
from gate.facts.spelling import last, spelled
from gate.facts.swallowed import suppressed, swallowed
from gate.facts.unheeded import Found, always, dropped, logged
from gate.facts.verdict import ANSWERS, VERIFIES, guards, raises
from gate.facts.wording import deciding, words
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_SECRET = lazy.regex(
    r"(?i)(?:secret|signature|(?:^|_)sig|token|(?:^|_|api)key|hmac|credentials?|password|authorization|policy)"
    r"(?:_?(?:header|str|bytes|hash|key|engine|provider|client))?$"
)
_POLICY = lazy.regex(r"(?i)policy$")
_DEMANDS = frozenset({"require", "requires", "required", "enforce", "enforces", "enforced"})
_SENT = lazy.regex(r"(?i)sign|(?:^|_)sig(?:_|$)|hmac|token|secret|api_?key|authorization|credential|password")
"""Names of what a caller proves itself with; `state_key` and `old_key_str` are none."""
_WEBHOOK = lazy.regex(r"(?i)webhook|hook|callback|notif|event|receive|stripe|github|slack")
_UNAVAILABLE = lazy.regex(r"(?i)available|healthy|reachable|is_up|connected|ready")
_FRAMEWORK = lazy.regex(r"(?:FASTAPI|STARLETTE|FLASK|DJANGO|AIOHTTP|TORNADO|SANIC|QUART|LITESTAR|MCP)_AVAILABLE")
_PREDICATE = lazy.regex(r"_?(?:is|has|can|should|was)_")
_STARTING = frozenset({"apps.ready", "apps.apps_ready", "apps.models_ready"})
"""Django's, off only while the program starts."""


@dataclass(frozen=True)
class FailOpen:
    """A place where not knowing counts as yes."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of(
        "verif", "valid", "authenticat", "authoriz", "permission", "compare_digest", "has_perm", "check_", "signature",
        "is_allowed", "can_", "require", "jwt",
    )  # fmt: skip

    place: Place
    how: str
    """"missing", "allowed", "swallowed", "assumed", "conditional", "dropped", "assert", "always" or "logged"."""
    name: str

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if kind(source.path) in {"test", "dev"}:
            return
        file = reading(source)
        for one in file.of(ast.If, ast.Try, ast.Expr, ast.Assert, ast.BoolOp, ast.With):
            function = one.function
            if function is None:
                continue
            found = _judged(file, one, function)
            if found:
                how, name, where = found
                yield cls(file.place(where), how, name)


def _judged(file: Reading, one: Node, function: ast.AST) -> Found | None:
    match one.node:
        case ast.If():
            return _missing(file, one, function) or _conditional(one, function) or logged(one, function)
        case ast.Try():
            return swallowed(one, function)
        case ast.With():
            return suppressed(one, function)
        case ast.Expr(value=value):
            return dropped(file, one, value)
        case ast.Assert(test=test):
            called = test.operand if isinstance(test, ast.UnaryOp) else test
            name = spelled(called.func) if isinstance(called, ast.Call) else ""
            decides = guards(one) or deciding(tuple(one.where.split("."))) == 2
            asked = bool(name and ANSWERS.search(name)) or (decides and bool(name) and bool(VERIFIES.search(name)))
            return ("assert", last(name), one.node) if asked else None
        case ast.BoolOp(op=ast.Or(), values=values) if isinstance(one.parent and one.parent.node, ast.Return):
            return always(values, one.node)
    return None


def _missing(file: Reading, one: Node, function: ast.AST) -> Found | None:
    """`if not secret: return True`."""
    if not guards(one) or len(one.node.body) > 3:
        return None
    name = _absent(one.node.test)
    if (
        not name
        or name in _STARTING
        or _is_framework(file, last(name))
        or _asks(one.node.test)
        or not (_SECRET.search(last(name)) or _UNAVAILABLE.search(last(name)))
    ):
        return None
    leaves = one.node.body[-1]
    if _may_be_none(function, name) and not re.search(r"(?i)sig|secret|hmac", name):
        return None  # there is nothing to check
    if isinstance(leaves, ast.Return) and _passes(one, function, leaves.value, name):
        return "allowed" if is_allowed(file, one.node.test) else "missing", name, one.node.test
    return None


def _is_framework(file: Reading, name: str) -> bool:
    """Whether a name says that a framework is installed, as the import of it told: without it there is no caller."""
    tried = rf"(?m)^[ \t]+{name} = True\b[^\n]*\n(?:[^\n]*\n){{0,3}}except (?:ImportError|ModuleNotFoundError)\b"
    return bool(_FRAMEWORK.fullmatch(name)) and re.search(tried, file.source.text) is not None


def _asks(test: ast.expr) -> bool:
    """`if not is_secret_field(key)` asks a question; nothing is missing."""
    called = test.operand if isinstance(test, ast.UnaryOp) else test
    return isinstance(called, ast.Call) and bool(called.args) and bool(_PREDICATE.match(last(spelled(called.func))))


def _may_be_none(function: ast.AST, name: str) -> bool:
    """Whether a parameter of this name is said to be optional."""
    given = getattr(function, "args", None)
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs] if given else []
    return any(
        arg.arg == name and arg.annotation is not None and "None" in ast.unparse(arg.annotation) for arg in every
    )


def _passes(one: Node, function: ast.AST, value: ast.expr | None, name: str) -> bool:
    """Whether returning this value lets the caller in."""
    nothing = value is None or (isinstance(value, ast.Constant) and value.value is None)
    if nothing:
        said = getattr(function, "returns", None)
        optional = said is not None and "None" in (text := ast.unparse(said)) and text != "None"
        return raises(function) and not (_is_method_chain(one) or optional or _used_elsewhere(function))
    if isinstance(value, ast.Constant):
        return value.value is True and (_decides(function) or bool(_SECRET.search(name)))
    return isinstance(value, ast.Await | ast.Call) and bool(re.search(r"call_next|get_response", ast.unparse(value)))


def _absent(test: ast.expr) -> str:
    """The name of what is missing where the condition holds."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            while (
                isinstance(inner, ast.Call)
                and isinstance(inner.func, ast.Attribute)
                and inner.func.attr in {"strip", "get"}
            ):
                if _asks_policy(inner, inner.func.value):
                    return ""
                inner = inner.func.value
            return spelled(_called(inner)).strip("?.")
        case ast.Compare(left=left, ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None | "")]):
            return spelled(left).strip("?.")
        case ast.BoolOp(values=values):
            return next((name for value in values if (name := _absent(value)) and _SECRET.search(name)), "")
    return ""


def _called(node: ast.expr) -> ast.expr:
    return node.func if isinstance(node, ast.Call) else node


def _asks_policy(call: ast.Call, owner: ast.expr) -> bool:
    """`policy.get("require_presence")`: the policy is there, and does not ask for more."""
    said = words(constant(call.args[0]) or "")[:1] if call.args else ()
    return not _DEMANDS.isdisjoint(said) and bool(_POLICY.search(last(spelled(_called(owner)))))


def _is_method_chain(one: Node) -> bool:
    """`authenticate` of Django and its kin says None for "ask the next"."""
    return last(one.where) in {"authenticate", "get_user", "authenticate_header", "identify"}


def _decides(function: ast.AST) -> bool:
    return any(isinstance(node, ast.Return) and node.value is not None for node in walk(function))


def _used_elsewhere(function: ast.AST) -> bool:
    """Whether it returns something else too, so that None can be told from it."""
    return any(
        isinstance(node, ast.Return)
        and node.value is not None
        and not (isinstance(node.value, ast.Constant) and node.value.value is None)
        for node in walk(function)
    )


def _conditional(one: Node, function: ast.AST) -> Found | None:
    """`if signature: verify(body, signature)`, and a webhook without one is handled as well."""
    name = _present(one.node.test)
    if (
        not name
        or one.node.orelse
        or not _SENT.search(name)
        or not (_is_route(function) or _WEBHOOK.search(getattr(function, "name", "")))
    ):
        return None
    if not _WEBHOOK.search(
        f"{getattr(function, 'name', '')} {' '.join(ast.unparse(d) for d in getattr(function, 'decorator_list', []))}"
    ):
        return None
    body = one.node.body
    checks = any(
        re.search(r"(?i)verif|construct_event|compare_digest|is_valid|check_sig|validate_sig", spelled(node.func))
        for part in body for node in walk(part) if isinstance(node, ast.Call)
    )  # fmt: skip
    goes_on = one.node in getattr(function, "body", ()) and function.body[-1] is not one.node  # type: ignore[attr-defined]
    ends = isinstance(body[-1], ast.Return)
    following = function.body[function.body.index(one.node) + 1 :] if goes_on else []  # type: ignore[attr-defined]
    refuses = bool(following) and (isinstance(following[0], ast.Raise) or _denies_all(following))
    return ("conditional", name, one.node.test) if checks and goes_on and not ends and not refuses else None


def _denies_all(following: Sequence[ast.stmt]) -> bool:
    return any(
        isinstance(part, ast.If) and re.search(r"verified|valid|not ok", ast.unparse(part.test)) for part in following
    )


def _present(test: ast.expr) -> str:
    match test:
        case ast.Name() | ast.Attribute():
            return spelled(test)
        case ast.Compare(left=left, ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None | "")]):
            return spelled(left)
        case ast.BoolOp(op=ast.And(), values=values):
            return next((name for value in values if (name := _present(value)) and _SECRET.search(name)), "")
        case ast.Compare(left=ast.Constant(value=str() as name), ops=[ast.In()]):
            return name
    return ""


def _is_route(function: ast.AST) -> bool:
    return any(
        re.search(r"\.(?:post|put|route|api_route)\(|csrf_exempt|api_view", ast.unparse(one))
        for one in getattr(function, "decorator_list", ())
    )
