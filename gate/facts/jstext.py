"""The strings of JavaScript and TypeScript that may be SQL: joined by `+`, with a hole for what is put between."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from gate import lazy
from gate.facts import sqlguess
from gate.facts.comment import TOKENS
from gate.facts.placeholders import HOLE
from gate.facts.sqlparse import MAX_STATEMENT
from gate.facts.sqltext import words

LANGUAGES = frozenset({"javascript", "typescript"})
_FIELD = lazy.regex(r"\$\{(?:[^{}`]|\{[^{}`]*\}|`[^`]*`)*\}")
_ESCAPE = lazy.regex(r"\\(?:\r?\n|(.))", re.DOTALL)
_PLUS = lazy.regex(r"\s*\+\s*")
_OPERAND = lazy.regex(r"[\w$.]+(?:\([^()]*\)|\[[^\[\]]*\])*")
_CALL = lazy.regex(r"([\w$]+)(?:<[^<>()]{0,200}(?:<[^<>]{0,100}>)?[^<>()]{0,60}>)?\(\s*$")
_TAG = lazy.regex(r"([\w$]+)(?:<[^<>()]{0,200}>)?$")
_NAMED = lazy.regex(r"([\w$]+)(?:\s*:\s*[\w<>\[\]| ]{1,60})?\s*[:=]\s*\(?\s*$")
_STRONG = words(
    "query execute prepare raw unsafe queryRaw executeRaw $queryRaw $executeRaw $queryRawUnsafe $executeRawUnsafe "
    "oneOrNone manyOrNone runSql"
)
_WEAK = words("exec all get run any one none many sql each literal query1 fetch batch db select")
_TAGS = words("sql SQL queryRaw executeRaw $queryRaw $executeRaw raw pgsql")
_MADE = lazy.regex(r"\b(?:const|let|var)\s+([\w$]+)\s*(?::[^=;\n]{1,60})?=\s*(?:postgres|neon)(?:<[^<>()]*>)?\(")
"""Names that tag SQL in this file: clients of Postgres.js and Neon are called so."""
_SHOWN = words("log error warn info debug describe it test Error throw")
_GROWS = (
    lazy.regex(r"(?<![\w$.])([\w$]+)\s{0,9}\+(?!\+)"),
    lazy.regex(r"\+\s{0,9}([\w$]+)"),
    lazy.regex(r"\$\{\s{0,9}([\w$]+)\s{0,9}\}"),
    lazy.regex(r"(?<![\w$.])([\w$]+)\.(?:concat|push|join)\b"),
)
NAMES = lazy.regex(r"(?i)(?:sql|query|queries|stmt|statement|text)$|^(?:sql|query|stmt)|^[A-Z][A-Z0-9_]+$")


@dataclass(frozen=True)
class Text:
    """A string: what it says, its lines, and what its place says of it; see `usage.Use`."""

    text: str
    line: int
    end_line: int
    score: int
    sure: bool
    whole: bool


def texts(code: str, runners: frozenset[str] = frozenset()) -> Iterator[Text]:
    """The strings of a file that have the shape of SQL, those that are added to another left out.

    `runners` are names of calls that take SQL beside those of JavaScript.
    """
    runners |= frozenset(_MADE.findall(code))
    growing = _growing(code)
    starts = list(accumulate((len(line) + 1 for line in code.split("\n")), initial=0))
    done = 0
    for token in TOKENS["slash"].finditer(code):
        if token["string"] is not None and token.start() >= done:
            said, done = _joined(code, token, runners)
            if sqlguess.verb(said):
                line, last = bisect_right(starts, token.start()), bisect_right(starts, done - 1)
                yield _placed(code, token, said, done, (line, last), growing, runners)


def _joined(text: str, token: re.Match[str], tags: frozenset[str]) -> tuple[str, int]:
    """What a string and all that is added to it says, and where that ends."""
    tagged = token[0][0] == "`" and _tag(text, token.start()) in _TAGS | tags
    said, end = _value(token[0], tagged=tagged), token.end()
    while len(said) < MAX_STATEMENT and (plus := _PLUS.match(text, end)):
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


def _placed(
    text: str, token: re.Match[str], said: str, end: int, lines: tuple[int, int], growing: frozenset[str],
    runners: frozenset[str],
) -> Text:  # fmt: skip
    before = text[max(0, token.start() - 300) : token.start()]
    call, named = _CALL.search(before), _NAMED.search(before)
    tag = _TAG.search(before) if token[0][0] == "`" else None
    name = call[1] if call else tag[1] if tag else ""
    if name in _STRONG | _TAGS or name in runners:
        return Text(said, *lines, 3, sure=True, whole=True)
    if name in _SHOWN or before.rstrip().endswith("+"):
        return Text(said, *lines, -3, sure=False, whole=False)
    if name:
        return Text(said, *lines, 2 if name in _WEAK else 0, sure=False, whole=name in _WEAK)
    if named:
        whole = named[1] not in growing and not text[end : end + 40].lstrip().startswith((".", "?"))
        return Text(said, *lines, 3 if NAMES.search(named[1]) else 0, sure=False, whole=whole)
    return Text(said, *lines, 0, sure=False, whole=False)


def _growing(text: str) -> frozenset[str]:
    """The names something is added to, or that are put into another text."""
    return frozenset(name for pattern in _GROWS for name in pattern.findall(text))
