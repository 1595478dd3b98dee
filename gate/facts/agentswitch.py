"""Switches in the settings of coding agents and editors, and what they open."""

from collections.abc import Iterator
from typing import Literal

from gate import lazy

Reach = Literal["", "unread", "broad", "all"]

_SWITCHES: tuple[tuple[str, str, Reach, str], ...] = (
    ("enableAllProjectMcpServers", "true", "all", "starts whatever server the repository names, those of later changes too"),
    ("chat.tools.autoApprove", "true", "all", "lets agents use every tool unasked"),
    ("chat.tools.global.autoApprove", "true", "all", "lets agents use every tool unasked"),
    ("claudeCode.allowDangerouslySkipPermissions", "true", "all", "lets the agent run without any question"),
    ("skipDangerousModePermissionPrompt", "true", "all", "takes away the warning before the agent runs without any question"),
    ("permission", "allow", "all", "lets the agent use every tool unasked"),
    ("yes-always", "true", "broad", "answers yes to every question of the agent"),
    ("permission.bash", "allow", "broad", "lets the agent run any command unasked"),
    ("permission.bash.*", "allow", "broad", "lets the agent run any command unasked"),
    ("sandbox.enabled", "false", "broad", "takes the agent out of its sandbox"),
    ("sandbox.allowUnsandboxedCommands", "true", "broad", "lets commands out of the sandbox"),
    ("disableAllHooks", "true", "broad", "switches off the hooks that keep the agent in check"),
    ("security.workspace.trust.enabled", "false", "broad", "trusts every folder that is opened"),
    ("task.allowAutomaticTasks", "on", "broad", "runs tasks of the repository when it is opened"),
    ("chat.tools.edits.autoApprove.**/*", "true", "broad", "lets agents edit every file unasked, the editor's settings too"),
    ("chat.tools.edits.autoApprove.**", "true", "broad", "lets agents edit every file unasked, the editor's settings too"),
    ("defaultBehavior", "allow", "all", "lets the agent do what no rule speaks of unasked"),
    ("GOOSE_MODE", "auto", "all", "lets the agent use every tool unasked"),
    ("sandbox_workspace_write.network_access", "true", "broad", "lets what runs in the sandbox reach the network"),
    ("permissions.additionalDirectories", "/", "broad", "gives the agent every file of the machine"),
    ("permissions.additionalDirectories", "~", "broad", "gives the agent every file of its user, keys too"),
    ("permissions.additionalDirectories", "..", "broad", "gives the agent what lies beside the repository"),
)  # fmt: skip
_ELSEWHERE = lazy.regex(
    r"(?i)(?:^|\.)(?:env\.\w*(?:ANTHROPIC|OPENAI|GEMINI|CLAUDE|AZURE|BEDROCK|VERTEX|LLM|API)\w*BASE_URL|openai_base_url|chatgpt_base_url)$"
)
_LOCAL = lazy.regex(
    r"https?://(?:localhost|127\.\d+\.\d+\.\d+|\[::1\]|[\w.-]+\.(?:anthropic|openai|googleapis|azure|amazonaws)\.com)(?=[:/?]|$)|\$"
)
_LOADS = lazy.regex(
    r"(?:^|\.)(?:env|terminal\.integrated\.env\.\w+)\.(?:LD_PRELOAD|LD_LIBRARY_PATH|DYLD_\w+|NODE_OPTIONS|BASH_ENV|ENV|PYTHONSTARTUP|"
    r"GIT_SSH_COMMAND|GIT_CONFIG_\w+|PERL5OPT|RUBYOPT)$|^git\.path$"
)
"""Variables that have every program started run or load another first."""
_MARKET = lazy.regex(r"^extraKnownMarketplaces\..*\.(?:repo|url|path)$")
_OWN_MARKET = lazy.regex(r"(?:https://github\.com/)?anthropics/.*")


def switched(name: str, value: str) -> Iterator[tuple[Reach, str]]:
    """What a setting opens, by its name with the names around it, and how far."""
    yield from ((reach, what) for switch, on, reach, what in _SWITCHES if switch == name and on == value.lower())
    if _ELSEWHERE.search(name) and not _LOCAL.match(value):
        yield "all", "sends all that the agent reads, and its key, to another server than its maker's"
    elif _LOADS.search(name):
        yield "broad", "has other code loaded into every program that is started"
    elif _MARKET.search(name) and not _OWN_MARKET.fullmatch(value):
        yield "broad", "offers plugins of another repository, with hooks and servers that no diff here will show"
