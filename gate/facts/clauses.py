"""The parts of a condition, whatever way it is written: those that must all hold, and those of which one is enough."""

import ast

_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
}  # fmt: skip


def all_of(test: ast.expr, *, holds: bool) -> frozenset[str]:
    """What must be true together for a condition to hold, or not to."""
    return frozenset(_parts(test, ast.And, holds=holds))


def any_of(test: ast.expr, *, holds: bool) -> frozenset[str]:
    """What is enough, each alone, for a condition to hold, or not to."""
    return frozenset(_parts(test, ast.Or, holds=holds))


def said(test: ast.expr, *, holds: bool) -> str:
    """A condition, or its opposite, with negations as far inside as they go and its parts in order."""
    match test:
        case ast.UnaryOp(op=ast.Not()):
            return said(test.operand, holds=not holds)
        case ast.BoolOp():
            word = " and " if isinstance(test.op, ast.And) is holds else " or "
            return f"({word.join(sorted(said(part, holds=holds) for part in test.values))})"
        case ast.Compare(ops=[op]) if not holds and type(op) in _OPPOSITE:
            return ast.unparse(ast.Compare(test.left, [_OPPOSITE[type(op)]()], test.comparators))
    return ast.unparse(test) if holds else f"not {ast.unparse(test)}"


def _parts(test: ast.expr, join: type[ast.boolop], *, holds: bool) -> list[str]:
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _parts(test.operand, join, holds=not holds)
    if isinstance(test, ast.BoolOp) and (isinstance(test.op, join) is holds):
        return [one for part in test.values for one in _parts(part, join, holds=holds)]
    return [said(test, holds=holds)]
