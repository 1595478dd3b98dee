"""What base has to be asked once head is judged: only what can have been there before needs to be looked for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from gate.finding import is_secret
from gate.rule import Rule, Source
from gate.scan import Side
from gate.scanner import Scanner, Spotted
from gate.scanners.native import Native


@dataclass(frozen=True)
class Sought:
    """Where base can hold flaws like these: in the file of each, or wherever its first line stands."""

    paths: frozenset[str]
    """By their names in head."""
    lines: frozenset[str]
    led: bool
    """Another file led to one of them: in base that may have been any."""

    @classmethod
    def of(cls, spots: Iterable[Spotted], head: Side) -> "Sought":
        found = list(spots)
        places = {spot.hit.place for spot in found}
        led = any(spot.by not in {"", spot.hit.place.path} for spot in found)
        read = ((place, head.repo.source(place.path)) for place in places)
        lines = (source.snippet(place).partition("\n")[0].strip() if source else "" for place, source in read)
        return cls(frozenset(place.path for place in places), frozenset(lines), led)


def sought(head: Side, olds: Mapping[str, Source], renames: Mapping[str, str]) -> dict[str, Source]:
    """The base files that can explain a finding of head."""
    found = Sought.of((spot for spots in head.spotted.values() for spot in spots), head)
    return {path: olds[path] for path in _holding(found, _stripped(olds), renames)}


def again(
    chosen: Sequence[Scanner], head: Side, olds: Mapping[str, Source], renames: Mapping[str, str]
) -> list[Scanner]:
    """The scanners that look at base; of our own rules those that head breaks, each where that can have been."""
    late = [scanner for scanner in chosen if scanner.name in head.spotted and not scanner.compares]
    return [_narrowed(one, head, olds, renames) if isinstance(one, Native) else one for one in late]


def _narrowed(native: Native, head: Side, olds: Mapping[str, Source], renames: Mapping[str, str]) -> Native:
    spots, lines = head.spotted[native.name], _stripped(olds)
    rules = {spot.rule.id: spot.rule for spot in spots}
    where = {
        name: _holding(Sought.of((spot for spot in spots if spot.rule.id == name), head), lines, renames)
        for name in rules
    }

    def asks(rule: Rule, paths: Collection[str]) -> Collection[str] | None:
        """A secret is the same under another rule."""
        return paths if is_secret(rule) else where.get(rule.id)

    return replace(native, asks=asks)


def _holding(found: Sought, lines: Mapping[str, frozenset[str]], renames: Mapping[str, str]) -> frozenset[str]:
    return frozenset(
        path
        for path, own in lines.items()
        if found.led or renames.get(path, path) in found.paths or not found.lines.isdisjoint(own)
    )


def _stripped(olds: Mapping[str, Source]) -> dict[str, frozenset[str]]:
    return {path: frozenset(line.strip() for line in old.lines) for path, old in olds.items()}
