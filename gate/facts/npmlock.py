"""`package-lock.json` and `npm-shrinkwrap.json`, versions 1 to 3.

The format is that of https://docs.npmjs.com/cli/configuring-npm/package-lock-json. Version 2 says everything twice, for
older readers: both are read, so that none can be told what the other is not.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gate import lazy
from gate.facts.dependency import Dependency, Manifest
from gate.facts.npm import Keys, locked, strict_json
from gate.source import Source

_VERSIONS = frozenset({1, 2, 3})
_FOLDER = "node_modules/"
_FOLDER_OF_ITS_OWN = lazy.regex(r"file:(?!.*\.(?:tgz|tar\.gz)$)")


def package_lock(source: Source) -> Manifest:
    """The packages a lock installs; what lies in the repository itself is left out."""
    read = strict_json(source.text)
    data = read.value
    if not isinstance(data, dict):
        raise TypeError("it is no object")
    if data.get("lockfileVersion", 1) not in _VERSIONS:
        raise ValueError(f"its lockfileVersion {str(data['lockfileVersion'])[:20]!r} is not known")
    unread = [f"the key `{name[:60]}`, which is there twice" for name in read.twice]
    found: dict[tuple[str, ...], Dependency] = {}
    for rows in (_packages(data.get("packages", {})), _nested(data.get("dependencies", {}))):
        keys = Keys(source)
        for key, name, row in rows:
            try:
                one = _locked(keys, key, name, row)
            except (TypeError, ValueError) as error:
                unread.append(str(error))
                continue
            found.setdefault((one.name, one.version, one.origin, one.resolved), one)
    return Manifest(tuple(found.values()), (), tuple(unread))


def _locked(keys: Keys, key: str, name: str, row: Mapping[str, Any]) -> Dependency:
    place = keys.of(key, "version")
    version, resolved, integrity = (_text(row, part) for part in ("version", "resolved", "integrity"))
    if version.startswith("npm:"):  # version 1: under this name lies another package
        name, _, version = version.removeprefix("npm:").rpartition("@")
    if not version and not resolved:
        raise ValueError(f"`{name[:60]!r}`, which has no version")
    return locked(place, name, version, resolved, integrity, scripts=row.get("hasInstallScript") is True)


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key, "")
    if isinstance(value, bool) and key == "resolved":  # false: it is part of another package
        return ""
    if not isinstance(value, str):
        raise TypeError(f"a `{key}` that is no text")
    return value


def _packages(listed: Any) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Versions 2 and 3: by the folder it is installed into. Other folders are the repository's own packages."""
    for folder, row in _rows(listed, "packages"):
        installed = folder.startswith(_FOLDER) or f"/{_FOLDER}" in folder
        fetched = "://" in str(row.get("resolved", ""))
        if fetched or (installed and row.get("link") is not True):
            yield folder, str(row.get("name") or folder.rpartition(_FOLDER)[2]), row


def _nested(listed: Any) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Version 1: by name, each with those that are installed for it alone; in the order of the text."""
    stack = [_rows(listed, "dependencies")]
    while stack:
        pair = next(stack[-1], None)
        if pair is None:
            stack.pop()
            continue
        name, row = pair
        if not _FOLDER_OF_ITS_OWN.match(str(row.get("version", ""))):
            yield name, name, row
        if "dependencies" in row:
            stack.append(_rows(row["dependencies"], "dependencies"))


def _rows(listed: Any, what: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not isinstance(listed, dict):
        raise TypeError(f"its `{what}` is no object")
    for key, row in listed.items():
        if not isinstance(row, dict):
            raise TypeError(f"`{key[:60]!r}` of its `{what}` is no object")
        yield key, row
