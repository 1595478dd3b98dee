"""The verdict beside the commit: a check run and a commit status, once each."""

import pytest

from tests.github.conftest import CLEAN, STAR
from tests.github.double import Fault


@pytest.mark.parametrize(
    ("content", "conclusion", "state"), [(STAR, "failure", "failure"), (CLEAN, "success", "success")]
)
def test_both_say_the_verdict_and_say_it_once(github, push, command, result, content, conclusion, state):
    head = push({"star.py": content})
    command("--from", result(), "--check", "--status")
    assert github.writes() == ["POST reviews", "POST check-runs", "POST statuses"]
    assert (github.checks[0]["conclusion"], github.checks[0]["head_sha"]) == (conclusion, head)
    assert (github.statuses[0]["state"], github.statuses[0]["context"]) == (state, "gate")
    command("--from", result(), "--check", "--status")
    assert github.writes() == []


def test_annotations_are_the_gravest_and_no_more_than_one_request_holds(github, push, command, result):
    push({f"star_{n:02}.py": STAR for n in range(60)})
    command("--from", result(), "--check")
    annotations = github.sent[-1][1]["output"]["annotations"]
    assert len(annotations) == 50
    assert annotations[0]["annotation_level"] == "failure"
    assert len(github.sent[-1][1]["output"]["summary"]) < 65_536


def test_what_could_not_be_judged_is_no_success(github, push, command, result):
    push({"blob.bin": b"\0\1\2"})
    assert command("--from", result(), "--check", "--status").exit_code == 3
    assert github.checks[0]["conclusion"] == "failure"
    assert github.statuses[0]["state"] == "error"


def test_a_lost_answer_leaves_one_of_each(github, push, command, result):
    github.faults = [Fault("POST check-runs", 502, after=True), Fault("POST statuses", 502, after=True)]
    push({"star.py": STAR})
    command("--from", result(), "--check", "--status")
    assert len(github.checks) == len(github.statuses) == 1


def test_without_leave_the_verdict_and_the_review_stand(github, push, command, result):
    github.faults = [Fault("POST check-runs", 403, {"message": "Resource not accessible by integration"})]
    push({"star.py": STAR})
    done = command("--from", result(), "--check")
    assert done.exit_code == 1
    assert "The check run could not be written" in done.stderr
    assert "`checks: write`" in done.stderr
    assert len(github.reviews) == 1


def test_a_pass_of_a_stranger_is_not_passed_on(github, push, command, result, event):
    head = push({"star.py": CLEAN})
    event("workflow_run", workflow_run={"head_sha": head, "head_repository": {"full_name": "acme/shop"}})
    command("--from", result(), "--check", "--status")
    assert github.writes() == ["POST reviews"]
    push({"star.py": STAR})
    event("workflow_run", workflow_run={"head_sha": github.head, "head_repository": {"full_name": "acme/shop"}})
    command("--from", result(), "--status")
    assert github.statuses[0]["state"] == "failure"


def test_a_dry_run_shows_them_too(github, push, command, result):
    push({"star.py": STAR})
    done = command("--from", result(), "--check", "--status", "--dry-run")
    assert "POST /repos/acme/shop/check-runs" in done.stdout
    assert f"POST /repos/acme/shop/statuses/{github.head}" in done.stdout
    assert github.writes() == []
