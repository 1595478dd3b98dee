"""Who says that a model wrote a change: trailers, the accounts of bots, prefixes of branches, phrases that tools leave.

Only what is declared counts, and only by marks that people do not have by accident: an account is known by its e-mail
address or its number, never by a name that somebody may bear. That nothing is declared proves nothing, and nothing is
made of it. The marks are those the tools document or were seen to leave (as of July 2026).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gate import lazy

_EMAILS = {
    "noreply@anthropic.com": "Claude Code",
    "copilot@github.com": "GitHub Copilot",
    "noreply@openai.com": "Codex",
    "codex@openai.com": "Codex",
    "cursoragent@cursor.com": "Cursor",
    "noreply@cursor.com": "Cursor",
    "openhands@all-hands.dev": "OpenHands",
    "amp@ampcode.com": "Amp",
    "agent@replit.com": "Replit Agent",
}
_DOMAINS = {"aider.chat": "aider"}
_ACCOUNTS = {
    209825114: "Claude Code", 208546643: "Claude Code", 215619710: "Claude Code",
    198982749: "GitHub Copilot", 223556219: "GitHub Copilot", 175728472: "GitHub Copilot", 167198135: "GitHub Copilot",
    215057067: "Codex", 199175422: "Codex",
    206951365: "Cursor", 201670782: "Cursor",
    158243242: "Devin", 161369871: "Jules", 176961590: "Gemini Code Assist", 208079219: "Amazon Q Developer",
    205137888: "Cline", 230936708: "Continue", 201248094: "Cody", 220155983: "JetBrains AI",
    189301087: "Windsurf",
}  # fmt: skip
"""The numbers of accounts on GitHub; their addresses are `NUMBER+NAME@users.noreply.github.com`."""
_LOGINS = {
    "claude[bot]": "Claude Code", "claude-code-action[bot]": "Claude Code", "anthropic-claude[bot]": "Claude Code",
    "copilot": "GitHub Copilot", "copilot-swe-agent[bot]": "GitHub Copilot", "openai-codex[bot]": "Codex",
    "chatgpt-codex-connector[bot]": "Codex", "cursor[bot]": "Cursor", "cursoragent[bot]": "Cursor",
    "devin-ai-integration[bot]": "Devin", "google-labs-jules[bot]": "Jules", "openhands-agent": "OpenHands",
    "amazon-q-developer[bot]": "Amazon Q Developer", "sweep-ai[bot]": "Sweep",
    "gemini-code-assist[bot]": "Gemini Code Assist",
}  # fmt: skip
_BRANCHES = {
    "claude/": "Claude Code", "copilot/": "GitHub Copilot", "codex/": "Codex", "cursor/": "Cursor", "devin/": "Devin",
    "aider/": "aider", "openhands-": "OpenHands", "Q-DEV-issue-": "Amazon Q Developer", "sweep/": "Sweep",
}  # fmt: skip
_TASK = lazy.regex(r"-\d{15,22}$")
"""How the names of branches end that Jules makes: with the number of its task, longer than any date."""
_PHRASES = (
    (r"Generated with \[Claude Code\]\(https://claude\.(?:com/claude-code|ai/code)", "Claude Code"),
    (r"https://chatgpt\.com/codex/tasks/task_\w", "Codex"),
    (r"(?<![\w.-])(?:www\.)?cursor\.com/(?:agents|background-agent)\b", "Cursor"),
    (r"https://app\.devin\.ai/sessions/[0-9a-f]{32}\b", "Devin"),
    (r"created automatically by Jules for task \[\w+\]\(https://jules\.google\.com/task/\w+\)", "Jules"),
)
_TRAILERS = (
    (r"(?m)^Claude-Session:\s*\S", "Claude Code"),
    (r"(?m)^Copilot-Session-Id:\s*\S", "GitHub Copilot"),
    (r"(?m)^Replit-Commit-(?:Author:\s*(?:Agent|Assistant)\b|Session-Id:\s*\S)", "Replit Agent"),
    (r"\Aaider: ", "aider"),
)
TOOLS = frozenset({*_EMAILS.values(), *_DOMAINS.values(), *_ACCOUNTS.values(), *_LOGINS.values(), *_BRANCHES.values()})
"""The names of all tools that can be declared."""
_CO_AUTHOR = lazy.regex(r"(?im)^co-authored-by:[^<\n]*<([^>\n]+)>")
_NUMBERED = lazy.regex(r"([0-9]{1,18})\+[^@]+@users\.noreply\.github\.com")


@dataclass(frozen=True)
class Commit:
    """Who a commit says made it, and its message."""

    author: str
    author_email: str
    committer: str
    committer_email: str
    message: str


@dataclass(frozen=True)
class Authorship:
    """What is declared of a change; `held`: the base policy holds it to more, because of that or as it does all."""

    commits: int = 0
    declaring: int = 0
    tools: Mapping[str, int] = field(default_factory=dict)
    """How many commits declare each tool, by its name."""
    around: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What else declares a tool: the "author", the "branch" or the "description" of the pull request."""
    held: bool = False

    @property
    def declared(self) -> bool:
        return bool(self.tools or self.around)

    @property
    def sentence(self) -> str:
        """What a reader of the review is told; nothing where nothing is declared."""
        told = [*self._of_commits(), *self._of_the_rest()]
        said = f"{', and '.join(told)}." if told else ""
        more = "The base policy holds this change to the severities of its `[authorship]`." if self.held else ""
        return f"{said[:1].upper()}{said[1:]} {more}".strip()

    def _of_commits(self) -> Iterator[str]:
        if self.tools:
            verb = "declares" if self.declaring == 1 else "declare"
            counts = len(self.tools) > 1
            names = [f"{name} ({count})" if counts else name for name, count in self.tools.items()]
            yield f"{self.declaring} of {self.commits} commit{'s' * (self.commits != 1)} {verb} {', '.join(names)}"

    def _of_the_rest(self) -> Iterator[str]:
        for name, marks in self.around.items():
            verb = "declares" if len(marks) == 1 else "declare"
            yield f"the {' and the '.join(marks)} {verb} {name}"


