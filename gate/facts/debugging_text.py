"""Debug modes switched on where a deployment is described: Dockerfiles, Compose, Kubernetes, `.env` files."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from gate.facts.debugging_python import Found
from gate.source import Source

_DEBUG = r"(?P<name>FLASK_DEBUG|FLASK_ENV|QUART_DEBUG|DJANGO_DEBUG|WERKZEUG_DEBUG_PIN|(?:APP_)?DEBUG)"
_SET = re.compile(rf"""^\s*(?:-\s*)?(?:ENV\s+|export\s+)?["']?{_DEBUG}["']?\s*(?:=|:\s|\s)\s*["']?(?P<value>[\w-]+)""")
_NAMED = re.compile(rf"""^\s*-?\s*["']?name["']?\s*:\s*["']?{_DEBUG}["']?\s*,?$""")
_VALUE = re.compile(r"""^\s*["']?value["']?\s*:\s*["']?(?P<value>[\w-]+)""")
_ON = frozenset({"1", "true", "yes", "on"})
_MANIFEST = re.compile(r"(?m)^kind:\s*\S")
_COMPOSE = re.compile(r"(?i)(?:^|/)(?:docker-)?compose[^/]*\.ya?ml$")
_IMAGE = re.compile(r"(?i)(?:^|/)(?:[^/]*\.)?(?:docker|container)file(?:\.[^/]*)?$")
_ENV = re.compile(r"(?i)(?:^|/)\.env(?:\.[^/]*)?$|\.env$")
_PROD = re.compile(r"(?i)prod|deploy|release|live|staging")
_MAX_LINE = 500


def written(source: Source) -> Iterator[Found]:
    """Debug modes a file of these kinds switches on; which of them are deployed is told by its name and its kind."""
    deployed = _deployed(source)
    if deployed is None:
        return
    waiting = ""
    for number, line in enumerate(source.lines, 1):
        named = _NAMED.match(line) if len(line) < _MAX_LINE else None
        given = _SET.match(line) if len(line) < _MAX_LINE else None
        value = _VALUE.match(line) if waiting and len(line) < _MAX_LINE else None
        if given and _is_on(given["name"], given["value"]):
            yield Found(number, number, f"`{given['name']}` is on", deployed)
        elif value and _is_on(waiting, value["value"]):
            yield Found(number, number, f"`{waiting}` is on", deployed)
        waiting = named["name"] if named else ""


def _deployed(source: Source) -> bool | None:
    """Whether what a file describes runs for others; None for a file that describes no deployment."""
    path = source.path
    if path.startswith((".github/", ".gitlab", ".circleci/", ".devcontainer/")):
        return None
    if _IMAGE.search(path):
        return True
    if _COMPOSE.search(path) or _ENV.search(path):
        return bool(_PROD.search(PurePosixPath(path).name))
    return True if source.language == "yaml" and _MANIFEST.search(source.text) else None


def _is_on(name: str, value: str) -> bool:
    if name == "WERKZEUG_DEBUG_PIN":
        return value.lower() == "off"
    return value.lower() == "development" if name == "FLASK_ENV" else value.lower() in _ON
