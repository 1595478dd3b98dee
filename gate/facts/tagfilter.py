"""Markup cleaned by patterns: what takes script tags out of a text."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from gate import lazy
from gate.facts.defaults import default
from gate.facts.names import names
from gate.facts.pattern import Use, uses
from gate.facts.placed import Around, Function, answers, placed
from gate.nodes import walk
from gate.source import Place, Source

_TAG = lazy.regex(
    r"(?i)<\s*(?:\\s[*+?]*)?(?:\[\^?[^\]]*\][*+?]*)?/?(?:\(\?:|\(\?i\)|\()*/?\??(?:script|iframe|object|embed)\b"
)
_GUARDS = lazy.regex(r"(?i)sanit|clean|filter|escape|xss|safe|strip|remove|purify|bleach|scrub|html")
_SCRIPT = lazy.regex(
    r"""\.replace(?:All)?\(\s*(?:/[^/\n]{0,80}<[^/\n]{0,20}script|["'`]<script)[^,\n]{0,200},\s*(?:""|''|``)""",
    re.IGNORECASE,
)
_MAX_LINE = 2_000


@dataclass(frozen=True)
class TagFilter:
    """A pattern that is to take tags out of markup; `guards` where that is what keeps a page safe."""

    languages: ClassVar[frozenset[str]] = frozenset({"python", "javascript", "typescript"})
    hint: ClassVar[re.Pattern[str]] = lazy.regex(r"(?i)<.{0,30}(?:script|iframe|object|embed)")

    place: Place
    guards: bool

    @classmethod
    def find(cls, source: Source) -> Iterable["TagFilter"]:
        if source.language != "python":
            for number, line in enumerate(source.lines, 1):
                if len(line) < _MAX_LINE and _SCRIPT.search(line):
                    yield cls(Place.at(source.path, number), guards=True)
            return
        table = names(source)
        for node, around in _found(source):
            named = any(_GUARDS.search(function.name) for function in around.functions)
            yield cls(Place.at(source.path, node.lineno, node.end_lineno), named or answers(around, table))


def _found(source: Source) -> Iterator[tuple[ast.Call, Around]]:
    for use in uses(source):
        if _TAG.search(use.pattern) and _removes(use, source):
            yield use.node, use.around
    for node, around in placed(source.tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="replace"), args=[ast.Constant(value=str() as tag), by, *_]) if (
                _TAG.search(tag)
            ):
                if _is_blank(default(by, source)):
                    yield node, around


def _removes(use: Use, source: Source) -> bool:
    """Whether what the pattern finds is taken out: by the call itself, or by `replace` with what it found."""
    if use.verb in {"sub", "subn"}:
        return bool(use.rest) and _is_blank(default(use.rest[0], source))
    if use.verb not in {"findall", "finditer", "search"} or not use.around.functions:
        return False
    return _takes_out(use.around.functions[-1])


@lru_cache(maxsize=256)
def _takes_out(function: Function) -> bool:
    """Whether a function replaces something it found by nothing."""
    for node in walk(function):
        match node:
            case ast.Call(func=ast.Attribute(attr="replace"), args=[what, ast.Constant(value=str() as by), *_]):
                if not isinstance(what, ast.Constant) and _is_blank(by):
                    return True
    return False


def _is_blank(value: object) -> bool:
    return isinstance(value, str) and "<" not in value
