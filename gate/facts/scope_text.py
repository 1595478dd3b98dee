"""Scopes in JavaScript, TypeScript, YAML, JSON, TOML and Terraform, read line by line."""

import re
from collections.abc import Iterator

from gate.facts.scope import named
from gate.source import Source

_BINDS = re.compile(r"""(?<![\w$])["']?([A-Za-z_$][\w$-]*)["']?\]?\s*(?::\s*[\w<>\[\]| ]+=|\??:|=(?![=>]))\s*(.*)""")
_STRING = re.compile(r"""(["'`])((?:\\.|(?!\1).){0,400})\1""")
_KEY = re.compile(r"""(?:^|[{,])\s*(?:(["'`])(.{1,200}?)\1|([\w*.:/-]+))\s*:""")
_ITEM = re.compile(r"""^\s*-\s+["']?([^"'#{}]+?)["']?\s*(?:#.*)?$""")
_YAML_KEY = re.compile(r"""^\s*(?:["'](.{1,200}?)["']|([^\s:#"'-][^\s:#]*(?::[^\s:#]+)*))\s*:(?:\s|$)""")
_COMMENT = re.compile(r"^\s*(//|#|\*|/\*)")
_ADDS = re.compile(r"""(?<![\w$])(\w+)\.(?:push|add|addScope|addScopes|append)\((.*)""")
_FULL = re.compile(r"(?i)[\"']?fullScopeAllowed[\"']?\s*:\s*true")
_MAX_LINES = 80
_MAX_LINE = 2_000

Written = tuple[str, str, int]


def written(source: Source) -> Iterator[Written]:
    """Every text in the position of a scope: what it is bound to, the text, its line."""
    for number, line in enumerate(source.lines, 1):
        if "scope" not in line.lower() or len(line) > _MAX_LINE or _COMMENT.match(line):
            continue
        if _FULL.search(line):
            yield "fullScopeAllowed", "fullScopeAllowed", number
        for name, value in _bindings(line):
            yield from ((name, text, at) for text, at in _value(source, value, number))


def _bindings(line: str) -> Iterator[tuple[str, str]]:
    """The scope names a line binds, and what follows them."""
    for pattern in (_BINDS, _ADDS):
        start = 0
        while found := pattern.search(line, start):
            if named(found[1]):
                yield found[1], found[2]
            start = found.end(1)


def _value(source: Source, value: str, number: int) -> Iterator[tuple[str, int]]:
    value = value.strip()
    while value[:1] == "(" or value.startswith("new Set("):
        value = value[1:].strip() if value[:1] == "(" else value[8:].strip()
    if value[:1] in {"[", "{"}:
        yield from _bracketed(source, value, number)
    elif value[:1] in {'"', "'", "`"}:
        yield from ((found[2], number) for found in _chain(value))
    elif source.language == "yaml":
        yield from _block(source, number) if not value or value[0] in "|>#" else [(value.partition(" #")[0], number)]
    elif not value and source.language in {"javascript", "typescript"} and number < len(source.lines):
        following = source.lines[number].strip()
        if following[:1] in {'"', "'", "`", "["}:
            yield from _value(source, following, number + 1)


def _chain(value: str) -> Iterator[re.Match[str]]:
    """The strings that are added to one another at the front of a text."""
    at = 0
    while found := _STRING.match(value, at):
        yield found
        plus = re.compile(r"\s*\+\s*").match(value, found.end())
        if not plus:
            return
        at = plus.end()


def _bracketed(source: Source, value: str, number: int) -> Iterator[tuple[str, int]]:
    """The strings of a list, or the keys of a mapping, up to the bracket that closes it."""
    opening, depth = value[0], 0
    text = value
    for at in range(number, min(number + _MAX_LINES, len(source.lines) + 1)):
        text = text if at == number else source.lines[at - 1][:_MAX_LINE]
        plain = _STRING.sub(lambda found: "_" * len(found[0]), text)
        end = len(text)
        for index, char in enumerate(plain):
            depth += (char in "[{(") - (char in "]})")
            if depth == 0:
                end = index
                break
        inside = text[:end]
        if opening == "[":
            yield from ((found[2], at) for found in _STRING.finditer(inside))
        elif not _COMMENT.match(inside):
            yield from ((found[2] or found[3], at) for found in _KEY.finditer(inside))
        if depth == 0:
            return


def _block(source: Source, number: int) -> Iterator[tuple[str, int]]:
    """The items, or the keys, below a YAML key."""
    above = _indent(source.lines[number - 1])
    level = None
    for at in range(number + 1, min(number + _MAX_LINES, len(source.lines) + 1)):
        line = source.lines[at - 1]
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        indent = _indent(line)
        item = _ITEM.match(line)
        if indent < above or (indent == above and not item):
            return
        level = indent if level is None else level
        if item:
            yield item[1], at
        elif indent == level and (key := _YAML_KEY.match(line)):
            yield key[1] or key[2], at
        elif indent == level and ":" not in line:
            yield line.strip(), at


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
