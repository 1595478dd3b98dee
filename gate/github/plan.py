"""From what gate found now and said before, the requests that make the review on a pull request true again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gate.finding import Action, Finding
from gate.github.client import GRAPHQL, Call
from gate.github.lines import Diff, Spot, spot, whole
from gate.github.memory import Memory, Told, short
from gate.github.pull import Pull, Standing, Thread
from gate.github.wording import body, inline, news, same, superseded
from gate.reports._safe import clipped, shown
from gate.review import Review

INLINE = 25
"""Comments of one run; more than thirty in a request end in an error after some of them have landed
(https://github.com/reviewdog/reviewdog/issues/355)."""
MOST = 100
"""Findings the review keeps track of, the gravest first; what is beyond them is told in the body alone."""

_LONGEST = 120
"""Characters of a path."""
_KEPT = 60
"""Fixed findings that are remembered, so that one that comes back opens its conversation again."""


@dataclass(frozen=True)
class Step:
    """A request; `otherwise` is tried where the token may not do it. Without a `vital` step nothing is lost."""

    call: Call
    otherwise: Call | None = None
    vital: bool = True


@dataclass(frozen=True)
class Plan:
    """The review in its new words, and the steps that bring the pull request there."""

    body: str
    steps: tuple[Step, ...]
    commented: int = 0
    """How many findings get a comment on a line."""


@dataclass(frozen=True)
class Placed:
    """A finding and where its comment goes; `suggest` says that the comment can offer the mend."""

    finding: Finding
    spot: Spot
    suggest: bool


def candidates(review: Review, standing: Standing) -> list[Finding]:
    """The findings nobody has been told of, by a comment or in the review; only they may become comments."""
    known = standing.memory.standing.keys() | standing.threads.keys()
    return [finding for finding in _wanted(review) if short(finding.fingerprint) not in known]


def plan(review: Review, pull: Pull, standing: Standing, diff: Diff, remarks: Sequence[str] = ()) -> Plan:
    """An unchanged change needs no step."""
    placed = [one for finding in candidates(review, standing) if (one := _placed(finding, diff))][:INLINE]
    seen = {name for name, threads in standing.threads.items() if not all(thread.outdated for thread in threads)}
    commented = seen | {short(one.finding.fingerprint) for one in placed}
    text = body(review, _remembered(review, standing.memory), commented, remarks)
    steps = (*_posts(text, pull, standing, placed, review.pages), *_turns(review, standing))
    return Plan(text, steps, len(placed))


def _placed(finding: Finding, diff: Diff) -> Placed | None:
    exact = whole(finding.mend.place, diff) if finding.mend else None
    where = exact or spot(finding, diff)
    return Placed(finding, where, suggest=exact is not None) if where else None


def _wanted(review: Review) -> list[Finding]:
    live = [finding for finding in review.findings if finding.action is not Action.NOTE and not finding.waived]
    return sorted(live, key=lambda f: (not f.blocks, -f.severity.rank, f.place, f.rule.id))[:MOST]


def _posts(text: str, pull: Pull, standing: Standing, placed: Sequence[Placed], pages: str) -> Iterator[Step]:
    reviews = f"/repos/{pull.repository}/pulls/{pull.number}/reviews"
    fresh = {"commit_id": pull.head, "event": "COMMENT"}
    comments = [{**one.spot.where, "body": inline(one.finding, pages, suggest=one.suggest)} for one in placed]
    if not standing.anchors:
        yield Step(Call("POST", reviews, {**fresh, "body": text, "comments": comments}))
        return
    *older, anchor = standing.anchors
    if comments:
        said = news(len(placed), anchor.url, pull.head)
        yield Step(Call("POST", reviews, {**fresh, "body": said, "comments": comments}))
    if not same(anchor.body, text):
        yield Step(Call("PUT", f"{reviews}/{anchor.id}", {"body": text}))
    for old in older:
        yield Step(Call("PUT", f"{reviews}/{old.id}", {"body": superseded(anchor.url)}), vital=False)


def _turns(review: Review, standing: Standing) -> Iterator[Step]:
    """Conversations about what is gone are resolved; one gate itself has resolved is opened when the flaw is back."""
    there = {short(finding.fingerprint) for finding in review.findings}
    wanted = {short(finding.fingerprint) for finding in _wanted(review)}
    memory = standing.memory
    for name, (first, *doubles) in standing.threads.items():
        if name in wanted and name in memory.fixed:
            yield from _opened(first)
        elif name not in there and _looked_again(memory.told.get(name), review):
            yield from _closed(first)
        for double in doubles:
            yield from _closed(double, "DUPLICATE")


def _closed(thread: Thread, why: str = "RESOLVED") -> Iterator[Step]:
    if thread.resolved or thread.minimized:
        return
    resolve = _mutation("resolveReviewThread", "thread { isResolved }", threadId=thread.id)
    hide = _mutation("minimizeComment", "minimizedComment { isMinimized }", subjectId=thread.comment, classifier=why)
    if thread.can_resolve:
        yield Step(resolve, hide if thread.can_minimize else None, vital=False)
    elif thread.can_minimize:
        yield Step(hide, vital=False)


def _opened(thread: Thread) -> Iterator[Step]:
    if thread.resolved and thread.can_unresolve:
        yield Step(_mutation("unresolveReviewThread", "thread { isResolved }", threadId=thread.id), vital=False)
    elif thread.minimized and thread.can_minimize:
        yield Step(
            _mutation("unminimizeComment", "unminimizedComment { isMinimized }", subjectId=thread.comment), vital=False
        )


def _mutation(name: str, answer: str, **given: str) -> Call:
    kind = name[0].upper() + name[1:]
    query = f"mutation($input: {kind}Input!) {{ {name}(input: $input) {{ {answer} }} }}"
    return Call("POST", GRAPHQL, {"query": query, "variables": {"input": given}})


def _remembered(review: Review, memory: Memory) -> Memory:
    now = {short(f.fingerprint): Told(f.rule.id, _name(f.place.path), f.scanners) for f in _wanted(review)}
    there = now.keys() | {short(finding.fingerprint) for finding in review.findings}
    absent = {name: told for name, told in memory.standing.items() if name not in there}
    gone = {name: replace(told, commit=review.head) for name, told in absent.items() if _looked_again(told, review)}
    fixed = {**{name: told for name, told in memory.fixed.items() if name not in there}, **gone}
    unsure = {name: told for name, told in absent.items() if name not in gone}
    return Memory({**now, **unsure, **dict([*fixed.items()][-_KEPT:])})


def _name(path: str) -> str:
    """A path as it is remembered: git takes far longer ones than a review has room for."""
    return clipped(shown(path), _LONGEST)


def _looked_again(told: Told | None, review: Review) -> bool:
    """Whether all who saw a finding have looked at its file once more: not looked at is not fixed."""
    done = {ran.name for ran in review.scanners if ran.state == "ok"}
    failed = {ran.name for ran in review.scanners if ran.state == "failed"}
    holes = {_name(row.path) for row in review.coverage if row.hole}
    if told is None:
        return not failed and not holes
    return done.issuperset(told.scanners) and told.path not in holes
