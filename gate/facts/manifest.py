"""Reading what a file says about dependencies; nothing in it is run, resolved or fetched."""

from collections.abc import Callable, Mapping
from configparser import Error as ConfigError
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from pathlib import PurePosixPath

from gate import lazy
from gate.facts import lockfile
from gate.facts.dependency import Dependency, Manifest
from gate.facts.requirement import included, is_editable, logical, wish
from gate.facts.setupfile import setup_cfg, setup_py
from gate.source import Place, Source

_REQUIREMENTS = lazy.regex(
    r"(?i)(^|/)(?:[\w.-]*[_.-])?(?:requirements|constraints)(?:[_.-][\w.-]*)?\.(?:txt|in|lock|pip)$"
)
_FOLDER = lazy.regex(r"(?i)(^|/)(?:requirements|constraints)/[^/]+\.(?:txt|in)$")
_ENVIRONMENT = lazy.regex(r"(?i)(^|/)(?:[\w.-]*[_.-])?(?:environment|conda)(?:[_.-][\w.-]*)?\.ya?ml$")
_DOCKERFILE = lazy.regex(r"(?i)(^|/)(?:[\w.-]*\.)?(?:Dockerfile|Containerfile)(?:[._-][\w.-]*)?$")
_WORKFLOW = lazy.regex(r"(^|/)(?:\.github/workflows/[^/]+\.ya?ml|action\.ya?ml)$")
_COMMANDS = lazy.regex(
    r"\b(?:pip[\d.]*|uv|pipx|poetry|pdm|pipenv|npm|pnpm|yarn|bun|npx|pnpx|bunx|uvx|easy_install)\b[^\n]*?[\s,]\S|\buses\s*:"
)
_PNPM_BRANCH = lazy.regex(r"(^|/)pnpm-lock\.[^/]+\.yaml$")
"""One lock for each branch, says `git-branch-lockfile` of pnpm."""
_LOOSE = frozenset({
    "pyproject.toml", "uv.toml", "hatch.toml", "setup.cfg", "Pipfile", "package.json", "pnpm-workspace.yaml", ".yarnrc.yml", "deno.json", "deno.jsonc",
    "import_map.json",
})  # fmt: skip
"""Files in which people ask for ranges, since a lock lies beside them."""
_SCRIPT = "# /// script"
_LISTS = frozenset({"", ".txt", ".in", ".pip", ".lock", ".lst", ".list", ".req", ".reqs", ".requirements"})
"""Of files that may be a list of requirements, by what they say."""
_HASH = lazy.regex(r"--hash[= ](\w+:[0-9A-Fa-f]+)")
_LISTED = lazy.regex(r"[A-Za-z0-9][\w.-]*(?:\[[\w, .-]*\])?\s*==\s*\w")


def is_manifest(source: Source) -> bool:
    """Whether a file is one by its name, or a text of requirements only, some of them pinned."""
    return _reader_of(source) is not None


def is_named(path: str) -> bool:
    """Whether a file is one by its name alone, so that it need not be read to know."""
    return _reader_by_name(path) is not None or runs_commands(path)


def read_alike(one: str, other: str) -> bool:
    """Whether two files, by their names, are read in the same way; a list of requirements may be any text."""
    first, second = _reader_by_name(one), _reader_by_name(other)
    return first is second or (first is requirements and bool(_FOLDER.search(other)))


def pins_by_custom(path: str) -> bool:
    """Whether people expect exact versions in such a file; in a library's project file ranges are right."""
    name = PurePosixPath(path).name
    loose = name in _LOOSE or name.endswith((".py", ".in"))
    return not (loose or runs_commands(path))


def runs_commands(path: str) -> bool:
    """Whether a file holds commands that install packages, rather than a list of them."""
    return bool(_DOCKERFILE.search(path) or _WORKFLOW.search(path))


@lru_cache(maxsize=64)
def manifest(source: Source) -> Manifest:
    """Read a manifest; nothing in it is run, resolved or fetched."""
    reader = _reader_of(source)
    if reader is None:
        return Manifest()
    try:
        return _inside(reader(source), len(source.lines))
    except (ValueError, ConfigError, LookupError, TypeError, AttributeError, ArithmeticError) as error:
        return Manifest(problem=f"does not parse: {_first_line(error)}")
    except RecursionError:
        return Manifest(problem="is nested too deeply")


