"""What files of git keep from reviewers and from hooks: the line, who is kept from it, and what the file does, as a verb."""

import re
from collections.abc import Iterator

from gate.source import Source

_CODE = re.compile(
    r"\.(?:py|[cm]?[jt]sx?|sql|tf|sh|ya?ml|toml|go|java|rb|php|cs|rs|kt|vue|svelte)$|(?:^|/)\*{1,2}$|^[\w./-]+/?$"
)
MADE = re.compile(
    r"(?i)lock|generated|(?:^|[/_.])gen(?:[/_.]|$)|dist|build|vendor|third_party|node_modules|snapshots?|fixtures|_pb2"
    r"|\.pb\.|\.min\.|changelog|docs?/|tests?/|_version|versioneer|\.(?:md|rst|svg|png|jpe?g|gif|ipynb|csv|txt|html|css|json|xml|po|map)$"
)
"""Paths of what programs write, and of what is no code."""
_HIDES = re.compile(
    r"(?:^|\s)(-diff|binary|linguist-generated(?:=true)?|linguist-vendored(?:=true)?|working-tree-encoding=\S+|filter=(?!lfs\b|git-crypt|nbstripout|nbdime|strip)\S+)(?=\s|$)"
)
"""The last checks other text out than what was reviewed: CJK letters are ASCII code once they are written as UTF-16."""


def attributes(source: Source) -> Iterator[tuple[int, str, str]]:
    """Code that is hidden from diffs."""
    macros: set[str] = set()
    for number, line in enumerate(source.lines, 1):
        pattern, _, rest = line.strip().partition(" ")
        if pattern.startswith("[attr]") and _HIDES.search(rest):
            macros.add(pattern.removeprefix("[attr]"))
        named = next((word for word in rest.split() if word in macros), "")
        hides = _HIDES.search(rest) or re.match(r"(.+)", named)
        if hides and not pattern.startswith("#") and _CODE.search(pattern) and not MADE.search(pattern):
            yield number, "reviewers", f"hides `{pattern}` from diffs (`{hides[1]}`)"


def settings(source: Source) -> Iterator[tuple[int, str, str]]:
    """Hooks that are sent elsewhere."""
    section = ""
    for number, line in enumerate(source.lines, 1):
        section = line.strip().lower() if line.strip().startswith("[") else section
        if section == "[core]" and re.match(r"(?i)\s*hookspath\s*=", line):
            yield number, "git hooks", "sends git to other hooks"
