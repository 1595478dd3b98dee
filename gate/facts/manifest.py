"""Reading what a file says about dependencies; nothing in it is run, resolved or fetched."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from configparser import Error as ConfigError
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from pathlib import PurePosixPath
from typing import Any

from gate.facts import lockfile
from gate.facts.dependency import Dependency, Lines, Manifest
from gate.facts.requirement import Wish, included, logical, package_name, pinned, wish
from gate.facts.setupfile import setup_cfg, setup_py
from gate.facts.tomltext import toml
from gate.source import Place, Source

_REQUIREMENTS = re.compile(r"(?i)(^|/)(?:[\w.-]*[_.-])?(?:requirements|constraints)(?:[_.-][\w.-]*)?\.(?:txt|in)$")
_FOLDER = re.compile(r"(?i)(^|/)(?:requirements|constraints)/[^/]+\.(?:txt|in)$")
_ENVIRONMENT = re.compile(r"(?i)(^|/)(?:[\w.-]*[_.-])?(?:environment|conda)(?:[_.-][\w.-]*)?\.ya?ml$")
_DOCKERFILE = re.compile(r"(?i)(^|/)(?:[\w.-]*\.)?(?:Dockerfile|Containerfile)(?:[._-][\w.-]*)?$")
_WORKFLOW = re.compile(r"(^|/)(?:\.github/workflows/[^/]+\.ya?ml|action\.ya?ml)$")
_COMMANDS = re.compile(r"\b(?:pip[\d.]*|uv|pipx|poetry|pdm|pipenv|npm|pnpm|yarn|bun)\b[^\n]*?\s\S|\buses\s*:")
_SCRIPT = "# /// script"
_HASH = re.compile(r"--hash[= ](\w+:[0-9A-Fa-f]+)")
_LISTED = re.compile(r"[A-Za-z0-9][\w.-]*(?:\[[\w, .-]*\])?\s*==\s*\w")


def is_manifest(source: Source) -> bool:
    """Whether a file is one by its name, or a text of requirements only, some of them pinned."""
    return _reader_of(source) is not None


def is_named(path: str) -> bool:
    """Whether a file is one by its name alone, so that it need not be read to know."""
    return _reader_by_name(path) is not None or runs_commands(path)


def pins_by_custom(path: str) -> bool:
    """Whether people expect exact versions in such a file; in a library's project file ranges are right."""
    name = PurePosixPath(path).name
    loose = name in {"pyproject.toml", "setup.cfg", "Pipfile", "package.json"} or name.endswith((".py", ".in"))
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


def _reader_by_name(path: str) -> Callable[[Source], Manifest] | None:
    if named := _READERS.get(PurePosixPath(path).name):
        return named
    if _REQUIREMENTS.search(path):
        return _requirements
    if lockfile.NAMES.search(path):
        return lockfile.lock
    return _reader("environment", "environment") if _ENVIRONMENT.search(path) else None


def _reader(module: str, name: str) -> Callable[[Source], Manifest]:
    """A reader that is loaded when a file asks for it: most changes touch no manifest."""

    def read(source: Source) -> Manifest:
        found: Manifest = getattr(import_module(f"gate.facts.{module}"), name)(source)
        return found

    return read


def _reader_by_text(source: Source) -> Callable[[Source], Manifest] | None:
    if source.path.endswith(".py"):
        return _reader("environment", "script") if _SCRIPT in source.text else None
    if runs_commands(source.path) and _COMMANDS.search(source.text):
        return _reader("installs", "dockerfile" if _DOCKERFILE.search(source.path) else "workflow")
    return _requirements if _is_list(source) else None


def _is_list(source: Source) -> bool:
    if PurePosixPath(source.path).suffix not in {".txt", ".in", ".pip"} or len(source.text) > 200_000:
        return False
    lines = [line.text for line in logical(source.text)]
    likely = bool(_FOLDER.search(source.path)) or any(_LISTED.match(line) for line in lines)
    return likely and all(line.startswith("-") or wish(line) for line in lines)


def _requirements(source: Source) -> Manifest:
    found: list[Dependency] = []
    includes: list[tuple[int, str]] = []
    unread: list[str] = []
    for line in logical(source.text):
        if other := included(line.text):
            includes.append((line.first, other))
        elif line.text.startswith("-") and not line.text.startswith(("-e", "--editable")):
            continue  # an option: of where and how to install, which gate does not
        elif asked := wish(line.text):
            place = Place.at(source.path, line.first, line.last)
            hashes = " ".join(_HASH.findall(source.snippet(place)))
            found.append(Dependency.of(place, replace(asked, integrity=hashes)))
        else:
            unread.append(f"line {line.first}, which is no requirement")
    return Manifest(tuple(found), tuple(includes), tuple(unread))


