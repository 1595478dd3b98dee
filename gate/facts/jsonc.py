"""JSON with comments and last commas, as editors and agents write their settings."""

import re
from functools import lru_cache
from pathlib import PurePosixPath

from gate.source import Source

_LOOSE = re.compile(r"(\"(?:[^\"\\\n]|\\.)*+\")|//[^\n]*|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)", re.DOTALL)
_LAST_COMMA = re.compile(r"(\"(?:[^\"\\\n]|\\.)*+\")|,(?=\s*[}\]])", re.DOTALL)
_SUFFIXES = frozenset({".json", ".jsonc", ".code-workspace"})


@lru_cache(maxsize=32)
def plain(source: Source) -> Source:
    """The file as JSON, each line where it was; as it is where it is of another format."""
    if PurePosixPath(source.path).suffix.lower() not in _SUFFIXES:
        return source
    text = _LOOSE.sub(lambda found: found[1] or "\n" * found[0].count("\n"), source.text)
    text = _LAST_COMMA.sub(lambda found: found[1] or "", text).replace("\t", "  ")
    return Source(str(PurePosixPath(source.path).with_suffix(".json")), text, source.digest)
