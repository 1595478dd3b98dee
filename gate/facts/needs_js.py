"""Which packages of a `yarn.lock`, `pnpm-lock.yaml` or `bun.lock` need which, read by their lines."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from gate import lazy
from gate.facts.jsonc import strict
from gate.facts.pnpmlock import key_name

Graph = tuple[Mapping[str, frozenset[str]], frozenset[str]]
"""By name what a package needs, and what the lock says that people ask for."""
_GROUPS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_GROUP = lazy.regex(rf" *(?:{'|'.join(_GROUPS)}|configDependencies|packageManagerDependencies):\s*$")
_MEMBER = lazy.regex(r""" +(?:"([^"]+)"|'([^']+)'|([^\s"':]+)):?(?:\s+(.*))?$""")
_PATTERN = lazy.regex(r"(@?[^@]+)@(?:npm:(@?[^@]+)@)?")
_ALIAS = lazy.regex(r"""["']?(?:npm:)?/?(@?[^@"'():]+)@\d""")
_LAST = lazy.regex(r"(?:^|/)((?:@[^/]+/)?[^/]*)$")
_HELD = frozenset({"packages", "snapshots"})


def of_yarn(text: str) -> Graph:
    """Each entry needs what stands four spaces in below `dependencies`; those of the workspace are asked for."""
    found: dict[str, set[str]] = defaultdict(set)
    asked: set[str] = set()
    names: set[str] = set()
    inside = False
    for line in text.split("\n"):
        if line[:1] not in {" ", "", "#"}:
            names = {
                name for one in line.rstrip(":").removeprefix("? ").split(", ") for name in _called(one.strip('"'))
            }
            found |= {name: found[name] for name in names}
            asked |= names if "@workspace:" in line else set()
        elif not line.startswith("    "):
            inside = bool(_GROUP.match(line))
        elif inside and (member := _MEMBER.match(line)):
            for name in names:
                found[name] |= _meant(member)
    return _frozen(found), frozenset(asked)


def _called(pattern: str) -> Iterator[str]:
    """The name in a pattern such as `x@npm:real@^1`, and the one of the package that stands for it."""
    read = _PATTERN.match(pattern)
    yield from (name for name in read.groups() if name) if read else [pattern]


def _meant(member: re.Match[str]) -> set[str]:
    name = member[1] or member[2] or member[3]
    other = _ALIAS.match(member[4] or "")
    return {name, other[1]} if other else {name}


def of_pnpm(text: str) -> Graph:
    """Each key of `packages` and `snapshots` needs what stands below its groups; all else there is, people ask for."""
    found: dict[str, set[str]] = defaultdict(set)
    asked: set[str] = set()
    section, key, deep = "", "", -1
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip())
        if not line.strip() or indent <= deep:
            deep = -1
        if line[:1] not in {" ", "", "#"}:
            section = line.partition(":")[0]
        elif section in _HELD and indent == 2:
            key = key_name(line.strip().removeprefix("? ").removesuffix("{}").strip().removesuffix(":").strip("'\""))
            found[key] = found[key]
        if _GROUP.match(line):
            deep = indent
        elif deep >= 0 and indent == deep + 2 and (member := _MEMBER.match(line)):
            (found[key] if section in _HELD else asked).update(_meant(member))
    return _frozen(found), frozenset(asked)


def of_bun(text: str) -> Graph:
    data: Mapping[str, Any] = json.loads(strict(text))
    found: dict[str, set[str]] = defaultdict(set)
    asked = {name for part in data["workspaces"].values() for name in (part.get("name", ""), *_listed(part))}
    for path, row in data["packages"].items():
        name = row[0][: row[0].index("@", 1)]
        wanted = {one for part in row if isinstance(part, dict) for one in _listed(part)}
        found[name] |= wanted
        last = _LAST.search(path)
        found[last[1] if last else path].add(name)
    return _frozen(found), frozenset(asked)


def _listed(part: Mapping[str, Any]) -> set[str]:
    return {str(name) for group in _GROUPS for name in part.get(group, ())}


def _frozen(found: Mapping[str, set[str]]) -> Mapping[str, frozenset[str]]:
    return {name: frozenset(wanted) for name, wanted in found.items() if name}
