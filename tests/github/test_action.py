"""The Action against GitHub: judged, reviewed, enforced; and the two stages for forks."""

import json

import pytest

from gate.offer import security
from tests import runner
from tests.github.conftest import CLEAN, STAR, TOKEN
from tests.github.double import NAME, Fault
from tests.github.test_review import anchor
from tests.test_action import ACTION, REVIEW, gate  # noqa: F401  a fixture


@pytest.fixture
def act(github, repository, gate, tmp_path):  # noqa: F811
    """Run an action of ours on an event, with a token for the double."""

    def act(action, name, payload, inputs):
        file = tmp_path / "event.json"
        file.write_text(json.dumps(payload), encoding="utf-8")
        temp = tmp_path / f"runner-{len(list(tmp_path.glob('runner-*')))}"
        temp.mkdir()
        given = runner.environment(
            GITHUB_EVENT_NAME=name, GITHUB_EVENT_PATH=str(file), GITHUB_SHA=github.head, GITHUB_REPOSITORY=NAME,
            GITHUB_API_URL=github.url,
        )  # fmt: skip
        github.log.clear()
        return runner.run(
            action, repository.folder, temp, given, {"token": TOKEN} | inputs, {"install": {"gate": str(gate)}}
        )

    return act


@pytest.fixture
def pull_request(github):
    def pull_request():
        ends = {"base": {"sha": github.base}, "head": {"sha": github.head, "repo": {"full_name": NAME}}}
        return {"repository": {"full_name": NAME}, "pull_request": {"number": github.number, "draft": False, **ends}}

    return pull_request


def test_the_action_judges_posts_and_enforces(github, push, act, pull_request):
    push({"star.py": STAR})
    ran = act(ACTION, "pull_request", pull_request(), {"profile": "commit"})
    assert ran.status == 1, ran.log
    assert "queries/select_star" in anchor(github)
    assert TOKEN not in ran.log
    again = act(ACTION, "pull_request", pull_request(), {"profile": "commit"})
    assert again.status == 1, again.log
    assert not [call for call in github.log if not call.startswith(("GET", "QUERY"))]
    push({"star.py": CLEAN})
    assert act(ACTION, "pull_request", pull_request(), {"profile": "commit"}).status == 0


def test_the_verdict_stands_beside_the_commit_where_that_is_asked_for(github, push, act, pull_request):
    push({"star.py": STAR})
    asked = {"profile": "commit", "check": "true", "status": "true"}
    assert act(ACTION, "pull_request", pull_request(), asked).status == 1
    assert github.writes() == ["POST reviews", "POST check-runs", "POST statuses"]
    assert (github.checks[0]["name"], github.checks[0]["conclusion"]) == ("gate verdict", "failure")
    push({"star.py": CLEAN})
    github.faults = [Fault("POST check-runs", 403, {"message": "Resource not accessible by integration"})]
    ran = act(ACTION, "pull_request", pull_request(), asked)
    assert ran.status == 0, ran.log
    assert "The check run could not be written" in ran.log
    assert github.statuses[-1]["state"] == "success"


def test_the_second_stage_posts_what_the_first_left(github, push, act, pull_request):
    head = push({"star.py": STAR})
    first = act(ACTION, "pull_request", pull_request(), {"profile": "commit", "comment": "false"})
    assert first.status == 1, first.log
    assert github.log == []
    run = {"head_sha": head, "head_repository": {"full_name": NAME}, "event": "pull_request"}
    second = act(REVIEW, "workflow_run", {"workflow_run": run}, {"result": first.outputs["json"]})
    assert second.status == 0, second.log
    assert "queries/select_star" in anchor(github)


def test_what_the_policy_wants_confirmed_stops_the_job_until_it_is(github, repository, act, pull_request):
    repository.git("checkout", "--quiet", "main")
    github.base = repository.commit({"gate.toml": '[attest]\nitems = ["payments"]\n'})
    repository.git("checkout", "--quiet", "-B", "change")
    github.push(repository.commit({"pay.py": "def refund(order):\n    return order.webhook\n"}))
    payload = pull_request()
    payload["pull_request"] |= {"title": "Pay", "body": "", "user": {"login": "sam"}}
    ran = act(ACTION, "pull_request", payload, {"profile": "commit", "comment": "false"})
    assert ran.status == 1, ran.log
    section = (
        security()
        .replace("- [ ]", "- [x]")
        .replace("Confirmed for commit:", f"Confirmed for commit: {github.head[:7]}")
    )
    payload["pull_request"]["body"] = f"## What and why\n\n{section}"
    ran = act(ACTION, "pull_request", payload, {"profile": "commit", "comment": "false"})
    assert ran.status == 0, ran.log
