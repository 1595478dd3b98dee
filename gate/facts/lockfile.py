"""Lock files made of `[[package]]` tables: poetry, uv, pdm and PEP 751."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from gate import lazy
from gate.facts.dependency import Dependency, Manifest
from gate.facts.requirement import Wish, package_name, version
from gate.facts.tomltext import toml
from gate.source import Place, Source

NAMES = lazy.regex(r"(^|/)(?:poetry\.lock|uv\.lock|pdm(?:\.[\w-]+)*\.lock|pylock(?:\.[\w-]+)?\.toml|[^/]+\.py\.lock)$")
"""PDM may keep several, and uv keeps one beside a script."""
_PACKAGE = lazy.regex(r"^\[\[packages?\]\]")
_ELSEWHERE = frozenset({"git", "url", "directory", "file", "hg", "svn"})
"""What Poetry takes for no index, by the type of a source."""


def lock(source: Source) -> Manifest:
    """Locks made of `[[package]]` tables: poetry, uv, pdm and PEP 751."""
    data = toml(source.text)
    packages = data.get("packages" if "pylock" in PurePosixPath(source.path).name else "package", [])
    old = data.get("metadata", {}).get("files", {})  # where Poetry kept them before 1.3
    found = []
    for package, place in zip(packages, _version_lines(source, len(packages)), strict=False):
        asked = _locked(package, old.get(package["name"], ()))
        if asked.origin != "." or asked.integrity:
            found.append(Dependency.of(place, asked))
    return Manifest(tuple(found))


def _version_lines(source: Source, count: int) -> list[Place]:
    """Where the version of each of so many `[[package]]` tables stands."""
    starts = [number for number, line in enumerate(source.lines, 1) if _PACKAGE.match(line)]
    starts += [1] * (count - len(starts))
    ends = [*starts[1:], len(source.lines) + 1]
    return [_version_line(source, start, end) for start, end in zip(starts, ends, strict=False)]


def _locked(package: Mapping[str, Any], old_files: Sequence[Mapping[str, Any]]) -> Wish:
    origin = package.get("source", package)
    files = [*package.get("files", ()), *package.get("wheels", ()), *old_files]
    files += [package["sdist"]] if "sdist" in package else []
    places = ("git", "vcs", "url", "path", "directory", "editable", "virtual", "archive", "file")
    where = next((origin[key] for key in places if key in origin), "")
    index = origin.get("registry", package.get("index", ""))
    if origin.get("type", "git") not in _ELSEWHERE:
        where, index = "", where
    elif "registry" in origin:  # which uv looks for first
        where = ""
    if isinstance(where, dict):
        where = next((str(where[key]) for key in ("url", "path") if key in where), "elsewhere")
    exact = str(package.get("version", ""))
    return Wish(
        package_name(str(package["name"])), f"=={exact}", "" if where else version(exact), str(where), str(index),
        " ".join(f"{_file(one)}#{_digest(one)}" for one in files if _digest(one)),
    )  # fmt: skip


def _file(one: Mapping[str, Any]) -> str:
    return "".join(str(one.get("file") or one.get("name") or str(one.get("url", "")).rpartition("/")[2]).split())


def _digest(one: Mapping[str, Any]) -> str:
    """A hash as `algorithm:digits`: written so, or in the table of PEP 751."""
    hashes = one.get("hashes", {})
    return str(one.get("hash", "")) or next((f"{name}:{digits}" for name, digits in sorted(hashes.items())), "")


def _version_line(source: Source, start: int, end: int) -> Place:
    for number in range(start, min(end, start + 12)):
        if source.lines[number - 1].startswith("version"):
            return Place.at(source.path, number)
    return Place.at(source.path, start)
