"""`gate review` as people and workflows run it."""

import json
import stat
import sys
from pathlib import Path

import pytest

from tests.github.conftest import CLEAN, STAR, TOKEN
from tests.github.double import NAME, Fault
from tests.github.test_review import anchor


def test_it_judges_and_posts(github, push, command):
    push({"star.py": STAR})
    done = command("--pr", "7", "--profile", "commit")
    assert done.exit_code == 1
    assert "queries/select_star" in done.stdout
    assert "up to date, with 1 comment more on its lines" in done.stderr
    assert github.log == ["GET pull", "GET pull", "QUERY", "GET reviews", "GET files", "POST reviews"]
    assert command("--pr", "7", "--profile", "commit").exit_code == 1
    assert github.log == ["GET pull", "GET pull", "QUERY", "GET reviews"]


def test_in_a_workflow_the_event_says_what_to_judge(github, push, command, event):
    head = push({"star.py": CLEAN})
    ends = {"base": {"sha": github.base}, "head": {"sha": head, "repo": {"full_name": NAME}}}
    event("pull_request", pull_request={"number": 7, **ends})
    assert command("--profile", "commit").exit_code == 0
    assert github.log == ["GET pull", "QUERY", "GET reviews", "POST reviews"]


def test_a_result_is_posted_on_the_pull_request_of_its_head(github, push, command, result):
    push({"star.py": STAR})
    done = command("--from", result())
    assert done.exit_code == 1
    assert github.log == ["GET pulls", "QUERY", "GET reviews", "GET files", "POST reviews"]
    assert "│ " in anchor(github)


def test_a_result_says_the_same_as_judging_here(github, push, command, result, run):
    push({"star.py": STAR})
    run()
    command("--from", result(), "--pr", "7")
    assert github.writes() == []


def test_a_forged_pass_of_a_stranger_is_not_believed(github, push, command, result, event):
    head = push({"star.py": STAR})
    github.pull = {"source": "mallory/shop"}
    event("workflow_run", workflow_run={"head_sha": head, "head_repository": {"full_name": "mallory/shop"}})
    forged = json.loads(Path(result()).read_text(encoding="utf-8"))
    forged["findings"][0] |= {
        "action": "note", "why": "It is fine.", "title": "Approved", "excerpt": [{"number": 1, "text": "x", "marked": True}],
        "waived": {"reason": "r", "approver": "boss", "expires": "2999-01-01"}, "in_diff": False,
    }  # fmt: skip
    done = command("--from", result(**{**forged, "verdict": "pass", "allow_incomplete": True}))
    assert done.exit_code == 1
    assert github.log == ["GET pulls", "QUERY", "GET reviews", "GET files", "POST reviews"]
    text = anchor(github)
    assert "BLOCKED: 1 finding" in text
    assert "could have tampered" in text
    assert "return cur.execute('********')" in text
    assert "It is fine" not in text
    assert "Approved" not in text
    assert command("--from", result(**forged)).exit_code == 1
    assert github.writes() == []
    assert len(github.log) == 4


def test_the_policy_for_a_stranger_is_that_of_the_base(github, push, command, result, event, repository):
    repository.git("checkout", "--quiet", "main")
    github.base = repository.commit({"gate.toml": '[rules]\n"queries/select_star" = "warn"\n'})
    repository.git("checkout", "--quiet", "-B", "change")
    head = push({"star.py": STAR})
    event("workflow_run", workflow_run={"head_sha": head, "head_repository": {"full_name": NAME}})
    forged = json.loads(Path(result()).read_text(encoding="utf-8"))
    forged["findings"][0]["action"] = "block"
    assert command("--from", result(**forged)).exit_code == 0
    assert "PASSED" in anchor(github)


def test_nobody_speaks_for_another_pull_request(github, push, command, result, event):
    push({"star.py": STAR})
    event("workflow_run", workflow_run={"head_sha": "1" * 40, "head_repository": {"full_name": "mallory/shop"}})
    done = command("--from", result())
    assert done.exit_code == 2
    assert "the run it comes from was for 111111111111" in done.stderr
    assert github.log == []


def test_a_branch_of_another_repository_is_another_branch(github, push, command, result, event):
    head = push({"star.py": STAR})
    event("workflow_run", workflow_run={"head_sha": head, "head_repository": {"full_name": "mallory/shop"}})
    done = command("--from", result())
    assert done.exit_code == 1
    assert "No open pull request" in done.stderr
    assert github.writes() == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema": 2}, "at schema"), ({"findings": [{}]}, "at findings/0"), ({"checklist": []}, "another checklist"),
        ({"findings": 5}, "at findings"),
    ],
)  # fmt: skip
def test_a_result_of_another_shape_is_refused(push, command, result, changes, said):
    push({"star.py": STAR})
    done = command("--from", result(**changes))
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_rule_nobody_knows_is_refused(push, command, result):
    push({"star.py": STAR})
    data = json.loads(Path(result()).read_text(encoding="utf-8"))
    data["findings"][0]["rule"] = "queries/made_up"
    done = command("--from", result(**data))
    assert done.exit_code == 2
    assert "queries/made_up" in done.stderr


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\udcff"])
def test_a_result_that_is_not_json_is_refused(command, tmp_path, text):
    file = tmp_path / "result.json"
    file.write_bytes(text.encode(errors="surrogateescape"))
    done = command("--from", str(file))
    assert done.exit_code == 2
    assert "is not JSON" in done.stderr


