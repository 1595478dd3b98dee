"""Waivers a policy grants: findings somebody answers for until a day."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from gate import lazy
from gate.source import Place, Source

_ENTRY = lazy.regex(r"""\s*(?:\[\[\s*)?["']?waivers["']?\s*(?:\]\]|=)""")
"""Where an entry begins: a table of its own, or all of them in one list."""


@dataclass(frozen=True)
class Waiver:
    """One `[[waivers]]` entry of `gate.toml`; `expires` is an ISO date, "" when it is missing."""

    place: Place
    rule: str
    path: str
    approver: str
    expires: str
    languages: ClassVar[frozenset[str]] = frozenset({"toml"})
    hint: ClassVar[re.Pattern[str]] = lazy.regex("waivers")

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if source.path != "gate.toml":
            return
        try:
            entries = tomllib.loads(source.text).get("waivers", [])
        except (tomllib.TOMLDecodeError, RecursionError):
            return  # gate/policy.py refuses such a file with the line
        lines = [number for number, line in enumerate(source.lines, 1) if _ENTRY.match(line)]
        for index, entry in enumerate(entries if isinstance(entries, list) else ()):
            told = entry if isinstance(entry, dict) else {}
            named = {key: str(told.get(key, "")) for key in ("rule", "path", "approver", "expires")}
            line = lines[min(index, len(lines) - 1)] if lines else 1
            yield cls(Place.at(source.path, line), **named)
