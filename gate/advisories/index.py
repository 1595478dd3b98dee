"""The index: one SQLite file that says of a version of a package what is known against it.

What counts for every version of a package, as malware mostly does, is kept apart and takes a few bytes: it is by far
the most there is. The file is written beside its place and moved there when it is whole.
"""

import hashlib
import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gate import lazy
from gate.advisories.record import ECOSYSTEMS, Affected, Record
from gate.errors import ToolError

SCHEMA = 1
_TABLES = """
create table meta (key text primary key, value text) without rowid;
create table advisory (key integer primary key, id text, aliases text, rating text, score real);
create table affected (name text, ecosystem integer, advisory integer, row integer, spans text, versions text,
    unclear integer, primary key (name, ecosystem, advisory, row)) without rowid;
create table malicious (name text, ecosystem integer, id, aliases text,
    primary key (name, ecosystem, id)) without rowid;
"""
_AT_ONCE = 400
"""Names in one query; SQLite takes 999 values at least."""
_NUMBERED = lazy.regex(r"MAL-(\d{4})-([1-9]\d{0,6})")
_SHIFT = 10_000_000


@dataclass(frozen=True)
class Facts:
    """What an index says of itself."""

    built: str
    """The day it was built."""
    newest: Mapping[str, str] = field(default_factory=dict)
    """By ecosystem, the day of the newest record."""
    counts: Mapping[str, int] = field(default_factory=dict)
    malicious: Mapping[str, int] = field(default_factory=dict)
    broken: int = 0
    """Files that could not be read."""
    digest: str = ""


@dataclass(frozen=True)
class Row:
    """One record about one package."""

    id: str
    aliases: tuple[str, ...]
    rating: str
    score: float
    affected: Affected


class Index:
    """An index, open to be asked."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.facts = _facts(db)

    @classmethod
    def open(cls, path: Path) -> "Index":
        """Open an index.

        Raises:
            ToolError: It is none, or one of another version of gate.
        """
        try:
            return cls(
                sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
            )
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            raise ToolError(f"`{path}` is no database of advisories that gate {SCHEMA} reads; {MEND}") from error

    def about(self, ecosystem: str, names: Iterable[str]) -> dict[str, list[Row]]:
        """The records about each of these packages (canonical names).

        Raises:
            ToolError: The file is damaged.
        """
        number, wanted = ECOSYSTEMS.index(ecosystem), sorted(set(names))
        found: dict[str, list[Row]] = {}
        try:
            for start in range(0, len(wanted), _AT_ONCE):
                for name, row in self._rows(number, wanted[start : start + _AT_ONCE]):
                    found.setdefault(name, []).append(row)
        except (sqlite3.Error, ValueError) as error:
            raise ToolError(f"the database of advisories is damaged ({error}); {MEND}") from error
        return found

    def _rows(self, number: int, names: Sequence[str]) -> Iterator[tuple[str, Row]]:
        marks, ecosystem = ",".join("?" * len(names)), ECOSYSTEMS[number]
        asked = (
            "select name, spans, versions, unclear, id, aliases, rating, score from affected "  # noqa: S608  marks only
            f"join advisory on advisory = advisory.key where name in ({marks}) and ecosystem = ?"
        )
        for name, spans, versions, unclear, *said in self._db.execute(asked, (*names, number)):
            ranges = tuple(tuple((kind, text) for kind, text in events) for events in json.loads(spans))
            one = Affected(ecosystem, name, ranges, tuple(json.loads(versions)), bool(unclear))
            yield name, Row(said[0], _split(said[1]), said[2], said[3], one)
        asked = f"select name, id, aliases from malicious where name in ({marks}) and ecosystem = ?"  # noqa: S608
        for name, number_or_id, aliases in self._db.execute(asked, (*names, number)):
            one = Affected(ecosystem, name)
            yield name, Row(_id(number_or_id), _split(aliases), "critical", 0.0, one)

    def close(self) -> None:
        self._db.close()


MEND = "run `gate advisories update`, or `gate advisories import` where there is no network"


def build(db: sqlite3.Connection, records: Iterable[Record], built: str, broken: Sequence[str] = ()) -> None:
    """Write an index; `broken` is read once all records are."""
    db.executescript(_TABLES)
    counts: Counter[str] = Counter()
    malicious: Counter[str] = Counter()
    newest: dict[str, str] = {}
    digest = hashlib.sha256()
    for key, one in enumerate(records, 1):
        digest.update(repr(one).encode(errors="surrogatepass"))
        for ecosystem in {affected.ecosystem for affected in one.affected}:
            (malicious if one.malicious else counts)[ecosystem] += 1
            newest[ecosystem] = max(newest.get(ecosystem, ""), min(one.modified, built))
        _write(db, key, one)
    told = {"schema": SCHEMA, "built": built, "newest": newest, "counts": counts, "malicious": malicious,
            "broken": len(broken), "digest": digest.hexdigest()}  # fmt: skip
    db.executemany("insert into meta values (?, ?)", [(name, json.dumps(value)) for name, value in told.items()])
    db.commit()


def replace(path: Path, records: Iterable[Record], built: str, broken: Sequence[str] = ()) -> None:
    """Put a new index in the place of an old one; whoever reads the old one goes on reading it.

    Raises:
        ToolError: There is no room, or no right to write.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        with closing(sqlite3.connect(unfinished)) as db:
            db.execute("pragma synchronous = off")
            db.execute("pragma journal_mode = off")
            build(db, records, built, broken)
        unfinished.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise ToolError(f"`{path}` cannot be written: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _write(db: sqlite3.Connection, key: int, one: Record) -> None:
    aliases = " ".join(one.aliases)
    apart = [affected for affected in one.affected if one.malicious and affected.everything]
    db.executemany(
        "insert or replace into malicious values (?, ?, ?, ?)",
        [(a.name, ECOSYSTEMS.index(a.ecosystem), _number(one.id), aliases or None) for a in apart],
    )
    others = [affected for affected in one.affected if affected not in apart]
    if others:
        db.execute("insert into advisory values (?, ?, ?, ?, ?)", (key, one.id, aliases, one.rating, one.score))
    db.executemany(
        "insert into affected values (?, ?, ?, ?, ?, ?, ?)",
        [
            (a.name, ECOSYSTEMS.index(a.ecosystem), key, row, _json(a.spans), _json(a.versions), a.unclear)
            for row, a in enumerate(others)
        ],
    )


def _facts(db: sqlite3.Connection) -> Facts:
    said: dict[str, Any] = {key: json.loads(value) for key, value in db.execute("select key, value from meta")}
    if said.pop("schema") != SCHEMA:
        raise ValueError
    return Facts(**said)


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _split(aliases: str | None) -> tuple[str, ...]:
    return tuple((aliases or "").split())


def _number(name: str) -> int | str:
    """The id of a malicious package as a number, which takes four bytes."""
    found = _NUMBERED.fullmatch(name)
    return int(found[1]) * _SHIFT + int(found[2]) if found else name


def _id(value: int | str) -> str:
    return f"MAL-{value // _SHIFT}-{value % _SHIFT}" if isinstance(value, int) else value
