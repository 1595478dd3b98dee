"""How long sessions and tokens live."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from gate import lazy
from gate.facts.literal import UNKNOWN
from gate.facts.reading import Node, Reading, reading
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

HOUR, DAY = 3_600.0, 86_400.0
_LIMITS = (
    (lazy.regex(r"(?i)refresh_token_(?:lifetime|expires?|expire_seconds|expire_minutes|expire_days)|jwt_refresh_token_expires|sliding_token_refresh_lifetime"), 90 * DAY),
    (lazy.regex(r"(?i)(?:jwt_)?(?:access_?)?token_(?:lifetime|expires?|expire_seconds|expire_minutes|expire_hours|expire_days|expiry)|sliding_token_lifetime|jwt_access_token_expires|"
                r"jwt_expir(?:ation|es|y)(?:_delta|_seconds|_minutes|_hours|_days)?"), DAY),
    (lazy.regex(r"(?i)session_cookie_age|permanent_session_lifetime|session_(?:lifetime|max_age|timeout|ttl)(?:_seconds)?|remember_cookie_duration"), 31 * DAY),
)  # fmt: skip
_UNITS = (("minutes", 60.0), ("hours", HOUR), ("days", DAY))
_MINTS = lazy.regex(
    r"(?i)(?:access|session|auth|login|user|jwt|bearer|id).*token|token.*(?:access|session|auth|user)|(?:create|generate|make|issue|encode|mint|sign|get)_(?:token|jwt)$|^log_?in$|^sign_?in$|^authenticate$|^to_?jwt$"
)
_OTHER = lazy.regex(
    r"(?i)unsub|verif|reset|email|state|invit|confirm|share|download|test|refresh|link|client_assertion|assertion|webhook|github|app_?jwt|api_?key|service|apple|license|peer|mock"
)
_PERSON = frozenset({"sub", "user_id", "uid", "id", "role", "roles", "username", "is_admin"})
"""Claims that say who somebody is, or what they may do."""
_LONG = 31 * DAY


@dataclass(frozen=True)
class Lifetime:
    """A session or token that lives too long, or for ever."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of("session", "token", "jwt", "cookie_duration", "cookie_age")

    place: Place
    name: str
    how: str
    """"never", "unset", "endless" (the same by what it says, in a function of another name), "long" or "kept"."""
    seconds: float = 0.0

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if kind(source.path) in {"test", "dev"}:
            return
        file = reading(source)
        for one in file.of(ast.Call, ast.Assign, ast.AnnAssign, ast.Dict, ast.Return):
            for found in _judged(file, one):
                yield cls(file.place(found[0]), *found[1:])


Found = tuple[ast.AST, str, str, float]


def _judged(file: Reading, one: Node) -> Iterator[Found]:
    match one.node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                key = (
                    file.literal(target.slice, one.where)
                    if isinstance(target, ast.Subscript)
                    else last(spelled(target))
                )
                if isinstance(key, str) and _is_setting(target, key):
                    yield from _setting(file, one, key, value)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if (
            name.isupper() or one.parent is None or isinstance(one.parent.node, ast.ClassDef)
        ):
            yield from _setting(file, one, name, value)
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value.isupper():
                    yield from _setting(file, one, key.value, value)
        case ast.Call():
            yield from _called(file, one)
        case ast.Return(value=ast.Dict() as table):
            yield from _kept(one, table)


def _is_setting(target: ast.expr, key: str) -> bool:
    return key.isupper() or (
        isinstance(target, ast.Attribute) and spelled(target).startswith(("app.", "self.app.", "application."))
    )


def _setting(file: Reading, one: Node, name: str, node: ast.expr) -> Iterator[Found]:
    value = file.literal(node, one.where)
    limit = next((most for pattern, most in _LIMITS if pattern.fullmatch(name)), None)
    if name.upper() in {"ROTATE_REFRESH_TOKENS", "ROTATE_REFRESH_TOKEN"} and value is False:
        yield node, name, "kept", 0.0
    if limit is None or value is UNKNOWN:
        return
    if value is False or (value is None and name.startswith("JWT_") and name.endswith("_EXPIRES")):
        yield node, name, "never", 0.0
    elif isinstance(value, int | float) and not isinstance(value, bool):
        unit = (
            1.0
            if isinstance(value, float) and value >= 60
            else next((size for word, size in _UNITS if name.lower().endswith(word)), 1.0)
        )
        if value * unit > limit:
            yield node, name, "long", value * unit


