"""Bots that merge, and what they wait for: Mergify, Bors, Kodiak, Renovate; and Dependabot, which only proposes."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from gate import lazy
from gate.facts.config import Node, read
from gate.facts.jsonc import plain
from gate.source import Source

Said = tuple[int, str]
"""The line, and what is done, as a verb."""

NAME = "merge bots"
FILES = r"(?:\.github/)?(?:\.?mergify\.ya?ml|bors\.toml|\.kodiak\.toml|dependabot\.ya?ml)|\.mergify/config\.ya?ml"
_CHECK = lazy.regex(r"(?:check|status)-success\s*~?=\s*(.+)")
_APPROVALS = lazy.regex(r"#approved-reviews-by\s*>=\s*(\d)")
_SOME = ("matchUpdateTypes", "matchDepTypes", "matchPackageNames", "matchManagers", "matchCategories", "matchDepNames")
"""What keeps a rule of Renovate to some updates (docs.renovatebot.com, `packageRules`)."""


def demands(source: Source) -> Iterator[Said]:
    """What a bot waits for before it merges, and which packages one proposes updates of."""
    root = read(source)
    name = PurePosixPath(source.path).name
    if root is None:
        return
    if name.startswith("dependabot"):
        for update in root["updates"].items:
            if update["open-pull-requests-limit"].text != "0":
                yield update.line, f"propose updates of `{update['package-ecosystem'].text}`"
    elif name == ".kodiak.toml":
        if root["merge"]["require_automerge_label"].text != "false":
            yield root["merge"].line, "wait for a label before a bot merges"
    elif name == "bors.toml":
        yield from ((check.line, _awaits(check.text)) for check in root["status"].items)
    else:
        yield from _conditions(root)


def _awaits(check: str) -> str:
    return f"wait for the check `{check.strip()[:80]}` before a bot merges"


def _conditions(root: Node) -> Iterator[Said]:
    """Mergify (docs.mergify.com, Conditions)."""
    for rule in (*_merging(root), *root["queue_rules"].items):
        for said in rule.walk():
            if found := _CHECK.fullmatch(said.text):
                yield said.line, _awaits(found[1])
            for number in range(int(found[1]) if (found := _APPROVALS.fullmatch(said.text)) else 0):
                yield said.line, f"wait for {number + 1} approvals before a bot merges"


def _merging(root: Node) -> Iterator[Node]:
    for rule in root["pull_request_rules"].items:
        if {"merge", "queue"} & {name for name, _ in rule["actions"].pairs}:
            yield rule


def unwatched(source: Source) -> Iterator[tuple[int, str, str]]:
    """Rules by which Mergify merges what no check has passed and nobody approved."""
    root = read(source)
    if root is None or any(map(_waits, root["queue_rules"].items)):
        return
    for rule in _merging(root):
        if not _waits(rule):
            yield rule.line, "Mergify", "merges without a check or an approval"


def _waits(rule: Node) -> bool:
    return any(_CHECK.fullmatch(one.text) or _APPROVALS.fullmatch(one.text) for one in rule.walk())


def renovated(source: Source) -> Iterator[tuple[int, str, str]]:
    """What Renovate merges unseen, and what it is told not to look for."""
    root = read(plain(source))
    for node in root.walk() if root else ():
        if node["automerge"].text == "true" and not any(name in dict(node.pairs) for name in _SOME):
            yield node["automerge"].line, "Renovate", "merges updates of any size unseen"
        if node["ignoreTests"].text == "true":
            yield node["ignoreTests"].line, "Renovate", "merges updates that no test has passed"
        if node["vulnerabilityAlerts"]["enabled"].text == "false" or node["osvVulnerabilityAlerts"].text == "false":
            yield node.line, "Renovate", "proposes nothing for vulnerable packages"
    if root and root["enabled"].text == "false":
        yield root["enabled"].line, "Renovate", "proposes no updates"
