"""What keeps a change in check: steps and hooks that run security tools, owners of sensitive paths, a policy."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts import (
    branchrules,
    collected,
    jobs,
    leniency,
    mergers,
    ownership,
    paperwork,
    recipes,
    strictness,
    targets,
    testing,
    tools,
)
from gate.facts.config import Node, read
from gate.facts.softness import soft_words, softened
from gate.source import Place, Source

_NAMED_SCRIPTS = {"scripts", "tasks", "commands", "cmd", "legacy_tox_ini"}


@dataclass(frozen=True)
class Guardrail:
    """Something that holds: `what` says it as a verb, so that a sentence can deny it.

    `strength`: 3 on every change, 2 on pushes, 1 now and then or without consequence (`why` says how).
    """

    place: Place
    what: str
    strength: int
    why: str
    tool: str

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[re.Pattern[str]] = lazy.regex("")
    any_size: ClassVar[bool] = True

    @classmethod
    def find(cls, source: Source) -> Iterator["Guardrail"]:
        reader = _reader(source.path)
        if reader is not None:
            yield from reader(source)
            yield from _covered(source)
            yield from _told(source, _named(source))
            if source.path.endswith((".toml", ".ini", ".cfg")):
                yield from _verbs(source, collected.demands(source), testing.NAME)


def is_pipeline(path: str) -> bool:
    """Whether a file of this path can hold a guardrail."""
    return _reader(path) is not None


def is_enforced(path: str) -> bool:
    """Whether what it runs is run by a server rather than by whoever remembers to."""
    return _reader(path) is _pipeline


def _told(source: Source, demands: Iterable[strictness.Demand]) -> Iterator[Guardrail]:
    for line, what, strength, why, tool in demands:
        yield Guardrail(Place.at(source.path, line), what, strength, why, tool)


def _covered(source: Source) -> Iterator[Guardrail]:
    """How much must be covered: the more, the stronger."""
    for line, share in testing.demanded(source):
        why = f"{share} % are enough now"
        yield Guardrail(Place.at(source.path, line), "demand that tests cover the code", share, why, testing.COVERAGE)
    for line, what, share in testing.of_codecov(source):
        yield Guardrail(Place.at(source.path, line), what, share, "less is enough now", testing.COVERAGE)


def _hooks(source: Source) -> Iterator[Guardrail]:
    root = read(source)
    by_hand = "`default_stages`" if root and [one.text for one in root["default_stages"].items] == ["manual"] else ""
    for repo in root["repos"].items if root else ():
        for hook in repo["hooks"].items:
            tool = tools.of_action(hook["id"].text)
            why = (
                softened(hook)
                or (by_hand if not hook["stages"].value else "")
                or soft_words(" ".join(node.text for node in hook["args"].items))
            )
            if tool:
                yield from _told(source, [jobs.ran(hook["id"].line, tool, 3, why)])
            else:
                yield from _told(source, jobs.script(hook["entry"], 3, why))


def _scripts(source: Source) -> Iterator[Guardrail]:
    """package.json, pyproject.toml and tox.toml: commands behind names, as text or as lists of words."""
    root = read(source)
    for node in root.walk() if root else ():
        for name, child in node.pairs:
            if name in _NAMED_SCRIPTS:
                for script in child.walk():
                    words = [word.text for word in script.items]
                    text = " ".join(words)
                    yield from _told(source, jobs.script(Node(script.line, text), 3, recipes.covered_up(text)))


def _project(source: Source) -> Iterator[Guardrail]:
    yield from _scripts(source)
    yield from _demanded(strictness.of_ruff)(source)
    yield from _demanded(strictness.of_mypy)(source)


def _demanded(reader: Callable[[Source], Iterator[strictness.Demand]]) -> Callable[[Source], Iterator[Guardrail]]:
    return lambda source: _told(source, reader(source))


def _named(source: Source) -> Iterator[strictness.Demand]:
    """What is checked by names that are called."""
    for pattern, demands in _BY_NAME.items():
        if re.fullmatch(pattern, source.path):
            yield from demands(source)


def _policy(source: Source) -> Iterator[Guardrail]:
    yield from _verbs(source, ((line, what) for line, what, _ in leniency.demands(source)), "gate")


def _verbs(source: Source, said: Iterable[tuple[int, str]], tool: str) -> Iterator[Guardrail]:
    for line, what in said:
        yield Guardrail(Place.at(source.path, line), what, 3, "", tool)


def _said(demands: Callable[[Source], Iterator[tuple[int, str]]], tool: str) -> Callable[[Source], Iterator[Guardrail]]:
    return lambda source: _verbs(source, demands(source), tool)


_pipeline = _demanded(jobs.of_pipeline)
_BY_NAME: Mapping[str, Callable[[Source], Iterator[strictness.Demand]]] = {
    r"(?:.*/)?(?:GNUm|M|m)akefile|.*\.mk": targets.of_make,
    r"(?:.*/)?package\.json": targets.of_npm,
    r"(?:.*/)?(?:tox\.(?:ini|toml)|setup\.cfg|pyproject\.toml)": targets.of_tox,
    r"noxfile\.py": targets.of_nox,
}
_READERS: Mapping[str, Callable[[Source], Iterator[Guardrail]]] = {
    r"\.(?:github|gitea|forgejo)/(?:workflows|actions)/.*\.ya?ml|(?:.*/)?action\.ya?ml"
    r"|(?:.*/)?[\w.-]*gitlab-ci[\w.-]*\.ya?ml"
    r"|\.gitlab/.*\.ya?ml|azure-pipelines[\w.-]*\.ya?ml|\.azure(?:-pipelines)?/.*\.ya?ml|\.circleci/.*\.ya?ml|\.travis\.yml"
    r"|bitbucket-pipelines\.yml|\.drone\.ya?ml|\.buildkite/.*\.ya?ml|\.woodpecker(?:/.*)?\.ya?ml|cloudbuild\.ya?ml"
    r"|appveyor\.yml|\.semaphore/.*\.ya?ml|\.tekton/.*\.ya?ml": _pipeline,
    r"\.pre-commit-config\.ya?ml": _hooks,
    r"(?:.*/)?(?:Taskfile|lefthook)\.ya?ml": _pipeline,
    r"(?:.*/)?(?:GNUm|M|m)akefile|.*\.mk|(?:.*/)?[Jj]ustfile|(?:.*/)?(?:\.husky|\.?git-?hooks|hooks)/[\w.-]+"
    r"|(?:scripts?|ci|\.ci|tools|bin)/[\w./-]*\.sh|[\w.-]+\.sh": _demanded(recipes.of_lines),
    r"(?:.*/)?Jenkinsfile\S*": _demanded(recipes.of_stages),
    r"(?:.*/)?(?:tox\.ini|setup\.cfg)": _demanded(recipes.of_environments),
    r"(?:.*/)?package\.json|tox\.toml": _scripts,
    r"pyproject\.toml": _project,
    r"\.?ruff\.toml": _demanded(strictness.of_ruff),
    r"(?:.*/)?tsconfig[\w.-]*\.json": _demanded(strictness.of_typescript),
    r"\.?mypy\.ini": _demanded(strictness.of_mypy),
    r"(?:.*/)?(?:\.eslintrc(?:\.\w+)?|eslint\.config\.\w+)": _demanded(strictness.of_eslint),
    r"\.golangci\.(?:ya?ml|json|toml)": _demanded(strictness.of_golangci),
    r"noxfile\.py": _demanded(recipes.of_sessions),
    r"(?:.*/)?\.?semgrep(?:/[\w./-]*)?\.ya?ml|(?:.*/)?\.?semgrep/[\w./-]+\.ya?ml": _demanded(targets.of_semgrep),
    r"(?:.*/)?trivy\.ya?ml": _demanded(targets.of_trivy),
    r"gate\.toml": _policy,
    r"(?:.*/)?(?:\.coveragerc|\.?pytest\.ini|\.(?:nyc|c8)rc(?:\.json)?|(?:jest|vitest|vite)\.config\.[cm]?[jt]s)"
    r"|(?:\.github/)?\.?codecov\.ya?ml": lambda _: iter(()),
    r"(?:\.github/|\.gitlab/|docs/)?CODEOWNERS": _said(ownership.demands, "CODEOWNERS"),
    branchrules.SETTINGS: _said(branchrules.demands, "branch rules"),
    branchrules.TERRAFORM: _said(branchrules.demands, "branch rules"),
    paperwork.FORMS: _said(paperwork.demands, "forms"),
    mergers.FILES: _said(mergers.demands, mergers.NAME),
}
_KINDS = [(lazy.regex(pattern), reader) for pattern, reader in _READERS.items()]


def _reader(path: str) -> Callable[[Source], Iterator[Guardrail]] | None:
    if "node_modules/" in path:  # the scripts of others' packages check nothing here
        return None
    return next((reader for pattern, reader in _KINDS if pattern.fullmatch(path)), None)
