"""Which jobs of GitLab run for a merge request (docs.gitlab.com, `workflow`, `rules`, `only` and `except`)."""

from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from itertools import islice

from gate.facts.config import Node
from gate.facts.expression import Look, Value, holds, pattern

KEPT_OUT = "kept out"
"""The key under which a job says why it does not run for merge requests; no pipeline has one of this name."""
_MOST = 200
"""So many jobs and rules of a pipeline are looked at."""
_MAIN = "main"
_BRANCH = "some-branch"
_BY_HAND = frozenset({"manual", "delayed"})
_ALL_FILES = frozenset({"**/*", "**", "*", "**/*.*"})
_NO_JOB = frozenset(
    {"workflow", "variables", "default", "include", "stages", "image", "services", "cache", "pages:deploy"}
)


class Event(IntEnum):
    """What starts a pipeline, and how much it counts that a job then runs."""

    MAIN = 1
    """A push to the branch that all changes are merged into: they are in by then."""
    PUSH = 2
    MERGE_REQUEST = 3


_GIVEN: Mapping[Event, Mapping[str, str]] = {
    Event.MERGE_REQUEST: {
        "CI_PIPELINE_SOURCE": "merge_request_event",
        "CI_MERGE_REQUEST_ID": "1",
        "CI_MERGE_REQUEST_IID": "1",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": _MAIN,
        "CI_OPEN_MERGE_REQUESTS": "1",
        "CI_COMMIT_REF_NAME": _BRANCH,
    },
    Event.PUSH: {
        "CI_PIPELINE_SOURCE": "push",
        "CI_COMMIT_BRANCH": _BRANCH,
        "CI_COMMIT_REF_NAME": _BRANCH,
        "CI_OPEN_MERGE_REQUESTS": "",
    },
    Event.MAIN: {"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_BRANCH": _MAIN, "CI_COMMIT_REF_NAME": _MAIN},
}
_UNSET = frozenset({"CI_COMMIT_BRANCH", "CI_COMMIT_TAG", "CI_MERGE_REQUEST_ID", "CI_MERGE_REQUEST_IID", "CI_OPEN_MERGE_REQUESTS"})  # fmt: skip
_REFS: Mapping[Event, frozenset[str]] = {
    Event.MERGE_REQUEST: frozenset({"merge_requests", "external_pull_requests"}),
    Event.PUSH: frozenset({"branches", "pushes"}),
    Event.MAIN: frozenset({"branches", "pushes", "main", "master", "$CI_DEFAULT_BRANCH"}),
}


def marked(run: Node, root: Node) -> Node:
    """The jobs of a pipeline, each that does not run for merge requests with the reason why."""
    given = {name: value.text for name, value in root["variables"].pairs}
    found = {name: _judged(name, job, root, given) for name, job in islice(run.pairs, _MOST)}
    return Node(run.line, {**dict(run.pairs), **found})


def _judged(name: str, job: Node, root: Node, given: Mapping[str, str]) -> Node:
    if (
        name in _NO_JOB
        or not isinstance(job.value, Mapping)
        or not (job["rules"].value or job["only"].value or job["except"].value)
    ):
        return job
    own = {**given, **{key: value.text for key, value in job["variables"].pairs}}
    runs = {event: _runs(job, event, own, root) for event in Event}
    why = _why(job, runs)
    return Node(job.line, {**dict(job.pairs), KEPT_OUT: Node(job.line, why)}) if why else job


def _why(job: Node, runs: Mapping[Event, bool | None]) -> str:
    """None among the answers is a refusal in so many words."""
    if runs[Event.MERGE_REQUEST] or (runs[Event.PUSH] and runs[Event.MERGE_REQUEST] is not None):
        return ""
    key = next(key for key in ("rules", "only", "except") if job[key].value)
    return f"`{key}` leave merge requests out"


