"""A condition that text is one quoted literal, as code has them."""

import ast

from gate.facts.names import constant

_QUOTES = frozenset({"'", '"'})
_ENDS = frozenset({"startswith", "endswith"})


def quoted(test: ast.BoolOp) -> ast.expr | None:
    """The text of which a condition says that it begins and ends with a quote and holds none between.

    It says so by all of its parts, or by all of their opposites:
    `not text.startswith("'") or not text.endswith("'") or "'" in text[1:-1]`.
    """
    said = [_said(part, holds=isinstance(test.op, ast.And)) for part in test.values]
    found = {(name, quote) for name, quote, _ in said}
    whole = {what for _, _, what in said} == {"startswith", "endswith", "between"} and len(found) == 1
    first = test.values[0]
    inner = first.operand if isinstance(first, ast.UnaryOp) else first
    return inner.func.value if whole and isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) else None


def _said(part: ast.expr, *, holds: bool) -> tuple[str, str, str]:
    """Of which variable a part speaks, which quote it means, and where that is or is not."""
    match part:
        case ast.UnaryOp(op=ast.Not(), operand=inner) if not holds:
            return _ends(inner)
        case ast.Call() if holds:
            return _ends(part)
        case ast.Compare(
            left=left,
            ops=[ast.In() | ast.NotIn() as op],
            comparators=[ast.Subscript(value=text, slice=ast.Slice(lower=ast.Constant(value=1), upper=upper))],
        ) if isinstance(op, ast.NotIn) is holds and upper is not None and ast.unparse(upper) == "-1":
            quote = constant(left) or ""
            return (ast.unparse(text), quote, "between") if quote in _QUOTES else ("", "", "")
    return "", "", ""


def _ends(call: ast.expr) -> tuple[str, str, str]:
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr), args=[said]) if attr in _ENDS:
            quote = constant(said) or ""
            return (name, quote, attr) if quote in _QUOTES else ("", "", "")
    return "", "", ""
