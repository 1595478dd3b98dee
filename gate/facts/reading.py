"""A Python file read once for all that ask which thing is called, with what, and where what comes of it goes."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import merge
from itertools import chain
from operator import itemgetter
from typing import Any

from gate.facts.binds import ANYTHING, BINDS, bindings
from gate.facts.literal import literal
from gate.facts.names import Names, names
from gate.facts.spelling import spelled
from gate.nodes import children
from gate.source import Place, Source

Function = ast.FunctionDef | ast.AsyncFunctionDef
_HOPS = 8
_TRIES = 64


@dataclass(eq=False, slots=True)  # not frozen: there is one for each node of a file, and that takes three times as long
class Node:
    """A node of the tree, and the one it lies in."""

    node: Any
    parent: "Node | None"
    where: str
    """The names of the functions and classes around, outermost first, with dots."""

    @property
    def around(self) -> "Iterator[Node]":
        """What it lies in, nearest first."""
        one = self.parent
        while one is not None:
            yield one
            one = one.parent

    @property
    def function(self) -> Any:
        """The function around, None outside of all."""
        return next((one.node for one in self.around if isinstance(one.node, Function)), None)

    @property
    def statement(self) -> Any:
        return next((one.node for one in (self, *self.around) if isinstance(one.node, ast.stmt)), None)

    @property
    def conditional(self) -> bool:
        """Whether it lies in a branch of its function."""
        for one in self.around:
            if isinstance(one.node, Function):
                return False
            if isinstance(one.node, ast.If | ast.IfExp | ast.Match):
                return True
        return False


Kinds = Mapping[type, list[tuple[int, Node]]]
"""The nodes of a file by kind, each with its number."""


@dataclass(frozen=True, eq=False)
class Reading:
    """The nodes of a file, and what its names are bound to."""

    source: Source
    names: Names
    nodes: tuple[Node, ...]
    bound: Mapping[tuple[str, str], list[ast.expr]]
    """By the function (dotted, "" outside of all) and the dotted name: every expression it is bound to there."""
    _kinds: Kinds
    _meant: dict[int, str] = field(default_factory=dict)

    def of(self, *kinds: type) -> Iterator[Node]:
        """The nodes of these kinds, in the order of the text."""
        return _of(self._kinds, kinds)

    def calls(self) -> Iterator[Node]:
        return self.of(ast.Call)

    def place(self, node: ast.AST) -> Place:
        line = getattr(node, "lineno", 1)
        return Place.at(self.source.path, line, getattr(node, "end_lineno", None) or line)

    def value(self, node: ast.expr, where: str) -> ast.expr | None:
        """What a name or attribute is bound to, where that is one expression alone."""
        name = spelled(node)
        if not name or "?" in name:
            return None
        own = name.partition(".")[2] if name.startswith(("self.", "cls.")) else name
        scope = where
        while True:
            found = self.bound.get((scope, name)) or self.bound.get((scope, own))
            if found:
                return found[0] if len(found) == 1 and found[0] is not ANYTHING else None
            if not scope:
                return None
            scope = scope.rpartition(".")[0]

    def literal(self, node: ast.expr | None, where: str) -> Any:
        """The value of an expression made of literals; `UNKNOWN` for any other."""
        tries = [0]

        def lookup(name: ast.expr) -> ast.expr | None:
            tries[0] += 1
            return self.value(name, where) if tries[0] < _TRIES else None

        return literal(node, lookup)

    def text(self, node: ast.expr | None, where: str) -> str:
        """The text an expression comes to; "" for any other."""
        value = self.literal(node, where)
        return value if isinstance(value, str) else ""

    def meaning(self, node: ast.expr, where: str, hops: int = _HOPS) -> str:
        """The full dotted name of what an expression means: `requests.Session().get`; "?" begins what is unknown.

        A name that is bound once means what it is bound to, a parameter what its annotation makes.
        """
        if hops == 0:
            return "?"
        match node:
            case ast.Await(value=inner) | ast.NamedExpr(value=inner):
                return self.meaning(inner, where, hops - 1)
            case ast.Call(func=func):
                imported = self.names.of(node)
                return imported or f"{self.meaning(func, where, hops - 1)}()"
            case ast.Name():
                return self._named(node, where, hops)
            case ast.Attribute(value=inner, attr=attr):
                if (own := self.value(node, where)) is not None:
                    return self.meaning(own, where, hops - 1)
                return f"{self.meaning(inner, where, hops - 1)}.{attr}"
        return self.names.of(node) or "?"

    def _named(self, node: ast.Name, where: str, hops: int) -> str:
        if (own := self.value(node, where)) is not None and not isinstance(own, ast.Constant):
            meant = self.meaning(own, where, hops - 1)
            if not meant.startswith("?"):
                return meant
        return self.names.resolve(node.id)

    def called(self, one: Node) -> str:
        """The full dotted name of what a call calls."""
        key = id(one.node)
        if key not in self._meant:
            self._meant[key] = self.meaning(one.node.func, one.where)
        return self._meant[key]

    def given(self, one: Node) -> dict[str, ast.expr]:
        """The keywords of a call, those of a `**TABLE` that stands in the file among them."""
        found: dict[str, ast.expr] = {}
        for word in one.node.keywords:
            if word.arg:
                found[word.arg] = word.value
                continue
            table = self.value(word.value, one.where) or word.value
            if isinstance(table, ast.Dict):
                found |= {
                    key.value: value
                    for key, value in zip(table.keys, table.values, strict=True)
                    if isinstance(key, ast.Constant) and isinstance(key.value, str)
                }
            elif isinstance(table, ast.Call) and isinstance(table.func, ast.Name) and table.func.id == "dict":
                found |= {one.arg: one.value for one in table.keywords if one.arg}
        return found

    def argument(self, one: Node, name: str, position: int = -1) -> ast.expr | None:
        """An argument by its keyword or its position."""
        if name and (found := self.given(one).get(name)) is not None:
            return found
        args = one.node.args
        plain = not any(isinstance(arg, ast.Starred) for arg in args[: position + 1])
        return args[position] if 0 <= position < len(args) and plain else None


@lru_cache(maxsize=1024)
def reading(source: Source) -> Reading:
    """A file, read once; one that does not parse has no nodes."""
    nodes = tuple(_nodes(source.tree)) if source.tree else ()
    kinds: defaultdict[type, list[tuple[int, Node]]] = defaultdict(list)
    for number, one in enumerate(nodes):
        kinds[type(one.node)].append((number, one))
    bound: dict[tuple[str, str], list[ast.expr]] = {}
    for one in _of(kinds, BINDS):
        for scope, name, value in bindings(one.node, one.where):
            bound.setdefault((scope, name), []).append(value)
    return Reading(source, names(source), nodes, bound, kinds)


def _of(held: Kinds, kinds: Sequence[type]) -> Iterator[Node]:
    found = [held[kind] for kind in kinds if kind in held]
    return (one for _, one in (merge(*found, key=itemgetter(0)) if len(found) > 1 else chain(*found)))


_NAMED = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef})


def _nodes(tree: ast.Module) -> Iterator[Node]:
    waiting = [Node(tree, None, "")]
    while waiting:
        one = waiting.pop()
        yield one
        named = type(one.node) in _NAMED
        where = f"{one.where}.{one.node.name}".lstrip(".") if named else one.where
        if inner := children(one.node):
            waiting += [Node(child, one, where) for child in reversed(inner)]
