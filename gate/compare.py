"""The rules over a change: run within bounds, and weighed by what their findings hide."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from gate import registry
from gate.coverage import Looked, Row
from gate.process import TimeLimitError, patience, time_limit
from gate.rule import Edit, Place, Repo, Severity
from gate.scanner import Spotted

SECONDS_A_RULE = 30.0
Lines = Sequence[tuple[int, int]]
"""Runs of lines, apart and in order."""


def compared(edits: Sequence[Edit], base: Repo, head: Repo) -> tuple[list[Spotted], list[Row]]:
    """What the rules over a change see; rows for all its files where one of them failed or took too long."""
    spotted: list[Spotted] = []
    rows: list[Row] = []
    for compare in registry.compares():
        try:
            with time_limit(patience(SECONDS_A_RULE, len(edits))):
                spotted += [Spotted(compare.rule, hit) for hit in compare.look(edits, base, head)]
        except TimeLimitError as error:
            rows += _failed(edits, f"{compare.rule.id} {error}")
        except Exception as error:  # noqa: BLE001  one rule's fault must be seen, and not hide the others' findings
            rows += _failed(edits, f"{compare.rule.id} failed: {type(error).__name__}: {error}")
    return spotted, rows


def _failed(edits: Sequence[Edit], reason: str) -> Iterator[Row]:
    for edit in edits:
        source = edit.after or edit.before
        if source:
            yield Row(source.path, "gate", Looked.FAILED, reason, hole=True)


def weighed(spotted: Iterable[Spotted], seen: Mapping[str, Sequence[Spotted]]) -> Iterator[Spotted]:
    """A suppression weighs as much as what it hides: what neither blocks nor runs code asks only for a look.

    Weak hashes that protect nothing and markup that is safe are what such comments are mostly written for.
    """
    grave = _grave(spot for spots in seen.values() for spot in spots)
    for spot in spotted:
        severity = spot.hit.severity or spot.rule.severity
        light = spot.rule.id != "complete/new_suppression" or severity.rank <= Severity.MEDIUM.rank
        lines = grave.get(spot.hit.place.path, ())
        hides = light or _holds(lines, spot.hit.place) or (lines and spot.hit.detail.endswith("the whole file"))
        yield spot if hides else Spotted(spot.rule, replace(spot.hit, severity=Severity.MEDIUM))


def _grave(spots: Iterable[Spotted]) -> Mapping[str, Lines]:
    """The lines of findings that block, or that are about code that runs and more than a note, by path."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for hit, rule in ((spot.hit, spot.rule) for spot in spots):
        least = Severity.MEDIUM if rule.item == "execution" else Severity.HIGH
        if (hit.severity or rule.severity).rank >= least.rank:
            found[hit.place.path].append((hit.place.line, hit.place.end_line))
    return {path: _joined(sorted(runs)) for path, runs in found.items()}


def _joined(runs: Lines) -> Lines:
    joined: list[tuple[int, int]] = []
    for start, end in runs:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _holds(lines: Lines, place: Place) -> bool:
    index = bisect_right(lines, (place.end_line, 1 << 62)) - 1
    return index >= 0 and place.end_line <= lines[index][1]
