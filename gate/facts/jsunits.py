"""The function of JavaScript or TypeScript around a line, with or without a name, and what is said at its head."""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gate import lazy
from gate.facts.jsscope import blanked
from gate.source import Source

_BRACE = lazy.regex(r"[{}]")
_HEAD = lazy.regex(r"(?:=>|\)\s*(?::[^{};=()]{1,120})?)\s*$")
_CONTROL = lazy.regex(r"\b(?:if|for|while|switch|catch|with)\s*\([^;{}]*\)\s*$")
_INNER = lazy.regex(
    r"(?:\.(?:map|forEach|filter|then|catch|finally|reduce|some|every|flatMap|sort|transaction|\$transaction|all)|\bnew Promise)\s*\(\s*"
    r"(?:async\s*)?(?:\([^()]*\)|[\w$]+)?\s*(?:=>)?\s*$"
)
_PARAMETERS = lazy.regex(r"(?:\basync\s*)?\([^()]*\)\s*(?::[^{};=()]{1,120})?(?:=>)?\s*\{.*$")
_BEFORE = 400


@dataclass(frozen=True)
class Unit:
    """A function: what is said before its parameters, and its lines; no name and the whole file where there is none."""

    name: str
    first: int
    last: int


def unit(source: Source, line: int) -> Unit:
    """The innermost function around a line that is no mere callback of an array, a promise or a transaction."""
    units, firsts = _units(source.text)
    before = (units[index] for index in range(bisect_right(firsts, line) - 1, -1, -1))
    return next((one for one in before if line <= one.last), Unit("", 1, len(source.lines)))


@lru_cache(maxsize=8)
def _units(text: str) -> tuple[tuple[Unit, ...], tuple[int, ...]]:
    """Each function, the inner ones behind those around them, and the lines they begin on."""
    units = tuple(sorted(_found(blanked(text), text.split("\n")), key=lambda one: (one.first, -one.last)))
    return units, tuple(one.first for one in units)


def _found(code: str, lines: list[str]) -> Iterator[Unit]:
    opened: list[tuple[bool, int]] = []
    line, read = 1, 0
    for brace in _BRACE.finditer(code):
        line, read = line + code.count("\n", read, brace.start()), brace.start()
        if brace[0] == "{":
            opened.append((_is_function(code[max(0, brace.start() - _BEFORE) : brace.start()]), line))
        elif opened:
            function, first = opened.pop()
            if function:
                yield Unit(_name(lines[first - 1]), first, line)


def _is_function(head: str) -> bool:
    return bool(_HEAD.search(head)) and not _CONTROL.search(head) and not _INNER.search(head)


def _name(line: str) -> str:
    """What is said before the parameters, which a change may take with it: `router.get("/orders/:id",`, `list`."""
    return " ".join(_PARAMETERS.sub("", line).split())[:120] or "=>"
