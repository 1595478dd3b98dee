"""What gate finds in labelled code: `python benchmarks/recall.py FILE.jsonl [--list missed|wrong|blocked]`.

A row of the file is one file of code: `collection`, `id`, `path`, `cwes`, `vulnerable`, `content` (other keys are not
read). Each is judged alone, as a change that adds this one file to an empty repository, under the default policy, by
gate's rules and by its tools; the tools run once over all files. Rules about the change itself (`complete/*`) are left
out: they name no flaw of the code.

How it counts. Weaknesses that describe one flaw are one family, named by its first CWE. A row labelled vulnerable is
found when at least one finding, at whatever action, has a CWE in the family of one of the row's; a row labelled not
vulnerable is then wrongly found. Lines are not compared. A row counts once in each family of its CWEs. `block`, `warn`
and `note` count the rows found by the gravest action of those findings. `unread` are rows of which gate says that it
could not read all; the gate would be closed to them. The table of rules counts rows as well: `other` are those whose
labels are of other families.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gate import registry
from gate.cache import Cache
from gate.change import Entry
from gate.fact import Repo
from gate.finding import Action, Finding, numbered
from gate.merge import merged
from gate.policy import Policy
from gate.scan import Side, scan
from gate.show import Masks, findings
from gate.source import Source

if TYPE_CHECKING:
    from gate.scanner import Spotted

FAMILIES = (
    (22, 23, 36, 59, 73), (78, 77, 88), (79, 80, 83, 116), (89, 564, 943), (94, 95, 96, 98, 470, 1336, 1426),
    (117, 93, 113), (259, 321, 798), (295, 297), (312, 319, 532), (327, 326, 328, 916), (330, 338), (400, 730, 1333),
    (502,), (601,), (611, 776), (918,),
)  # fmt: skip
"""CWEs that name one flaw, after the children MITRE gives them; each other CWE is a family of its own."""
_FAMILY = {cwe: family[0] for family in FAMILIES for cwe in family}
TOOLS = ("bandit", "detect-secrets", "semgrep")
_COLUMNS = "bad found good wrong block warn note unread".split()


@dataclass(frozen=True)
class Row:
    """One labelled file, under a path of its own."""

    collection: str
    id: str
    cwes: tuple[int, ...]
    vulnerable: bool
    source: Source

    @property
    def families(self) -> frozenset[int]:
        return frozenset(map(family, self.cwes))


@dataclass(frozen=True)
class Files:
    """Files in memory, as a tree gate can read."""

    sources: Mapping[str, Source]
    entries: Mapping[str, Entry] = field(default_factory=dict)

    @classmethod
    def of(cls, sources: Iterable[Source]) -> "Files":
        held = {source.path: source for source in sources}
        return cls(held, {path: Entry(path, "100644", source.digest) for path, source in held.items()})

    def source(self, path: str) -> Source:
        return self.sources[path]

    def read_ahead(self, paths: Sequence[str]) -> None:
        """All files are at hand."""


@dataclass(frozen=True)
class Judged:
    """A row and what gate says of it."""

    row: Row
    findings: tuple[Finding, ...]
    unread: bool

    @property
    def relevant(self) -> tuple[Finding, ...]:
        """The findings of a family the row is labelled with."""
        return tuple(f for f in self.findings if self.row.families & {family(cwe) for cwe in f.cwes})


def family(cwe: int) -> int:
    """The first CWE of the family."""
    return _FAMILY.get(cwe, cwe)


def rows(path: Path) -> Iterator[Row]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
        row: dict[str, Any] = json.loads(line)
        source = Source.decode(f"{number}/{row['path']}", row["content"].encode(), str(number))
        yield Row(row["collection"], str(row["id"]), tuple(row["cwes"]), row["vulnerable"], source)


def judge(labelled: Sequence[Row]) -> Iterator[Judged]:
    """The tools read all files at once; gate's rules read each in a tree of its own, so none helps another."""
    every = _scanned([row.source for row in labelled], TOOLS)
    by_path: dict[str, dict[str, list[Spotted]]] = defaultdict(lambda: defaultdict(list))
    for name, spots in every.spotted.items():
        for spot in spots:
            by_path[spot.hit.place.path][name].append(spot)
    unread = {row.path for row in every.rows if row.hole}
    for row in labelled:
        alone = _scanned([row.source], ("gate",))
        found = {**by_path[row.source.path], **alone.spotted}
        named = numbered(findings(found, [alone], Masks.of(alone), Cache(None)))
        decided = Policy().decide(merged(named), datetime.now(UTC).date())
        yield Judged(row, tuple(decided), row.source.path in unread or any(r.hole for r in alone.rows))


