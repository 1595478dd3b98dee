"""A local set of security advisories: a folder of OSV records, asked the way the OSV service is asked.

The format is the OSV schema, version 1 (https://ossf.github.io/osv-schema/): JSON as osv.dev exports it, or
YAML as the PyPA advisory database keeps it. Only records about PyPI count; withdrawn ones do not.
"""

import hashlib
import json
import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from gate.errors import ToolError

if TYPE_CHECKING:
    from packaging.version import Version

Record = Mapping[str, Any]

_NAME = re.compile(rb"""\bname["']?\s*:\s*["']?([A-Za-z0-9][A-Za-z0-9._-]*)""")
_SUFFIXES = frozenset({".json", ".yaml", ".yml"})


def folder() -> Path | None:
    """Where the local set lies: GATE_ADVISORIES, else `gate/advisories` in the user's cache, if it is there.

    Raises:
        ToolError: GATE_ADVISORIES names no folder.
    """
    named = os.environ.get("GATE_ADVISORIES")
    if named:
        if not Path(named).is_dir():
            raise ToolError(f"GATE_ADVISORIES names `{named}`, which is no folder")
        return Path(named)
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    usual = Path(home, "gate", "advisories")
    return usual if usual.is_dir() else None


def digest(place: Path) -> str:
    """What tells one state of a set from another."""
    whole = hashlib.sha256()
    for path in _paths(place):
        data = _bytes(path)
        whole.update(f"{path.relative_to(place)}\0{len(data)}\0".encode(errors="surrogateescape") + data)
    return whole.hexdigest()


@dataclass(frozen=True)
class Advisories:
    """The records about some packages, by canonical name."""

    records: Mapping[str, Sequence[Record]]

    @classmethod
    def read(cls, place: Path, names: Collection[str]) -> "Advisories":
        """Read the records about these packages (canonical names).

        Raises:
            ToolError: The set holds no record, or one about them that cannot be read.
        """
        wanted = frozenset(names)
        found: dict[str, list[Record]] = defaultdict(list)
        for path in _paths(place):
            data = _bytes(path)
            if wanted & {_canonical(name.decode()) for name in _NAME.findall(data)}:
                for record in _parsed(path, data):
                    for name in wanted & _about(record):
                        found[name].append(record)
        return cls(found)

    def affecting(self, name: str, version: str) -> list[Record]:
        """The records that say a version of a package is vulnerable, cut down to what concerns it."""
        cut = (_cut(record, _canonical(name), version) for record in self.records.get(_canonical(name), ()))
        return [record for record in cut if record]


