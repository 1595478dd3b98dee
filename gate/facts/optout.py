"""Switches that let callers pass without being asked who they are."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Self

from gate import lazy
from gate.facts.optout_text import deployed_open
from gate.facts.reading import Function, Node, Reading, reading
from gate.facts.signature import switched_off
from gate.facts.spelling import last, spelled
from gate.facts.switch import flag, off
from gate.facts.unasked import answers, denies, signs_in, unless, without_sent
from gate.facts.wording import deciding
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_MARKERS = lazy.regex(r"\b(?:hasattr|getattr)\(\s*(?:func|fn|f|view\w*|endpoint|handler|callback|cls|self\.view)\b")
_AFTERWARDS = lazy.regex(r"(?:process|handle|on)_(?:exception|error)")
"""Functions that are called when the caller has passed, and something failed."""
_LISTS = lazy.regex(r"dependencies|permission_classes|authentication_classes|decorators|guards|middleware|MIDDLEWARE")
_ASKS = lazy.regex(
    r"(?i)user|auth|log_?in|permi|requir|verif|valid|check|principal|token|session|ident|admin|role|current|access|guard|"
    r"credential|tenant|key|csrf|limit|scope|owner|member|caller|bearer|jwt|secur"
)
"""What dependencies are called that ask who is calling."""
_PASSES = lazy.regex(
    r"(?i)call_next|get_response|next_handler|view_func|^(?:f|fn|func|view|handler|function|wrapped|self\.app)$"
)
_SERVES = lazy.regex(r"(?i)(?:settings|config|db|database|session|engine|connection|store|cache|logger|tree|context)$")
_USERS = lazy.regex(r"(?i)user|principal|claims|identity|account|credentials|auth")
_SETTINGS = lazy.regex(r"Settings$|Config$")
_LIFTS = (
    "skip", "disable", "bypass", "no", "without", "ignore", "mock", "fake", "insecure", "allow_anonymous", "allow_all",
)  # fmt: skip
_DEMANDS = ("enable", "require", "use", "enforce")
_OF_A_CHECK = "d?_?(?:auth|login|perm|jwt|mfa|2fa|sign|token|web|sec|csrf)"
_PLACES = (
    "debug", "testing", "dev_mode", "local", "environment", "sys.modules", "dependency_overrides", "client.host",
    "remote_addr",
)  # fmt: skip
_PRODUCTION = lazy.regex(r"(?i)prod")


@dataclass(frozen=True)
class OptOut:
    """A switch, and what it lets pass."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[Hint] = Hint.of(
        *((word, _OF_A_CHECK) for word in _LIFTS), *((word, r"d?_?(?:auth|login|mfa)") for word in _DEMANDS), *_PLACES,
        ("auth", r"\w{0,12}_?(?:disabled|bypass|off|enabled|required|skipped)"),
        ("login", r"_?(?:disabled|required|enabled)"), ("forwarded", ".for"), ("dev", r"\b"), ("env", r"\b"),
    )  # fmt: skip

    place: Place
    name: str
    how: str
    """"flag", "argument", "needs", "mode", "tests", "address", "list", "route", "override", "setting" or "deployed"."""
    refused: bool
    """The program does not start with it in production."""

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if kind(source.path) in {"test", "dev"}:
            return
        if source.language != "python":
            for name, line in deployed_open(source):
                yield cls(Place.at(source.path, line), name, "deployed", refused=False)
            return
        file = reading(source)
        seen = set()
        for one in file.of(ast.If, ast.IfExp, ast.Assign, ast.AnnAssign, ast.Return, ast.BoolOp):
            found = _judged(file, one)
            if found and one.node.lineno not in seen:
                seen.add(one.node.lineno)
                name, how, where = found
                yield cls(file.place(where), name, how, _refused(file, name))


def _judged(file: Reading, one: Node) -> tuple[str, str, ast.AST] | None:
    node = one.node
    if isinstance(node, ast.If):
        return _branch(file, one)
    if isinstance(node, ast.IfExp):
        empty = [part for part in (node.body, node.orelse) if isinstance(part, ast.List | ast.Tuple) and not part.elts]
        found = flag(file, node.test, one.where) if len(empty) == 1 and _is_guards(one) else None
        return (*found, node) if found else None
    if isinstance(node, ast.Assign):
        return _assigned(file, one)
    if isinstance(node, ast.AnnAssign):
        return _declared(file, one)
    if (
        isinstance(node, ast.BoolOp)
        and isinstance(node.op, ast.Or)
        and isinstance(one.parent and one.parent.node, ast.Return)
    ):
        asks = deciding(tuple(one.where.split("."))) == 2 or denies(one.function)
        said = next((each for value in node.values[1:] if (each := flag(file, value, one.where))), None)
        asks = (asks and isinstance(node.values[0], ast.Call | ast.Compare)) or answers(node.values[0])
        return (*said, node) if asks and said and said[1] != "address" else None
    return None