def _scanned(sources: Sequence[Source], names: Sequence[str]) -> Side:
    """One side, by these scanners.

    Raises:
        SystemExit: One of them failed; figures without it would mislead.
    """
    chosen = [scanner for name, scanner in registry.scanners().items() if name in names]
    files = Files.of(sources)
    side = scan(Repo(files, Cache(None)), files.sources, chosen, Cache(None), jobs=len(chosen))
    for ran in side.ran:
        if ran.state != "ok":
            sys.exit(f"{ran.name} {ran.state}: {ran.reason}")
    return side


def table(judged: Sequence[Judged]) -> Iterator[str]:
    """By collection and family."""
    yield f"{'collection':14}{'CWE':>7}" + "".join(f"{name:>7}" for name in _COLUMNS)
    groups: dict[tuple[str, int], list[Judged]] = defaultdict(list)
    for one in judged:
        for number in one.row.families:
            groups[one.row.collection, number].append(one)
    for (collection, number), group in sorted(groups.items()):
        yield _line(collection, str(number), group)
    for collection in sorted({one.row.collection for one in judged}):
        yield _line(collection, "all", [one for one in judged if one.row.collection == collection])


def _line(collection: str, name: str, group: Sequence[Judged]) -> str:
    bad = [one for one in group if one.row.vulnerable]
    good = [one for one in group if not one.row.vulnerable]
    gravest = Counter(_gravest(one.relevant) for one in bad if one.relevant)
    counts = [
        len(bad), gravest.total(), len(good), sum(bool(one.relevant) for one in good),
        *(gravest[action] for action in reversed(Action)), sum(one.unread for one in group),
    ]  # fmt: skip
    return f"{collection:14}{name:>7}" + "".join(f"{count:7}" for count in counts)


def _gravest(found: Iterable[Finding]) -> Action:
    return max((one.action for one in found), key=list(Action).index)


def by_rule(judged: Sequence[Judged]) -> Iterator[str]:
    """By rule and action: rows it found, rows it found wrongly, and rows whose label says nothing about it."""
    yield f"\n{'rule':34}{'action':8}{'found':>6}{'wrong':>6}{'other':>6}"
    counts: dict[tuple[str, Action], Counter[str]] = defaultdict(Counter)
    for one in judged:
        relevant = {(f.rule.id, f.action) for f in one.relevant}
        for rule, action in {(f.rule.id, f.action) for f in one.findings}:
            hit = (rule, action) in relevant
            counts[rule, action][("found" if one.row.vulnerable else "wrong") if hit else "other"] += 1
    for (rule, action), count in sorted(counts.items()):
        yield f"{rule:34}{action:8}{count['found']:6}{count['wrong']:6}{count['other']:6}"
    for label in (True, False):
        blocked = sum(any(f.blocks for f in one.findings) for one in judged if one.row.vulnerable is label)
        yield f"blocks, labelled {'vulnerable' if label else 'not vulnerable'}: {blocked}"


def listed(judged: Sequence[Judged], what: str) -> Iterator[str]:
    """The rows to read: those missed, those wrongly found, or those blocked."""
    for one in judged:
        shown = {
            "missed": () if one.relevant or not one.row.vulnerable else (None,),
            "wrong": () if one.row.vulnerable else one.relevant,
            "blocked": tuple(f for f in one.findings if f.blocks),
        }[what]
        for f in shown:
            said = f"{f.place.line}: {f.rule.id} ({f.action}) {f.message}" if f else "nothing"
            label = "vulnerable" if one.row.vulnerable else "not vulnerable"
            yield f"{one.row.collection} {one.row.id} {label} {sorted(one.row.cwes)}: {said}"


def main() -> None:
    parser = argparse.ArgumentParser(description="What gate finds in labelled code.")
    parser.add_argument("file", type=Path, help="labelled code, one JSON object a line")
    parser.add_argument("--list", choices=("missed", "wrong", "blocked"), help="name these rows instead of counting")
    given = parser.parse_args()
    judged = list(judge(list(rows(given.file))))
    print("\n".join(listed(judged, given.list) if given.list else [*table(judged), *by_rule(judged)]))


if __name__ == "__main__":
    main()
