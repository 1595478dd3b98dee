"""Which functions of a file may use what a word names: by its text first, and by its code where a word stands in that."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from gate import lazy
from gate.facts.defined import Definitions
from gate.facts.uses import hands, uses
from gate.source import Source

WORD = lazy.regex(r"\w+")


class Mentions:
    """The words of the functions of one file that lie in no other function."""

    def __init__(self, source: Source, definitions: Definitions) -> None:
        self._source = source
        self._functions = definitions.functions
        self._used: dict[tuple[str, bool], frozenset[str]] = {}
        self._matching: dict[tuple[str, re.Pattern[str]], bool] = {}

    def of(self, words: Iterable[str], also: re.Pattern[str] | None, *, handing: bool) -> Iterator[str]:
        """The full names of the functions that may use one of these, or hand it on, and whose text matches."""
        fitting = (
            name for word in sorted(words) for name in self._holders.get(word, ())
            if word in self._uses(name, handing=handing)
        )  # fmt: skip
        yield from (name for name in dict.fromkeys(fitting) if also is None or self._matches(name, also))

    def _uses(self, name: str, *, handing: bool) -> frozenset[str]:
        if (name, handing) not in self._used:
            self._used[name, handing] = (hands if handing else uses)(self._functions[name][0])
        return self._used[name, handing]

    def _matches(self, name: str, pattern: re.Pattern[str]) -> bool:
        if (name, pattern) not in self._matching:
            self._matching[name, pattern] = pattern.search(self._text(name)) is not None
        return self._matching[name, pattern]

    @cached_property
    def _holders(self) -> Mapping[str, list[str]]:
        """By word, the functions in whose text it stands."""
        found: dict[str, list[str]] = {}
        for name in self._functions:
            for word in set(WORD.findall(self._text(name))):
                found.setdefault(word, []).append(name)
        return found

    def _text(self, name: str) -> str:
        """From its first decorator to its end."""
        node, _ = self._functions[name]
        start = min([node.lineno, *(part.lineno for part in node.decorator_list)])
        return "\n".join(self._source.lines[start - 1 : node.end_lineno])
