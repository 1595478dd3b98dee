"""Waivers a policy grants: findings somebody answers for until a day."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from gate.source import Place, Source


@dataclass(frozen=True)
class Waiver:
    """One `[[waivers]]` entry of `gate.toml`; `expires` is an ISO date, "" when it is missing."""

    place: Place
    rule: str
    path: str
    approver: str
    expires: str
    languages: ClassVar[frozenset[str]] = frozenset({"toml"})
    hint: ClassVar[re.Pattern[str]] = re.compile(r"\[\[\s*waivers\s*\]\]")

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if source.path != "gate.toml":
            return
        try:
            entries = tomllib.loads(source.text).get("waivers", [])
        except tomllib.TOMLDecodeError:
            return  # gate/policy.py refuses such a file with the line
        lines = [number for number, line in enumerate(source.lines, 1) if cls.hint.match(line.strip())]
        for line, entry in zip(lines, entries, strict=False):
            named = {key: str(entry.get(key, "")) for key in ("rule", "path", "approver", "expires")}
            yield cls(Place.at(source.path, line), **named)
