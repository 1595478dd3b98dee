"""Where in the new text of a file something of its old text has been."""

import difflib
from collections.abc import Sequence
from functools import lru_cache

from gate.source import Source

_MAX_LINES = 3_000
"""Longer files are not aligned line by line."""


def line_after(line: int, old: Source, new: Source) -> int:
    """The line of the new text where a line of the old one has been; 1 where that cannot be told."""
    for start, end, first in _changed(old, new):
        if start < line <= end:
            return min(first + 1, len(new.lines))
    return 1


@lru_cache(maxsize=32)
def _changed(old: Source, new: Source) -> Sequence[tuple[int, int, int]]:
    """The runs of lines that changed, from 0: begin and end in the old text, begin in the new one."""
    if max(len(old.lines), len(new.lines)) > _MAX_LINES:
        return ()
    matcher = difflib.SequenceMatcher(None, old.lines, new.lines)  # lines that come up often are passed over: with
    codes = matcher.get_opcodes()  # them, three thousand equal ones would take hours
    return [(start, end, first) for tag, start, end, first, _ in codes if tag != "equal"]
