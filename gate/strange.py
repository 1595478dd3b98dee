"""Words that only a generator can have made, though neither a form nor a name tells that they are secrets.

Nobody is told of them: it is too seldom that one is a secret. But where code is quoted, nobody misses them either.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from gate import lazy
from gate.review import Review
from gate.scanners.secrets import values
from gate.veil import MASK, Veil

_WORD = lazy.regex(r"""[^\s"'`,;:()<>\[\]{}=|\\]{10,200}""")
_LOCATES = lazy.regex(r"[/?&@]|#(?=\w)")
"""What parts an address or a path into words; a password may hold one, a name of its parts hardly looks strange."""
_PARTS = lazy.regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SIGNS = lazy.regex(r"[/._-]")
_SHORTEST = 8
_FEWEST, _SURE, _MOST = 4, 2.2, 3.6
"""The letters and digits that a piece of such a word has on average: 1.6 when they are drawn from 62 characters, 4 and
more in names that people give. In between, the pairs of its letters tell."""
_HEX = lazy.regex(r"(?<![\w@-])(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{24,128}(?![\w-])")
_SUMS = lazy.regex(r"(?i)sha\d|md5|hash|digest|checksum|integrity|fingerprint|etag|uuid|commit|revision|public")
_BEFORE = 30
"""Where digests are spoken of just before, a number of base 16 is one."""
_PUBLIC = lazy.regex(
    r"(?i)[0-9a-f-]+|0x[0-9a-f]+|(?:sha\d+|md5)-\S+|v?\d+(?:\.\w+)+\S*|\d+-\d+-\d+(?:[T_]\S*)?|\w{0,3}\d{1,4}"
    r"|\S*(?:a-z|0-9)\S*"
)
"""Digests, identifiers, versions, dates and sets of characters."""


def strange(text: str) -> Iterator[tuple[int, int]]:
    """Where such words stand in a text."""
    for match in _WORD.finditer(text):
        if _is_strange(match[0]):
            yield from _narrowed(match)
    for match in _HEX.finditer(text):
        if not _SUMS.search(text, max(0, match.start() - _BEFORE), match.start()):
            yield match.span()


def without_strange(text: str) -> str:
    """The text without them."""
    shown, behind = [], 0
    for start, end in sorted(strange(text)):
        if start >= behind:
            shown += [text[behind:start], MASK]
            behind = end
    return "".join([*shown, text[behind:]])


def veil_of(review: Review) -> Veil:
    """What a review would quote of them; not what stands in the names of files, which have to be found."""
    names = "\n".join({*(finding.place.path for finding in review.findings), *(row.path for row in review.coverage)})
    found = {text[start:end] for text in _quoted(review) for start, end in strange(text)}
    return Veil.over_values(word for word in found if word not in names)


def discreet(sentence: str) -> str:
    """What is told somebody of what they gave, or of what went wrong, without tokens and strange words."""
    return without_strange(Veil.over_values(values({"": sentence}, ())).text(sentence))


def _quoted(review: Review) -> Iterable[str]:
    for finding in review.findings:
        yield finding.message
        yield from (hop.note for hop in finding.trace)
    yield from (row.reason for row in review.coverage)


def _narrowed(match: re.Match[str]) -> Iterator[tuple[int, int]]:
    """The parts of a path that are strange by themselves; all of a word of which none is."""
    bounds = [match.start(), *(match.start() + cut.end() for cut in _LOCATES.finditer(match[0])), match.end() + 1]
    parts = [(low, high - 1) for low, high in pairwise(bounds)]
    found = [part for part in parts if _is_strange(match.string[slice(*part)])]
    yield from found or [match.span()]


def _is_strange(word: str) -> bool:
    core = max(_SIGNS.split(word), key=len)
    pieces = _PARTS.findall(core) if len(core) >= _SHORTEST and not any(map(_PUBLIC.fullmatch, (word, core))) else []
    if len(pieces) < _FEWEST:
        return False
    from gate.scanners import _secret_looks as looks

    size = sum(map(len, pieces)) / len(pieces)
    digits = any(char.isdigit() for char in core)
    return (size <= _SURE and digits) or (size <= _MOST and looks.drawn("".join(filter(str.isalpha, core))))
