"""`bun.lock`, the text of which Bun writes since 1.2 (https://bun.com/docs/pm/lockfile)."""

import re
from dataclasses import replace
from typing import Any

from gate import lazy
from gate.facts.dependency import Dependency, Manifest
from gate.facts.jsonc import strict
from gate.facts.npm import ECOSYSTEM, Keys, locked, named, strict_json
from gate.source import Place, Source
from gate.versions import semver

_VERSIONS = frozenset({0, 1})
_RESOLUTION = lazy.regex(r"(@?[^@]+)@(.*)", re.DOTALL)
_OWN = lazy.regex(r"(?:workspace|link|root):")


def bun_lock(source: Source) -> Manifest:
    """The packages it installs; each is a list of its resolution, its registry, what it needs, and its hash."""
    read, keys = strict_json(strict(source.text)), Keys(source)
    data = read.value
    if data.get("lockfileVersion") not in _VERSIONS:
        raise ValueError(f"its lockfileVersion {str(data.get('lockfileVersion'))[:20]!r} is not known")
    found: list[Dependency] = []
    unread = [f"the key `{name[:60]}`, which is there twice" for name in read.twice]
    keys.of("packages")
    for key, row in data.get("packages", {}).items():
        place = keys.of(key)
        try:
            found += _read(place, row)
        except (TypeError, ValueError) as error:
            unread.append(str(error))
    return Manifest(tuple(found), (), tuple(unread))


def _read(place: Place, row: Any) -> list[Dependency]:
    said = _RESOLUTION.fullmatch(row[0]) if isinstance(row, list) and row and isinstance(row[0], str) else None
    if not said:
        raise ValueError(f"the entry on line {place.line}, which is in no shape that Bun writes")
    name, rest = said[1], said[2]
    if _OWN.match(rest):
        return []
    address, integrity = _text(row, 1), _text(row, len(row) - 1)
    if not semver(rest):
        return [Dependency(place, named(name), rest, "", rest, ECOSYSTEM, integrity=integrity)]
    tarball = address if address.endswith(".tgz") else ""
    return [replace(locked(place, name, rest, tarball, integrity), resolved=address)]


def _text(row: list[Any], at: int) -> str:
    return row[at] if at and at < len(row) and isinstance(row[at], str) else ""
