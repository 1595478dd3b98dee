"""Why the failure of a step of a pipeline does not count."""

import re

from gate.facts.config import Node

_SOFT_ARGUMENT = re.compile(
    r"--exit-zero|--soft-fail|--no-fail\S*|--exit-code[= ]0|--no-error|--dry-run|--continue-on-error|--no-exit-code"
    r"|--fail-on[= ]none|--passWithNoTests"
)
_NEVER = re.compile(r"(?i)(?:\$\{\{)?\s*(?:false|0|'')\s*(?:\}\})?|.*&&\s*false\b.*|false\b.*&&.*")


def softened(node: Node) -> str:
    """Why the failure of a job or step does not count."""
    for name in ("continue-on-error", "continueOnError", "allow_failure", "soft_fail", "ignore_error", "skip"):
        said = node[name]
        if (said.text or "false").strip("${ }").lower() not in {"false", "no"} or (said.value and not said.text):
            return f"`{name}`"
    if _NEVER.fullmatch(node["if"].text or "x") or node["enabled"].text == "false" or node["condition"].text == "false":
        return f"`if: {node['if'].text or 'false'}`"
    rules = [rule["when"].text for rule in node["rules"].items]
    if rules and set(rules) <= {"never", "manual"}:
        return f"`when: {rules[0]}`"
    if node["when"].text in {"on_fail", "on_failure"}:
        return f"`when: {node['when'].text}`"
    if node["when"].text in {"manual", "never", "delayed"} or [s.text for s in node["stages"].items] == ["manual"]:
        return "it must be started by hand"
    return "`failure: ignore`" if node["failure"].text == "ignore" else ""


def soft_inputs(given: Node) -> str:
    """The input of an action that lets its findings pass."""
    for name, value in given.pairs:
        if (name, value.text) in {
            ("exit-code", "0"), ("soft_fail", "true"), ("fail-build", "false"), ("warn-only", "true"),
            ("dry-run", "true"), ("fail-on", "none"),
        }:  # fmt: skip
            return f"`{name}: {value.text}`"
    return soft_words(" ".join(value.text for _, value in given.pairs))


def soft_words(arguments: str) -> str:
    """The option of a command that lets its findings pass."""
    found = _SOFT_ARGUMENT.search(arguments)
    return f"`{found[0]}`" if found else ""
