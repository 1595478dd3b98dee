"""Debug modes switched on where a deployment is described: by variables, by settings, on command lines."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from gate import lazy
from gate.facts.debugging_python import Found
from gate.facts.variables import VALUES, deployed, variables
from gate.source import Source

_DEBUG = lazy.regex(r"FLASK_DEBUG|QUART_DEBUG|DJANGO_DEBUG|(?:APP_)?DEBUG")
_SETTING = lazy.regex(r"""^\s*["']?debug["']?\s*[:=]\s*["']?(?:true|on|yes|1)\b""", re.IGNORECASE)
_PROD = lazy.regex(r"(?i)(?:^|[._-])(?:prod|production|live)(?:[._-]|$)")
_CONFIG = frozenset({"yaml", "json", "toml"})
_COMMANDS = (
    (lazy.regex(r"\bflask\b[^#\n]*\brun\b[^#\n]*--debug\b|\bflask\b[^#\n]*--debug\b[^#\n]*\brun\b"), "`flask --debug`"),
    (lazy.regex(r"""\bdebugpy\b[^#\n]*--listen["',\s]+(?:0\.0\.0\.0|\[?::\]?)"""), "`debugpy --listen`"),
    (lazy.regex(r"""--inspect(?:-brk)?(?:=|["',\s]+)(?:0\.0\.0\.0|\[?::\]?)"""), "`node --inspect`"),
)
"""Commands that start a debugger which others can reach."""
_SERVICES = lazy.regex(r"(?m)^(?:kind|services):")
"""How Kubernetes and Compose begin."""
_MAX_LINE = 500


def written(source: Source) -> Iterator[Found]:
    """Debug modes a file switches on; which of them are deployed is told by its name and its kind."""
    sure = deployed(source)
    for one in variables(source):
        told = bool(sure) or one.name != "DEBUG" or not VALUES.search(source.path)
        if told and _is_on(one.name, one.value):
            yield Found(one.line, one.line, f"`{one.name}` is on", bool(sure) and _is_known(one.name, source))
    settings = source.language in _CONFIG and bool(_PROD.search(PurePosixPath(source.path).name))
    if sure is None and not settings and PurePosixPath(source.path).name != "package.json":
        return
    for number, line in enumerate(source.lines, 1):
        if len(line) > _MAX_LINE or line.lstrip().startswith("#"):
            continue
        if settings and _SETTING.match(line):
            yield Found(number, number, "`debug` is on", sure=False)
        elif sure is not None or line.lstrip().startswith(('"start"', '"prod"')):
            yield from (
                Found(number, number, f"{what} is on", bool(sure)) for how, what in _COMMANDS if how.search(line)
            )


def _is_known(name: str, source: Source) -> bool:
    """Whether the name means a debug mode there; functions of a cloud take a bare `DEBUG` for the level of their log."""
    return name != "DEBUG" or source.language not in _CONFIG | {"terraform"} or bool(_SERVICES.search(source.text))


def _is_on(name: str, value: str) -> bool:
    if name == "WERKZEUG_DEBUG_PIN":
        return value.lower() == "off"
    if name == "FLASK_ENV":
        return value.lower() == "development"
    return bool(_DEBUG.fullmatch(name)) and value.lower() in {"1", "true", "yes", "on"}
