"""How often a pipeline starts, by what it says of its triggers, and which of its jobs ever run."""

from collections.abc import Iterable, Mapping

from gate import lazy
from gate.facts.config import Node

_MAIN = lazy.regex(r"main|master|dev|trunk|default|release|stable|\*|^v?\d|next|staging|prod")
"""Branches that changes are merged into."""
_DEEPEST = 10
"""How far a job of GitLab may extend others: 10 levels are warned against (docs.gitlab.com, `extends`)."""
_MOST_JOBS = 100
"""So many jobs of GitLab are put together from those they extend."""
_INHERITED = ("script", "before_script", "allow_failure", "rules", "only", "except", "when")
_MOST_ROWS = 50
"""So many kinds of jobs that may fail are looked at."""
_TRIGGERS = {"pull_request", "pull_request_target", "merge_group", "workflow_call"}


def is_main(branch: str) -> bool:
    """Whether it is the branch that nearly all changes are merged into."""
    return branch in {"main", "master", "trunk", "develop", "dev"}


def frequency(on: Node) -> int:
    """How often a GitHub workflow runs; other pipelines, which have no `on`, run on every change."""
    names = {node.text for node in on.items} | {name for name, _ in on.pairs}
    kinds = {node.text for node in on["pull_request"]["types"].items}
    branches = [node.text for node in on["pull_request"]["branches"].items]
    if not names or names & (_TRIGGERS - {"pull_request"}):
        return 3
    if "pull_request" in names and (not kinds or kinds & {"opened", "synchronize"}):
        return 3 if not branches or any(map(_MAIN.search, branches)) else 1
    return 2 if "push" in names else 1


def frequency_elsewhere(root: Node) -> int:
    """How often a pipeline starts that is none of GitHub's: on which branches, and whether for changes at all."""
    branches = [branch.text for branch in root["branches"]["only"].items]
    if branches and not any(map(_MAIN.search, branches)):
        return 1
    rules = [rule["when"].text for rule in root["workflow"]["rules"].items]
    if rules and set(rules) == {"never"}:
        return 1
    if root["pr"].text == "none":
        return 1 if root["trigger"].text == "none" else 2
    return 3


def extended(root: Node) -> Node:
    """The jobs that run, each as all it is made of says: those of GitLab, of Travis and of CircleCI."""
    return _with_shells(_forgiven(_in_workflows(_whole(root))))


def _with_shells(root: Node) -> Node:
    """The jobs of GitHub, each step with the shell it is given by `defaults`."""
    jobs = {
        name: _in_shell(job, job["defaults"]["run"]["shell"].text or root["defaults"]["run"]["shell"].text)
        for name, job in root["jobs"].pairs
    }
    told = any(job is not root["jobs"][name] for name, job in jobs.items())
    return Node(root.line, {**dict(root.pairs), "jobs": Node(root["jobs"].line, jobs)}) if told else root


def _in_shell(job: Node, shell: str) -> Node:
    if not shell or not isinstance(job["steps"].value, tuple):
        return job
    steps = tuple(
        Node(step.line, {"shell": Node(step.line, shell), **dict(step.pairs)}) if step["run"].text else step
        for step in job["steps"].items
    )
    return Node(job.line, {**dict(job.pairs), "steps": Node(job["steps"].line, steps)})


def _whole(root: Node) -> Node:
    """Jobs of GitLab with what they extend; hidden ones, such as `.scan`, are never run by themselves."""
    jobs = dict(root.pairs)
    if not any(name.startswith(".") for name in jobs):
        return root
    done: dict[str, Node] = {}
    shown = [name for name in jobs if not name.startswith(".")]
    grown = {name: _grown(name, jobs, done) for name in shown[:_MOST_JOBS]}
    return Node(root.line, {name: grown.get(name, jobs[name]) for name in shown})


def _grown(name: str, jobs: Mapping[str, Node], done: dict[str, Node], depth: int = 0) -> Node:
    """A job with what it takes from those it extends, which may extend others; each is put together once."""
    if name not in done:
        done[name], taken = jobs[name], dict[str, Node]()
        for other in jobs[name]["extends"].items if depth < _DEEPEST else ():
            base = _grown(other.text, jobs, done, depth + 1) if other.text in jobs else Node(0, "")
            taken |= {key: base[key] for key in _INHERITED if base[key].value}
        done[name] = Node(jobs[name].line, {**taken, **dict(jobs[name].pairs)}) if taken else jobs[name]
    return done[name]


def _in_workflows(root: Node) -> Node:
    """The jobs of CircleCI that a workflow starts on branches; all of them where there is no workflow."""
    started = [one for _, workflow in root["workflows"].pairs for one in workflow["jobs"].items]
    if not started:
        return root
    named = {name for one in started for name, _ in one.pairs} | {one.text for one in started}
    asleep = {name for one in started for name, given in one.pairs if _on_no_branch(given["filters"]["branches"])}
    awake = named - asleep
    kept = {name: job for name, job in root["jobs"].pairs if name in awake}
    return Node(root.line, {**dict(root.pairs), "jobs": Node(root["jobs"].line, kept)})


def _on_no_branch(branches: Node) -> bool:
    return any(one.text == "/.*/" for one in branches["ignore"].items) or any(
        one.text in {"never", "none", "/^$/"} for one in branches["only"].items
    )


def _forgiven(root: Node) -> Node:
    """Travis: a job that has all that one of `allow_failures` says may fail (docs.travis-ci.com, Build matrix)."""
    for name in ("jobs", "matrix"):
        rows = [dict(row.pairs) for row in root[name]["allow_failures"].items[:_MOST_ROWS]]
        if any(all(_has(root, key, value.text) for key, value in row.items()) for row in rows if row):
            return Node(root.line, {**dict(root.pairs), "allow_failure": Node(rows[0].popitem()[1].line, "true")})
        if rows:
            jobs = tuple(_marked(job, rows) for job in root[name]["include"].items)
            found = {**dict(root[name].pairs), "include": Node(root[name].line, jobs)}
            root = Node(root.line, {**dict(root.pairs), name: Node(root[name].line, found)})
    return root


def _marked(job: Node, rows: Iterable[Mapping[str, Node]]) -> Node:
    """A job of a matrix, with the mark of one that may fail where a row says so."""
    given = dict(job.pairs)
    may = any(all(key in given and given[key].text == value.text for key, value in row.items()) for row in rows if row)
    return Node(job.line, {**given, "allow_failure": Node(job.line, "true")}) if may else job


def _has(root: Node, key: str, value: str) -> bool:
    """Whether all jobs of a matrix have this value: it is the only one on its axis."""
    return [one.text for one in root[key].items] == [value]
