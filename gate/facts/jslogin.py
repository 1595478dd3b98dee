"""Routes of JavaScript and TypeScript that let somebody in by a password, and count no tries themselves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate.facts.comment import js_code
from gate.facts.jscheck import is_read
from gate.facts.jsguard import JsRoute
from gate.facts.jsopen import bodies
from gate.hint import Hint
from gate.source import Place, Source

_LOGIN = re.compile(r"(?i)(?:^|[^a-z])(?:log-?_?in|sign-?_?in|authenticate|token|sessions?)(?:$|[^a-z])")
_OTHER = re.compile(r"(?i)regist|sign-?_?up|reset|forgot|change|social|oauth|callback|refresh|log-?out|revoke|verify")
_COMPARES = re.compile(
    r"(?i)\b(?:bcrypt(?:js)?|argon2?|scrypt)\.(?:compare|verify)\w*\(|\b(?:compare|verify|check|match|validate|is_?valid)_?pass(?:word)?\w*\(|\.(?:authenticate|log_?in|sign_?in)\w*\("
    r"|\bpassword\s*[=!]==?\s*\w|[\w.\]]\s*[=!]==?\s*(?:\w+\.)*password\b|\bwhere\b[^\n]{0,80}\bpassword\b|findOne\([^\n]{0,80}\bpassword\b"
)
_PASSWORD = re.compile(r"(?i)\bpass(?:word|wd)\b")
COUNTS = re.compile(
    r"(?i)rate-?_?limit|limiter|throttl|slow-?down|brute|attempts?\b|tries\b|lock(?:ed)?_?(?:out|until)|captcha|turnstile|arcjet|too_?many|\b429\b"
)
"""What counts tries, or makes them dear."""


@dataclass(frozen=True)
class JsLogin:
    """A route that takes a password from somebody it does not know; `siblings` are limited where others of its file are."""

    languages: ClassVar[frozenset[str]] = frozenset({"javascript", "typescript"})
    hint: ClassVar[Hint] = Hint.of("password", "passwd")

    place: Place
    name: str
    siblings: bool

    @classmethod
    def find(cls, source: Source) -> Iterator["JsLogin"]:
        if not is_read(source) or not _COMPARES.search(source.text):
            return
        routes = [*JsRoute.find(source)]
        limited = COUNTS.search(js_code(source.text)) is not None
        for route, body in zip(routes, bodies(routes, source), strict=True):
            path = route.path or source.path
            if route.name.upper().startswith("POST") and _LOGIN.search(path) and not _OTHER.search(path):
                stands = " ".join((*route.guards, *route.given, body))
                if _PASSWORD.search(body) and _COMPARES.search(body) and not COUNTS.search(stands):
                    yield cls(route.place, f"POST {path}", limited)
