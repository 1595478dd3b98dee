"""The one connection to GitHub: what is asked, what is asked again, and what a refusal means."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import sleep, time
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from gate.errors import UsageError
from gate.reports._safe import clipped, line

if TYPE_CHECKING:
    from github import GithubException
    from github.Requester import Requester

API = "https://api.github.com"
GRAPHQL = "/graphql"
VERSION = "2022-11-28"
"""The version of the REST interface gate is written for; GitHub keeps each for two years after its successor."""

BETWEEN_WRITES = 1.0
"""Seconds; GitHub asks for it (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api)."""
LONGEST_WAIT = 120
"""Seconds, of all waiting of a run; a limit that lasts longer is reported instead of waited for."""
_PAGES = 30
"""Of 100 rows each: GitHub lists at most 3,000 files of a pull request."""
_UNSURE = "It may or may not have done what it was asked"

T = TypeVar("T")


@dataclass(frozen=True)
class Call:
    """A request that changes something."""

    verb: str
    path: str
    body: Mapping[str, Any]


class GitHubError(Exception):
    """GitHub refused or did not answer; the message is a sentence.

    `status` is that of HTTP, 0 without an answer. `wait` is what GitHub asks for, in seconds, and None when the
    refusal has nothing to do with a limit. `unsure` says that a write may have been done all the same.
    """

    def __init__(self, message: str, status: int, *, wait: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.wait = wait
        self.unsure = status == 0 or status >= 500


class Client:
    """A repository on GitHub.

    Reads, and writes that may be repeated, are repeated by PyGithub. A POST never is, since one whose answer was
    lost has been done: whoever posts looks first, and asks again then.
    """

    def __init__(self, token: str, repository: str, api: str = API) -> None:
        self.repository = repository
        self._patience: float = LONGEST_WAIT
        self._requester = _connect(token, _checked(api))

    def get(self, path: str, **parameters: str | int) -> Any:
        """What is at a path of the repository.

        Raises:
            GitHubError: GitHub refused or did not answer.
        """
        return self._page(path, parameters)[1]

    def pages(self, path: str, **parameters: str | int) -> list[Any]:
        """All rows of a list.

        Raises:
            GitHubError: GitHub refused or did not answer.
        """
        rows: list[Any] = []
        for number in range(1, _PAGES + 1):
            headers, page = self._page(path, {**parameters, "per_page": 100, "page": number})
            rows += page
            if 'rel="next"' not in headers.get("link", ""):
                return rows
        raise GitHubError(f"GitHub lists more than {_PAGES * 100} rows of `{path}`, too many to go through.", 200)

    def query(self, text: str, **variables: Any) -> Any:
        """The data of a GraphQL query; asked a second time when the first got no answer.

        Raises:
            GitHubError: GitHub refused or did not answer.
        """
        call = Call("POST", GRAPHQL, {"query": text, "variables": variables})
        try:
            return self.write(call)
        except GitHubError as error:
            if not error.unsure:
                raise
        return self.write(call)

    def write(self, call: Call) -> Any:
        """Do a call; once more, after the wait GitHub asks for, when a limit kept it from being done.

        Raises:
            GitHubError: GitHub refused or did not answer.
        """
        try:
            return self._send(call)
        except GitHubError as error:
            if error.wait is None or error.wait > self._patience:
                raise
            self._patience -= error.wait
            sleep(error.wait)
        return self._send(call)

    def path(self, rest: str) -> str:
        return f"/repos/{self.repository}/{rest}"

    def _page(self, path: str, parameters: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
        return _asked(
            lambda: self._requester.requestJsonAndCheck("GET", self.path(path), parameters=dict(parameters)), path
        )

    def _send(self, call: Call) -> Any:
        body = dict(call.body)
        if call.path == GRAPHQL:
            return _asked(lambda: self._requester.graphql_query(body["query"], body["variables"]), "")[1]["data"]
        return _asked(lambda: self._requester.requestJsonAndCheck(call.verb, call.path, input=body), call.path)[1]


@contextmanager
def understood() -> Iterator[None]:
    """Take an answer apart.

    Raises:
        GitHubError: It has another shape than GitHub documents, as that of a proxy in between would.
    """
    try:
        yield
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise GitHubError(
            f"GitHub's answer is not what it documents ({type(error).__name__}: {error}).", 200
        ) from error


def _connect(token: str, api: str) -> "Requester":
    try:
        from github import Auth, Github, GithubRetry
    except ImportError as error:
        hint = "python -m pip install 'diff-gate[github]'"
        raise UsageError("`gate review` needs PyGithub, which is not installed.", hint) from error
    logging.getLogger("github").setLevel(logging.WARNING)  # what it does about a failure is its own affair
    retry = GithubRetry(
        total=4, backoff_factor=0.5, secondary_rate_wait=60, max_rate_limit_wait=LONGEST_WAIT,
        allowed_methods=frozenset({"GET", "HEAD", "PUT", "PATCH", "DELETE"}),
    )  # fmt: skip
    return Github(
        auth=Auth.Token(token), base_url=api, lazy=True, per_page=100, timeout=20, retry=retry,
        seconds_between_requests=0, seconds_between_writes=BETWEEN_WRITES, api_version=VERSION,
    ).requester  # fmt: skip


def _checked(api: str) -> str:
    """The token goes to nobody in clear text but this machine itself."""
    parts = urlsplit(api)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}):
        return api.rstrip("/")
    raise UsageError(f"GITHUB_API_URL is `{api}`, and the token only travels over https.", f"github.com's is {API}.")


def _asked(ask: Callable[[], T], path: str) -> T:
    from github import GithubException
    from requests import RequestException

    try:
        return ask()
    except GithubException as error:
        raise _refusal(error, path) from error
    except RequestException as error:
        raise GitHubError(f"GitHub did not answer ({type(error).__name__}). {_UNSURE}.", 0) from error


def _refusal(error: "GithubException", path: str) -> GitHubError:
    from github import RateLimitExceededException

    status, said = error.status, _message(error.data)
    if isinstance(error, RateLimitExceededException) or status == 429 or "rate limit" in said.lower():
        return _limited(error)
    if status >= 500:
        return GitHubError(f"GitHub failed (status {status}). {_UNSURE}.", status)
    known = {
        401: "GitHub does not accept the token: it is wrong, was revoked, or has run out.",
        403: f"The token may not do this (GitHub says: {said}). Give the job `pull-requests: write`; for a pull "
             "request from a fork no job gets it, so there the second stage posts (`gate review --from`).",
        404: f"GitHub shows no `{path}`: there is none, or the token may not see it.",
    }  # fmt: skip
    return GitHubError(known.get(status, f"GitHub refused (status {status}): {said}"), status)


def _limited(error: "GithubException") -> GitHubError:
    headers = error.headers or {}
    after, reset = str(headers.get("retry-after", "")), str(headers.get("x-ratelimit-reset", ""))
    left = max(0, int(reset) - int(time()) + 1) if reset.isdigit() else 60
    wait = int(after) if after.isdigit() else left
    message = f"GitHub's rate limit for this token is used up; it asks for a wait of {wait} seconds."
    return GitHubError(message, error.status, wait=wait)


def _message(data: Any) -> str:
    """What GitHub said, with its list of errors, on one line."""
    if not isinstance(data, dict):
        return "nothing gate can read"
    errors = data.get("errors") or ()
    parts = [data.get("message"), *(one.get("message") if isinstance(one, dict) else one for one in errors)]
    return clipped(line("; ".join(str(part) for part in parts if part)) or "nothing", 400)
