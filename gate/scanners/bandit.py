"""bandit: well-known dangerous calls in Python."""

import ast
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from gate import lazy, registry
from gate.coverage import Looked, Row
from gate.errors import ToolError
from gate.facts.settled import settled
from gate.process import clean_environment, patience
from gate.rule import Hit, Place, Repo, Rule, Severity, Source
from gate.scanner import Scanned, Scanner, Spotted, bare_folder, expected_shape, parsed_json
from gate.scanners import _program
from gate.scanners._bandit_judges import HARMLESS, Issue, judged
from gate.scanners._bandit_tests import TESTS
from gate.source import MAX_BYTES

SECONDS = 120.0
_COOKIE = lazy.regex(r"\A((?:[^\n]*\n)?[ \t\f]*#[^\n]*?cod)ing(?=[:=])")
_SURE = frozenset({"B201", "B507"})
"""Tests of a literal to which bandit never gives more than medium confidence."""
_REASONS = {
    "syntax error while parsing AST from file": "bandit could not parse it",
    "exception while scanning file": "bandit failed on it, so it was not, or not wholly, read",
}


class Bandit:
    name = "bandit"
    compares = False
    profiles = frozenset({"full", "commit"})

    @cached_property
    def items(self) -> frozenset[str]:
        # It sees one careless download; that is no answer for every dependency.
        return frozenset(registry.item_for((test.cwe,)) for test in TESTS.values()) - {"dependencies"}

    def version(self) -> str:
        try:
            return version("bandit")
        except PackageNotFoundError as error:
            raise ToolError("bandit is not installed beside gate; run `pip install diff-gate`") from error

    def key(self) -> str | None:
        parts = sorted(path.read_bytes() for path in Path(__file__).parent.glob("*bandit*.py"))
        return f"{self.version()} {hashlib.sha256(b''.join(parts)).hexdigest()}"

    def wants(self, source: Source) -> bool:
        return source.language == "python"

    def rule(self, name: str) -> Rule:
        test = TESTS[name]
        item = registry.item_for((test.cwe,))
        return Rule(f"bandit/{name}", test.title, test.severity, (test.cwe,), test.why, test.fix, item)

    def rules(self) -> Sequence[Rule]:
        return [self.rule(name) for name in TESTS]

    def scan(self, sources: Sequence[Source], repo: Repo) -> Scanned:
        """Run bandit over all files as they are, then over those it had trouble with in syntax it may know.

        Raises:
            ToolError: It is missing, crashed, did not end in time, or printed something else.
        """
        del repo
        given = [source for source in sources if len(source.text) <= MAX_BYTES]
        try:
            first = self._read([_named(source, source.text) for source in given])
        except ToolError:  # one file may have ended it; those that nest too deeply are told apart below
            first = Scanned(rows=tuple(_hole(source.path, "") for source in given))
        troubled = {row.path for row in first.rows}
        again = [source for source in sources if source.path in troubled or len(source.text) > MAX_BYTES]
        readable = {source.path: _named(source, source.parsable) for source in again if source.tree is not None}
        second = self._read(list(readable.values()))
        rows = [_hole(source.path, source.problem, _state(source)) for source in again if source.problem]
        kept = tuple(spot for spot in first.spotted if spot.hit.place.path not in readable)
        return Scanned(kept + second.spotted, (*rows, *second.rows))

    def _read(self, given: Sequence[Source]) -> Scanned:
        if not given:
            return Scanned()
        with bare_folder(given) as (folder, files):
            report = _report(folder, list(files))
        with expected_shape(self.name):
            return Scanned(tuple(self._spotted(report, files)), tuple(_unread(report, files)))

    def _spotted(self, report: Mapping[str, Any], files: Mapping[str, Source]) -> Iterator[Spotted]:
        for issue in report["results"]:
            test = issue["test_id"]
            if test not in TESTS:
                raise ToolError(f"bandit reported `{test}`, a test gate did not ask for")
            source = files[issue["filename"].removeprefix("./")]
            severity = _severity(issue, source)
            if severity is None:
                continue
            lines = [issue["line_number"], *issue["line_range"]]
            place = Place.at(source.path, min(lines), max(lines))
            yield Spotted(
                self.rule(test),
                Hit(place, f"{TESTS[test].title}.", detail=test, severity=severity),
            )


def _report(folder: Path, names: Sequence[str]) -> Mapping[str, Any]:
    """Run bandit on these files; its own report, read and checked for shape."""
    settings = folder / "gate.ini"
    settings.write_text("[bandit]\n", encoding="utf-8")
    asked = [
        "-q", "-f", "json", "--ignore-nosec", "--ini", str(settings),
        "-x", "/gate leaves nothing out",  # its default skips every name that holds `CVS` or `.egg`
        "-t", ",".join(TESTS), *names,
    ]  # fmt: skip
    output = _program.run_lean(
        "bandit", asked, cwd=folder, env=clean_environment(), timeout=patience(SECONDS, len(names))
    )
    if output.status not in {0, 1}:
        raise ToolError(f"bandit ended with status {output.status}: {_last_line(output.stderr)}")
    report = parsed_json("bandit", output.stdout)
    if not isinstance(report, dict) or not {"results", "errors", "metrics"} <= report.keys():
        raise ToolError("bandit printed JSON that is not a report")
    return report


def _unread(report: Mapping[str, Any], files: Mapping[str, Source]) -> Iterator[Row]:
    """Files bandit names as errors, and files it says nothing about."""
    failed = {error["filename"].removeprefix("./"): error["reason"] for error in report["errors"]}
    read = {name.removeprefix("./") for name in report["metrics"]}
    for name, source in files.items():
        if name in failed:
            yield _hole(source.path, _REASONS.get(failed[name], f"bandit: {failed[name]}"))
        elif name not in read:
            yield _hole(source.path, "bandit passed it over")


def _hole(path: str, reason: str, state: Looked = Looked.FAILED) -> Row:
    return Row(path, Bandit.name, state, reason, hole=True)


def _state(source: Source) -> Looked:
    return Looked.FAILED if source.tree is None else Looked.PARTIAL


def _severity(issue: Mapping[str, Any], source: Source) -> Severity | None:
    """Our own, lowered where bandit thinks little of the place or the code shows it is not so bad; None for no flaw."""
    test = TESTS[issue["test_id"]]
    cap = Severity.HIGH
    if issue["issue_confidence"] == "MEDIUM" and test.id not in _SURE:
        cap = Severity.MEDIUM
    if "LOW" in {issue["issue_confidence"], issue["issue_severity"]}:
        cap = Severity.LOW
    tree = source.tree or ast.Module([], [])
    where = Issue(tree, issue["line_number"], issue["col_offset"], issue.get("end_col_offset", -1))
    asked = where.texts() if test.id == "B608" else where.given()
    if asked and test.id in HARMLESS and settled(source, asked, HARMLESS[test.id]):
        return None
    seen = judged(test.id, where)
    return min(test.severity, cap, seen, key=lambda severity: severity.rank) if seen else None


def _named(source: Source, text: str) -> Source:
    """A file with the text bandit is to read; it is written as UTF-8, so what its first lines declare is made void."""
    readable = _COOKIE.sub(r"\1ING", text)
    return source if readable == source.text else Source(source.path, readable, source.digest)


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2] or "it said nothing"


scanner: Scanner = Bandit()
