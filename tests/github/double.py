"""A GitHub on loopback that remembers what it is told, answers in GitHub's own shapes, and fails when asked to.

Whatever a request or an answer has that GitHub's description has not is kept in `violations`, which every test
must leave empty. Patches come from the repository gate reads.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from githubkit.versions.v2022_11_28 import models

from gate.github.lines import lines
from tests.github import graphql
from tests.github.shapes import REVIEW, made

NAME = "acme/shop"
BOT = "github-actions[bot]"
_LIMIT = 65_536


@dataclass
class Fault:
    """How a kind of request ends, once; with `after` it has been done before it fails. `raw` is sent as it is.

    A status of 0 ends the connection without an answer.
    """

    kind: str
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    after: bool = False
    raw: bytes = b""


class RefusedError(Exception):
    def __init__(self, status: int, message: str, *errors: str) -> None:
        super().__init__(message)
        self.answer = status, {"message": message, "errors": list(errors)} if errors else {"message": message}


@dataclass
class GitHub:
    """One pull request, and all that is said on it."""

    repository: Any
    number: int = 7
    base: str = ""
    head: str = ""
    me: str = BOT
    pull: dict[str, Any] = field(default_factory=dict)
    reviews: list[dict[str, Any]] = field(default_factory=list)
    threads: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    can_write: bool = True
    can_resolve: bool = True
    can_minimize: bool = True
    page: int = 100
    most_files: int = 3000
    without_patch: frozenset[str] = frozenset()
    refuses_lines: bool = False
    faults: list[Fault] = field(default_factory=list)
    before: dict[str, Callable[[], None]] = field(default_factory=dict)
    """What happens, once, right before a kind of request is answered."""
    log: list[str] = field(default_factory=list)
    sent: list[tuple[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    url: str = ""

    # What people do

    def push(self, head: str) -> None:
        self.head = head

    def say(self, login: str, body: str, kind: str = "User") -> dict[str, Any]:
        """A review by anybody."""
        number = 5_000_000_000 + len(self.reviews)
        review = made(
            REVIEW, id=number, body=body, state="COMMENTED", commit_id=self.head, user=self._user(login, kind),
            html_url=f"https://github.com/{NAME}/pull/{self.number}#pullrequestreview-{number}",
        )  # fmt: skip
        self.reviews.append(review)
        return review

    def begin(self, login: str, body: str, kind: str = "Bot") -> dict[str, Any]:
        """A conversation on a line; its first comment is the one gate may know again."""
        number = len(self.threads)
        thread = {"id": f"T{number}", "isResolved": False, "isOutdated": False, "comments": []}
        self.threads.append(thread)
        self.reply(thread, login, body, kind)
        return thread

    def reply(self, thread: dict[str, Any], login: str, body: str, kind: str = "User") -> None:
        bare = login.removesuffix("[bot]")
        author = {"__typename": kind, "login": bare}
        number = len(thread["comments"])
        thread["comments"].append(
            {"id": f"{thread['id']}C{number}", "body": body, "isMinimized": False, "author": author}
        )

    # What GitHub does

    def writes(self) -> list[str]:
        return [kind for kind in self.log if not kind.startswith("GET") and kind != "QUERY"]

    def answer(self, kind: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any, dict[str, str]]:
        if not kind.startswith("GET") and kind != "POST graphql" and not self.can_write:
            return 403, {"message": "Resource not accessible by integration"}, {}
        try:
            return self._routed(kind, path, query, body)
        except RefusedError as error:
            return *error.answer, {}

    def _routed(self, kind: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any, dict[str, str]]:
        number = int(found[-1]) if (found := re.findall(r"\d+", path)) else 0
        if kind == "POST graphql":
            return 200, graphql.answer(self, body), {}
        if kind == "GET pull":
            if number != self.number:
                raise RefusedError(404, "Not Found")
            return 200, self._pull(models.PullRequest), {}
        if kind == "GET pulls":
            return self._paged([self._pull(models.PullRequestSimple)] if self._state() == "open" else [], query)
        if kind == "GET reviews":
            return self._paged(self.reviews, query)
        if kind == "GET files":
            return self._paged(self._files(), query)
        if kind == "POST reviews":
            return 200, self._review(body), {}
        if kind == "PUT review":
            return 200, self._edit(number, body), {}
        if kind in {"GET check-runs", "POST check-runs", "GET statuses", "POST statuses"}:
            return self._beside(kind, path, query, body)
        raise RefusedError(404, "Not Found")

    def _beside(self, kind: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any, dict[str, str]]:
        if kind == "GET check-runs":
            found = [one for one in self.checks if one["head_sha"] in path and one["name"] == query["check_name"]]
            return 200, {"total_count": len(found), "check_runs": found}, {}
        if kind == "GET statuses":
            return self._paged([one for one in self.statuses[::-1] if one["url"] in path], query)
        if kind == "POST statuses":
            self.statuses.append(made(models.Status, **{**body, "url": path.rpartition("/")[2]}))
            return 200, self.statuses[-1], {}
        if len(body["output"]["annotations"]) > 50:
            raise RefusedError(422, "Invalid request. No more than 50 items are allowed; 51 were supplied.")
        output = made(models.CheckRunPropOutput, **{name: body["output"][name] for name in ("title", "summary")})
        self.checks.append(made(models.CheckRun, **{**body, "output": output}))
        return 200, self.checks[-1], {}

    def _review(self, body: dict[str, Any]) -> dict[str, Any]:
        if body["event"] == "APPROVE":
            raise RefusedError(422, "Unprocessable Entity", "GitHub Actions is not permitted to approve pull requests.")
        texts = [body.get("body", ""), *(comment["body"] for comment in body.get("comments", ()))]
        if not texts[0] or any(len(text) > _LIMIT for text in texts):
            raise RefusedError(
                422, "Unprocessable Entity", "Body is missing, or too long (maximum is 65536 characters)"
            )
        self._check_lines(body.get("comments", ()))
        for comment in body.get("comments", ()):
            self.begin(self.me, comment["body"])
        return self.say(self.me, body["body"], "Bot")

    def _check_lines(self, comments: Any) -> None:
        patches = {file["filename"]: lines(file["patch"]) for file in self._files() if "patch" in file}
        for comment in comments:
            there = patches.get(comment["path"])
            if there is None:
                raise RefusedError(422, "Unprocessable Entity", "Pull request review thread path is invalid")
            ends = [there.get(comment[name]) for name in ("start_line", "line") if name in comment]
            if self.refuses_lines or None in ends:
                raise RefusedError(
                    422, "Unprocessable Entity", "Pull request review thread line must be part of the diff"
                )
            if len({end.hunk for end in ends if end}) > 1:
                raise RefusedError(422, "Unprocessable Entity", "start line must be part of the same hunk as the line.")

    def _edit(self, number: int, body: dict[str, Any]) -> dict[str, Any]:
        review = next((one for one in self.reviews if one["id"] == number), None)
        if review is None or (review["user"] or {}).get("login") != self.me:
            raise RefusedError(404, "Not Found")
        if len(body["body"]) > _LIMIT:
            raise RefusedError(422, "Unprocessable Entity", "Body is too long (maximum is 65536 characters)")
        review["body"] = body["body"]
        return review

    def _state(self) -> str:
        return str(self.pull.get("state", "open"))

    def _pull(self, model: Any) -> dict[str, Any]:
        given = {"state": "open", "draft": False, **self.pull}
        given = {name: value for name, value in given.items() if name in model.model_fields}
        end = self._ends(model)
        return made(model, number=self.number, html_url=f"https://github.com/{NAME}/pull/{self.number}", **end, **given)

    def _ends(self, model: Any) -> dict[str, Any]:
        base, head = made(model)["base"], made(model)["head"]
        source = self.pull.get("source", NAME)
        return {
            "base": {**base, "sha": self.base, "repo": {**base["repo"], "full_name": NAME}},
            "head": {**head, "sha": self.head, "repo": {**(head["repo"] or base["repo"]), "full_name": source}},
        }

    def _files(self) -> list[dict[str, Any]]:
        """The changed files as GitHub lists them, from git's own diff."""
        text = self.repository.git("diff", "-U3", "--no-color", f"{self.base}...{self.head}")
        parts = re.split(r"(?m)^diff --git .*\n", text)[1:]
        names = self.repository.git("diff", "--name-only", f"{self.base}...{self.head}").split("\n")
        files = []
        for name, part in zip(names, parts, strict=True):
            file = made(models.DiffEntry, filename=name, status="modified")
            at = part.find("@@ ")
            whole = at >= 0 and name not in self.without_patch
            files.append({**file, "patch": part[at:].rstrip("\n")} if whole else file)
        return files[: self.most_files]

    def _paged(self, rows: list[Any], query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        size, number = min(self.page, int(query.get("per_page", 30))), int(query.get("page", 1))
        more = len(rows) > size * number
        link = {"Link": f'<{self.url}/x?page={number + 1}>; rel="next"'} if more else {}
        return 200, rows[size * (number - 1) : size * number], link

    @staticmethod
    def _user(login: str, kind: str) -> dict[str, Any]:
        return made(models.SimpleUser, login=login, type=kind)
