"""Going through syntax trees, quickly."""

import ast
from functools import cache
from typing import Any

_BARE = frozenset({"ctx", "op", "ops", "id", "attr", "arg", "module", "level", "kind", "type_comment", "conversion"})
"""Fields of syntax nodes that never hold what a rule asks about."""
_HOLD_STATEMENTS = frozenset({"body", "orelse", "finalbody", "handlers", "cases"})
_KEPT = "gate_children"


def walk(tree: ast.AST) -> list[ast.AST]:
    """Every node in a tree, outer ones first, as `ast.walk` gives them but without contexts and operators.

    Most of the time of gate's rules would otherwise be spent on nodes that say nothing.
    """
    found = [tree]
    for node in found:  # it grows meanwhile
        kept = node.__dict__.get(_KEPT)
        found += children(node) if kept is None else kept
    return found


def statements(tree: ast.AST) -> list[ast.AST]:
    """A node, the statements in it, and the handlers and cases that hold some: far fewer than all nodes."""
    found = [tree]
    for node in found:
        kind: Any = type(node)
        for name in _blocks(kind):
            found += getattr(node, name)
    return found


@cache
def _blocks(kind: Any) -> tuple[str, ...]:
    """The fields of a kind of node that hold statements."""
    expression = issubclass(kind, ast.expr)
    return () if expression else tuple(name for name in kind._fields if name in _HOLD_STATEMENTS)


def children(node: ast.AST) -> tuple[ast.AST, ...]:
    """The nodes right inside of a node, without contexts and operators; kept in it, since every rule asks for them."""
    kept: tuple[ast.AST, ...] | None = node.__dict__.get(_KEPT)
    if kept is None:
        kept = node.__dict__[_KEPT] = _children(node)
    return kept


def _children(node: ast.AST) -> tuple[ast.AST, ...]:
    found: list[ast.AST] = []
    kind: Any = type(node)
    for name in _holding(kind):
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [part for part in value if isinstance(part, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return tuple(found)


@cache
def _holding(kind: Any) -> tuple[str, ...]:
    """The fields of a kind of node that may hold nodes."""
    return () if kind is ast.Constant else tuple(name for name in kind._fields if name not in _BARE)


def depth(tree: ast.AST) -> int:
    """How deep the deepest node lies; libcst, being recursive, is only given shallow trees."""
    level: list[ast.AST] = [tree]
    count = 0
    while level:
        level = [child for node in level for child in children(node)]
        count += 1
    return count
