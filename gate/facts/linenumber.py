"""The line of a place in a text; to count the breaks before each of thousands of places would take minutes."""

import re
from bisect import bisect_left
from functools import lru_cache


def line_at(text: str, offset: int) -> int:
    """The line on which a character stands, from 1."""
    return bisect_left(_breaks(text), offset) + 1


@lru_cache(maxsize=8)
def _breaks(text: str) -> tuple[int, ...]:
    return tuple(found.start() for found in re.finditer("\n", text))
