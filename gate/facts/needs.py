"""Which packages of a lock file need which: how people's wishes lead to all that is locked."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from gate import lazy
from gate.facts import needs_js
from gate.facts.requirement import package_name
from gate.facts.tomltext import toml
from gate.source import Source

_TABLES = frozenset({"poetry.lock", "uv.lock", "pdm.lock"})
_JSON = frozenset({"package-lock.json", "npm-shrinkwrap.json"})
_LINES = {"yarn.lock": needs_js.of_yarn, "pnpm-lock.yaml": needs_js.of_pnpm, "bun.lock": needs_js.of_bun}
_NAME = lazy.regex(r"[A-Za-z0-9][\w.-]*")
_GROUPS = ("dependencies", "optionalDependencies", "peerDependencies", "devDependencies")
_FOLDER = "node_modules/"


@dataclass(frozen=True)
class Needs:
    """The packages of a lock file by name, and what each needs; `asked` is what the lock says that people ask for."""

    of: Mapping[str, frozenset[str]]
    asked: frozenset[str]

    def unreached(self, asked: Iterable[str]) -> frozenset[str]:
        """The packages that no wish leads to."""
        stack, seen = [*asked, *self.asked], set[str]()
        while stack:
            name = stack.pop()
            if name not in seen:
                seen.add(name)
                stack += self.of.get(name, ())
        return frozenset(self.of.keys() - seen)


def tells_needs(path: str) -> bool:
    """Whether such a lock file says what its packages need."""
    return PurePosixPath(path).name in _TABLES | _JSON | _LINES.keys()


@lru_cache(maxsize=8)
def needs(source: Source) -> Needs | None:
    """Those of a lock file; None where it cannot be read, which whoever reads its dependencies tells."""
    try:
        name = PurePosixPath(source.path).name
        if name in _LINES:
            return Needs(*_LINES[name](source.text))
        return _packages(json.loads(source.text)) if name in _JSON else _tables(toml(source.text))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


def _tables(data: Mapping[str, Any]) -> Needs:
    found: dict[str, frozenset[str]] = {}
    asked: set[str] = set()
    for package in data.get("package", ()):
        name, wanted = package_name(str(package["name"])), frozenset(_needed(package))
        found[name] = found.get(name, frozenset()) | wanted
        if {"editable", "virtual", "directory"} & dict(package.get("source", {})).keys():
            asked.add(name)
    return Needs(found, frozenset(asked))


def _needed(package: Mapping[str, Any]) -> Iterator[str]:
    """A table of Poetry's, a list of uv's or PDM's; of uv's extras and groups as well."""
    groups = [*package.get("optional-dependencies", {}).values(), *package.get("dev-dependencies", {}).values()]
    for one in (*package.get("dependencies", ()), *(one for group in groups for one in group)):
        if name := _NAME.match(str(one["name"] if isinstance(one, dict) else one)):
            yield package_name(name[0].rstrip("._-"))


def _packages(data: Mapping[str, Any]) -> Needs | None:
    """Versions 2 and 3 of npm; version 1 does not say what the project itself asks for."""
    found: dict[str, frozenset[str]] = {}
    asked: set[str] = set()
    if "packages" not in data:
        return None
    for folder, row in data["packages"].items():
        wanted = frozenset(str(name) for group in _GROUPS for name in row.get(group) or ())
        if _FOLDER not in folder:  # the project and its own parts, whose dependencies it repeats
            asked |= {*wanted, str(row.get("name", ""))}
        else:
            name = folder.rpartition(_FOLDER)[2]
            other = {str(row["name"])} if "name" in row else set()  # which lies there under this name
            found[name] = found.get(name, frozenset()) | wanted | other
            found |= {one: found.get(one, frozenset()) | wanted for one in other}
    return Needs(found, frozenset(asked))
