"""Whether a version lies in a range of versions, as the OSV schema walks its events.

https://ossf.github.io/osv-schema/#evaluation
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gate.versions import bound, comparable

Events = tuple[tuple[str, str], ...]
"""A range: `introduced`, `fixed`, `last_affected` or `limit`, and the version it happens in."""


@dataclass(frozen=True)
class Span:
    """The part of a range that holds a version; `fixed` is where it ends, "" where no fix is known."""

    fixed: str


def readable(ecosystem: str, events: Events) -> bool:
    """Whether all its bounds can be compared."""
    return bool(events) and all(
        bound(ecosystem, text) is not None for kind, text in events if (kind, text) != ("limit", "*")
    )


def is_endless(events: Events) -> bool:
    return set(events) == {("introduced", "0")}


def held(ecosystem: str, events: Events, version: str) -> Span | None:
    """The part of a range that holds a version; None where none does, or the version cannot be compared."""
    asked = public(ecosystem, version)
    if asked is None or not _below_limits(ecosystem, events, asked):
        return None
    inside: Span | None = None
    for at, _, kind, text in _sorted(ecosystem, events):
        if kind == "introduced" and at <= asked:
            inside = Span("")
        elif kind == "fixed" and inside:
            if at > asked:
                return Span(text)
            inside = None
        elif kind == "last_affected" and inside:
            if at >= asked:
                return inside
            inside = None
    return inside


def public(ecosystem: str, version: str) -> Any | None:
    """A version to be compared, without its local part: `1.0+cu118` has the flaws of 1.0 (PEP 440)."""
    found = comparable(ecosystem, version)
    return comparable(ecosystem, found.public) if ecosystem == "PyPI" and found and found.local else found


def later_fix(ecosystem: str, spans: Sequence[Events], version: str) -> str:
    """The next fixed version, for a version that only a list names; "" where there is none."""
    asked = public(ecosystem, version)
    fixes = [(bound(ecosystem, text), text) for events in spans for kind, text in events if kind == "fixed"]
    return min(((at, text) for at, text in fixes if at > asked), default=(None, ""))[1] if asked else ""


def _sorted(ecosystem: str, events: Events) -> list[tuple[Any, int, str, str]]:
    """By version; where one begins and another ends in the same, the beginning first."""
    rows = [(bound(ecosystem, text), int(kind != "introduced"), kind, text) for kind, text in events if kind != "limit"]
    return sorted(rows, key=lambda row: row[:2])


def _below_limits(ecosystem: str, events: Events, asked: Any) -> bool:
    limits = [text for kind, text in events if kind == "limit"]
    return not limits or any(text == "*" or asked < bound(ecosystem, text) for text in limits)
