"""JSON with comments and last commas, as editors and agents write their settings."""

import re
from functools import lru_cache
from pathlib import PurePosixPath

from gate import lazy
from gate.source import Source

_LOOSE = lazy.regex(r"(\"(?:[^\"\\\n]|\\.)*+\")|//[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)", re.DOTALL)
_LAST_COMMA = lazy.regex(r"(\"(?:[^\"\\\n]|\\.)*+\")|,(?=\s*[}\]])", re.DOTALL)
_SUFFIXES = frozenset({".json", ".jsonc", ".code-workspace"})


@lru_cache(maxsize=32)
def plain(source: Source) -> Source:
    """The file as JSON, each line where it was; as it is where it is of another format."""
    if PurePosixPath(source.path).suffix.lower() not in _SUFFIXES:
        return source
    text = strict(source.text).replace("\t", "  ")
    return Source(str(PurePosixPath(source.path).with_suffix(".json")), text, source.digest)


def strict(text: str) -> str:
    """The text without comments and last commas, each line where it was."""
    bare = _LOOSE.sub(lambda found: found[1] or "\n" * found[0].count("\n"), text)
    return _LAST_COMMA.sub(lambda found: found[1] or "", bare)
