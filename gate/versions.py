"""Versions that can be compared: PEP 440 for PyPI, Semantic Versioning 2.0.0 for npm."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from gate import lazy

_LONGEST = 200
"""Characters; npm refuses versions of more than 256, and no release of PyPI comes near."""
_SEMVER = lazy.regex(
    r"[=v\s]*(\d{1,16})\.(\d{1,16})\.(\d{1,16})(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?\s*",
    re.ASCII,
)
"""What npm takes for an exact version (semver 2.0.0, item 9 to 11; https://docs.npmjs.com/cli/using-npm/semver)."""
_FIRST: Mapping[str, str] = {"PyPI": "0.dev0", "npm": "0.0.0-0"}


@lru_cache(maxsize=65536)
def comparable(ecosystem: str, text: str) -> Any | None:
    """A value that sorts as the versions of an ecosystem do; None for what is no version of it."""
    read = _READERS.get(ecosystem)
    return read(text) if read and len(text) <= _LONGEST else None


def bound(ecosystem: str, text: str) -> Any | None:
    """As `comparable`, for the bound of a range: in OSV "0" stands before every version."""
    return comparable(ecosystem, _FIRST.get(ecosystem, "") if text == "0" else text)


def semver(text: str) -> str:
    """An exact version as npm writes it; "" for a range, a tag or a URL."""
    found = _SEMVER.fullmatch(text) if len(text) <= _LONGEST else None
    return text.strip().lstrip("=v ") if found else ""


def _pep440(text: str) -> Any | None:
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text)
    except (InvalidVersion, ValueError):  # the second: a number of more digits than Python turns into one
        return None


def _precedence(text: str) -> Any | None:
    """By number; a pre-release before its release, its parts by number, then as text; a build counts for nothing."""
    found = _SEMVER.fullmatch(text)
    if not found:
        return None
    parts = found[4].split(".") if found[4] else []
    before = tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)
    return (int(found[1]), int(found[2]), int(found[3]), not before, before)


_READERS: Mapping[str, Callable[[str], Any | None]] = {"PyPI": _pep440, "npm": _precedence}
