"""Reading OSV records from folders and zips: nothing is unpacked, no link is followed, and no file may be a bomb."""

import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gate.errors import ToolError

MAX_FILE = 20_000_000
"""Bytes of one file; the largest records hold a few hundred thousand."""
MAX_ALL = 20_000_000_000
MAX_COUNT = 3_000_000
_SUFFIXES = (".json", ".yaml", ".yml")


@dataclass(frozen=True)
class Text:
    """A file that may hold records: where, when it was written, and its bytes."""

    name: str
    day: str
    data: bytes


def texts(place: Path) -> Iterator[Text]:
    """The files of a folder, or of a zip, that may hold records.

    Raises:
        ToolError: It cannot be read, or is larger than any set of advisories.
    """
    size = 0
    try:
        for count, text in enumerate(_folder(place) if place.is_dir() else _zip(place)):
            size += len(text.data)
            if size > MAX_ALL or count >= MAX_COUNT:
                raise ToolError(f"`{place}` holds more than any set of advisories does")
            yield text
    except OSError as error:
        raise ToolError(f"`{place}` cannot be read: {error.strerror or error}") from error


def _folder(place: Path) -> Iterator[Text]:
    for folder, folders, names in os.walk(place):
        folders.sort()
        for path in (Path(folder, name) for name in sorted(names) if name.endswith((*_SUFFIXES, ".zip"))):
            if path.is_symlink() or not path.is_file():
                continue
            if path.suffix == ".zip":  # as osv-scanner keeps them: PyPI/all.zip, npm/all.zip
                yield from _zip(path)
                continue
            status = path.stat()
            if status.st_size > MAX_FILE:
                raise ToolError(f"`{path}` has {status.st_size:,} bytes; no record has so many")
            yield Text(str(path.relative_to(place)), _day(status.st_mtime), path.read_bytes())


def _zip(place: Path) -> Iterator[Text]:
    try:
        with zipfile.ZipFile(place) as archive:
            for member in archive.infolist():
                if member.filename.endswith(_SUFFIXES):
                    yield Text(member.filename, "{:04}-{:02}-{:02}".format(*member.date_time), _member(archive, member))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise ToolError(f"`{place}` is neither a folder nor a zip that can be read: {error}") from error
    except Exception as error:  # zlib and lzma have errors of their own
        if isinstance(error, OSError | ToolError):
            raise
        raise ToolError(f"`{place}` is damaged: {error}") from error


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """What a member holds; what it says of its size is not believed."""
    with archive.open(member) as opened:
        data = opened.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise ToolError(f"`{member.filename[:80]}` has more than {MAX_FILE:,} bytes; no record has so many")
    return data


def values(text: Text) -> list[Any]:
    """What a file holds: OSV has one record a file, some exports a list.

    Raises:
        ValueError: It cannot be read.
    """
    try:
        value = json.loads(text.data) if text.name.endswith(".json") else _yaml(text.data)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return value if isinstance(value, list) else [value]


def _yaml(data: bytes) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(data, Loader=loader)  # noqa: S506  both choices are safe loaders
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
