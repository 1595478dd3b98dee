"""What npm's own words for a dependency mean: names, ranges, tags, aliases, URLs; and `package.json`.

The words are those of https://docs.npmjs.com/cli/configuring-npm/package-json and of `npm install`.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from gate import lazy
from gate.facts.dependency import Dependency, Manifest
from gate.facts.requirement import Wish
from gate.source import Place, Source
from gate.versions import semver

ECOSYSTEM = "npm"
_NAME = lazy.regex(r"(?:@[a-z0-9~_-][\w.~-]*/)?[a-z0-9~_][\w.~-]*", re.IGNORECASE | re.ASCII)
_LONGEST = 214
"""Characters in a name, says npm."""
_ELSEWHERE = lazy.regex(
    r"(?i)(?:git(?:\+\w+)?|https?|ssh|file|link|portal|exec|jsr):|(?:github|gitlab|bitbucket|gist):|git@|\.{0,2}/|~/"
    r"|[\w.-]+/[\w.-]+(?:#.*)?$"
)
_OWN = lazy.regex(r"(?:workspace|link|portal):")
_PATCHED = lazy.regex(r"patch:(?:.*?)@(?:npm:|npm%3A)?([^#@]+)(?:#.*)?")
_TARBALL = lazy.regex(r"https?://[^/\s]+/\S+/-/([^/?#\s]+)\.tgz(?:[?#]\S*)?", re.IGNORECASE)
"""Where registries keep the files of a package: `<registry>/<name>/-/<name>-<version>.tgz`."""
_GITHUB = lazy.regex(r"https://npm\.pkg\.github\.com/download/")
_LONGEST_URL = 2_000
_LOST = 20
_GROUPS = frozenset({"dependencies", "devDependencies", "optionalDependencies", "peerDependencies"})
_REPLACING = frozenset({"overrides", "resolutions"})
_CATALOGS = frozenset({"catalog", "catalogs"})
_OVERRIDDEN = lazy.regex(r"(?:^|[/>])((?:@[^/@>\s]+/)?[^/@>\s]+)(?:@[^/>]*|@[^@]*[<>=].*)?$")


def named(text: str) -> str:
    """A name as npm allows it.

    Raises:
        ValueError: It is none.
    """
    if len(text) > _LONGEST or not _NAME.fullmatch(text):
        raise ValueError(f"{text[:60]!r} is no name of an npm package")
    return text


def wish(name: str, wanted: str) -> Wish | None:
    """Read `name` and what is wanted of it; None for what lies in the repository itself."""
    patched = _PATCHED.fullmatch(wanted)
    wanted = patched[1] if patched else wanted.strip()
    if wanted.startswith("npm:"):  # under the name that the code imports lies another package
        name, _, wanted = wanted.removeprefix("npm:").rpartition("@")
        name, wanted = (name, wanted) if name else (wanted, "")
    if _OWN.match(wanted):
        return None
    if not semver(wanted) and _ELSEWHERE.match(wanted):
        return Wish(named(name), "", "", wanted)
    return Wish(named(name), wanted, semver(wanted), "")


def locked(
    place: Place, name: str, version: str, resolved: str, integrity: str, *, scripts: bool = False
) -> Dependency:
    """A package as a lock file has it: by the name and version of the file it names, where that is of a registry."""
    exact, origin, resolved = semver(version), "", resolved[:_LONGEST_URL]
    if not exact or (resolved and not _registry(resolved)):
        origin = resolved or version
    elif tarball := _TARBALL.fullmatch(resolved):
        fetched = _fetched(resolved)
        name, exact = fetched, semver(tarball[1].removeprefix(f"{fetched.rpartition('/')[2]}-")) or exact
    return Dependency(
        place, named(name), f"={version}" if exact else version, "" if origin else exact, origin, ECOSYSTEM,
        "" if origin else resolved, integrity, scripts,
    )  # fmt: skip


def package_json(source: Source) -> Manifest:
    """The groups of a `package.json`, each name on its own line, and what it has npm put in place of others."""
    data, keys = strict_json(source.text), Keys(source)
    if not isinstance(data.value, dict):
        raise TypeError("it is no object")
    found: list[Dependency] = []
    unread = [f"the key `{name[:60]}`, which is there twice" for name in data.twice]
    for group, key, wanted in _written(data.value):
        place = keys.within(group, key)
        try:
            asked = wish(replaced(key) if group == "overrides" else key, _said(key, wanted))
        except (TypeError, ValueError) as error:
            unread.append(str(error))
            continue
        if asked:
            found.append(Dependency(place, asked.name, asked.wanted, asked.version, asked.origin, ECOSYSTEM))
    return Manifest(tuple(found), (), tuple(unread))


def _said(key: str, wanted: Any) -> str:
    if key == "packageManager":
        return str(wanted).partition("@")[2]
    if not isinstance(wanted, str):
        raise TypeError(f"what is wanted of {key[:60]!r}, which is no text")
    return wanted


def _written(data: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """The groups in the order of the text: group, key and what is wanted."""
    for group, listed in data.items():
        if group == "pnpm" and isinstance(listed, dict):
            yield from _overrides(listed.get("overrides", {}))
        elif group in _REPLACING:
            yield from _overrides(listed)
        elif group == "workspaces" and isinstance(listed, dict):
            yield from _catalogs(listed)
        elif group in _CATALOGS:
            yield from _catalogs({group: listed})
        elif group == "packageManager" and "://" in str(listed):  # which corepack fetches and runs
            yield "", group, listed
        elif group in _GROUPS:
            if not isinstance(listed, dict):
                raise TypeError(f"its `{group}` is no object")
            yield from ((group, name, wanted) for name, wanted in listed.items())


def _catalogs(data: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """The versions that Bun lets the packages of a workspace ask for together: one list, and lists by name."""
    for listed in (data.get("catalog", {}), *dict(data.get("catalogs", {})).values()):
        yield from (("catalog", name, wanted) for name, wanted in dict(listed).items())


def _overrides(listed: Any) -> Iterator[tuple[str, str, Any]]:
    """Versions for packages deep in the tree: `name`, `name@range`, `parent/name` or `parent>name`, or objects of them."""
    stack = [("", listed)]
    while stack:
        key, wanted = stack.pop()
        if isinstance(wanted, dict):
            stack += [(key if inner == "." else inner, one) for inner, one in reversed(wanted.items())]
        elif not str(wanted).startswith("$") and wanted not in {"-", ""}:  # what is asked for above; nothing at all
            yield "overrides", key, wanted


def replaced(key: str) -> str:
    """The package that an override is about."""
    found = _OVERRIDDEN.search(key)
    return found[1] if found else key


def _fetched(tarball: str) -> str:
    """The name of the package whose file this is."""
    *_, scope, name = f"//{unquote(tarball.rpartition('/-/')[0])}".split("/")
    return f"{scope}/{name}" if scope.startswith("@") else name


def _registry(resolved: str) -> bool:
    return bool(_TARBALL.fullmatch(resolved) or _GITHUB.match(resolved))


class Json:
    """A JSON value, and the keys that stand twice in one object: readers do not agree on which of them counts."""

    def __init__(self, text: str) -> None:
        self.twice: list[str] = []
        self.value: Any = json.loads(text, object_pairs_hook=self._object)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            self.twice += [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
        return made


def strict_json(text: str) -> Json:
    """Read JSON, telling of keys that are there twice.

    Raises:
        ValueError: It is no JSON.
    """
    return Json(text)


class Keys:
    """Where the keys of a JSON text stand, asked for in the order of the text."""

    def __init__(self, source: Source) -> None:
        self._path, self._text = source.path, source.text
        self._at, self._line, self._lost, self._group = 0, 1, 0, ""

    def of(self, key: str, end: str = "") -> Place:
        """The lines from a key to the nearest key `end` behind it; the last place known where it is not found."""
        found = self._find(json.dumps(key, ensure_ascii=False) + (": {" if end else ":"))
        if found < 0:
            return Place.at(self._path, self._line)
        self._line += self._text.count("\n", self._at, found)
        self._at = found
        last = self._text.find(f'"{end}"', found, found + 600) if end else -1
        return Place.at(self._path, self._line, self._line + self._text.count("\n", found, max(found, last)))

    def within(self, group: str, key: str) -> Place:
        """The line of a key in a group, the groups in the order of the text."""
        if group != self._group:
            self._group = group
            self.of(group)
        return self.of(key)

    def _find(self, written: str) -> int:
        """Searching again and again to the end for keys that are written otherwise would take for ever."""
        found = self._text.find(written, self._at) if self._lost < _LOST else -1
        self._lost += found < 0
        return found
