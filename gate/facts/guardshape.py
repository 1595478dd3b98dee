"""How a unit is written: its node, and the text of its statements."""

import ast
from functools import lru_cache

from gate.facts.guardtree import Found, GuardTree


@lru_cache(maxsize=4096)
def node_of(tree: GuardTree, found: Found) -> ast.AST | None:
    """The function or class of a unit."""
    source = tree.repo.source(found.path)
    body = ast.walk(source.tree) if source is not None and source.tree is not None else iter(())
    name, line = found.unit.short, found.unit.place.line
    return next((one for one in body if getattr(one, "name", "") == name and getattr(one, "lineno", 0) == line), None)


@lru_cache(maxsize=4096)
def shape(tree: GuardTree, found: Found) -> frozenset[str]:
    """The statements of a unit, by their text."""
    node = node_of(tree, found)
    return frozenset(
        ast.unparse(part)
        for part in (ast.walk(node) if node is not None else ())
        if isinstance(part, ast.stmt) and not hasattr(part, "body") and not isinstance(part, ast.Pass)
    )
