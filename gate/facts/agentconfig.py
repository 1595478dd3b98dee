"""The settings of coding agents as a tree: which files hold them, and what stands under which keys."""

import re
from collections.abc import Iterator
from dataclasses import replace

from gate import lazy
from gate.facts.config import Node, exact
from gate.facts.jsonc import plain
from gate.source import Source

FILES = lazy.regex(
    r"(?:^|/)(?:\.(?:claude|gemini|qwen|vscode|cursor|windsurf|roo|kiro|amazonq|codex|continue|opencode|factory|copilot|agents?|zed|junie|goose|qodo|devin)/"
    r"(?:[\w.-]+/)*[\w.-]+\.(?:jsonc?|toml|ya?ml|hook)|\.claude-plugin/[\w.-]+\.json|hooks/hooks\.json|\.github/hooks/[\w.-]+\.json"
    r"|(?:managed-settings|cline_mcp_settings|mcp_settings|claude_desktop_config|opencode|gemini-extension|\.?mcp|\.claude)\.jsonc?"
    r"|[^/]+\.(?:code-workspace|mcp\.json)|\.aider\.conf\.ya?ml|\.roomodes)$"
)
_FRONT = lazy.regex(r"\A---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_DEEPEST = 40


def settings(source: Source) -> Node | None:
    """The tree of a file that an agent takes its settings from; None for other files, and for what does not parse."""
    return exact(_as_json(plain(source))) if is_settings(source.path) else None


def is_settings(path: str) -> bool:
    return FILES.search(path) is not None


def front(source: Source) -> Node | None:
    """What stands above the text of a Markdown file, between `---`: for whom it is, and what they may do."""
    found = _FRONT.match(source.text) if source.language == "markdown" or source.path.endswith(".mdc") else None
    return exact(replace(source, path=f"{source.path}.yml", text=f"\n{found[1]}")) if found else None


def leaves(node: Node) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Each text of a tree with the keys that lead to it; members of a list stand under the key of the list."""
    stack: list[tuple[tuple[str, ...], Node]] = [((), node)]
    while stack:
        keys, one = stack.pop()
        if isinstance(one.value, str):
            yield keys, one
        elif len(keys) < _DEEPEST:
            below = [(keys, each) for each in one.items] or [((*keys, key), each) for key, each in one.pairs]
            stack += reversed(below)


def _as_json(source: Source) -> Source:
    known = source.path.endswith((".json", ".toml", ".yml", ".yaml"))
    return source if known else replace(source, path=f"{source.path}.json")
