"""The names of the packages that a tool locks for a manifest: `package.json`, `pyproject.toml`, `Pipfile`, `*.in`."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gate.facts.requirement import logical, wish
from gate.facts.tomltext import toml
from gate.source import Source

_UNCOMPILED = frozenset({"", "pip", "setuptools", "wheel", "distribute"})
"""What pip-compile leaves out unless it is told otherwise."""


def locked_for(source: Source, lock: str) -> set[str]:
    """The names that a tool locks for a manifest: none of what only builds it, or is brought by whoever uses it."""
    try:
        if source.path.endswith(".in"):
            return {name for line in logical(source.text) if (name := _named(line.text)) not in _UNCOMPILED}
        if source.path.endswith(".json"):
            data = json.loads(source.text)
            return {
                str(name)
                for group in ("dependencies", "devDependencies", "optionalDependencies")
                for name in data.get(group, ())
            }
        data = toml(source.text)
        if lock.endswith("pylock.toml"):  # which may be made without extras and groups
            return {_named(text) for text in data.get("project", {}).get("dependencies", ())} - {""}
        return set(_of_toml(data))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return set()


def _named(text: str) -> str:
    """The name in a requirement; "" for one that holds for some machines only, which a lock made for one leaves out."""
    read = wish(text) if ";" not in text and not text.startswith("-") else None
    return read.name if read else ""


def _of_toml(data: Mapping[str, Any]) -> Iterator[str]:
    project, tool = data.get("project", {}), data.get("tool", {})
    listed = [
        project.get("dependencies", ()), *project.get("optional-dependencies", {}).values(),
        *data.get("dependency-groups", {}).values(), tool.get("uv", {}).get("dev-dependencies", ()),
    ]  # fmt: skip
    poetry = tool.get("poetry", {})
    tables = [poetry, *poetry.get("group", {}).values()]
    names = [name for table in tables for key in ("dependencies", "dev-dependencies") for name in table.get(key, ())]
    names += [name for key in ("packages", "dev-packages") for name in data.get(key, ())]  # of a Pipfile
    for text in (
        *(one for group in listed for one in group if isinstance(one, str)),
        *(n for n in names if n != "python"),
    ):
        if read := wish(text):
            yield read.name
