"""What keeps a change in check: steps and hooks that run security tools, owners of sensitive paths, a policy."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from gate.facts import leniency, tools
from gate.facts.command import commands
from gate.facts.config import Node, read
from gate.source import Place, Source

_SCRIPTS = {"run", "script", "before_script", "command", "commands", "bash", "pwsh", "sh", "entry", "cmd", "cmds",
            "inlineScript"}  # fmt: skip
_NAMED_SCRIPTS = {"scripts", "tasks", "commands", "cmd", "legacy_tox_ini"}
_SOFT_ARGUMENT = re.compile(
    r"--exit-zero|--soft-fail|--no-fail\S*|--exit-code[= ]0|--no-error|--dry-run|--continue-on-error|--no-exit-code"
    r"|--fail-on[= ]none"
)
_NEVER = re.compile(r"(?i)(?:\$\{\{)?\s*(?:false|0|'')\s*(?:\}\})?|.*&&\s*false\b.*|false\b.*&&.*")
_SELDOM = re.compile(r"github\.event_name\s*(?:==\s*'(?:schedule|push|workflow_dispatch)'|!=\s*'pull_request')"
                     r"|github\.(?:actor|triggering_actor|head_ref)\s*[!=]="
                     r"|pull_request\.(?:user|title|draft|labels)")  # fmt: skip
_SENSITIVE = re.compile(
    r"(?i)auth|secur|payment|billing|\.github|polic|infra|secret|crypto|permission|gate\.toml|^\*$|^/$"
)
_NOX = re.compile(r"""session\.run(?:_always|_install)?\(\s*["']([\w-]+)["']([^)]*)""")
_TRIGGERS = {"pull_request", "pull_request_target", "merge_group", "workflow_call"}


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
    hint: ClassVar[re.Pattern[str]] = re.compile("")
    any_size: ClassVar[bool] = True

    @classmethod
    def find(cls, source: Source) -> Iterator["Guardrail"]:
        reader = _reader(source.path)
        if reader is not None:
            yield from reader(source)


def is_pipeline(path: str) -> bool:
    """Whether a file of this path can hold a guardrail."""
    return _reader(path) is not None


def is_enforced(path: str) -> bool:
    """Whether what it runs is run by a server rather than by whoever remembers to."""
    return _reader(path) is _pipeline


def _runs(source: Source, line: int, tool: str, strength: int, why: str) -> Guardrail:
    return Guardrail(Place.at(source.path, line), f"run `{tool}`", 1 if why else strength, why, tool)


def _pipeline(source: Source) -> Iterator[Guardrail]:
    root = read(source)
    if root is not None:
        yield from _steps(source, root, _trigger(root["on"]), "", set())


def _steps(source: Source, node: Node, strength: int, why: str, seen: set[int]) -> Iterator[Guardrail]:
    if id(node) in seen:
        return
    seen.add(id(node))
    why = why or _softened(node)
    seldom = 1 if _SELDOM.search(node["if"].text) else strength
    uses = tools.of_action(node["uses"].text) if node["uses"].text else ""
    if uses:
        yield _runs(source, node["uses"].line, uses, seldom, why or _soft_inputs(node["with"]))
    for name, child in node.pairs:
        if name in _SCRIPTS:
            for script in child.items:
                yield from _script(source, script, seldom, why)
        if name in {"include", "template"}:
            yield from _included(source, child)
        if name != "on":
            yield from _steps(source, child, seldom, why, seen)
    for child in node.value if isinstance(node.value, tuple) else ():
        yield from _steps(source, child, seldom, why, seen)


def _script(source: Source, node: Node, strength: int, why: str) -> Iterator[Guardrail]:
    for command in commands(node.text):
        tool = tools.of_command(command.program, command.arguments)
        if tool:
            soft = why or command.soft or _soft_words(" ".join(command.arguments))
            yield _runs(source, node.line + node.block + command.line, tool, strength, soft)


def _included(source: Source, node: Node) -> Iterator[Guardrail]:
    for child in node.walk():
        tool = tools.of_template(child.text)
        if tool:
            yield _runs(source, child.line, tool, 3, "")


def _softened(node: Node) -> str:
    """Why the failure of a job or step does not count."""
    for name in ("continue-on-error", "continueOnError", "allow_failure"):
        said = node[name]
        if (said.text or "false").strip("${ }").lower() not in {"false", "no"} or (said.value and not said.text):
            return f"`{name}`"
    if _NEVER.fullmatch(node["if"].text or "x") or node["enabled"].text == "false" or node["condition"].text == "false":
        return f"`if: {node['if'].text or 'false'}`"
    if node["when"].text in {"manual", "never", "delayed"} or [s.text for s in node["stages"].items] == ["manual"]:
        return "it must be started by hand"
    return "`failure: ignore`" if node["failure"].text == "ignore" else ""


def _soft_inputs(given: Node) -> str:
    for name, value in given.pairs:
        if (name, value.text) in {
            ("exit-code", "0"), ("soft_fail", "true"), ("fail-build", "false"), ("warn-only", "true"),
            ("dry-run", "true"), ("fail-on", "none"),
        }:  # fmt: skip
            return f"`{name}: {value.text}`"
    return _soft_words(" ".join(value.text for _, value in given.pairs))


def _soft_words(arguments: str) -> str:
    found = _SOFT_ARGUMENT.search(arguments)
    return f"`{found[0]}`" if found else ""


def _trigger(on: Node) -> int:
    """How often a GitHub workflow runs; other pipelines, which have no `on`, run on every change."""
    names = {node.text for node in on.items} | {name for name, _ in on.pairs}
    kinds = {node.text for node in on["pull_request"]["types"].items}
    if not names or names & (_TRIGGERS - {"pull_request"}):
        return 3
    if "pull_request" in names and (not kinds or kinds & {"opened", "synchronize"}):
        return 3
    return 2 if "push" in names else 1


def _hooks(source: Source) -> Iterator[Guardrail]:
    root = read(source)
    for repo in root["repos"].items if root else ():
        for hook in repo["hooks"].items:
            tool = tools.of_action(hook["id"].text)
            why = _softened(hook) or _soft_words(" ".join(node.text for node in hook["args"].items))
            if tool:
                yield _runs(source, hook["id"].line, tool, 3, why)
            else:
                yield from _script(source, hook["entry"], 3, why)


def _recipes(source: Source) -> Iterator[Guardrail]:
    """Makefiles, justfiles and shell hooks."""
    for number, line in enumerate(source.lines, 1):
        yield from _recipe(source, number, line.strip())


def _environments(source: Source) -> Iterator[Guardrail]:
    """tox.ini and setup.cfg: commands are what stands behind and below a key that begins with `commands`."""
    inside = False
    for number, line in enumerate(source.lines, 1):
        key = re.match(r"([\w-]+)\s*=|\[", line)
        inside = (key[1] or "").startswith("commands") if key else inside
        if inside:
            yield from _recipe(source, number, line.partition("=")[2].strip() if key else line.strip())


def _recipe(source: Source, number: int, line: str) -> Iterator[Guardrail]:
    """One command line; a leading `-` lets it fail."""
    text = line.lstrip("@+- ")
    for command in commands(text):
        tool = tools.of_command(command.program, command.arguments)
        if tool:
            soft = command.soft or _soft_words(text) or ("the leading `-`" if line.lstrip("@+").startswith("-") else "")
            yield _runs(source, number, tool, 3, soft)


def _scripts(source: Source) -> Iterator[Guardrail]:
    """package.json, pyproject.toml and tox.toml: commands behind names, as text or as lists of words."""
    root = read(source)
    for node in root.walk() if root else ():
        for name, child in node.pairs:
            if name in _NAMED_SCRIPTS:
                for script in child.walk():
                    words = [word.text for word in script.items]
                    yield from _script(source, Node(script.line, " ".join(words)), 3, "")


def _sessions(source: Source) -> Iterator[Guardrail]:
    for found in _NOX.finditer(source.text):
        tool = tools.of_command(found[1], tuple(re.findall(r"""["']([^"']*)["']""", found[2])))
        if tool:
            line = source.text.count("\n", 0, found.start()) + 1
            why = "`success_codes`" if "success_codes" in found[2] else _soft_words(found[2])
            yield _runs(source, line, tool, 3, why)


def _policy(source: Source) -> Iterator[Guardrail]:
    for line, what, _ in leniency.demands(source):
        yield Guardrail(Place.at(source.path, line), what, 3, "", "gate")


def _owners(source: Source) -> Iterator[Guardrail]:
    for number, line in enumerate(source.lines, 1):
        words = line.partition("#")[0].split()
        people = [word for word in words[1:] if "@" in word and not re.search(r"(?i)\bbot\b|\[bot\]", word)]
        if people and _SENSITIVE.search(words[0]):
            yield Guardrail(Place.at(source.path, number), f"name owners for `{words[0]}`", 3, "", "CODEOWNERS")


_READERS: Mapping[str, Callable[[Source], Iterator[Guardrail]]] = {
    r"\.(?:github|gitea|forgejo)/(?:workflows|actions)/.*\.ya?ml|(?:.*/)?action\.ya?ml"
    r"|(?:.*/)?[\w.-]*gitlab-ci[\w.-]*\.ya?ml"
    r"|\.gitlab/.*\.ya?ml|azure-pipelines[\w.-]*\.ya?ml|\.azure(?:-pipelines)?/.*\.ya?ml|\.circleci/.*\.ya?ml|\.travis\.yml"
    r"|bitbucket-pipelines\.yml|\.drone\.ya?ml|\.buildkite/.*\.ya?ml|\.woodpecker(?:/.*)?\.ya?ml|cloudbuild\.ya?ml"
    r"|appveyor\.yml|\.semaphore/.*\.ya?ml|\.tekton/.*\.ya?ml": _pipeline,
    r"\.pre-commit-config\.ya?ml": _hooks,
    r"(?:.*/)?(?:Taskfile|lefthook)\.ya?ml": _pipeline,
    r"(?:.*/)?(?:GNUm|M|m)akefile|.*\.mk|(?:.*/)?[Jj]ustfile|(?:.*/)?(?:\.husky|\.?git-?hooks|hooks)/[\w.-]+"
    r"|(?:scripts?|ci|\.ci|tools|bin)/[\w./-]*\.sh|(?:.*/)?Jenkinsfile\S*": _recipes,
    r"(?:.*/)?(?:tox\.ini|setup\.cfg)": _environments,
    r"(?:.*/)?package\.json|pyproject\.toml|tox\.toml": _scripts,
    r"noxfile\.py": _sessions,
    r"gate\.toml": _policy,
    r"(?:\.github/|\.gitlab/|docs/)?CODEOWNERS": _owners,
}
_KINDS = [(re.compile(pattern), reader) for pattern, reader in _READERS.items()]


def _reader(path: str) -> Callable[[Source], Iterator[Guardrail]] | None:
    return next((reader for pattern, reader in _KINDS if pattern.fullmatch(path)), None)
