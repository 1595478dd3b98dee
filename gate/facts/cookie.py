"""Cookies that are set without the flags that keep them from being read or sent by others."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from gate import lazy
from gate.facts.reading import Node, Reading, reading
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.paths import kind
from gate.source import Place, Source

_SETS = frozenset({"set_cookie", "set_signed_cookie", "set_secure_cookie"})
_SIGNS_IN = lazy.regex(r"(?i)sess|(?:^|[_.-])sid$|auth|token|jwt|remember|login|refresh|identity|credential|api_?key")
_READ_BY_SCRIPTS = lazy.regex(r"(?i)csrf|xsrf|locale|lang|theme|consent|timezone|\btz\b|redirect|next|flash|message")
_SETTINGS = lazy.regex(
    r"(?:SESSION|CSRF|REMEMBER|JWT|AUTH|REFRESH|LANGUAGE|SECURITY|ACCESS)\w*COOKIE_(SECURE|HTTPONLY|SAMESITE)|JWT_COOKIE_SECURE"
)
_WORKSHOP = lazy.regex(r"(?:Dev(?:elop\w*)?|Test(?:ing|s)?|Local)(?:Base|Server)?(?:Config(?:uration)?|Settings)$")
"""Classes of settings that no visitor meets."""
_FLAGS = {"secure": "Secure", "httponly": "HttpOnly", "samesite": "SameSite"}


@dataclass(frozen=True)
class Cookie:
    """A cookie, or a setting of cookies, that lacks a flag."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of("cookie", "sessionmiddleware")

    place: Place
    name: str
    lacks: tuple[str, ...]
    """"Secure", "HttpOnly" and "SameSite", as far as it is without them and should not be."""
    off: bool
    """It says so itself; otherwise the flags are only not given."""

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if kind(source.path) in {"test", "dev"}:
            return
        file = reading(source)
        for one in file.of(ast.Call, ast.Assign):
            found = _call(file, one) if isinstance(one.node, ast.Call) else _setting(file, one)
            if found:
                yield cls(file.place(one.node), *found)


Found = tuple[str, tuple[str, ...], bool]


def _call(file: Reading, one: Node) -> Found | None:
    short = last(spelled(one.node.func)) or "?"
    if short in _SETS:
        return _set(file, one)
    if short in {"SessionMiddleware", "add_middleware"} and "SessionMiddleware" in ast.unparse(one.node.func) + "".join(
        spelled(arg) for arg in one.node.args[:1]
    ):
        given = file.given(one)
        https = file.literal(given.get("https_only"), one.where) if "https_only" in given else None
        off = "https_only" in given and https is False
        known = file.names.of(one.node.args[0] if short == "add_middleware" else one.node.func)
        if "starlette" not in known and "fastapi" not in known:
            return None
        return ("session", ("Secure",), off) if off or https is None else None
    if short in {"update", "from_mapping"} and "config" in spelled(one.node.func):
        for word in one.node.keywords:
            found = _SETTINGS.fullmatch(word.arg or "")
            if found and file.literal(word.value, one.where) is False:
                return word.arg, (_FLAGS[(found[1] or "secure").lower()],), True
    return None


def _set(file: Reading, one: Node) -> Found | None:
    node = one.node
    starred = any(word.arg is None for word in node.keywords) or any(isinstance(arg, ast.Starred) for arg in node.args)
    if starred or len(node.args) > 5:
        return None
    if node.args and spelled(node.args[0]) in {"self", "handler", "request", "response", "resp"}:
        return None  # a method of the program's own
    given = file.given(one)
    key = file.argument(one, "key", 0) or given.get("name")
    said = file.literal(key, one.where)
    name = said if isinstance(said, str) else (spelled(key).strip("?.") if key is not None else "")
    values = {word: file.literal(given[word], one.where) for word in _FLAGS if word in given}
    scripts = bool(_READ_BY_SCRIPTS.search(name))
    off = [word for word, value in values.items() if value is False and not (word == "httponly" and scripts)]
    if (
        isinstance(values.get("samesite"), str)
        and values["samesite"].lower() == "none"
        and values.get("secure") is not True
    ):
        off.append("samesite")
    if off:
        return name, tuple(_FLAGS[word] for word in off), True
    held = file.argument(one, "value", 1)
    value = spelled(held).replace("?", "") if held is not None else ""
    plain = isinstance(held, ast.Constant)  # what anybody can read in the code keeps nobody out
    signs = (
        not (scripts or plain)
        and bool(_SIGNS_IN.search(name) or _SIGNS_IN.search(value))
        and not _is_removed(file, one)
    )
    missing = [word for word in ("secure", "httponly") if word not in given]
    return name, tuple(_FLAGS[word] for word in missing) if signs else (), False


def _is_removed(file: Reading, one: Node) -> bool:
    """Whether it is set to nothing, to be forgotten."""
    value, age = file.argument(one, "value", 1), file.given(one).get("max_age")
    return any(file.literal(part, one.where) in {"", 0} for part in (value, age) if isinstance(part, ast.Constant))


def _setting(file: Reading, one: Node) -> Found | None:
    if one.conditional or _WORKSHOP.match(one.where.rpartition(".")[2]):
        return None
    for target in one.node.targets:
        key = file.literal(target.slice, one.where) if isinstance(target, ast.Subscript) else last(spelled(target))
        found = _SETTINGS.fullmatch(key) if isinstance(key, str) else None
        value = file.literal(one.node.value, one.where)
        if found:
            flag = _FLAGS[(found[1] or "secure").lower()]
            none = flag == "SameSite" and isinstance(value, str) and value.lower() == "none"
            return (key, (flag,), True) if value is False or none else None
    return None
