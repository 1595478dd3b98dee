"""Settings that say from where packages are installed: options, variables and files of pip, uv, Poetry, npm and Yarn."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import ClassVar
from urllib.parse import urlsplit

from gate import lazy
from gate.clients import default_hosts
from gate.facts.manifest import is_manifest
from gate.hint import Hint
from gate.source import Place, Source

_PATHS = lazy.regex(
    r"(?i)(^|/)((docker|container)file[^/]*|[^/]*\.dockerfile|[^/]*(pip|uv|poetry|pydistutils)\.(conf|ini|toml|cfg)|\.piprc"
    r"|makefile|justfile|tox\.ini|setup\.(cfg|py)|noxfile\.py|pyproject\.toml|pipfile|bunfig\.toml|\.?(npmrc|yarnrc(\.yml)?)"
    r"|pnpm-workspace\.yaml|\.env[^/]*|[^/]*\.env|\.(gitlab-ci|travis|drone)\.yml|netlify\.toml|vercel\.json)$"
    r"|\.(sh|bash|ya?ml|tf|ps1|bat|py|ipynb|toml)$"
)
"""Where such settings do their work; what a manual says is not among them."""
_URL = r"""(?:[\s"'=,:\[(]|\\\n)*["']?((?:[\w.-]+=)?[^\s"',\])}]+)"""
_OPTION = lazy.regex(
    rf"(?<![\w-])--(extra-i[a-z-]*|index-u[a-z]*|pypi-url|default-index|index|find-l[a-z]*|trusted-h[a-z]*|allow-insecure-host|registry)"
    rf"(?![\w-]){_URL}"
)
"""Options of pip may be cut short, says `optparse`, with which it reads them in lists of requirements too."""
_SHORT = lazy.regex(
    r"(?:^|\bpip3?\s+(?:install|download|wheel)\b[^\n;&|]{0,500}?\s)-(i|f)(?:[ =]+|(?=\w+://))(\S+)", re.MULTILINE
)
_VARIABLE = lazy.regex(
    r"(?i)\b(PIP_INDEX_URL|PIP_EXTRA_INDEX_URL|PIP_FIND_LINKS|PIP_TRUSTED_HOST|UV_INDEX(?:_URL)?|UV_DEFAULT_INDEX"
    r"|UV_EXTRA_INDEX_URL|UV_FIND_LINKS|UV_INSECURE_HOST|NPM_CONFIG_REGISTRY|NPM_CONFIG_STRICT_SSL|YARN_REGISTRY"
    rf"|YARN_NPM_REGISTRY_SERVER|DEPENDENCY_LINKS|BUN_CONFIG_REGISTRY){_URL}"
)
_SET = lazy.regex(
    r"\b(?:pip3?\s+config\s+set\s+(?:global|user|site|install)\.([\w-]+)|npm\s+(?:config\s+)?set\s+((?:@[\w-]+:)?registry|strict-ssl)"
    r"|yarn\s+config\s+set\s+(registry|npmRegistryServer)|poetry\s+source\s+add\s+(?:--\S+\s+)*([\w-]+))[ =]+(\S+)"
)
_KEY = lazy.regex(
    r"""(?m)^[ \t]*["']?(index[-_]url|extra[-_]index[-_]url|find[-_]links|trusted[-_]host|strict-ssl|(?:@[\w.-]+:)?registry|registries"""
    r"""|npmRegistryServer|dependency_links|allow_hosts|verify_ssl|enableStrictSsl|unsafeHttpWhitelist|allow-insecure-host)["']?[ \t]*[=:\s][ \t]*([^\n]*(?:\n[ \t]+[^\s=][^\n=]*$)*)"""
)
_KEYED = lazy.regex(
    r"(?i)(^|/)([^/]*(pip|uv|poetry|pydistutils|bunfig)\.(conf|ini|toml|cfg)|\.piprc|pyproject\.toml|pipfile|setup\.(cfg|py)|\.?(npmrc|yarnrc(\.yml)?)|pnpm-workspace\.yaml)$"
)
_LIST = lazy.regex(r"(?m)^[ \t]*index\s*=\s*(\[[^\]]*\])")
"""uv's tables of indexes, in one list."""
_WRITES = lazy.regex(r"((?:@[\w-]+:)?registry)=(https?://[^\s\"'>]+)[^\n]*npmrc")
"""`echo registry=... > .npmrc`."""
_ACTION = lazy.regex(r"(?m)^[ \t]*(registry)-url[ \t]*:[ \t]*(\S+)")
"""What `actions/setup-node` writes into `.npmrc`."""
_TABLE = lazy.regex(r"^\s*\[{1,2}\s*([\w.-]+)\s*\]{1,2}")
_TABLES = frozenset({"tool.uv.index", "tool.poetry.source", "tool.pdm.source", "source", "index"})
_SCOPES = "install.scopes"
"""Bun's table: by scope an address, or a table with one."""
_SCRIPT = lazy.regex(r"(?m)^# /// script$(?s:.)*?^# ///$")
_HOST = lazy.regex(r"[\w-]+(?:\.[\w-]+)+\.?(?::\d+)?|\*")
_VALUE = lazy.regex(r"""[^\s"',\[\](){}\\]+""")
_KINDS = {
    "extra": "extra", "find": "links", "f": "links", "dependency": "links", "trusted": "trusted", "insecure": "trusted",
    "allow-insecure": "trusted", "unsafehttp": "trusted", "strict": "strict", "verify": "strict", "enablestrict": "strict",
}  # fmt: skip
_WORDS = (
    "index-url", "index_url", "default-index", "default_index", "--index", "find-links", "find_links", "trusted-host",
    "trusted_host", "insecure-host", "insecure_host", "uv_index", "strict-ssl", "strict_ssl", "dependency_links", "verify_ssl",
    "uv.index", "poetry.source", "pdm.source", "source add", "--registry", "--extra-i", "--index-u", "pypi-url", "--find-l", "--trusted-h",
    "enablestrictssl", "unsafehttp", "install.scopes", "registries",
)  # fmt: skip
_BUILDERS = frozenset({
    "download.pytorch.org", "data.pyg.org", "storage.googleapis.com", "wheels.vllm.ai", "rocm.nightlies.amd.com", "repo.radeon.com",
})  # fmt: skip
_HERE = frozenset("localhost 127.0.0.1 [::1] 0.0.0.0".split())


