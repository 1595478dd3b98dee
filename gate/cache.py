"""Remembering what was found in a blob, so that a second run judges only what changed."""

import hashlib
import hmac
import json
import os
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Self, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")
_AT_ONCE = 500
"""Keys in one query; SQLite takes 999 at least."""


class Cache:
    """Plain values by key in one SQLite file; it holds no code, no secret and no hash of one without a key.

    A folder another user could have written is not used: what is remembered there could hide a finding.
    """

    def __init__(self, folder: Path | None) -> None:
        self._db = _open(folder) if folder else None
        self.secret = _secret(folder) if self._db and folder else secrets.token_bytes(32)
        self._new: dict[str, Any] = {}
        self._ahead: dict[str, str] = {}

    @classmethod
    def default(cls, repository: Path | None = None) -> Self:
        """The cache of this user; none where there is no home, or in `repository`, which the change can write."""
        try:
            folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "gate")
        except RuntimeError:  # a user that has no home
            return cls(None)
        inside = repository is not None and folder.resolve().is_relative_to(repository.resolve())
        return cls(folder if folder.is_absolute() and not inside else None)

    @property
    def writable(self) -> bool:
        return self._db is not None

    def get(self, key: str) -> Any:
        """The value stored under `key`, or None."""
        if key in self._new:
            return json.loads(_written(self._new[key]))
        if key not in self._ahead:
            self.read_ahead([key])
        try:
            return json.loads(self._ahead.pop(key, "null"))
        except ValueError:
            return None

    def read_ahead(self, keys: Sequence[str]) -> None:
        """Have at hand what is about to be asked for; reading it one by one takes longer."""
        if self._db is None:
            return
        with suppress(sqlite3.Error):
            for start in range(0, len(keys), _AT_ONCE):
                some = keys[start : start + _AT_ONCE]
                asked = f"select key, value from entry where key in ({','.join('?' * len(some))})"  # noqa: S608  marks
                self._ahead.update(self._db.execute(asked, some))

    def put(self, key: str, value: Any) -> None:
        """Store frozen dataclasses, tuples of them or plain values; they are written down when they are saved."""
        self._new[key] = value

    def save(self, unless: Callable[[str], bool] = lambda _: False) -> None:
        """Write what is new, `unless` it holds a secret.

        A full or locked disk costs the next run its time, not this one its verdict.
        """
        if self._db is None or not self._new:
            return
        rows = [row for row in ((key, _written(value)) for key, value in self._new.items()) if not unless(row[1])]
        with suppress(sqlite3.Error), self._db:
            self._db.executemany("insert or replace into entry values (?, ?)", rows)
        self._new.clear()

    def mark(self, *parts: str) -> str:
        """A keyed hash: tells equal code apart without revealing what it says."""
        return hmac.new(self.secret, "\0".join(parts).encode(errors="surrogateescape"), "sha256").hexdigest()


def key(*parts: str) -> str:
    """One key of many parts."""
    return hashlib.sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()


def _written(value: Any) -> str:
    return json.dumps(dump(value), separators=(",", ":"))


def dump(value: Any) -> Any:
    """A frozen dataclass, or a tuple of them, as plain lists for JSON."""
    if is_dataclass(value) and not isinstance(value, type):
        return [dump(getattr(value, field.name)) for field in fields(value)]
    if isinstance(value, tuple | list | frozenset):
        return [dump(part) for part in (sorted(value) if isinstance(value, frozenset) else value)]
    return value


def load(kind: type[T], data: Any) -> T:
    """The inverse of `dump`, guided by the type's own annotations."""
    made: Any = kind
    return _loader(made)(data)  # type: ignore[no-any-return]


@cache
def _loader(kind: Any) -> Callable[[Any], Any]:
    """How to load one type; to ask it what it is made of, value by value, took most of a second run."""
    origin = get_origin(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        made, parts = kind, tuple(map(_loader, _hints(kind)))
        return lambda data: made(*[part(value) for part, value in zip(parts, data, strict=True)])
    if origin is tuple:
        return _tuple(get_args(kind))
    if origin is frozenset:
        member = _loader(get_args(kind)[0])
        return lambda data: frozenset(map(member, data))
    if origin is UnionType:
        some = _loader(next(argument for argument in get_args(kind) if argument is not NoneType))
        return lambda data: None if data is None else some(data)
    return kind if isinstance(kind, type) else lambda data: data


def _tuple(arguments: Sequence[Any]) -> Callable[[Any], tuple[Any, ...]]:
    parts = tuple(map(_loader, arguments[:1] if arguments[1:] == (Ellipsis,) else arguments))
    if arguments[1:] == (Ellipsis,):
        return lambda data: tuple(map(parts[0], data))
    return lambda data: tuple([part(value) for part, value in zip(parts, data, strict=True)])


@cache
def _hints(kind: type) -> tuple[Any, ...]:
    hints = get_type_hints(kind)
    return tuple(hints[field.name] for field in fields(kind))


def _open(folder: Path) -> sqlite3.Connection | None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
        if hasattr(os, "geteuid") and (status.st_uid != os.geteuid() or status.st_mode & 0o022):
            return None
        db = sqlite3.connect(folder / "cache.sqlite", timeout=2, check_same_thread=False)
        db.execute("pragma synchronous = off")
        db.execute("create table if not exists entry (key text primary key, value text) without rowid")
    except (OSError, sqlite3.Error):
        return None
    return db


def _secret(folder: Path) -> bytes:
    path = folder / "key"
    with suppress(OSError):
        if not path.exists():
            path.touch(mode=0o600)
            path.write_bytes(secrets.token_bytes(32))
        if len(data := path.read_bytes()) == 32:
            return data
    return secrets.token_bytes(32)
