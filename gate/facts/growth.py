"""Texts that grow: `sql = "DELETE FROM orders"`, and further down `sql += " WHERE id = %s"`."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from gate.facts.placeholders import HOLE
from gate.facts.strings import MAX_TEXT, Put, operands, render
from gate.nodes import children, walk


@dataclass(frozen=True)
class Grown:
    """A text with all that is added to it; `sure`: each addition is made, and written out."""

    text: str
    sure: bool


def grown(put: Put) -> Grown | None:
    """What becomes of a text whose name is added to in the statements that follow; None where nothing is added."""
    assign = put.parents[0] if put.parents else None
    if not isinstance(assign, ast.Assign) or len(assign.targets) != 1 or not isinstance(assign.targets[0], ast.Name):
        return None
    name = assign.targets[0].id
    if name not in put.scope.binds[1] or (text := render(put.node, put.scope)) is None:
        return None
    added = list(_added(put, assign, name))
    if not added:
        return None
    return Grown((text + "".join(added))[:MAX_TEXT], sure=not any(HOLE in part for part in added))


def _added(put: Put, assign: ast.Assign, name: str) -> Iterator[str]:
    """What each later statement of the block adds; a hole for what is only added at times."""
    for statement in _after(put.scope.node, assign):
        value = _addition(statement, name)
        if value is not None:
            yield render(value, put.scope) or HOLE
        elif isinstance(statement, ast.Assign) and _binds(statement, name):
            return
        elif hasattr(statement, "body") and any(_binds(node, name) for node in walk(statement)):
            yield f" {HOLE} "


def _addition(statement: ast.stmt, name: str) -> ast.expr | None:
    """`more` of `sql += more` and of `sql = sql + more`."""
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add):
        return statement.value if _is_name(statement.target, name) else None
    if not isinstance(statement, ast.Assign) or not _binds(statement, name):
        return None
    first, *rest = operands(statement.value)
    return rest[0] if len(rest) == 1 and _is_name(first, name) else None


def _binds(node: ast.AST, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", node)]
    return any(_is_name(target, name) for target in targets) and not isinstance(node, ast.Name)


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _after(owner: ast.AST, statement: ast.stmt) -> list[ast.stmt]:
    """The statements that follow one in its block."""
    stack: list[ast.AST] = [owner]
    while stack:
        node = stack.pop()
        for block in (getattr(node, part, None) for part in ("body", "orelse", "finalbody")):
            if isinstance(block, list) and statement in block:
                return block[block.index(statement) + 1 :]
        stack += [child for child in children(node) if isinstance(child, ast.stmt | ast.ExceptHandler)]
    return []
