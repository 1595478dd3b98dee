"""Code that lets everybody in on purpose: `AllowAny`, empty lists of permissions, exemptions, schemes nobody checks."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from gate import lazy
from gate.facts.guardwords import OPEN_CLASSES
from gate.facts.names import constant
from gate.facts.publicity import is_public
from gate.facts.reading import Function, Node, Reading, reading
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_WRITES = lazy.regex(r"(?:^|\.)(?:ModelViewSet|\w*(?:Create|Update|Destroy)\w*(?:APIView|Mixin|View))$")
_METHODS = frozenset({"post", "put", "patch", "delete", "create", "update", "partial_update", "destroy"})
_SIGNED = lazy.regex(
    r"(?i)signature|construct_event|compare_digest|hmac|verify|\bsecret\b|unsign|check_token|authenticate\(|webhook"
)
_TOKEN = lazy.regex(r"(?i)HTTP_AUTHORIZATION|Authorization|api_?key|bearer|\btoken")
_IN_SESSION = lazy.regex(r"\brequest\.user\.\w+\s*=|request\.user\.save\(|\blogin_required")
"""What only a browser that is signed in can do."""
_FORM = lazy.regex(r"\brequest\.(?:user|POST|FILES)\b")
_STORES = lazy.regex(
    r"\.(?:save|set_password)\(|\.objects\.(?:[^\n]*\.)?(?:create|update|delete|get_or_create|update_or_create)\("
)
"""What changes rows by what a form of a browser sends."""
_FLAGS = frozenset({"WTF_CSRF_ENABLED", "WTF_CSRF_CHECK_DEFAULT"})


_ASKS = lazy.regex(r"\.(?:user_)?has_(?:obj(?:ect)?_)?perms?\(|\bcheck_(?:object_)?permissions?\(|\.get\(\w*token=")
"""The function asks for the caller's right itself, or looks up what the caller's token stands for."""


@dataclass(frozen=True)
class Opening:
    """A place that lets everybody in. `what` is "anyone", "default", "forged", "unchecked" or "marked"."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of(
        "allowany", "permission_classes", "csrf_exempt", "csrf_enabled", "csrf_check_default", "auto_error", "auth=none", "no_permission_required",
        "login_not_required", "exclude_from_auth", "allow_anonymous",
    )  # fmt: skip

    place: Place
    what: str
    name: str
    written: str
    writes: bool

    @classmethod
    def find(cls, source: Source) -> Iterator["Opening"]:
        if kind(source.path) in {"test", "dev", "migration"}:
            return
        file = reading(source)
        for one in file.nodes:
            for what, node, name, written, writes in _found(file, one):
                yield cls(file.place(node), what, name, written, writes)


Hit = tuple[str, ast.AST, str, str, bool]


def _found(file: Reading, one: Node) -> Iterator[Hit]:
    match one.node:
        case ast.ClassDef():
            yield from _of_class(file, one.node)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            yield from _of_function(file, one)
        case ast.Assign(targets=[target], value=value):
            key = constant(target.slice) if isinstance(target, ast.Subscript) else None
            yield from _of_setting(one, key or spelled(target), value)
        case ast.Call(func=ast.Attribute(attr="update" | "from_mapping"), keywords=words):
            for word in words:
                yield from _of_setting(one, word.arg or "", word.value)


def _is_open(value: ast.expr) -> bool:
    """`[]`, `[AllowAny]`: whether a list of permissions asks for nothing."""
    if not isinstance(value, ast.List | ast.Tuple):
        return False
    return all(last(spelled(part.func if isinstance(part, ast.Call) else part)) in OPEN_CLASSES for part in value.elts)


def _of_class(file: Reading, node: ast.ClassDef) -> Iterator[Hit]:
    said = {
        part.targets[0].id: part
        for part in node.body
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name)
    }
    methods = {part.name: part for part in node.body if isinstance(part, Function)}
    if is_public(node.name) or _SIGNED.search(_text(node)):
        return
    own = said.get("permission_classes")
    writes = bool(_METHODS & methods.keys()) or any(
        _WRITES.search(file.names.of(base) or spelled(base)) for base in node.bases
    )
    decides = {"get_permissions", "check_permissions", "initial", "dispatch"} & methods.keys()
    answers = [_text(one) for name, one in methods.items() if name in _METHODS]
    asks = bool(answers) and all(map(_ASKS.search, answers))
    if own is not None and _is_open(own.value) and not decides and not asks:
        yield "anyone", own, node.name, ast.unparse(own.value), writes
    given = methods.get("get_permissions")
    alone = given.body[0] if given is not None and len(given.body) == 1 else None
    if given is not None and isinstance(alone, ast.Return) and alone.value is not None and _is_open(alone.value):
        yield "anyone", given, node.name, ast.unparse(alone.value), writes


