"""The two sides of a change, as far as guards are concerned, and which unit of one is which of the other."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise

from gate import lazy
from gate.facts.guardelsewhere import Gained, by_place
from gate.facts.guardshape import shape
from gate.facts.guardtree import Found, GuardTree
from gate.facts.guardwords import Guard
from gate.source import Source

Pairs = Sequence[tuple[Source | None, Source | None]]
_ALIKE, _SAME = 0.5, 0.8
_FEW = 3
_CANDIDATES = 200
GUARDING = lazy.regex(
    r"(?i)login|auth|xsrf|get_object|perm|role|admin|staff|owner|user|token|scope|csrf|limit|throttl|depends|secur|verif|check|require|ensure|assert|sign|digest|construct_event"
    r"|40[134]|forbid|den(?:ied|y)|middleware|guard|access|jwt|session|tenant|protect|member|allow|decorators|api_key|before_request|only|router|return .* (?:and|or) |(?m:^\s*(?:class .*|return)\s*$)"
)
"""What stands in a line that can be of a guard, or make one weaker."""
_DEFINES = lazy.regex(r"(?:async )?(?:def|class) (\w+)")
_SHARE = 3
"""Of how many lines of a unit one is to be found again."""


@lru_cache(maxsize=1024)
def neighbours(source: Source) -> Counter[str]:
    """The lines of a file, each with the one below it."""
    lines = [line for line in source.lines if line.strip()]
    return Counter(map("\n".join, pairwise([*lines, ""])))


def _lines(lines: Iterable[str]) -> frozenset[str]:
    return frozenset(filter(None, map(str.strip, lines)))


@dataclass(eq=False)
class Sides:
    """A change, as far as guards are concerned."""

    pairs: Pairs
    base: GuardTree
    head: GuardTree
    _new: dict[str, tuple[Found, ...]] = field(default_factory=dict)

    @cached_property
    def _added(self) -> dict[str, tuple[Source | None, frozenset[str]]]:
        """The lines each file of head has and its like in base has not, by path; what only moved within a file has not gone."""
        pairs = [(before, after) for before, after in self.pairs if after and after.language == "python"]
        return {
            after.path: (before, _lines(after.lines) - _lines(before.lines if before else ()))
            for before, after in pairs
        }

    def new(self, path: str) -> tuple[Found, ...]:
        """The units a file of head has, and its like in base has not."""
        if path not in self._new:
            before = self._added[path][0] if path in self._added else None
            old = self.base.units(before.path) if before else {}
            self._new[path] = tuple(Found(path, one) for key, one in self.head.units(path).items() if key not in old)
        return self._new[path]

    @cached_property
    def gained(self) -> list[tuple[Found, Guard]]:
        """The guards the change adds, and where."""
        return [
            (found, guard) for found, old in self._grown() for guard in self.head.own(found) if guard.text not in old
        ]

    @cached_property
    def gained_by(self) -> Mapping[tuple[str, str], Sequence[Gained]]:
        """The same by where they stand, by how they are written, and by what has to do with them."""
        return by_place(self.gained)

    def _where(self, old: Found) -> Iterator[str]:
        """The files a unit may have gone to: those with its name, or a part of its lines, among what is new in them."""
        source = self.base.repo.source(old.path)
        lines = _lines(source.lines[old.unit.place.line - 1 : old.unit.place.end_line] if source else ())
        shared = Counter(path for line in lines for path in self._holding.get(line, ()))
        named = self._holding.get(f"def {old.unit.short}", ())
        yield from dict.fromkeys((*named, *(path for path, count in shared.items() if _SHARE * count >= len(lines))))

    @cached_property
    def _holding(self) -> dict[str, list[str]]:
        """The files in which a line is new, and under `def name` those in which a function or class of that name is."""
        found = defaultdict(list)
        for path, (_, added) in self._added.items():
            for line in added:
                found[line].append(path)
                if named := _DEFINES.match(line):
                    found[f"def {named[1]}"].append(path)
        return found

    def _grown(self) -> Iterator[tuple[Found, frozenset[str]]]:
        pairs = ((before, after) for before, after in self.pairs if after and after.language == "python")
        for before, after in pairs:
            fresh = neighbours(after) - (neighbours(before) if before else Counter())
            if not any(map(GUARDING.search, fresh)):
                continue  # no line is new, or has another neighbour, that can be of a guard
            old = self.base.units(before.path) if before else {}
            for key, unit in self.head.units(after.path).items():
                held = old[key].guards if key in old else ()
                said = frozenset(guard.text for guard in held)
                if any(guard.text not in said for guard in unit.guards):
                    yield Found(unit.place.path, unit), said

    def now(self, old: Found, after: Source | None) -> Found | None:
        """The same unit after the change, wherever it went; None if it is gone."""
        key = f"{old.unit.form} {old.unit.name}"
        if after is not None and key in self.head.units(after.path):
            return Found(after.path, self.head.units(after.path)[key])
        if old.unit.form not in {"function", "class"} or not (old.unit.guards or old.unit.refuses or old.unit.answers):
            return None
        paths = dict.fromkeys((*((after.path,) if after else ()), *self._where(old)))
        fresh = (one for path in paths for one in self.new(path) if one.unit.form == old.unit.form)
        alike = [one for one in fresh if one.unit.answers == old.unit.answers]
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
