"""Text from a stranger's change, made fit to be shown: nothing in it moves a cursor, hides, or commands."""

import re

from gate import lazy

_INVISIBLE = lazy.regex(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0d\uffa0\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
"""Printable to Unicode, invisible to people: fillers, and the selectors and tags that can carry a message.
U+FE0E and U+FE0F, which choose between two looks of an emoji, carry none."""

_SPACES = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
_COMMAND = lazy.regex(r"^([^\S\n]*):(?=:)", re.MULTILINE)
_OLD_COMMAND = lazy.regex(r"#(?=#\[)")
_BULLET = lazy.regex(r"\s*(?:[-*+]|\d+\.)\s|\s{4}")


def shown(text: str) -> str:
    r"""The text on one line, every character that cannot be seen written out, like `\x1b` or `\u202e`.

    A byte of a path that is not UTF-8 (a surrogate escape) becomes `\xff`.
    """
    if text.isprintable() and not _INVISIBLE.search(text):
        return text
    return "".join(map(_visible, text))


def block(text: str) -> str:
    """The text with its lines kept and each of them shown."""
    return "\n".join(shown(line) for line in text.split("\n"))


def paragraphs(text: str) -> list[str]:
    """The text as paragraphs, each on one line for the reader's width to break; list items stay apart."""
    result: list[str] = []
    fresh = True
    for line in text.split("\n"):
        if not line.strip():
            fresh = True
        elif fresh or _BULLET.match(line):
            result.append(shown(line.strip()))
            fresh = False
        else:
            result[-1] += " " + shown(line.strip())
    return result


def line(text: str) -> str:
    """The text as one line, its own line ends being spaces."""
    return " ".join(paragraphs(text))


def clipped(text: str, size: int) -> str:
    """At most `size` characters, the cut shown."""
    return text if len(text) <= size else text[: size - 1] + "…"


def unheard(text: str) -> str:
    """The text without what a CI runner would take from its log for a command: `::error`, `##[group]`."""
    return _OLD_COMMAND.sub(r"\\x23", _COMMAND.sub(r"\1\\x3a", text))


def whole(text: str) -> str:
    """The text with lone surrogates that stand for no byte replaced, so that it encodes."""
    return re.sub("[\ud800-\udc7f\udd00-\udfff]", "\ufffd", text)


def _visible(char: str) -> str:
    code = ord(char)
    if char in _SPACES:
        return _SPACES[char]
    if (char.isprintable() or char == "\u3000") and not _INVISIBLE.match(char):
        return char
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