def often(root: Node) -> int:
    """How often `workflow` lets a pipeline start: 3 for every change, 2 for pushes, 1 for less."""
    if not root["workflow"]["rules"].value:
        return 3
    given = {name: value.text for name, value in root["variables"].pairs}
    runs = {event: _runs(root["workflow"], event, given, root) for event in Event}
    if runs[Event.MERGE_REQUEST] or (runs[Event.PUSH] and runs[Event.MERGE_REQUEST] is not None):
        return 3
    return 2 if runs[Event.MAIN] or runs[Event.PUSH] else 1


def _runs(job: Node, event: Event, given: Mapping[str, str], root: Node) -> bool | None:
    """Whether a job runs; None where a rule says that it never does."""
    if job["rules"].value:
        return _by_rules(_rules(job["rules"].items, root), _look(event, given))
    if job["except"].value and _names(job["except"], event):
        return None
    return _names(job["only"], event) if job["only"].value else True


def _rules(rules: Iterable[Node], root: Node) -> list[Node]:
    """The rules of a job; `!reference [.base, rules]` stands for those of another."""
    found: list[Node] = []
    for rule in list(rules)[:_MOST]:
        where = [part.text for part in rule.items]
        other = root[where[0]][where[1]].items if len(where) == 2 and isinstance(rule.value, tuple) else ()
        found += other or [rule]
    return found


def _by_rules(rules: Iterable[Node], look: Look) -> bool | None:
    """The first rule that fits decides. What cannot be known is taken to fit, unless it would keep the job out."""
    for rule in rules:
        if isinstance(rule.value, tuple):
            return True
        truth = holds(rule["if"].text, look) if rule["if"].text else True
        never = rule["when"].text == "never"
        if truth is False or (never and (truth is None or _is_partial(rule))):
            continue
        by_hand = rule["when"].text in _BY_HAND and rule["allow_failure"].text != "false"
        return None if never else not by_hand
    return False


def _is_partial(rule: Node) -> bool:
    """Whether a rule is about some files, and not about all."""
    listed = [one.text for key in ("changes", "exists") for one in (*rule[key].items, *rule[key]["paths"].items)]
    return bool(listed) and not _ALL_FILES.intersection(listed)


def _look(event: Event, given: Mapping[str, str]) -> Look:
    def look(name: str) -> Value:
        bare = name.lstrip("$")
        told = {"CI_DEFAULT_BRANCH": _MAIN, **given, **_GIVEN[event]}
        if bare in told:
            return told[bare] or None
        return None if bare.startswith(("CI_", "GITLAB_")) and bare not in _UNSET else False

    return look


def _names(listed: Node, event: Event) -> bool:
    """Whether a list of `only` or `except` names a pipeline of this kind, or its branch."""
    refs = listed["refs"].items if isinstance(listed.value, Mapping) else listed.items
    if isinstance(listed.value, Mapping) and not refs:
        return listed["variables"].value == "" and listed["kubernetes"].value == ""
    branch = "" if event is Event.MERGE_REQUEST else _MAIN if event is Event.MAIN else _BRANCH
    return any(one.text in _REFS[event] or (branch and _fits(one.text, branch)) for one in refs)


def _fits(ref: str, branch: str) -> bool:
    if not ref.startswith("/"):
        return ref.partition("@")[0] == branch
    tried = pattern(ref)
    return tried is not None and tried.search(branch) is not None


def partial(root: Node) -> Iterator[tuple[int, str]]:
    """The jobs that run for merge requests only where some files were changed, or are there."""
    given = {name: value.text for name, value in root["variables"].pairs}
    for name, job in islice(root.pairs, _MOST):
        rules = _rules(job["rules"].items, root) if isinstance(job.value, Mapping) else []
        whole = [rule for rule in rules if not _is_partial(rule)]
        look = _look(Event.MERGE_REQUEST, given)
        if len(whole) < len(rules) and _by_rules(rules, look) and not _by_rules(whole, look):
            yield next(rule for rule in rules if _is_partial(rule)).line, name
