"""Asking package indexes about names: the only module that speaks to them.

Which index is asked, the base policy says, else the settings of whoever runs gate: pip's variables and files, npm's
variables and `~/.npmrc`. What a repository says of indexes is never asked, and no answer leads to another host.

The answers are those of the simple API in JSON (PEP 691, with the times of PEP 700) and of npm's registry
(https://github.com/npm/registry, package metadata).
"""

import configparser
import json
import os
import re
import ssl
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from gzip import BadGzipFile, GzipFile
from http.client import HTTPException
from io import BytesIO
from netrc import NetrcParseError, netrc
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, unquote, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, HTTPSHandler, OpenerDirector, Request, build_opener

from gate import lazy
from gate.clients import default_hosts, default_index

SECONDS = 8.0
"""How long one index may take to answer."""
MAX_BYTES = 40_000_000
_ACCEPT = {"PyPI": "application/vnd.pypi.simple.v1+json, text/html;q=0.1", "npm": "application/json"}
_GONE = frozenset({404, 410})
_DAY = lazy.regex(r"\d{4}-\d\d-\d\d")
_TOKEN = lazy.regex(r"^(//[^\s=]+?)/?:_authToken\s*=\s*(\S+)\s*$", re.MULTILINE)


class UnansweredError(Exception):
    """An index did not say whether it has a name; the message says why, and names no token."""


@dataclass(frozen=True)
class Index:
    """An index of one ecosystem; `authorization` is a header."""

    ecosystem: str
    url: str
    authorization: str = ""

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def is_public(self) -> bool:
        return self.host in default_hosts()


@dataclass(frozen=True)
class Release:
    """A version; `day` is when its first file was published, "" where the index does not tell."""

    version: str
    day: str
    withdrawn: bool


@dataclass(frozen=True)
class Known:
    """What an index says of a name; without releases it has only that."""

    releases: tuple[Release, ...] = ()

    @property
    def first(self) -> str:
        """The day of the first release; "" where it is not told."""
        days = [one.day for one in self.releases]
        return min(days) if days and all(days) else ""


def configured(
    ecosystem: str, chosen: str = "", environment: Mapping[str, str] = os.environ, home: Path | None = None
) -> tuple[Index, ...]:
    """The indexes of an ecosystem: the one of the policy, else those of whoever runs gate; none if nobody says."""
    folder = home or Path(environment.get("HOME") or "/")
    if chosen:
        return (_index(ecosystem, chosen, folder),)
    urls = _pip(environment, folder) if ecosystem == "PyPI" else _npm(environment, folder)
    return tuple(_index(ecosystem, url, folder) for url in dict.fromkeys(urls) if url)


def ask(index: Index, name: str) -> Known | None:
    """What an index knows of a name; None where it has no such name.

    Raises:
        UnansweredError: It did not say, or is a folder.
    """
    if not index.url.startswith(("https://", "http://")):
        raise UnansweredError("an index that is a folder is not asked")
    path = f"{name}/" if index.ecosystem == "PyPI" else quote(name, safe="@")
    headers = {"Accept": _ACCEPT[index.ecosystem], "Accept-Encoding": "gzip", "User-Agent": "diff-gate"}
    headers |= {"Authorization": index.authorization} if index.authorization else {}
    asked = Request(f"{index.url.rstrip('/')}/{path}", headers=headers)  # noqa: S310  HTTP, as asked above
    try:
        with _opener().open(asked, timeout=SECONDS) as answer:
            kind, text = answer.headers.get_content_type(), _text(answer, answer.headers.get("Content-Encoding", ""))
    except HTTPError as error:
        error.close()
        if error.code in _GONE:
            return None
        raise UnansweredError(f"`{index.host}` answered {error.code}") from error
    except (URLError, OSError, HTTPException, EOFError) as error:
        raise UnansweredError(f"`{index.host}` could not be asked ({type(error).__name__})") from error
    return _known(index, kind, text)


def _known(index: Index, kind: str, text: bytes) -> Known:
    if index.ecosystem == "PyPI" and not kind.endswith("json"):
        return Known()
    try:
        read = json.loads(text)
        found = _of_files(read) if index.ecosystem == "PyPI" else _of_times(read)
        return Known(tuple(sorted(found, key=lambda one: (one.day, one.version))))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UnansweredError(f"`{index.host}` gave an answer that cannot be read") from error


