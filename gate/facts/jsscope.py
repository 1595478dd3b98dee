"""The functions of JavaScript and TypeScript around a line, by their names."""

from collections.abc import Iterator
from functools import lru_cache

from gate import lazy
from gate.facts.comment import TOKENS
from gate.facts.jstext import LANGUAGES
from gate.source import Source

_BRACE = lazy.regex(r"[{}]")
_BEFORE = 400
"""How much of the text before a brace is read for the head of a function."""
_METHOD = lazy.regex(r"([\w$]+)\s*(?:<[^<>()]{0,100}>)?\s*\([^()]*\)\s*(?::[^{};=()]{1,120})?$")
_HELD = lazy.regex(
    r"([\w$]+)\s*[:=]\s*(?:async\s*)?(?:function\b\s*\*?\s*)?(?:\([^()]*\)|[\w$]+)\s*(?::[^{};=()]{1,120})?(?:=>\s*)?$"
)
_NO_NAMES = frozenset("if for while switch catch with return function await typeof super".split())


def scope(source: Source, line: int) -> str:
    """The dotted name of the functions around `line`, as `Source.scope` has it for Python."""
    if source.language not in LANGUAGES:
        return source.scope(line)
    return ".".join(name for name, first, last in _functions(source.text) if first <= line <= last)


@lru_cache(maxsize=8)
def _functions(text: str) -> tuple[tuple[str, int, int], ...]:
    return tuple(sorted(_found(blanked(text)), key=lambda one: (one[1], -one[2])))


def _found(text: str) -> Iterator[tuple[str, int, int]]:
    """Each function that has a name, and its first and last line."""
    opened: list[tuple[str, int]] = []
    line, read = 1, 0
    for brace in _BRACE.finditer(text):
        line, read = line + text.count("\n", read, brace.start()), brace.start()
        if brace[0] == "{":
            opened.append((_named(text[max(0, brace.start() - _BEFORE) : brace.start()]), line))
        elif opened:
            name, first = opened.pop()
            if name:
                yield name, first, line


def _named(head: str) -> str:
    head = head.rstrip()
    found = _HELD.search(head) or _METHOD.search(head)
    return "" if found is None or found[1] in _NO_NAMES else found[1]


def blanked(text: str) -> str:
    """The code without comments, and with nothing in its strings."""
    return TOKENS["slash"].sub(lambda found: '""' + "\n" * found[0].count("\n"), text)