def _pyproject(source: Source) -> Manifest:
    data = toml(source.text)
    lines = Lines(source)
    asked = list(_written(data))
    found = [Dependency.of(lines.of(text), read) for text in asked if (read := wish(text))]
    unread = [f"`{text[:60]}`" for text in asked if not wish(text)]
    poetry = data.get("tool", {}).get("poetry", {})
    groups = [poetry, *poetry.get("group", {}).values()]
    for group in groups:
        for key in ("dependencies", "dev-dependencies"):
            found += _tables(lines, group.get(key, {}))
    return Manifest(tuple(found), tuple(_files(data, lines)), tuple(unread))


def _files(data: Mapping[str, Any], lines: Lines) -> Iterator[tuple[int, str]]:
    """The requirements files that setuptools reads the dependencies from, and where they are named."""
    dynamic = data.get("tool", {}).get("setuptools", {}).get("dynamic", {})
    for table in (dynamic.get("dependencies", {}), *dynamic.get("optional-dependencies", {}).values()):
        named = table.get("file", [])
        for file in [named] if isinstance(named, str) else named:
            yield lines.of(file).line, file


def _written(data: Mapping[str, Any]) -> Iterator[str]:
    """The requirement strings of PEP 621, 735 and 518, and of the tables that uv, PDM and Hatch have of their own."""
    project, tool = data.get("project", {}), data.get("tool", {})
    uv, hatch = tool.get("uv", {}), tool.get("hatch", {})
    built = [*hatch.get("build", {}).get("hooks", {}).values(), *hatch.get("build", {}).get("targets", {}).values()]
    lists = [
        data.get("build-system", {}).get("requires", []),
        project.get("dependencies", []),
        *project.get("optional-dependencies", {}).values(),
        *data.get("dependency-groups", {}).values(),
        *(uv.get(f"{kind}-dependencies", []) for kind in ("dev", "constraint", "override", "build-constraint")),
        *tool.get("pdm", {}).get("dev-dependencies", {}).values(),
        *(env.get(f"{kind}dependencies", []) for env in hatch.get("envs", {}).values() for kind in ("", "extra-")),
        *(part.get("dependencies", []) for part in built),
    ]
    for wishes in lists:
        yield from (one for one in wishes if isinstance(one, str))


def _tables(lines: Lines, table: Mapping[str, Any]) -> Iterator[Dependency]:
    """Poetry's and Pipenv's way: `name = "^1.2"`, or a table, or a list of tables."""
    for name, given in table.items():
        for one in given if isinstance(given, list) else [given]:
            row = one if isinstance(one, dict) else {"version": str(one)}
            if name != "python":
                yield Dependency.of(lines.of_key(name), _row(name, row))


def _row(name: str, row: Mapping[str, Any]) -> Wish:
    wanted = str(row.get("version", "")).strip()
    origin = next((str(row[key]) for key in ("git", "url", "path", "file", "hg", "svn") if key in row), "")
    exact = wanted if wanted.startswith("==") else f"=={wanted}"
    hashes = " ".join(map(str, row.get("hashes", ())))
    return Wish(package_name(name), wanted, "" if origin else pinned(exact), origin, integrity=hashes)


def _pipfile(source: Source) -> Manifest:
    data, lines = toml(source.text), Lines(source)
    found = [one for key in ("packages", "dev-packages") for one in _tables(lines, data.get(key, {}))]
    return Manifest(tuple(found))


def _pipfile_lock(source: Source) -> Manifest:
    data, lines = json.loads(source.text), Lines(source)
    groups = [group for name, group in data.items() if name != "_meta"]
    return Manifest(tuple(one for group in groups for one in _tables(lines, group)))


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:120]


_READERS: Mapping[str, Callable[[Source], Manifest]] = {
    "pyproject.toml": _pyproject,
    "setup.cfg": setup_cfg,
    "setup.py": setup_py,
    "Pipfile": _pipfile,
    "Pipfile.lock": _pipfile_lock,
    "package.json": _reader("npm", "package_json"),
    "package-lock.json": _reader("npmlock", "package_lock"),
    "npm-shrinkwrap.json": _reader("npmlock", "package_lock"),
    "pnpm-lock.yaml": _reader("pnpmlock", "pnpm_lock"),
    "yarn.lock": _reader("yarnlock", "yarn_lock"),
}
