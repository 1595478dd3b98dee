"""Hints: the words by which a text shows that it may state something, looked for before it is read."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Self

from gate import lazy

_ALIKE = (
    ("\N{KELVIN SIGN}", "k"), ("\N{LATIN SMALL LETTER LONG S}", "s"), ("\N{LATIN SMALL LETTER DOTLESS I}", "i"),
    ("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}", "i"),
)  # fmt: skip
"""Letters beyond ASCII that differ from one of its letters by their case alone."""
_TEXTS = 4096
"""Texts whose words are kept: each kind of fact asks for those of a whole tree."""
_PARTS = 65536
"""Words whose parts are kept."""
_COPIES = 1024
"""Texts whose copies in lower case are kept: kind after kind is looked for in one file."""
_WORD = lazy.regex(r"\w+")
_LONG = 40
"""Characters of a word whose parts are few enough to look each of them up."""
_MANY = 4096
"""Words of one text; of more it is quicker to look through them all for each of the parts."""
_KNOWN: set[str] = set()
"""What has to stand in a word of a text for one of the hints there are. A thread that loads a rule adds to it."""


@dataclass(frozen=True)
class Hint:
    """Patterns, in any case, each of which begins with a word: those are found ten times as fast as one pattern."""

    parts: tuple[tuple[str, str], ...]
    """The word in lower case, and the pattern that must match behind it."""
    exact: tuple[re.Pattern[str], ...] = ()
    """Patterns any of which is enough as well, and that mind the case."""

    @classmethod
    def of(cls, *parts: tuple[str, str] | str) -> Self:
        """From lower-case words, alone or each with the pattern that must match behind it."""
        return cls(tuple((part, "") if isinstance(part, str) else part for part in parts))

    @classmethod
    def whole(cls, *parts: tuple[str, str] | str) -> Self:
        """The same of words that begin where no other character of a word stands before them."""
        return cls(tuple((word, rf"(?<!\w{re.escape(word)}){rest}") for word, rest in cls.of(*parts).parts))

    def __post_init__(self) -> None:
        _KNOWN.update(longest_word(word) for word, _ in self.parts)

    def search(self, text: str) -> bool:
        held = _held(text, len(_KNOWN))
        if not self._alone.isdisjoint(held):
            return True
        for word, rest, key in self._others:
            if key in held and word in folded(text) and (not rest or _behind(word, rest).search(folded(text))):
                return True
        return any(pattern.search(text) for pattern in self.exact)

    @cached_property
    def _alone(self) -> frozenset[str]:
        """The words that are enough where they stand in a word of a text."""
        return frozenset(word for word, rest in self.parts if not rest and word == longest_word(word))

    @cached_property
    def _others(self) -> tuple[tuple[str, str, str], ...]:
        """The other parts, and what has to stand in a word of a text for each of them."""
        return tuple((word, rest, longest_word(word)) for word, rest in self.parts if word not in self._alone)


@cache
def longest_word(word: str) -> str:
    """The longest run of characters of words in one: `key` of `-key`; "" stands in every text."""
    return max(_WORD.findall(word), key=len, default="")


@cache
def _behind(word: str, rest: str) -> re.Pattern[str]:
    """A word and what is behind it, compiled when the word is met: most words are in no file of a change."""
    return re.compile(re.escape(word) + rest)


@lru_cache(maxsize=_TEXTS)
def _held(text: str, known: int) -> frozenset[str]:
    """What stands in the words of a text, of what hints look for; `known` is how much it is: each rule brings more."""
    words = set(_WORD.findall(folded(text)))
    if len(words) > _MANY:
        joined = " ".join(words)
        return frozenset({"", *(one for one in tuple(_KNOWN) if one in joined)})
    return frozenset({""}).union(*(_parts(word, known) for word in words))


@lru_cache(maxsize=_PARTS)
def _parts(word: str, known: int) -> frozenset[str]:
    """The words of hints that stand in a word: files share most of theirs, so each is taken apart once."""
    if len(word) > _LONG:
        return frozenset(one for one in tuple(_KNOWN) if one in word)
    starts = _starts(known)
    longer = (
        one for at in range(len(word) - 1) for one in starts.get(word[at : at + 2], ()) if word.startswith(one, at)
    )
    return frozenset(_KNOWN.intersection(word).union(longer))


@lru_cache(maxsize=1)
def _starts(_known: int) -> Mapping[str, Sequence[str]]:
    """The words of hints by the two letters they begin with; the others are one letter long."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for word in tuple(_KNOWN):
        found[word[:2]].append(word)
    return found


@lru_cache(maxsize=_COPIES)
def folded(text: str) -> str:
    """Lower case, with a plain letter for each that `re.IGNORECASE` takes for one; every hint asks for it."""
    if not text.isascii():
        for letter, plain in _ALIKE:
            text = text.replace(letter, plain)
    return text.lower()
