"""What the forms of a repository ask of whoever changes it: a security review in its template, a way to report a flaw."""

from collections.abc import Iterator
from itertools import takewhile

from gate import lazy
from gate.source import Source

FORMS = (
    r"(?i:(?:\.github/|\.gitlab/|docs/)?(?:pull_request_template|merge_request_templates?)(?:/[^/]+)?(?:\.md|\.txt)?"
    r"|(?:\.github/|docs/)?security\.md)"
)
_HEADING = lazy.regex(r"(?i)^\s*(?:#+|\*\*)[^\n]*\b(?:secur|threat|risk)")
_NEXT = lazy.regex(r"^\s*#+\s")
_BOX = lazy.regex(r"^\s*[-*+]\s*\[[ xX]?\]")


def demands(source: Source) -> Iterator[tuple[int, str]]:
    """The line of each demand, and the demand as a verb."""
    if source.path.lower().endswith("security.md"):
        yield 1, "tell how to report a flaw"
        return
    for number, line in enumerate(source.lines, 1):
        below = takewhile(lambda one: not _NEXT.match(one), source.lines[number:])
        if _HEADING.match(line) and any(map(_BOX.match, below)):
            yield number, "ask for a security review"
            return
