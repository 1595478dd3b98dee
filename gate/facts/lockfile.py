"""Lock files made of `[[package]]` tables: poetry, uv, pdm and PEP 751."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from gate.facts.dependency import Dependency, Manifest
from gate.facts.requirement import Wish, package_name, version
from gate.source import Place, Source

NAMES = re.compile(r"(^|/)(?:poetry\.lock|uv\.lock|pdm\.lock|pylock(?:\.[\w-]+)?\.toml)$")
_PACKAGE = re.compile(r"^\[\[packages?\]\]")


def lock(source: Source) -> Manifest:
    """Locks made of `[[package]]` tables: poetry, uv, pdm and PEP 751."""
    data = tomllib.loads(source.text)
    packages = data.get("packages" if "pylock" in PurePosixPath(source.path).name else "package", [])
    starts = [number for number, line in enumerate(source.lines, 1) if _PACKAGE.match(line)]
    starts += [1] * (len(packages) - len(starts))
    ends = [*starts[1:], len(source.lines) + 1]
    found = []
    for package, start, end in zip(packages, starts, ends, strict=False):
        asked = _locked(package)
        if asked.origin != ".":
            found.append(Dependency.of(_version_line(source, start, end), asked))
    return Manifest(tuple(found))


def _locked(package: Mapping[str, Any]) -> Wish:
    origin = package.get("source", package)
    places = ("git", "vcs", "url", "path", "directory", "editable", "virtual", "archive", "file")
    where = next((origin[key] for key in places if key in origin), "")
    if origin.get("type") == "legacy":  # poetry's word for another index
        where = ""
    if isinstance(where, dict):
        where = next((str(where[key]) for key in ("url", "path") if key in where), "elsewhere")
    exact = str(package.get("version", ""))
    return Wish(package_name(str(package["name"])), f"=={exact}", "" if where else version(exact), str(where))


def _version_line(source: Source, start: int, end: int) -> Place:
    for number in range(start, min(end, start + 12)):
        if source.lines[number - 1].startswith("version"):
            return Place.at(source.path, number)
    return Place.at(source.path, start)