def _called(file: Reading, one: Node) -> Iterator[Found]:
    short = last(spelled(one.node.func))
    if short in {"update", "from_mapping"} and "config" in spelled(one.node.func):
        for word in one.node.keywords:
            yield from _setting(file, one, word.arg or "", word.value)
    if short == "create_access_token" and file.literal(file.given(one).get("expires_delta"), one.where) is False:
        yield one.node, "expires_delta", "never", 0.0
    if short == "encode" and re.fullmatch(r"(?:jwt|jose\.jwt)\.encode", file.called(one)):
        yield from _minted(file, one)
    if short in {"set_cookie", "SessionMiddleware", "add_middleware"}:
        age = file.literal(file.given(one).get("max_age"), one.where)
        key = file.literal(file.argument(one, "key", 0), one.where)
        session = short != "set_cookie" and "SessionMiddleware" in ast.unparse(one.node)[:200]
        signs = session or (
            isinstance(key, str)
            and re.search(r"(?i)sess|auth|token|jwt|remember", key)
            and not re.search(r"(?i)csrf|xsrf", key)
        )
        if signs and isinstance(age, int | float) and not isinstance(age, bool) and age > _LONG:
            yield one.node, str(key) if not session else "session", "long", float(age)


def _minted(file: Reading, one: Node) -> Iterator[Found]:
    """A token without an end, from a function that signs callers in."""
    own = one.function.name if one.function else ""
    if _OTHER.search(one.where) or not one.node.args:
        return
    claims = one.node.args[0]
    table = file.value(claims, one.where) if isinstance(claims, ast.Name) else claims
    if not isinstance(table, ast.Dict) or any(key is None for key in table.keys):
        return
    held = {
        key.value: value for key, value in zip(table.keys, table.values, strict=True) if isinstance(key, ast.Constant)
    }
    if not _MINTS.search(own) and _PERSON.isdisjoint(held):
        return
    if len(held) != len(table.keys) or "exp" in held or "expires" in held or "expires_at" in held:
        span = _span(file, held.get("exp"), one.where)
        if span > _LONG:
            yield one.node, "exp", "long", span
    elif not (isinstance(claims, ast.Name) and _extended(one.function, claims.id)):
        yield one.node, own or "jwt.encode", "unset" if _MINTS.search(own) else "endless", 0.0


def _span(file: Reading, node: ast.expr | None, where: str) -> float:
    """How far from now: `datetime.now() + timedelta(days=400)`."""
    for _ in range(4):
        if isinstance(node, ast.Name):
            node = file.value(node, where)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "timestamp":
            node = node.func.value
        elif isinstance(node, ast.Call) and spelled(node.func) == "int" and node.args:
            node = node.args[0]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = (file.literal(node.left, where), file.literal(node.right, where))
        return max((float(side) for side in sides if isinstance(side, int | float)), default=0.0)
    return 0.0


def _extended(function: ast.AST, name: str) -> bool:
    """Whether claims are added to a table after it was written down, here or by what it is handed to."""
    for node in walk(function):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and spelled(node.value) == name:
            return True
        if isinstance(node, ast.Call):
            method = (
                isinstance(node.func, ast.Attribute)
                and spelled(node.func.value) == name
                and node.func.attr in {"update", "setdefault"}
            )
            handed = last(spelled(node.func)) != "encode" and any(spelled(arg) == name for arg in node.args)
            if method or handed:
                return True
    return False


def _kept(one: Node, table: ast.Dict) -> Iterator[Found]:
    """The refresh token that came in goes out again."""
    function = one.function
    if function is None or "refresh" not in function.name.lower():
        return
    given = {arg.arg for arg in (*function.args.args, *function.args.kwonlyargs)}
    revokes = any(
        isinstance(node, ast.Call)
        and re.search(
            r"(?i)rotat|revok|blacklist|blocklist|invalidat|delete|new_refresh|create_refresh", spelled(node.func)
        )
        for node in walk(function)
    )
    for key, value in zip(table.keys, table.values, strict=True):
        if (
            isinstance(key, ast.Constant)
            and key.value == "refresh_token"
            and isinstance(value, ast.Name)
            and value.id in given
            and not revokes
        ):
            yield value, "refresh_token", "kept", 0.0