def _branch(file: Reading, one: Node) -> tuple[str, str, ast.AST] | None:
    test, function = one.node.test, one.function
    found = flag(file, test, one.where)
    if (
        function is not None
        and signs_in(one.node, function)
        and (asked := found or flag(file, without_sent(test), one.where))
    ):
        return (*asked, test)
    if found is None and not one.node.orelse and (left_out := unless(file, one)):
        return left_out
    if (
        found is None
        or _AFTERWARDS.fullmatch(getattr(function, "name", ""))
        or (isinstance(test, ast.Call) and _MARKERS.search(ast.unparse(test)))
    ):
        return None
    name, how = found
    if function is None:
        routes = how == "flag" and any(_is_route(part) for part in (*one.node.body, *one.node.orelse))
        return (name, "route", test) if routes else None
    level = deciding(tuple(one.where.split(".")))
    asks = level == 2 or (level == 1 and denies(function)) or (how in {"flag", "needs"} and denies(function))
    asks = asks or (how == "address" and function.name.startswith(("is_internal", "is_trusted", "is_allowed")))
    if how == "flag" and _is_argument(function, name):
        how = "argument"
    return (name, how, test) if asks and _grants(one.node.body, function) else None


def _is_argument(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    """Whether it is off unless a caller in the program asks for it; a route's callers are outside."""
    plain = all(spelled(one) in {"staticmethod", "classmethod"} for one in function.decorator_list)
    return plain and name in switched_off(function)


def _grants(body: list[ast.stmt], function: ast.AST) -> bool:
    """Whether a branch lets the caller pass."""
    for part in body:
        if isinstance(part, ast.Raise):
            return False
        if isinstance(part, ast.Return):
            value = part.value.value if isinstance(part.value, ast.Await) else part.value
            match value:
                case ast.Constant(value=True):
                    return True
                case None | ast.Constant(value=None):
                    return _raises(function)
                case ast.Call(func=func):
                    said = spelled(func)
                    return bool(
                        _PASSES.search(said)
                        or (
                            _USERS.search(last(said))
                            and not re.search(r"(?i)error|anonymous|fail|redirect|denied", said)
                        )
                    )
                case ast.Dict() | ast.Name() | ast.Attribute():
                    return isinstance(value, ast.Dict) or bool(_USERS.search(last(spelled(value))))
            return False
    return False


def _raises(function: ast.AST) -> bool:
    return any(isinstance(node, ast.Raise) for node in walk(function)) or denies(function)


def _is_guards(one: Node) -> bool:
    """Whether the list is one of guards."""
    parent = one.parent.node if one.parent else None
    if isinstance(parent, ast.keyword):
        return bool(_LISTS.search(parent.arg or ""))
    targets = (
        parent.targets
        if isinstance(parent, ast.Assign)
        else [parent.target]
        if isinstance(parent, ast.AnnAssign)
        else []
    )
    return any(_LISTS.search(spelled(target)) for target in targets)


def _is_route(part: ast.stmt) -> bool:
    if isinstance(part, Function):
        return any(
            re.search(r"\.(?:get|post|put|patch|delete|route|api_route)\(", ast.unparse(each))
            for each in part.decorator_list
        )
    call = part.value if isinstance(part, ast.Expr) else None
    return isinstance(call, ast.Call) and last(spelled(call.func)) in {
        "add_middleware",
        "add_api_route",
        "include_router",
        "before_request",
    }


def _assigned(file: Reading, one: Node) -> tuple[str, str, ast.AST] | None:
    for target in one.node.targets:
        if isinstance(target, ast.Subscript) and spelled(target.value).endswith("dependency_overrides"):
            name = ast.unparse(target.slice)
            return (name, "override", one.node) if _ASKS.search(name) and not _SERVES.search(name) else None
        key = file.literal(target.slice, one.where) if isinstance(target, ast.Subscript) else last(spelled(target))
        value = file.literal(one.node.value, one.where)
        if not isinstance(key, str):
            continue
        if (key == "LOGIN_DISABLED" and value is True) or (
            key in {"WTF_CSRF_ENABLED", "WTF_CSRF_CHECK_DEFAULT"} and value is False
        ):
            return (
                (key, "setting", one.node)
                if not one.conditional and not re.search(r"(?i)test|dev", one.where)
                else None
            )
    return None


def _declared(file: Reading, one: Node) -> tuple[str, str, ast.AST] | None:
    """A field of a class of settings that is on unless somebody switches it off: `disable_auth: bool = True`."""
    owner, name = one.parent.node if one.parent else None, spelled(one.node.target)
    settings = isinstance(owner, ast.ClassDef) and any(_SETTINGS.search(spelled(base)) for base in owner.bases)
    on = file.literal(one.node.value, one.where) is True
    return (name, "setting", one.node) if settings and on and off(name, on=True) else None


def _refused(file: Reading, name: str) -> bool:
    """Whether the file stops the program when the switch is on in production."""
    return any(last(name) in test for test in _stops(file))


@lru_cache(maxsize=64)
def _stops(file: Reading) -> tuple[str, ...]:
    """The conditions about production under which the program ends."""
    tests = ((one.node, ast.unparse(one.node.test)) for one in file.of(ast.If, ast.Assert))
    about = [(node, test) for node, test in tests if _PRODUCTION.search(test) or "development" in test]
    return tuple(test for node, test in about if isinstance(node, ast.Assert) or any(map(_ends, node.body)))


def _ends(part: ast.stmt) -> bool:
    if isinstance(part, ast.Expr) and isinstance(part.value, ast.Call):
        return "exit" in spelled(part.value.func)
    return isinstance(part, ast.Raise)
