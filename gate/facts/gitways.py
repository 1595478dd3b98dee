"""Commands of a pipeline that get round the guards of git and of its server, or put others in the place of a scanner."""

import re
from collections.abc import Iterator

from gate import lazy
from gate.facts import tools
from gate.facts.command import Command

Said = tuple[str, str]
"""Which guard, and what is done to it, as a verb."""

_PAST_HOOKS = lazy.regex(
    r"\b(?:commit|push|merge)\b.*--no-verify|core\.hooks[Pp]ath[= ]+(?:/dev/null|[\"']{2})|--unset(?:-all)?\s+core\.hooks[Pp]ath"
)
_RUNS = lazy.regex(r"core\.(?:fsmonitor|sshCommand)[= ]+(?![\"']?(?:true|false|ssh)\b)\S")
"""Settings that name a program (git-config, `core.fsmonitor`, `core.sshCommand`)."""
_INSTEAD = lazy.regex(
    r"url\.[\"']?(?:\w+://)?(?:[^@/\s]*@)?([\w.-]+)\S*\.insteadOf[\"']?[= ]+[\"']?(?:\w+://)?(?:[^@/\s]*@)?([\w.-]+)"
)
_BY_VARIABLE = lazy.regex(
    r"GIT_CONFIG_(?:KEY|PARAMETERS)\w*=\S*core\.hooks[Pp]ath|\bHUSKY=0\b.*\bgit\s+(?:commit|push|merge)\b"
)
_SERVER = lazy.regex(r"(?i)(?=.*(?:\s|^)(?:-X|--method)[= ]?(?:DELETE|PUT|PATCH)\b).*/(?:protection|rulesets)\b")
_UNINSTALLS = frozenset({"pre-commit", "husky", "lefthook"})
_SHADOW = lazy.regex(r"\balias\s+([\w-]+)=|(?:^|[;&|]\s*)(?:function\s+)?([a-z][\w-]*)\s*\(\)\s*\{")


def past(command: Command) -> Iterator[Said]:
    """What a command gets round."""
    said = " ".join(command.arguments)
    if command.program == "git":
        yield from _of_git(said)
    if command.program == "rm" and re.search(r"\.git/hooks\b", said):
        yield "git hooks", "removes the hooks of git"
    if command.program in _UNINSTALLS and command.arguments[:1] == ("uninstall",):
        yield "git hooks", f"uninstalls the hooks of {command.program}"
    if command.program == "gh" and command.arguments[:2] == ("pr", "merge") and "--admin" in command.arguments:
        yield "reviewers", "merges past the rules of the branch (`gh pr merge --admin`)"
    if command.program == "gh" and command.arguments[:1] == ("api",) and _SERVER.search(said):
        yield "reviewers", "changes the rules of a branch on the server"


def _of_git(said: str) -> Iterator[Said]:
    if _PAST_HOOKS.search(said):
        yield "git hooks", "goes past the hooks of git"
    if found := _RUNS.search(said):
        yield "git", f"has git run a program of its own (`{found[0].split('=')[0].split()[0]}`)"
    found = _INSTEAD.search(said)
    if found and found[1] != found[2]:
        yield "git", f"fetches from `{found[1]}` what is asked of `{found[2]}`"


def in_line(line: str) -> Iterator[Said]:
    """What a line sets for the commands behind it."""
    if _BY_VARIABLE.search(line):
        yield "git hooks", "goes past the hooks of git"
    for found in _SHADOW.finditer(line):
        name = found[1] or found[2]
        if tool := tools.of_command(name, ()):
            yield tool, f"is something else in what follows, which puts its own `{name}` in its place"
