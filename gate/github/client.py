"""The one connection to GitHub: what is asked, what is asked again, and what a refusal means."""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import sleep, time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from gate import lazy
from gate.errors import UsageError
from gate.reports._safe import clipped, line

if TYPE_CHECKING:
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
_PAUSES = (1.0, 2.0, 4.0)
"""Seconds before what failed is asked for once more."""
_UNSURE = "It may or may not have done what it was asked"
_UNREADABLE = object()
_LIMIT = lazy.regex(r"(?i)rate limit|abuse detection|please wait a few minutes|please retry your request again later")


@dataclass(frozen=True)
class Call:
    """A request; of a GET, `body` are its parameters."""

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

    Reads, and writes that may be repeated, are repeated when they fail. A POST never is, since one whose answer was
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

    def rows(self, path: str, **parameters: str | int) -> Iterator[Any]:
        """The rows of a list, read a page at a time as they are wanted.

        Raises:
            GitHubError: GitHub refused or did not answer.
        """
        for number in range(1, _PAGES + 1):
            headers, page = self._page(path, {**parameters, "per_page": 100, "page": number})
            yield from page
            if 'rel="next"' not in headers.get("link", ""):
                return
        raise GitHubError(f"GitHub lists more than {_PAGES * 100} rows of `{path}`, too many to go through.", 200)

    def query(self, text: str, **variables: Any) -> Any:
        """The data of a GraphQL query.

        Raises:
            GitHubError: GitHub refused or did not answer.
        """
        return self._persistent(Call("POST", GRAPHQL, {"query": text, "variables": variables}), again=True)[1]["data"]

    def write(self, call: Call) -> Any:
        """Do a call; once more, after the wait GitHub asks for, when a limit kept it from being done.

        Raises:
            GitHubError: GitHub refused or did not answer.
        """
        return self._persistent(call, again=call.verb != "POST")[1]

    def _page(self, path: str, parameters: Mapping[str, Any]) -> tuple[Mapping[str, Any], Any]:
        return self._persistent(Call("GET", f"/repos/{self.repository}/{path}", parameters), again=True)

    def _persistent(self, call: Call, *, again: bool) -> tuple[Mapping[str, Any], Any]:
        """Ask until there is an answer, or no sense in asking on."""
        for pause in _PAUSES:
            try:
                return _asked(self._requester, call)
            except GitHubError as error:
                wait = error.wait if error.wait is not None else (pause if again and error.unsure else None)
                if wait is None or wait > self._patience:
                    raise
            self._patience -= wait
            sleep(wait)
        return _asked(self._requester, call)


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
        from github import Auth, Github
    except ImportError as error:
        hint = "python -m pip install 'diff-gate[github]'"
        raise UsageError("`gate review` needs PyGithub, which is not installed.", hint) from error
    logging.getLogger("github").setLevel(logging.WARNING)
    return Github(
        auth=Auth.Token(token), base_url=api, lazy=True, per_page=100, timeout=20, retry=0,
        seconds_between_requests=0, seconds_between_writes=BETWEEN_WRITES, api_version=VERSION,
    ).requester  # fmt: skip


def _checked(api: str) -> str:
    """The token goes to nobody in clear text but this machine itself."""
    parts = urlsplit(api)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost", "::1"}):
        return api.rstrip("/")
    raise UsageError(f"GITHUB_API_URL is `{api}`, and the token only travels over https.", f"github.com's is {API}.")


def _asked(requester: "Requester", call: Call) -> tuple[Mapping[str, Any], Any]:
    """The headers and the data of an answer that says the call was done."""
    status, headers, text = _sent(requester, call)
    data = _parsed(text)
    if not 200 <= status < 300:
        raise _refusal(status, headers, data, call.path)
    written = call.verb != "GET" and call.path != GRAPHQL
    if data is _UNREADABLE or (written and not (isinstance(data, dict) and "id" in data)):
        raise GitHubError(f"GitHub's answer was cut off, or is not GitHub's. {_UNSURE}.", 0)
    with understood():
        if call.path == GRAPHQL and (data.get("errors") or data["data"] is None):
            raise _refusal(status, headers, data, call.path)
    return headers, data


def _sent(requester: "Requester", call: Call) -> tuple[int, Mapping[str, Any], str]:
    from requests import RequestException

    asked, sent = (dict(call.body), None) if call.verb == "GET" else (None, dict(call.body))
    path = requester.graphql_url if call.path == GRAPHQL else call.path
    try:
        return requester.requestJson(call.verb, path, parameters=asked, input=sent)
    except RequestException as error:
        raise GitHubError(f"GitHub did not answer ({type(error).__name__}). {_UNSURE}.", 0) from error
    except (RuntimeError, AssertionError) as error:  # PyGithub's, of redirections it does not follow
        raise GitHubError(f"GitHub redirects `{call.path}` to where the token does not go.", 300) from error


def _parsed(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except (ValueError, RecursionError):
        return _UNREADABLE


def _refusal(status: int, headers: Mapping[str, Any], data: Any, path: str) -> GitHubError:
    said = _message(data)
    if status == 429 or _LIMIT.search(said) or (status == 403 and "retry-after" in headers):
        return _limited(status, headers)
    if status >= 500:
        return GitHubError(f"GitHub failed (status {status}). {_UNSURE}.", status)
    known = {
        401: "GitHub does not accept the token: it is wrong, was revoked, or has run out.",
        403: f"The token may not do this (GitHub says: {said}). Give the job `{_permission(path)}`; for a pull request "
             "from a fork no job gets it, so there the second stage posts (`gate review --from`).",
        404: f"GitHub shows no `{path}`: there is none, or the token may not see it.",
    }  # fmt: skip
    moved = f"GitHub has moved `{path}`: name the repository as it is called now."
    refused = f"GitHub refused{f' (status {status})' if status >= 400 else ''}: {said}"
    return GitHubError(known.get(status, moved if 300 <= status < 400 else refused), status)


def _permission(path: str) -> str:
    wanted = {"/check-runs": "checks: write", "/statuses": "statuses: write"}
    return next((name for part, name in wanted.items() if part in path), "pull-requests: write")


def _limited(status: int, headers: Mapping[str, Any]) -> GitHubError:
    """A limit, and the wait that ends it (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api)."""
    after, reset = str(headers.get("retry-after", "")), str(headers.get("x-ratelimit-reset", ""))
    used_up = str(headers.get("x-ratelimit-remaining", "")) == "0" and reset.isdigit()
    left = max(0, int(reset) - int(time()) + 1) if used_up else 60
    wait = int(after) if after.isdigit() else left
    message = f"GitHub's rate limit for this token is used up; it asks for a wait of {wait} seconds."
    return GitHubError(message, status, wait=wait)


def _message(data: Any) -> str:
    """What GitHub said, with its list of errors, on one line."""
    if not isinstance(data, dict):
        return "nothing gate can read"
    errors = data.get("errors")
    listed = errors if isinstance(errors, list) else ()
    parts = [data.get("message"), *(one.get("message") if isinstance(one, dict) else one for one in listed)]
    return clipped(line("; ".join(str(part) for part in parts if part)) or "nothing", 400)
