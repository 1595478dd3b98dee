"""A lock file and the manifest beside it tell of different packages.

What is installed is what the lock file says. A package in it that no manifest leads to has been put there by hand; nobody
asked for it, and it runs wherever the lock is installed. A package of the manifest that the lock does not have is
resolved anew by each machine, or stops the build.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import dirname, join

from gate.facts.declared import is_installed, is_lock
from gate.facts.dependency import Dependency
from gate.facts.lockedfor import locked_for
from gate.facts.manifest import is_named
from gate.facts.needs import needs, tells_needs
from gate.rule import Edit, Hit, Pair, Repo, Rule, Severity, Source

_PYTHON = ("poetry.lock", "uv.lock", "pdm.lock")
_LOCKS: Mapping[str, tuple[str, ...]] = {
    "pyproject.toml": _PYTHON,
    "Pipfile": ("Pipfile.lock",),
    "package.json": ("package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock"),
}
"""By manifest: the files that lock it."""
_NAMED = 5

_PROJECT = '[project]\nname = "x"\ndependencies = [\n  "flask",\n{}]\n'
_UV = '[[package]]\nname = "x"\nversion = "1"\nsource = {{ virtual = "." }}\ndependencies = [{{ name = "flask" }}]\n\n[[package]]\nname = "flask"\nversion = "3.0.3"\ndependencies = [{{ name = "click" }}]\n\n[[package]]\nname = "click"\nversion = "8.1.7"\n{}'
_NPM = '{{"lockfileVersion": 3, "packages": {{\n"": {{"dependencies": {{"a": "1"}}}},\n"node_modules/a": {{"version": "1.0.0"}}{}}}}}\n'

_YARN = 'a@^1:\n  version "1.0.0"\n  dependencies:\n    b "^2"\n\nb@^2:\n  version "2.0.0"\n{}'
_PNPM = "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n        specifier: ^1\n        version: 1.0.0(b@2.0.0)\n\npackages:\n\n  a@1.0.0:\n    resolution: {{integrity: sha512-a}}\n    peerDependencies:\n      b: '*'\n\n  b@2.0.0:\n    resolution: {{integrity: sha512-b}}\n{}"
_BUN = '{{"lockfileVersion": 1, "workspaces": {{"": {{"dependencies": {{"a": "^1"}}}}}}, "packages": {{\n"a": ["a@1.0.0", "", {{"dependencies": {{"b": "2"}}}}, "sha512-a"],\n"b": ["b@2.0.0", "", {{}}, "sha512-b"],\n{}}}}}\n'
_PIPENV = '{{"_meta": {{}}, "default": {{\n"flask": {{"version": "==3.0.0"}}{}}}}}\n'

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(1357, 494),
    fix="Let the tool write the lock file (`uv lock`, `poetry lock`, `npm install --package-lock-only`), and commit it together with "
    "the manifest. Take out by hand what nobody asked for.",
    bad=[
        Pair(
            {"pyproject.toml": _PROJECT.format(""), "uv.lock": _UV.format("")},
            {
                "pyproject.toml": _PROJECT.format('  "httpx",  # <-\n'),
                "uv.lock": _UV.format('\n[[package]]\nname = "colorslib"\nversion = "1"  # <-\n'),
            },
        ),
        Pair(
            {"package.json": '{"dependencies": {"a": "1"}}\n', "package-lock.json": _NPM.format("")},
            {
                "package.json": '{"dependencies": {"a": "1"}}\n',
                "package-lock.json": _NPM.format(',\n"node_modules/evil": {"version": "1.0.0"}  // <-\n'),
            },
        ),
        Pair(
            {"web/package.json": '{"dependencies": {"a": "1"}}\n', "yarn.lock": 'a@1:\n  version "1.0.0"\n'},
            {
                "web/package.json": '{"dependencies": {"a": "1",\n  "b": "2"  // <-\n}}\n',
                "yarn.lock": 'a@1:\n  version "1.0.0"\n',
            },
        ),
        Pair(
            {"package.json": '{"dependencies": {"a": "^1"}}\n', "yarn.lock": _YARN.format("")},
            {
                "package.json": '{"dependencies": {"a": "^1"}}\n',
                "requirements.txt": "evil==1\n",
                "yarn.lock": _YARN.format('\nevil@^1:  # <-\n  version "1.0.0"\n'),
            },
        ),
        Pair(
            {"package.json": '{"dependencies": {"a": "^1"}}\n', "pnpm-lock.yaml": _PNPM.format("")},
            {
                "package.json": '{"dependencies": {"a": "^1"}}\n',
                "pnpm-lock.yaml": _PNPM.format("\n  evil@1.0.0:  # <-\n    resolution: {integrity: sha512-c}\n"),
            },
        ),
        Pair(
            {"package.json": '{"dependencies": {"a": "^1"}}\n', "bun.lock": _BUN.format("")},
            {
                "package.json": '{"dependencies": {"a": "^1"}}\n',
                "bun.lock": _BUN.format('"evil": ["evil@1.0.0", "", {}, "sha512-c"],  // <-\n'),
            },
        ),
        Pair(
            {"Pipfile": '[packages]\nflask = "*"\n', "Pipfile.lock": _PIPENV.format("")},
            {
                "Pipfile": '[packages]\nflask = "*"\n',
                "Pipfile.lock": _PIPENV.format(',\n"evil": {"version": "==1.0"}  // <-\n'),
            },
        ),
    ],
    good=[
        Pair(
            {"package.json": '{"dependencies": {"a": "^1", "c": "1"}}\n', "yarn.lock": _YARN.format("")},
            {
                "package.json": '{"dependencies": {"a": "^1", "c": "1"}}\n',
                "yarn.lock": _YARN.format(
                    '\nc@1, "d@npm:c@^1":\n  version "1.0.0"\n  dependencies:\n    "@s/f" "^1"\n\n"@s/f@^1":\n  version "1.0.0"\n'
                ),
            },
        ),
        Pair(
            {"package.json": '{"dependencies": {"a": "^1"}}\n', "pnpm-lock.yaml": _PNPM.format("")},
            {
                "package.json": '{"dependencies": {"a": "^1"}}\n',
                "pnpm-lock.yaml": _PNPM.format(
                    "\n  '@s/c@1.0.0':\n    resolution: {integrity: sha512-c}\n\nsnapshots:\n\n  a@1.0.0(b@2.0.0):\n"
                    "    dependencies:\n      b: 2.0.0\n      x: '@s/c@1.0.0'\n"
                ),
            },
        ),
        Pair(
            {"package.json": '{"dependencies": {"a": "^1"}}\n', "bun.lock": _BUN.format("")},
            {
                "package.json": '{"dependencies": {"a": "^1"}}\n',
                "bun.lock": _BUN.format('"b/c": ["c@1.0.0", "", {}, "sha512-c"],\n').replace(
                    '"", {}', '"", {"dependencies": {"c": "1"}}', 1
                ),
            },
        ),
        Pair(
            {"Pipfile": '[packages]\nflask = "*"\n', "Pipfile.lock": _PIPENV.format("")},
            {
                "Pipfile": '[packages]\nflask = "*"\n',
                "Pipfile.lock": _PIPENV.format(', "blinker": {"version": "==1.0"}').replace("3.0.0", "3.0.1"),
            },
        ),
        Pair(
            {"pyproject.toml": _PROJECT.format(""), "uv.lock": _UV.format("")},
            {
                "pyproject.toml": _PROJECT.format('  "click>=8",\n') + '[build-system]\nrequires = ["hatchling"]\n',
                "uv.lock": _UV.format("").replace('"8.1.7"', '"8.1.8"'),
            },
        ),
        Pair(
            {},
            {"pyproject.toml": _PROJECT.format(""), "requirements.txt": "flask==3.0.3\n", "uv.lock": "[[package\n"},
        ),
        Pair(
            {"package.json": '{"dependencies": {"a": "1"}}\n', "package-lock.json": _NPM.format("")},
            {
                "package.json": '{"dependencies": {"a": "1", "b": "workspace:*"}, "peerDependencies": {"react": "*"}}\n',
                "package-lock.json": _NPM.format(', "node_modules/a/node_modules/c": {"version": "2.0.0"}').replace(
                    '{"version": "1.0.0"}', '{"version": "1.0.0", "dependencies": {"c": "2"}}'
                ),
            },
        ),
    ],
    misses=[
        "Packages put into a `Pipfile.lock`, which does not say what needs what, beside another that moves as well.",
        "A lock that has the package in a version the manifest does not allow; the tools refuse it themselves.",
    ],
)


@rule.compare
def tells_of_others(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    for edit in edits:
        if edit.after is None or is_installed(edit.after.path):
            continue
        if edit.after.path.rpartition("/")[2] in _LOCKS:
            yield from _missing(edit.before, edit.after, head)
        elif tells_needs(edit.after.path):
            yield from _slipped_in(edit.before, edit.after, head)
        elif edit.before and edit.after.path.endswith("Pipfile.lock"):
            yield from _put_in(edit.before, edit.after, base, head)


def _missing(before: Source | None, after: Source, head: Repo) -> Iterator[Hit]:
    """What a manifest has come to ask for and its lock, the nearest one above, does not have."""
    lock = _lock(after.path, head)
    held = {one.name for one in head.of(Dependency, lock)} if lock else set()
    new = locked_for(after) - (locked_for(before) if before else set())
    found = [one for one in head.of(Dependency, after.path) if one.name in new - held and not one.origin]
    if held and found:
        names = ", ".join(f"`{name[:80]}`" for name in list(dict.fromkeys(one.name for one in found))[:_NAMED])
        said = f"{names} {'are' if found[1:] else 'is'} asked for here, and `{lock}` does not have {'them' if found[1:] else 'it'}. Commit the lock as well."
        yield Hit(found[0].place, said, severity=Severity.MEDIUM)


def _lock(path: str, repo: Repo) -> str:
    folder, names = dirname(path), _LOCKS[path.rpartition("/")[2]]
    while True:
        found = next((at for name in names if (at := join(folder, name)) in repo), "")
        if found or not folder:
            return found
        folder = dirname(folder)


def _slipped_in(before: Source | None, after: Source, head: Repo) -> Iterator[Hit]:
    """What a lock has come to have and no manifest leads to."""
    new, old = needs(after), needs(before) if before else None
    if new is None or old is None:
        return
    ecosystem = "PyPI" if after.path.endswith(_PYTHON) else "npm"
    asked = (one for path in _manifests(after.path, head) for one in head.of(Dependency, path))
    wanted = {one.name for one in asked if one.ecosystem == ecosystem}
    slipped = new.unreached(wanted) - old.unreached(wanted) - old.of.keys()
    if not wanted or len(slipped) > len(new.of) / 2:
        return
    for one in head.of(Dependency, after.path):
        if one.name in slipped:
            said = f"`{one.name[:80]}` is locked here, and no manifest leads to it: nobody asked for it. Let the tool write the lock anew."
            yield Hit(one.place, said, detail=one.name)


def _put_in(before: Source, after: Source, base: Repo, head: Repo) -> Iterator[Hit]:
    """What comes into a lock of Pipenv while its manifest and all its other packages stay as they are."""
    manifest = after.path.removesuffix(".lock")
    held, had, asked = head.source(manifest), base.source(manifest), head.of(Dependency, manifest)
    olds, news = base.of(Dependency, before.path), head.of(Dependency, after.path)
    stays = {(one.name, one.version) for one in olds} <= {(one.name, one.version) for one in news}
    known = {one.name for one in (*olds, *asked)}
    if held and had and held.text == had.text and olds and stays:
        for one in {one.name: one for one in news if one.name not in known}.values():
            said = f"`{one.name[:80]}` has come into this lock, and neither the Pipfile nor another package of it has moved: nobody asked for it."
            yield Hit(one.place, said, detail=one.name, severity=Severity.MEDIUM)


def _manifests(lock: str, repo: Repo) -> Iterable[str]:
    """The manifests in the folder of a lock and below it."""
    folder = f"{dirname(lock)}/" if dirname(lock) else ""
    return [path for path in repo.paths if path.startswith(folder) and is_named(path) and not is_lock(path)]
