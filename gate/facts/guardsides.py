"""The two sides of a change, as far as guards are concerned, and which unit of one is which of the other."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from gate.facts.guardshape import shape
from gate.facts.guardtree import Found, GuardTree
from gate.facts.guardwords import Guard
from gate.source import Source

Pairs = Sequence[tuple[Source | None, Source | None]]
_ALIKE, _SAME = 0.5, 0.8
_FEW = 3
_CANDIDATES = 200


@dataclass(eq=False)
class Sides:
    """A change, as far as guards are concerned."""

    pairs: Pairs
    base: GuardTree
    head: GuardTree
    _matched: dict[str, str] = field(default_factory=dict)

    @cached_property
    def new(self) -> dict[str, list[Found]]:
        """The units head has and the same file of base has not, by form."""
        found = defaultdict(list)
        for before, after in self.pairs:
            old = self.base.units(before.path) if before else {}
            for key, unit in (self.head.units(after.path) if after else {}).items():
                if key not in old:
                    found[unit.form].append(Found(unit.place.path, unit))
        return found

    @cached_property
    def gained(self) -> list[tuple[Found, Guard]]:
        """The guards the change adds, and where."""
        return [
            (found, guard) for found, old in self._grown() for guard in self.head.own(found) if guard.text not in old
        ]

    def _grown(self) -> Iterator[tuple[Found, frozenset[str]]]:
        for before, after in self.pairs:
            old = self.base.units(before.path) if before else {}
            for key, unit in (self.head.units(after.path) if after else {}).items():
                held = old[key].guards if key in old else ()
                said = frozenset(guard.text for guard in held)
                if any(guard.text not in said for guard in unit.guards):
                    yield Found(unit.place.path, unit), said

    def now(self, old: Found, after: Source | None) -> Found | None:
        """The same unit after the change, wherever it went; None if it is gone."""
        key = f"{old.unit.form} {old.unit.name}"
        if after is not None and key in self.head.units(after.path):
            return Found(after.path, self.head.units(after.path)[key])
        if old.unit.form not in {"function", "class"}:
            return None
        alike = [one for one in self.new[old.unit.form] if one.unit.answers == old.unit.answers]
        fits = [(self._likeness(old, one), one) for one in alike[:_CANDIDATES]]
        best = max(fits, key=lambda fit: fit[0], default=(0.0, None))
        return best[1] if best[0] >= _ALIKE else None

    def _likeness(self, old: Found, new: Found) -> float:
        """How much alike two units are; what has another name must be the same almost word for word."""
        one, other = shape(self.base, old), shape(self.head, new)
        alike = len(one & other) / max(1, len(one | other))
        named = old.unit.short == new.unit.short
        routed = bool(old.unit.route.strip("/")) and (old.unit.route, old.unit.verbs) == (
            new.unit.route,
            new.unit.verbs,
        )
        if named or routed:
            return alike + 0.5 * (named and routed)
        return alike if alike >= _SAME and len(one) >= _FEW else 0.0
