"""What an index knows against versions of packages: advisories of one flaw as one, with the version that fixes it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gate.advisories.index import Index, Row
from gate.advisories.ranges import held, later_fix, public
from gate.advisories.record import MALICIOUS
from gate.versions import comparable

Pin = tuple[str, str, str]
"""Ecosystem, canonical name and version."""
_FIRST = (MALICIOUS, "PYSEC-", "GHSA-")
"""Whose id is the one that is shown, as pip-audit has it too; the others are its aliases."""
_RATINGS = ("", "low", "medium", "high", "critical")


@dataclass(frozen=True)
class Advisory:
    """What is known against one version of a package."""

    id: str
    aliases: frozenset[str]
    fixes: tuple[str, ...]
    rating: str = ""
    """low, medium, high or critical; "" where nobody says."""
    score: float = 0.0

    @property
    def names(self) -> frozenset[str]:
        return self.aliases | {self.id}


def audited(index: Index, pins: Sequence[Pin]) -> tuple[dict[Pin, list[Advisory]], dict[Pin, str]]:
    """What is known of each pin, and the pins of which it cannot be told, with the reason."""
    known: dict[Pin, list[Advisory]] = {}
    silent: dict[Pin, str] = {}
    for ecosystem in sorted({pin[0] for pin in pins}):
        some = [pin for pin in pins if pin[0] == ecosystem]
        rows = index.about(ecosystem, {pin[1] for pin in some})
        for pin in some:
            about = rows.get(pin[1], [])
            known[pin] = merged(_affecting(about, pin))
            if doubt := _doubt(about, pin):
                silent[pin] = doubt
    return known, silent


def _doubt(about: Sequence[Row], pin: Pin) -> str:
    """Why it cannot be told whether a version is affected."""
    if about and comparable(pin[0], pin[2]) is None:
        return "its version is in no order that can be compared"
    unclear = next((row for row in about if row.affected.unclear), None)
    return f"{unclear.id} speaks of versions that cannot be compared" if unclear else ""


def _affecting(about: Iterable[Row], pin: Pin) -> Iterator[Advisory]:
    for row in about:
        fixes = _fixes(row, pin)
        if fixes is not None:
            yield Advisory(row.id, frozenset(row.aliases), tuple(filter(None, fixes)), row.rating, row.score)


def _fixes(row: Row, pin: Pin) -> tuple[str, ...] | None:
    """The versions that fix it; None where a version is not affected."""
    ecosystem, _, version = pin
    said = row.affected
    if row.id.startswith(MALICIOUS) and said.everything:
        return ()
    spans = [span for events in said.spans if (span := held(ecosystem, events, version))]
    if spans:
        return tuple(span.fixed for span in spans)
    asked = public(ecosystem, version)
    named = version in said.versions or any(asked == comparable(ecosystem, one) for one in said.versions if asked)
    return (later_fix(ecosystem, said.spans, version),) if named else None


def merged(advisories: Iterable[Advisory]) -> list[Advisory]:
    """One advisory where several databases name one flaw, by the names they share."""
    groups: list[list[Advisory]] = []
    for one in advisories:
        same = [group for group in groups if any(one.names & other.names for other in group)]
        groups = [group for group in groups if group not in same]
        groups.append([one, *(other for group in same for other in group)])
    return sorted(map(_spokesman, groups), key=_order)


def _spokesman(group: list[Advisory]) -> Advisory:
    group = sorted(group, key=_order)
    names = frozenset().union(*(one.names for one in group))
    rating = max((one.rating for one in group), key=_RATINGS.index)
    fixes = tuple(dict.fromkeys(fix for one in group for fix in one.fixes))
    return Advisory(group[0].id, names - {group[0].id}, fixes, rating, max(one.score for one in group))


def _order(one: Advisory) -> tuple[int, str]:
    return next((rank for rank, start in enumerate(_FIRST) if one.id.startswith(start)), len(_FIRST)), one.id
