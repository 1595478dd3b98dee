"""Routes that take a one-time code or send one, and whether anything counts the tries."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Self

from gate import lazy
from gate.facts.names import names
from gate.facts.reading import Function, Node, Reading, reading
from gate.facts.spelling import last, spelled
from gate.facts.wording import words
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_CODES = lazy.regex(
    r"(?i)(?:^|[^a-z])(?:otp|totp|one[-_ ]?time|2fa|mfa|passcode|pin[-_ ]?code|verify[-_ ]?(?:code|phone|sms)|magic[-_ ]?link|send[-_ ]?code|resend[-_ ]?(?:code|otp|sms)|"
    r"reset[-_ ]?password|password[-_ ]?reset|forgot[-_ ]?password|recovery[-_ ]?code|backup[-_ ]?code|check[-_ ]?code|confirm[-_ ]?code|sms[-_ ]?code)(?:$|[^a-z])"
)
_CHECKS = lazy.regex(r"(?:TOTP|HOTP)\(\)\.verify$|match_token$|check_verification$")
_DEVICE = lazy.regex(r"(?i)(?:device|otp|factor|mfa)[^.]*\.verify_token$")
"""Of other objects it asks about a token of another kind, unless the file is about django-otp."""
_LIMITS = lazy.regex(r"(?i)limit|throttl|axes|brute|attempt|lockout|captcha_never")
_COUNTS = lazy.regex(
    r"(?i)attempt|failed_?(?:log|count|try|tries|pass|otp|code|check)|failures|fail(?:ure)?_?count|tries|retry_count|lockout|locked|throttl"
    r"|rate_?limit|too_?many|cooldown|\b429\b|check_rate"
)
_COUNTS_IN_SQL = lazy.regex(
    r"(?i)\b(?:set|where|and)\s[^\n]{0,200}?\b\w*(?:attempts|tries|failed\w*|failures|locked\w*)\s*[=<>]"
)
_TOKENS = lazy.regex(
    r"(?i)unsign|check_token|\.loads$|itsdangerous|default_token_generator|verify_reset|decode$|PasswordResetForm|super\(\)\.(?:post|form_valid)"
)
_SETUP = lazy.regex(
    r"(?i)setup|enable|disable|enroll|qr|status|list|delete|generate_(?:recovery|backup)|regenerate|register_device|settings|form_class"
)
_FIELD = lazy.regex(r"(?i)(?:\w+_)?(?:otp|totp|passcode|mfa_code|one_time_code|otp_code|totp_code|two_factor_code)")
_SWITCH = lazy.regex(r"(?i)(?:otp|2fa|mfa|factor)\w*_?enabled$|^enabled_?(?:t?otp|2fa|mfa)")
_SIGNS_IN = lazy.regex(r"(?i)log_?in|sign_?in|token|jwt|cookie|encode|issue|mint|grant|authenticat")
_KEEPS_IN = lazy.regex(r"(?i)session|cookie|^g$|state")
_MAX_HELPERS = 40
_ROUTES = lazy.regex(r"\.(?:post|put|patch|route|api_route)$")


@dataclass(frozen=True)
class OneTime:
    """A route for one-time codes that lets a caller try as often as it likes."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of(
        "otp", "2fa", "mfa", "passcode", "resend", ("one", "[-_ ]?time"), ("verify", "[-_]?(?:code|phone|sms)"),
        ("magic", "[-_]?link"), ("password", "[-_]?reset"),
        *((word, "[-_]?password") for word in ("reset", "forgot")),
        *((word, "[-_]?code") for word in ("pin", "send", "recovery", "backup", "check", "confirm", "sms")),
    )  # fmt: skip

    place: Place
    name: str
    siblings: bool
    """Other routes of the file are limited."""
    guessed: bool
    """A code is compared, so it can be guessed; otherwise one is only sent."""
    sets_up: bool = False
    """The code only shows that a second factor works, before it is switched on."""
    helpers: tuple[str, ...] = ()
    """What it calls and depends on, which may count the tries elsewhere."""

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        for file, one, siblings in unlimited(source, _asks):
            place = Place.at(source.path, one.node.lineno)
            yield cls(place, one.node.name, siblings, _compares(one), _sets_up(one.node), helpers(file, one))


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def unlimited(source: Source, asks: Callable[[Reading, Node, str], bool]) -> Iterator[tuple[Reading, Node, bool]]:
    """The routes that ask for something of a kind and count no tries, and whether other routes of the file do."""
    if kind(source.path) in {"test", "dev"}:
        return
    file = reading(source)
    if _limits_all(file):
        return
    siblings = any(_is_limited(file, one) for one in file.of(*_FUNCTIONS))
    for one in file.of(*_FUNCTIONS):
        path = _route_path(file, one)
        if path is not None and asks(file, one, path) and not _protected(file, one):
            yield file, one, siblings


