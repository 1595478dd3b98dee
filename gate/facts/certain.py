"""What an expression comes to where nothing outside of the function can change it: numbers, texts, comparisons."""

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from gate.facts.frame import Frame
from gate.nodes import walk

_MAX_DEPTH = 20
_MAX_SIZE = 1_000
_PLAIN = (str, int, float, bool)
_DOES: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv, ast.Mod: operator.mod, ast.Eq: operator.eq, ast.NotEq: operator.ne,
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right, ast.NotIn: lambda left, right: left not in right,
}  # fmt: skip


class UncertainError(Exception):
    """Only running the code would tell."""


def outcome(frame: Frame, node: ast.expr) -> Any:
    """The value of an expression; None where only running the code would tell."""
    try:
        return _come_to(frame, node, 0)
    except (UncertainError, ArithmeticError, TypeError, ValueError, LookupError):
        return None


def _come_to(frame: Frame, node: ast.expr, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        raise UncertainError
    match node:
        case ast.Constant(value=str() | int() | float() as value):
            return value
        case ast.Name(id=name) if name in frame.env and frame.env[name].known is not None:
            return frame.env[name].known
        case ast.BinOp(left=left, op=op, right=right) | ast.Compare(left=left, ops=[op], comparators=[right]):
            return _computed(op, _come_to(frame, left, depth + 1), _come_to(frame, right, depth + 1))
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return not _come_to(frame, inner, depth + 1)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            return -_come_to(frame, inner, depth + 1)
        case ast.Call(func=ast.Name(id="len"), args=[inner], keywords=[]) if "len" not in frame.names.local:
            return len(_come_to(frame, inner, depth + 1))
        case ast.Subscript(value=whole, slice=ast.Slice(lower=lower, upper=upper, step=step)):
            bounds = [_come_to(frame, part, depth + 1) if part else None for part in (lower, upper, step)]
            return _come_to(frame, whole, depth + 1)[slice(*bounds)]
        case ast.Call(func=ast.Name(id="chr"), args=[inner], keywords=[]) if "chr" not in frame.names.local:
            return chr(_come_to(frame, inner, depth + 1))
        case ast.Subscript(value=whole, slice=index):
            return _come_to(frame, whole, depth + 1)[_come_to(frame, index, depth + 1)]
    raise UncertainError


def _computed(op: ast.AST, left: Any, right: Any) -> Any:
    does = _DOES.get(type(op))
    sizes = (len(side) if isinstance(side, str) else abs(side) for side in (left, right))
    if does is None or any(size > _MAX_SIZE for size in sizes) or isinstance(left, str) is not isinstance(right, str):
        raise UncertainError
    return does(left, right)


def forget(frame: Frame, nodes: Iterable[ast.AST]) -> None:
    """What these statements may change is no longer certain: they may be run again, or not to their end."""
    sure = {name for name, held in frame.env.items() if held.told or held.known is not None or held.items is not None}
    if not sure:
        return
    for part in (part for node in nodes for part in walk(node)):
        if isinstance(part, ast.Name) and part.id in sure:
            held = frame.env[part.id]
            frame.env[part.id] = replace(held, known=None, items=None, told=False)