def _inside(said: Manifest, last: int) -> Manifest:
    """With no place beyond the last line: YAML ends lines at characters that end none in a file."""
    if all(one.place.end_line <= last for one in said.dependencies):
        return said
    lines = [(min(one.place.line, last), min(one.place.end_line, last)) for one in said.dependencies]
    moved = [
        replace(one, place=Place.at(one.place.path, *line)) for one, line in zip(said.dependencies, lines, strict=True)
    ]
    return replace(said, dependencies=tuple(moved))


def _reader_of(source: Source) -> Callable[[Source], Manifest] | None:
    """Who reads such a file: by its name, else by what it says."""
    return _reader_by_name(source.path) or _reader_by_text(source)


@lru_cache(maxsize=4096)
def _reader_by_name(path: str) -> Callable[[Source], Manifest] | None:
    if named := _READERS.get(PurePosixPath(path).name):
        return named
    if _REQUIREMENTS.search(path):
        return requirements
    if lockfile.NAMES.search(path):
        return lockfile.lock
    if _PNPM_BRANCH.search(path):
        return _READERS["pnpm-lock.yaml"]
    return _READERS["environment.yml"] if _ENVIRONMENT.search(path) else None


def _reader(module: str, name: str) -> Callable[[Source], Manifest]:
    """A reader that is loaded when a file asks for it: most changes touch no manifest."""

    def read(source: Source) -> Manifest:
        found: Manifest = getattr(import_module(f"gate.facts.{module}"), name)(source)
        return found

    return read


def _reader_by_text(source: Source) -> Callable[[Source], Manifest] | None:
    if source.path.endswith((".py", ".pyw")) or source.text.startswith("#!"):
        return _reader("environment", "script") if _SCRIPT in source.text else None
    if runs_commands(source.path) and _COMMANDS.search(source.text):
        return _reader("installs", "dockerfile" if _DOCKERFILE.search(source.path) else "workflow")
    return requirements if _is_list(source) else None


def _is_list(source: Source) -> bool:
    if PurePosixPath(source.path).suffix.lower() not in _LISTS or len(source.text) > 200_000:
        return False
    lines = [line.text for line in logical(source.text)]
    likely = bool(_FOLDER.search(source.path)) or any(_LISTED.match(line) for line in lines)
    return likely and all(line.startswith("-") or wish(line) for line in lines)


def requirements(source: Source) -> Manifest:
    """A list for pip, whatever the file is called: that of one which another includes says nothing."""
    found: list[Dependency] = []
    includes: list[tuple[int, str]] = []
    unread: list[str] = []
    for line in logical(source.text):
        if others := included(line.text):
            includes += [(line.first, other) for other in others]
        elif line.text.startswith("-") and not is_editable(line.text):
            continue  # an option: of where and how to install, which gate does not
        elif asked := wish(line.text):
            place = Place.at(source.path, line.first, line.last)
            hashes = " ".join(_HASH.findall(source.snippet(place)))
            found.append(Dependency.of(place, replace(asked, integrity=hashes)))
        else:
            unread.append(f"line {line.first}, which is no requirement")
    return Manifest(tuple(found), tuple(includes), tuple(unread))


def _unread_lock(source: Source) -> Manifest:
    return Manifest(problem=f"is a lock of {PurePosixPath(source.path).stem}, which gate does not read")


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:120]


_READERS: Mapping[str, Callable[[Source], Manifest]] = {
    "pyproject.toml": _reader("pyproject", "pyproject"),
    "uv.toml": _reader("pyproject", "uv_toml"),
    "hatch.toml": _reader("pyproject", "hatch_toml"),
    "setup.cfg": setup_cfg,
    "setup.py": setup_py,
    "Pipfile": _reader("pyproject", "pipfile"),
    "Pipfile.lock": _reader("pyproject", "pipfile_lock"),
    "pnpm-workspace.yaml": _reader("catalog", "workspace"),
    ".yarnrc.yml": _reader("catalog", "workspace"),
    "bun.lock": _reader("bunlock", "bun_lock"),
    "deno.json": _reader("deno", "deno_json"),
    "deno.jsonc": _reader("deno", "deno_json"),
    "import_map.json": _reader("deno", "deno_json"),
    "deno.lock": _reader("deno", "deno_lock"),
    "pixi.lock": _unread_lock,
    "conda-lock.yml": _unread_lock,
    "environment.yml": _reader("environment", "environment"),
    "package.json": _reader("npm", "package_json"),
    "package-lock.json": _reader("npmlock", "package_lock"),
    "npm-shrinkwrap.json": _reader("npmlock", "package_lock"),
    "pnpm-lock.yaml": _reader("pnpmlock", "pnpm_lock"),
    "yarn.lock": _reader("yarnlock", "yarn_lock"),
}