@lru_cache(maxsize=512)
def _text(node: ast.AST) -> str:
    return ast.unparse(node)


def _of_function(file: Reading, one: Node) -> Iterator[Hit]:
    node = one.node
    path = next(
        (constant(part.args[0]) or "" for part in node.decorator_list if isinstance(part, ast.Call) and part.args), ""
    )
    if is_public(node.name, path):
        return
    verbs = " ".join(_text(part) for part in node.decorator_list)
    writes = bool(re.search(r"(?i)\b(?:post|put|patch|delete)\b", verbs))
    for part in node.decorator_list:
        yield from _of_decorator(node, part, writes=writes)
    yield from _unchecked(file, one, writes=writes)


def _of_decorator(node: ast.FunctionDef | ast.AsyncFunctionDef, part: ast.expr, *, writes: bool) -> Iterator[Hit]:
    name = spelled(part.func if isinstance(part, ast.Call) else part)
    if isinstance(part, ast.Call) and not _says(node, _SIGNED):
        words = {word.arg: word.value for word in part.keywords}
        given = part.args[0] if last(name) == "permission_classes" and part.args else words.get("permission_classes")
        if given is not None and _is_open(given) and not _says(node, _ASKS):
            yield "anyone", part, node.name, _text(given), writes
        closed = isinstance(words.get("auth"), ast.Constant) and words["auth"].value is None  # type: ignore[attr-defined]
        if closed and last(name) in {"post", "put", "patch", "delete", "api_operation"}:
            yield "anyone", part, node.name, "auth=None", writes
        if "NO_PERMISSION_REQUIRED" in _text(part):
            yield "marked", part, node.name, "NO_PERMISSION_REQUIRED", writes
        if isinstance(words.get("exclude_from_auth"), ast.Constant) and words["exclude_from_auth"].value is True:  # type: ignore[attr-defined]
            yield "marked", part, node.name, "exclude_from_auth=True", writes
    if last(name) in {"login_not_required", "allow_anonymous"} and not _says(node, _SIGNED):
        yield "marked", part, node.name, f"@{last(name)}", writes
    if last(name) == "csrf_exempt" and not (_says(node, _SIGNED) or _says(node, _TOKEN, heads=True)):
        in_session = _says(node, _IN_SESSION, heads=True)
        if in_session or (_says(node, _FORM) and _says(node, _STORES)):
            yield "forged", part, node.name, "@csrf_exempt", in_session


@lru_cache(maxsize=512)
def _says(node: ast.FunctionDef | ast.AsyncFunctionDef, pattern: re.Pattern[str], *, heads: bool = False) -> bool:
    """Whether what a function does says something, or with `heads` what stands before it."""
    body = "\n".join(_text(one) for one in node.body)
    return bool(pattern.search(f"{_heads(node)}\n{body}" if heads else body))


def _heads(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    return " ".join(_text(part) for part in node.decorator_list)


def _unchecked(file: Reading, one: Node, *, writes: bool) -> Iterator[Hit]:
    """`cred=Security(HTTPBearer(auto_error=False))`, and nothing looks at what it gave."""
    node, given = one.node, one.node.args
    args = [*given.posonlyargs, *given.args]
    pairs = list(zip(args[len(args) - len(given.defaults) :], given.defaults, strict=True))
    pairs += [
        (arg, default) for arg, default in zip(given.kwonlyargs, given.kw_defaults, strict=True) if default is not None
    ]
    asked = [
        (arg, default)
        for arg, default in pairs
        if isinstance(default, ast.Call) and last(spelled(default.func)) in {"Security", "Depends"}
    ]
    used = {part.id for each in node.body for part in walk(each) if isinstance(part, ast.Name)}
    if len(asked) != 1 or not writes:
        return
    arg, default = asked[0]
    scheme = file.value(default.args[0], one.where) if default.args and isinstance(default.args[0], ast.Name) else None
    if isinstance(scheme, ast.Call) and arg.arg not in used and "auto_error=False" in _text(scheme):
        yield "unchecked", node, node.name, _text(scheme), writes


def _of_setting(one: Node, name: str, value: ast.expr) -> Iterator[Hit]:
    if last(name) == "REST_FRAMEWORK" and isinstance(value, ast.Dict):
        for key, held in zip(value.keys, value.values, strict=True):
            said = [constant(part) or "" for part in getattr(held, "elts", ())]
            if (
                key is not None
                and constant(key) == "DEFAULT_PERMISSION_CLASSES"
                and all(last(text) in OPEN_CLASSES for text in said)
            ):
                yield "default", held, name, ast.unparse(held), True
    tested = one.conditional or re.search(r"(?i)test|dev|local|debug", one.where)
    if last(name) in _FLAGS and isinstance(value, ast.Constant) and value.value is False and not tested:
        yield "forged", one.node, last(name), f"{last(name)} = False", True
