"""Environment variables as files set them that describe a deployment: images, Compose, Kubernetes, Terraform and others."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

from gate import lazy
from gate.paths import kind
from gate.source import Source

_NAME = r"[A-Z][A-Z0-9_]{2,60}"
_VALUE = r"""(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"'{\[,#][^\s,#]*))"""
_ASSIGNED = lazy.regex(rf"""(?:^|[\s"'-])(?P<name>{_NAME})["']?\s*(?:=|:\s)\s*{_VALUE}""")
_SPACED = lazy.regex(rf"""^\s*ENV\s+(?P<name>{_NAME})\s+{_VALUE}""")
_INSTRUCTION = lazy.regex(r"(?i)\s*ENV\s")
_PAIR = lazy.regex(
    rf"""["']?[nN]ame["']?\s*[:=]\s*["']?(?P<name>{_NAME})["']?\s*(?:,\s*)?(?:["']?[vV]alue["']?\s*[:=]\s*{_VALUE})?"""
)
_LATER = lazy.regex(rf"""^\s*["']?[vV]alue["']?\s*[:=]\s*{_VALUE}""")
_HIDDEN = (".github/", ".gitlab", ".circleci/", ".devcontainer/")
"""What runs in CI or in an editor is not deployed."""
_LOCAL = lazy.regex(r"(?i)(?:^|[/_.-])(?:dev|devel|development|local|localhost|sandbox|tests?|testing|testutils|ci|debug|examples?"
                    r"|samples?|playground|override)(?:[/_.-]|$)|\.(?:template|dist|tpl)$")  # fmt: skip
IMAGE = lazy.regex(r"(?i)(?:^|/)(?:[^/]*\.)?(?:docker|container)file(?:\.[^/]*)?$")
"""Files an image is built by."""
_COMPOSE = lazy.regex(r"(?i)(?:^|/)(?:docker-)?compose[^/]*\.ya?ml$")
_ENV = lazy.regex(r"(?i)(?:^|/)\.env(?:\.[^/]*)?$|\.env$")
VALUES = lazy.regex(r"(?i)(?:^|/)values[^/]*\.ya?ml$")
"""Values of a Helm chart: any key there may look like a variable."""
_HOSTED = lazy.regex(
    r"(?i)(?:^|/)(?:serverless\.ya?ml|fly\.toml|render\.ya?ml|app\.json|vercel\.json|netlify\.toml|procfile|uwsgi\.ini|"
    r"supervisord?\.conf|[^/]+\.service|railway\.(?:json|toml))$"
)
_MANIFEST = lazy.regex(r"(?m)^kind:\s*\S|AWSTemplateFormatVersion|AWS::Serverless|^runtime:\s*\w")
_PROD = lazy.regex(r"(?i)prod|deploy|release|live|staging")
_MAX_LINE = 500


@dataclass(frozen=True)
class Variable:
    """A variable and its value, as written."""

    line: int
    name: str
    value: str

    @property
    def is_on(self) -> bool:
        return self.value.lower() in {"1", "true", "yes", "on"}

    @property
    def is_off(self) -> bool:
        return self.value.lower() in {"0", "false", "no", "off"}


@lru_cache(maxsize=64)
def deployed(source: Source) -> bool | None:
    """Whether what a file describes runs for others; None for a file that describes no deployment."""
    path = source.path
    if path.startswith(_HIDDEN) or kind(path) == "test" or _LOCAL.search(path):
        return None
    if IMAGE.search(path) or _HOSTED.search(path) or source.language == "terraform":
        return True
    if _COMPOSE.search(path) or _ENV.search(path) or VALUES.search(path):
        return bool(_PROD.search(PurePosixPath(path).name))
    return True if source.language in {"yaml", "json"} and _MANIFEST.search(source.text) else None


@lru_cache(maxsize=64)
def variables(source: Source) -> tuple[Variable, ...]:
    """Every variable that such a file sets; none in other files."""
    return tuple(_read(source)) if deployed(source) is not None else ()


def _read(source: Source) -> Iterator[Variable]:
    waiting, image, within = "", bool(IMAGE.search(source.path)), False
    for number, line in enumerate(source.lines, 1):
        if len(line) > _MAX_LINE or line.lstrip().startswith(("#", "//", ";")):
            continue
        if image:  # `RUN DEBUG=1 make` sets it for one command
            set_here, within = within or bool(_INSTRUCTION.match(line)), line.rstrip().endswith("\\")
            within = within and set_here
            if not set_here:
                continue
        pair = _PAIR.search(line)
        later = _LATER.match(line) if waiting else None
        if later:
            yield Variable(number, waiting, _text(later))
        elif pair:
            yield from [Variable(number, pair["name"], _text(pair))] if _text(pair) else []
        else:
            spaced = _SPACED.match(line)
            found = [spaced] if spaced and "=" not in spaced[0] else _ASSIGNED.finditer(line)
            yield from (Variable(number, one["name"], _text(one)) for one in found)
        waiting = pair["name"] if pair and not _text(pair) else ""


def _text(found: re.Match[str]) -> str:
    return next((found[name] for name in ("double", "single", "bare") if found[name] is not None), "")
