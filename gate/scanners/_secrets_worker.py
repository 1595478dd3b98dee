"""The one program that sees secrets: it reads files and prints kinds and columns, never a value.

It runs by its path in an isolated interpreter: on its standard input a JSON list of [file, original name],
on its standard output one JSON object. It knows detect-secrets and its neighbours here, nothing of gate.
"""

import json
import re
import sys
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from itertools import accumulate
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gate import lazy

if TYPE_CHECKING or __package__:
    from gate.scanners import _secret_kinds as kinds
    from gate.scanners import _secret_looks as looks
    from gate.scanners import _secret_pairs as pairs
    from gate.scanners import _secret_tokens as tokens
else:

    def _neighbour(name: str) -> Any:
        spec = spec_from_loader(name, SourceFileLoader(name, str(Path(__file__).with_name(f"{name}.py"))))
        sys.modules[name] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
        return sys.modules[name]

    _neighbour("_secret_formats"), _neighbour("_secret_services")
    kinds, looks = _neighbour("_secret_kinds"), _neighbour("_secret_looks")
    _neighbour("_secret_compared"), _neighbour("_secret_places"), _neighbour("_secret_rows")
    pairs, tokens = _neighbour("_secret_pairs"), _neighbour("_secret_tokens")

SECONDS_A_FILE = 10.0
"""Processor time after which the slow detectors give up on a file, and say so."""
_QUOTED = lazy.regex(r"""(["'])([A-Za-z0-9+/=_-]{20,120})\1""")
_HASH = lazy.regex(
    r"(?i)sha\d|md5|hash|digest|checksum|integrity|fingerprint|etag|base64,|uuid|guid|\bcommit|revision|public|(?:\b|_)id\b|next_?token|page_?token|site-?verification|site_?key|continuation|address|encrypted|cipher_?text"
)
_AROUND = 200
_DATA = lazy.regex(
    r"(?i)\.(?:lock|map|svg|sum|css|po|csv|tsv)$|\.min\.js$|^(?:package-lock|npm-shrinkwrap|composer\.lock)"
    r"\.json$|^pnpm-lock\.yaml$|lock\.json$"
)
_BLOBS = lazy.regex(r"(?i)\.(?:ipynb|xml)$")
"""Kinds of files that are full of long random-looking values."""


_DIGESTS = frozenset({27, 43, 64, 86})
"""Characters that digests of 20, 32, 48 and 64 bytes have in base64 (RFC 4648, section 4), without padding."""
_SHOWN_PART = lazy.regex(r"""["'](?:kid|(x|y)|x5[cut][\w#]*)["']\s{0,4}:\s{0,4}\[?$""")
_COORDINATE = frozenset({43, 64, 88})
"""Characters of a coordinate of P-256, P-384 and P-521."""
_FILE_KEY = lazy.regex(r"[\w-]\.\w{2,5}[\"']\s*:\s*$")


def guesses(name: str, text: str) -> Iterator[tokens.Found]:
    """What is held to be a secret by the name it is given or by its entropy: never more than a warning.

    Raises:
        TimeoutError: The file takes too long.
    """
    until = time.process_time() + SECONDS_A_FILE

    def watch() -> None:
        if time.process_time() > until:
            raise TimeoutError

    for one in pairs.found(name, text, watch):
        yield tokens.Found(kinds.KEYWORD, one.start, one.end, kinds.MEDIUM)
    for one in () if _BLOBS.search(name) else _dense(text, watch):
        yield tokens.Found(kinds.ENTROPY, one.start, one.end, kinds.MEDIUM)


def _dense(text: str, watch: Callable[[], None]) -> Iterator[pairs.Value]:
    for match in _QUOTED.finditer(text):
        watch()
        if looks.dense(match[2]) and _is_dense(match):
            line = _around(text, match)
            data = line.strip(" \t+,;\\()") == match[0]  # alone, it is a line of data
            if not (_HASH.search(line) or data or _sums_up_file(line, match) or _is_shown(line, match)):
                yield pairs.Value(*match.span(2))


def _sums_up_file(line: str, match: re.Match[str]) -> bool:
    """`"app.js": "<digest>"`: as long as a digest in base64 is, under the name of a file."""
    return len(match[2].rstrip("=")) in _DIGESTS and _FILE_KEY.search(line.partition(match[0])[0]) is not None


def _is_shown(line: str, match: re.Match[str]) -> bool:
    """Whether it is a part of a key in JSON that everybody may see (RFC 7517 and 7518)."""
    part = _SHOWN_PART.search(line.partition(match[0])[0])
    return part is not None and (not part[1] or len(match[2]) in _COORDINATE)


def _is_dense(match: re.Match[str]) -> bool:
    return bool(_high_entropy().analyze_line(filename="", line=match[0])) and not _filtered(match[2])


def _around(text: str, match: re.Match[str]) -> str:
    before = text[max(0, match.start() - _AROUND) : match.end()].rpartition("\n")[2]
    return before + text[match.end() : match.end() + _AROUND].partition("\n")[0]


def _filtered(value: str) -> bool:
    """detect-secrets' own heuristics about values; not those that drop whole lines, files or pragmas."""
    from detect_secrets.filters import heuristic

    return (
        heuristic.is_sequential_string(value)
        or heuristic.is_potential_uuid(value)
        or heuristic.is_templated_secret(value)
        or heuristic.is_not_alphanumeric_string(value)
    )


@cache
def _high_entropy() -> Any:
    from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString

    return Base64HighEntropyString(limit=4.5)


def look(name: str, text: str) -> tuple[list[list[Any]], bool]:
    """Every secret as [kind, severity, [[line, start, end], ...]]; whether the file was read to its end."""
    found, whole = list(tokens.found(text)), True
    if not _DATA.search(name):
        try:
            found += guesses(name, text)
        except TimeoutError:
            whole = False
    starts = list(accumulate((len(line) + 1 for line in text.split("\n")), initial=0)) if found else []
    return [[one.kind, one.severity, _spans(starts, text, one)] for one in _apart(found)], whole


def _apart(found: list[tokens.Found]) -> list[tokens.Found]:
    """Of those that overlap, the one that is surest, else the longest."""
    order = list(kinds.KINDS)
    kept: list[tokens.Found] = []
    for one in sorted(set(found), key=lambda one: (one.start, order.index(one.kind), -one.end)):
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
