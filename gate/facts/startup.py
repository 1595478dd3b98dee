"""How often a pipeline starts, by what it says of its triggers, and which of its jobs ever run."""

import re

from gate.facts.config import Node

_MAIN = re.compile(r"main|master|dev|trunk|default|release|stable|\*|^v?\d|next|staging|prod")
"""Branches that changes are merged into."""
_TRIGGERS = {"pull_request", "pull_request_target", "merge_group", "workflow_call"}


def frequency(on: Node) -> int:
    """How often a GitHub workflow runs; other pipelines, which have no `on`, run on every change."""
    names = {node.text for node in on.items} | {name for name, _ in on.pairs}
    kinds = {node.text for node in on["pull_request"]["types"].items}
    branches = [node.text for node in on["pull_request"]["branches"].items]
    if not names or names & (_TRIGGERS - {"pull_request"}):
        return 3
    if "pull_request" in names and (not kinds or kinds & {"opened", "synchronize"}):
        return 3 if not branches or any(map(_MAIN.search, branches)) else 1
    return 2 if "push" in names else 1


def extended(root: Node) -> Node:
    """Without the hidden jobs of GitLab, such as `.scan`, that no other job extends: they are never run."""
    hidden = [name for name, _ in root.pairs if name.startswith(".")]
    used = {one.text for _, job in root.pairs for one in job["extends"].items} if hidden else set()
    idle = {name for name in hidden if name not in used}
    return Node(root.line, {name: job for name, job in root.pairs if name not in idle}) if idle else root
