"""What the CI runner says it is running for: the event payload GitHub Actions leaves in a file."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gate.attest import Said
from gate.errors import ToolError


@dataclass(frozen=True)
class Event:
    """The event of this run; every text is empty, and `number` 0, where the event has no such thing."""

    name: str = ""
    repository: str = ""
    number: int = 0
    base: str = ""
    head: str = ""
    head_repository: str = ""
    said: Said | None = None

    @property
    def by_a_stranger(self) -> bool:
        """A `workflow_run` hands on what another run left, one whose workflow file a fork may have written."""
        return self.name == "workflow_run"


def read_event(environment: Mapping[str, str] = os.environ) -> Event:
    """The event GitHub Actions describes; an empty one elsewhere.

    Raises:
        ToolError: The payload is named, and cannot be read.
    """
    name, repository = environment.get("GITHUB_EVENT_NAME", ""), environment.get("GITHUB_REPOSITORY", "")
    path = environment.get("GITHUB_EVENT_PATH", "")
    if not path:
        return Event(name, repository)
    try:
        payload = json.loads(Path(path).read_text(encoding="utf-8"))
        return _event(name, repository, payload if isinstance(payload, dict) else {})
    except (OSError, ValueError, RecursionError) as error:
        raise ToolError(f"the event payload `{path}` cannot be read ({type(error).__name__})") from error
    except (KeyError, TypeError, AttributeError) as error:
        raise ToolError(f"the event payload `{path}` is not as GitHub sends it ({error})") from error


def _event(name: str, repository: str, payload: Mapping[str, Any]) -> Event:
    if run := payload.get("workflow_run"):
        source = (run.get("head_repository") or {}).get("full_name", "")
        return Event(name, repository, head=run.get("head_sha", ""), head_repository=source)
    pull = payload.get("pull_request")
    if not pull:
        return Event(name, repository)
    return Event(
        name, repository, pull["number"], pull["base"]["sha"], pull["head"]["sha"],
        (pull["head"].get("repo") or {}).get("full_name", ""), said(pull),
    )  # fmt: skip


def said(pull: Mapping[str, Any]) -> Said:
    """What a pull request, as GitHub describes it, says of itself."""
    user, head = pull.get("user") or {}, pull["head"]
    return Said(
        user.get("login", ""), pull.get("title") or "", pull.get("body") or "", head["sha"], head.get("ref") or "",
        user.get("id") or 0,
    )  # fmt: skip
