"""semgrep: our own patterns for languages gate does not read itself."""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from gate import lazy, registry
from gate.coverage import Looked, Row
from gate.errors import ToolError
from gate.facts.jsplain import plain
from gate.process import clean_environment, patience, run
from gate.rule import Hit, Place, Repo, Rule, Severity, Source
from gate.scanner import Scanned, Scanner, Spotted, bare_folder, expected_shape, gravest, parsed_json
from gate.scanners import _program
from gate.scanners._patterns import Part, compiled, cut, parts, words
from gate.source import MAX_BYTES

_TOOL = ("semgrep", "GATE_SEMGREP")
SECONDS = 120.0
"""How long one run over all files may take."""
SECONDS_A_FILE = 5
FILES_A_THREAD = 20

_SUFFIXES = {".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx"}
"""What semgrep itself takes for JavaScript and TypeScript; files by other names are given one of these."""
_SUFFIX = {"javascript": ".js", "typescript": ".ts"}
LONGEST_LINE = 20_000
"""A file with a longer line, in characters, is a bundle."""
_LITERAL = lazy.regex(r"""(?P<key>\[|\b(?:get|header)\()?(?P<text>(["'`])(?:\\.|(?!\3).)*\3|\b\d{3,}\b)""")
_PARTIAL = "PartialParsing"
_REASONS = {
    _PARTIAL: "semgrep could not parse all of it",
    "Timeout": f"semgrep needed more than {SECONDS_A_FILE} seconds for a pattern",
    "OutOfMemory": "semgrep ran out of memory on it",
    "Syntax error": "semgrep could not parse it",
}


class Semgrep:
    name = "semgrep"
    compares = False
    profiles = frozenset({"full"})

    @cached_property
    def items(self) -> frozenset[str]:
        return frozenset(rule.item for rule in registry.patterns())

    def version(self) -> str:
        return _program.version(_program.program(*_TOOL), _environment(Path(os.devnull)))

    def key(self) -> str | None:
        return hashlib.sha256(f"{self.version()} {self.compiled}".encode()).hexdigest()

    def wants(self, source: Source) -> bool:
        return source.language in self._languages

    def rule(self, name: str) -> Rule:
        return next(rule for rule in registry.patterns() if rule.id.partition("/")[2] == name)

    def rules(self) -> Sequence[Rule]:
        return list(registry.patterns())

    def scan(self, sources: Sequence[Source], repo: Repo) -> Scanned:
        """Run semgrep once over all files.

        Raises:
            ToolError: It is missing, crashed, did not end in time, or printed something else.
        """
        del repo
        unfit = {source.path: reason for source in sources if (reason := _unfit(source))}
        rows = [_hole(path, reason) for path, reason in unfit.items()]
        fit = {source: self._may_match(source) for source in sources if source.path not in unfit}
        given = [source for source, names in fit.items() if names]
        if not given:
            return Scanned(rows=tuple(rows))
        with bare_folder([_named(number, source) for number, source in enumerate(given)]) as (folder, written):
            files = dict(zip(written, given, strict=True))
            wanted = self._wanted({name: (source, fit[source]) for name, source in files.items()})
            (folder / "rules.json").write_text(compiled(wanted), encoding="utf-8")
            report = _report(_program.program(*_TOOL), folder, list(files))
        with expected_shape(self.name):
            return Scanned(gravest(self._spotted(report, files)), (*rows, *_unread(report, files)))

    def _spotted(self, report: Mapping[str, Any], files: Mapping[str, Source]) -> Iterator[Spotted]:
        for result in report["results"]:
            id_, name = result["check_id"], result["path"]
            if id_ not in self._pages or name not in files:
                raise ToolError(f"semgrep reported `{id_}` in `{name}`, which gate did not ask for")
            rule, part = self._pages[id_]
            place = Place.at(files[name].path, result["start"]["line"], result["end"]["line"])
            spans = tuple(_spans(files[name], place)) if rule.item == "secrets" else ()
            cwes = tuple(part["metadata"].get("cwes", ()))
            yield Spotted(rule, Hit(place, part["message"], spans=spans, severity=_severity(part), cwes=cwes))

    def _may_match(self, source: Source) -> frozenset[str]:
        """The patterns that can match a file, by its words; it saves the parse, and mostly the whole run."""
        text = source.text
        hinted = [name for name, hints in self._hints.items() if all(hint.search(text) for hint in hints)]
        return frozenset(name for name in hinted if cut(self._pages[name][1], words(text)))

    def _wanted(self, fit: Mapping[str, tuple[Source, frozenset[str]]]) -> Iterator[tuple[str, Part, list[str]]]:
        """Each pattern that can match, without what none of its files can, and the names of its files."""
        for name, (_, part) in self._pages.items():
            its = {PurePosixPath(file).name: source for file, (source, names) in fit.items() if name in names}
            left = cut(part, frozenset().union(*(words(source.text) for source in its.values())))
            if its and left:
                yield name, left, list(its)

    @cached_property
    def _hints(self) -> Mapping[str, Sequence[re.Pattern[str]]]:
        """By pattern: expressions that must all be in the text of a file for it to match."""
        given = {id_: part["metadata"]["hints"] for id_, _, part in parts()}
        return {id_: [re.compile(hint) for hint in hints] for id_, hints in given.items()}

    @cached_property
    def _languages(self) -> frozenset[str]:
        named = {name for parts in registry.patterns().values() for part in parts for name in part["languages"]}
        return frozenset(named)

    @cached_property
    def _pages(self) -> Mapping[str, tuple[Rule, Mapping[str, Any]]]:
        """Our rule and its pattern, by the id semgrep knows it by. The message is ours: semgrep's may quote code."""
        return {id_: (rule, part) for id_, rule, part in parts()}

    @cached_property
    def compiled(self) -> str:
        """All patterns, for any file."""
        return compiled((name, part, ["*"]) for name, (_, part) in self._pages.items())


