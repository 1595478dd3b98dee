"""Findings that say the same of many places, told once: a list is read, and the hundredth copy of a sentence is not."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from gate.finding import Finding

_LISTED = 100
"""Places that are named; beyond that a number says as much."""


def gathered(decided: Iterable[Finding]) -> list[Finding]:
    """One finding for each thing that is said of several places; what else blocks stands for itself.

    That is what a rule that `gathers` says, in one file where it blocks, and a text that comes by one way to several
    places of a file. Only what weighs the same, is treated the same and is waived alike is told together, so nothing
    grave is in a list of harmless things. What `gathers` and does not block has a fingerprint made from what is said,
    and not from where, so that it stays the same when a place comes or goes.
    """
    groups: dict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for finding in decided:
        alike = finding.rule.id, finding.severity, finding.action, finding.waived
        groups[*alike, *_subject(finding)].append(finding)
    return sorted((_told(group) for group in groups.values()), key=lambda one: (one.place, one.rule.id, one.message))


def _subject(finding: Finding) -> tuple[object, ...]:
    """What findings that are told together have in common."""
    if finding.rule.gathers:
        return (finding.place.path, finding.message) if finding.blocks else (finding.message,)
    if finding.trace[2:]:
        return (finding.place.path, *finding.trace[:2])
    return (finding.fingerprint,)


def _told(group: Sequence[Finding]) -> Finding:
    first = min(group, key=lambda one: (not one.in_diff, one.place))
    if first.rule.gathers and not first.blocks:
        return _listed(first, group)
    others = sorted({one.place.line for one in group} - {first.place.line})
    if not others:
        return first
    named = ", ".join(str(line) for line in others[:_LISTED]) + (", ..." if others[_LISTED:] else "")
    lines = f"line{'s' * bool(others[1:])} {named}"
    said = f"So it is on {lines} as well." if first.rule.gathers else f"The same text comes to {lines} as well."
    return replace(first, message=f"{first.message} {said}")


def _listed(first: Finding, group: Sequence[Finding]) -> Finding:
    waived = first.waived.expires + first.waived.reason if first.waived else ""
    said = f"{first.rule.id}\0{first.message}\0{first.severity}\0{waived}"
    where = f" So it is in {len(group):,} places: {'; '.join(_places(group))}." if group[1:] else ""
    mark = hashlib.sha256(said.encode(errors="surrogateescape")).hexdigest()[:32]
    return replace(first, message=first.message + where, fingerprint=mark)


def _places(group: Sequence[Finding]) -> Iterator[str]:
    lines: dict[str, list[str]] = defaultdict(list)
    for finding in sorted(group, key=lambda one: one.place)[:_LISTED]:
        lines[finding.place.path].append(str(finding.place.line))
    yield from (f"{path}:{', '.join(numbers)}" for path, numbers in lines.items())
    if len(group) > _LISTED:
        yield f"and {len(group) - _LISTED:,} more"
