"""Names of packages that a repository keeps for a place of its own: an index it has chosen, a folder, itself.

uv: https://docs.astral.sh/uv/concepts/indexes/; Poetry: https://python-poetry.org/docs/repositories/; PDM:
https://pdm-project.org/latest/usage/config/; npm: https://docs.npmjs.com/cli/using-npm/scope; Bun:
https://bun.com/docs/runtime/bunfig; pnpm: https://pnpm.io/settings; Yarn (configuration, npmScopes).
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, ClassVar
from urllib.parse import urlsplit

from gate import lazy
from gate.facts.config import read
from gate.facts.environment import SCRIPT, heads
from gate.facts.requirement import package_name
from gate.facts.tomltext import toml
from gate.source import Place, Source

OWN, FOLDER, INDEX = "own", "folder", "index"
_NEVER = "Private ::"
"""Classifiers with which an index takes no upload
(https://packaging.python.org/en/latest/guides/writing-pyproject-toml/#classifiers)."""
_HERE = lazy.regex(r"(?:workspace|file|link|portal):(?!.*\.(?:tgz|tar\.gz)$)")
_SETTING = lazy.regex(r"""(?m)^[ \t]*["']?(?:(@[\w.-]+):)?registry["']?[ \t]*[= ][ \t]*["']?([^\s"']+)""")
_GROUPS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_FIRST = frozenset({"default", "primary"})
"""Priorities of Poetry's with which its own index is not asked; without a word it is the second."""

Found = tuple[str, str, str, bool]
"""A pattern, its kind, a host, and whether it is said to be never published."""


@dataclass(frozen=True)
class Reserved:
    """A name, or a pattern of names, that a file takes from a place of its own."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[re.Pattern[str]] = lazy.regex(r"\S")
    any_size: ClassVar[bool] = True

    place: Place
    ecosystem: str
    pattern: str
    """A name, `@scope/*`, or `*` for all that the file and those below its folder ask for."""
    kind: str
    """"own" for the package that the file makes, "folder" for one of a folder, "index" for those of an index."""
    host: str = ""
    """Of the index; what is written in its place where that is a variable."""
    unpublished: bool = False
    """Whether the file says of its own package that no index shall have it."""

    @classmethod
    def find(cls, source: Source) -> Iterator["Reserved"]:
        reader = _READERS.get(PurePosixPath(source.path).name) or (_SCRIPT if SCRIPT in source.text else None)
        if reader is None:
            return
        ecosystem, found = reader
        try:
            for pattern, kind, host, unpublished in dict.fromkeys(found(source)):
                yield cls(Place.at(source.path, 1), ecosystem, pattern, kind, host, unpublished)
        except (ValueError, LookupError, TypeError, AttributeError):  # whoever reads its dependencies tells of it
            return


def reserves(path: str) -> bool:
    """Whether a file may say where packages come from, by its name."""
    return PurePosixPath(path).name in _READERS


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower() or url.rpartition("@")[2][:40]
    except ValueError:
        return url.rpartition("@")[2][:40]


def _pyproject(source: Source) -> Iterator[Found]:
    data = toml(source.text)
    project, tool = data.get("project", {}), data.get("tool", {})
    poetry = tool.get("poetry", {})
    if name := project.get("name") or poetry.get("name"):
        marks = [*project.get("classifiers", ()), *poetry.get("classifiers", ())]
        yield package_name(name), OWN, "", any(str(mark).startswith(_NEVER) for mark in marks)
    yield from _uv(tool.get("uv", {}))
    yield from _poetry(poetry)
    yield from _pdm(tool.get("pdm", {}).get("source", ()))


def _uv(uv: Mapping[str, Any]) -> Iterator[Found]:
    """An index that is not `explicit` is asked before the common one, and the first that has a name is taken."""
    indexes = {str(one.get("name", "")): _host(str(one.get("url", ""))) for one in uv.get("index", ())}
    yield from (("*", INDEX, _host(str(one["url"])), False) for one in uv.get("index", ()) if not one.get("explicit"))
    if "index-url" in uv:
        yield "*", INDEX, _host(str(uv["index-url"])), False
    for name, given in uv.get("sources", {}).items():
        for one in given if isinstance(given, list) else [given]:
            if "index" in one:
                yield package_name(name), INDEX, indexes.get(one["index"], str(one["index"])), False
            elif "path" in one or one.get("workspace"):
                yield package_name(name), FOLDER, "", False


def _poetry(poetry: Mapping[str, Any]) -> Iterator[Found]:
    sources = {str(one.get("name", "")).lower(): one for one in poetry.get("source", ()) if "url" in one}
    for one in sources.values():
        first = one.get("default") or (one.get("priority", "primary") in _FIRST and not one.get("secondary"))
        if first:
            yield "*", INDEX, _host(str(one["url"])), False
    for group in (poetry, *poetry.get("group", {}).values()):
        for key in ("dependencies", "dev-dependencies"):
            yield from _rows(group.get(key, {}), "source", {name: str(one["url"]) for name, one in sources.items()})


def _rows(table: Mapping[str, Any], key: str, urls: Mapping[str, str]) -> Iterator[Found]:
    """The rows of a table that name an index or a folder."""
    for name, given in table.items():
        for one in given if isinstance(given, list) else [given]:
            if not isinstance(one, dict):
                continue
            if key in one and str(one[key]).lower() in urls:
                yield package_name(name), INDEX, _host(urls[str(one[key]).lower()]), False
            elif "path" in one:
                yield package_name(name), FOLDER, "", False


def _pdm(sources: Iterable[Mapping[str, Any]]) -> Iterator[Found]:
    """What an index is asked for alone; one that is called `pypi` stands in the place of the common one."""
    for one in sources:
        host = _host(str(one.get("url", "")))
        patterns = one.get("include_packages", ["*"] if one.get("name") == "pypi" else [])
        yield from ((pattern if pattern == "*" else str(pattern).lower(), INDEX, host, False) for pattern in patterns)


def _pipfile(source: Source) -> Iterator[Found]:
    data = toml(source.text)
    urls = {str(one.get("name", "")).lower(): str(one["url"]) for one in data.get("source", ())}
    yield from (("*", INDEX, _host(url), False) for url in list(urls.values())[:1])
    for name, table in data.items():
        if isinstance(table, dict) and name not in {"requires", "scripts", "pipenv"}:
            yield from _rows(table, "index", urls)


def _uv_toml(source: Source) -> Iterator[Found]:
    yield from _uv(toml(source.text))


def _package_json(source: Source) -> Iterator[Found]:
    data = json.loads(source.text)
    if name := data.get("name"):
        yield str(name), OWN, "", data.get("private") is True
        if url := data.get("publishConfig", {}).get("registry"):
            yield str(name), INDEX, _host(str(url)), False
    for group in _GROUPS:
        for name, wanted in data.get(group, {}).items():
            if _HERE.match(str(wanted)):
                yield name, FOLDER, "", False


def _npmrc(source: Source) -> Iterator[Found]:
    for found in _SETTING.finditer(source.text):
        yield f"{found[1]}/*" if found[1] else "*", INDEX, _host(found[2]), False


def _yarnrc(source: Source) -> Iterator[Found]:
    if root := read(source):
        if root["npmRegistryServer"].text:
            yield "*", INDEX, _host(root["npmRegistryServer"].text), False
        for scope, node in root["npmScopes"].pairs:
            if url := node["npmRegistryServer"].text:
                yield f"@{scope.removeprefix('@')}/*", INDEX, _host(url), False


def _pnpm(source: Source) -> Iterator[Found]:
    if root := read(source):
        for scope, node in root["registries"].pairs:
            yield "*" if scope == "default" else f"@{scope.removeprefix('@')}/*", INDEX, _host(node.text), False


def _bunfig(source: Source) -> Iterator[Found]:
    install = toml(source.text).get("install", {})
    if said := install.get("registry"):
        yield "*", INDEX, _host(_url(said)), False
    for scope, said in install.get("scopes", {}).items():
        yield f"@{scope.removeprefix('@')}/*", INDEX, _host(_url(said)), False


def _url(said: Any) -> str:
    return str(said.get("url", "")) if isinstance(said, dict) else str(said)


def _script(source: Source) -> Iterator[Found]:
    for text in heads(source):
        yield from _uv(toml(text).get("tool", {}).get("uv", {}))


_SCRIPT = ("PyPI", _script)
_READERS = {
    "pyproject.toml": ("PyPI", _pyproject),
    "Pipfile": ("PyPI", _pipfile),
    "uv.toml": ("PyPI", _uv_toml),
    "package.json": ("npm", _package_json),
    ".npmrc": ("npm", _npmrc),
    ".yarnrc": ("npm", _npmrc),
    ".yarnrc.yml": ("npm", _yarnrc),
    "pnpm-workspace.yaml": ("npm", _pnpm),
    "bunfig.toml": ("npm", _bunfig),
}
