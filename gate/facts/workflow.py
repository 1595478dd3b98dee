"""What a workflow of GitHub Actions lets its token do, and whose code and words it runs."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.config import Node, read
from gate.source import Place, Source

_PATH = lazy.regex(r"(?:^|/)\.github/workflows/[^/]+\.ya?ml$")
_FOREIGN = frozenset({"pull_request_target", "workflow_run"})
"""Triggers that run with the secrets of the repository for what a stranger sent."""
_HEAD = lazy.regex(r"github\.event\.(?:pull_request\.head|workflow_run\.head)[\w.]*|github\.head_ref|refs/pull/")
_TAKES = lazy.regex(r"\bgh\s+pr\s+checkout\b|\bgit\s+(?:fetch|pull|checkout)\b[^\n]*\bpull/[^\n]*/(?:head|merge)\b")
"""Commands that put a stranger's commits into the worktree."""
_BUILDS = lazy.regex(
    r"(?m)^\s*(?:sudo\s+)?(?:npm|npx|pnpm|yarn|bun|make|pip|uv|python3?|pytest|tox|nox|cargo|go|mvn|gradle|\./\S+|bash|sh|"
    r"bundle|rake|composer|poetry|docker(?:\s+compose)?\s+(?:build|up))\b"
)
_WORDS = lazy.regex(
    r"\$\{\{[^}$]{0,200}?\b(github\.head_ref\b|github\.event\.(?:issue|pull_request|comment|review|review_comment|discussion|pages|commits|head_commit"
    r"|workflow_run)[\w.\[\]*-]*\.(?:title|body|message|name|email|ref|label|head_branch|display_title|page_name)\b)"
)
"""Expressions that hold what anybody can write."""
_ALL_SECRETS = lazy.regex(r"(?i)\btoJSON\(\s*secrets\s*\)")
_LENT = r"\$\{\{\s*secrets\.(?!GITHUB_TOKEN\b)\w+\s*\}\}"
_GIVEN_AWAY = lazy.regex(
    rf"\b(?:curl|wget|http|nc|ncat)\b[^\n|;]*\s(?:-d|-F|-T|--data(?:-\w+)?|--form|--upload-file|--post-data)[ =]?[^\n]*{_LENT}"
    rf"|\b(?:echo|printf|cat)\b[^\n|;]*{_LENT}[^\n|;]*\|\s*(?:rev|xxd|od|hexdump|sed\b|tr\b|fold\b|base64\b[^\n|;]*\|\s*base64)"
)
"""A secret is sent on, or written so that the log does not blank it out."""
_BY_STRANGERS = frozenset({"pull_request", "pull_request_target", "issue_comment"})
_CALLED = "workflow_call"
_OWN = lazy.regex(r"\./|(?:actions|github)/")
"""Actions of the repository's own, and of those who run the workflow."""


@dataclass(frozen=True)
class Workflow:
    """A place in a workflow that does too much: `how`, for which the rule has the words, and the `value` that shows it."""

    languages: ClassVar[frozenset[str]] = frozenset({"yaml"})
    hint: ClassVar[re.Pattern[str]] = lazy.regex(r"(?m)^\s*[\"']?(?:on|jobs)[\"']?\s*:")

    place: Place
    how: str
    value: str

    @classmethod
    def find(cls, source: Source) -> Iterable["Workflow"]:
        root = read(source) if _PATH.search(source.path) else None
        if root is None or not root["jobs"].value:
            return
        for line, how, value in (*_token(root), *_runs(root)):
            yield cls(Place.at(source.path, line), how, value)


def unlimited(source: Source) -> dict[str, int]:
    """The jobs of a workflow, by name, whose token has what the repository's default gives it, and their lines."""
    root = read(source) if _PATH.search(source.path) else None
    if root is None or _says(root, "permissions"):
        return {}
    return {name: job.line for name, job in root["jobs"].pairs if not _says(job, "permissions")}


