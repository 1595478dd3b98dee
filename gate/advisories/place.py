"""Where the advisories lie: an index in the user's cache, or what GATE_ADVISORIES names."""

import os
import sqlite3
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from gate.advisories.index import MEND, Facts, Index, build
from gate.advisories.reading import Reading
from gate.errors import ToolError, UsageError

FRESH = timedelta(days=14)
"""How old advisories may be before no answer rests on them any more."""
VARIABLE = "GATE_ADVISORIES"


def target() -> Path:
    """Where an index is to be written.

    Raises:
        UsageError: There is no place for it.
    """
    named = os.environ.get(VARIABLE)
    path = Path(named) if named else _usual()
    if path is None:
        raise UsageError(
            "There is no place for the database: no home, or a cache in the working folder, which a change can write.",
            f"Name a file elsewhere in {VARIABLE}.",
        )
    if path.is_dir():
        raise UsageError(f"{VARIABLE} names the folder `{path}`, which is read as it is.", "Name a file, or unset it.")
    return path


def present() -> Path | None:
    """What is there to be asked: an index, or a folder of records; None where there is nothing.

    Raises:
        ToolError: GATE_ADVISORIES names nothing, or others could have written the index.
    """
    named = os.environ.get(VARIABLE)
    if named and not Path(named).exists():
        raise ToolError(f"{VARIABLE} names `{named}`, which is not there")
    path = Path(named) if named else _usual()
    if path is None or not path.exists():
        return None
    if not named and any(map(_is_open, (path, path.parent))):
        raise ToolError(f"`{path}` can be written by others than this user, so it is not believed")
    return path


def index(path: Path) -> Index:
    """The index at a path; of a folder of records, one that is made now, and kept for this run.

    Raises:
        ToolError: It cannot be read.
    """
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return _index(path, tuple((str(one), one.lstat().st_mtime_ns, one.lstat().st_size) for one in files))


@lru_cache(maxsize=2)
def _index(path: Path, _state: tuple[tuple[str, int, int], ...]) -> Index:
    if not path.is_dir():
        return Index.open(path)
    reading = Reading([path])
    db = sqlite3.connect(":memory:", check_same_thread=False)
    build(db, reading, today().isoformat(), reading.broken)
    return Index(db)


def stale(facts: Facts, ecosystem: str) -> str:
    """Why what an index says of an ecosystem is no answer; "" when it is one."""
    newest = facts.newest.get(ecosystem)
    if not newest:
        return f"the database holds no advisories for {ecosystem}; {MEND}"
    if newest < (today() - FRESH).isoformat():
        return f"the newest advisory for {ecosystem} is of {newest}, more than {FRESH.days} days ago; {MEND}"
    return ""


def today() -> date:
    return datetime.now(UTC).date()


def _usual() -> Path | None:
    """In this user's cache; None where there is no home, or it lies in the working folder, which a change can write."""
    try:
        path = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "gate", "advisories.sqlite")
    except RuntimeError:  # a user that has no home
        return None
    inside = path.resolve().is_relative_to(Path.cwd().resolve())
    return path if path.is_absolute() and not inside else None


def _is_open(path: Path) -> bool:
    """Whether another user could have written it."""
    status = path.stat()
    return hasattr(os, "geteuid") and (status.st_uid != os.geteuid() or bool(status.st_mode & 0o022))
