"""The strings of JavaScript and TypeScript that may be SQL: joined by `+`, with a hole for what is put between."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from gate.facts.comment import TOKENS
from gate.facts.placeholders import HOLE
from gate.facts.sqltext import words
from gate.source import Source

LANGUAGES = frozenset({"javascript", "typescript"})
_FIELD = re.compile(r"\$\{(?:[^{}`]|\{[^{}`]*\}|`[^`]*`)*\}")
_ESCAPE = re.compile(r"\\(?:\r?\n|(.))", re.DOTALL)
_PLUS = re.compile(r"\s*\+\s*")
_OPERAND = re.compile(r"[\w$.]+(?:\([^()]*\)|\[[^\[\]]*\])*")
_CALL = re.compile(r"([\w$]+)(?:<[^<>()]{0,200}(?:<[^<>]{0,100}>)?[^<>()]{0,60}>)?\(\s*$")
_TAG = re.compile(r"([\w$]+)(?:<[^<>()]{0,200}>)?$")
_NAMED = re.compile(r"([\w$]+)(?:\s*:\s*[\w<>\[\]| ]{1,60})?\s*[:=]\s*\(?\s*$")
_STRONG = words(
    "query execute prepare raw unsafe queryRaw executeRaw $queryRaw $executeRaw $queryRawUnsafe $executeRawUnsafe "
    "oneOrNone manyOrNone runSql"
)
_WEAK = words("exec all get run any one none many sql each literal query1 fetch batch db select")
_TAGS = words("sql SQL queryRaw executeRaw $queryRaw $executeRaw raw pgsql")
_SHOWN = words("log error warn info debug describe it test Error throw")
_NAMES = re.compile(r"(?i)(?:sql|query|queries|stmt|statement|text)$|^(?:sql|query|stmt)|^[A-Z][A-Z0-9_]+$")


@dataclass(frozen=True)
class Text:
    """A string: what it says, its lines, and what its place says of it; see `usage.Use`."""

    text: str
    line: int
    end_line: int
    score: int
    sure: bool
    whole: bool


def texts(source: Source) -> Iterator[Text]:
    """Every string of a file, those that are added to another left out."""
    starts = list(accumulate((len(line) + 1 for line in source.text.split("\n")), initial=0))
    done = 0
    for token in TOKENS["slash"].finditer(source.text):
        if token["string"] is not None and token.start() >= done:
            said, done = _joined(source.text, token)
            line, last = bisect_right(starts, token.start()), bisect_right(starts, done - 1)
            yield _placed(source.text, token, said, done, line, last)


def _joined(text: str, token: re.Match[str]) -> tuple[str, int]:
    """What a string and all that is added to it says, and where that ends."""
    tagged = token[0][0] == "`" and _tag(text, token.start()) in _TAGS
    said, end = _value(token[0], tagged=tagged), token.end()
    while plus := _PLUS.match(text, end):
        more = TOKENS["slash"].match(text, plus.end())
        operand = None if more else _OPERAND.match(text, plus.end())
        if more is not None and more["string"] is not None:
            said, end = said + _value(more[0], tagged=False), more.end()
        elif operand is not None:
            said, end = said + HOLE, operand.end()
        else:
            return said + HOLE, plus.end()
    return said, end


def _value(literal: str, *, tagged: bool) -> str:
    inner = literal[1:-1]
    if literal[0] == "`":
        inner = _FIELD.sub(" :v " if tagged else HOLE, inner)
    return _ESCAPE.sub(lambda found: {"n": "\n", "t": "\t"}.get(found[1] or "", found[1] or ""), inner)


def _tag(text: str, at: int) -> str:
    found = _TAG.search(text, max(0, at - 300), at)
    return found[1] if found else ""


def _placed(text: str, token: re.Match[str], said: str, end: int, line: int, last: int) -> Text:
    before = text[max(0, token.start() - 300) : token.start()]
    call, named = _CALL.search(before), _NAMED.search(before)
    tag = _TAG.search(before) if token[0][0] == "`" else None
    name = call[1] if call else tag[1] if tag else ""
    if name in _STRONG | _TAGS:
        return Text(said, line, last, 3, sure=True, whole=True)
    if name in _SHOWN or before.rstrip().endswith("+"):
        return Text(said, line, last, -3, sure=False, whole=False)
    if name:
        return Text(said, line, last, 2 if name in _WEAK else 0, sure=False, whole=name in _WEAK)
    if named:
        whole = _stays(text, named[1]) and not text[end : end + 40].lstrip().startswith((".", "?"))
        return Text(said, line, last, 3 if _NAMES.search(named[1]) else 0, sure=False, whole=whole)
    return Text(said, line, last, 0, sure=False, whole=False)


def _stays(text: str, name: str) -> bool:
    """Whether nothing is added to a name's text, and it is put into no other."""
    name = re.escape(name)
    return (
        re.search(
            rf"(?<![\w$.]){name}\s*\+|\+\s*{name}(?![\w$])|\$\{{\s*{name}\s*\}}|(?<![\w$.]){name}\.(?:concat|push|join)",
            text,
        )
        is None
    )
