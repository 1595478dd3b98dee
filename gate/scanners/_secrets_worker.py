"""The one program that sees secrets: it reads files and prints kinds and columns, never a value.

It runs by its path in an isolated interpreter: on its standard input a JSON list of [file, original name],
on its standard output one JSON object. It knows detect-secrets and its two neighbours here, nothing of gate.
"""

import base64
import json
import re
import sys
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gate.scanners import _secret_kinds as kinds
    from gate.scanners import _secret_looks as looks
else:

    def _neighbour(name: str) -> Any:
        spec = spec_from_loader(name, SourceFileLoader(name, str(Path(__file__).with_name(f"{name}.py"))))
        sys.modules[name] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
        return sys.modules[name]

    kinds, looks = _neighbour("_secret_kinds"), _neighbour("_secret_looks")

SECONDS_A_FILE = 10.0
"""Processor time after which the slow detectors give up on a file, and say so."""
WIDTH, OVERLAP = 1000, 250
"""Longer lines are given to the slow detectors in pieces of so many characters that share so many."""

_LOCAL = re.compile(
    r"localhost|127\.|0\.0\.0\.0|(?:.*\.)?example(?:\.\w+)?$|.*\.(?:local|localhost|test|invalid|internal)$"
    r"|host(?:name)?$|server$|(?:.*\.)?(?:your|my)[-_]?\w*\.|[\d.]+$"
)
_FIREBASE = re.compile(r"firebase|authDomain|storageBucket|project_info|maps\.google|googleapis\.com/maps")
_NAMES = re.compile(
    r"(?i)(?:api|auth|service|account|db|database|priv|private|client)[_-]?key|pass|pwd|secret|contrase|token"
)
_TOKEN = re.compile(
    r"""(?ix) \b[\w.-]*(?:token|api-key)["'\]]{0,2} \s{0,9} (?:=>?|:=?) \s{0,9} ["'] ([\w+/=.~-]{20,200}) ["']"""
)
_QUOTED = re.compile(r"""(["'])[A-Za-z0-9+/=_-]{20,120}\1""")
_HASH = re.compile(
    r"(?i)sha\d|md5|hash|digest|checksum|integrity|fingerprint|etag|base64,|uuid|guid|\bcommit|revision|public|\bid\b"
)
_SETTINGS = re.compile(r"(?i)^\.env|\.(?:env|properties|ini|cfg|conf|toml|ya?ml)$|rc$|credentials")
_DATA = re.compile(
    r"(?i)\.(?:lock|map|svg|sum|css|ipynb|po|csv|tsv|xml)$|\.min\.js$|^(?:package-lock|npm-shrinkwrap|composer\.lock)"
    r"\.json$|^pnpm-lock\.yaml$|lock\.json$"
)


@dataclass(frozen=True)
class Found:
    """A secret of some kind between two characters of a text."""

    kind: str
    start: int
    end: int
    severity: str


def tokens(text: str) -> Iterator[Found]:
    """Secrets with a form of their own."""
    for kind in kinds.KINDS.values():
        if any(word in text for word in kind.words):
            for match in kind.pattern.finditer(text):
                group = next((name for name in ("value", "key") if match.groupdict().get(name)), 0)
                judged = _JUDGES.get(kind.id, _token)(kind, match, match[group])
                if judged and _stands_alone(text, match):
                    yield Found(judged[0], match.start(group), match.end(group), judged[1])


Judged = tuple[str, str] | None


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
    if (
        len(value) < 6
        or not any(c.isalpha() for c in value)
        or re.search(r"[{}()\[\]<>$*|\\,;]", value + match["user"])
    ):
        return None
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


def guesses(name: str, text: str) -> Iterator[Found]:
    """What detect-secrets holds to be one by the name it is given or by its entropy: never more than a warning.

    Raises:
        TimeoutError: The file takes too long.
    """
    started = time.process_time()
    settings = bool(_SETTINGS.search(name))
    for start, piece in _pieces(text):
        named, quoted = _NAMES.search(piece), _QUOTED.search(piece)
        if time.process_time() - started > SECONDS_A_FILE:
            raise TimeoutError
        values = [(kinds.KEYWORD, value) for value in (_named(piece, settings=settings) if named else ())]
        values += [(kinds.ENTROPY, value) for value in (_dense(piece) if quoted else ())]
        for kind, value in values:
            at = piece.find(value)
            yield Found(kind, start + at, start + at + len(value), kinds.MEDIUM)


