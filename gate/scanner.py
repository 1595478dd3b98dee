"""A scanner: files in, flaws out; ours and other people's tools alike."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Protocol

from gate import lazy
from gate.coverage import Row
from gate.errors import ToolError
from gate.rule import Hit, Repo, Rule, Severity, Source

_PLAIN = lazy.regex(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,80}")


@dataclass(frozen=True)
class Spotted:
    """A rule and a place that breaks it."""

    rule: Rule
    hit: Hit
    by: str = ""
    """The file that led to it, where that may be another one."""


@dataclass(frozen=True)
class Scanned:
    """What a scanner says of the files it was given; a file without a row was scanned."""

    spotted: tuple[Spotted, ...] = ()
    rows: tuple[Row, ...] = ()
    seen: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """By checklist item: what was looked at, counted by kind."""
    mended: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By checklist item: what was wrong before the change and is no more, one sentence each."""


class Scanner(Protocol):
    """One tool.

    `version` and `scan` raise ToolError when the tool is missing, crashes, does not end in time or cannot
    say what it did; its items are then UNKNOWN.
    """

    name: str
    profiles: frozenset[str]
    """The profiles it takes part in."""
    compares: bool
    """Whether it looks at both sides itself (`Repo.earlier`): what it says of head is then new as it is."""

    @property
    def items(self) -> frozenset[str]:
        """The checklist items that are UNKNOWN when it fails on a file it wants."""
        ...

    def version(self) -> str: ...
    def key(self) -> str | None:
        """All but the file that decides what it finds there, or None when its findings cannot be remembered."""
        ...

    def wants(self, source: Source) -> bool: ...
    def rule(self, name: str) -> Rule:
        """The page of one of its rules, by the part of the id behind the slash."""
        ...

    def rules(self) -> Sequence[Rule]:
        """All the rules it can break, for `gate rules`."""
        ...

    def scan(self, sources: Sequence[Source], repo: Repo) -> Scanned: ...


@contextmanager
def bare_folder(sources: Sequence[Source]) -> Iterator[tuple[Path, Mapping[str, Source]]]:
    """Write files into an empty folder, as UTF-8, under names no tool can misread.

    Yields the folder, and each file by its name in it. Nothing else of the repository is there: no
    configuration, no ignore file, no link.
    """
    with tempfile.TemporaryDirectory(prefix="gate-") as name:
        written: dict[str, Source] = {}
        for number, source in enumerate(sources):
            file = f"{number}/{_plain_name(source)}"
            target = Path(name, file)
            target.parent.mkdir()
            target.write_bytes(source.text.encode(errors="surrogateescape"))
            written[file] = source
        yield Path(name), written


def gravest(spotted: Iterable[Spotted]) -> tuple[Spotted, ...]:
    """Of the patterns of one tool that see one weakness on the same lines, the gravest, each once."""
    kept: list[Spotted] = []
    graver: dict[tuple[str, int, int], Severity] = {}
    for spot in sorted(dict.fromkeys(spotted), key=lambda spot: -_severity(spot).rank):
        here = [*_weaknesses(spot)]
        if all(graver.get(one, _severity(spot)) is _severity(spot) for one in here):
            kept.append(spot)
            graver |= dict.fromkeys(here, _severity(spot))
    return tuple(sorted(kept, key=lambda spot: (spot.hit.place, spot.rule.id)))


def _severity(spot: Spotted) -> Severity:
    return spot.hit.severity or spot.rule.severity


def _weaknesses(spot: Spotted) -> Iterator[tuple[str, int, int]]:
    """Each weakness on each line of a place."""
    place = spot.hit.place
    for line in range(place.line, place.end_line + 1):
        yield from ((place.path, line, cwe) for cwe in spot.rule.cwes)


def parsed_json(tool: str, text: str) -> Any:
    """What a tool printed, as JSON.

    Raises:
        ToolError: It is not JSON.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ToolError(f"{tool} printed something that is not JSON: {text[:80]!r}") from error


@contextmanager
def expected_shape(tool: str) -> Iterator[None]:
    """Read a report inside; one that lacks what gate reads is the tool's failure, and no crash of gate.

    Raises:
        ToolError: The report is of another shape.
    """
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ToolError(f"{tool} printed a report gate cannot read ({type(error).__name__})") from error


def _plain_name(source: Source) -> str:
    path = PurePosixPath(source.path)
    name = path.name if _PLAIN.fullmatch(path.name) else f"file{path.suffix if path.suffix.isascii() else ''}"
    name = name if _PLAIN.fullmatch(name) else "file"
    return name + ".py" if source.language == "python" and path.suffix.lower() not in {".py", ".pyi", ".pyw"} else name
