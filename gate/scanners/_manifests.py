"""The packages that manifests ask for, with the files they include; and what no database can be asked about."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from posixpath import normpath

from gate.coverage import Looked, Row
from gate.facts.declared import manifests
from gate.facts.dependency import Dependency, Manifest
from gate.facts.manifest import is_manifest, is_named, manifest, pins_by_custom, requirements, runs_commands
from gate.facts.requirement import shown
from gate.rule import Place, Repo, Source

Pin = tuple[str, str, str]
"""Ecosystem, canonical name and version."""
Asked = Pin | str
"""What can be audited, or the words for what cannot."""
MAX_INCLUDED = 50
"""How many files one requirements file may lead to."""
_AUDITED = frozenset({"PyPI", "npm"})
_UNASKED = frozenset({"GitHub Actions"})
"""What no advisory service that gate asks speaks of."""
_ARCHIVES = (".tgz", ".tar.gz", ".tar")
_NAMED = 5


@dataclass
class Read:
    """A manifest with all it includes."""

    path: str
    pins: list[Dependency] = field(default_factory=list)
    unpinned: list[str] = field(default_factory=list)
    """Packages that may have many versions, and lists that a program computes."""
    foreign: list[str] = field(default_factory=list)
    """What no index and no version can be asked about, and what could not be read."""
    broken: bool = False
    through: dict[str, Place] = field(default_factory=dict)
    """By included file: the line that includes it."""

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def asked(self) -> frozenset[Asked]:
        return frozenset([*map(pin, self.pins), *self.unpinned, *self.foreign])

    def without(self, before: "Before") -> "Read":
        """What the change brings or moves; what cannot be read at all stays."""
        pins = [one for one in self.pins if not before.knows(self.folder, pin(one))]
        unpinned = [one for one in self.unpinned if not before.knows(self.folder, one)]
        foreign = [one for one in self.foreign if self.broken or not before.knows(self.folder, one)]
        return Read(self.path, pins, unpinned, foreign, self.broken)


@dataclass(frozen=True)
class Before:
    """What was asked for before the change, in the files that it touches and in the manifests beside them.

    What a folder asked for before is not new in it, nor what the change took from another file.
    """

    folders: Mapping[str, frozenset[Asked]] = field(default_factory=dict)
    moved: frozenset[Asked] = frozenset()
    touched: frozenset[Pin] = frozenset()
    """The pins of the files that the change touches."""

    @classmethod
    def of(cls, repo: Repo | None, now: Sequence[Read]) -> "Before":
        if repo is None:
            return cls()
        changed = [read(source, repo) for source in repo.touched.values() if is_manifest(source)]
        beside = [read(source, repo) for source in _beside(repo, {one.folder for one in now})]
        folders: dict[str, frozenset[Asked]] = {}
        for one in (*changed, *beside):
            folders[one.folder] = folders.get(one.folder, frozenset()) | one.asked
        left = {one.path: one.asked for one in now}
        moved = [one.asked - left.get(one.path, frozenset()) for one in changed]
        return cls(folders, frozenset().union(*moved), frozenset(pin(p) for one in changed for p in one.pins))

    def knows(self, folder: str, one: Asked) -> bool:
        return one in self.folders.get(folder, ()) or one in self.moved

    def versions(self, one: Dependency) -> list[str]:
        """Those of a package that its folder, or a file it was taken from, asked for before."""
        keys = (one.place.path.rpartition("/")[0], *pin(one)[:2]), ("", "moved", *pin(one)[:2])
        return sorted({version for key in keys for version in self._versions.get(key, ())})

    @cached_property
    def _versions(self) -> Mapping[tuple[str, ...], list[str]]:
        found: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for where, asked in (
            *(((folder,), asked) for folder, asked in self.folders.items()),
            (("", "moved"), self.moved),
        ):
            for one in asked:
                if not isinstance(one, str):
                    found[*where, *one[:2]].append(one[2])
        return found


def concerns(source: Source) -> bool:
    """Whether a file asks for packages that can be audited; commands mostly name no version."""
    if not is_manifest(source) or not runs_commands(source.path):
        return is_manifest(source)
    said = manifest(source)
    return bool(said.problem or said.unread) or any(
        one.ecosystem in _AUDITED and (one.version or one.origin.strip(".")) for one in said.dependencies
    )


def pin(one: Dependency) -> Pin:
    return one.ecosystem, one.name, one.version


def kept(repo: Repo, now: Sequence[Read]) -> frozenset[Pin]:
    """What the manifests beside these ask for that the change does not touch."""
    beside = _beside(repo, {one.folder for one in (*now, *_touched(repo.earlier))})
    return frozenset(pin(one) for source in beside for one in read(source, repo).pins)


def _touched(repo: Repo | None) -> list[Read]:
    return [Read(path) for path in repo.touched] if repo else []


def _beside(repo: Repo, folders: Collection[str]) -> Iterator[Source]:
    """The manifests in some folders, by their names, that the change does not touch."""
    for path in repo.paths:
        near = path.rpartition("/")[0] in folders and path not in repo.touched
        if near and is_named(path) and (source := repo.source(path)):
            yield source


def read(source: Source, repo: Repo) -> Read:
    """A manifest and, breadth first, what it includes from this repository."""
    this = Read(source.path)
    seen, queue = {source.path}, [source]
    for one in queue:
        said = manifest(one) if one is source else requirements(one)
        _take(this, said)
        for line, other in said.includes:
            path = _inside(one.path, other)
            if path in seen:
                continue
            seen.add(path)
            included = repo.source(path) if path and len(seen) <= MAX_INCLUDED else None
            if included:
                queue.append(included)
                this.through[path] = Place.at(one.path, line)
            else:
                this.foreign.append(
                    f"`{shown(other)[:60]}`, which {PurePosixPath(one.path).name} includes on line {line}"
                )
    return this


def includes(sources: Sequence[Source], repo: Repo) -> Mapping[str, Place]:
    """Where manifests of the repository include files that are lists by what they say, and by no name."""
    odd = {source.path for source in sources if not is_named(source.path)}
    found: dict[str, Place] = {}
    for path in manifests(repo) if odd else ():
        for line, other in manifest(source).includes if (source := repo.source(path)) else ():
            found.setdefault(_inside(path, other), Place.at(path, line))
    return {path: place for path, place in found.items() if path in odd and path != place.path}


def _take(this: Read, said: Manifest) -> None:
    for one in said.dependencies:
        if one.ecosystem in _UNASKED or _is_own(one):
            continue
        if one.ecosystem not in _AUDITED:
            this.foreign.append(f"{one.label[:60]} (of {one.ecosystem}, which has no advisories)")
        elif one.version:
            this.pins.append(one)
        elif one.origin:
            this.foreign.append(f"{one.label[:60]} (not from an index)")
        else:
            this.unpinned.append(f"{one.name} (`{one.wanted[:60]}`)" if one.wanted else one.name)
    computed = this.path.endswith("setup.py") or runs_commands(this.path)  # programs; no other file can compute
    (this.unpinned if computed else this.foreign).extend(said.unread)
    if said.problem:
        this.broken = True
        this.foreign.append(f"all of a file that {said.problem}")


def _is_own(one: Dependency) -> bool:
    """Whether it is code of the repository: the project itself, or for npm a folder of it."""
    folder = one.origin.removeprefix("file:")
    local = one.ecosystem == "npm" and one.origin.startswith(("file:", "./", "../")) and not folder.endswith(_ARCHIVES)
    return one.origin.partition("[")[0] == "." or (local and bool(_inside(one.place.path, folder)))


def _inside(path: str, other: str) -> str:
    """An included file as a path of the repository; "" for a URL and for what lies outside."""
    if "://" in other or other.startswith(("/", "~")):
        return ""
    joined = normpath(str(PurePosixPath(path).parent / other))
    return "" if joined.startswith("..") else joined


def row(this: Read, scanner: str, silent: Mapping[Pin, str]) -> Row | None:
    """What of a manifest was not audited. In a project file ranges are right, so they are no hole there."""
    unknown = list(_unknown(this, silent))
    ranges = this.unpinned if pins_by_custom(this.path) else []
    missing = [*this.foreign, *unknown, *ranges]
    if not missing and this.unpinned:
        count = len(this.unpinned)
        said = f"{count} dependencies are ranges or computed" if count > 1 else "1 dependency is a range or computed"
        return Row(this.path, scanner, Looked.PARTIAL, f"{said}, audited through a lock file only")
    if not missing:
        return None
    state = Looked.FAILED if this.broken else Looked.PARTIAL
    count = len(this.foreign) + len(ranges) + sum(pin(one) in silent for one in this.pins)
    return Row(this.path, scanner, state, f"{count} not audited: {_first(missing)}", hole=True)


def _unknown(this: Read, silent: Mapping[Pin, str]) -> Iterator[str]:
    """The pins nothing is known of, by reason."""
    by_reason: dict[str, list[Dependency]] = {}
    for one in this.pins:
        if pin(one) in silent:
            by_reason.setdefault(silent[pin(one)], []).append(one)
    for reason, ones in by_reason.items():
        yield f"{_first([f'{one.name} {one.version}' for one in ones])} ({reason})"


def _first(texts: list[str]) -> str:
    return ", ".join(texts[:_NAMED]) + (f" and {len(texts) - _NAMED} more" if len(texts) > _NAMED else "")
