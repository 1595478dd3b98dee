"""Reading what a file says about dependencies; nothing in it is run, resolved or fetched."""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from configparser import Error as ConfigError
from pathlib import PurePosixPath
from typing import Any

from gate.facts import lockfile
from gate.facts.dependency import Dependency, Lines, Manifest
from gate.facts.requirement import Wish, included, logical, package_name, pinned, wish
from gate.facts.setupfile import setup_cfg, setup_py
from gate.source import Place, Source

_REQUIREMENTS = re.compile(r"(?i)(^|/)(?:[\w.-]*[_.-])?(?:requirements|constraints)(?:[_.-][\w.-]*)?\.(?:txt|in)$")
_FOLDER = re.compile(r"(?i)(^|/)(?:requirements|constraints)/[^/]+\.(?:txt|in)$")
_LISTED = re.compile(r"[A-Za-z0-9][\w.-]*(?:\[[\w, .-]*\])?\s*==\s*\w")


def is_manifest(source: Source) -> bool:
    """Whether a file is one by its name, or a text of requirements only, some of them pinned."""
    return _reader(source.path) is not None or _is_list(source)


def pins_by_custom(path: str) -> bool:
    """Whether people expect exact versions in such a file; in a library's project file ranges are right."""
    name = PurePosixPath(path).name
    return name not in {"pyproject.toml", "setup.cfg", "setup.py", "Pipfile"} and not path.endswith(".in")


def manifest(source: Source) -> Manifest:
    """Read a manifest; nothing in it is run, resolved or fetched."""
    reader = _reader(source.path) or (_requirements if _is_list(source) else None)
    if reader is None:
        return Manifest()
    try:
        return reader(source)
    except (ValueError, ConfigError, KeyError, TypeError, AttributeError) as error:
        return Manifest(problem=f"does not parse: {_first_line(error)}")
    except RecursionError:
        return Manifest(problem="is nested too deeply")


def _reader(path: str) -> Callable[[Source], Manifest] | None:
    name = PurePosixPath(path).name
    if _REQUIREMENTS.search(path):
        return _requirements
    return lockfile.lock if lockfile.NAMES.search(path) else _READERS.get(name)


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
            found.append(Dependency.of(Place.at(source.path, line.first, line.last), asked))
        else:
            unread.append(f"line {line.first}, which is no requirement")
    return Manifest(tuple(found), tuple(includes), tuple(unread))


def _pyproject(source: Source) -> Manifest:
    data = tomllib.loads(source.text)
    lines = Lines(source)
    asked = list(_written(data))
    found = [Dependency.of(lines.of(text), read) for text in asked if (read := wish(text))]
    unread = [f"`{text[:60]}`" for text in asked if not wish(text)]
    poetry = data.get("tool", {}).get("poetry", {})
    groups = [poetry, *poetry.get("group", {}).values()]
    for group in groups:
        for key in ("dependencies", "dev-dependencies"):
            found += _tables(lines, group.get(key, {}))
    return Manifest(tuple(found), (), tuple(unread))


def _written(data: Mapping[str, Any]) -> Iterator[str]:
    """The requirement strings of PEP 621, 735 and 518, and of uv's and hatch's own tables."""
    project, tool = data.get("project", {}), data.get("tool", {})
    lists = [
        data.get("build-system", {}).get("requires", []),
        project.get("dependencies", []),
        *project.get("optional-dependencies", {}).values(),
        *data.get("dependency-groups", {}).values(),
        tool.get("uv", {}).get("dev-dependencies", []),
        *tool.get("pdm", {}).get("dev-dependencies", {}).values(),
        *(env.get("dependencies", []) for env in tool.get("hatch", {}).get("envs", {}).values()),
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
    return Wish(package_name(name), wanted, "" if origin else pinned(exact), origin)


def _pipfile(source: Source) -> Manifest:
    data, lines = tomllib.loads(source.text), Lines(source)
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
}
