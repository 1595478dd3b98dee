"""A pull request as it is now: its commits, and what gate has said on it before."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gate.attest import Said
from gate.event import said
from gate.github.client import Client, understood
from gate.github.memory import ANCHOR, Memory, marked, read

_THREADS = """
query($owner: String!, $name: String!, $number: Int!, $after: String, $file: String!, $read: Boolean!) {
  viewer { login }
  repository(owner: $owner, name: $name) {
    file: object(expression: $file) @include(if: $read) { ... on Blob { text } }
    pullRequest(number: $number) {
      reviewThreads(first: 100, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          id isResolved isOutdated viewerCanResolve viewerCanUnresolve
          comments(first: 1) {
            nodes { id body isMinimized viewerCanMinimize author { __typename login } }
          }
        }
      }
    }
  }
}
"""


@dataclass(frozen=True)
class Pull:
    """A pull request. `source` is the repository its branch lives in, empty when that is gone."""

    repository: str
    number: int
    base: str
    said: Said
    source: str = ""
    open: bool = True
    merged: bool = False
    draft: bool = False

    @property
    def head(self) -> str:
        return self.said.head

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Pull":
        return cls(
            data["base"]["repo"]["full_name"], data["number"], data["base"]["sha"], said(data),
            (data["head"].get("repo") or {}).get("full_name", ""), data["state"] == "open",
            bool(data.get("merged")), bool(data.get("draft")),
        )  # fmt: skip


@dataclass(frozen=True)
class Posted:
    """A review on the pull request."""

    id: int
    body: str
    url: str


@dataclass(frozen=True)
class Thread:
    """A conversation gate began on a line of the diff."""

    id: str
    comment: str
    resolved: bool
    outdated: bool
    minimized: bool
    can_resolve: bool
    can_unresolve: bool
    can_minimize: bool


@dataclass(frozen=True)
class Standing:
    """What gate has said on a pull request: its own reviews and threads, and nobody else's."""

    me: str = ""
    reviews: tuple[Posted, ...] = ()
    threads: Mapping[str, tuple[Thread, ...]] = field(default_factory=dict)
    """By short fingerprint; more than one are left from a race."""
    policy: str = ""
    """The text of the file that was asked for, at the base; empty where there is none."""

    @property
    def anchors(self) -> tuple[Posted, ...]:
        """The living review is the last; one before it is left from a race."""
        return tuple(review for review in self.reviews if review.body.startswith(ANCHOR))

    @property
    def memory(self) -> Memory:
        return read(self.anchors[-1].body) if self.anchors else Memory()


def pull(client: Client, number: int) -> Pull:
    """The pull request of a number.

    Raises:
        GitHubError: There is none, or GitHub did not answer.
    """
    with understood():
        return Pull.of(client.get(f"pulls/{number}"))


def pull_of(client: Client, head: str, source: str = "") -> Pull | None:
    """The open pull request whose branch ends at a commit; `source` narrows it to a branch of one repository.

    Raises:
        GitHubError: GitHub did not answer.
    """
    with understood():
        listed = client.rows("pulls", state="open", sort="updated", direction="desc")
        found = (Pull.of(row) for row in listed if row["head"]["sha"] == head)
        return next((one for one in found if source in {"", one.source}), None)


def standing(client: Client, pull: Pull, *, policy: str = "") -> Standing:
    """What gate has said before; `policy` names a file whose text at the base is wanted as well.

    Raises:
        GitHubError: GitHub refused or did not answer.
    """
    owner, _, name = client.repository.partition("/")
    file = f"{pull.base}:{policy}"
    threads: dict[str, tuple[Thread, ...]] = {}
    after, more = None, True
    with understood():
        while more:
            data = client.query(
                _THREADS, owner=owner, name=name, number=pull.number, after=after, file=file, read=bool(policy)
            )
            me, listed = data["viewer"]["login"], data["repository"]["pullRequest"]["reviewThreads"]
            for name, thread in _own(listed["nodes"] or (), me):
                threads[name] = (*threads.get(name, ()), thread)
            after, more = listed["pageInfo"]["endCursor"], listed["pageInfo"]["hasNextPage"]
        found = data["repository"].get("file") or {}
    return Standing(me, reviews_by(client, pull.number, me), threads, found.get("text") or "")


def reviews_by(client: Client, number: int, me: str) -> tuple[Posted, ...]:
    """The reviews of one author, the oldest first.

    Raises:
        GitHubError: GitHub refused or did not answer.
    """
    with understood():
        listed = client.rows(f"pulls/{number}/reviews")
        own = (row for row in listed if (row["user"] or {}).get("login") == me)
        return tuple(Posted(row["id"], row["body"] or "", row["html_url"]) for row in own)


def _own(rows: Any, me: str) -> Iterator[tuple[str, Thread]]:
    for row in filter(None, rows):
        first = next(filter(None, row["comments"]["nodes"] or ()), None)
        name = marked(first["body"]) if first and _login(first["author"]) == me else None
        if first and name:
            yield name, Thread(
                row["id"], first["id"], row["isResolved"], row["isOutdated"], first["isMinimized"],
                row["viewerCanResolve"], row["viewerCanUnresolve"], first["viewerCanMinimize"],
            )  # fmt: skip


def _login(author: Mapping[str, str] | None) -> str:
    """The login as `viewer` and the REST interface give it: GraphQL leaves the end of a bot's off."""
    if not author:
        return ""
    login = re.sub(r"\[bot\]$", "", author["login"])
    return f"{login}[bot]" if author["__typename"] == "Bot" else login
