"""What `gate.toml` lets pass, and what it holds up beyond the defaults."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from gate.facts.config import Node, read
from gate.facts.tomltext import toml
from gate.source import Source

_LEVELS = ("critical", "high", "medium", "low")
_KEYS = {
    "block",
    "warn",
    "allow_incomplete",
    "rules",
    "paths",
    "tenancy",
    "wrappers",
    "attest",
    "authorship",
    "waivers",
}
_WEAKER = {
    "warn": ("keeps `{}` from blocking",),
    "note": ("keeps `{}` from blocking", "keeps `{}` from warning"),
    "off": ("keeps `{}` from blocking", "keeps `{}` from warning", "turns `{}` off"),
}

Said = tuple[int, str, str]
"""The line, what it says as a verb, and for what has an end, the day (else "")."""


def allowances(source: Source) -> Iterator[Said]:
    """What a policy lets pass; each could be a way to weaken it."""
    root = read(source)
    problem = _problem(source)
    if root is None or problem:
        yield 1, f"cannot be read as a policy ({problem})", ""
        return
    blocked = _texts(root["block"]) if "block" in dict(root.pairs) else {"critical", "high"}
    warned = _texts(root["warn"]) if "warn" in dict(root.pairs) else {"medium"}
    for level in ("critical", "high"):
        if level not in blocked:
            yield root["block"].line, f"lets {level} findings pass", ""
    for level in ("critical", "high", "medium"):
        if level not in blocked | warned:
            yield root["warn"].line, f"does not even warn of {level} findings", ""
    if root["allow_incomplete"].text == "true":
        yield root["allow_incomplete"].line, "lets a change pass that could not be judged", ""
    for rule, action in root["rules"].pairs:
        for said in _WEAKER.get(action.text, ()):
            yield _line(source, rule, action), said.format(rule), ""
    for name in ("ignore", "relaxed"):
        for path in root["paths"][name].items:
            yield path.line, f"{'ignores' if name == 'ignore' else 'relaxes'} the path `{path.text}`", ""
    for wrapper in root["wrappers"].items:
        for path in wrapper["allow"].items:
            yield path.line, f"lets `{path.text}` go around `{wrapper['use'].text}`", ""
    for waiver in root["waivers"].items:
        what = f"waives `{waiver['rule'].text}` in `{waiver['path'].text}` ({waiver['fingerprint'].text[:12]})"
        yield waiver["fingerprint"].line, what, waiver["expires"].text


def demands(source: Source) -> Iterator[Said]:
    """What a policy holds up beyond the defaults; each could be taken away."""
    root = read(source)
    if root is None:
        return
    yield 1, "set the policy of gate", ""
    for level in _texts(root["block"]) & {"medium", "low"}:
        yield root["block"].line, f"block {level} findings", ""
    for rule, action in root["rules"].pairs:
        if action.text == "block":
            yield _line(source, rule, action), f"block `{rule}`", ""
    for column in root["tenancy"]["columns"].items:
        yield column.line, f"treat `{column.text}` as the column of a tenant", ""
    for wrapper in root["wrappers"].items:
        for module in wrapper["instead_of"].items:
            yield module.line, f"keep `{module.text}` behind `{wrapper['use'].text}`", ""
    for item in root["attest"]["items"].items:
        yield item.line, f"demand a person's word on `{item.text}`", ""
    if root["attest"]["ticket"].text:
        yield root["attest"]["ticket"].line, "demand a ticket", ""
    yield from _stricter(root["authorship"])


def _stricter(table: Node) -> Iterator[Said]:
    """What changes are held to that declare a model, or all of them."""
    changes = table["strict"].text
    if changes not in {"declared", "all"}:
        return
    for held in ("declared", "all")[: 1 + (changes == "all")]:
        yield table["strict"].line, f"hold {held} changes to more", ""
    levels = _texts(table["block"]) if "block" in dict(table.pairs) else {"medium"}
    for level in sorted(levels & {"medium", "low"}):
        yield table["block"].line, f"block {level} findings of the changes it holds to more", ""


def _problem(source: Source) -> str:
    try:
        stated: Mapping[str, Any] = toml(source.text)
    except (ValueError, RecursionError) as error:
        return str(error)
    unknown = sorted(stated.keys() - _KEYS)
    levels = [level for name in ("block", "warn") for level in stated.get(name, []) if level not in _LEVELS]
    rules = stated.get("rules", {})
    if not isinstance(rules, dict) or any(action not in {"block", "warn", "note", "off"} for action in rules.values()):
        return "`rules` holds something other than block, warn, note and off"
    return f"`{unknown[0]}` is no key of it" if unknown else f"`{levels[0]}` is no severity" if levels else ""


def _texts(node: Node) -> set[str]:
    return {member.text for member in node.items}


def _line(source: Source, rule: str, action: Node) -> int:
    pattern = re.compile(rf"""\s*["']?{re.escape(rule)}["']?\s*=""")
    return next((number for number, line in enumerate(source.lines, 1) if pattern.match(line)), action.line)
