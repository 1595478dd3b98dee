"""Finding secrets that have a form of their own, and judging each; loaded by the worker only."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gate.scanners import _secret_kinds as kinds
    from gate.scanners import _secret_looks as looks
else:  # the worker loads these two first, under these names
    import _secret_kinds as kinds
    import _secret_looks as looks

Judged = tuple[str, str] | None
"""The kind and severity of a match, or None when it is no secret."""

_LOCAL = re.compile(
    r"localhost|127\.|0\.0\.0\.0|(?:.*\.)?example(?:\.\w+)?$|.*\.(?:local|localhost|test|invalid|internal)$"
    r"|host(?:name)?$|server$|(?:.*\.)?(?:your|my)[-_]?\w*\.|[\d.]+$"
)
_FIREBASE = re.compile(r"firebase|authDomain|storageBucket|project_info|maps\.google|googleapis\.com/maps")


@dataclass(frozen=True)
class Found:
    """A secret of some kind between two characters of a text."""

    kind: str
    start: int
    end: int
    severity: str


def found(text: str) -> Iterator[Found]:
    """Secrets with a form of their own."""
    for kind in kinds.KINDS.values():
        if any(word in text for word in kind.words):
            for match in kind.pattern.finditer(text):
                group = next((name for name in ("value", "key") if match.groupdict().get(name)), 0)
                judged = _JUDGES.get(kind.id, _token)(kind, match, match[group])
                if judged and _stands_alone(text, match):
                    yield Found(judged[0], match.start(group), match.end(group), judged[1])


def _stands_alone(text: str, match: re.Match[str]) -> bool:
    r"""Whether nothing runs into it from the left; the letter of an escape such as `\n` does not count."""
    start = match.start()
    before = text[start - 1 : start]
    return not (before.isalnum() and before.isascii() and match[0][0].isalnum()) or (
        before in "nrt" and text[start - 2 : start - 1] == "\\"
    )


def _token(kind: kinds.Kind, _: re.Match[str], value: str) -> Judged:
    body = value
    for word in kind.words:
        body = body.removeprefix(word)
    return (kind.id, kind.severity) if looks.random(body) else None


def _aws_id(kind: kinds.Kind, _: re.Match[str], value: str) -> Judged:
    return None if looks.made_up(value) or looks.entropy(value[4:]) < 2.7 else (kind.id, kind.severity)


def _google(kind: kinds.Kind, match: re.Match[str], value: str) -> Judged:
    """A key that a page of Firebase or Maps hands to every visitor is no secret, if it is restricted."""
    if not looks.random(value[4:]):
        return None
    around = match.string[max(0, match.start() - 600) : match.end() + 600]
    return kind.id, kinds.LOW if _FIREBASE.search(around) else kind.severity


def _private_key(kind: kinds.Kind, match: re.Match[str], value: str) -> Judged:
    body = re.sub(r"[^A-Za-z0-9+/]", "", re.sub(r"\\[nrt]", "", value))
    if len(body) < 64 or looks.entropy(body) < 4 or "xxxx" in body.lower():
        return None
    return kind.id, kinds.MEDIUM if match["locked"] else kind.severity


def _url(kind: kinds.Kind, match: re.Match[str], value: str) -> Judged:
    host = match["host"].lower()
    if _LOCAL.match(host) or looks.made_up(value) or looks.made_up(match["user"]) or value == match["user"]:
        return None
    if len(value) < 6 or value.isdigit() or re.search(r"[{}()\[\]<>$*|\\,;]", value + match["user"]):
        return None
    if value.isalpha() and not (match[0].isascii() and "." in host):
        return None  # a word in a manual: `driver://user:contraseña@host`
    strong = "." in host and (not value.isalpha() or looks.entropy(value) > 3)
    return kind.id, kind.severity if strong else kinds.MEDIUM


def _jwt(kind: kinds.Kind, match: re.Match[str], _: str) -> Judged:
    claims = _claims(match["claims"])
    if claims is None or claims.get("role") == "anon" or claims.get("sub") == "1234567890":
        return None
    if claims.get("role") in {"service_role", "supabase_admin"}:
        demo = claims.get("iss") == "supabase-demo"
        return kinds.SERVICE_ROLE, kinds.LOW if demo else kinds.CRITICAL
    return kind.id, kind.severity


def _claims(part: str) -> dict[str, Any] | None:
    try:
        data = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


_JUDGES: dict[str, Callable[[kinds.Kind, re.Match[str], str], Judged]] = {
    kinds.AWS_ID: _aws_id,
    kinds.GOOGLE: _google,
    kinds.PRIVATE_KEY: _private_key,
    kinds.URL: _url,
    kinds.JWT: _jwt,
}