@contextmanager
def served(advisories: Advisories) -> Iterator[str]:
    """Answer OSV queries from a set, on loopback only, for as long as the block runs; yields the URL.

    A query is `{"package": {"name": ..., "ecosystem": "PyPI"}, "version": ...}`, the answer `{"vulns": [...]}`.
    """
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            try:
                asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
                vulns = advisories.affecting(asked["package"]["name"], asked["version"])
            except (ValueError, KeyError, TypeError):
                self.send_error(400)
                return
            body = json.dumps({"vulns": vulns} if vulns else {}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its signature
            """Say nothing: progress is gate's to show."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _paths(place: Path) -> list[Path]:
    if not (paths := sorted(path for path in place.rglob("*") if path.suffix in _SUFFIXES and path.is_file())):
        raise ToolError(f"the set of advisories `{place}` is empty: no OSV record (.json, .yaml) is in it")
    return paths


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ToolError(f"the advisory `{path}` cannot be read: {error.strerror}") from error


def _parsed(path: Path, data: bytes) -> list[Record]:
    """The records of one file that still stand: OSV has one a file, some exports a list."""
    try:
        value = json.loads(data) if path.suffix == ".json" else _yaml(data)
    except (ValueError, RecursionError) as error:
        raise ToolError(f"the advisory `{path}` cannot be read: {str(error)[:100]}") from error
    records = value if isinstance(value, list) else [value]
    return [one for one in records if isinstance(one, dict) and one.get("id") and not one.get("withdrawn")]


def _yaml(data: bytes) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(data, Loader=loader)  # noqa: S506  both choices are safe loaders
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _about(record: Record) -> set[str]:
    return {_canonical(str(one["package"]["name"])) for one in _affected(record)}


def _affected(record: Record) -> list[Mapping[str, Any]]:
    listed = [one for one in record.get("affected") or () if isinstance(one.get("package"), dict)]
    return [one for one in listed if str(one["package"].get("ecosystem", "")).partition(":")[0] == "PyPI"]


def _cut(record: Record, name: str, text: str) -> Record | None:
    """The record with one range: the one this version lies in, so that its fix is the one to take."""
    version = _version(text)
    if version is None:
        return None
    for one in _affected(record):
        if _canonical(str(one["package"]["name"])) == name:
            everything = str(record["id"]).startswith("MAL-") and not (one.get("ranges") or one.get("versions"))
            events = [{"introduced": "0"}] if everything else _range(one, version)
            if events is not None:
                return _short(record, name, events)
    return None


def _range(affected: Mapping[str, Any], version: "Version") -> list[Mapping[str, str]] | None:
    """The events of the range that holds a version; empty when only the list of versions names it."""
    for one in affected.get("ranges") or ():
        if one.get("type") == "ECOSYSTEM":
            held = _held(one.get("events") or (), version)
            if held is not None:
                return held
    named = {_version(str(text)) for text in affected.get("versions") or ()}
    return _fixes(affected, version) if version in named else None


def _held(events: Sequence[Mapping[str, str]], version: "Version") -> list[Mapping[str, str]] | None:
    """The introduced and the fixed event around a version, as the schema's algorithm walks them."""
    inside: list[Mapping[str, str]] | None = None
    for bound, _, kind, event in _sorted(events):
        if kind == "introduced" and bound <= version:
            inside = [event]
        elif kind == "fixed" and inside is not None:
            if bound > version:
                return [*inside, event]
            inside = None
        elif kind == "last_affected" and inside is not None:
            if bound >= version:
                return inside
            inside = None
    return inside


def _sorted(events: Sequence[Mapping[str, str]]) -> "list[tuple[Version, int, str, Mapping[str, str]]]":
    """Events by version; none where a bound is no version of PEP 440: then the list of versions decides."""
    kinds = {"introduced", "fixed", "last_affected"}
    told = [(kind, str(text)) for event in events for kind, text in event.items() if kind in kinds]
    rows = []
    for kind, text in told:
        bound = _version("0.dev0" if text == "0" else text)
        if bound is None:
            return []
        rows.append((bound, int(kind != "introduced"), kind, {kind: text}))
    return sorted(rows, key=lambda row: row[:2])


def _fixes(affected: Mapping[str, Any], version: "Version") -> list[Mapping[str, str]]:
    """The next fixed version, for a version that only a list names."""
    ranges = [one for one in affected.get("ranges") or () if one.get("type") == "ECOSYSTEM"]
    rows = [row for one in ranges for row in _sorted(one.get("events") or ())]
    later = sorted(bound for bound, _, kind, _ in rows if kind == "fixed" and bound > version)
    return [{"introduced": "0"}, {"fixed": str(later[0])}] if later else [{"introduced": "0"}]


def _short(record: Record, name: str, events: Sequence[Mapping[str, str]]) -> Record:
    package = {"name": name, "ecosystem": "PyPI"}
    return {
        "id": str(record["id"]),
        "aliases": [str(alias) for alias in record.get("aliases") or ()],
        "summary": str(record.get("summary") or ""),
        "affected": [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": list(events)}]}],
    }


def _canonical(name: str) -> str:
    """The name by which an index knows a package (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


@lru_cache(maxsize=4096)
def _version(text: str) -> "Version | None":
    from packaging.version import InvalidVersion, Version

    try:
        return Version(text)
    except InvalidVersion:
        return None
