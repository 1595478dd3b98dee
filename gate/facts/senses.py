"""Which senses the words of a text have: the thing that guards, the deed that loosens, the denial that turns both round."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from gate import lazy
from gate.facts.lexicon import SENSES


@dataclass(frozen=True)
class Said:
    """A sense, and where a text has a word of it."""

    sense: str
    start: int
    end: int


class _Term(NamedTuple):
    """A term: how its first word begins, or all of it, the words behind that, and what it stands for."""

    first: str
    open: bool
    rest: tuple[str, ...]
    sense: str


_TOKEN = lazy.regex(r"[^\s,;:!\"()\[\]\u2026_`]*[^\s,;:!\"()\[\]\u2026_`.]")
_ELIDED = lazy.regex(r"\b([cdjlmnst]|qu)'")
"""A short word of French that has lost its vowel."""
_COMMA = lazy.regex("[,;]")
_SOLID = lazy.regex(r"[\u3040-\u30ff\u3400-\u9fff]")
"""Letters of languages that put no spaces between words."""
_STEM = 2
_STAR = "\\*"
"""A star in a term that is one."""


def said_in(text: str) -> list[Said]:
    """All senses of a text in order, of each the longest word at a place."""
    words = list(_TOKEN.finditer(_ELIDED.sub(r"\1 ", text.lower().replace("\u2019", "'"))))
    terms, ends, found = _terms(), dict[str, int](), list[Said]()
    for at, word in enumerate(words):
        known = terms.get(word[0], ()), terms.get(word[0][:_STEM] + "*", ())
        for name, end in _longest(words, at, (*known[0], *known[1])) if known[0] or known[1] else ():
            if word.start() >= ends.get(name, 0):
                ends[name] = end
                found.append(Said(name, word.start(), end))
    if _SOLID.search(text):
        found += [Said(name, one.start(), one.end()) for name, solid in _solids() for one in solid.finditer(text)]
    return found


def _longest(words: Sequence[re.Match[str]], at: int, terms: Iterable[_Term]) -> Iterable[tuple[str, int]]:
    ends: dict[str, int] = {}
    word = words[at][0]
    for term in terms:
        if (not term.open or word.startswith(term.first)) and (not term.rest or _goes_on(words, at + 1, term.rest)):
            ends[term.sense] = max(ends.get(term.sense, 0), words[at + len(term.rest)].end())
    return ends.items()


def _goes_on(words: Sequence[re.Match[str]], at: int, rest: tuple[str, ...]) -> bool:
    """Whether the other words of a term follow, with no comma between."""
    if at + len(rest) > len(words) or not all(_is(words[at + ahead][0], word) for ahead, word in enumerate(rest)):
        return False
    return _COMMA.search(words[at].string, words[at - 1].start(), words[at + len(rest) - 1].start()) is None


def _is(said: str, word: str) -> bool:
    return said == word or (word[-1] == "*" and said.startswith(word[:-1])) or (word == _STAR and said == "*")


@cache
def _terms() -> dict[str, list[_Term]]:
    """Terms by their first word, or how it begins."""
    terms: dict[str, list[_Term]] = defaultdict(list)
    for name, listed in SENSES.items():
        for term in sorted(set(listed.split())):
            if not _SOLID.search(term):
                first, *rest = term.split("_")
                opens = first.endswith("*")
                key = first[:_STEM] + "*" if opens else first
                terms[key].append(_Term(first.removesuffix("*"), opens, tuple(rest), name))
    return terms


@cache
def _solids() -> list[tuple[str, re.Pattern[str]]]:
    listed = ((name, [term for term in words.split() if _SOLID.search(term)]) for name, words in SENSES.items())
    return [(name, re.compile("|".join(sorted(terms, key=len, reverse=True)))) for name, terms in listed if terms]
