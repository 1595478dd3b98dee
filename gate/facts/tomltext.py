"""TOML, read in a time that grows with the text and not with the depth of its keys."""

import re
import tomllib
from typing import Any

from gate import lazy

_DEPTH = 50
"""Parts of one key; the deepest that tools write have five."""
_DEEP = lazy.regex(
    rf"""(?:^|(?<=[\s\[{{,]))(?:(?:"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+'|[\w-]++)[ \t]*+\.[ \t]*+){{{_DEPTH}}}""", re.ASCII
)


def toml(text: str) -> dict[str, Any]:
    """The tables of a text.

    Python's reader goes through all parts of a key once for each of them: one line of 200 KB takes it minutes.

    Raises:
        ValueError: It is no TOML, or has a key no tool would write.
    """
    if any(line.count(".") >= _DEPTH and _DEEP.search(line) for line in text.split("\n")):
        raise ValueError(f"it has a key of more than {_DEPTH} parts")
    return tomllib.loads(text)