def _route_path(file: Reading, one: Node) -> str | None:
    """The path of a route that takes what callers send, "" where it is written elsewhere; None for other functions."""
    node = one.node
    for decorator in node.decorator_list:
        if not isinstance(decorator, ast.Call):
            if last(spelled(decorator)) == "csrf_exempt" and node.args.args and node.args.args[0].arg == "request":
                return ""
            continue
        name = spelled(decorator.func)
        if _ROUTES.search(name):
            text = file.literal(decorator.args[0] if decorator.args else None, one.where)
            methods = next((word.value for word in decorator.keywords if word.arg == "methods"), None)
            said = str(file.literal(methods, one.where)) if methods is not None else ""
            posts = "route" not in last(name) or re.search(r"(?i)POST|PUT|PATCH", said)
            return (text if isinstance(text, str) else "") if posts else None
        if last(name) == "api_view":
            return "" if "POST" in ast.unparse(decorator) else None
    owner = one.parent.node if one.parent else None
    if isinstance(owner, ast.ClassDef):
        view = any(re.search(r"View|Resource|ViewSet|Endpoint|Handler", spelled(base)) for base in owner.bases)
        return owner.name if view and (node.name in {"post", "put"} or _is_action(node)) else None
    first = node.args.args[0].arg if node.args.args else ""
    reads = any(
        isinstance(part, ast.Attribute) and part.attr == "POST" and spelled(part.value) == "request"
        for part in walk(node)
    )
    return "" if first == "request" and reads and not isinstance(owner, Function) else None


def _is_action(node: ast.AST) -> bool:
    return any("action" in ast.unparse(one) and "post" in ast.unparse(one).lower() for one in node.decorator_list)  # type: ignore[attr-defined]


def _asks(file: Reading, one: Node, path: str) -> bool:
    """Whether it is about a code."""
    name = one.node.name
    spaced = " ".join(words(path)) if "/" not in path else path
    if _SETUP.search(f"{name} {path}"):
        return False
    if _CODES.search(name) or _CODES.search(path) or _CODES.search(spaced.lower()):
        return True
    if _compares(one) and any(_FIELD.fullmatch(word) for word in _sent(one.node)):
        return True
    calls = [part.func for part in walk(one.node) if isinstance(part, ast.Call)]
    otp = "django_otp" in file.source.text
    return any(
        _CHECKS.search(file.meaning(func, f"{one.where}.{name}".lstrip(".")))
        or _DEVICE.search(spelled(func))
        or (otp and last(spelled(func)) == "verify_token")
        for func in calls
    )


