"""What gate leaves in its own comments to know them again; it decides nothing, and is read from nobody else's."""

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from gate import lazy

ANCHOR = "<!-- gate:review:v1 -->"
"""The first line of the living review."""

_FINGERPRINT = lazy.regex(r"<!-- gate:fp:([0-9a-f]{16}) -->")
_MEMORY = lazy.regex(r"<!-- gate:memory:([A-Za-z0-9+/=]+) -->")
_LARGEST = 200_000
"""Characters a memory may unpack to."""


@dataclass(frozen=True)
class Told:
    """A finding the review has told of; `commit` is the head that no longer had it, empty while it has."""

    rule: str
    path: str
    scanners: tuple[str, ...]
    commit: str = ""


@dataclass(frozen=True)
class Memory:
    """By short fingerprint: what was found, and what of it is gone."""

    told: Mapping[str, Told] = field(default_factory=dict)

    @property
    def standing(self) -> dict[str, Told]:
        return {name: told for name, told in self.told.items() if not told.commit}

    @property
    def fixed(self) -> dict[str, Told]:
        return {name: told for name, told in self.told.items() if told.commit}


def short(fingerprint: str) -> str:
    return fingerprint[:16]


def mark(fingerprint: str) -> str:
    """The first line of an inline comment."""
    return f"<!-- gate:fp:{short(fingerprint)} -->"


def marked(body: str) -> str | None:
    """The short fingerprint an inline comment is about."""
    found = _FINGERPRINT.match(body)
    return found[1] if found else None


def written(memory: Memory) -> str:
    """The memory as a comment nobody sees."""
    rows = [[name, one.rule, one.path, list(one.scanners), one.commit] for name, one in memory.told.items()]
    packed = base64.b64encode(zlib.compress(json.dumps(rows).encode(), 9)).decode()
    return f"<!-- gate:memory:{packed} -->"


def forgotten(body: str) -> str:
    """A text without its memory."""
    return _MEMORY.sub("", body)


def read(body: str) -> Memory:
    """The memory a review holds; an empty one where there is none, or one that was tampered with."""
    found = _MEMORY.findall(body)
    if not found:
        return Memory()
    try:
        text = zlib.decompressobj().decompress(base64.b64decode(found[-1], validate=True), _LARGEST)
        rows = json.loads(text)
        return Memory({str(name): Told(str(rule), str(path), tuple(map(str, by)), str(commit))
                       for name, rule, path, by, commit in rows})  # fmt: skip
    except (binascii.Error, zlib.error, ValueError, TypeError, RecursionError):
        return Memory()
