"""Server actions and tRPC procedures of JavaScript and TypeScript: functions anybody can call who has had the page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar

from gate import lazy
from gate.facts.comment import js_code
from gate.facts.jscheck import is_read
from gate.facts.jsopen import ASKS
from gate.hint import Hint
from gate.source import Place, Source

_ACTION_FILE = lazy.regex(r"\A\s*[\"']use server[\"']")
_EXPORTED = lazy.regex(r"(?m)^export\s+(?:async\s+function\s+([\w$]+)|const\s+([\w$]+)\s*=\s*async\b)")
_WRITES = lazy.regex(
    r"\.(?:create|createMany|update|updateMany|upsert|delete|deleteMany|destroy|insert|insertOne|insertMany|updateOne|deleteOne|findByIdAnd\w+|findOneAnd\w+|remove|save)\s*\("
    r"|\b(?:INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+[\w.\"`]+\s+SET)\b"
)
_BODY = 3_000
"""How much of an action is read, in characters."""
_PROCEDURE = lazy.regex(r"(?<![\w$])([\w$]+)\s*[:=]\s*((?:[\w$]+\.)?[\w$]*[pP]rocedure)\b(?!\s*\()")
"""A procedure of tRPC (trpc.io/docs/server/procedures) and what it is built on."""
_FOR_ALL = lazy.regex(r"(?i)(?:^|\.)(?:public|open|anon\w*|unprotected|unauth\w*)_?procedure$|^t\.procedure$")


@dataclass(frozen=True)
class JsAction:
    """A function that anybody can call, whatever page it was written for.

    It is exported by a file that says "use server", or a mutation of tRPC; `asks` says that something in it, or what it is
    built on, asks who calls.
    """

    languages: ClassVar[frozenset[str]] = frozenset({"javascript", "typescript"})
    hint: ClassVar[Hint] = Hint.of("use server", ".mutation")

    place: Place
    name: str
    asks: bool
    writes: bool

    @classmethod
    def find(cls, source: Source) -> Iterator["JsAction"]:
        if not is_read(source):
            return
        text = js_code(source.text)
        if _ACTION_FILE.match(source.text):
            for line, one, body in _cut(text, _EXPORTED):
                yield cls(Place.at(source.path, line), one[1] or one[2], *_does(body))
        for line, one, body in _cut(text, _PROCEDURE):
            if ".mutation(" in body:
                asks, writes = _does(body)
                yield cls(Place.at(source.path, line), one[1], asks or not _FOR_ALL.search(one[2]), writes)


def _cut(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[int, re.Match[str], str]]:
    """Each place of a pattern: its line, the match, and what follows as far as the next of them."""
    found = [*pattern.finditer(text)]
    line, read = 1, 0
    for one, following in zip_longest(found, found[1:]):
        end = following.start() if following else len(text)
        line, read = line + text.count("\n", read, one.start()), one.start()
        yield line, one, text[one.start() : min(end, one.start() + _BODY)]


def _does(body: str) -> tuple[bool, bool]:
    """Whether a function asks who calls, and whether it changes what is stored."""
    return bool(ASKS.search(body)), bool(_WRITES.search(body))
