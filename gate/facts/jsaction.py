"""Server actions of JavaScript and TypeScript: functions anybody can call who has had the page."""

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


@dataclass(frozen=True)
class JsAction:
    """A function of a file that says "use server": anybody can call it, whatever page it was written for."""

    languages: ClassVar[frozenset[str]] = frozenset({"javascript", "typescript"})
    hint: ClassVar[Hint] = Hint.of("use server")

    place: Place
    name: str
    asks: bool
    writes: bool

    @classmethod
    def find(cls, source: Source) -> Iterator["JsAction"]:
        if not is_read(source) or not _ACTION_FILE.match(source.text):
            return
        text = js_code(source.text)
        found = [*_EXPORTED.finditer(text)]
        line, read = 1, 0
        for one, following in zip_longest(found, found[1:]):
            end = following.start() if following else len(text)
            line, read = line + text.count("\n", read, one.start()), one.start()
            body = text[one.start() : min(end, one.start() + _BODY)]
            yield cls(
                Place.at(source.path, line), one[1] or one[2], bool(ASKS.search(body)), bool(_WRITES.search(body))
            )