def _sent(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """The names of what callers send: parameters, and the keys that are read."""
    yield from (arg.arg for arg in (*node.args.args, *node.args.kwonlyargs))
    for part in walk(node):
        match part:
            case ast.Subscript(slice=ast.Constant(value=str() as key)):
                yield key
            case ast.Call(func=ast.Attribute(attr="get"), args=[ast.Constant(value=str() as key), *_]):
                yield key


def _protected(file: Reading, one: Node) -> bool:
    node = one.node
    text = ast.unparse(node)
    signed = any(arg.arg in {"token", "key", "uidb64", "signed"} for arg in (*node.args.args, *node.args.kwonlyargs))
    if signed or _is_limited(file, one) or _TOKENS.search(text):
        return True
    if counts(*node.body):
        return True
    owner = one.parent.node if one.parent else None
    return isinstance(owner, ast.ClassDef) and (_throttled(owner) or counts(*_own(node, owner)))


def counts(*nodes: ast.AST) -> bool:
    """Whether code speaks of tries that are counted, or of a limit; what a message says counts nothing."""
    parts = (part for node in nodes for part in walk(node))
    words = (getattr(part, "id", "") or getattr(part, "attr", "") or str(getattr(part, "value", "")) for part in parts)
    return any((_COUNTS_IN_SQL if " " in word else _COUNTS).search(word) for word in words if word)


def _own(node: ast.AST, owner: ast.ClassDef) -> Iterator[ast.AST]:
    """The methods of its class that a method names."""
    called = {part.attr for part in walk(node) if isinstance(part, ast.Attribute) and spelled(part.value) == "self"}
    return (one for one in owner.body if isinstance(one, _FUNCTIONS) and one.name in called)


def helpers(file: Reading, one: Node) -> tuple[str, ...]:
    """The functions and classes of the program that a route uses, by full dotted name."""
    table = names(file.source)
    used = {table.of(part) for part in walk(one.node) if isinstance(part, ast.Name | ast.Attribute)}
    return tuple(sorted(name for name in used if "." in name and not name.startswith("builtins."))[:_MAX_HELPERS])


@lru_cache(maxsize=256)
def _throttled(owner: ast.ClassDef) -> bool:
    return bool(re.search(r"throttle_(?:classes|scope)|ratelimit|RateLimit", ast.unparse(owner)))


def _limits_all(file: Reading) -> bool:
    """Whether a limit is put on a router as a whole: `limiter.limit("5/minute")(blueprint)`."""
    outer = (one.node.func for one in file.calls() if isinstance(one.node.func, ast.Call))
    return any(_LIMITS.search(spelled(inner.func)) for inner in outer)


def _is_limited(file: Reading, one: Node) -> bool:
    """Whether a decorator, a dependency or the router counts the tries, and denies."""
    node = one.node
    for decorator in node.decorator_list:
        said = ast.unparse(decorator)
        if _LIMITS.search(said):
            return "block=False" not in said.replace(" ", "") or "request.limited" in ast.unparse(node)
        router = spelled(decorator.func).rpartition(".")[0] if isinstance(decorator, ast.Call) else ""
        made = file.value(ast.Name(router), "") if router and "." not in router else None
        if made is not None and _LIMITS.search(ast.unparse(made)):
            return True
    defaults = [
        *node.args.defaults,
        *(one for one in node.args.kw_defaults if one),
        *(arg.annotation for arg in node.args.args if arg.annotation),
    ]
    return any(_LIMITS.search(ast.unparse(default)) for default in defaults)


def _sets_up(node: ast.AST) -> bool:
    """`user.totp_enabled = True`, where nobody is signed in, and nothing given out that proves who calls."""
    parts = walk(node)
    calls = (last(spelled(part.func)) for part in parts if isinstance(part, ast.Call))
    on = any(
        isinstance(part, ast.Assign)
        and isinstance(part.value, ast.Constant)
        and part.value.value is True
        and any(isinstance(target, ast.Attribute) and _SWITCH.search(target.attr) for target in part.targets)
        for part in parts
    )
    stores = (part for part in parts if isinstance(part, ast.Subscript | ast.Attribute))
    kept = any(_KEEPS_IN.search(spelled(part.value)) for part in stores if isinstance(part.ctx, ast.Store))
    return on and not kept and not any(map(_SIGNS_IN.search, calls))


def _compares(one: Node) -> bool:
    return bool(re.search(r"(?i)verify|check|confirm|login|code|otp|2fa|mfa", one.node.name)) and not re.search(
        r"(?i)send|resend|request|forgot|magic", one.node.name
    )
