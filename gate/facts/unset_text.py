"""Secrets that have a value even where nobody sets them, in Compose files, scripts and Terraform."""

from collections.abc import Iterator

from gate import lazy
from gate.facts.folding import Span
from gate.facts.variables import deployed
from gate.source import Source

_EXPANDED = lazy.regex(r"\$\{(?P<name>[A-Za-z_]\w*):?-(?P<value>[^}$]*)\}")
_DECLARED = lazy.regex(
    r'(?m)^[ \t]*variable[ \t]+"(?P<name>\w+)"[ \t]*\{[^{}]*?^[ \t]*default[ \t]*=[ \t]*"(?P<value>[^"$]*)"'
)
_MAX_LINE = 1_000


def written(source: Source) -> Iterator[tuple[str, str, int, tuple[Span, ...]]]:
    """The name of each variable with a default, the default, its line and where it stands."""
    if source.language == "terraform":
        for found in _DECLARED.finditer(source.text):
            at = source.text.count("\n", 0, found.start("value")) + 1
            start = found.start("value") - (source.text.rfind("\n", 0, found.start("value")) + 1)
            yield found["name"], found["value"], at, ((at, start, start + len(found["value"])),)
    elif source.language == "shell" or deployed(source) is not None:
        for number, line in enumerate(source.lines, 1):
            for found in _EXPANDED.finditer(line) if len(line) < _MAX_LINE else ():
                yield found["name"], found["value"], number, ((number, *found.span("value")),)
