"""Rules of branches that a repository keeps as code: settings of Probot, exported rulesets, Terraform."""

import re
from collections import Counter
from collections.abc import Iterator

from gate import lazy
from gate.facts.config import Node, read
from gate.source import Source

Said = tuple[int, str, str]
"""The line, a key and its value."""

SETTINGS = (
    r"\.github/(?:settings|suborgs/[\w.-]+|repos/[\w.-]+|safe-settings[\w.-]*)\.ya?ml|(?:.*/)?rulesets?/[\w.-]+\.json"
    r"|\.github/[\w.-]*(?:ruleset|branch-protection)[\w.-]*\.(?:json|ya?ml)"
)
TERRAFORM = r".*\.tf"
_RESOURCE = lazy.regex(
    r'\s*resource\s+"(?:github_branch_protection(?:_v3)?|github_(?:repository|organization)_ruleset|gitlab_branch_protection)"'
)
_LINE = lazy.regex(r"\s*(\w+)\s*=\s*(.*?)\s*$")
_TEXT = lazy.regex(r'"([^"]+)"')
_ON = {
    "enforce_admins": "hold administrators to the rules of a branch",
    "require_code_owner_reviews": "require a review by code owners",
    "require_code_owner_review": "require a review by code owners",
    "dismiss_stale_reviews": "drop approvals of what has changed since",
    "dismiss_stale_reviews_on_push": "drop approvals of what has changed since",
    "required_signatures": "require signed commits",
    "require_signed_commits": "require signed commits",
    "required_conversation_resolution": "require that conversations be resolved",
    "require_conversation_resolution": "require that conversations be resolved",
    "required_review_thread_resolution": "require that conversations be resolved",
    "non_fast_forward": "refuse forced pushes",
}
"""What a key makes a branch do that is set to true; in a ruleset it may be the type of a rule."""
_OFF = {"allow_force_pushes": "refuse forced pushes", "allows_force_pushes": "refuse forced pushes"}
_CHECKS = frozenset({"context", "contexts"})
_APPROVALS = "required_approving_review_count"
_MAX_APPROVALS = 6


def demands(source: Source) -> Iterator[tuple[int, str]]:
    """What the rules of branches demand, each as a verb with its line; a demand made twice is another one."""
    seen: Counter[str] = Counter()
    for line, key, value in _said(source):
        for what in _demanded(key, value):
            seen[what] += 1
            yield line, what if seen[what] == 1 else f"{what}, in {seen[what]} rules"


def _demanded(key: str, value: str) -> Iterator[str]:
    if key in _CHECKS and value:
        yield f"require the check `{value}`"
    if key == _APPROVALS and value.isdigit():
        yield from (f"require {number} approvals" for number in range(1, min(int(value), _MAX_APPROVALS) + 1))
    if key in _ON and value == "true":
        yield _ON[key]
    if key == "enforcement" and value == "active":
        yield "enforce a ruleset"
    if key == "type" and value in _ON:
        yield _ON[value]
    if key in _OFF and value == "false":
        yield _OFF[key]


def _said(source: Source) -> Iterator[Said]:
    if source.path.endswith(".tf"):
        yield from _of_terraform(source)
    elif (root := read(source)) is not None:
        yield from _of_tree(root)


def _of_tree(root: Node) -> Iterator[Said]:
    """Keys and values, but for those of rulesets that are off."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node["enforcement"].text in {"disabled", "evaluate"}:
            continue
        for key, child in node.pairs:
            yield from ((part.line, key, part.text) for part in child.items)
            waiting.append(child)
        waiting += node.value if isinstance(node.value, tuple) else ()


def _of_terraform(source: Source) -> Iterator[Said]:
    """Keys and values within resources about branches, line by line; lists may go over several."""
    depth, key, found = 0, "", list[Said]()
    for number, line in enumerate(source.lines, 1):
        if not depth and not _RESOURCE.match(line):
            continue
        said = _LINE.match(line)
        key = said[1] if said else key
        value = said[2] if said else line
        texts = _TEXT.findall(value) if said or key in _CHECKS else []
        found += [(number, key, text) for text in texts or [value]]
        depth += line.count("{") - line.count("}")
        if not depth:
            off = any(key == "enforcement" and value in {"disabled", "evaluate"} for _, key, value in found)
            yield from () if off else found
            found = []


def bypassed(source: Source) -> Iterator[tuple[int, str, str]]:
    """Who need not keep to a ruleset (docs.github.com, "Rulesets", bypass list), with the line and who is told less."""
    if source.path.endswith(".tf"):
        lines = (number for number, line in enumerate(source.lines, 1) if re.match(r"\s*bypass_actors\s*\{", line))
        yield from ((number, "reviewers", "lets somebody past the rules of a branch") for number in lines)
    elif (root := read(source)) is not None:
        for node in root.walk():
            for actor in node["bypass_actors"].items:
                kind = actor["actor_type"].text or "somebody"
                yield (
                    actor["actor_type"].line or actor.line,
                    "reviewers",
                    f"lets {kind[:40]} `{actor['actor_id'].text[:20]}` past the rules of a branch",
                )
