"""Addresses that lead to views, where they are given away from them: `urls.py`, `add_resource`, `add_url_rule`."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.matched import is_one_name
from gate.facts.names import constant
from gate.facts.reading import reading
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.nodes import walk
from gate.source import Place, Source

_ROUTES = lazy.regex(
    r"(?i)path|url|rout|resource|endp|rule|register|add_(?:get|post|put|patch|delete|view)|^(?:get|post|put|patch|delete)$"
)
_PART = lazy.regex(r"<(?:(\w+)(?:\([^()]*\))?:)?(\w+)>|\{(\w+)(?::(\w+))?\}")
_NAMED = lazy.regex(r"\(\?P<(\w+)>((?:[^()\\\[\]]|\\.|\[(?:[^\]\\]|\\.)*\])*)\)")
_SINGLE = frozenset({"", "str", "string", "default", "slug", "int", "float", "uuid"})
"""Converters that let no slash through; one of the program's own may."""


@dataclass(frozen=True)
class Address:
    """A view, and the parameters of one of its addresses that hold no slash, and those that may."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of("<", "(?P<", "{")

    place: Place
    view: str
    """The last part of the name of a function or class."""
    segments: frozenset[str]
    rest: frozenset[str]

    @classmethod
    def find(cls, source: Source) -> Iterator["Address"]:
        for one in reading(source).calls():
            if not _ROUTES.search(last(spelled(one.node.func))):
                continue
            texts = [constant(part) or "" for part in one.node.args]
            named = dict(pair for text in texts for pair in _parameters(text))
            if not named:
                continue
            segments = frozenset(name for name, single in named.items() if single)
            for view in _views(one.node):
                yield cls(Place.at(source.path, one.node.lineno), view, segments, frozenset(named) - segments)


def _parameters(text: str) -> Iterator[tuple[str, bool]]:
    """The parameters of a pattern, each with whether it is one segment of a path (Flask, Django, Starlette, aiohttp)."""
    for converter, name, braced, kind in _PART.findall(text):
        yield name or braced, (converter or kind) in _SINGLE
    for name, pattern in _NAMED.findall(text):
        yield name, is_one_name(pattern)


def _views(call: ast.Call) -> Iterator[str]:
    """What may be the view among the arguments of a call: `views.help`, `Report`, `Report.as_view()`."""
    for part in (*call.args, *(word.value for word in call.keywords)):
        for node in walk(part):
            if isinstance(node, ast.Name | ast.Attribute) and (name := last(spelled(node))) != "as_view":
                yield name
