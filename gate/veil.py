"""Secrets hidden wherever they stand: in names of files, in messages, on other lines, in what is remembered."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cached_property
from typing import Any

from gate import lazy
from gate.rule import Item, Rule, Source
from gate.scanner import Spotted

MASK = "********"
SECRETS = "detect-secrets"
"""The scanner that tells what a secret is."""
_SHORTEST = 6
"""Shorter values are masked where they stand, and nowhere else: they are too often the name of something."""
_LONG = 16
_DIGEST = lazy.regex(r"[0-9a-f]{40}|[0-9a-f]{64}")
"""The names of commits, marks and fingerprints."""
_WHOLE = (type, Rule, Item)
"""What gate itself says, and no change."""


@dataclass(frozen=True)
class Veil:
    """The values that are never shown."""

    values: frozenset[str] = frozenset()

    @classmethod
    def of(cls, spotted: Iterable[Spotted], sources: Mapping[str, Source]) -> "Veil":
        """What was spotted in these sources, as it is written there."""
        return cls.over_values(_values(spotted, sources))

    @classmethod
    def over_values(cls, values: Iterable[str]) -> "Veil":
        """These values, the long ones in small letters too, as names in SQL are read."""
        known = {value for value in values if len(value) >= _SHORTEST}
        return cls(frozenset(known | {value.lower() for value in known if len(value) >= _LONG}))

    def __or__(self, other: "Veil") -> "Veil":
        return Veil(self.values | other.values)

    @cached_property
    def _lengths(self) -> Mapping[str, tuple[int, ...]]:
        """How long the values are that begin like this, the longest first: a change may hold thousands."""
        found: dict[str, set[int]] = defaultdict(set)
        for value in self.values:
            found[value[:_SHORTEST]].add(len(value))
        return {start: tuple(sorted(sizes, reverse=True)) for start, sizes in found.items()}

    def text(self, text: str, most: int | None = None) -> str:
        """The text without them; of a long one its beginning, where no more than `most` letters are asked for."""
        if not self.values:
            return text[:most]
        shown, behind = [], 0
        for start, end in self.places(text, most):
            shown += [text[behind:start], MASK]
            behind = end
        return "".join([*shown, text[behind:]])[:most]

    def places(self, text: str, most: int | None = None) -> Iterator[tuple[int, int]]:
        """Where they stand in a text, from left to right, the longest of those that begin at one place.

        `most` is how many letters are shown of it, each value as its mask.
        """
        at, shown, lengths = 0, 0, self._lengths
        while at <= len(text) - _SHORTEST and (most is None or shown < most):
            sizes = lengths.get(text[at : at + _SHORTEST], ())
            size = next((size for size in sizes if text[at : at + size] in self.values), 0)
            if size:
                yield at, at + size
            at += size or 1
            shown += len(MASK) if size else 1

    def over(self, thing: Any) -> Any:
        """The thing with every text in it veiled."""
        return self._over(thing) if self.values else thing

    def hides(self, written: str) -> bool:
        """Whether one of them stands in what is written as JSON."""
        return bool(self.values) and next(self._escaped.places(written), None) is not None

    @cached_property
    def _escaped(self) -> "Veil":
        return Veil(self.values | {json.dumps(value)[1:-1] for value in self.values})

    def _over(self, thing: Any) -> Any:
        if type(thing) is str:  # a state or a severity is none of the change's
            return thing if _DIGEST.fullmatch(thing) else self.text(thing)
        if isinstance(thing, tuple):
            return tuple(map(self._over, thing))
        if isinstance(thing, Mapping):
            return {self._over(key): self._over(value) for key, value in thing.items()}
        if is_dataclass(thing) and not isinstance(thing, _WHOLE):
            new = {field.name: self._over(getattr(thing, field.name)) for field in fields(thing)}
            return replace(thing, **{name: value for name, value in new.items() if value != getattr(thing, name)})
        return thing


NOTHING = Veil()


def _values(spotted: Iterable[Spotted], sources: Mapping[str, Source]) -> Iterator[str]:
    for spot in spotted:
        source = sources.get(spot.hit.place.path)
        for line, start, end in spot.hit.spans if source else ():
            yield source.lines[line - 1][start:end]  # type: ignore[union-attr]  # asked above
