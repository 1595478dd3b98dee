"""What gate says of published code, and how often it is right: `python -m benchmarks.replay [NAME ...]`.

`replay.toml` lists packages with two versions, one after the other. Both are fetched (see `archives.py`), become two
commits, and gate judges the step from one to the other as it judges any change, by all scanners but pip-audit; then the
newer version whole, as a change that adds it to an empty repository, so that there is more to read. Rules about the
change itself (`complete/*`) count in the first only.

`judged.toml` holds what a person said of each finding that blocks, after reading the code: `right` when what the
message says holds and whoever owns the code would want to know before merging it; `arguable` when it holds, and they
may have meant it; `wrong` when it does not hold, or holds and does no harm. An entry is a place in one version, so it
says nothing of another: findings nobody has judged are counted as such, and `--list unjudged` names them. Precision is
the share of `right` in what is judged; an arguable finding is none that is right.

`--keep DIR` keeps archives, repositories and results; `--kept` prints from the results there instead of scanning.
`--write FILE` puts the tables between the marks of FILE.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.archives import ArchiveError, Package, git, repository
from gate.source import language

HERE = Path(__file__).parent
SECONDS = 1500
"""A scan that takes longer is given up, and said to be."""
STEPS = {"change": "older", "whole": "nothing"}
"""What is judged, and the tag it is judged against."""
VERDICTS = ("right", "arguable", "wrong")
ACTIONS = ("block", "warn", "note")
BEGIN, END = "<!-- replay -->", "<!-- /replay -->"


@dataclass(frozen=True, order=True)
class Found:
    """A finding, as `judged.toml` names it: several ways to one place count once."""

    package: str
    rule: str
    path: str
    line: int
    action: str
    message: str = field(compare=False)

    @property
    def place(self) -> str:
        return f"{self.rule} {self.path}:{self.line}"


@dataclass(frozen=True)
class Replayed:
    """What gate said of one step of a package, and the lines of code the step adds."""

    package: str
    step: str
    found: tuple[Found, ...]
    lines: int


Judged = Mapping[tuple[str, str], str]
"""By package and place: the verdict."""


def packages(text: str) -> Iterator[Package]:
    """The list: a table for each registry, for each name two versions, or several such pairs, the newest last."""
    for registry, named in tomllib.loads(text).items():
        for name, said in named.items():
            for older, newer in said if isinstance(said[0], list) else [said]:
                yield Package(registry, name, older, newer)


def judgements(text: str) -> Judged:
    """What was judged: a table for each package and version, `"rule path:line" = "verdict: why"`.

    Raises:
        ValueError: An entry has no verdict, or no reason.
    """
    judged = {}
    for package, places in tomllib.loads(text).items():
        for place, said in places.items():
            verdict, _, reason = said.partition(": ")
            if verdict not in VERDICTS or not reason:
                raise ValueError(f"{package}, {place}: `{said}` does not begin with a verdict and give its reason")
            judged[package, place] = verdict
    return judged


def scanned(package: Package, step: str, folder: Path) -> None:
    """Judge one step of a package, and keep the result.

    Raises:
        ArchiveError: It cannot be had, or gate did not finish.
    """
    made = repository(package, folder)
    lines, report = _lines(made, STEPS[step]), _report(made, STEPS[step], folder)
    keys = ("rule", "path", "line", "end_line", "action", "message", "fingerprint", "excerpt", "trace")
    found = [{key: one[key] for key in keys} for one in report["findings"]]
    own = (row for row in report["coverage"] if row["scanner"] == "gate" and row["state"] == "failed")
    kept = _result(package, step, folder)
    kept.parent.mkdir(exist_ok=True)
    data = {"lines": lines, "findings": found, "failed": sorted({row["reason"] for row in own})}
    kept.write_text(json.dumps(data, indent=1), encoding="utf-8")


def replayed(package: Package, step: str, folder: Path) -> Replayed:
    """A result, read; to a whole tree nothing says what was there before, so rules about that are left out."""
    kept = json.loads(_result(package, step, folder).read_text(encoding="utf-8"))
    found = {
        Found(str(package), f["rule"], f["path"], f["line"], f["action"], f["message"])
        for f in kept["findings"] if step == "change" or not f["rule"].startswith("complete/")
    }  # fmt: skip
    for reason in kept["failed"]:
        print(f"{package}, {step}: {reason}", file=sys.stderr)
    return Replayed(str(package), step, tuple(sorted(found)), kept["lines"])


def by_rule(done: Sequence[Replayed], judged: Judged) -> Iterator[str]:
    """A row for each rule that blocked: how often in changes, and over all that was read, how often it was right."""
    yield "| rule | blocks in changes | blocks in all | right | arguable | wrong | not judged | precision |"
    yield "|---|--:|--:|--:|--:|--:|--:|--:|"
    groups: dict[str, set[Found]] = defaultdict(set)
    for found in _blocking(done):
        groups[found.rule].add(found)
    in_changes = Counter(found.rule for found in _blocking(one for one in done if one.step == "change"))
    for rule, group in sorted(groups.items()):
        yield _row(f"`{rule}`", in_changes[rule], group, judged)
    yield _row("all", in_changes.total(), set().union(*groups.values()), judged)


def by_package(done: Sequence[Replayed]) -> Iterator[str]:
    """A row for each package: what the change adds, and what is said of it."""
    yield "| change to | lines of code added | blocks | warns | notes | blocks for 1,000 lines |"
    yield "|---|--:|--:|--:|--:|--:|"
    total: Counter[str] = Counter()
    changes = [one for one in done if one.step == "change"]
    for one in changes:
        counts = Counter([found.action for found in one.found])
        counts["lines"] = one.lines
        total += counts
        yield _rates(one.package.partition(" ")[2], counts)
    yield _rates(f"all {len(changes)}", total)


def listed(done: Sequence[Replayed], judged: Judged, what: str) -> Iterator[str]:
    """The findings that block and are not judged, or that were judged `what`."""
    for found in sorted(_blocking(done)):
        if judged.get((found.package, found.place), "unjudged") == what:
            yield f"{found.package}: {found.place}: {found.message}"


def _blocking(done: Iterable[Replayed]) -> set[Found]:
    return {found for one in done for found in one.found if found.action == "block"}


def _row(name: str, in_changes: int, group: Iterable[Found], judged: Judged) -> str:
    said = Counter(judged.get((found.package, found.place), "") for found in group)
    known = said.total() - said[""]
    precision = f"{100 * said['right'] / known:.0f} %" if known else ""
    counts = (in_changes, said.total(), *(said[verdict] for verdict in VERDICTS), said[""])
    return f"| {name} | {' | '.join(f'{count:,}' for count in counts)} | {precision} |"


def _rates(name: str, counts: Counter[str]) -> str:
    rate = 1000 * counts["block"] / counts["lines"] if counts["lines"] else 0
    shown = " | ".join(f"{counts[key]:,}" for key in ("lines", *ACTIONS))
    return f"| {name} | {shown} | {rate:.2f} |"


def _lines(made: Path, tag: str) -> int:
    """Lines that the step adds to files in a language gate knows."""
    rows = git(made, "diff", "--numstat", "-z", "--no-renames", tag, "newer").split("\0")
    counted = (row.split("\t", 2) for row in rows if row)
    return sum(int(added) for added, _, path in counted if added != "-" and language(path))


def _report(made: Path, tag: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "gate", "scan", "--base", tag, "--head", "newer", "--repo", str(made)]
    try:
        done = subprocess.run(
            [*command, "--skip", "pip-audit", "--format", "json", "--quiet"],
            check=False, capture_output=True, timeout=SECONDS,
            env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache")},
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise ArchiveError(f"gate did not finish within {SECONDS} seconds") from error
    if not done.stdout:
        raise ArchiveError(done.stderr.decode(errors="replace").strip())
    report: dict[str, Any] = json.loads(done.stdout)
    failed = [ran["name"] for ran in report["scanners"] if ran["state"] == "failed"]
    if failed:
        raise ArchiveError(f"{', '.join(failed)} failed; figures without it would mislead")
    return report


def _result(package: Package, step: str, folder: Path) -> Path:
    return folder / "results" / f"{str(package).replace('/', '-').replace(' ', '-')}-{step}.json"


def _written(file: Path, table: str) -> None:
    before, rest = file.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    file.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


def run(chosen: Iterable[Package], steps: Sequence[str], folder: Path, *, kept: bool) -> Iterator[Replayed]:
    """Judge packages, or read what was kept of them; a step that fails is named, and does not count.

    Of a package with several pairs only the newest version is judged whole.
    """
    several = list(chosen)
    newest = {(one.registry, one.name): one for one in several}
    for package in several:
        for step in steps:
            if step == "whole" and newest[package.registry, package.name] is not package:
                continue
            try:
                if not kept:
                    scanned(package, step, folder)
                yield replayed(package, step, folder)
            except (ArchiveError, FileNotFoundError) as error:
                print(f"{package}, {step}: {error}", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="What gate says of published code, and how often it is right.")
    parser.add_argument("names", nargs="*", help="only these packages of the list")
    parser.add_argument("--step", choices=STEPS, action="append", help="only this step; repeatable")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep archives, repositories and results")
    parser.add_argument("--kept", action="store_true", help="print from the kept results, scan nothing")
    parser.add_argument("--list", choices=("unjudged", *VERDICTS), help="name these findings instead of counting")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the tables between the marks of FILE")
    given = parser.parse_args()
    listing = packages((HERE / "replay.toml").read_text(encoding="utf-8"))
    chosen = [package for package in listing if not given.names or package.name in given.names]
    judged = judgements((HERE / "judged.toml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as own:
        folder = given.keep.absolute() if given.keep else Path(own)
        done = list(run(chosen, given.step or list(STEPS), folder, kept=given.kept))
    shown = listed(done, judged, given.list) if given.list else [*by_rule(done, judged), "", *by_package(done)]
    text = "\n".join(shown)
    if given.write:
        _written(given.write, text)
    else:
        print(text)


if __name__ == "__main__":
    main()