def declared(
    commits: Sequence[Commit], *, login: str = "", account: int = 0, branches: Iterable[str] = (), description: str = ""
) -> Authorship:
    """What commits, and what else there is around them, declare."""
    found = [frozenset(_of_commit(commit)) for commit in commits]
    counts = Counter(tool for tools in found for tool in tools)
    ordered = dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
    marks = {
        "author": {*_named(_LOGINS, login.lower()), *_named(_ACCOUNTS, account)},
        "branch": {tool for branch in branches for tool in _of_branch(branch)},
        "description": set(_phrased(description)),
    }
    tools = sorted({tool for named in marks.values() for tool in named})
    around = {tool: tuple(mark for mark, named in marks.items() if tool in named) for tool in tools}
    return Authorship(len(commits), sum(map(bool, found)), ordered, around)


def _of_branch(branch: str) -> Iterator[str]:
    yield from (tool for prefix, tool in _BRANCHES.items() if branch.startswith(prefix))
    if _TASK.search(branch):
        yield "Jules"


def _of_commit(commit: Commit) -> Iterator[str]:
    for email in (commit.author_email, commit.committer_email, *_CO_AUTHOR.findall(commit.message)):
        yield from _of_email(email.strip().lower())
    if any(name.endswith(" (aider)") for name in (commit.author, commit.committer)):
        yield "aider"
    yield from (tool for pattern, tool in _TRAILERS if re.search(pattern, commit.message))
    yield from _phrased(commit.message)


def _of_email(email: str) -> Iterator[str]:
    yield from _named(_EMAILS, email)
    yield from _named(_DOMAINS, email.rpartition("@")[2])
    if number := _NUMBERED.fullmatch(email):
        yield from _named(_ACCOUNTS, int(number[1]))


def _named(table: Mapping[Any, str], key: str | int) -> Iterator[str]:
    if key in table:
        yield table[key]


def _phrased(text: str) -> Iterator[str]:
    return (tool for pattern, tool in _PHRASES if re.search(pattern, text))
