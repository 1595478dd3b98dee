"""Bringing the index up to date: from what OSV publishes, a mirror of it, or files that were carried here."""

import shutil
from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from gate import __version__
from gate.advisories.index import replace
from gate.advisories.place import target, today
from gate.advisories.reading import Reading
from gate.advisories.record import ECOSYSTEMS
from gate.errors import ToolError, UsageError

MAX_BYTES = 4_000_000_000
_SECONDS = 60
_CHUNK = 1 << 20
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


def take_in(places: Sequence[Path]) -> Reading:
    """Make the index of these folders and zips, in place of what was there.

    Raises:
        ToolError: They hold no whole set; the old index stays.
        UsageError: There is no place for it.
    """
    path, reading = target(), Reading(places)
    replace(path, reading, today().isoformat(), reading.broken)
    return reading


def update(source: str) -> Reading:
    """Download the records of every ecosystem, and make the index of them.

    Raises:
        ToolError: One could not be had; the old index stays.
        UsageError: The address is not one that can be trusted.
    """
    if not _is_safe(source):
        raise UsageError(f"`{source}` is no https address.", "What the database says must not be changed on its way.")
    target()
    with TemporaryDirectory(prefix="gate-") as folder:
        files = [
            _downloaded(f"{source.rstrip('/')}/{name}/all.zip", Path(folder, f"{name}.zip")) for name in ECOSYSTEMS
        ]
        return take_in(files)


def _downloaded(url: str, file: Path) -> Path:
    request = Request(url, headers={"User-Agent": f"diff-gate/{__version__}"})  # noqa: S310  _is_safe has looked at it
    try:
        with build_opener(_Redirects).open(request, timeout=_SECONDS) as answer, file.open("wb") as written:
            _copy(answer, written, url)
    except (OSError, HTTPException, ValueError) as error:  # URLError is an OSError
        if isinstance(error, HTTPError):
            error.close()
        reason = getattr(error, "reason", None) or error
        raise ToolError(f"`{url}` could not be downloaded ({reason}); the database is as it was") from error
    return file


def _copy(answer: IO[bytes], written: IO[bytes], url: str) -> None:
    left = MAX_BYTES
    while chunk := answer.read(_CHUNK):
        left -= len(chunk)
        if left < 0 or shutil.disk_usage(Path(written.name).parent).free < len(chunk):
            raise ToolError(f"`{url}` is larger than any set of advisories, or than the room there is")
        written.write(chunk)


class _Redirects(HTTPRedirectHandler):
    """Follows to where nobody on the way can change what comes."""

    def redirect_request(self, *asked: Any) -> Request | None:
        """The request to make next; the address it goes to is the last argument."""
        if not _is_safe(asked[-1]):
            asked[1].close()
            raise URLError(f"it leads to `{asked[-1][:80]}`, which is no https address")
        return super().redirect_request(*asked)


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
