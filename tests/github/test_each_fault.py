"""Each request failing in each way: a sentence says so, nothing is there twice, and the next run makes it good."""

from typing import Any

import pytest

from gate.github.client import Client, GitHubError
from gate.github.memory import ANCHOR
from gate.github.publish import publish
from gate.github.pull import pull
from tests.github.conftest import CLEAN, STAR, TOKEN, WRITE
from tests.github.double import NAME, Fault

LONG = {"Retry-After": "3600"}
FAULTS: dict[str, dict[str, Any]] = {
    "failed": {"status": 502}, "lost": {"status": 502, "after": True}, "dropped": {"status": 0},
    "dropped when done": {"status": 0, "after": True}, "cut off": {"status": 200, "raw": b'{"id": 1, "da', "after": True},
    "a page of a proxy": {"status": 200, "raw": b"<html>"}, "null": {"status": 200, "raw": b"null"},
    "denied": {"status": 403, "body": {"message": "Resource not accessible by integration"}},
    "unknown": {"status": 404, "body": {"message": "Not Found"}}, "a wrong token": {"status": 401, "body": {"message": "Bad credentials"}},
    "limited": {"status": 429, "body": {"message": "slow down"}, "headers": LONG},
    "refused": {"status": 422, "body": {"message": "Unprocessable Entity", "errors": ["line must be part of the diff"]}},
    "not for GraphQL": {"status": 200, "body": {"data": None, "errors": [{"type": "FORBIDDEN", "message": "no"}]}},
}  # fmt: skip
FIRST = ("GET pull", "QUERY", "GET reviews", "GET files", "POST reviews")
SECOND = ("POST reviews", "PUT review", "POST graphql")


@pytest.fixture
def heads(github, push, judged):
    """Two commits of the pull request and their reviews: a flaw, then another in its place."""
    return [(push(files), judged()) for files in ({"star.py": STAR}, {"star.py": CLEAN, "wipe.py": WRITE})]


@pytest.mark.parametrize("times", [1, 9])
@pytest.mark.parametrize("name", FAULTS)
def test_the_next_run_makes_it_good(github, heads, name, times):
    first, second = heads

    def run(head, review, *faults):
        github.head, github.faults = head, [*faults]
        github.log.clear()
        client = Client(TOKEN, NAME, github.url)
        try:
            there = pull(client, 7)
        except GitHubError:
            return
        assert publish(client, review, there).said

    def check(flaw, threads):
        (living,) = [one["body"] for one in github.reviews if one["body"].startswith(ANCHOR)]
        assert "BLOCKED" in living
        assert flaw in living
        comments = [thread["comments"][0]["body"] for thread in github.threads]
        assert len(comments) == len(set(comments))
        assert name == "refused" or len(comments) == threads

    for kind in FIRST:
        github.reviews, github.threads = [], []
        run(*first, *[Fault(kind, **FAULTS[name])] * times)
        run(*first)
        check("queries/select_star", 1)
    for kind in SECOND:
        github.reviews, github.threads = [], []
        run(*first)
        run(*second, *[Fault(kind, **FAULTS[name])] * times)
        run(*second)
        check("queries/unbounded_write", 2)
        done = github.threads[0]
        assert done["isResolved"] or done["comments"][0]["isMinimized"]
    run(*second)
    assert github.writes() == []
