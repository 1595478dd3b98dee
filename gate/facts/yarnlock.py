"""`yarn.lock`: the classic format, and that of yarn 2 and later (berry), which is a plain kind of YAML.

Both are written by a program, in one shape: entries at the margin, their fields two spaces in, what those hold deeper.
A line of any other shape is told of as unread, so that nothing can be hidden in what another reader would understand.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from gate import lazy
from gate.facts.dependency import Dependency, Manifest
from gate.facts.npm import ECOSYSTEM, locked, named
from gate.source import Place, Source

_FIELD = lazy.regex(r'  (?:"([\w-]+)"|([\w-]+))(?::? (.*)|:)')
_ASKED = lazy.regex(r"(@?[^@]+)@(.*)")
_RESOLVED = lazy.regex(r"(@?[^@]+)@([a-z+]+):(.+)", re.DOTALL)
_PATCHED = lazy.regex(r"(@?[^@]+)@(?:npm%3A|npm:)?([^#@:]+)(?:#.*|::.*)?")
_SHA1 = lazy.regex(r"#([0-9a-f]{40})$")
_FILE = lazy.regex(r"(?:file|link|portal):|\.{0,2}/")
_FOLDER = lazy.regex(r"(?!.*\.(?:tgz|tar\.gz)$)")
"""A folder of the repository's own, and no archive."""
_OWN = frozenset({"workspace", "link", "portal"})
_MANY = 5
"""Unread lines that are named."""


@dataclass
class Entry:
    """The patterns an entry answers, its fields, and its lines."""

    first: int
    patterns: list[str]
    last: int
    fields: dict[str, str] = field(default_factory=dict)


def yarn_lock(source: Source) -> Manifest:
    entries, odd = _entries(source)
    found: dict[tuple[str, ...], Dependency] = {}
    unread = [f"line {number}, which is in no shape that yarn writes" for number in odd[:_MANY]]
    for entry in entries:
        if entry.patterns == ["__metadata"]:
            continue
        try:
            for one in _read(source.path, entry):
                found.setdefault((one.name, one.version, one.origin, one.resolved), one)
        except ValueError as error:
            unread.append(str(error))
    return Manifest(tuple(found.values()), (), tuple(unread))


def _entries(source: Source) -> tuple[list[Entry], list[int]]:
    """The entries, and the numbers of lines in a shape of their own."""
    entries: list[Entry] = []
    odd: list[int] = []
    for number, line in enumerate(source.lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line[0] != " " and (line.endswith(":") or line.startswith("? ")):
            if line != ":":  # what follows a key that is so long that it has a line of its own
                names = line.removeprefix("? ").removesuffix(":").split(", ")
                entries.append(Entry(number, [one.strip('"') for one in names], number))
        elif entries and line.startswith("    "):
            continue
        elif entries and (said := _FIELD.fullmatch(line)):
            name = said[1] or said[2]
            if name in entries[-1].fields:
                odd.append(number)
            entries[-1].fields[name] = (said[3] or "").strip().strip('"')
            entries[-1].last = number if name in {"version", "resolution"} else entries[-1].last
        else:
            odd.append(number)
    return entries, odd


def _read(path: str, entry: Entry) -> Iterator[Dependency]:
    """What an entry installs.

    Raises:
        ValueError: It does not say.
    """
    place, fields = Place.at(path, entry.first, entry.last), entry.fields
    if "resolution" in fields:
        yield from _berry(place, fields)
        return
    if "version" not in fields:
        raise ValueError(f"the entry on line {entry.first}, which has no version")
    resolved = fields.get("resolved", "")
    for name, origin in sorted({_wanted(pattern) for pattern in entry.patterns}):
        if resolved or not origin:
            yield locked(place, name, fields["version"], resolved, fields.get("integrity") or _fragment(resolved))
        elif not _FOLDER.match(origin):
            yield Dependency(place, name, fields["version"], "", origin, ECOSYSTEM)


def _fragment(resolved: str) -> str:
    """The hash that stands behind an address, where older versions have no other."""
    found = _SHA1.search(resolved)
    return f"sha1-{found[1]}" if found else ""


def _wanted(pattern: str) -> tuple[str, str]:
    """The package that a pattern such as `name@^1.0` or `other@npm:name@^1.0` means, and where it lies if in a file."""
    asked = _ASKED.fullmatch(pattern)
    if not asked:
        return named(pattern), ""
    if asked[2].startswith("npm:") and (real := _ASKED.fullmatch(asked[2].removeprefix("npm:"))):
        return named(real[1]), ""
    return named(asked[1]), asked[2] if _FILE.match(asked[2]) else ""


def _berry(place: Place, fields: Mapping[str, str]) -> Iterator[Dependency]:
    """By its resolution: `name@npm:1.0.0`, `name@workspace:a`, `name@patch:name@npm%3A1.0.0#...`, `name@https://...`."""
    said = _RESOLVED.fullmatch(fields["resolution"])
    if not said:
        raise ValueError(f"the resolution {fields['resolution'][:60]!r}")
    name, protocol, rest = said[1], said[2], said[3]
    if protocol in _OWN:
        return
    if protocol == "patch":
        inner = _PATCHED.fullmatch(rest)
        if not inner:
            raise ValueError(f"the resolution {fields['resolution'][:60]!r}")
        name, protocol, rest = inner[1], "npm", inner[2]
    if protocol == "npm":
        version, _, archive = rest.partition("::__archiveUrl=")
        yield locked(place, name, version.partition("::")[0], unquote(archive), fields.get("checksum", ""))
    else:
        yield Dependency(place, named(name), fields.get("version", ""), "", f"{protocol}:{rest}", ECOSYSTEM)
