"""Which two commits each event of GitHub asks about."""

import json
from pathlib import Path

import pytest

from gate.errors import UsageError
from gate.trigger import Asked, asked

EVENTS = Path(__file__).with_name("events")
HEAD, BASE = "4f1c9a2b7d3e5f60718293a4b5c6d7e8f9012345", "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567"
NOBODY = "0" * 40


def event(name: str):
    return json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("pull_request", Asked(HEAD, (BASE,), pull=7)),
        ("merge_group", Asked(HEAD, (BASE,))),
        ("push", Asked(HEAD, (BASE,), or_all=True)),
        ("workflow_dispatch", Asked(HEAD, ("refs/remotes/origin/main",))),
        ("schedule", Asked(HEAD, (f"{HEAD}~1",), or_all=True)),
    ],
)
def test_each_event_names_its_commits(name, wanted):
    assert asked(name, event(name), HEAD) == wanted


def test_a_pull_request_is_judged_by_its_own_head_not_by_the_merge_github_made():
    assert asked("pull_request", event("pull_request"), "2" * 40).head == HEAD


def test_a_draft_is_known_as_one():
    payload = event("pull_request")
    payload["pull_request"]["draft"] = True
    assert asked("pull_request", payload, HEAD).draft


def test_a_new_branch_starts_at_the_default_branch_and_a_first_push_at_nothing():
    payload = event("push") | {"before": NOBODY, "created": True}
    assert asked("push", payload, HEAD) == Asked(HEAD, (), or_all=True)
    payload["ref"] = "refs/heads/refunds"
    assert asked("push", payload, HEAD) == Asked(HEAD, ("refs/remotes/origin/main",), or_all=True)


def test_a_push_to_a_branch_falls_back_on_the_default_branch():
    payload = event("push") | {"ref": "refs/heads/refunds", "forced": True}
    assert asked("push", payload, HEAD).bases == (BASE, "refs/remotes/origin/main")


def test_a_deleted_branch_brings_nothing():
    payload = event("push") | {"deleted": True, "after": NOBODY}
    assert asked("push", payload, BASE) == Asked(BASE, (BASE,))


def test_a_branch_judged_by_hand_is_compared_and_the_default_branch_is_judged_by_its_last_commit():
    payload = event("workflow_dispatch") | {"ref": "refs/heads/main"}
    assert asked("workflow_dispatch", payload, HEAD) == Asked(HEAD, (f"{HEAD}~1",), or_all=True)


@pytest.mark.parametrize("name", ["workflow_run", "pull_request_target"])
def test_an_event_with_rights_is_refused(name):
    with pytest.raises(UsageError, match=f"does not judge on `{name}`") as refused:
        asked(name, event("workflow_run"), HEAD)
    assert "docs/adopt.md" in refused.value.hint


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("pull_request", {}),
        ("pull_request", {"pull_request": None}),
        ("merge_group", {"merge_group": {"head_sha": "--output=x", "base_sha": BASE}}),
        ("push", {"before": BASE, "after": "main", "ref": "refs/heads/x", "repository": {"default_branch": "main"}}),
        ("push", {"before": 1, "after": HEAD, "ref": "", "repository": {"default_branch": "main"}}),
    ],
)
def test_an_event_that_is_not_as_github_sends_it_is_refused(name, payload):
    with pytest.raises(UsageError, match="not as GitHub sends it"):
        asked(name, payload, HEAD)
