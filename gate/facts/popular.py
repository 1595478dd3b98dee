"""Names that are near to those of popular packages, or say nearly the same: what a slip or a model makes of them.

The lists are those of the most downloaded packages, shipped with their date.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

_TARGETS = 2_000
"""Names that others are held against; further down the list, nearness means little."""
_SHORTEST = 5
"""Between short names one letter is a large part, and chance is enough for it."""
_LONGEST = 60
"""No name much used is as long."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"
_AFFIXES = {
    "pypi": frozenset("py python python3 js node lib official pro plus api cli sdk client package module".split()),
    "npm": frozenset("js node nodejs npm lib official pro package".split()),
}
"""Words that are put before or behind a known name to make one that looks as if it belonged to it; `-cli` is a custom of npm."""


@cache
def popular(ecosystem: str) -> Mapping[str, int]:
    """The most downloaded names of an index, "pypi" or "npm", and the rank of each, from 1."""
    text = files("gate").joinpath("popular", f"{ecosystem}.txt").read_text(encoding="utf-8")
    return {name: rank for rank, name in enumerate(text.split("\n")[1:], 1) if name}


def near(name: str, ecosystem: str) -> tuple[str, str]:
    """The popular name that one looks like, and how it differs; two empty texts where it looks like none.

    A popular name is its own, however near to another; so is one under a scope of npm, which belongs to somebody.
    """
    known = popular(ecosystem)
    if name in known or name.startswith("@") or len(name) > _LONGEST:
        return "", ""
    found = [
        (known[other], other, how)
        for other, how in _alike(name, ecosystem)
        if known.get(other, _TARGETS + 1) <= _TARGETS
    ]
    return min(found)[1:] if found else ("", "")


def _alike(name: str, ecosystem: str) -> Iterator[tuple[str, str]]:
    words = name.split("-")
    if len(name) >= _SHORTEST:
        yield from ((other, "one letter apart") for other in _edited(name) if len(other) >= _SHORTEST)
    if len(words) > 1:
        yield from ((other, "only the dashes differ") for other in ("".join(words), "_".join(words)))
        yield "-".join(reversed(words)), "the words are swapped"
        yield from _without_affix(words, _AFFIXES[ecosystem])
    yield from ((f"{name[:at]}-{name[at:]}", "only the dashes differ") for at in range(2, len(name) - 1))
    for other in (f"py{name}", f"python-{name}", f"{name}-python", f"py-{name}"):
        yield other, "`py` or `python` is left out"
    if bare := re.fullmatch(r"py-?(.{4,})", name):
        yield bare[1], "`py` is put before it"


def _without_affix(words: list[str], affixes: frozenset[str]) -> Iterator[tuple[str, str]]:
    for kept, affix in ((words[1:], words[0]), (words[:-1], words[-1])):
        if affix in affixes and len("-".join(kept)) >= 4:
            name = "-".join(kept)
            yield from ((other, f"`{affix}` is added to it") for other in (name, f"py{name}", f"{name}-hub"))


def _edited(name: str) -> Iterator[str]:
    """All names that are one insertion, deletion, replacement or swap of neighbours away (Damerau and Levenshtein)."""
    for at in range(len(name) + 1):
        before, behind = name[:at], name[at:]
        if behind:
            yield before + behind[1:]
        if len(behind) > 1:
            yield before + behind[1] + behind[0] + behind[2:]
        yield from (before + letter + behind for letter in _LETTERS)
        if behind:
            yield from (before + letter + behind[1:] for letter in _LETTERS)
