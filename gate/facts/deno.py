"""What Deno imports: `deno.json`, maps of imports, and `deno.lock`.

https://docs.deno.com/runtime/fundamentals/modules/ and https://docs.deno.com/runtime/fundamentals/configuration/.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gate import lazy
from gate.facts.dependency import Dependency, Manifest
from gate.facts.jsonc import strict
from gate.facts.npm import ECOSYSTEM, Keys, named, strict_json
from gate.source import Place, Source
from gate.versions import semver

_JSR = "JSR"
"""The registry of Deno, of which no database of advisories speaks."""
_ASKED = lazy.regex(r"(npm|jsr):/?((?:@[^/@]+/)?[^/@]+)(?:@([^/]+))?(?:/.*)?")
_LOCKED = lazy.regex(r"((?:@[^/@]+/)?[^/@_]+[^/@]*)@([^_]+)(?:_.*)?")
"""A package and its version, with the peers it was resolved for behind it."""
_VERSIONS = frozenset({"2", "3", "4", "5"})


def deno_json(source: Source) -> Manifest:
    """The packages and addresses that imports stand for; what leads to a file of the repository is left out."""
    data, keys = _object(source), Keys(source)
    found: list[Dependency] = []
    unread: list[str] = []
    maps = [data.get("imports", {}), *dict(data.get("scopes", {})).values()]
    for key, wanted in (pair for one in maps for pair in dict(one).items()):
        place = keys.of(key)
        try:
            found += _imported(place, str(wanted))
        except ValueError as error:
            unread.append(str(error))
    return Manifest(tuple(found), (), tuple(unread))


def _imported(place: Place, wanted: str) -> Iterator[Dependency]:
    if asked := _ASKED.fullmatch(wanted):
        ecosystem = ECOSYSTEM if asked[1] == "npm" else _JSR
        yield Dependency(place, named(asked[2]), asked[3] or "", semver(asked[3] or ""), "", ecosystem)
    elif "://" in wanted or wanted.startswith(("npm:", "jsr:")):
        yield Dependency(place, "", "", "", wanted, ECOSYSTEM)


def deno_lock(source: Source) -> Manifest:
    """The packages of npm and JSR, and the files that are fetched from addresses."""
    data, keys = _object(source), Keys(source)
    if str(data.get("version")) not in _VERSIONS:
        raise ValueError(f"its version {str(data.get('version'))[:20]!r} is not known")
    found: list[Dependency] = []
    unread: list[str] = []
    for ecosystem, listed in _groups(data):
        for key, row in listed.items():
            place, integrity = keys.of(key), str(row.get("integrity", "")) if isinstance(row, dict) else str(row)
            if not ecosystem:
                found.append(Dependency(place, "", "", "", key, ECOSYSTEM, integrity=integrity))
            elif (one := _LOCKED.fullmatch(key)) and semver(one[2]):
                found.append(Dependency(place, one[1], f"={one[2]}", one[2], "", ecosystem, integrity=integrity))
            else:
                unread.append(f"the key `{key[:60]}`, which is no package and version")
    return Manifest(tuple(found), (), tuple(unread))


def _groups(data: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The lists of packages, which have moved with each version of the format; "" for those of addresses."""
    inner = data.get("packages", data)
    npm = inner.get("npm", {})
    yield ECOSYSTEM, npm.get("packages", {}) if data.get("version") == "2" else npm
    yield _JSR, inner.get("jsr", {})
    yield "", data.get("remote", {})


def _object(source: Source) -> Mapping[str, Any]:
    read = strict_json(strict(source.text))
    if not isinstance(read.value, dict):
        raise TypeError("it is no object")
    if read.twice:
        raise ValueError(f"the key {read.twice[0][:60]!r} is there twice")
    return read.value
