"""Why the failure of a step of a pipeline does not count."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from gate import lazy
from gate.facts.config import Node
from gate.facts.expression import Value, holds
from gate.facts.gitlab import KEPT_OUT

_SOFT_ARGUMENT = lazy.regex(
    r"--exit-zero|--soft-fail|--no-fail\S*|--exit-code[= ]0|--no-error|--dry-run|--continue-on-error|--no-exit-code"
    r"|--fail-on[= ]none|--passWithNoTests"
)
_STOPS = lazy.regex(r"-[a-z]*e[a-z]*|errexit")
_SET = lazy.regex(r"(?m)^\s*set\s+-[a-z]*e|errexit")
_BY_CLOCK_OR_HAND = frozenset({"schedules", "tags", "web", "triggers", "api", "pipelines", "chat"})
"""What starts a job of GitLab other than a change (docs.gitlab.com, `only` and `except`)."""
_SWITCHES = ("continue-on-error", "continueOnError", "allow_failure", "soft_fail", "ignore_error", "skip")


def softened(node: Node) -> str:
    """Why the failure of a job or step does not count."""
    return _forgiven(node) or _idle(node)


def _forgiven(node: Node) -> str:
    for name in _SWITCHES:
        said = node[name]
        if (said.text or "false").strip("${ }").lower() not in {"false", "no"} or (said.value and not said.text):
            return f"`{name}`"
    if any(rule["allow_failure"].text == "true" for rule in node["rules"].items):
        return "`allow_failure`"
    shell = node["shell"].text or node["defaults"]["run"]["shell"].text
    if "+e" in shell.split():
        return f"`shell: {shell}`"
    return "`failure: ignore`" if node["failure"].text == "ignore" else ""


def heedless(shell: str, script: str) -> str:
    """Why only the last line of a script counts: its shell is not told to stop at a failure (docs.github.com, `shell`)."""
    words = shell.split()
    stops = any(_STOPS.fullmatch(word) for word in words) or _SET.search(script)
    heeds = stops or not words or PurePosixPath(words[0]).name not in {"bash", "sh", "zsh"} or "{0}" not in words
    return "" if heeds else f"`shell: {shell}`"


def _idle(node: Node) -> str:
    """Why it hardly ever runs."""
    if node[KEPT_OUT].text:
        return node[KEPT_OUT].text
    if _never_holds(node["if"].text) or node["enabled"].text == "false" or node["condition"].text == "false":
        return f"`if: {node['if'].text or 'false'}`"
    if _is_barren(node["strategy"]["matrix"]):
        return "a matrix without a job"
    kinds = {kind.text for kind in node["only"].items}
    if kinds and kinds <= _BY_CLOCK_OR_HAND:
        return f"`only: {min(kinds)}`"
    rules = [rule["when"].text for rule in node["rules"].items]
    if rules and set(rules) <= {"never", "manual"}:
        return f"`when: {rules[0]}`"
    if node["when"].text in {"on_fail", "on_failure"}:
        return f"`when: {node['when'].text}`"
    by_hand = node["when"].text in {"manual", "never", "delayed"} or node["trigger"].text == "manual"
    return "it must be started by hand" if by_hand or [s.text for s in node["stages"].items] == ["manual"] else ""


def _never_holds(condition: str) -> bool:
    """Whether the condition of a job or step is false for every change."""
    return bool(condition) and holds(condition, _of_change) is False


def _of_change(name: str) -> Value:
    """What GitHub tells a workflow that a pull request has started."""
    return "pull_request" if name == "github.event_name" else None


def _is_barren(matrix: Node) -> bool:
    """Whether a matrix has no job: an axis without a value, or nothing but an empty list of those to include."""
    axes = {name: axis for name, axis in matrix.pairs if name != "exclude"}
    return any(axis.value == () and (name != "include" or len(axes) == 1) for name, axis in axes.items())


def soft_inputs(given: Node) -> str:
    """The input of an action that lets its findings pass."""
    for name, value in given.pairs:
        if (name, value.text) in {
            ("exit-code", "0"), ("soft_fail", "true"), ("fail-build", "false"), ("warn-only", "true"),
            ("dry-run", "true"), ("fail-on", "none"),
        }:  # fmt: skip
            return f"`{name}: {value.text}`"
    return soft_words(" ".join(value.text for _, value in given.pairs))


def silent(tool: str, arguments: Sequence[str]) -> str:
    """Why a tool that only reports, unless it is told to fail, does not fail (their manuals: `--error`, `--exit-code`)."""
    verb = next((word for word in arguments if not word.startswith("-")), "")
    if tool == "semgrep" and verb != "ci" and not any(word.startswith(("--error", "--strict")) for word in arguments):
        return "no `--error`"
    ends = any(word.startswith("--exit-code") for word in arguments)
    return "no `--exit-code`" if tool == "trivy" and not ends else ""


def soft_words(arguments: str) -> str:
    """The option of a command that lets its findings pass."""
    found = _SOFT_ARGUMENT.search(arguments)
    return f"`{found[0]}`" if found else ""
