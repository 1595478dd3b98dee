"""`gate review`: judge a pull request, or take the result of a run that did, and keep the review on it true."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from gate import lazy
from gate.cache import Cache
from gate.change import read_change
from gate.errors import ToolError, UsageError
from gate.event import Event, read_event
from gate.git import Git
from gate.github.checks import Beside, beside, post
from gate.github.client import API, Client, GitHubError
from gate.github.publish import Outcome, offline, publish, rehearse, request, unfit
from gate.github.pull import Pull, pull, pull_of
from gate.github.stranger import REMARK
from gate.origin import pages
from gate.pipeline import Options
from gate.pipeline import review as judge
from gate.result import read
from gate.review import Review, Verdict

TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")
_REPOSITORY = lazy.regex(r"[\w.-]+/[\w.-]+", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """What the user wants; `number` 0 and an empty `repository` leave it to the event of this run."""

    number: int = 0
    repository: str = ""
    result: Path | None = None
    folder: Path = Path()
    options: Options = field(default_factory=Options)
    dry_run: bool = False
    drafts: bool = False
    check: bool = False
    status: bool = False


@dataclass(frozen=True)
class Done:
    """The review that counts, what became of it, and, of a dry run, what would be written."""

    review: Review
    posted: bool
    said: tuple[str, ...]
    rehearsal: str = ""
    remarks: tuple[str, ...] = ()


def run(asked: Asked) -> Done:
    """Judge, then post. What GitHub does after the judgement changes nothing about it.

    Raises:
        UsageError: Which pull request is meant is not clear, or a file or the base policy is not valid.
        ToolError: The pull request could not be read, or the change not be judged.
    """
    event = read_event()
    asked = replace(asked, repository=_repository(asked, event))
    if asked.repository != event.repository:
        event = Event()  # one of another repository says nothing about this one
    asked = replace(asked, number=asked.number or event.number)
    if not asked.number and not asked.result:
        raise UsageError("It is not said which pull request.", "Name it: `gate review --pr NUMBER`.")
    client = _client(asked.repository)
    review, there = (_result(asked.result, event), None) if asked.result else _judged(asked, event, client)
    review = replace(review, pages=pages())
    if client is None:
        why = f"There is no token in {' or '.join(TOKENS)}, so nothing was asked of GitHub, and nothing is posted."
        text = offline(review, asked.repository, asked.number) if asked.dry_run else ""
        text += _requests(asked, review, told=True) if asked.dry_run else ""
        return Done(review, posted=False, said=(why,), rehearsal=text)
    stranger = bool(asked.result and event.by_a_stranger)
    try:
        there = there or _pull(client, asked, event, review)
        return _written(client, there, asked, review, stranger=stranger)
    except GitHubError as error:
        return Done(review, posted=False, said=(str(error),), remarks=(REMARK,) if stranger else ())


def _repository(asked: Asked, event: Event) -> str:
    name = asked.repository or event.repository
    if not _REPOSITORY.fullmatch(name):
        said = f"`{name}` is not the name of a repository." if name else "It is not said which repository."
        raise UsageError(said, "Name it: `gate review --repository OWNER/NAME`.")
    return name


def _client(repository: str) -> Client | None:
    token = next((value for name in TOKENS if (value := os.environ.get(name, "").strip())), "")
    return Client(token, repository, os.environ.get("GITHUB_API_URL") or API) if token else None


def _result(path: Path, event: Event) -> Review:
    review = read(path)
    if event.by_a_stranger and event.head != review.head:
        raise UsageError(
            f"`{path}` is about {review.head[:12]}, and the run it comes from was for {event.head[:12] or 'nothing'}.",
            "Nobody may speak for another pull request; nothing is posted.",
        )
    return review


def _judged(asked: Asked, event: Event, client: Client | None) -> tuple[Review, Pull | None]:
    """What is judged is the event's where it is about this pull request, and else as GitHub shows it, which is kept."""
    if event.number == asked.number and event.said:
        there, base, said = None, event.base, event.said
    else:
        there = _looked_up(asked.number, client)
        base, said = there.base, there.said
    with Git(asked.folder) as git:
        cache = Cache.default(git.root)
        return judge(read_change(git, base, said.head), replace(asked.options, said=said), cache), there


def _looked_up(number: int, client: Client | None) -> Pull:
    if client is None:
        raise UsageError(
            f"There is no token in {' or '.join(TOKENS)}, so pull request {number} cannot be looked up.",
            "Set one; `gh auth token` prints yours.",
        )
    try:
        return pull(client, number)
    except GitHubError as error:
        if error.status in {401, 404}:
            raise UsageError(str(error), "Check --repository, --pr and the token.") from error
        raise ToolError(str(error).rstrip(".")) from error


def _pull(client: Client, asked: Asked, event: Event, review: Review) -> Pull:
    if asked.number:
        return pull(client, asked.number)
    found = pull_of(client, review.head, event.head_repository)
    if found is None:
        raise GitHubError(
            f"No open pull request of {asked.repository} ends at {review.head[:12]}: it was closed, or has moved on.",
            404,
        )
    return found


def _written(client: Client, there: Pull, asked: Asked, review: Review, *, stranger: bool) -> Done:
    why = unfit(review, there)
    if there.draft and not asked.drafts:
        why = f"{there.repository}#{there.number} is a draft; its review is posted when it is ready (or with --drafts)."
    if asked.dry_run:
        counted, text = (review, "") if why else rehearse(client, review, there, stranger=stranger)
        text += _requests(asked, counted, told=bool(text), stranger=stranger)
        return Done(counted, posted=False, said=(why or "This was a dry run; nothing was written.",), rehearsal=text)
    outcome = Outcome(review, posted=False, said=(why,)) if why else publish(client, review, there, stranger=stranger)
    more = post(client, _beside(asked, outcome.review, told=outcome.posted, stranger=stranger))
    return Done(outcome.review, outcome.posted, (*outcome.said, *more), remarks=(REMARK,) if stranger else ())


def _beside(asked: Asked, review: Review, *, told: bool, stranger: bool) -> tuple[Beside, ...]:
    """What stands beside the commit; of what others reported, no pass, and nothing gate has not worked out anew."""
    if stranger and (review.verdict is Verdict.PASS or not told):
        return ()
    return beside(review, asked.repository, check=asked.check, status=asked.status)


def _requests(asked: Asked, review: Review, *, told: bool, stranger: bool = False) -> str:
    return "".join(f"\n{request(one.call)}\n" for one in _beside(asked, review, told=told, stranger=stranger))


def keep(done: Done) -> Iterator[str]:
    """Put what could not be posted into the summary of the job, where there is one; say so."""
    from gate.reports.markdown import render

    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            with Path(path).open("a", encoding="utf-8") as summary:
                summary.write(render(done.review, remarks=done.remarks))
        except OSError as error:
            yield f"The summary of the job could not be written: {error.strerror}."
        else:
            yield "The review is in the summary of the job."
