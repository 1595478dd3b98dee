"""Where this copy of gate comes from, so that what it writes for others can name it by its commit."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from gate import __version__, lazy
from gate.errors import ToolError, UsageError
from gate.process import clean_environment, run

_TOP = Path(__file__).parent.parent
_GIVEN = lazy.regex(r"(?:(https://[\w.:-]+)/)?([\w.-]+/[\w.-]+?)(?:\.git)?@([0-9a-f]{40})")
_UNPACKED = lazy.regex(r"/_actions/([\w.-]+/[\w.-]+)/(.+)")
_QUESTIONS = (
    ("rev-parse", "--show-toplevel"), ("remote", "get-url", "origin"), ("rev-parse", "HEAD"),
    ("describe", "--tags", "--always"),
)  # fmt: skip
_REMOTE = lazy.regex(
    r"(?:https://(?:[^@/]+@)?|ssh://(?:[^@/]+@)?|[\w.-]+@)([\w.-]+)(?::\d+)?[/:]([\w.-]+/[\w.-]+?)(?:\.git)?/?"
)


@dataclass(frozen=True)
class Origin:
    """A repository of gate's and a commit in it; `label` is what people call that commit."""

    host: str
    repository: str
    commit: str
    label: str

    @property
    def url(self) -> str:
        return f"{self.host}/{self.repository}"


def stated(text: str) -> Origin:
    """The origin a person names: `OWNER/REPOSITORY@COMMIT`, on github.com or with the host before it.

    Raises:
        UsageError: It is not of that form.
    """
    found = _GIVEN.fullmatch(text)
    if found is None:
        hint = "Write OWNER/REPOSITORY@COMMIT with the 40 digits of a commit: a tag can be moved, a commit cannot."
        raise UsageError(f"`{text}` does not name a commit of gate.", hint)
    return Origin(found[1] or "https://github.com", found[2], found[3], f"v{__version__}")


def known() -> Origin | None:
    """What the build wrote into this copy, or what git says of the checkout it runs from."""
    stamp = files("gate") / "_origin.json"
    return Origin(**json.loads(stamp.read_text(encoding="utf-8"))) if stamp.is_file() else checkout(_TOP)


def pages(environment: Mapping[str, str] = os.environ) -> str:
    """What stands before a rule's id in the address of its page; empty where this copy does not know its own."""
    origin = unpacked(_TOP, environment) or known()
    return f"{origin.url}/blob/{quote(origin.commit)}/docs/rules/" if origin else ""


def unpacked(top: Path, environment: Mapping[str, str]) -> Origin | None:
    """What the folder tells in which a runner unpacks an Action, `_actions/OWNER/REPOSITORY/REF`; None elsewhere.

    A composite action is told its repository in no other way (https://github.com/actions/runner/issues/2473).
    """
    found = _UNPACKED.search(top.as_posix())
    server = environment.get("GITHUB_SERVER_URL") or "https://github.com"
    return Origin(server, found[1], found[2], found[2]) if found else None


def checkout(top: Path) -> Origin | None:
    """What git says of a checkout; None when `top` is not the top of one, or it has no remote on a server.

    Of the address of the remote, who asks and with which token are left out.
    """
    said = [_git(top, *question) for question in _QUESTIONS]
    root, remote, commit, label = (answer or "" for answer in said)
    found = _REMOTE.fullmatch(remote)
    if not found or not all(said) or not Path(root).samefile(top):
        return None
    return Origin(f"https://{found[1]}", found[2], commit, label)


def _git(top: Path, *question: str) -> str | None:
    try:
        output = run(["git", *question], cwd=top, env=clean_environment())
    except ToolError:
        return None
    return output.stdout.strip() if output.status == 0 else None
