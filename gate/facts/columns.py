"""The parts of what CREATE TABLE says between its parentheses."""

import re
from collections.abc import Iterator

_BODY = 20_000


def bracketed(text: str, start: int) -> str:
    """What stands between a parenthesis and its partner."""
    depth = 0
    for mark in re.finditer(r"[()]", text[start : start + _BODY]):
        depth += 1 if mark[0] == "(" else -1
        if depth == 0:
            return text[start + 1 : start + mark.start()]
    return text[start + 1 : start + _BODY]


def parts(body: str) -> Iterator[str]:
    """What stands between commas that are not themselves in parentheses."""
    depth = at = 0
    body = re.sub(r"--[^\n]*", "", body) + ","
    for mark in re.finditer(r"[(),]", body):
        depth += {"(": 1, ")": -1}.get(mark[0], 0)
        if mark[0] == "," and depth == 0:
            yield body[at : mark.start()]
            at = mark.end()


def first_word(part: str) -> str:
    """The first word of what says a column, or a constraint."""
    found = re.match(r"[\s\"'`\[]*(\w+)", part)
    return found[1].lower() if found else ""
