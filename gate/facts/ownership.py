"""Who must approve which paths: of the lines of CODEOWNERS that match a path, the last one counts."""

from collections.abc import Iterable, Iterator

from gate import lazy
from gate.facts.gitfiles import SENSITIVE
from gate.source import Source

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Of these GitHub reads the first that is there (docs.github.com, About code owners)."""
_EVERYTHING = lazy.regex(r"/?\*{1,2}(?:/\*{1,2})?|/")
_BOT = lazy.regex(r"(?i)\bbot\b|\[bot\]")


def demands(source: Source) -> Iterator[tuple[int, str]]:
    """The line and the owner of each sensitive path, as a verb; a line for everything overrules all above it."""
    named: list[tuple[int, str]] = []
    for number, line in enumerate(source.lines, 1):
        path, *people = line.partition("#")[0].split() or [""]
        if _EVERYTHING.fullmatch(path):
            named.clear()
        if SENSITIVE.search(path):
            named += [(number, f"name `{one}` for `{path}`") for one in people if "@" in one and not _BOT.search(one)]
    yield from named


def shadowed(path: str, paths: Iterable[str]) -> str:
    """The file that no longer counts once there is one of this path."""
    known = frozenset(paths)
    rank = PLACES.index(path) if path in PLACES else len(PLACES)
    return next((one for one in PLACES[rank + 1 :] if one in known), "")
