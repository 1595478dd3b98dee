"""Hints: the words by which a text shows that it may state something, looked for before it is read."""

import re
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Self

_ALIKE = (
    ("\N{KELVIN SIGN}", "k"), ("\N{LATIN SMALL LETTER LONG S}", "s"), ("\N{LATIN SMALL LETTER DOTLESS I}", "i"),
    ("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}", "i"),
)  # fmt: skip
"""Letters beyond ASCII that differ from one of its letters by their case alone."""
_TEXTS = 4096
"""Texts whose words are kept: each kind of fact asks for those of a whole tree."""
_COPIES = 1024
"""Texts whose copies in lower case are kept: kind after kind is looked for in one file."""
_WORD = re.compile(r"\w+")


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

    def search(self, text: str) -> bool:
        words = _words(text)
        for word, rest, loose in self._sought:
            if word in (_folded(text) if loose else words) and (not rest or _behind(word, rest).search(_folded(text))):
                return True
        return any(pattern.search(text) for pattern in self.exact)

    @cached_property
    def _sought(self) -> tuple[tuple[str, str, bool], ...]:
        """The parts, and whether the word has other characters than those of words."""
        return tuple((word, rest, _WORD.fullmatch(word) is None) for word, rest in self.parts)


@cache
def _behind(word: str, rest: str) -> re.Pattern[str]:
    """A word and what is behind it, compiled when the word is met: most words are in no file of a change."""
    return re.compile(re.escape(word) + rest)


@lru_cache(maxsize=_TEXTS)
def _words(text: str) -> str:
    """The words of a text, each once: where one stands in another is found there as well, and three times as fast."""
    return " ".join(set(_WORD.findall(_folded(text))))


@lru_cache(maxsize=_COPIES)
def _folded(text: str) -> str:
    """Lower case, with a plain letter for each that `re.IGNORECASE` takes for one; every hint asks for it."""
    if not text.isascii():
        for letter, plain in _ALIKE:
            text = text.replace(letter, plain)
    return text.lower()
