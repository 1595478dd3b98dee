"""OSV records: what they say is affected, how gravely, and under which other names the flaw is known.

The format is the OSV schema, version 1 (https://ossf.github.io/osv-schema/). Only records about PyPI and npm count;
withdrawn ones do not.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gate import lazy
from gate.advisories.cvss import rating, score
from gate.advisories.ranges import Events, Span, held, is_endless, readable

ECOSYSTEMS = ("PyPI", "npm")
MALICIOUS = "MAL-"
_RATINGS = {"LOW": "low", "MODERATE": "medium", "MEDIUM": "medium", "HIGH": "high", "CRITICAL": "critical"}
_KINDS = ("introduced", "fixed", "last_affected", "limit")
_ID = lazy.regex(r"[A-Za-z0-9][\w.:-]{0,80}", re.ASCII)


@dataclass(frozen=True)
class Affected:
    """A package of a record: the ranges that can be compared, and the versions no range holds."""

    ecosystem: str
    name: str
    spans: tuple[Events, ...] = ()
    versions: tuple[str, ...] = ()
    unclear: bool = False
    """A range is in no order that can be compared, or of commits, and no list of versions stands for it."""

    @property
    def everything(self) -> bool:
        """Whether no version is left out."""
        return any(map(is_endless, self.spans)) or not (self.spans or self.versions or self.unclear)


@dataclass(frozen=True)
class Record:
    """What stands in one record."""

    id: str
    aliases: tuple[str, ...]
    rating: str
    score: float
    """The base score of CVSS 3; 0 where there is none."""
    modified: str
    affected: tuple[Affected, ...]

    @property
    def malicious(self) -> bool:
        return self.id.startswith(MALICIOUS)


def record(value: Any, day: str = "") -> Record | None:
    """Read a record; None for what is none, is withdrawn, or is about other packages. `day` is that of its file.

    Raises:
        ValueError: It is one, and does not say what the schema has it say.
    """
    if not isinstance(value, dict) or not value.get("id") or value.get("withdrawn") or "affected" not in value:
        return None
    try:
        affected = tuple(_affected(value))
        return _made(value, affected, day) if affected else None
    except (AttributeError, LookupError, TypeError) as error:
        raise ValueError(f"the record {_named(value)!r} is not as the schema has it") from error


def _named(value: Mapping[str, Any]) -> str:
    return value["id"][:40] if isinstance(value["id"], str) else "?"


def _made(value: Mapping[str, Any], affected: tuple[Affected, ...], day: str) -> Record:
    name = _text(value["id"])
    if not _ID.fullmatch(name):
        raise ValueError(f"{name[:40]!r} is no id of an advisory")
    also = [_text(one) for one in value.get("aliases") or ()]
    points = max((score(_text(one.get("score", ""))) for one in value.get("severity") or ()), default=0.0)
    said = _RATINGS.get(_text((value.get("database_specific") or {}).get("severity") or "").upper(), "")
    modified = _text(value.get("modified") or value.get("published") or day)[:10]
    aliases = tuple(sorted({one for one in also if _ID.fullmatch(one)} - {name}))
    return Record(name, aliases, said or rating(points), points, modified, affected)


def _affected(value: Mapping[str, Any]) -> Iterator[Affected]:
    """One for each package; a record may name one several times, with a range each."""
    malicious = str(value["id"]).startswith(MALICIOUS)
    for one in value["affected"] or ():
        package = one.get("package") or {}
        ecosystem = _text(package.get("ecosystem", "")).partition(":")[0]
        if ecosystem in ECOSYSTEMS:
            found = _one(ecosystem, _text(package["name"]), one)
            if malicious or found.spans or found.versions or found.unclear:
                yield found


def _one(ecosystem: str, name: str, value: Mapping[str, Any]) -> Affected:
    stated = value.get("ranges") or ()
    ranges = [_events(one) for one in stated if one.get("type") in {"ECOSYSTEM", "SEMVER"}]
    spans = tuple(one for one in ranges if readable(ecosystem, one))
    listed = dict.fromkeys(_text(one) for one in value.get("versions") or ())
    versions = tuple(one for one in listed if not _is_held(ecosystem, spans, one))
    commits = not ranges and any(one.get("type") == "GIT" for one in stated)
    unclear = (commits or len(spans) < len(ranges)) and not listed
    return Affected(ecosystem, canonical(ecosystem, name), spans, versions, unclear)


def _events(value: Mapping[str, Any]) -> Events:
    return tuple((kind, _text(event[kind])) for event in value.get("events") or () for kind in _KINDS if kind in event)


def _is_held(ecosystem: str, spans: tuple[Events, ...], version: str) -> bool:
    return any(isinstance(held(ecosystem, one, version), Span) for one in spans)


def _text(value: Any) -> str:
    """A scalar as text. YAML can make a list of itself, whose text has no end."""
    if not isinstance(value, str | int | float | date):
        raise TypeError
    return str(value)


def canonical(ecosystem: str, name: str) -> str:
    """The name by which an index knows a package (PEP 503); npm knows it as it is written."""
    return re.sub(r"[-_.]+", "-", name).lower() if ecosystem == "PyPI" else name
