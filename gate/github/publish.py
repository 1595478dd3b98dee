"""Bring a pull request's review up to date, write nothing where it is, and lose nothing where GitHub fails."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from gate.attest import Said
from gate.finding import Finding
from gate.github.client import Call, Client, GitHubError, understood
from gate.github.lines import Diff, diff
from gate.github.plan import Plan, Step, candidates, plan
from gate.github.pull import Pull, Standing, reviews_by, standing
from gate.github.pull import pull as look
from gate.github.stranger import REMARK, judged_again
from gate.github.wording import same
from gate.policy import FILE, read
from gate.reports._words import counted
from gate.review import Review

_RULE = "---- the requests ----"
_FILES = 3000
"""GitHub lists no more of a pull request; what is beyond them is told in the review itself."""


class LineError(Exception):
    """GitHub refused all comments of a request for the line of one of them, and does not say which."""


@dataclass(frozen=True)
class Outcome:
    """What became of the review, in sentences; `posted` says that the pull request shows it.

    `review` is the one that counts: of a stranger's, what gate made of it.
    """

    review: Review
    posted: bool
    said: tuple[str, ...]


@dataclass(frozen=True)
class Prepared:
    """All that was read, and the review it makes."""

    review: Review
    standing: Standing
    diff: Diff
    remarks: tuple[str, ...]


def publish(client: Client, review: Review, pull: Pull, *, stranger: bool = False) -> Outcome:
    """Post or edit the review; `pull` is as GitHub has just shown it.

    Raises:
        UsageError: `stranger`, and the policy of the base revision is not valid.
    """
    if why := unfit(review, pull):
        return Outcome(review, posted=False, said=(why,))
    ready = None
    try:
        ready = _prepared(client, review, pull, stranger=stranger)
        made = plan(ready.review, pull, ready.standing, ready.diff, ready.remarks)
        if made.steps and (why := unfit(review, look(client, pull.number))):
            return Outcome(ready.review, posted=False, said=(why,))
        return Outcome(ready.review, posted=True, said=_posted(client, made, pull, ready))
    except GitHubError as error:
        return Outcome(ready.review if ready else review, posted=False, said=(str(error),))


def rehearse(client: Client, review: Review, pull: Pull, *, stranger: bool = False) -> tuple[Review, str]:
    """What `publish` would write, as Markdown and as requests; it only reads.

    Raises:
        GitHubError: GitHub refused or did not answer.
        UsageError: As for `publish`.
    """
    ready = _prepared(client, review, pull, stranger=stranger)
    return ready.review, _rehearsal(plan(ready.review, pull, ready.standing, ready.diff, ready.remarks))


def offline(review: Review, repository: str, number: int) -> str:
    """What a first run would write, comments on lines left out: nobody was asked which lines take one."""
    nowhere = Pull(repository, number, review.base, Said("", "", "", review.head))
    return _rehearsal(plan(review, nowhere, Standing(), {}))


def unfit(review: Review, pull: Pull) -> str:
    """Why this review must not go to this pull request; empty when it may."""
    name = f"{pull.repository}#{pull.number}"
    if not pull.open:
        return f"{name} is {'merged' if pull.merged else 'closed'}, so nothing is posted there."
    if pull.head != review.head:
        return (
            f"{name} has moved on to {pull.head[:12]} since {review.head[:12]} was judged, so nothing is posted; "
            "the run for the newer commit will."
        )
    return ""


def _prepared(client: Client, review: Review, pull: Pull, *, stranger: bool) -> Prepared:
    """Read what the pull request shows; its diff only where that is needed."""
    now = standing(client, pull, policy=FILE if stranger else "")
    if not stranger:
        return Prepared(review, now, _diff(client, pull, candidates(review, now)), ())
    lines = _diff(client, pull, review.findings)
    return Prepared(judged_again(review, read(now.policy), lines, pull.said), now, lines, (REMARK,))


def _diff(client: Client, pull: Pull, findings: Iterable[Finding]) -> Diff:
    with understood():
        return diff(islice(client.rows(f"pulls/{pull.number}/files"), _FILES), findings)


def _posted(client: Client, made: Plan, pull: Pull, ready: Prepared) -> tuple[str, ...]:
    try:
        return _carried_out(client, made, pull, ready.standing)
    except LineError:
        bare = plan(ready.review, pull, ready.standing, {}, ready.remarks)
    said = _carried_out(client, bare, pull, ready.standing)
    return (*said, "GitHub refused the comments on lines, so the review itself tells all of them.")


def _carried_out(client: Client, made: Plan, pull: Pull, now: Standing) -> tuple[str, ...]:
    said: list[str] = []
    for step in made.steps:
        try:
            _done(client, step, pull, now)
        except GitHubError as error:
            if error.status == 422 and step.call.body.get("comments"):
                raise LineError from error
            if step.vital:
                raise
            said.append(f"A conversation was left as it was: {error}")
            if error.wait is not None:
                break  # the others would only wait for the same limit
    return (_summary(made), *dict.fromkeys(said))


def _done(client: Client, step: Step, pull: Pull, now: Standing) -> None:
    try:
        client.write(step.call)
    except GitHubError as error:
        if step.otherwise and not error.unsure:
            client.write(step.otherwise)
        elif not error.unsure or step.call.verb != "POST":  # the client has repeated the others
            raise
        elif not _landed(client, step.call, pull, now):
            client.write(step.call)


def _landed(client: Client, call: Call, pull: Pull, now: Standing) -> bool:
    """Whether a POST whose answer was lost was done: a review of gate that was not there reads the same."""
    text = call.body.get("body", "")
    if not text:
        return False
    known = {review.id for review in now.reviews}
    return any(same(one.body, text) for one in reviews_by(client, pull.number, now.me) if one.id not in known)


def _summary(made: Plan) -> str:
    if not made.steps:
        return "The review on the pull request is up to date; nothing was written."
    new = f", with {counted(made.commented, 'comment')} more on its lines" if made.commented else ""
    return f"The review on the pull request is up to date{new}."


def request(call: Call) -> str:
    """A request as a dry run shows it."""
    return f"{call.verb} {call.path}\n{json.dumps(call.body, indent=2, ensure_ascii=False)}"


def _rehearsal(made: Plan) -> str:
    requests = "\n\n".join(request(step.call) for step in made.steps) or "none: the pull request shows it already"
    return f"{made.body}\n\n{_RULE}\n\n{requests}\n"
