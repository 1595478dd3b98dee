"""Lines of a requirements file, as pip reads them: joined, stripped of comments and hashes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gate import lazy

_COMMENT = lazy.regex(r"(^|\s)#.*$")
_OPTION = lazy.regex(r"\s+--[a-z-]+(?:[= ]\S+)?")
_INCLUDE = lazy.regex(
    r"(?<!\S)(?:-r|-c|--requirem[a-z]*|--c[a-z]*)(?:\s*=\s*|\s+|(?<=-[rc])(?=\S))('[^']*'|\"[^\"]*\"|\S+)"
)
"""Options may be cut short as far as they are told apart, says `optparse`, with which pip reads them."""
_EDITABLE = lazy.regex(r"(?:-e|--ed[a-z]*)(?:\s*=\s*|\s+)(.+)")
_ELSEWHERE = lazy.regex(r"(?i)^(?:[a-z][a-z0-9+.-]*:|\.{0,2}/|\.{1,2}(?:\[|$)|~)|\.(?:whl|zip|tgz|tar\.\w+)(?:\s|$)|/")
_PACKAGE = lazy.regex(r"(?i)[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?", re.ASCII)
_NAMED = lazy.regex(r"[#&]egg=([A-Za-z0-9._-]+)")


@dataclass(frozen=True)
class Line:
    """One logical line of a requirements file and the lines it stands on."""

    first: int
    last: int
    text: str


@dataclass(frozen=True)
class Wish:
    """What one requirement asks for: see `Dependency` for the fields."""

    name: str
    wanted: str
    version: str
    origin: str
    resolved: str = ""
    integrity: str = ""


def logical(text: str) -> Iterator[Line]:
    """Its lines, with continuations joined and comments, hashes and other trailing options removed."""
    parts: list[str] = []
    first = 1
    for number, line in _ended(text):
        first = first if parts else number
        plain = _COMMENT.sub("", line) if not parts or not line.lstrip().startswith("#") else ""
        parts.append(plain.rstrip().removesuffix("\\"))
        if plain.rstrip().endswith("\\"):
            continue
        joined = " ".join("".join(parts).split())
        parts = []
        if joined:
            yield Line(first, number, joined if joined.startswith("-") else _OPTION.sub("", " " + joined).strip())


def _ended(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text with their numbers. pip ends one at every character that `str.splitlines` knows."""
    for number, line in enumerate([*text.split("\n"), ""], 1):
        yield from ((number, part) for part in line.splitlines() or [""])


def included(line: str) -> tuple[str, ...]:
    """The files that a line of options includes."""
    return tuple(found[1].strip("'\"") for found in _INCLUDE.finditer(line)) if line.startswith("-") else ()


def is_editable(line: str) -> bool:
    """Whether a line of options asks for a package in place."""
    return bool(_EDITABLE.match(line))


def shown(text: str) -> str:
    """An address without the name and the password in it."""
    return re.sub(r"(?<=://)[^/@\s]*@", "", text)


@lru_cache(maxsize=4096)
def wish(text: str) -> Wish | None:
    """Read one requirement (PEP 508, or what pip takes beyond it); None when it cannot be read."""
    from packaging.requirements import InvalidRequirement, Requirement

    editable = _EDITABLE.fullmatch(text)
    if editable:
        text = editable[1].strip().strip("'\"")
    try:
        asked = Requirement(text)
    except InvalidRequirement:
        return _elsewhere(text) if editable or _ELSEWHERE.search(text) else None
    if asked.url:
        return Wish(_canonical(asked.name), "", "", asked.url)
    return Wish(_canonical(asked.name), str(asked.specifier), pinned(str(asked.specifier)), "")


def pinned(specifier: str) -> str:
    """The one version a specifier allows (PEP 440); "" when it allows more, or none that can be compared."""
    exact = [part.strip().lstrip("=").strip() for part in specifier.split(",") if part.strip().startswith("==")]
    return version(exact[0]) if exact and not exact[0].endswith(".*") else ""


def version(text: str) -> str:
    """A version in its normal form; "" when it is none."""
    from packaging.version import InvalidVersion, Version

    try:
        return str(Version(text))
    except InvalidVersion:
        return ""


def package_name(text: str) -> str:
    """A package's name in canonical form.

    Raises:
        ValueError: It is none; it could carry options or lines to whoever reads it next.
    """
    if not _PACKAGE.fullmatch(text):
        raise ValueError(f"{text[:60]!r} is no name of a package")
    return _canonical(text)


def _canonical(text: str) -> str:
    """The name by which an index knows a package (PEP 503)."""
    return re.sub(r"[-_.]+", "-", text).lower()


def _elsewhere(text: str) -> Wish:
    named = _NAMED.search(text)
    return Wish(_canonical(named[1]) if named else "", "", "", text)
