"""What a test says of a value being there: `if org:`, `if org is not None`, `if "org" in request.GET`."""

import ast
from dataclasses import dataclass

_EMPTY = (None, "", 0, "all", "*", "any", -1)
_MOST = 8
_READS = frozenset({"get", "getattr", "bool", "len", "str", "int", "strip", "getlist", "lower"})


@dataclass(frozen=True)
class Presence:
    """The values a test asks for, and whether it holds where they are there."""

    subjects: tuple[ast.expr, ...]
    there: bool


def presence(test: ast.expr, deep: int = 0) -> Presence | None:
    """None for a test that asks for something else."""
    if deep > 8:
        return None
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = presence(test.operand, deep + 1)
        return inner and Presence(inner.subjects, not inner.there)
    if isinstance(test, ast.BoolOp):
        return _several(test, deep)
    if isinstance(test, ast.Compare):
        return _compared(test)
    if isinstance(test, ast.NamedExpr):
        return Presence((test.target, test.value), there=True)
    plain = isinstance(test, ast.Name | ast.Attribute | ast.Subscript) or _reads(test)
    return Presence(_subjects(test), there=True) if plain else None


def _several(test: ast.BoolOp, deep: int) -> Presence | None:
    """`org and org != "all"` holds where it is there, `not org or org == "all"` where it is not."""
    wanted = isinstance(test.op, ast.And)
    found = [one for part in test.values if (one := presence(part, deep + 1)) and one.there is wanted]
    subjects = tuple(subject for one in found for subject in one.subjects)
    return Presence(subjects[:_MOST], wanted) if subjects else None


def _compared(test: ast.Compare) -> Presence | None:
    left, right, by = test.left, test.comparators[0], test.ops[0]
    if len(test.ops) != 1:
        return None
    if isinstance(by, ast.In | ast.NotIn) and isinstance(left, ast.Constant):
        return Presence((left, ast.Subscript(right, left, ast.Load())), isinstance(by, ast.In))
    nothing = isinstance(right, ast.Constant) and right.value in _EMPTY
    if not nothing or not isinstance(by, ast.Is | ast.IsNot | ast.Eq | ast.NotEq | ast.Gt):
        return None
    inner = left.target if isinstance(left, ast.NamedExpr) else left
    more = (left.value,) if isinstance(left, ast.NamedExpr) else ()
    return Presence((*_subjects(inner), *more), not isinstance(by, ast.Is | ast.Eq))


def _reads(test: ast.expr) -> bool:
    function = test.func if isinstance(test, ast.Call) else None
    return (getattr(function, "attr", "") or getattr(function, "id", "")) in _READS


def _subjects(node: ast.expr) -> tuple[ast.expr, ...]:
    """A value, and where it is read by a call the key it is read by."""
    inner = [one for one in node.args if not isinstance(one, ast.Starred)] if isinstance(node, ast.Call) else []
    index = [node.slice] if isinstance(node, ast.Subscript) else []
    return (node, *inner, *index)