@dataclass(frozen=True)
class IndexSetting:
    """A place packages are taken from, or a check of who answers there that is left out."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[Hint] = Hint(
        (
            *((word, "") for word in _WORDS),
            ("index", r"\s*=\s*\["),
            ("registry", r"(?:server|-url)?[=\s\"':]+(?:https?:|\$|\{)"),
            ("pip", r"3?\s+(?:install|download|wheel)\b[^\n]{0,500}\s-[if](?:\b|https?:)"),
        ),
        (lazy.regex(r"(?m)^(?:-[if](?:[ =]|\w+:)|[ \t]*\[\[?(?:index|source)\])"),),
    )

    place: Place
    kind: str
    """"main", "extra", "links", "trusted" (a host that need not show who it is) or "strict" (no host need)."""
    url: str
    """As written, but without a name before it or a password in it; "" where it is a variable."""

    @classmethod
    def find(cls, source: Source) -> Iterator["IndexSetting"]:
        if not (may_set(source.path) or is_manifest(source)):
            return
        seen = set()
        ends = list(accumulate(len(line) + 1 for line in source.lines))
        for at, name, value in _written(source):
            line = bisect_right(ends, at) + 1
            for found in _settings(name, value):
                if (line, *found) not in seen:
                    seen.add((line, *found))
                    yield cls(Place.at(source.path, line), *found)

    @property
    def host(self) -> str:
        """The host it names, in lower case; "" for a folder or a variable."""
        if self.kind == "trusted":
            return self.url.rpartition("://")[2].partition("/")[0].partition(":")[0].lower()
        try:
            return (urlsplit(self.url).hostname or "").lower()
        except ValueError:
            return ""

    @property
    def is_plain(self) -> bool:
        """Whether what comes from there can be changed on the way."""
        return self.url.lower().startswith(("http://", "git://", "ftp://"))

    @property
    def is_default(self) -> bool:
        """Whether packages come from there anyhow, or from this machine."""
        common = self.host in default_hosts() and not self.is_plain
        return self.kind not in {"trusted", "strict"} and (self.host in _HERE or common)


def gives_builds(host: str) -> bool:
    """Whether projects give out builds there that the common index has no room for."""
    return host in _BUILDERS or host.endswith((".nvidia.com", ".anaconda.org"))


def may_set(path: str) -> bool:
    """Whether such settings do their work in a file, by its name; a list of requirements may have any."""
    return bool(_PATHS.search(path)) or path.endswith((".txt", ".in", ".pip"))


def _written(source: Source) -> Iterator[tuple[int, str, str]]:
    """Where a setting stands, by which name, and its value."""
    text = source.text
    for pattern in (_OPTION, _VARIABLE):
        yield from (
            (found.start(), found[1], found[2]) for found in pattern.finditer(text) if not _commented(text, found)
        )
    if source.path.endswith((".txt", ".in")) or " -i " in text or " -f " in text:
        yield from ((found.start(2), found[1], found[2]) for found in _SHORT.finditer(text))
    for found in _SET.finditer(text):
        yield found.start(), next(name for name in (*found.groups()[:3], "index") if name), found[5]
    yield from ((found.start(1), found[1], found[2]) for found in _WRITES.finditer(text))
    if ".github/" in source.path:
        yield from ((found.start(1), found[1], found[2]) for found in _ACTION.finditer(text))
    if _KEYED.search(source.path):
        yield from _keyed(text)
    elif head := _SCRIPT.search(text) if source.path.endswith(".py") else None:
        bare = re.sub(r"(?m)^# ?", lambda mark: " " * len(mark[0]), head[0])
        yield from ((head.start() + at, name, value) for at, name, value in _keyed(bare))


def _keyed(text: str) -> Iterator[tuple[int, str, str]]:
    """The settings of a file that holds nothing else."""
    yield from ((found.start(1), found[1], found[2]) for found in _KEY.finditer(text) if not _commented(text, found))
    yield from ((found.start(1), "index", found[1]) for found in _LIST.finditer(text))
    yield from _tables(text)


def _tables(text: str) -> Iterator[tuple[int, str, str]]:
    """The addresses in tables of sources: `[[tool.uv.index]]`, `[[tool.poetry.source]]`, Pipenv's `[[source]]`."""
    inside, at = "", 0
    for line in text.split("\n"):
        if header := _TABLE.match(line):
            inside = header[1] if header[1] in {*_TABLES, _SCOPES} else ""
        elif inside and (found := re.match(r"""\s*url\s*=\s*["']([^"']+)""", line)):
            yield at, "index", found[1]
        elif inside == _SCOPES and (found := re.search(r"""=.*["'](https?://[^"']+)""", line)):
            yield at, "registry", found[1]
        at += len(line) + 1


def _settings(name: str, value: str) -> Iterator[tuple[str, str]]:
    kind = _kind(name)
    if kind == "strict":
        if re.match(r"""["'\s]*(false|0|no)\b""", value, re.IGNORECASE):
            yield kind, ""
        return
    for found in _VALUE.finditer(value):
        url = re.sub(r"^[\w.-]+=(?=\w+://)", "", found[0])
        url = "{" if value.startswith("{", found.end()) else url  # `f"https://{host}"` names none
        if "://" in url or (kind == "trusted" and _HOST.fullmatch(url)) or url.startswith(("$", "{", "%")):
            yield kind, "" if url.startswith(("$", "{", "%")) else re.sub(r"(?<=://)[^/@]*@", "", url)


def _kind(name: str) -> str:
    words = name.lower().replace("_", "-").removeprefix("pip-").removeprefix("uv-").removeprefix("npm-config-")
    return next((kind for start, kind in _KINDS.items() if words.startswith(start)), "main")


def _commented(text: str, found: re.Match[str]) -> bool:
    start = text.rfind("\n", 0, found.start()) + 1
    return text[start : min(found.start(), start + 200)].lstrip().startswith(("#", "//", ";"))