def test_a_dry_run_prints_what_would_be_posted_and_writes_nothing(github, push, command, result):
    push({"star.py": STAR})
    done = command("--from", result(), "--dry-run")
    assert done.exit_code == 1
    assert github.writes() == []
    text, _, requests = done.stdout.partition("---- the requests ----")
    call, _, body = requests.strip().partition("\n")
    command("--from", result())
    assert call == f"POST /repos/{NAME}/pulls/7/reviews"
    assert json.loads(body) == github.sent[-1][1]
    assert text.strip() == anchor(github).strip()
    assert "none: the pull request shows it already" in command("--from", result(), "--dry-run").stdout


def test_a_dry_run_needs_no_token(github, push, command, result, monkeypatch):
    monkeypatch.delenv("GITHUB_TOKEN")
    push({"star.py": STAR})
    done = command("--from", result(), "--pr", "7", "--dry-run")
    assert done.exit_code == 1
    assert f"POST /repos/{NAME}/pulls/7/reviews" in done.stdout
    assert "no token" in done.stderr
    assert github.log == []


def test_without_a_token_the_verdict_stands_and_the_summary_has_the_review(
    github, push, command, result, monkeypatch, tmp_path
):
    monkeypatch.delenv("GITHUB_TOKEN")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    push({"star.py": STAR})
    done = command("--from", result())
    assert done.exit_code == 1
    assert "There is no token" in done.stderr
    assert "queries/select_star" in done.stdout
    assert "BLOCKED" in (tmp_path / "summary.md").read_text()


@pytest.mark.parametrize(("content", "status"), [(CLEAN, 0), (STAR, 1)])
def test_a_failed_comment_neither_hides_nor_fakes_the_verdict(github, push, command, result, content, status):
    github.can_write = False
    push({"star.py": content})
    done = command("--from", result())
    assert done.exit_code == status
    assert "The token may not do this" in done.stderr


def test_a_draft_waits_until_it_is_ready(github, push, command, result):
    github.pull = {"draft": True}
    push({"star.py": STAR})
    done = command("--from", result())
    assert done.exit_code == 1
    assert "is a draft" in done.stderr
    assert github.writes() == []
    command("--from", result(), "--drafts")
    assert github.writes() == ["POST reviews"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "which pull request"), (("--pr", "8"), "GitHub shows no `pulls/8`"),
        (("--pr", "7", "--repository", "nobody"), "not the name of a repository"),
        (("--from", "/nowhere.json"), "cannot be read"), (("--pr", "0"), "not in the range"),
    ],
)  # fmt: skip
def test_wrong_usage_ends_with_2_and_a_sentence(push, command, arguments, said):
    push({"star.py": STAR})
    done = command(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_head_that_is_not_here_is_a_matter_of_fetching(github, push, command, repository):
    push({"star.py": STAR})
    github.head = "2" * 40
    done = command("--pr", "7")
    assert done.exit_code == 2
    assert "fetch" in done.stderr


def test_a_token_does_not_travel_in_clear_text(push, command, result, monkeypatch):
    monkeypatch.setenv("GITHUB_API_URL", "http://github.example.com/api/v3")
    push({"star.py": STAR})
    done = command("--from", result())
    assert done.exit_code == 2
    assert "https" in done.stderr


def test_a_lookup_that_fails_is_no_verdict(github, push, command):
    github.faults = [Fault("GET pull", 502) for _ in range(5)]
    push({"star.py": STAR})
    assert command("--pr", "7").exit_code == 3


def test_no_scanner_sees_the_token(github, push, command, monkeypatch, tmp_path):
    seen = tmp_path / "environment"
    spy = tmp_path / "semgrep"
    spy.write_text(f'#!/bin/sh\nenv > {seen}\necho "$@" >> {seen}\nexit 1\n')
    spy.chmod(spy.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("GATE_SEMGREP", str(spy))
    push({"star.js": "eval(request.query.x)\n"})
    command("--pr", "7")
    assert "PATH=" in seen.read_text()
    assert TOKEN not in seen.read_text()
    assert not any(TOKEN in argument for argument in sys.argv)


def test_what_the_base_policy_wants_confirmed_is_read_from_the_pull_request(
    github, push, command, result, event, repository
):
    repository.git("checkout", "--quiet", "main")
    github.base = repository.commit({"gate.toml": '[attest]\nitems = ["tenancy"]\n'})
    repository.git("checkout", "--quiet", "-B", "change")
    head = push({"a.py": "def rows(db, tenant):\n    return db.rows(tenant)\n"})
    github.pull = {"body": "Nothing to see."}
    done = command("--pr", "7", "--profile", "commit")
    assert done.exit_code == 1
    assert "1 answer of a person is missing" in anchor(github)
    tick = f"## Security\r\n\r\nAt {head[:10]}:\r\n- [x] Were the touched routes tried with another tenant's ids? (`tenancy`)"
    github.pull = {"body": tick}
    assert command("--pr", "7", "--profile", "commit").exit_code == 0
    assert github.writes() == ["PUT review"]
    assert "- [x] Were the touched routes" in anchor(github)
    event("workflow_run", workflow_run={"head_sha": head, "head_repository": {"full_name": NAME}})
    assert command("--from", result()).exit_code == 0
    github.pull = {"body": ""}
    assert command("--from", result()).exit_code == 1
