"""`pyproject.toml` in all its dialects, and Pipenv's files, which share Poetry's tables."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from gate.facts.dependency import Dependency, Lines, Manifest
from gate.facts.npm import strict_json
from gate.facts.requirement import Wish, package_name, pinned, wish
from gate.facts.tomltext import toml
from gate.source import Source

_ELSEWHERE = ("git", "url", "path", "file", "hg", "svn")
_NO_PACKAGES = frozenset({"source", "requires", "scripts", "pipenv"})
"""The tables of a Pipfile that are no list of packages; any other name is a category of them."""


def pyproject(source: Source) -> Manifest:
    """Its lists (PEP 621, 735 and 518; uv, PDM, Hatch, Flit) and its tables (Poetry, PDM, pixi)."""
    data, lines = toml(source.text), Lines(source)
    tool = data.get("tool", {})
    elsewhere = uv_sources(tool)
    asked = list(_written(data, tool))
    read = [(text, wish(text)) for text in asked]
    found = [Dependency.of(lines.of(text), placed(one, elsewhere)) for text, one in read if one]
    for table in _named_tables(tool):
        found += _tables(lines, table)
    unread = tuple(f"`{text[:60]}`" for text, one in read if not one)
    return Manifest(tuple(found), tuple(_files(data, lines)), unread)


def uv_toml(source: Source) -> Manifest:
    """What `[tool.uv]` holds, in a file of its own."""
    return _within(source, "uv")


def hatch_toml(source: Source) -> Manifest:
    """What `[tool.hatch]` holds, in a file of its own."""
    return _within(source, "hatch")


def _within(source: Source, tool: str) -> Manifest:
    data, lines = toml(source.text), Lines(source)
    read = [(text, wish(text)) for text in _written({}, {tool: data})]
    found = [Dependency.of(lines.of(text), placed(one, uv_sources({tool: data}))) for text, one in read if one]
    return Manifest(tuple(found), (), tuple(f"`{text[:60]}`" for text, one in read if not one))


def placed(asked: Wish, elsewhere: Mapping[str, str]) -> Wish:
    """With the place uv takes it from, whatever version is written: `tool.uv.sources`."""
    origin = elsewhere.get(asked.name, "")
    return replace(asked, origin=origin, version="") if origin else asked


def uv_sources(tool: Mapping[str, Any]) -> Mapping[str, str]:
    """Where uv takes packages from, by their names."""
    return dict(_sources(tool.get("uv", {}).get("sources", {})))


def _sources(listed: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """By name: the repository, address or path; a member of the workspace and another index are none."""
    for name, given in listed.items():
        for one in given if isinstance(given, list) else [given]:
            if origin := next((str(one[key]) for key in _ELSEWHERE if key in one), ""):
                fixed = f"@{one['rev']}" if "git" in one and "rev" in one else ""
                yield package_name(name), f"{'git+' if 'git' in one else ''}{origin}{fixed}"


def _files(data: Mapping[str, Any], lines: Lines) -> Iterator[tuple[int, str]]:
    """The requirements files that setuptools reads the dependencies from, and where they are named."""
    dynamic = data.get("tool", {}).get("setuptools", {}).get("dynamic", {})
    for table in (dynamic.get("dependencies", {}), *dynamic.get("optional-dependencies", {}).values()):
        named = table.get("file", [])
        for file in [named] if isinstance(named, str) else named:
            yield lines.of(file).line, file


def _written(data: Mapping[str, Any], tool: Mapping[str, Any]) -> Iterator[str]:
    """The requirement strings of the standards, and of the tables that tools have of their own."""
    project, uv, flit = data.get("project", {}), tool.get("uv", {}), tool.get("flit", {}).get("metadata", {})
    lists = [
        data.get("build-system", {}).get("requires", []),
        project.get("dependencies", []),
        *project.get("optional-dependencies", {}).values(),
        *data.get("dependency-groups", {}).values(),
        *(uv.get(f"{kind}-dependencies", []) for kind in ("dev", "constraint", "override", "build-constraint")),
        *uv.get("extra-build-dependencies", {}).values(),
        *(one.get("requires-dist", []) for one in uv.get("dependency-metadata", ())),
        tool.get("rye", {}).get("dev-dependencies", []),
        *tool.get("pdm", {}).get("dev-dependencies", {}).values(),
        *_hatch(tool.get("hatch", {})),
        flit.get("requires", []),
        *flit.get("requires-extra", {}).values(),
    ]
    for wishes in lists:
        listed = wishes if isinstance(wishes, list) else [wishes]
        yield from (text for one in listed if (text := _text(one)))


def _text(one: Any) -> str:
    """A requirement, which uv and Hatch have in a table as well; "" for a group that is included."""
    if isinstance(one, dict):
        one = "" if "include-group" in one else one.get("requirement", one.get("value", one))
    return one if isinstance(one, str) else f"({one!r:.60})"


def _hatch(hatch: Mapping[str, Any]) -> Iterator[Iterable[Any]]:
    for environment in hatch.get("envs", {}).values():
        yield from (environment.get(f"{kind}dependencies", []) for kind in ("", "extra-"))
        yield from _nested(environment.get("overrides", {}))
    build = hatch.get("build", {})
    for part in (build, *build.get("hooks", {}).values(), *build.get("targets", {}).values()):
        yield part.get("dependencies", [])


def _nested(overrides: Mapping[str, Any]) -> Iterator[Iterable[Any]]:
    """The lists that an environment has for a platform, a variable or a row of its matrix."""
    for key, value in overrides.items():
        if key.endswith("dependencies"):
            yield value if isinstance(value, list) else [value]
        elif isinstance(value, dict):
            yield from _nested(value)


def _named_tables(tool: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    poetry, pixi = tool.get("poetry", {}), tool.get("pixi", {})
    for group in (poetry, *poetry.get("group", {}).values()):
        yield from (group.get(key, {}) for key in ("dependencies", "dev-dependencies"))
    yield poetry.get("requires-plugins", {})
    yield tool.get("pdm", {}).get("resolution", {}).get("overrides", {})
    for part in (pixi, *pixi.get("feature", {}).values()):
        yield part.get("pypi-dependencies", {})


def _tables(lines: Lines, table: Mapping[str, Any]) -> Iterator[Dependency]:
    """Poetry's and Pipenv's way: `name = "^1.2"`, or a table, or a list of tables."""
    for name, given in table.items():
        for one in given if isinstance(given, list) else [given]:
            row = one if isinstance(one, dict) else {"version": str(one)}
            if name != "python":
                yield Dependency.of(lines.of_key(name), _row(name, row))


def _row(name: str, row: Mapping[str, Any]) -> Wish:
    wanted = str(row.get("version", "")).strip()
    origin = next((str(row[key]) for key in _ELSEWHERE if key in row), "")
    exact = wanted if wanted.startswith("==") else f"=={wanted}"
    hashes = " ".join(map(str, row.get("hashes", ())))
    return Wish(package_name(name), wanted, "" if origin else pinned(exact), origin, integrity=hashes)


def pipfile(source: Source) -> Manifest:
    data, lines = toml(source.text), Lines(source)
    groups = [group for name, group in data.items() if name not in _NO_PACKAGES]
    return Manifest(tuple(one for group in groups for one in _tables(lines, group)))


def pipfile_lock(source: Source) -> Manifest:
    read, lines = strict_json(source.text), Lines(source)
    groups = [group for name, group in read.value.items() if name != "_meta"]
    unread = tuple(f"the key `{name[:60]}`, which is there twice" for name in read.twice)
    return Manifest(tuple(one for group in groups for one in _tables(lines, group)), (), unread)
