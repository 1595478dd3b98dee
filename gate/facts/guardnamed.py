"""Checks of what was given a name before: `allowed = a == b`, and `if not allowed`."""

import ast
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from gate.facts.guardcall import own

_CONDITIONS = (ast.BoolOp, ast.Compare, ast.UnaryOp)


def in_full(node: ast.AST, part: ast.If) -> ast.If:
    """A branch that asks what a name was given before, `if not allowed`, with that in place of the name."""
    meant = _meant(node, part.test)
    if isinstance(part.test, ast.BoolOp):  # `if locked and not allowed`
        parts = [_meant(node, one) or one for one in part.test.values]
        same = all(one is other for one, other in zip(parts, part.test.values, strict=True))
        meant = None if same else ast.copy_location(ast.BoolOp(part.test.op, parts), part.test)
    return part if meant is None else ast.copy_location(ast.If(meant, part.body, part.orelse), part)


def _meant(node: ast.AST, test: ast.expr) -> ast.expr | None:
    """The condition behind a name, or its opposite; None where it is no name, or has none behind it."""
    refused = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    name = test.operand if refused else test  # type: ignore[attr-defined]
    given = _given(node).get(name.id) if isinstance(name, ast.Name) else None
    return _denied(given) if refused and given is not None else given


@lru_cache(maxsize=256)
def _given(node: ast.AST) -> Mapping[str, ast.expr]:
    """The conditions of a function that are given a name, where nothing else is given that name."""
    names = Counter(one.id for one in own(node) if isinstance(one, ast.Name) and not isinstance(one.ctx, ast.Load))
    parts = [one for one in own(node) if isinstance(one, ast.Assign) and isinstance(one.value, _CONDITIONS)]
    found = {target.id: part.value for part in parts for target in part.targets if isinstance(target, ast.Name)}
    return {name: value for name, value in found.items() if names[name] == 1}


_OPPOSITES: Mapping[type[ast.cmpop], type[ast.cmpop]] = {ast.Eq: ast.NotEq, ast.In: ast.NotIn, ast.Is: ast.IsNot}


def _denied(test: ast.expr) -> ast.expr:
    """What holds where a condition does not: `a != b` for `a == b`."""
    if isinstance(test, ast.Compare) and len(test.ops) == 1 and type(test.ops[0]) in _OPPOSITES:
        return ast.copy_location(ast.Compare(test.left, [_OPPOSITES[type(test.ops[0])]()], test.comparators), test)
    return ast.copy_location(ast.UnaryOp(ast.Not(), test), test)
