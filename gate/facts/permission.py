"""What a coding agent may do without asking: its settings, the head of its commands, how a pipeline starts it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from gate import lazy
from gate.facts.agentconfig import FILES, front, is_settings, leaves, settings
from gate.facts.agentswitch import Reach, switched
from gate.facts.comment import code
from gate.facts.config import Node
from gate.hint import Hint
from gate.source import Place, Source

_SHELL = (
    r"(?:Bash|Shell|bash|shell|Terminal|run_shell_command|execute_bash|execute_command|run_terminal_cmd|runCommand)"
)
_EVERYTHING = lazy.regex(rf"\*|\.\*|{_SHELL}(?:\(\s*(?:\*|:\*|\*:\*|\*\*)?\s*\))?|/?\^?\.\*\$?/?")
_AS_GOOD = lazy.regex(
    rf"(?:{_SHELL}\()?\s*(?:sudo|su|bash|sh|zsh|dash|eval|exec|python[\d.]*|node|deno|bun|perl|ruby|php|curl|wget|ssh|rm(?: -rf?)?|"
    r"docker|npx|uvx|uv run|xargs|env|powershell|pwsh|osascript|nc|git push)\s*(?::\s*\*|\s\*|\*)?\s*\)?"
    r"|WebFetch\(\s*(?:domain:)?\*\s*\)|(?:Read|Edit|Write|MultiEdit)\(\s*(?:/{1,2}|~/)\*\*(?:/\*)?\s*\)|mcp__(?:[\w-]+__)?\*"
)
"""Programs that run any other, or reach anywhere; every file of the machine, every tool of a server."""
_ALLOWS = lazy.regex(
    r"(?:^|\.)(?:permissions?\.allow|tools\.allowed|allowed[-_]?tools|auto_?approve|always_?allow|trusted_?commands|"
    r"(?:allowed|autoApproved)_?commands|cascadeCommandsAllowList|(?:terminal|mcp)_?allow_?list)$", re.IGNORECASE,
)  # fmt: skip
_MODE = lazy.regex(
    r"(?i)(?:^|\.)(?:defaultMode|initialPermissionMode|permission_?mode|(?:default)?approval_?mode|mode)$"
)
_ASKS_NOTHING = frozenset({"bypassPermissions", "yolo"})
_TERMINAL = "chat.tools.terminal.autoApprove."
_FLAG = lazy.regex(
    r"(?<![\w-])(?:--(?:allow-)?dangerously-skip-permissions|--dangerously-bypass-approvals-and-sandbox|--yolo|--approval-mode[= ]yolo|"
    r"--yes-always|--trust-all-tools|--allow-all-tools|--permission-mode[= ]bypassPermissions|--sandbox[= ]danger-full-access)(?![\w-])"
)
_STARTS = lazy.regex(r"(?:^|/)(?:\.github/workflows/[^/]+\.ya?ml|action\.ya?ml|\.gitlab-ci\.yml|[Mm]akefile|package\.json|[Jj]ustfile)$"
                     r"|\.sh$|(?:^|/|\.)[Dd]ockerfile$")  # fmt: skip
_STRANGERS = lazy.regex(
    r"\b(?:issue_comment|issues|pull_request_target|discussion(?:_comment)?|pull_request_review(?:_comment)?|workflow_run)\b"
)
_ASKED = lazy.regex(r"author_association|github\.actor\s*==|allowed_bots|MEMBER|COLLABORATOR")


@dataclass(frozen=True)
class Permission:
    """Something an agent may do.

    `reach`: "all" for anything at all, "broad" for what is nearly as good, "" for less; "unread" where nobody can tell.
    """

    place: Place
    reach: Reach
    what: str
    """As a verb: what the setting does."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    paths: ClassVar[re.Pattern[str]] = FILES
    hint: ClassVar[Hint] = Hint.of(
        "dangerously-", "--yolo", "--approval-mode", "--yes-always", "--trust-all-tools", "--allow-all-tools", "--permission-mode",
        "danger-full-access", "allowed-tools", "allowedtools", "permissionmode",
    )  # fmt: skip

    @classmethod
    def find(cls, source: Source) -> Iterator["Permission"]:
        if is_settings(source.path):
            yield from _of_settings(source)
        elif _STARTS.search(source.path):
            yield from _of_commands(source)
        elif head := front(source):
            yield from _of_front(source.path, head)


