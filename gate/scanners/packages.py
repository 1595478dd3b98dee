"""pip-audit: known vulnerabilities in the packages a change pins.

gate reads the manifests itself and gives pip-audit a list of `name==version` lines that gate wrote: left to
itself pip-audit would install what the change asks for, and so run its code.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from posixpath import normpath

from gate.coverage import Looked, Row
from gate.facts.dependency import Dependency, Manifest
from gate.facts.manifest import is_manifest, manifest, pins_by_custom
from gate.rule import Hit, Repo, Rule, Severity, Source
from gate.scanner import Scanned, Scanner, Spotted
from gate.scanners import _pip_audit
from gate.scanners._pip_audit import Advisory, Pin

MAX_INCLUDED = 50
"""How many files one requirements file may lead to."""


@dataclass
class Read:
    """A changed manifest with all it includes."""

    path: str
    pins: list[Dependency] = field(default_factory=list)
    unpinned: list[str] = field(default_factory=list)
    """Packages that may have many versions, and lists that a program computes."""
    foreign: list[str] = field(default_factory=list)
    """What no index and no version can be asked about, and what could not be read."""
    broken: bool = False


class Packages:
    name = "pip-audit"
    profiles = frozenset({"full"})
    items = frozenset({"dependencies"})

    def version(self) -> str:
        return _pip_audit.version()

    def key(self) -> str | None:
        return None  # what is known of a package changes, and a file may include others

    def wants(self, source: Source) -> bool:
        return is_manifest(source)

    def rule(self, name: str) -> Rule:
        return Rule(
            f"{self.name}/{name}", "A dependency has a known vulnerability", Severity.HIGH, (1395,),
            "The flaw is public, and so are ways to use it against whoever runs this version.",
            "Ask for the fixed version; where there is none, leave the package out or shield what it does.",
            "dependencies",
        )  # fmt: skip

    def rules(self) -> Sequence[Rule]:
        return [self.rule("known_vulnerability")]

    def scan(self, sources: Sequence[Source], repo: Repo) -> Scanned:
        """Audit the pinned packages of these manifests and of the files they include.

        Raises:
            ToolError: pip-audit is missing, crashed or took too long, or nothing could be looked up.
        """
        read = [_read(source, repo) for source in sources]
        pins = sorted({(one.name, one.version) for this in read for one in this.pins})
        known, silent = _pip_audit.audited(pins) if pins else ({}, {})
        rows = [row for this in read if (row := _row(this, silent))]
        places = dict.fromkeys(one for this in read for one in this.pins)
        spotted = [spot for one in places for spot in self._spotted(one, known)]
        return Scanned(tuple(spotted), tuple(rows), {"dependencies": {"pin": len(pins)}} if pins else {})

    def _spotted(self, pin: Dependency, known: Mapping[Pin, Sequence[Advisory]]) -> Iterator[Spotted]:
        for advisory in known.get((pin.name, pin.version), ()):
            hit = Hit(
                pin.place, _message(pin, advisory), detail=f"{pin.name} {advisory.id}", severity=_severity(advisory)
            )
            yield Spotted(self.rule("known_vulnerability"), hit)


def _read(source: Source, repo: Repo) -> Read:
    """A manifest and, breadth first, what it includes from this repository."""
    this = Read(source.path)
    seen, queue = {source.path}, [source]
    for one in queue:
        said = manifest(one)
        _take(this, said)
        for line, other in said.includes:
            path = _inside(one.path, other)
            if path in seen:
                continue
            seen.add(path)
            included = repo.source(path) if path and len(seen) <= MAX_INCLUDED else None
            if included:
                queue.append(included)
            else:
                this.foreign.append(f"`{other[:60]}`, which {PurePosixPath(one.path).name} includes on line {line}")
    return this


def _take(this: Read, said: Manifest) -> None:
    for one in said.dependencies:
        if one.version:
            this.pins.append(one)
        elif one.origin.partition("[")[0] == ".":
            continue  # the project itself, whose code is in the change
        elif one.origin:
            this.foreign.append(f"{one.label[:60]} (not from an index)")
        else:
            this.unpinned.append(f"{one.name} (`{one.wanted}`)" if one.wanted else one.name)
    (this.foreign if pins_by_custom(this.path) else this.unpinned).extend(said.unread)
    if said.problem:
        this.broken = True
        this.foreign.append(f"all of a file that {said.problem}")


def _inside(path: str, other: str) -> str:
    """An included file as a path of the repository; "" for a URL and for what lies outside."""
    if "://" in other or other.startswith(("/", "~")):
        return ""
    joined = normpath(str(PurePosixPath(path).parent / other))
    return "" if joined.startswith("..") else joined


def _row(this: Read, silent: Mapping[Pin, str]) -> Row | None:
    """What of a manifest was not audited. In a project file ranges are right, so they are no hole there."""
    unknown = [
        f"{p.name} {p.version} ({silent[p.name, p.version]})" for p in this.pins if (p.name, p.version) in silent
    ]
    missing = [*this.foreign, *unknown, *this.unpinned]
    if not missing:
        return None
    if len(missing) == len(this.unpinned) and not pins_by_custom(this.path):
        count = len(missing)
        said = f"{count} dependencies are ranges or computed" if count > 1 else "1 dependency is a range or computed"
        return Row(this.path, Packages.name, Looked.PARTIAL, f"{said}, audited through a lock file only")
    first = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if len(missing) > 5 else "")
    state = Looked.FAILED if this.broken else Looked.PARTIAL
    return Row(this.path, Packages.name, state, f"{len(missing)} not audited: {first}", hole=True)


def _message(pin: Dependency, advisory: Advisory) -> str:
    also = f" ({', '.join(sorted(advisory.aliases))})" if advisory.aliases else ""
    if advisory.id.startswith("MAL-"):
        return f"`{pin.name}` {pin.version} is malicious, says {advisory.id}{also}; do not install it."
    fixed = f"{' or '.join(advisory.fixes)} fixes it" if advisory.fixes else "no fixed version is known"
    return f"`{pin.name}` {pin.version} has the known vulnerability {advisory.id}{also}; {fixed}."


def _severity(advisory: Advisory) -> Severity:
    if advisory.id.startswith("MAL-"):
        return Severity.CRITICAL
    return Severity.HIGH if advisory.fixes else Severity.MEDIUM


scanner: Scanner = Packages()
