"""Comments of many languages, told from strings; what is left without them, line by line.

One regular expression a family of languages finds strings and comments in one pass. It cannot fail on syntax
newer than this interpreter or on half a file, which a real tokenizer does.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import PurePosixPath

from gate import lazy
from gate.hint import Hint
from gate.source import Source

_QUOTED = r"""'(?:[^'\\\n]|\\.)*+'|"(?:[^"\\\n]|\\.)*+\""""
_LONG = r"""'{3}(?:[^'\\]|\\.|'(?!''))*+(?:'{3}|\Z)|"{3}(?:[^"\\]|\\.|"(?!""))*+(?:"{3}|\Z)"""
BLOCK = r"/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)"
"""A comment of C, to the end of the text where it is not closed: `/* /* /*` is read once."""
_NO_LINE_END = lazy.regex(r"[^\n]")
_MARKUP = r"<!--(?:(?!-->).)*+(?:-->|\Z)"
_HASH = r"(?<![^\s;&|(])\#[^\n]*"
TOKENS = {
    "python": lazy.regex(rf"(?P<string>{_LONG}|{_QUOTED})|\#[^\n]*", re.DOTALL),
    "hash": lazy.regex(rf"""(?P<string>(?<![^\s\[{{(,:=]){_QUOTED})|{_HASH}""", re.DOTALL),
    "slash": lazy.regex(rf"(?P<string>{_QUOTED}|`(?:[^`\\]|\\.)*+`)|//[^\n]*|{BLOCK}|{_MARKUP}", re.DOTALL),
    "both": lazy.regex(rf"(?P<string>{_QUOTED})|{_HASH}|//[^\n]*|{BLOCK}", re.DOTALL),
    "dash": lazy.regex(rf"(?P<string>{_QUOTED})|--[^\n]*|{BLOCK}", re.DOTALL),
    "line": lazy.regex(r"(?P<string>(?!))|[^\n]+"),
}  # fmt: skip
_FAMILIES = {
    "slash": ".js .jsx .mjs .cjs .ts .tsx .mts .cts .go .java .kt .kts .c .h .cc .cpp .hpp .cs .rs .swift "
    ".scala .vue .svelte .html .groovy .gradle .proto .dart .css .scss .less",
    "both": ".tf .tfvars .hcl .php .bicep",
    "dash": ".sql .psql .pgsql .ddl .mysql .lua .hs",
    "line": ".json .jsonc .env .ipynb .properties .csv .xml",
    "none": ".md .rst .txt .adoc .svg .lock .patch .diff",
}
_FAMILY = {suffix: family for family, suffixes in _FAMILIES.items() for suffix in suffixes.split()}


@dataclass(frozen=True)
class Comment:
    """A comment: its line, its text, and the lines of code it stands on, or above (0, 0 when there are none)."""

    line: int
    text: str
    first: int
    last: int


def comments(source: Source, wanted: Hint) -> Iterator[Comment]:
    """The comments that match `wanted`; of formats without any, such lines; of prose, none."""
    pattern = _pattern(source)
    if pattern is None:
        return
    held = [found for found in pattern.finditer(source.text) if found["string"] is None and wanted.search(found[0])]
    if held:
        starts = list(accumulate((len(line) + 1 for line in source.lines), initial=0))
        spans = _spans(source)
        for found in held:
            line = bisect_right(starts, found.start())
            yield Comment(line, found[0], *_below(spans, line))


@lru_cache(maxsize=64)
def code(source: Source) -> tuple[str, ...]:
    """The lines of a file without their comments."""
    pattern = _pattern(source)
    if pattern is None or family(source) == "line":
        return source.lines
    kept = pattern.sub(lambda found: found["string"] or "\n" * found[0].count("\n"), source.text)
    return tuple(kept.split("\n"))


@lru_cache(maxsize=64)
def _parts(source: Source) -> tuple[list[int], list[tuple[int, str]]]:
    """Where the strings and comments of a file begin; where each ends, and which of both it is."""
    pattern = _pattern(source)
    found = list(pattern.finditer(source.text)) if pattern else []
    kinds = ["comment" if one["string"] is None else "string" for one in found]
    return [one.start() for one in found], [(one.end(), what) for one, what in zip(found, kinds, strict=True)]


def part(source: Source, position: int) -> str:
    """Whether a character lies in a "string", in a "comment", or in "code"."""
    starts, parts = _parts(source)
    index = bisect_right(starts, position) - 1
    return parts[index][1] if index >= 0 and position < parts[index][0] else "code"


def family(source: Source) -> str:
    """How the language of a file writes strings and comments; "line" where each line is one, "none" for prose."""
    if source.language == "python":
        return "python"
    name = PurePosixPath(source.path)
    return _FAMILY.get(name.suffix.lower() or name.name, "line" if name.name.startswith(".env") else "hash")


def _pattern(source: Source) -> re.Pattern[str] | None:
    return TOKENS.get(family(source))


def _spans(source: Source) -> list[tuple[int, int]]:
    """The lines of code as first and last line of each logical line: brackets hold Python's together."""
    python = family(source) == "python"
    bare = TOKENS["python"].sub(_emptied, source.text).split("\n") if python else code(source)
    spans, first, depth = [], 0, 0
    for number, line in enumerate(bare, 1):
        if not line.strip() and not depth:
            continue
        first = first or number
        if python:
            depth = max(0, depth + sum(map(line.count, "([{")) - sum(map(line.count, ")]}")))
        if not depth and not (python and line.endswith("\\")):
            spans.append((first, number))
            first = 0
    return spans


def _emptied(found: re.Match[str]) -> str:
    return ("''" if found["string"] else "") + "\n" * found[0].count("\n")


def _below(spans: list[tuple[int, int]], line: int) -> tuple[int, int]:
    """The logical line that `line` is part of, else the next one."""
    index = bisect_right(spans, (line, 1 << 40)) - 1
    if index >= 0 and spans[index][1] >= line:
        return spans[index]
    return spans[index + 1] if index + 1 < len(spans) else (0, 0)


@lru_cache(maxsize=32)
def js_code(text: str) -> str:
    """JavaScript without its comments, each character where it was; `/*` in the string of a path begins none."""
    return TOKENS["slash"].sub(lambda found: found[0] if found["string"] else _NO_LINE_END.sub(" ", found[0]), text)
