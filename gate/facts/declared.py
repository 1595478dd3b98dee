"""Which packages a tree asks for in all its manifests, and which of them a change is the first to ask for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gate import lazy
from gate.fact import Repo
from gate.facts.dependency import Dependency
from gate.facts.manifest import is_manifest, is_named
from gate.source import Source

Edits = Sequence[tuple[Source | None, Source | None]]
"""The files of a change, each as it was and as it is."""
Name = tuple[str, str]
"""An ecosystem and a name in it."""

_INSTALLED = lazy.regex(r"(^|/)(node_modules|site-packages|bower_components)/")
_MAX_FILES = 2_000
"""How many manifests of one tree are read; a repository with more is made of vendored packages."""


def manifests(repo: Repo) -> list[str]:
    """The paths of the manifests of a tree, by their names."""
    paths = [path for path in repo.paths if is_named(path) and not is_installed(path)]
    return paths[:_MAX_FILES]


def dependencies(repo: Repo) -> Iterator[Dependency]:
    """All that the manifests of a tree ask for."""
    paths = manifests(repo)
    repo.read_ahead(paths)
    return (one for path in paths for one in repo.of(Dependency, path))


@dataclass(frozen=True)
class Moved:
    """What a manifest asked for, and what it asks for now."""

    path: str
    olds: tuple[Dependency, ...]
    news: tuple[Dependency, ...]


def moved(edits: Edits, base: Repo, head: Repo) -> Iterator[Moved]:
    """The manifests a change adds or edits."""
    for before, after in edits:
        if after and is_manifest(after) and not is_installed(after.path):
            olds = base.of(Dependency, before.path) if before else ()
            yield Moved(after.path, olds, head.of(Dependency, after.path))


def first_asked(edits: Edits, base: Repo, head: Repo) -> Iterator[Dependency]:
    """Each package that no manifest of base asks for, once, where the change asks for it: in no lock file if it can."""
    files = sorted(moved(edits, base, head), key=lambda file: is_lock(file.path))
    known = {_name(one) for one in dependencies(base)} if files else set()
    known |= {_name(one) for file in files for one in file.olds}
    for one in (one for file in files for one in file.news):
        if one.name and _name(one) not in known:
            known.add(_name(one))
            yield one


def is_installed(path: str) -> bool:
    """Whether a file belongs to a package that lies there installed: what it asks for, others have asked for it."""
    return bool(_INSTALLED.search(path))


def is_lock(path: str) -> bool:
    """Whether a file holds what a tool has resolved, and not what people ask for."""
    name = path.rpartition("/")[2]
    return "lock" in name or name == "npm-shrinkwrap.json"


def _name(one: Dependency) -> Name:
    return one.ecosystem, one.name