def _of_settings(source: Source) -> Iterator[Permission]:
    root = settings(source)
    if root is None:
        yield Permission(Place.at(source.path, 1), "unread", "holds settings of an agent in a form that cannot be read")
        return
    yield from _of_codex(source.path, root)
    for keys, node in leaves(root):
        name = ".".join(keys)
        if _ALLOWS.search(name) and node.text.lower() not in {"true", "false"}:
            yield _allowed(source.path, node.line, node.text)
        elif _MODE.search(name) and node.text in _ASKS_NOTHING:
            yield Permission(Place.at(source.path, node.line), "all", "lets the agent do anything without a question")
        elif name.startswith(_TERMINAL) and node.text == "true":
            yield _allowed(source.path, node.line, name.removeprefix(_TERMINAL).removesuffix(".approve"))
        else:
            yield from _switched(source.path, name, node)


def _switched(path: str, name: str, node: Node) -> Iterator[Permission]:
    for reach, what in switched(name.removeprefix("settings."), node.text):
        yield Permission(Place.at(path, node.line), reach, what)


def _allowed(path: str, line: int, allowed: str, when: str = "") -> Permission:
    """What is no danger is not quoted: it may be a whole command, with a secret in it."""
    reach = _reach(allowed)
    return Permission(
        Place.at(path, line), reach, f"lets the agent use `{allowed.strip()}` unasked{when}" if reach else ""
    )


def _reach(allowed: str) -> Reach:
    if _EVERYTHING.fullmatch(allowed.strip()):
        return "all"
    return "broad" if _AS_GOOD.fullmatch(allowed.strip()) else ""


def _of_codex(path: str, root: Node) -> Iterator[Permission]:
    """Codex asks before a command, or keeps it in a sandbox; a profile of it can do without both."""
    for table in (root, *(profile for _, profile in root["profiles"].pairs)):
        policy, sandbox = table["approval_policy"], table["sandbox_mode"]
        if sandbox.text == "danger-full-access":
            both = policy.text == "never"
            line = policy.line if both else sandbox.line
            what = (
                "lets the agent do anything, unasked and outside of its sandbox"
                if both
                else "takes the agent out of its sandbox"
            )
            yield Permission(Place.at(path, line), "all" if both else "broad", what)
        elif policy.text == "never" and sandbox.text != "read-only":
            yield Permission(
                Place.at(path, policy.line), "broad", "lets the agent run commands and write files unasked"
            )


def _of_front(path: str, head: Node) -> Iterator[Permission]:
    """A command or skill is used now and then, so what it may do weighs less than what an agent may always do.

    Most that use a shell say no more than its name, so only what is written as everything is told.
    """
    for name in ("allowed-tools", "allowedTools"):
        for node in head[name].items:
            for tool in re.split(r",\s*(?![^()]*\))", node.text):
                one = _allowed(path, node.line, tool, " while this is in use")
                yield replace(one, reach="broad" if one.reach == "all" and "*" in tool else "")
    if head["permissionMode"].text in _ASKS_NOTHING:
        yield Permission(
            Place.at(path, head["permissionMode"].line), "all", "lets this agent do anything without a question"
        )


def _of_commands(source: Source) -> Iterator[Permission]:
    open_to_all = "/workflows/" in source.path and _STRANGERS.search(source.text) and not _ASKED.search(source.text)
    for number, line in enumerate(code(source), 1):
        if found := _FLAG.search(line):
            who = ", on words that any stranger may write" if open_to_all else ""
            what = f"starts an agent with `{found[0]}`, which asks nobody before it acts{who}"
            yield Permission(Place.at(source.path, number), "all" if open_to_all else "broad", what)
