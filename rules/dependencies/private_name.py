"""A private package would be taken from the public index.

A name that only the organization's own index has, or only a folder of the repository, is free on the public one: whoever
registers it there runs their code wherever the name is resolved (dependency confusion). gate knows such names by what
base says itself: an index that a manifest or a scope is bound to, the host a lock file names, packages that are marked as
never published, and the policy's `private`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property

from gate.facts.declared import dependencies, is_lock, manifests, moved
from gate.facts.dependency import Dependency
from gate.facts.privatename import (
    Origins,
    Private,
    family,
    is_common,
    is_public,
    place,
    scope,
    taken_from_folders,
    workshop,
)
from gate.facts.reserved import FOLDER, INDEX, Reserved, reserves
from gate.rule import Edit, Hit, Pair, Repo, Rule, Severity

_UV = '[project]\nname = "shop"\ndependencies = [\n  "acme-core",{}\n]\n[[tool.uv.index]]\nname = "acme"\nurl = "https://py.acme.example/simple"\nexplicit = true\n[tool.uv.sources]\n{}'
_BOUND = 'acme-core = { index = "acme" }\n'
_POETRY = '[tool.poetry.dependencies]\npython = "^3.11"\nacme-core = {}\n[[tool.poetry.source]]\nname = "acme"\nurl = "https://py.acme.example/simple"\npriority = "explicit"\n'
_LOCK = '{{"lockfileVersion": 3, "packages": {{\n"node_modules/lodash": {{"version": "4.17.21", "resolved": "https://npm.example.com/lodash/-/lodash-4.17.21.tgz"}},\n"node_modules/@acme/a": {{"version": "1.0.0", "resolved": "https://npm.acme.example/@acme/a/-/a-1.0.0.tgz"}}{}}}}}\n'
_NEW = ',\n"node_modules/@acme/{0}": {{"version": "9.0.0", "resolved": "https://{1}/@acme/{0}/-/{0}-9.0.0.tgz"}}'
_PY = '[[package]]\nname = "{}"\nversion = "1"\nsource = {{ registry = "https://{}/simple" }}\n\n'
_TWO = _PY.format("zorb-a", "py.acme.example") + _PY.format("zorb-b", "py.acme.example")
_PRIVATE = '{{"name": "@acme/{}", "private": true, "dependencies": {{\n{}}}}}\n'

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(427, 1357),
    fix="""Bind the name to the index it is from (uv's `sources` with an `explicit` index, Poetry's `source`, `@scope:registry` of
    npm), or to the folder it lies in (`path`, `workspace:`), and let the tool write the lock anew. Where the package is public,
    say so in the pull request, and look up who published it.""",
    bad=[
        Pair(
            {"pyproject.toml": _UV.format("", _BOUND)},
            {"pyproject.toml": _UV.format("", "").replace('core",', 'core",  # <-')},
        ),
        Pair(
            {"pyproject.toml": _POETRY.format('{ version = "^1", source = "acme" }')},
            {"pyproject.toml": _POETRY.format('"^1"  # <-')},
        ),
        Pair(
            {"pyproject.toml": _UV.format("", _BOUND)},
            {"pyproject.toml": _UV.format("", _BOUND), "jobs/requirements.txt": "acme_core==1.0  # <-\n"},
        ),
        Pair(
            {"package-lock.json": _LOCK.format("")},
            {"package-lock.json": _LOCK.format(_NEW.format("b", "npm.example.com") + "  // <-\n")},
        ),
        Pair(
            {"requirements.txt": "--index-url https://py.acme.example/simple\nacme-core==1.0\n"},
            {"requirements.txt": "flask==3.0.3\nacme-core==1.0  # <-\n"},
        ),
        Pair(
            {"poetry.lock": '[[package]]\nname = "acme-core"\nversion = "1.0"\n[package.source]\ntype = "legacy"\nurl = "https://py.acme.example"\n'},
            {"poetry.lock": '[[package]]\nname = "acme-core"\nversion = "9.0"  # <-\n'},
        ),
        Pair(
            {".npmrc": "@acme:registry=https://npm.acme.example/\n", "package.json": '{"dependencies": {\n"@acme/a": "1"\n}}\n'},
            {".npmrc": "save-exact=true\n", "package.json": '{"dependencies": {\n"@acme/a": "1"  // <-\n}}\n'},
        ),
        Pair(
            {"uv.lock": _TWO},
            {"uv.lock": _TWO, "requirements.txt": "zorb-c==1.0  # <-\n"},
        ),
        Pair(
            {"package.json": _PRIVATE.format("shop", '"@acme/ui": "workspace:*"\n'), "ui/package.json": _PRIVATE.format("ui", "")},
            {
                "package.json": _PRIVATE.format("shop", '"@acme/ui": "^1.0.0",  // <-\n"@acme/made-up": "1.0.0"  // <-\n'),
                "ui/package.json": _PRIVATE.format("ui", ""),
            },
        ),
        Pair(
            {"pyproject.toml": '[tool.poetry.dependencies]\nown = { path = "own" }\n', "own/pyproject.toml": '[project]\nname = "own"\n'},
            {"pyproject.toml": '[tool.poetry.dependencies]\nown = "^1"  # <-\n', "own/pyproject.toml": '[project]\nname = "own"\n'},
        ),
    ],
    good=[
        Pair(
            {"pyproject.toml": _UV.format("", _BOUND)},
            {
                "pyproject.toml": _UV.format('\n  "acme-new",\n  "flask",', f'{_BOUND}acme-new = {{ index = "acme" }}\n'),
                "requirements.txt": "--index-url https://py.acme.example/simple\nacme-core==1.0\n",
            },
        ),
        Pair(
            {"package-lock.json": _LOCK.format("")},
            {"package-lock.json": _LOCK.format(_NEW.format("b", "npm.acme.example"))},
        ),
        Pair(  # a mirror of everything keeps no secrets
            {"uv.lock": _PY.format("requests", "py.acme.example") + _PY.format("little-a", "py.acme.example") + _PY.format("little-b", "py.acme.example")},
            {"uv.lock": _PY.format("requests", "py.acme.example"), "requirements.txt": "little-a==1\nlittle-c==1\n"},
        ),
        Pair(  # the packages of a project that publishes them
            {"package.json": '{"name": "@acme/a", "dependencies": {"@acme/b": "workspace:*"}}\n', "b/package.json": '{"name": "@acme/b"}\n'},
            {"package.json": '{"name": "@acme/a", "dependencies": {"@acme/b": "^1.0.0", "@acme/c": "^1.0.0"}}\n', "b/package.json": '{"name": "@acme/b"}\n'},
        ),
        Pair(  # one that is linked by its name, and one that has become public with its folder gone
            {"package.json": _PRIVATE.format("shop", ""), "ui/package.json": _PRIVATE.format("ui", "")},
            {
                "package.json": _PRIVATE.format("shop", '"@acme/ui": "*", "@acme/new": "*"\n'),
                "ui/package.json": _PRIVATE.format("ui", ""), "new/package.json": _PRIVATE.format("new", ""),
            },
        ),
        Pair(
            {"pyproject.toml": '[tool.poetry.dependencies]\nown = { path = "own" }\n', "own/pyproject.toml": '[project]\nname = "own"\n'},
            {"pyproject.toml": '[tool.poetry.dependencies]\nown = "^1"\n'},
        ),
    ],
    misses=[
        "A new name where base shows nothing private: no index, no host in a lock, no packages that are never published.",
        "Names of which an index is set outside of the repository, or by `--extra-index-url`, with which pip asks both.",
        "An index for all names that is taken away, and packages of npm that the repository makes and may publish.",
        "Names that begin as the project's own does, or have a word such as `internal` in them: most such names are public.",
    ],
)  # fmt: skip


@dataclass(frozen=True)
class Sides:
    """Both trees, and where the names of each come from."""

    base: Repo
    head: Repo
    asked: Sequence[Dependency]
    """What head asks for in the files of the change: all that it asks for may be a great deal."""

    @cached_property
    def earlier(self) -> Sequence[Dependency]:
        return tuple(dependencies(self.base))

    @cached_property
    def was(self) -> Origins:
        return Origins.of(self.base, self.earlier)

    @cached_property
    def now(self) -> Origins:
        found = Origins.of(self.head, self.asked)
        return replace(found, common=found.common | self.was.common)

    @cached_property
    def private(self) -> Private:
        return Private.of(self.earlier, self.was)

    @cached_property
    def workshop(self) -> frozenset[str]:
        return workshop(self.was, self.earlier)


@rule.compare
def is_free_for_anybody(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    files = list(moved([(edit.before, edit.after) for edit in edits], base, head))
    freed = any(_unbinds(edit, base, head) for edit in edits)
    if not files and not freed:
        return
    asked = [one for file in files for one in file.news]
    if freed:
        others = set(manifests(head)) - {file.path for file in files}
        asked += [one for path in sorted(others) if not is_lock(path) for one in head.of(Dependency, path)]
    sides = Sides(base, head, asked)
    olds = [(file.path, old) for file in files for old in file.olds]
    before = {(path, old.ecosystem, old.name) for path, old in olds if is_public(old, sides.was, base)}
    seen: set[tuple[str, str]] = set()
    for one in sorted(asked, key=lambda one: is_lock(one.place.path)):
        name = (one.ecosystem, one.name)
        if name in seen or (one.place.path, *name) in before or is_common(*name):
            continue
        told = _told(one, sides)
        if told and is_public(one, sides.now, head):
            seen.add(name)
            yield Hit(one.place, told[1], detail=one.name, severity=told[0])


def _unbinds(edit: Edit, base: Repo, head: Repo) -> bool:
    """Whether a file of settings binds other names than it did, or to other places."""
    sides = [(repo, file) for repo, file in ((base, edit.before), (head, edit.after)) if file and reserves(file.path)]
    said = [{_binding(one) for one in repo.of(Reserved, file.path)} - {None} for repo, file in sides]
    return any(said) and (len(said) == 1 or said[0] != said[1])


def _binding(one: Reserved) -> tuple[str, str] | None:
    return (one.pattern, one.host) if one.kind == INDEX else None


def _told(one: Dependency, sides: Sides) -> tuple[Severity, str] | None:
    """How bad it is that a name is asked of the public index, and why; None where nothing says that it is private."""
    return _said_private(one, sides) or _of_an_index(one, sides) or _of_the_repository(one, sides)


def _said_private(one: Dependency, sides: Sides) -> tuple[Severity, str] | None:
    patterns = [text for text in sides.base.settings.lookup.private if fnmatchcase(one.name, text)]
    if patterns and place(one):
        return Severity.HIGH, _text(one, f"`{patterns[0]}` is private, says the policy", f"`{place(one)}`")
    return None


def _of_an_index(one: Dependency, sides: Sides) -> tuple[Severity, str] | None:
    """A name, a scope or a family of names that base takes from an index of its own."""
    name, kept = (one.ecosystem, one.name), sides.private
    if (at := kept.bound.get(name) or kept.locked.get(name)) is not None:
        lost = is_lock(one.place.path) or sides.was.bound(one) is not None
        asked = lost or one.ecosystem == "PyPI"  # a manifest of npm never says where from
        return (Severity.HIGH if lost else Severity.MEDIUM, _text(one, f"base takes it from `{at}`")) if asked else None
    if (at := kept.scopes.get(scope(one.name))) is not None and (place(one) or sides.was.bound(one)):
        return Severity.HIGH, _text(one, f"base takes `{scope(one.name)}` from `{at}`")
    if one.ecosystem == "PyPI" and (at := kept.families.get(family(one.name))) is not None:
        return Severity.MEDIUM, _text(one, f"base takes all of `{family(one.name)}-*` from `{at}`")
    return None


def _of_the_repository(one: Dependency, sides: Sides) -> tuple[Severity, str] | None:
    """A package that the repository makes itself and never publishes, or one that would have to be such a one."""
    made = sides.was.own(one.ecosystem)
    folders = sides.was.local(one.place.path) | taken_from_folders(one.place.path, sides.earlier, sides.was)
    if not (made.get(one.name) or one.name in folders or scope(one.name) in sides.workshop):
        return None
    now = sides.now.own(one.ecosystem)
    here = one.name in now or one.name in sides.now.own(one.ecosystem, kind=FOLDER)
    if made.get(one.name) and one.name in now and (place(one) or one.ecosystem == "PyPI"):
        severity = Severity.HIGH if place(one) else Severity.MEDIUM
        return severity, _text(one, "the repository makes it and says that it is never published")
    if one.name in folders and here and (one.ecosystem == "PyPI" or made.get(one.name)):
        return Severity.MEDIUM, _text(one, "base takes it from a folder of the repository")
    if one.ecosystem == "npm" and not here and scope(one.name) in sides.workshop:
        why = f"the packages of `{scope(one.name)}` are made here and never published (`private`), and this is none of them"
        return Severity.MEDIUM, _text(one, why)
    return None


def _text(one: Dependency, why: str, at: str = "the public index") -> str:
    return (
        f"`{one.name[:80]}` is asked of {at}, and {why}. Whoever registers the name there runs their code here: bind it to "
        "where it comes from."
    )
