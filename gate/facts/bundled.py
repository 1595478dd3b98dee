"""JavaScript that a program put together from other files, which nobody reads as a whole."""

from gate.source import Source

_LONG = 2_000
_SHARE = 0.8
_LEAST = 20_000
"""Characters of the smallest bundle; a line that is filled up makes none."""


def is_bundled(source: Source) -> bool:
    """Whether lines longer than 2,000 characters hold most of a file; one long line among others hides nothing."""
    long = sum(len(line) for line in source.lines if len(line) > _LONG)
    return len(source.text) > _LEAST and long > _SHARE * len(source.text)
