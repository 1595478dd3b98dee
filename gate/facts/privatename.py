"""Which names of packages are an organization's own, by what its repository shows, and which places are everybody's.

A place from which much used packages come is the common index, a mirror of it, or a builder's shop window; a name that
is taken from there is no secret. What comes from another place, or from a folder that is never published, is private.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from posixpath import basename, dirname, join, normpath

from gate.clients import default_hosts
from gate.fact import Repo
from gate.facts.declared import is_installed, is_lock
from gate.facts.dependency import Dependency
from gate.facts.indexes import IndexSetting, gives_builds
from gate.facts.manifest import is_named, runs_commands
from gate.facts.popular import popular
from gate.facts.provenance import host, kind
from gate.facts.reserved import FOLDER, INDEX, OWN, Reserved, reserves

Name = tuple[str, str]
"""An ecosystem and a name in it."""
_LISTS = {"PyPI": "pypi", "npm": "npm"}
_FAMILY = 2
"""Private names with one first word, or in one scope, that make a family."""
_SHORTEST = 3


def is_common(ecosystem: str, name: str) -> bool:
    """Whether a name is much used, or in a scope of npm that has one that is: its owner alone can publish there."""
    return ecosystem not in _LISTS or name in popular(_LISTS[ecosystem]) or scope(name) in _scopes()


def scope(name: str) -> str:
    """`@acme` of `@acme/a`; "" for a name without."""
    return name.partition("/")[0] if name.startswith("@") else ""


def family(name: str) -> str:
    """The first word of a name of several; "" for one that much used packages begin with as well."""
    word, mark, _ = name.partition("-")
    return word if mark and len(word) >= _SHORTEST and word not in _words() else ""


@cache
def _scopes() -> frozenset[str]:
    return frozenset(found for name in popular("npm") if (found := scope(name)))


@cache
def _words() -> frozenset[str]:
    return frozenset(re.split(r"[-_.]", name)[0] for name in popular("pypi"))


@dataclass(frozen=True)
class Origins:
    """Where the names of one tree come from."""

    reserved: Mapping[str, tuple[Reserved, ...]]
    """By path."""
    listed: Mapping[str, str]
    """By list of requirements: the host of the one index that its options name."""
    common: frozenset[str]
    """Hosts that give out much used packages."""

    @classmethod
    def of(cls, repo: Repo, asked: Sequence[Dependency]) -> "Origins":
        """Those of a tree; what its manifests ask for tells which hosts are common."""
        scripts = [one.place.path for one in asked if not is_named(one.place.path)]
        paths = [path for path in repo.paths if reserves(path) and not is_installed(path)] + list(
            dict.fromkeys(scripts)
        )
        repo.read_ahead(paths)
        reserved = {path: repo.of(Reserved, path) for path in paths}
        lists = dict.fromkeys(one.place.path for one in asked if one.place.path.endswith((".txt", ".in")))
        listed = {path: at for path in lists if (at := _chosen(path, repo))}
        rows = [(one.ecosystem, one.pattern, one.host) for found in reserved.values() for one in found]
        rows += [(one.ecosystem, one.name, place(one) or listed.get(one.place.path, "")) for one in asked]
        common = {at for kind, name, at in rows if at and "*" not in name and is_common(kind, name)}
        common |= {at for _, _, at in rows if gives_builds(at)}
        return cls(reserved, listed, frozenset(common) | default_hosts())

    def bound(self, one: Dependency) -> str | None:
        """The host from which a file takes a name, as the settings of the tree say; None where they say nothing."""
        if at := self.listed.get(one.place.path):
            return at
        rows = [row for row in self._above(one) if row.kind == INDEX and _is_for(row, one)]
        nearest = max(rows, key=lambda row: (len(row.pattern), len(dirname(row.place.path)))) if rows else None
        return nearest.host if nearest else None

    def local(self, path: str) -> frozenset[str]:
        """The names that a manifest takes from folders."""
        return frozenset(row.pattern for row in self.reserved.get(path, ()) if row.kind == FOLDER)

    def _above(self, one: Dependency) -> Iterator[Reserved]:
        """What the file itself says, and the settings in its folder and above it."""
        folder = dirname(one.place.path)
        for path, rows in self.reserved.items():
            above = folder == dirname(path) or not dirname(path) or folder.startswith(f"{dirname(path)}/")
            if path == one.place.path or (above and (basename(path) not in _PROJECTS or _is_beside(path, one))):
                yield from rows

    def own(self, ecosystem: str, *, kind: str = OWN) -> Mapping[str, bool]:
        """The packages that the tree makes, or takes from its folders, and whether they are never published."""
        rows = (one for found in self.reserved.values() for one in found if one.kind == kind)
        return {one.pattern: one.unpublished for one in rows if one.ecosystem == ecosystem}


_PROJECTS = frozenset({"pyproject.toml", "Pipfile", "package.json"})
"""What these say of indexes they say of themselves, and of the lock beside them."""


def _is_beside(path: str, one: Dependency) -> bool:
    return is_lock(one.place.path) and dirname(path) == dirname(one.place.path)


def _is_for(row: Reserved, one: Dependency) -> bool:
    return row.ecosystem == one.ecosystem and fnmatchcase(one.name, row.pattern)


def place(one: Dependency) -> str:
    """The host that a lock file names."""
    return host(one.resolved).rpartition("://")[2]


def is_public(one: Dependency, origins: Origins, repo: Repo) -> bool:
    """Whether a name is asked of the common index, for all that the tree says."""
    if one.origin or not one.name or one.name in origins.local(one.place.path):
        return False
    if at := place(one):
        return at in origins.common
    if basename(one.place.path) == "poetry.lock":
        return True  # what is from elsewhere says so there
    if (bound := origins.bound(one)) is not None:
        return bound in origins.common
    if is_lock(one.place.path):
        return False  # which does not say, and whose manifest is asked instead
    return not (runs_commands(one.place.path) and _chosen(one.place.path, repo))


def _chosen(path: str, repo: Repo) -> str:
    """The host of the index that a list of requirements, or a file of commands, names in the place of the common one."""
    settings = (one for one in repo.of(IndexSetting, path) if one.kind == "main" and not one.is_default)
    return next((one.host or one.url or "a variable" for one in settings), "")


@dataclass(frozen=True)
class Private:
    """What a tree shows to be private, each with the host that it comes from; "" for the repository itself."""

    bound: Mapping[Name, str]
    """Names that a manifest binds to an index."""
    locked: Mapping[Name, str]
    """Names that lock files have from an index that gives out nothing else."""
    scopes: Mapping[str, str]
    families: Mapping[str, str]

    @classmethod
    def of(cls, asked: Sequence[Dependency], origins: Origins) -> "Private":
        rows = [one for found in origins.reserved.values() for one in found if one.kind == INDEX]
        every = [one for one in asked if one.ecosystem in _LISTS]
        settled = {(one.ecosystem, one.pattern): one.host for one in rows if one.host not in origins.common}
        locked = {(one.ecosystem, one.name): at for one in every if (at := place(one)) and at not in origins.common}
        public = {one.name for one in every if place(one) in origins.common}
        hosts = [((one.ecosystem, one.name), origins.listed.get(one.place.path, "")) for one in every]
        settled |= {name: at for name, at in hosts if at and at not in origins.common}
        bound = {name: at for name, at in settled.items() if "*" not in name[1] and not is_common(*name)}
        locked = {name: at for name, at in locked.items() if not is_common(*name)}
        known = bound | locked
        scopes = {pattern[:-2]: at for (_, pattern), at in settled.items() if pattern.startswith("@")}
        scopes = {**_scopes_of(known, public), **scopes}
        families = _families(known, {one.name for one in every})
        return cls(bound, locked, {name: at for name, at in scopes.items() if name not in _scopes()}, families)


def _scopes_of(known: Mapping[Name, str], public: Iterable[str]) -> Mapping[str, str]:
    """Scopes of npm all of whose packages come from a private index."""
    shared = {scope(name) for name in public}
    return {scope(name): at for (_, name), at in known.items() if scope(name) and scope(name) not in shared}


def _families(known: Mapping[Name, str], asked: Iterable[str]) -> Mapping[str, str]:
    """First words that only private names of PyPI have, several of them."""
    found: dict[str, list[str]] = defaultdict(list)
    for (ecosystem, name), at in known.items():
        if ecosystem == "PyPI" and (word := family(name)):
            found[word].append(at)
    names = {name for ecosystem, name in known if ecosystem == "PyPI"}
    shared = {family(name) for name in asked if name not in names}
    return {word: hosts[0] for word, hosts in found.items() if len(hosts) >= _FAMILY and word not in shared}


def taken_from_folders(path: str, asked: Sequence[Dependency], origins: Origins) -> frozenset[str]:
    """The names of what a list takes from folders: its own, else the one that the folder gives itself."""
    olds = [one for one in asked if one.place.path == path and kind(one) == "path"]
    owners = {dirname(file): row.pattern for file, rows in origins.reserved.items() for row in rows if row.kind == OWN}
    folders = {one: normpath(join(dirname(path), one.origin.removeprefix("file:"))) for one in olds}
    return frozenset(one.name or owners.get(folder, "") for one, folder in folders.items()) - {""}


def workshop(origins: Origins, asked: Sequence[Dependency]) -> frozenset[str]:
    """Scopes of npm in which the repository makes packages that are never published, and of which it takes no other."""
    made = origins.own("npm")
    counted = Counter(scope(name) for name, unpublished in made.items() if unpublished)
    scopes = {name for name, count in counted.items() if name and count >= _FAMILY}
    scopes -= {scope(name) for name, unpublished in made.items() if not unpublished}
    taken = {scope(one.name) for one in asked if one.name not in made} if scopes else set()
    return frozenset(scopes - taken - _scopes())
