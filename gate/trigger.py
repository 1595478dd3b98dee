"""What a GitHub event asks to have judged: two revisions, and the pull request they belong to.

The payload is GitHub's own, but a pull request's author writes part of it: only commit ids, numbers, flags and
the name of the default branch are taken from it, and each is checked for its shape.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gate import lazy
from gate.errors import UsageError

_COMMIT = lazy.regex(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_KNOWN = "pull_request, merge_group, push, workflow_dispatch and schedule"


@dataclass(frozen=True)
class Asked:
    """What is to be judged.

    The first of `bases` that the clone knows is what `head` is judged against. When it knows none of them and
    `or_all`, there was nothing before head, and all of it is new.
    """

    head: str
    bases: tuple[str, ...]
    or_all: bool = False
    pull: int | None = None
    draft: bool = False


def asked(name: str, payload: Mapping[str, Any], sha: str) -> Asked:
    """Read an event.

    Args:
        name: What GitHub calls the event (`GITHUB_EVENT_NAME`).
        payload: The event itself (the JSON in `GITHUB_EVENT_PATH`); a re-run brings that of the first run.
        sha: The commit the run is for (`GITHUB_SHA`); of a pull request it is a merge nobody wrote, and not used.

    Raises:
        UsageError: It is no event that brings a change, or it lacks what such an event has.
    """
    reader = _READERS.get(name)
    if reader is None:
        hint = f"Run it on {_KNOWN}."
        if name in {"pull_request_target", "workflow_run"}:
            hint = "Judge on `pull_request`, which has no rights worth stealing; docs/adopt.md has the pair for forks."
        raise UsageError(f"gate does not judge on `{name}` events.", hint)
    try:
        return reader(payload, sha)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(f"The `{name}` event is not as GitHub sends it ({error}).", f"Run it on {_KNOWN}.") from error


def _pull_request(payload: Mapping[str, Any], _sha: str) -> Asked:
    pull = payload["pull_request"]
    base, head = _commit(pull["base"]["sha"]), _commit(pull["head"]["sha"])
    return Asked(head, (base,), pull=int(pull["number"]), draft=pull.get("draft") is True)


def _merge_group(payload: Mapping[str, Any], _sha: str) -> Asked:
    """What the queue would merge, on what it would merge it into; it names no pull request."""
    group = payload["merge_group"]
    return Asked(_commit(group["head_sha"]), (_commit(group["base_sha"]),))


def _push(payload: Mapping[str, Any], sha: str) -> Asked:
    """All commits of the push. A new branch starts where the default branch is; a first push has nothing before it.

    What was there before a forced push may be gone from the clone, and is then no base.
    """
    if payload.get("deleted") is True:
        return Asked(_commit(sha), (_commit(sha),))
    before, after = _commit(payload["before"]), _commit(payload["after"])
    default = payload["repository"]["default_branch"]
    start = () if payload["ref"] == f"refs/heads/{default}" else (_remote(default),)
    return Asked(after, (before, *start) if before.strip("0") else start, or_all=True)


def _by_hand(payload: Mapping[str, Any], sha: str) -> Asked:
    """A branch against the default branch; the default branch itself against the commit before."""
    default = payload["repository"]["default_branch"]
    on_default = payload.get("ref", f"refs/heads/{default}") == f"refs/heads/{default}"
    head = _commit(sha)
    return Asked(head, (f"{head}~1" if on_default else _remote(default),), or_all=on_default)


def _commit(value: str) -> str:
    if not _COMMIT.fullmatch(value):
        raise ValueError(f"{value!r} is not the id of a commit")
    return value


def _remote(branch: str) -> str:
    return f"refs/remotes/origin/{branch}"


_READERS: Mapping[str, Callable[[Mapping[str, Any], str], Asked]] = {
    "pull_request": _pull_request,
    "merge_group": _merge_group,
    "push": _push,
    "workflow_dispatch": _by_hand,
    "schedule": _by_hand,
}
