"""What GitHub does wrong, or refuses: nothing is posted twice, nothing is lost, and a sentence says what happened."""

import time

import pytest

from tests.github.conftest import CLEAN, STAR, WRITE
from tests.github.double import Fault
from tests.github.test_review import anchor

SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
PRIMARY = {"message": "API rate limit exceeded for installation ID 1."}
DENIED = {"message": "Resource not accessible by integration"}


def test_a_read_only_token_posts_nothing_and_says_why(github, push, run):
    github.can_write = False
    push({"star.py": STAR})
    done = run()
    assert not done.posted
    assert "pull-requests: write" in done.said[0]
    assert "gate review --from" in done.said[0]
    assert github.writes() == ["POST reviews"]
    assert github.reviews == []


@pytest.mark.parametrize(("pull", "said"), [
    ({"state": "closed"}, "is closed"), ({"state": "closed", "merged": True}, "is merged"),
])  # fmt: skip
def test_a_closed_pull_request_is_left_alone(github, push, run, pull, said):
    github.pull = pull
    push({"star.py": STAR})
    done = run()
    assert said in done.said[0]
    assert github.log == ["GET pull"]


def test_a_head_that_moved_is_left_to_its_own_run(github, push, run, judged):
    push({"star.py": STAR})
    old = judged()
    push({"more.py": "x = 1\n"})
    done = run(old)
    assert not done.posted
    assert "has moved on" in done.said[0]
    assert github.log == ["GET pull"]


def test_a_line_github_refuses_costs_the_comments_and_no_finding(github, push, run):
    github.refuses_lines = True
    push({"star.py": STAR, "wipe.py": WRITE})
    done = run()
    assert done.posted
    assert github.writes() == ["POST reviews", "POST reviews"]
    assert github.threads == []
    assert len(github.reviews) == 1
    assert "### A query takes every column" in anchor(github)
    assert "### An UPDATE or DELETE" in anchor(github)
    run()
    assert github.writes() == []


def test_a_line_refused_later_leaves_the_edit(github, push, run):
    push({"star.py": STAR})
    run()
    github.refuses_lines = True
    push({"wipe.py": WRITE})
    run()
    assert github.writes() == ["POST reviews", "PUT review"]
    assert "### An UPDATE or DELETE" in anchor(github)


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_lost_answer_to_a_post_leaves_one_review(github, push, run, status):
    github.faults = [Fault("POST reviews", status, after=True)]
    push({"star.py": STAR})
    assert run().posted
    assert len(github.reviews) == len(github.threads) == 1
    run()
    assert github.writes() == []


def test_a_post_that_was_not_done_is_done_once_more(github, push, run):
    github.faults = [Fault("POST reviews", 502)]
    push({"star.py": STAR})
    assert run().posted
    assert len(github.reviews) == 1


def test_a_post_that_never_gets_an_answer_is_reported(github, push, run):
    github.faults = [Fault("POST reviews", 502), Fault("POST reviews", 502)]
    push({"star.py": STAR})
    done = run()
    assert not done.posted
    assert "502" in done.said[0]
    assert github.writes() == ["POST reviews", "POST reviews"]


def test_lost_answers_to_new_comments_and_edits_leave_nothing_twice(github, push, run):
    push({"star.py": STAR})
    run()
    github.faults = [
        Fault("POST reviews", 502, after=True), Fault("PUT review", 502, after=True), Fault("POST graphql", 502, after=True)
    ]  # fmt: skip
    push({"star.py": CLEAN, "wipe.py": WRITE})
    assert run().posted
    assert len(github.reviews) == len(github.threads) == 2
    run()
    assert github.writes() == []


def test_reads_are_repeated(github, push, run):
    github.faults = [Fault(kind, 502) for kind in ("GET pull", "QUERY", "GET reviews", "GET files")]
    push({"star.py": STAR})
    assert run().posted


@pytest.mark.parametrize("status", [403, 429])
def test_a_short_limit_is_waited_for(github, push, run, status):
    github.faults = [Fault("POST reviews", status, SECONDARY, {"Retry-After": "7"})]
    push({"star.py": STAR})
    assert run().posted
    assert github.slept == [7]
    assert len(github.reviews) == 1


@pytest.mark.parametrize("kind", ["POST reviews", "GET reviews", "QUERY"])
def test_a_long_limit_is_reported_and_not_waited_for(github, push, run, kind):
    reset = str(int(time.time()) + 3000)
    github.faults = [Fault(kind, 403, PRIMARY, {"X-RateLimit-Reset": reset, "X-RateLimit-Remaining": "0"})] * 2
    push({"star.py": STAR})
    done = run()
    assert not done.posted
    assert "rate limit" in done.said[0]
    assert github.slept == []
    assert github.reviews == []


def test_a_refused_resolution_falls_back_and_loses_nothing(github, push, run):
    push({"star.py": STAR})
    run()
    github.faults = [Fault("POST graphql", 200, {"data": None, "errors": [{"type": "FORBIDDEN", **DENIED}]})]
    push({"star.py": CLEAN})
    assert run().posted
    assert github.threads[0]["comments"][0]["isMinimized"]
    assert "gone with" in anchor(github)


def test_a_graphql_that_fails_posts_nothing_rather_than_twice(github, push, run):
    github.faults = [Fault("QUERY", 200, {"data": None, "errors": [{"message": "Something went wrong"}]})]
    push({"star.py": STAR})
    done = run()
    assert not done.posted
    assert "Something went wrong" in done.said[0]
    assert github.writes() == []


@pytest.mark.parametrize("answer", [{"data": "<html>"}, [], {"data": {"viewer": None}}])
def test_an_answer_of_another_shape_is_an_error_and_not_a_crash(github, push, run, answer):
    github.faults = [Fault("QUERY", 200, answer)]
    push({"star.py": STAR})
    done = run()
    assert not done.posted
    assert "not what it documents" in done.said[0]


def test_a_wrong_token_is_named(github, push, run):
    github.faults = [Fault("QUERY", 401, {"message": "Bad credentials"})]
    push({"star.py": STAR})
    assert "does not accept the token" in run().said[0]


def test_nobody_there_is_an_error_and_not_a_crash(judged, push):
    from gate.github.client import Client, GitHubError
    from gate.github.pull import pull
    from tests.github.conftest import TOKEN
    from tests.github.double import NAME

    with pytest.raises(GitHubError, match="did not answer"):
        pull(Client(TOKEN, NAME, "http://127.0.0.1:9"), 7)


def test_a_file_github_does_not_list_or_show_is_told_in_the_body(github, push, run):
    github.most_files, github.page, github.without_patch = 3, 2, frozenset({"a.py"})
    push(dict.fromkeys(("a.py", "b.py", "c.py", "d.py"), STAR))
    run()
    assert {comment["path"] for comment in github.sent[-1][1]["comments"]} == {"b.py", "c.py"}
    assert anchor(github).count("### A query takes every column") == 2
    run()
    assert github.writes() == []


def test_waiting_has_an_end(github, push, run):
    push({f"star_{n}.py": STAR for n in range(5)})
    run()
    limit = [Fault("POST graphql", 403, SECONDARY, {"Retry-After": "70"}) for _ in range(9)]
    github.faults = limit
    push({f"star_{n}.py": CLEAN for n in range(5)})
    done = run()
    assert done.posted
    assert github.slept == [70]
    assert "conversation was left" in done.said[1]