def writing(source: Source) -> dict[str, dict[str, int]]:
    """What the token of each job may write, and the line that says so; nothing of jobs that nobody has limited."""
    root = read(source) if _PATH.search(source.path) else None
    found: dict[str, dict[str, int]] = {}
    if root is None:
        return {}
    for name, job in root["jobs"].pairs:
        said = (job if _says(job, "permissions") else root)["permissions"]
        if isinstance(said.value, Mapping):
            found[name] = {right: level.line for right, level in said.pairs if level.text == "write"}
    return found


def jobs(source: Source) -> frozenset[str]:
    root = read(source) if _PATH.search(source.path) else None
    return frozenset(name for name, _ in root["jobs"].pairs) if root else frozenset()


def _triggers(root: Node) -> frozenset[str]:
    return frozenset({*(name for name, _ in root["on"].pairs), *(one.text for one in root["on"].items)})


def _token(root: Node) -> Iterator[tuple[int, str, str]]:
    """What the token may do: everything, what the repository's default says, or what is written."""
    jobs = [job for _, job in root["jobs"].pairs]
    for place in (root, *jobs):
        if place["permissions"].text == "write-all":
            yield place["permissions"].line, "all", "write-all"
    silent = [job for job in jobs if not _says(job, "permissions")] if not _says(root, "permissions") else []
    others = (step["uses"].text for job in silent for step in _steps(job))
    strange = next((name for name in others if name and not _OWN.match(name)), "")
    if strange and _triggers(root) != {_CALLED}:
        yield root.line, "unsaid", strange.partition("@")[0]


def _steps(job: Node) -> tuple[Node, ...]:
    return job["steps"].value if isinstance(job["steps"].value, tuple) else ()


def _says(node: Node, name: str) -> bool:
    """Whether a key is there, be its value empty: `permissions: {}` grants nothing."""
    return any(key == name for key, _ in node.pairs)


def _runs(root: Node) -> Iterator[tuple[int, str, str]]:
    """Whose code the steps run, and whose words."""
    foreign = next(iter(sorted(_FOREIGN & _triggers(root))), "")
    stranger = next(iter(sorted(_BY_STRANGERS & _triggers(root))), "")
    yield from _secrets(root)
    for _, job in root["jobs"].pairs:
        if job["secrets"].text == "inherit" and not _OWN.match(job["uses"].text):
            yield job["secrets"].line, "every", "secrets: inherit"
        if stranger and any(
            one.text == "self-hosted" for one in (*job["runs-on"].items, *job["runs-on"]["labels"].items)
        ):
            yield job["runs-on"].line, "own", stranger
        steps = _steps(job)
        for number, step in enumerate(steps):
            if foreign and _takes_head(step):
                runs = any(later["run"].text or later["uses"].text.startswith("./") for later in steps[number + 1 :])
                yield step["with"]["ref"].line, "foreign" if runs else "taken", foreign
            if foreign:
                later = [one["run"].text for one in steps[number + 1 :]]
                yield from ((line, how, foreign) for line, how in _taken(step["run"], later))
            for script in (step["run"], step["with"]["script"]):
                yield from _pasted(script)


def _secrets(root: Node) -> Iterator[tuple[int, str, str]]:
    """Where a workflow hands on more of its secrets than one work needs."""
    for node in root.walk():
        for number, line in enumerate(node.text.split("\n")):
            if found := _ALL_SECRETS.search(line):
                yield node.line + node.block + number, "every", found[0]
            if _GIVEN_AWAY.search(line):
                yield node.line + node.block + number, "sent", " ".join(line.split())[:80]


def _takes_head(step: Node) -> bool:
    where = step["with"]["ref"].text + step["with"]["repository"].text
    return step["uses"].text.startswith("actions/checkout") and bool(_HEAD.search(where))


def _taken(script: Node, later: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Commands that take a stranger's commits, and whether what comes behind them runs any."""
    found = _TAKES.search(script.text)
    if found:
        behind = [script.text[found.end() :].replace("&&", "\n"), *later]
        how = "foreign" if any(map(_BUILDS.search, behind)) else "taken"
        yield script.line + script.block + script.text[: found.start()].count("\n"), how


def _pasted(script: Node) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(script.text.split("\n")):
        if found := _WORDS.search(line):
            yield script.line + script.block + number, "pasted", found[1]
