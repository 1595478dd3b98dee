"""Routes of JavaScript and TypeScript that let somebody in by a password, and count no tries themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.jscheck import is_read
from gate.facts.jsguard import JsRoute
from gate.facts.jsopen import bodies
from gate.hint import Hint
from gate.source import Place, Source

_LOGIN = lazy.regex(r"(?i)(?:^|[^a-z])(?:log-?_?in|sign-?_?in|authenticate|token|sessions?)(?:$|[^a-z])")
_OTHER = lazy.regex(r"(?i)regist|sign-?_?up|reset|forgot|change|social|oauth|callback|refresh|log-?out|revoke|verify")
_COMPARES = lazy.regex(
    r"(?i)\b(?:bcrypt(?:js)?|argon2?|scrypt)\.(?:compare|verify)\w*\(|\b(?:compare|verify|check|match|validate|is_?valid)_?pass(?:word)?\w*\(|\.(?:authenticate|log_?in|sign_?in)\w*\("
    r"|\bpassword\s*[=!]==?\s*\w|[\w.\]]\s*[=!]==?\s*(?:\w+\.)*password\b|\bwhere\b[^\n]{0,80}\bpassword\b|findOne\([^\n]{0,80}\bpassword\b"
)
_PASSWORD = lazy.regex(r"(?i)\bpass(?:word|wd)\b")
COUNTS = lazy.regex(
    r"(?i)rate-?_?limit|limiter|throttl|slow-?down|brute|attempts?\b|tries\b|lock(?:ed)?_?(?:out|until)|captcha|turnstile|arcjet|too_?many|\b429\b"
)
"""What counts tries, or makes them dear."""


@dataclass(frozen=True)
class JsLogin:
    """A route that takes a password from somebody it does not know and counts no tries; `siblings`: other routes of its file do."""

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
        texts = bodies(routes, source)
        counted = [_counts(route, text) for route, text in zip(routes, texts, strict=True)]
        if any(counts for route, counts in zip(routes, counted, strict=True) if route.name == "use"):
            return  # it stands before routes of this file; which, its path says to people
        for route, text, counts in zip(routes, texts, counted, strict=True):
            path = route.path or source.path
            if not counts and _lets_in(route.name, path, text):
                yield cls(route.place, f"POST {path}", any(counted))


def _counts(route: JsRoute, text: str) -> bool:
    """Whether a route, or what stands before it, counts tries."""
    return COUNTS.search(" ".join((*route.guards, *route.given, text))) is not None


def _lets_in(name: str, path: str, text: str) -> bool:
    """Whether a route looks a password up."""
    asked = name.upper().startswith("POST") and _LOGIN.search(path) and not _OTHER.search(path)
    return bool(asked and _PASSWORD.search(text) and _COMPARES.search(text))