def _severity(part: Mapping[str, Any]) -> Severity | None:
    """What a pattern names in the place of its rule's."""
    named = part["metadata"].get("severity")
    return Severity(named) if named else None


def _unfit(source: Source) -> str:
    """Why semgrep is not given a file; on one line of a bundle a single pattern takes it minutes."""
    if _size(source) > MAX_BYTES:
        return f"larger than {MAX_BYTES:,} bytes"
    if max(map(len, source.lines)) > LONGEST_LINE:
        return f"minified: it has lines over {LONGEST_LINE:,} characters, and nobody reviews those either"
    return ""


def _environment(settings: Path) -> dict[str, str]:
    return clean_environment({
        "SEMGREP_SETTINGS_FILE": str(settings), "SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0",
    })  # fmt: skip


def _report(program: str, folder: Path, names: Sequence[str]) -> Mapping[str, Any]:
    """The report, by its fast front end, else by the ordinary one."""
    try:
        return _run(program, folder, names, fast=True)
    except _OddError:
        return _run(program, folder, names, fast=False)


class _OddError(ToolError):
    """semgrep ended, but not with a report."""


def _run(program: str, folder: Path, names: Sequence[str], *, fast: bool) -> Mapping[str, Any]:
    command = [
        program, "scan", *(["--experimental"] if fast else []), "--metrics=off", "--disable-version-check",
        "--disable-nosem", "--x-ignore-semgrepignore-files", "--json", "-q", "-j", _jobs(names),
        "--no-rewrite-rule-ids",
        "--max-target-bytes", str(MAX_BYTES), "--timeout", str(SECONDS_A_FILE), "--timeout-threshold", "3",
        "--config", "rules.json", *names,
    ]  # fmt: skip
    output = run(command, cwd=folder, env=_environment(folder / "settings.yml"), timeout=patience(SECONDS, len(names)))
    if output.status not in {0, 1}:
        raise _OddError(f"semgrep ended with status {output.status}: {_last_line(output.stderr)}")
    try:
        report = parsed_json("semgrep", output.stdout)
    except ToolError as error:
        raise _OddError(str(error)) from error
    if not isinstance(report, dict) or not {"results", "errors", "paths"} <= report.keys():
        raise _OddError("semgrep printed JSON that is not a report")
    return report


def _jobs(names: Sequence[str]) -> str:
    """How many threads: they wait for each other, so that two take twice the processor time of one on few files."""
    return str(max(1, min((os.cpu_count() or 1) - 1, len(names) // FILES_A_THREAD)))


def _unread(report: Mapping[str, Any], files: Mapping[str, Source]) -> Iterator[Row]:
    """Files semgrep had trouble with, and files it says nothing about.

    Raises:
        ToolError: The trouble is with no file, and so with all of them.
    """
    troubles: dict[str, str] = {}
    for error in report["errors"]:
        name, kind = error.get("path"), _kind(error)
        if name not in files:
            raise ToolError(f"semgrep could not do its work: {str(error.get('message', kind))[:200]}")
        if troubles.get(name, _PARTIAL) == _PARTIAL:
            troubles[name] = kind
    scanned = set(report["paths"]["scanned"])
    for name, source in files.items():
        if name in troubles:
            kind = troubles[name]
            state = Looked.PARTIAL if kind == _PARTIAL else Looked.FAILED
            yield _hole(source.path, _REASONS.get(kind, f"semgrep failed on it: {kind}"), state)
        elif name not in scanned:
            yield _hole(source.path, "semgrep passed it over")


def _kind(error: Mapping[str, Any]) -> str:
    """An error's type: a word, or a list that begins with it."""
    kind = error.get("type", "unknown error")
    return str(kind[0] if isinstance(kind, list) and kind else kind)


def _hole(path: str, reason: str, state: Looked = Looked.FAILED) -> Row:
    return Row(path, Semgrep.name, state, reason, hole=True)


def _spans(source: Source, place: Place) -> Iterator[tuple[int, int, int]]:
    """The literals on the lines of a finding about a secret; what is compared with the secret may stay readable."""
    for number in range(place.line, place.end_line + 1):
        for found in _LITERAL.finditer(source.lines[number - 1]):
            if not found["key"]:
                yield number, found.start("text"), found.end("text")


def _named(number: int, source: Source) -> Source:
    """A file in words semgrep follows, under a name no other has, whose suffix tells it the language."""
    path = PurePosixPath(source.path)
    declares = path.suffixes[-2:-1] == [".d"]  # semgrep passes over what TypeScript only reads for its types
    suffix = path.suffix if path.suffix in _SUFFIXES and not declares else _SUFFIX[source.language]
    text = plain(source.text, typed=source.language == "typescript")
    return Source(f"file{number}{suffix}", text, source.digest)


def _size(source: Source) -> int:
    return len(source.text.encode(errors="surrogateescape"))


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1][:200] if lines else "no reason given"


scanner: Scanner = Semgrep()
