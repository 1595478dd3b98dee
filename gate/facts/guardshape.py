"""How a unit is written: its node, and the text of its statements."""

import ast
from functools import lru_cache

from gate.facts.guardtree import Found, GuardTree
from gate.facts.reading import reading
from gate.source import Source

_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def node_of(tree: GuardTree, found: Found) -> ast.AST | None:
    """The function or class of a unit."""
    source = tree.repo.source(found.path)
    return _nodes(source).get((found.unit.short, found.unit.place.line)) if source is not None else None


@lru_cache(maxsize=64)
def _nodes(source: Source) -> dict[tuple[str, int], ast.AST]:
    return {(one.node.name, one.node.lineno): one.node for one in reading(source).of(*_NAMED)}


@lru_cache(maxsize=4096)
def shape(tree: GuardTree, found: Found) -> frozenset[str]:
    """The statements of a unit, by their text."""
    node = node_of(tree, found)
    return frozenset(
        ast.unparse(part)
        for part in (ast.walk(node) if node is not None else ())
        if isinstance(part, ast.stmt) and not hasattr(part, "body") and not isinstance(part, ast.Pass)
    )
