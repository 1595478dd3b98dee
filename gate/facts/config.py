"""Configuration files as one kind of tree that knows its lines: YAML, JSON, TOML and INI.

YAML is read from its events, never constructed: an alias stands for the node it names, so a bomb of aliases
costs nothing, and no tag builds an object.
"""

import configparser
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any

from gate import lazy
from gate.facts.tomltext import toml
from gate.source import Source

_MAX_YAML = 500_000
_MAX_EXACT = 100_000
"""How much JSON is read as YAML, which takes thirty times as long."""
_MAX_DEPTH = 100
_MAX_ALIASES = 1_000
_TOKEN = lazy.regex(r"""["']([^"'\n]*)["']|[\w./-]+""")


@dataclass(frozen=True, eq=False)
class Node:
    """A value and the line it begins on. `block` says that its text begins on the line below."""

    line: int
    value: "str | tuple[Node, ...] | Mapping[str, Node]"
    block: bool = False
    twice: tuple[str, ...] = ()
    """The keys that stand twice in a table: readers do not agree on which of them counts."""

    @property
    def text(self) -> str:
        return self.value if isinstance(self.value, str) else ""

    @property
    def items(self) -> "tuple[Node, ...]":
        """The members of a list; a lone scalar is a list of one."""
        if isinstance(self.value, tuple):
            return self.value
        return (self,) if isinstance(self.value, str) and self.value else ()

    def __getitem__(self, name: str) -> "Node":
        """A member by key; an empty node where there is none."""
        found = self.value.get(name) if isinstance(self.value, Mapping) else None
        return found or Node(self.line, "")

    @property
    def pairs(self) -> "Iterator[tuple[str, Node]]":
        return iter(self.value.items()) if isinstance(self.value, Mapping) else iter(())

    def walk(self) -> "Iterator[Node]":
        """This node and all below it, each once however many aliases name it."""
        stack, seen = [self], {id(self)}
        while stack:
            node = stack.pop()
            yield node
            below = node.value.values() if isinstance(node.value, Mapping) else node.value
            for child in reversed(list(below) if not isinstance(below, str) else []):
                if id(child) not in seen:
                    seen.add(id(child))
                    stack.append(child)


@lru_cache(maxsize=32)
def read(source: Source) -> Node | None:
    """The file as a tree, by its suffix; None when it does not parse, or is nested or aliased beyond reason."""
    suffix = PurePosixPath(source.path).suffix.lower()
    try:
        if suffix in {".yml", ".yaml"} or source.path.endswith(".snyk"):
            return _yaml(source.text)
        if suffix == ".toml":
            return _located(toml(source.text), source.text)
        if suffix in {".cfg", ".ini"} or PurePosixPath(source.path).name in {".bandit", ".flake8", ".banditrc"}:
            return _located(_ini(source.text), source.text)
        return _located(json.loads(source.text), source.text)
    except (ValueError, RecursionError, configparser.Error):
        return None


def whole(source: Source) -> tuple[Node, list[str]]:
    """A table of settings, and words for the keys that stand twice in it.

    Raises:
        ValueError: It is none: no YAML, beyond reason, or several documents.
    """
    root = read(source)
    if root is None:
        raise ValueError("it is no YAML that gate reads, or too large")
    if root.value and not isinstance(root.value, Mapping):
        raise ValueError("it is no table, or several documents")
    return root, [f"the key `{name[:60]}`, which is there twice" for node in root.walk() for name in node.twice]


@lru_cache(maxsize=32)
def exact(source: Source) -> Node | None:
    """As `read`, but JSON by way of YAML, of which it is nearly a part: so that equal texts have each its own line."""
    try:
        small = source.language == "json" and len(source.text) < _MAX_EXACT
        return _yaml(source.text) if small else read(source)
    except ValueError:
        return read(source)


def _yaml(text: str) -> Node:
    import yaml

    if len(text) > _MAX_YAML:
        raise ValueError("too large")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    anchors: dict[str, Node] = {}
    stack: list[tuple[Any, list[Node]]] = [(None, [])]
    aliases = line = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            line = event.start_mark.line + 1 if event.start_mark else line
            if isinstance(event, yaml.ScalarEvent):
                _keep(Node(line, event.value, event.style in {"|", ">"}), event, stack, anchors)
            elif isinstance(event, yaml.AliasEvent):
                aliases += 1
                stack[-1][1].append(anchors.get(event.anchor or "") or Node(line, ""))
            elif isinstance(event, yaml.CollectionStartEvent):
                stack.append((event, []))
            elif isinstance(event, yaml.CollectionEndEvent):
                start, members = stack.pop()
                _keep(_collection(start, members), start, stack, anchors)
            if len(stack) > _MAX_DEPTH or aliases > _MAX_ALIASES:
                raise ValueError("nested or aliased beyond reason")
    except yaml.YAMLError as error:
        raise ValueError("not YAML") from error
    documents = stack[0][1]
    return documents[0] if len(documents) == 1 else Node(1, tuple(documents))


def _keep(node: Node, event: Any, stack: list[tuple[Any, list[Node]]], anchors: dict[str, Node]) -> None:
    if event.anchor:
        anchors[event.anchor] = node
    stack[-1][1].append(node)


def _collection(start: Any, members: list[Node]) -> Node:
    import yaml

    line = start.start_mark.line + 1
    if isinstance(start, yaml.SequenceStartEvent):
        return Node(line, tuple(members))
    found: dict[str, Node] = {}
    for key, value in zip(members[::2], members[1::2], strict=False):
        if key.text == "<<":
            for merged in value.items or (value,):
                found = {**dict(merged.pairs), **found}
        else:
            found[key.text] = value
    counted = Counter(key.text for key in members[::2] if key.text != "<<")
    return Node(line, found, twice=tuple(key for key, count in counted.items() if count > 1))


def _ini(text: str) -> dict[str, dict[str, str]]:
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    parser.read_string(text)
    return {name: {key: value or "" for key, value in parser.items(name)} for name in parser.sections()}


def _located(value: Any, text: str) -> Node:
    """Plain values with the line on which each text, or the key that leads to it, first stands."""
    first: dict[str, int] = {}
    for number, line in enumerate(text.split("\n"), 1):
        for token in _TOKEN.finditer(line):
            first.setdefault(token[1] if token[1] is not None else token[0], number)
    return _node(value, first, 1)


def _node(value: Any, first: Mapping[str, int], line: int) -> Node:
    if isinstance(value, dict):
        return Node(
            line, {str(k): _node(v, first, first.get(str(k).rpartition(".")[2], line)) for k, v in value.items()}
        )
    if isinstance(value, list):
        members = tuple(_node(member, first, line) for member in value)
        return Node(members[0].line if members else line, members)
    said = str(value).lower() if isinstance(value, bool) else str(value)
    return Node(first.get(said, line), said)
