"""Checks of what was given a name before: `allowed = a == b`, and `if not allowed`."""

import ast
from collections.abc import Mapping

from gate.facts.guardcall import own


def in_full(node: ast.AST, part: ast.If) -> ast.If:
    """A branch that asks what a name was given before, `if not allowed`, with that in place of the name."""
    refused = isinstance(part.test, ast.UnaryOp) and isinstance(part.test.op, ast.Not)
    name = part.test.operand if refused else part.test  # type: ignore[attr-defined]
    if not isinstance(name, ast.Name):
        return part
    bound = [one for one in own(node) if isinstance(one, ast.Name) and one.id == name.id and not _is_read(one)]
    given = [one.value for one in own(node) if isinstance(one, ast.Assign) and one.targets[:1] == bound]
    if len(bound) != 1 or not given or not isinstance(given[0], ast.BoolOp | ast.Compare | ast.UnaryOp):
        return part
    meant = _denied(given[0]) if refused else given[0]
    return ast.copy_location(ast.If(meant, part.body, part.orelse), part)


def _is_read(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


_OPPOSITES: Mapping[type[ast.cmpop], type[ast.cmpop]] = {ast.Eq: ast.NotEq, ast.In: ast.NotIn, ast.Is: ast.IsNot}


def _denied(test: ast.expr) -> ast.expr:
    """What holds where a condition does not: `a != b` for `a == b`."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in _OPPOSITES:
        return ast.copy_location(ast.Compare(test.left, [_OPPOSITES[type(test.ops[0])]()], test.comparators), test)
    return ast.copy_location(ast.UnaryOp(ast.Not(), test), test)
