"""Programs that a file of a repository has fetched and run in one go: in pipelines, images, scripts, and on installation."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from gate import lazy
from gate.facts.agenthook import FETCHES
from gate.facts.config import read
from gate.hint import Hint
from gate.source import Place, Source

Where = Literal["install", "pipeline", "script"]

_INSTALLS = frozenset({"preinstall", "install", "postinstall", "prepare", "prepublish", "preprepare", "postprepare"})
"""Scripts that npm runs on the machine of whoever installs the package (docs.npmjs.com, life cycle scripts)."""
_PACKAGE = lazy.regex(r"(?:^|/)package\.json$")
_PIPELINE = lazy.regex(
    r"(?:^|/)\.(?:github|gitea|forgejo)/(?:workflows|actions)/.*\.ya?ml$|(?:^|/)action\.ya?ml$|gitlab-ci[\w.-]*\.ya?ml$|azure-pipelines[\w.-]*\.ya?ml$"
    r"|(?:^|/)\.circleci/.*\.ya?ml$|(?:^|/)\.travis\.yml$|bitbucket-pipelines\.yml$|(?:^|/)Jenkinsfile"
)
_SCRIPT = lazy.regex(
    r"(?:^|/)(?:[\w.-]*Dockerfile[\w.-]*|Containerfile|[\w.-]*\.dockerfile|(?:GNUm|M|m)akefile|[\w.-]+\.(?:sh|bash|mk)|\.husky/[\w.-]+|[Jj]ustfile)$"
)
_SAFE_HOST = lazy.regex(
    r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\]|host\.docker\.internal)\b", re.IGNORECASE
)
_UNSAFE = lazy.regex(
    r"(?i)\bhttp://[\w.-]+\.|https?://\d{1,3}(?:\.\d{1,3}){3}\b|https?://(?:[\w-]+\.)*(?:pastebin\.com|paste\.\w+|hastebin\.com|termbin\.com|0x0\.st|ix\.io|transfer\.sh|ngrok(?:-free)?\.\w+"
    r"|ngrok\.io|trycloudflare\.com|webhook\.site|requestbin\.\w+|bit\.ly|tinyurl\.com|is\.gd|t\.ly|rb\.gy|gist\.githubusercontent\.com|discordapp\.com)\b"
    r"|\bcurl\b[^|;&]*\s(?:--insecure|-[a-zA-Z]*k[a-zA-Z]*)\s|\bwget\b[^|;&]*--no-check-certificate"
)
"""Whoever sits on the way, or holds a name nobody answers for, says what is run."""
_CONTINUED = lazy.regex(r"\\\n[ \t]*")


@dataclass(frozen=True)
class Fetched:
    """A command that takes a program from somewhere and runs it; `unsafe` says what of it a stranger can choose."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[Hint] = Hint.of("curl", "wget", "invoke-webrequest", "irm", "iwr")

    place: Place
    where: Where
    unsafe: str

    @classmethod
    def find(cls, source: Source) -> Iterator["Fetched"]:
        where = _where(source.path)
        for line, command in _commands(source, where) if where else ():
            if FETCHES.search(command) and not _SAFE_HOST.search(command):
                unsafe = _UNSAFE.search(command)
                yield cls(Place.at(source.path, line), where or "script", unsafe[0].strip()[:60] if unsafe else "")


def _where(path: str) -> Where | None:
    if _PACKAGE.search(path):
        return "install"
    return "pipeline" if _PIPELINE.search(path) else "script" if _SCRIPT.search(path) else None


def _commands(source: Source, where: Where | None) -> Iterator[tuple[int, str]]:
    """Each command, told by its first line; one that goes on in the next is one."""
    if where == "install":
        root = read(source)
        yield from ((one.line, one.text) for name, one in root["scripts"].pairs if name in _INSTALLS) if root else ()
        return
    number = 1
    for line in _CONTINUED.sub("\0", source.text).split("\n"):
        if not line.lstrip().startswith(("#", "//")):
            yield number, line.replace("\0", " ")
        number += 1 + line.count("\0")
