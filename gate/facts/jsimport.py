"""What JavaScript and TypeScript import by the name of a package, with no other way to go on without it."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import ClassVar

from gate import lazy
from gate.facts.comment import TOKENS
from gate.source import Place, Source

LANGUAGES = frozenset({"javascript", "typescript"})
_BEFORE = lazy.regex(r"(?<![\w$.])(?:(?P<from>from)|import|import\s*\(|require\s*\()\s*$")
_TYPES = lazy.regex(r"(?:import|export)\s+type\s+(?!from\b)[\w\s{},*$]*\bfrom\s*$")
_TRIED = lazy.regex(r"\btry\s*\{[^}]*$|\b(?:jest|vi)\.\w+\([^)]*$")
_NAME = lazy.regex(r"((?:@[a-z0-9][a-z0-9._~-]*/)?[a-z0-9][a-z0-9._~-]*)(?:/[\w./@*~$+-]*)?")
"""A package as npm names it, and a file of it; capital letters are those of aliases, since new names have none."""
_NEAR, _FAR = 120, 3_000
_BUILTIN = frozenset(
    "assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain events "
    "fs http http2 https inspector module net os path perf_hooks process punycode querystring readline repl stream "
    "string_decoder sys timers tls trace_events tty url util v8 vm wasi worker_threads zlib test sqlite sea".split()
)
"""Modules of Node (https://nodejs.org/api/), the names of later ones only with `node:`."""
_HOSTS = frozenset("bun deno electron vscode k6 atom meteor figma original-fs ember virtual obsidian sublime".split())
"""Modules that the program brings in which the code runs."""


_WRITTEN = lazy.regex(r"""(?<![\w$.])(?:from|import|import\s*\(|require\s*\()\s*(?:"([^"\n]+)"|'([^'\n]+)')""")


@dataclass(frozen=True)
class PackageImport:
    """What may be an import of a package of npm, by its name alone; `needed` tells comments and types from it."""

    languages: ClassVar[frozenset[str]] = LANGUAGES
    hint: ClassVar[re.Pattern[str]] = lazy.regex(r"\b(?:import|require|from)\b")

    place: Place
    name: str

    @classmethod
    def find(cls, source: Source) -> Iterator["PackageImport"]:
        seen: set[str] = set()
        for found in _WRITTEN.finditer(source.text):
            name = package(found[1] or found[2])
            if name and name not in seen:
                seen.add(name)
                yield cls(Place.at(source.path, source.text.count("\n", 0, found.start()) + 1), name)


@lru_cache(maxsize=64)
def needed(source: Source) -> dict[str, int]:
    """The packages a file cannot go on without, and the first line of each."""
    found: dict[str, int] = {}
    if source.path.endswith((".d.ts", ".d.mts", ".d.cts")):
        return found
    starts = list(accumulate((len(line) + 1 for line in source.lines), initial=0))
    for token in TOKENS["slash"].finditer(source.text):
        name = package(token[0][1:-1]) if token["string"] is not None else ""
        if name and name not in found and _imports(source.text, token):
            found[name] = bisect_right(starts, token.start())
    return found


def package(written: str) -> str:
    """The package that an import means; "" for a file, an alias, and what comes with the program that runs it."""
    found = _NAME.fullmatch(written)
    if not found or found[1] in _BUILTIN or found[1] in _HOSTS or written.endswith("/"):
        return ""
    return found[1]


def _imports(text: str, token: re.Match[str]) -> bool:
    """Whether a string is what is imported, and is needed: no type, and nothing whose failure is thought of."""
    start, end = token.start(), token.end()
    near = _BEFORE.search(text, max(0, start - _NEAR), start)
    if not near or _TRIED.search(text, max(0, start - _NEAR), start):
        return False
    if near["from"]:
        last = max(text.rfind(word, max(0, start - _FAR), start) for word in ("import", "export"))
        return last < 0 or not _TYPES.match(text, last, start)
    return not near[0].rstrip().endswith("(") or text[end : end + 20].lstrip().startswith((")", ","))
