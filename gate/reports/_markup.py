"""Markdown from text nobody vouches for: it links nowhere, notifies nobody, and ends no fence."""

import re
from collections.abc import Iterable
from html import escape

from gate import lazy
from gate.reports._safe import shown

_BREAK = "&#8203;"
"""A space of no width; GitHub then sees neither a mention nor a reference, and people see no difference."""

_CODE = lazy.regex(r"`([^`]+)`|((?i:https?://|www\.)[^\s<>`]+)")
_SPECIAL = lazy.regex(r"@|#(?=\w)|(?i:\bgh-)(?=\d)|:(?=//)|(?i:\bwww)(?=\.)|[\\`*_\[\]<>&|~$#!]")
_CALLS = lazy.regex(r"@|#(?=\w)|(?i:\bgh-)(?=\d)|:(?=//)|(?i:\bwww)(?=\.)")
_BROKEN_AFTER = ("@", "#", "-", ":", "w", "W")
_START = lazy.regex(r"^(\d*)([-+=:]|(?<=\d)[.)](?=\s|$))")
_RUN = lazy.regex(r"`+")


def escaped(text: str) -> str:
    """The text on one line, meaning only itself."""
    return _START.sub(r"\1\\\2", _SPECIAL.sub(_meek, shown(text).strip()))


def prose(text: str) -> str:
    """A sentence on one line: names in backticks and all addresses are code, the rest means only itself."""
    parts, end = [], 0
    line = shown(text).strip()
    for found in _CODE.finditer(line):
        parts += [_SPECIAL.sub(_meek, line[end : found.start()]), code(found[1] or found[2])]
        end = found.end()
    return _START.sub(r"\1\\\2", "".join(parts) + _SPECIAL.sub(_meek, line[end:]))


def code(text: str) -> str:
    """A code span, whatever backticks the text holds."""
    line = shown(text)
    if not line.strip():
        return f'"{line}"'
    quotes = "`" * (_longest(line) + 1)
    pad = " " if line.startswith(("`", " ")) or line.endswith(("`", " ")) else ""
    return f"{quotes}{pad}{line}{pad}{quotes}"


def fenced(lines: Iterable[str], language: str = "") -> str:
    """A code block with a fence no line in it can end."""
    shownlines = [shown(line) for line in lines]
    fence = "`" * max(3, 1 + max(map(_longest, shownlines), default=0))
    return "\n".join([fence + language, *shownlines, fence])


def html(text: str) -> str:
    """The same where Markdown does not reach, such as in a `<summary>`: names in backticks are code."""
    parts = shown(text).strip().split("`")
    if len(parts) % 2 == 0:
        parts = ["`".join(parts)]
    return "".join(f"<code>{_still(part)}</code>" if number % 2 else _still(part) for number, part in enumerate(parts))


def details(summary: str, inside: Iterable[str]) -> str:
    """A part that opens on a click; `summary` is HTML."""
    return "\n\n".join([f"<details><summary>{summary}</summary>", *inside, "</details>"])


def _still(text: str) -> str:
    return _CALLS.sub(lambda found: found[0] + _BREAK, escape(text, quote=False))


def _meek(found: re.Match[str]) -> str:
    text = found[0]
    if text == "|":
        return "&#124;"  # a backslash would not keep it out of a table's columns everywhere
    if text == "#" and not found.string[found.end() : found.end() + 1].isalnum():
        return r"\#"
    return text + _BREAK if text.endswith(_BROKEN_AFTER) else "\\" + text


def _longest(line: str) -> int:
    return max((len(run) for run in _RUN.findall(line)), default=0)
