"""A GitHub on loopback that remembers what it is told, answers in GitHub's own shapes, and fails when asked to.

Whatever a request or an answer has that GitHub's description has not is kept in `violations`, which every test
must leave empty. Patches come from the repository gate reads.
"""

import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from githubkit.versions.v2022_11_28 import models

from gate.github.lines import lines
from tests.github import graphql
from tests.github.shapes import ANSWERS, BODIES, REVIEW, made, wrong

NAME = "acme/shop"
BOT = "github-actions[bot]"
_LIMIT = 65_536
_ROUTES = {
    r"GET pulls/\d+": "GET pull", r"GET pulls": "GET pulls", r"GET pulls/\d+/reviews": "GET reviews",
    r"GET pulls/\d+/files": "GET files", r"POST pulls/\d+/reviews": "POST reviews",
    r"PUT pulls/\d+/reviews/\d+": "PUT review", r"GET commits/\w+/check-runs": "GET check-runs",
    r"POST check-runs": "POST check-runs", r"PATCH check-runs/\d+": "PATCH check-run",
    r"GET commits/\w+/statuses": "GET statuses", r"POST statuses/\w+": "POST statuses", r"POST graphql": "POST graphql",
}  # fmt: skip


@dataclass
class Fault:
    """How a kind of request ends, once; with `after` it has been done before it fails."""

    kind: str
    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    after: bool = False


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
    refuses_lines: bool = False
    faults: list[Fault] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    sent: list[tuple[str, Any]] = field(default_factory=list)
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
        thread = {"id": f"T{number}", "isResolved": False, "comments": []}
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
        try:
            if not kind.startswith("GET") and kind != "POST graphql" and not self.can_write:
                raise RefusedError(403, "Resource not accessible by integration")
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
        raise RefusedError(404, "Not Found")

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
        if review is None or review["user"]["login"] != self.me:
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
            files.append({**file, "patch": part[at:].rstrip("\n")} if at >= 0 else file)
        return files

    def _paged(self, rows: list[Any], query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        size, number = min(self.page, int(query.get("per_page", 30))), int(query.get("page", 1))
        more = len(rows) > size * number
        link = {"Link": f'<{self.url}/x?page={number + 1}>; rel="next"'} if more else {}
        return 200, rows[size * (number - 1) : size * number], link

    @staticmethod
    def _user(login: str, kind: str) -> dict[str, Any]:
        return made(models.SimpleUser, login=login, type=kind)


class Handler(BaseHTTPRequestHandler):
    """From a request to the state and back, held to GitHub's description both ways."""

    github: GitHub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        """Say nothing on the terminal of the tests."""

    def do_GET(self) -> None:
        self._do()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815

    def _do(self) -> None:
        github, parts = self.github, urlsplit(self.path)
        github.tokens.add(self.headers.get("Authorization", ""))
        path = parts.path.removeprefix(f"/repos/{NAME}/").removeprefix("/")
        kind = next((kind for route, kind in _ROUTES.items() if re.fullmatch(route, f"{self.command} {path}")), "")
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(text) if text else None
        github.log.append("QUERY" if kind == "POST graphql" and "mutation" not in body["query"] else kind or self.path)
        github.sent.append((github.log[-1], body))
        self._hold(kind in BODIES and wrong(BODIES[kind], body), kind)
        fault = next((one for one in github.faults if one.kind == github.log[-1]), None)
        if fault:
            github.faults.remove(fault)
            if fault.after:
                github.answer(kind, path, {}, body)
            self._send(
                fault.status, fault.body if fault.body is not None else {"message": "Server Error"}, fault.headers
            )
            return
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        status, answer, headers = github.answer(kind, path, query, body)
        self._hold(status == 200 and kind in ANSWERS and wrong(ANSWERS[kind], answer), kind)
        self._send(status, answer, headers)

    def _hold(self, said: Any, kind: str) -> None:
        if said:
            self.github.violations.append(f"{kind}: {said}")

    def _send(self, status: int, answer: Any, headers: dict[str, str]) -> None:
        text = json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Type": "application/json", "Content-Length": str(len(text))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)


def serve(github: GitHub) -> ThreadingHTTPServer:
    """Start it; the caller shuts it down."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"github": github}))
    github.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    return server
