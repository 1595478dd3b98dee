"""`gate review` as people and workflows run it."""

import json
import stat
import sys

import pytest

from gate import origin
from gate.origin import Origin
from tests.github.conftest import CLEAN, STAR, TOKEN
from tests.github.double import NAME, Fault
from tests.github.test_review import anchor


def test_it_judges_and_posts(github, push, command):
    push({"star.py": STAR})
    done = command("--pr", "7", "--profile", "commit")
    assert done.exit_code == 1
    assert "queries/select_star" in done.stdout
    assert "up to date, with 1 comment more on its lines" in done.stderr
    assert github.log == ["GET pull", "QUERY", "GET reviews", "GET files", "GET pull", "POST reviews"]
    assert command("--pr", "7", "--profile", "commit").exit_code == 1
    assert github.log == ["GET pull", "QUERY", "GET reviews"]


def test_in_a_workflow_the_event_says_what_to_judge(github, push, command, event):
    head = push({"star.py": CLEAN})
    ends = {"base": {"sha": github.base}, "head": {"sha": head, "repo": {"full_name": NAME}}}
    event("pull_request", pull_request={"number": 7, **ends})
    assert command("--profile", "commit").exit_code == 0
    assert github.log == ["GET pull", "QUERY", "GET reviews", "GET pull", "POST reviews"]


def test_a_result_is_posted_on_the_pull_request_of_its_head(github, push, command, result):
    push({"star.py": STAR})
    done = command("--from", result())
    assert done.exit_code == 1
    assert github.log == ["GET pulls", "QUERY", "GET reviews", "GET files", "GET pull", "POST reviews"]
    assert "│ " in anchor(github)


def test_a_result_says_the_same_as_judging_here(github, push, command, result, run):
    push({"star.py": STAR})
    run()
    command("--from", result(), "--pr", "7")
    assert github.writes() == []


def test_a_finding_links_to_the_page_of_its_rule(github, push, command, result, monkeypatch):
    monkeypatch.setattr(origin, "known", lambda: Origin("https://github.com", "example/gate", "c" * 40, "v1"))
    push({"star.py": STAR})
    command("--from", result())
    link = f"[`gate explain queries/select_star`](https://github.com/example/gate/blob/{'c' * 40}/docs/rules/queries/select_star.md)"
    assert link in anchor(github)
    assert link in github.sent[-1][1]["comments"][0]["body"]


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
        ((), "which pull request"), (("--pr", "8"), "GitHub shows no `/repos/acme/shop/pulls/8`"),
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


@pytest.mark.parametrize("pull", [{"state": "closed"}, {"draft": True}])
def test_a_dry_run_of_what_would_not_be_posted_says_so(github, push, command, result, pull):
    push({"star.py": STAR})
    github.pull = pull
    done = command("--from", result(), "--pr", "7", "--dry-run")
    assert done.exit_code == 1
    assert "POST" not in done.stdout
    assert "is closed" in done.stderr or "is a draft" in done.stderr


@pytest.mark.parametrize("pull", [{}, {"number": 7}, {"number": 7, "base": {"sha": "1"}, "head": "x"}, [1]])
def test_an_event_of_another_shape_is_no_verdict_and_no_crash(push, command, event, pull):
    push({"star.py": STAR})
    event("pull_request", pull_request=pull)
    done = command("--pr", "7", "--profile", "commit")
    assert done.exit_code == (3 if pull else 1)


def test_an_enterprise_server_is_spoken_to_at_its_own_addresses(github, push, command, result, monkeypatch):
    monkeypatch.setenv("GITHUB_API_URL", f"{github.url}/api/v3")
    push({"star.py": STAR})
    command("--from", result())
    assert github.log == ["GET pulls", "QUERY", "GET reviews", "GET files", "GET pull", "POST reviews"]
    assert github.paths[:2] == [f"/api/v3/repos/{NAME}/pulls", "/api/graphql"]


def test_an_event_of_another_repository_says_nothing_about_this_one(github, push, command, event, monkeypatch):
    head = push({"star.py": CLEAN})
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/other")
    event("pull_request", pull_request={"number": 7, "base": {"sha": "1" * 40}, "head": {"sha": "2" * 40}})
    assert command("--pr", "7", "--repository", NAME, "--profile", "commit").exit_code == 0
    assert github.sent[-1][1]["commit_id"] == head
