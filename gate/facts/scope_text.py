"""Scopes in JavaScript, TypeScript, YAML, JSON, TOML and Terraform, read line by line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gate import lazy
from gate.facts.scope import named
from gate.source import Source

_BINDS = lazy.regex(r"""(?<![\w$])["']?([A-Za-z_$][\w$-]*)["']?\]?\s*(?::\s*[\w<>\[\]| ]+=|\??:|=(?![=>]))\s*(.*)""")
_STRING = lazy.regex(r"""(["'`])((?:\\.|(?!\1).){0,400})\1""")
_KEY = lazy.regex(r"""(?:^|[{,])\s*(?:(["'`])(.{1,200}?)\1|([\w*.:/-]+))\s*:""")
_ITEM = lazy.regex(r"""^\s*-\s+["']?([^"'#{}]+?)["']?\s*(?:#.*)?$""")
_YAML_KEY = lazy.regex(r"""^\s*(?:["'](.{1,200}?)["']|([^\s:#"'-][^\s:#]*(?::[^\s:#]+)*))\s*:(?:\s|$)""")
_WORD = lazy.regex(r"""[^\s\[\]"',#]+""")
_COMMENT = lazy.regex(r"^\s*(//|#|\*|/\*)")
_ADDS = lazy.regex(r"""(?<![\w$])(\w+)\.(?:push|add|addScope|addScopes|append)\((.*)""")
_FULL = lazy.regex(r"(?i)[\"']?full_?scope_?allowed[\"']?\s*[:=]\s*true")
_ENVIRONMENT = lazy.regex(r"process\.env(?:\.\w+|\[[^\]]{1,80}\])\s*(?:\|\||\?\?)\s*")
_SLACK = lazy.regex(r"""\{\s*["']?(?:bot|user)["']?\s*:""")
_OPENS = lazy.regex(r"^(?:\(\s*|new Set\(\s*)+")
_HELD = lazy.regex(r"""\{\s*(["'`])([^"'`]{0,400})\1\s*\}""")
_PLUS = lazy.regex(r"\s*\+\s*")
_REMARK = lazy.regex(r"//.*|(?<!\S)#.*")
_BRACKET = lazy.regex(r"[\[\](){}]")
_MAX_LINES = 80
_MAX_INSIDE = 20_000
"""How many characters are read between two brackets."""
_MAX_OPEN = 10
"""How many brackets that nobody closes are followed over lines."""
_MAX_LINE = 2_000

Written = tuple[str, str, int]


def written(source: Source) -> Iterator[Written]:
    """Every text in the position of a scope: what it is bound to, the text, its line."""
    open_ended = 0
    for number, line in enumerate(source.lines, 1):
        if "scope" not in line.lower() or len(line) > _MAX_LINE or _COMMENT.match(line):
            continue
        if _FULL.search(line):
            yield "fullScopeAllowed", "fullScopeAllowed", number
        for name, value in _bindings(line):
            inside = _inside(source, value, number, 1 if open_ended > _MAX_OPEN else _MAX_LINES)
            open_ended += bool(inside) and not inside[-1].closed
            mapping = name.lower().endswith("scopes") or source.language != "javascript"
            yield from ((name, text, at) for text, at in _value(source, value, number, inside, mapping=mapping))


def _bindings(line: str) -> Iterator[tuple[str, str]]:
    """The scope names a line binds, and what follows them."""
    for pattern in (_BINDS, _ADDS):
        start = 0
        while found := pattern.search(line, start):
            if named(found[1]):
                yield found[1], _OPENS.sub("", found[2].strip())
            start = found.end(1)


@dataclass(frozen=True)
class _Line:
    """A line of what stands between two brackets."""

    text: str
    number: int
    closed: bool


def _inside(source: Source, value: str, number: int, most: int) -> list[_Line]:
    """The lines of a bracketed value, up to the bracket that closes it; none where there is no bracket."""
    found: list[_Line] = []
    depth, room = 0, _MAX_INSIDE
    for at in range(number, min(number + most, len(source.lines) + 1)) if value[:1] in {"[", "{"} else ():
        text = value if at == number else source.lines[at - 1][:_MAX_LINE]
        plain = _REMARK.sub("", _STRING.sub(lambda string: "_" * len(string[0]), text))
        end = len(plain)
        for bracket in _BRACKET.finditer(plain):
            depth += 1 if bracket[0] in "[{(" else -1
            if depth == 0:
                end = bracket.start()
                break
        found.append(_Line(text[:end], at, depth == 0))
        room -= len(text)
        if depth == 0 or room < 0:
            break
    return found


def _value(
    source: Source, value: str, number: int, inside: Sequence[_Line], *, mapping: bool
) -> Iterator[tuple[str, int]]:
    read = _ENVIRONMENT.match(value)
    value = value[read.end() :] if read else value
    if value[:1] == "[":
        yield from ((found[2], line.number) for line in inside for found in _STRING.finditer(line.text))
    elif value[:1] == "{" and (only := _HELD.match(value)):
        yield only[2], number
    elif value[:1] == "{" and _SLACK.match("".join(line.text.strip() for line in inside[:2])):
        yield from _members(inside)
    elif value[:1] == "{":
        keys = ((key, line.number) for line in inside for key in _KEY.finditer(line.text) if mapping)
        yield from ((key[2] or key[3], at) for key, at in keys)
    elif value[:1] in {'"', "'", "`"}:
        yield from _added(source, value, number)
    elif source.language == "properties":
        yield value, number
    elif source.language == "yaml":
        below = not value or value[0] in "|>#"
        yield from _block(source, value, number) if below else [(value.partition(" #")[0], number)]
    elif not value and source.language in {"javascript", "typescript"} and number < len(source.lines):
        yield from _added(source, source.lines[number].strip(), number + 1)


def _members(inside: Sequence[_Line]) -> Iterator[tuple[str, int]]:
    """The strings between brackets that are no keys."""
    for line in inside:
        for found in _STRING.finditer(line.text):
            if not line.text[found.end() :].lstrip().startswith(":"):
                yield found[2], line.number


def _added(source: Source, value: str, number: int) -> Iterator[tuple[str, int]]:
    """The strings that are added to one another, on this line and those after it."""
    at = 0
    for following in range(number, min(number + _MAX_LINES, len(source.lines) + 1)):
        value = value if following == number else source.lines[following - 1].strip()[:_MAX_LINE]
        at = 0
        while found := _STRING.match(value, at):
            yield found[2], following
            plus = _PLUS.match(value, found.end())
            if not plus:
                return
            at = plus.end()
        if at == 0 or at < len(value):
            return


def _block(source: Source, value: str, number: int) -> Iterator[tuple[str, int]]:
    """The items, the keys, or the folded text below a YAML key."""
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
        key = _YAML_KEY.match(line) if indent == level else None
        if value[:1] in {"|", ">"}:
            yield line.strip(), at
        elif item:
            yield item[1], at
        elif key and line[key.end() :].startswith("["):
            yield from ((word, at) for word in _WORD.findall(line[key.end() :]))
        elif key:
            yield key[1] or key[2], at


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
