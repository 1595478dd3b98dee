"""One finding where several scanners saw one flaw."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import heappop, heappush

from gate.finding import Finding, order

_Near = Mapping[tuple[str, str, int], dict[frozenset[str], list[int]]]
"""The numbers of groups by file, item and weakness, and by the scanners that saw them."""


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """One finding where several scanners saw one flaw: same lines, a weakness in common; the gravest speaks for all."""
    groups: list[list[Finding]] = []
    near: _Near = defaultdict(lambda: defaultdict(list))
    for finding in sorted(findings, key=order):
        number = min(_same_flaws(finding, groups, near), default=len(groups))
        if number == len(groups):
            groups.append([])
        groups[number].append(finding)
        for cwe in {cwe for one in groups[number] for cwe in one.rule.cwes}:
            heappush(near[finding.place.path, finding.rule.item, cwe][_scanners(groups[number])], number)
    return sorted(map(_spokesman, groups), key=order)


def _same_flaws(finding: Finding, groups: Sequence[list[Finding]], near: _Near) -> Iterator[int]:
    """The first of the groups on its lines, by weakness and by who saw it; a line may hold thousands."""
    for cwe in finding.rule.cwes:
        for scanners, numbers in near[finding.place.path, finding.rule.item, cwe].items():
            if scanners.isdisjoint(finding.scanners):
                while numbers and not _goes_on(groups[numbers[0]], scanners, finding.place.line):
                    heappop(numbers)
                yield from numbers[:1]


def _goes_on(group: Sequence[Finding], scanners: frozenset[str], line: int) -> bool:
    """Whether a group reaches this line, and nobody has joined it since."""
    return _scanners(group) == scanners and any(line <= one.place.end_line for one in group)


def _scanners(group: Iterable[Finding]) -> frozenset[str]:
    return frozenset(name for finding in group for name in finding.scanners)


def _spokesman(group: list[Finding]) -> Finding:
    first = max(group, key=lambda f: (f.severity.rank, "gate" in f.scanners))
    return replace(first, scanners=tuple(sorted(_scanners(group))))
