"""The lines of a pull request that take a comment: those GitHub itself shows in its diff."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gate import lazy
from gate.finding import Finding
from gate.reports._safe import shown
from gate.rule import Place

_HUNK = lazy.regex(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@")
_LONGEST = 30
"""Lines one comment may span; a longer place is commented at its start."""


@dataclass(frozen=True)
class Shown:
    """A line of the new side of a diff, and the hunk it stands in."""

    hunk: int
    text: str
    added: bool


Diff = Mapping[str, Mapping[int, Shown]]
"""By path, then by line number of the head revision."""


@dataclass(frozen=True)
class Spot:
    """Where a comment goes: one line, or lines of one hunk."""

    path: str
    line: int
    end_line: int

    @property
    def where(self) -> dict[str, Any]:
        """The position as the reviews endpoint takes it."""
        here = {"path": self.path, "line": self.end_line, "side": "RIGHT"}
        return here if self.line == self.end_line else {**here, "start_line": self.line, "start_side": "RIGHT"}


def diff(files: Iterable[Mapping[str, Any]], findings: Iterable[Finding]) -> Diff:
    """Of GitHub's list of changed files, those that findings lead through; the list is read no further than to them.

    A file too large, or not text, comes without a patch.
    """
    places = {place for finding in findings for place in _places(finding)}
    left, found = {shown(place.path) for place in places}, {}
    listed = iter(files)
    while left and (file := next(listed, None)):
        if shown(file["filename"]) in left:
            left.remove(shown(file["filename"]))
            found[file["filename"]] = lines(file.get("patch") or "")
    return found


def lines(patch: str) -> dict[int, Shown]:
    """The lines of the new side: those added, and those around them."""
    found: dict[int, Shown] = {}
    number, hunk = 0, -1
    for row in patch.split("\n"):
        if start := _HUNK.match(row):
            number, hunk = int(start[1]), hunk + 1
        elif row[:1] in {"+", " "} and hunk >= 0:
            found[number] = Shown(hunk, row[1:], row[0] == "+")
            number += 1
    return found


def whole(place: Place, diff: Diff) -> Spot | None:
    """The very lines of a place, where one comment can span them."""
    there = diff.get(place.path, {})
    hunks = {there[n].hunk if n in there else None for n in range(place.line, place.end_line + 1)}
    return Spot(place.path, place.line, place.end_line) if len(hunks) == 1 and None not in hunks else None


def spot(finding: Finding, diff: Diff) -> Spot | None:
    """Where to comment on a finding: at its place, else at the last step of its path that the diff shows."""
    return next((found for place in _places(finding) if (found := _spot(place, diff))), None)


def _places(finding: Finding) -> tuple[Place, ...]:
    return (finding.place, *(hop.place for hop in reversed(finding.trace)))


def _spot(place: Place, diff: Diff) -> Spot | None:
    path = next((path for path in (place.path, shown(place.path)) if path in diff), None)
    if path is None:
        return None
    there = diff[path]
    numbers = [n for n in range(place.line, min(place.end_line, place.line + _LONGEST) + 1) if n in there]
    together = [n for n in numbers if there[n].hunk == there[numbers[0]].hunk]
    if not together:
        return None
    short = place.end_line - place.line <= _LONGEST
    return Spot(path, together[0], together[-1] if short else together[0])
