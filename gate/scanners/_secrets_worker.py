"""The one program that sees secrets: it reads files and prints kinds and columns, never a value.

It runs by its path in an isolated interpreter: on its standard input a JSON list of [file, original name],
on its standard output one JSON object. It knows detect-secrets and its neighbours here, nothing of gate.
"""

import json
import re
import sys
import time
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from itertools import accumulate
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gate.scanners import _secret_kinds as kinds
    from gate.scanners import _secret_looks as looks
    from gate.scanners import _secret_tokens as tokens
else:

    def _neighbour(name: str) -> Any:
        spec = spec_from_loader(name, SourceFileLoader(name, str(Path(__file__).with_name(f"{name}.py"))))
        sys.modules[name] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
        return sys.modules[name]

    _neighbour("_secret_formats"), _neighbour("_secret_services")
    kinds, looks = _neighbour("_secret_kinds"), _neighbour("_secret_looks")
    tokens = _neighbour("_secret_tokens")

SECONDS_A_FILE = 10.0
"""Processor time after which the slow detectors give up on a file, and say so."""
WIDTH, OVERLAP = 1000, 250
"""Longer lines are given to the slow detectors in pieces of so many characters that share so many."""

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


def guesses(name: str, text: str) -> Iterator[tokens.Found]:
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
            yield tokens.Found(kind, start + at, start + at + len(value), kinds.MEDIUM)


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
    found, whole = list(tokens.found(text)), True
    if not _DATA.search(name):
        try:
            found += guesses(name, text)
        except TimeoutError:
            whole = False
    starts = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0))
    kept = _apart(found)
    return [[one.kind, one.severity, _spans(starts, text, one)] for one in kept], whole


def _apart(found: list[tokens.Found]) -> list[tokens.Found]:
    """Of those that overlap, the one that is surest."""
    order = list(kinds.KINDS)
    kept: list[tokens.Found] = []
    for one in sorted(set(found), key=lambda one: (one.start, order.index(one.kind))):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
        elif _guessed(kept[-1]) and not _guessed(one):
            kept[-1] = one
    return kept


def _guessed(one: tokens.Found) -> bool:
    return one.kind in {kinds.KEYWORD, kinds.ENTROPY}


def _spans(starts: list[int], text: str, found: tokens.Found) -> list[list[int]]:
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


def _shut_off() -> None:
    """Give detect-secrets no HTTP library: it may ask an issuer about a token, and here nothing may leave.

    It is also half of its start-up time.
    """
    nothing = ModuleType("requests")
    nothing.__getattr__ = lambda _name: Exception  # type: ignore[method-assign]  # named in annotations at import
    sys.modules["requests"] = nothing


if __name__ == "__main__":
    _shut_off()
    from detect_secrets.settings import transient_settings

    with transient_settings({"plugins_used": [], "filters_used": []}):  # no verification: nothing is sent anywhere
        main()
