"""What an expression comes to where it is made of literals: numbers, switches, texts, lists, tables, spans of time."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

UNKNOWN: Any = object()
"""Stands for whatever only running the code would tell."""

_SECONDS = {"weeks": 604_800.0, "days": 86_400.0, "hours": 3_600.0, "minutes": 60.0, "seconds": 1.0,
            "milliseconds": 0.001, "microseconds": 0.000_001}  # fmt: skip
_PLACES = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
_OPERATORS: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
}  # fmt: skip
_MOST = 10_000
_DEEPEST = 40

Lookup = Callable[[ast.expr], ast.expr | None]
"""What a name stands for, where it is bound once."""


def literal(node: ast.expr | None, lookup: Lookup, depth: int = 0) -> Any:
    """The value, as Python would have it; `UNKNOWN` for what needs more than literals.

    A `timedelta` is its seconds. A part of a list or table that is not known is `UNKNOWN` in it.
    """
    if node is None or depth > _DEEPEST:
        return UNKNOWN
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return [literal(part, lookup, depth + 1) for part in parts]
        case ast.Dict(keys=keys, values=values):
            return _table(keys, values, lookup, depth)
        case ast.JoinedStr(values=parts):
            texts = [literal(part, lookup, depth + 1) for part in parts]
            return "".join(map(str, texts)) if UNKNOWN not in texts else UNKNOWN
        case ast.FormattedValue(value=value):
            return literal(value, lookup, depth + 1)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            value = literal(operand, lookup, depth + 1)
            return -value if isinstance(value, int | float) else UNKNOWN
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            value = literal(operand, lookup, depth + 1)
            return not value if value is not UNKNOWN else UNKNOWN
        case ast.BinOp(left=left, op=op, right=right):
            return _computed(type(op), literal(left, lookup, depth + 1), literal(right, lookup, depth + 1))
        case ast.Call():
            return _called(node, lookup, depth)
        case ast.Name() | ast.Attribute():
            return literal(lookup(node), lookup, depth + 1)
    return UNKNOWN


def _table(keys: list[ast.expr | None], values: list[ast.expr], lookup: Lookup, depth: int) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key, value in zip(keys, values, strict=True):
        name = literal(key, lookup, depth + 1)
        held = literal(value, lookup, depth + 1)
        if key is None and isinstance(held, dict):
            found |= held
        elif isinstance(name, str | int | float | bytes):
            found[name] = held
    return found


def _computed(op: type, left: Any, right: Any) -> Any:
    numbers = all(isinstance(one, int | float) and abs(one) < 1e15 for one in (left, right))
    texts = op is ast.Add and isinstance(left, str | bytes | list) and type(left) is type(right)
    repeated = op is ast.Mult and isinstance(left, str | bytes) and isinstance(right, int)
    if op not in _OPERATORS or not (numbers or texts or repeated):
        return UNKNOWN
    if repeated and (right > _MOST or len(left) > _MOST):
        return UNKNOWN
    try:
        return _OPERATORS[op](left, right)
    except ArithmeticError:
        return UNKNOWN


def _called(node: ast.Call, lookup: Lookup, depth: int) -> Any:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "timedelta":
        given = [*zip(_PLACES, node.args, strict=False), *((word.arg, word.value) for word in node.keywords)]
        parts = [(_SECONDS.get(unit or ""), literal(value, lookup, depth + 1)) for unit, value in given]
        if all(unit and isinstance(value, int | float) for unit, value in parts):
            return float(sum(unit * value for unit, value in parts if unit))
        return UNKNOWN
    if name in {"bytes", "bytearray", "int", "str", "list", "tuple", "set", "frozenset", "float", "SecretStr"}:
        value = literal(node.args[0], lookup, depth + 1) if len(node.args) == 1 else UNKNOWN
        if name in {"bytes", "bytearray"} and isinstance(value, int) and not isinstance(value, bool):
            return bytes(value) if 0 <= value <= _MOST else UNKNOWN
        return value
    if name == "dict" and not node.args:
        return {word.arg: literal(word.value, lookup, depth + 1) for word in node.keywords if word.arg}
    if name in {"encode", "decode", "strip", "total_seconds"} and isinstance(node.func, ast.Attribute):
        return literal(node.func.value, lookup, depth + 1)
    return UNKNOWN
