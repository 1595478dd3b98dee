"""Finding secrets that have a form of their own, and judging each; loaded by the worker only."""

import base64
import json
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from gate import lazy

if TYPE_CHECKING or __package__:
    from gate.scanners import _secret_kinds as kinds
    from gate.scanners import _secret_looks as looks
else:  # the worker loads these two first, under these names
    import _secret_kinds as kinds
    import _secret_looks as looks

Judged = tuple[str, str] | None
"""The kind and severity of a match, or None when it is no secret."""

_LOCAL = lazy.regex(
    r"localhost|127\.|0\.0\.0\.0|(?:.*\.)?example(?:\.\w+)?$|.*\.(?:localhost|test|invalid)$"
    r"|host(?:name)?$|server$|(?:.*\.)?(?:your|my)[-_]?\w*\."
)
_INNER = lazy.regex(r".*\.(?:local|internal|lan|svc)$")
"""Names within a network: of manuals and trials mostly, but a password from a generator is one there too."""
_ANYBODY = frozenset({"admin", "guest", "postgres", "root", "user"})
"""Names of users that stand for nobody, unless the password beside them is one."""
_LONG = lazy.regex(r"""[\s"'`,;(){}<>\[\]]([^\s"'`,;(){}<>\[\]]{16}[^\s"'`,;(){}<>\[\]]*)""")
"""A word long enough to be, or to hold, a token, and what ends the one before it: only there is one looked for."""
_SEAM = lazy.regex(r"""(["'])(?:\s{0,40}[+.&]\s{0,40}|\s{1,40}(?:\\\s{1,40})?)\1(?=[\w.+/=-])""")
"""Where one literal ends and the next begins."""
_MEMBER = lazy.regex(r"""(["'])\s{0,40}(?:\.concat\(\s{0,9}|[+.&,]\s{0,40}|\s{1,40}(?:\\\s{1,40})?)\1(?=[\w.+/=-])""")
_JOINS = ("].join(", "'.join(", '".join(', "implode(", ".concat(")
"""What makes one text of the members of a list; only then do commas join."""
_REACH = 1_000
"""A token goes no further on either side of a seam."""
_BASE64 = lazy.regex(r"(?<![\w+/=.-])[A-Za-z0-9+/]{24,4000}={0,2}(?![\w+/=.-])")
_CODE = lazy.regex(r"[(){}\[\]<>?$&|;]")
"""What stands in no key, but behind a marker that code compares with."""
_CONTROL = lazy.regex(rb"[\x00-\x08\x0e-\x1f\x7f]")
_SHAPED = tuple(kind for kind in kinds.KINDS.values() if not kind.formed)
"""Known by what stands around them, or spread over lines."""
_ADDRESS = lazy.regex(r"[\d.]+")
_GENERATED = 10
_FIREBASE = lazy.regex(r"firebase|authDomain|storageBucket|project_info|maps\.google|googleapis\.com/maps")


@dataclass(frozen=True)
class Found:
    """A secret of some kind between two characters of a text."""

    kind: str
    start: int
    end: int
    severity: str


def found(text: str) -> Iterator[Found]:
    """Secrets with a form of their own, those put together from pieces or wrapped in Base64 included."""
    words = _words(text)
    yield from _shaped(text)
    yield from _tokens(text, words)
    yield from _in_pieces(text)
    yield from _wrapped(text, words)


def _shaped(text: str) -> Iterator[Found]:
    for kind in _SHAPED:
        if any(word in text for word in kind.words):
            yield from _of_kind(kind, text)


def _words(text: str) -> str:
    return "\n".join(dict.fromkeys(_LONG.findall(f"\n{text}")))


def _tokens(text: str, words: str) -> Iterator[Found]:
    for kind in kinds.hinted(words):
        if kind.pattern.search(words):
            yield from _of_kind(kind, text)


def _of_kind(kind: kinds.Kind, text: str) -> Iterator[Found]:
    for match in kind.pattern.finditer(text):
        group = next((name for name in ("value", "key") if match.groupdict().get(name)), 0)
        judged = _JUDGES.get(kind.id, _token)(kind, match, match[group])
        if judged and _stands_alone(text, match):
            yield Found(judged[0], match.start(group), match.end(group), judged[1])


def _in_pieces(text: str) -> Iterator[Found]:
    """Tokens written as string literals that are joined: `"ghp_" + "..."`."""
    for pieces in _chains(text):
        starts = [start for start, _ in pieces]
        begins = [0, *accumulate(end - start for start, end in pieces)]
        joined = "".join(text[start:end] for start, end in pieces)
        for one in _tokens(joined, _words(joined)):
            first, last = (bisect_right(begins, at) - 1 for at in (one.start, one.end - 1))
            if first != last:
                start, end = starts[first] - begins[first], starts[last] - begins[last]
                yield Found(one.kind, one.start + start, one.end + end, one.severity)


def _chains(text: str) -> Iterator[list[tuple[int, int]]]:
    """What stands around the seams between literals, cut out of the text; seams far apart join nothing."""
    chain: list[tuple[int, int]] = []
    at = 0
    for seam in (_MEMBER if any(join in text for join in _JOINS) else _SEAM).finditer(text):
        if seam.start() - at > 2 * _REACH:
            if chain:
                yield [*chain, (at, at + _REACH)]
            chain, at = [], seam.start() - _REACH
        chain.append((at, seam.start()))
        at = seam.end()
    if chain:
        yield [*chain, (at, min(len(text), at + _REACH))]


def _wrapped(text: str, words: str) -> Iterator[Found]:
    """Tokens, keys and addresses in Base64, as a Kubernetes secret has them."""
    plain = [(each, said) for each in _BASE64.findall(words) if (said := _decoded(each))]
    begins = [*accumulate((len(said) + 1 for _, said in plain), initial=0)]
    joined = "\n".join(said for _, said in plain)
    for one in (*_tokens(joined, _words(joined)), *_shaped(joined)):
        wrapped = plain[bisect_right(begins, one.start) - 1][0]
        start = text.find(wrapped)
        yield Found(one.kind, start, start + len(wrapped), one.severity)


def _decoded(text: str) -> str:
    """What a text in Base64 says, where that is plain ASCII."""
    try:
        data = base64.b64decode(text[: len(text) - len(text) % 4])
    except ValueError:
        return ""
    return data.decode("ascii") if data.isascii() and data.strip() and not _CONTROL.search(data) else ""


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
    if len(body) < 64 or looks.entropy(body) < 4 or "xxxx" in body.lower() or _CODE.search(value[:200]):
        return None
    return kind.id, kinds.MEDIUM if match["locked"] else kind.severity


def _url(kind: kinds.Kind, match: re.Match[str], value: str) -> Judged:
    host = match["host"].lower()
    if _LOCAL.match(host) or looks.made_up(value) or value == match["user"]:
        return None
    if looks.made_up(match["user"]) and not (match["user"] in _ANYBODY and looks.password(value)):
        return None
    if len(value) < 6 or value.isdigit() or re.search(r"[{}()\[\]<>$*|\\,;]", value + match["user"]):
        return None
    if value.isalpha() and not (match[0].isascii() and "." in host):
        return None  # a word in a manual: `driver://user:contraseña@host`
    if _INNER.match(host):
        return (kind.id, kinds.MEDIUM) if len(value) >= _GENERATED and looks.random(value) else None
    if _ADDRESS.fullmatch(host):
        return (kind.id, kinds.MEDIUM) if looks.password(value) else None
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