def _of_files(data: Mapping[str, Any]) -> Iterator[Release]:
    """The releases by their files: one is withdrawn when all of its files are."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for file in data["files"]:
        if version := _version(str(file["filename"])):
            found.setdefault(version, []).append(file)
    for version, files in found.items():
        days = [_day(file.get("upload-time")) for file in files]
        yield Release(version, min(days) if all(days) else "", all(bool(file.get("yanked")) for file in files))


def _version(filename: str) -> str:
    from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, parse_sdist_filename, parse_wheel_filename

    with suppress(InvalidWheelFilename, InvalidSdistFilename):
        read = parse_wheel_filename(filename) if filename.endswith(".whl") else parse_sdist_filename(filename)
        return str(read[1])
    return ""


def _of_times(data: Mapping[str, Any]) -> Iterator[Release]:
    times = data.get("time", {})
    for version in data["versions"]:
        yield Release(str(version), _day(times.get(version)), withdrawn=False)


def _day(time: object) -> str:
    found = _DAY.match(str(time))
    return found[0] if found else ""


def _text(answer: IO[bytes], encoding: str) -> bytes:
    data = answer.read(MAX_BYTES + 1)
    try:
        text = GzipFile(fileobj=BytesIO(data)).read(MAX_BYTES + 1) if encoding == "gzip" else data
    except BadGzipFile as error:
        raise UnansweredError("an answer could not be unpacked") from error
    if max(len(text), len(data)) > MAX_BYTES:
        raise UnansweredError("an answer was too large")
    return text


class _SameHost(HTTPRedirectHandler):
    """An index may say that a name is written otherwise; it may not send gate, or a token, to somebody else."""

    max_redirections = 3

    def redirect_request(  # noqa: PLR0913, PLR0917  its signature
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        if urlsplit(req.full_url)[:2] != urlsplit(newurl)[:2]:
            raise HTTPError(req.full_url, code, "it leads to another host", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@lru_cache(maxsize=1)
def _opener() -> OpenerDirector:
    context = ssl.create_default_context()
    bundle = next((os.environ[one] for one in ("PIP_CERT", "REQUESTS_CA_BUNDLE") if os.environ.get(one)), "")
    if bundle and Path(bundle).is_absolute():
        with suppress(OSError):
            context.load_verify_locations(bundle)
    return build_opener(_SameHost, HTTPSHandler(context=context))


def _index(ecosystem: str, url: str, home: Path) -> Index:
    """An index with what it is asked with: a password in the address, else of `~/.netrc`, else npm's token."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    plain = urlunsplit((parts.scheme, host, parts.path, "", "")).rstrip("/")
    if parts.username:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        return Index(ecosystem, plain, f"Basic {b64encode(pair.encode()).decode()}")
    if ecosystem == "npm":
        tokens = dict(_TOKEN.findall(_read(home / ".npmrc")))
        token = tokens.get(f"//{host}{parts.path.rstrip('/')}", "")
        return Index(ecosystem, plain, f"Bearer {token}" if token and "$" not in token else "")
    return Index(ecosystem, plain, _of_netrc(parts.hostname or "", home))


def _of_netrc(host: str, home: Path) -> str:
    with suppress(OSError, NetrcParseError):
        if found := netrc(home / ".netrc").authenticators(host):
            return f"Basic {b64encode(f'{found[0]}:{found[2]}'.encode()).decode()}"
    return ""


def _pip(environment: Mapping[str, str], home: Path) -> Sequence[str]:
    """Its index and the extra ones: variables before files, the user's before the machine's."""
    files = [Path("/etc/xdg/pip/pip.conf"), Path("/etc/pip.conf")]
    files += [home / ".pip/pip.conf", home / ".config/pip/pip.conf"]
    named = environment.get("PIP_CONFIG_FILE", "")
    files += [Path(named)] if Path(named).is_absolute() else []
    said: dict[str, str] = {}
    for file in files:
        said |= _keys(_read(file))
    main = environment.get("PIP_INDEX_URL") or said.get("index-url") or default_index("PyPI")
    return [main, *(environment.get("PIP_EXTRA_INDEX_URL") or said.get("extra-index-url", "")).split()]


def _keys(text: str) -> Mapping[str, str]:
    parser = configparser.RawConfigParser(strict=False)
    with suppress(configparser.Error):
        parser.read_string(text)
    return dict(parser["global"]) if parser.has_section("global") else {}


def _npm(environment: Mapping[str, str], home: Path) -> Sequence[str]:
    named = {name.lower(): value for name, value in environment.items()}.get("npm_config_registry", "")
    files = [_read(home / ".npmrc"), _read(Path("/etc/npmrc")), _read(Path("/usr/local/etc/npmrc"))]
    said = [found[1] for text in files if (found := re.search(r"(?m)^registry\s*=\s*(\S+)", text))]
    return [next(iter([*([named] if named else []), *said]), default_index("npm"))]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""
