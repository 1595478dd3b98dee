"""`pnpm-lock.yaml`, versions 5 to 9: the keys of its `packages` say what is installed.

pnpm writes YAML in one shape, which is read by its lines: a thousandth of what a reader of all YAML takes, and each
package has its line. A line of any other shape is told of as unread, so that nothing can be hidden in what another
reader would understand.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gate import lazy
from gate.facts.dependency import Dependency, Manifest
from gate.facts.npm import ECOSYSTEM, locked, named
from gate.source import Place, Source

_TOP = lazy.regex(r"([A-Za-z]\w*):(?: +(.+))?")
_KEY = lazy.regex(r"""  (\? )?(?:'([^']+)'|"([^"\\]+)"|([^\s'"?&*!|>%@`#{}\[\],:-][^'"]*?))(?(1)|:(?: \{\})?)""")
"""A key; one that is very long has a line of its own behind a question mark."""
_SNAPSHOTS = lazy.regex(r"^snapshots:\n((?: [^\n]*\n|\n)*)", re.MULTILINE)
_FIELD = lazy.regex(r"  (?:  |: )([A-Za-z]\w*):(?: +(.+))?")
_DEEPER = lazy.regex(r"     |    - ")
_PART = lazy.regex(r"(integrity|tarball|repo|commit|type|directory|path): *('[^']*'|\"[^\"]*\"|[^,}\s]+)")
_SLASHED = lazy.regex(r"/((?:@[^/]+/)?[^/@]+)/([^/_(]+)(?:_.*|\(.*)?")
_AT = lazy.regex(r"/?((?:@[^/@]+/)?[^/@]+)@([^@(/:_]+)(?:_.*)?")
_SENT = lazy.regex(r"((?:@[^/@]+/)?[^/@]+)@((?:https?|file|git\+\w+|git|ssh|link):.+)")
_VERSIONS = lazy.regex(r"'?(?:[5-9]|1\d)(?:\.\d+)*(?:-\w+(?:\.\d+)?)?'?")
_MANY = 5
"""Unread lines that are named."""
_LONGEST = 4_000


@dataclass
class Entry:
    """A key of `packages`, its fields, and its lines."""

    key: str
    first: int
    last: int
    fields: dict[str, str] = field(default_factory=dict)


def pnpm_lock(source: Source) -> Manifest:
    entries, odd, version = _entries(source)
    if not _VERSIONS.fullmatch(version):
        raise ValueError(f"its lockfileVersion {version[:20]!r} is not known")
    found: list[Dependency] = []
    unread = [f"line {number}, which is in no shape that pnpm writes" for number in odd[:_MANY]]
    unread += _unheld(source, entries)
    for entry in entries:
        try:
            found += _read(source.path, entry)
        except ValueError as error:
            unread.append(str(error))
    return Manifest(tuple(found), (), tuple(unread))


def _unheld(source: Source, entries: Sequence[Entry]) -> list[str]:
    """What `snapshots` would install and `packages` does not have: pnpm writes both, and reads both as one."""
    held = {entry.key for entry in entries}
    lines = (line for part in _SNAPSHOTS.finditer(source.text) for line in part[1].split("\n"))
    keys = (found[2] or found[3] or found[4] for line in lines if (found := _KEY.fullmatch(line)))
    lost = [key for key in keys if key not in held and key.partition("(")[0] not in held]
    return [f"`{key[:60]}` of its snapshots, which its packages do not have" for key in lost[:_MANY]]


def key_name(key: str) -> str:
    """The package that a key of `packages` or `snapshots` is about; "" where it does not say."""
    bare = key.partition("(")[0]
    found = _SENT.fullmatch(bare) or _SLASHED.fullmatch(bare) or _AT.fullmatch(bare)
    return found[1] if found else ""


def _entries(source: Source) -> tuple[list[Entry], list[int], str]:
    """What stands under `packages`, the numbers of lines in a shape of their own, and the version of the format."""
    entries: list[Entry] = []
    odd: list[int] = []
    section, version, inside = "", "", False
    for number, line in enumerate(source.lines, 1):
        if not line.strip() or line.startswith(("#", "---")):
            section, inside = ("", False) if line.startswith("---") else (section, inside)
        elif line[0] != " ":
            top = _TOP.fullmatch(line)
            section, inside = top[1] if top else "", False
            version = (top[2] or "").strip() if top and section == "lockfileVersion" else version
            if not top or (section == "packages" and (top[2] or "{}") != "{}"):
                odd.append(number)
        elif section == "packages":
            inside = _take(line, number, entries, odd, inside=inside)
    return entries, odd, version


def _take(line: str, number: int, entries: list[Entry], odd: list[int], *, inside: bool) -> bool:
    """One line under `packages`; whether an entry has begun."""
    if key := _KEY.fullmatch(line):
        entries.append(Entry(key[2] or key[3] or key[4], number, number))
        return True
    said = _FIELD.fullmatch(line) if inside else None
    if said and said[1] not in entries[-1].fields:
        entry = entries[-1]
        entry.fields[said[1]] = said[2] or ""
        entry.last = number if said[1] in {"resolution", "version"} else entry.last
    elif not inside or said or not _DEEPER.match(line):
        odd.append(number)
    elif (
        list(entries[-1].fields)[-1:] == ["resolution"] and len(entries[-1].fields["resolution"]) < _LONGEST
    ):  # on lines of its own, as other writers of YAML put it
        entries[-1].fields["resolution"] += f", {line.strip()}"
    return inside


def _read(path: str, entry: Entry) -> Iterator[Dependency]:
    """What an entry installs.

    Raises:
        ValueError: It does not say.
    """
    place, fields = Place.at(path, entry.first, entry.last), entry.fields
    parts = {found[1]: found[2].strip("'\"") for found in _PART.finditer(fields.get("resolution", ""))}
    key = entry.key.partition("(")[0] if entry.key.endswith(")") else entry.key  # without what its peers are
    scripts = fields.get("requiresBuild") == "true"
    sent = _SENT.fullmatch(key)
    if sent or not (found := _SLASHED.fullmatch(key) or _AT.fullmatch(key)):
        yield from _elsewhere(place, sent[1] if sent else "", sent[2] if sent else key, fields, parts)
        return
    tarball = parts.get("tarball", "")
    yield locked(place, found[1], found[2], tarball, parts.get("integrity", ""), scripts=scripts)


def _elsewhere(
    place: Place, name: str, origin: str, fields: Mapping[str, str], parts: Mapping[str, str]
) -> Iterator[Dependency]:
    """A package that is fetched from its repository, a URL or a file; folders are the repository's own."""
    if parts.get("type") == "directory" or origin.startswith("link:"):
        return
    name = name or fields.get("name", "").strip("'\"")
    yield Dependency(
        place, named(name) if name else "", fields.get("version", "").strip("'\""), "",
        parts.get("tarball") or parts.get("repo") or origin, ECOSYSTEM, integrity=parts.get("integrity", ""),
    )  # fmt: skip