def _named(piece: str, *, settings: bool) -> Iterator[str]:
    detector, groups = _keyword()
    for value in {*detector.analyze_string(piece, groups if settings else None), *_TOKEN.findall(piece)}:
        plain = value.strip()
        if looks.password(plain) and not _filtered(plain, piece, detector):
            yield plain


def _dense(piece: str) -> Iterator[str]:
    if _HASH.search(piece):
        return
    for detector in _high_entropy():
        for found in detector.analyze_line(filename="", line=piece):
            value = found.secret_value
            if value and looks.dense(value) and not _filtered(value, piece, detector):
                yield value


def _filtered(value: str, line: str, detector: Any) -> bool:
    """detect-secrets' own heuristics about values; not those that drop whole lines, files or pragmas."""
    from detect_secrets.filters import heuristic

    return (
        heuristic.is_sequential_string(value)
        or heuristic.is_potential_uuid(value)
        or heuristic.is_templated_secret(value)
        or heuristic.is_prefixed_with_dollar_sign(value)
        or heuristic.is_not_alphanumeric_string(value)
        or heuristic.is_likely_id_string(value, line, detector)
    )


@cache
def _keyword() -> tuple[Any, Any]:
    from detect_secrets.plugins.keyword import CONFIG_DENYLIST_REGEX_TO_GROUP, KeywordDetector

    return KeywordDetector(), CONFIG_DENYLIST_REGEX_TO_GROUP


@cache
def _high_entropy() -> tuple[Any, ...]:
    from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString

    return (Base64HighEntropyString(limit=4.5),)


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    """Each line, long ones in pieces that overlap, with the place in the text where it starts."""
    start = 0
    for line in text.split("\n"):
        for at in range(0, max(len(line) - OVERLAP, 1), WIDTH - OVERLAP):
            yield start + at, line[at : at + WIDTH]
        start += len(line) + 1


def look(name: str, text: str) -> tuple[list[list[Any]], bool]:
    """Every secret as [kind, severity, [[line, start, end], ...]]; whether the file was read to its end."""
    found, whole = list(tokens(text)), True
    if not _DATA.search(name):
        try:
            found += guesses(name, text)
        except TimeoutError:
            whole = False
    starts = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))
    kept = _apart(found)
    return [[one.kind, one.severity, _spans(starts, text, one)] for one in kept], whole


def _apart(found: list[Found]) -> list[Found]:
    """Of those that overlap, the one that is surest."""
    order = list(kinds.KINDS)
    kept: list[Found] = []
    for one in sorted(set(found), key=lambda one: (one.start, order.index(one.kind))):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
        elif _guessed(kept[-1]) and not _guessed(one):
            kept[-1] = one
    return kept


def _guessed(one: Found) -> bool:
    return one.kind in {kinds.KEYWORD, kinds.ENTROPY}


def _spans(starts: list[int], text: str, found: Found) -> list[list[int]]:
    """Its columns line by line: a key has many lines."""
    spans, at = [], found.start
    for part in text[found.start : found.end].split("\n"):
        line = bisect_right(starts, at)
        column = at - starts[line - 1]
        if part:
            spans.append([line, column, column + len(part)])
        at += len(part) + 1
    return spans


def main() -> None:
    """Read the list, print the report."""
    report: dict[str, Any] = {}
    for file, name in json.load(sys.stdin):
        text = Path(file).read_bytes().decode(errors="surrogateescape")
        found, whole = look(name, text)
        report[file] = {"found": found, "whole": whole}
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    from detect_secrets.settings import transient_settings

    with transient_settings({"plugins_used": [], "filters_used": []}):  # no verification: nothing is sent anywhere
        main()
