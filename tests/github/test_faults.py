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


@pytest.mark.parametrize("kind", ["GET pull", "QUERY", "GET reviews", "GET files", "POST reviews"])
def test_any_request_waits_out_a_short_limit(github, push, run, kind):
    github.faults = [
        Fault(kind, 429, SECONDARY, {"Retry-After": "7"}),
        Fault(kind, 403, {"message": "x"}, {"Retry-After": "9"}),
    ]
    push({"star.py": STAR})
    assert run().posted
    assert github.slept == [7, 9]


def test_a_limit_that_names_no_wait_is_waited_for_a_minute(github, push, run):
    reset = str(int(time.time()) + 3000)
    github.faults = [
        Fault("POST reviews", 403, SECONDARY, {"X-RateLimit-Reset": reset, "X-RateLimit-Remaining": "4000"})
    ]
    push({"star.py": STAR})
    assert run().posted
    assert github.slept == [60]


@pytest.mark.parametrize("headers", [
    {"X-RateLimit-Reset": str(int(time.time()) + 3000), "X-RateLimit-Remaining": "0"}, {"Retry-After": "3600"},
])  # fmt: skip
@pytest.mark.parametrize("kind", ["POST reviews", "GET reviews", "QUERY"])
def test_a_long_limit_is_reported_and_not_waited_for(github, push, run, kind, headers):
    github.faults = [Fault(kind, 403, PRIMARY, headers)] * 2
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


@pytest.mark.parametrize("kind", ["QUERY", "GET reviews", "GET files"])
def test_an_answer_that_is_cut_off_is_asked_for_again(github, push, run, kind):
    github.faults = [Fault(kind, 200, raw=b'{"data": {"view')]
    push({"star.py": STAR})
    assert run().posted


def test_a_post_whose_answer_is_cut_off_was_done(github, push, run):
    github.faults = [Fault("POST reviews", 200, raw=b'{"id": 5', after=True)]
    push({"star.py": STAR})
    assert run().posted
    assert len(github.reviews) == 1


def test_a_mutation_with_an_answer_of_another_shape_costs_nothing_else(github, push, run):
    push({"star.py": STAR})
    run()
    github.can_minimize = False
    github.faults = [Fault("POST graphql", 200, {})]
    push({"star.py": CLEAN})
    done = run()
    assert done.posted
    assert "conversation was left" in done.said[1]


@pytest.mark.parametrize("kind", ["GET reviews", "POST reviews"])
@pytest.mark.parametrize(("status", "where"), [
    (307, "http://127.0.0.1:9/elsewhere"), (301, "https://elsewhere.example.com/x"),
])  # fmt: skip
def test_a_repository_that_moved_is_not_taken_for_done(github, push, run, kind, status, where):
    github.faults = [Fault(kind, status, {"message": "Moved"}, {"Location": where})]
    push({"star.py": STAR})
    done = run()
    assert not done.posted
    assert "moved" in done.said[0] or "redirects" in done.said[0]
    assert github.reviews == []


def test_a_head_that_moves_while_gate_reads_is_left_to_its_own_run(github, push, run, repository):
    push({"star.py": STAR})
    newer = repository.commit({"star.py": CLEAN})
    github.before["GET files"] = lambda: github.push(newer)
    done = run()
    assert not done.posted
    assert f"has moved on to {newer[:12]}" in done.said[0]
    assert github.writes() == []


def test_a_pull_request_that_closes_while_gate_reads_is_left_alone(github, push, run):
    push({"star.py": STAR})
    github.before["GET reviews"] = lambda: github.pull.update(state="closed", merged=True)
    assert "is merged" in run().said[0]
    assert github.writes() == []


def test_leave_that_ends_midway_is_reported_and_made_good_later(github, push, run):
    push({"star.py": STAR})
    run()
    github.faults = [Fault("PUT review", 403, DENIED)]
    head = push({"star.py": CLEAN, "wipe.py": WRITE})
    done = run()
    assert not done.posted
    assert "pull-requests: write" in done.said[0]
    assert len(github.threads) == 2
    assert run().posted
    assert github.writes() == ["PUT review", "POST graphql"]
    assert f"gone with {head}" in anchor(github)
    assert len(github.threads) == 2


def test_two_runs_at_once_leave_one_review_and_one_conversation(github, push, run):
    push({"star.py": STAR})
    run()
    github.begin(github.me, github.threads[0]["comments"][0]["body"])
    github.say(github.me, github.reviews[0]["body"], "Bot")
    run()
    assert [thread["isResolved"] for thread in github.threads] == [False, True]
    assert len([review for review in github.reviews if review["body"].startswith("<!-- gate:review")]) == 1
    run()
    assert github.writes() == []
    push({"star.py": CLEAN})
    run()
    assert all(thread["isResolved"] for thread in github.threads)


def test_a_conversation_a_person_deleted_stays_deleted(github, push, run):
    push({"star.py": STAR})
    run()
    github.threads.clear()
    run()
    assert github.writes() == ["PUT review"]
    assert "### A query takes every column" in anchor(github)
    run()
    assert github.writes() == []


def test_a_comment_on_lines_that_are_gone_from_the_diff_no_longer_stands_for_the_finding(github, push, run):
    push({"star.py": STAR})
    run()
    github.threads[0]["isOutdated"] = True
    push({"star.py": "import os\n\n\n" + STAR})
    run()
    assert github.writes() == ["PUT review"]
    assert "### A query takes every column" in anchor(github)


def test_a_review_that_was_dismissed_is_still_the_one(github, push, run):
    push({"star.py": STAR})
    run()
    github.reviews[0]["state"] = "DISMISSED"
    push({"star.py": CLEAN})
    run()
    assert github.writes() == ["PUT review", "POST graphql"]
    assert "PASSED" in anchor(github)


def test_a_living_review_somebody_rewrote_is_written_anew(github, push, run):
    push({"star.py": STAR})
    run()
    github.reviews[0]["body"] = github.reviews[0]["body"].replace("BLOCKED", "PASSED")
    run()
    assert github.writes() == ["PUT review"]
    assert "BLOCKED" in anchor(github)


@pytest.mark.parametrize("others", [99, 100, 101, 200])
def test_pages_end_where_they_end(github, push, run, others):
    for number in range(others):
        github.say("ann", f"Looks good {number}")
        github.begin("ann", f"Why {number}?", "User")
    push({"star.py": STAR})
    assert run().posted
    run()
    assert github.writes() == []
    assert len(github.threads) == others + 1


def test_of_a_long_list_of_files_only_what_is_needed_is_read(github, push, run):
    github.page = 2
    push({f"a_{number}.py": "x = 1\n" for number in range(9)} | {"a_.py": STAR})
    run()
    assert github.log.count("GET files") == 1


def test_more_files_than_github_lists_is_no_error(github, push, run):
    github.page = 1
    files = github._files
    github._files = lambda: [one for one in files() for _ in range(4000)]
    github.without_patch = frozenset({"star.py"})
    push({"star.py": STAR})
    assert run().posted


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
