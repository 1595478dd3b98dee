"""The GraphQL half of the double: executed on GitHub's own schema, so that only legal queries get an answer."""

from functools import cache
from typing import TYPE_CHECKING, Any

from graphql import GraphQLSchema, build_schema, graphql_sync
from graphql.error import GraphQLError

from tests import schemas

if TYPE_CHECKING:
    from tests.github.double import GitHub


@cache
def schema() -> GraphQLSchema:
    """GitHub's published schema; tests that need it are skipped where npm, which brings it, is not installed."""
    return build_schema(schemas.graphql(), assume_valid=True, no_location=True)


def answer(github: "GitHub", body: dict[str, Any]) -> dict[str, Any]:
    """What GitHub answers to a query or a mutation."""
    done = graphql_sync(schema(), body["query"], _root(github), variable_values=body["variables"])
    errors = [{"message": error.message, **(error.extensions or {})} for error in done.errors or ()]
    github.violations += [error["message"] for error in errors if "type" not in error]
    return {"data": done.data, **({"errors": errors} if errors else {})}


def _root(github: "GitHub") -> dict[str, Any]:
    return {
        "viewer": {"login": github.me},
        "repository": lambda _info, **_: {"pullRequest": lambda _i, number: _pull(github, number), "object": _file(github)},
        "resolveReviewThread": lambda _info, **given: _resolve(github, given["input"], resolved=True),
        "unresolveReviewThread": lambda _info, **given: _resolve(github, given["input"], resolved=False),
        "minimizeComment": lambda _info, **given: _minimize(github, given["input"], "minimizedComment", hidden=True),
        "unminimizeComment": lambda _info, **given: _minimize(github, given["input"], "unminimizedComment", hidden=False),
    }  # fmt: skip


def _file(github: "GitHub") -> Any:
    def read(_info: Any, expression: str) -> dict[str, Any] | None:
        commit, _, path = expression.partition(":")
        if path not in github.repository.git("ls-tree", "--name-only", commit).split("\n"):
            return None
        return {"__typename": "Blob", "text": github.repository.git("show", expression)}

    return read


def _pull(github: "GitHub", number: int) -> dict[str, Any]:
    if number != github.number:
        raise GraphQLError("Could not resolve to a PullRequest.", extensions={"type": "NOT_FOUND"})
    return {
        "reviewThreads": lambda _info, **page: _page(
            [_thread(github, one) for one in github.threads], github.page, **page
        )
    }


def _page(rows: list[Any], most: int, first: int, after: str | None = None) -> dict[str, Any]:
    start = int(after) if after else 0
    end = start + min(first, most)
    return {"nodes": rows[start:end], "pageInfo": {"hasNextPage": end < len(rows), "endCursor": str(end)}}


def _thread(github: "GitHub", thread: dict[str, Any]) -> dict[str, Any]:
    comments = [{**one, "viewerCanMinimize": github.can_minimize} for one in thread["comments"]]
    return {
        **thread, "comments": {"nodes": comments[:1]}, "viewerCanResolve": github.can_resolve and not thread["isResolved"],
        "viewerCanUnresolve": github.can_resolve and thread["isResolved"],
    }  # fmt: skip


def _resolve(github: "GitHub", given: dict[str, str], *, resolved: bool) -> dict[str, Any]:
    _require(github, allowed=github.can_resolve)
    thread = next(one for one in github.threads if one["id"] == given["threadId"])
    thread["isResolved"] = resolved
    return {"thread": thread}


def _minimize(github: "GitHub", given: dict[str, str], answer: str, *, hidden: bool) -> dict[str, Any]:
    _require(github, allowed=github.can_minimize)
    comments = [comment for thread in github.threads for comment in thread["comments"]]
    found = next(one for one in comments if one["id"] == given["subjectId"])
    found["isMinimized"] = hidden
    return {answer: {**found, "__typename": "PullRequestReviewComment"}}


def _require(github: "GitHub", *, allowed: bool) -> None:
    if not (allowed and github.can_write):
        raise GraphQLError("Resource not accessible by integration", extensions={"type": "FORBIDDEN"})
