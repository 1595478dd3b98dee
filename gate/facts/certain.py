"""What an expression comes to where nothing outside of the function can change it: numbers, texts, comparisons."""

import ast
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gate.facts.frame import Frame
from gate.nodes import walk

_MAX_DEPTH = 20
_MAX_SIZE = 1_000
_MAX_POWER = 64
_PLAIN = (str, int, float, bool)
_DOES: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv,
    ast.Div: operator.truediv, ast.Mod: operator.mod, ast.Pow: operator.pow, ast.LShift: operator.lshift,
    ast.RShift: operator.rshift, ast.BitAnd: operator.and_, ast.BitOr: operator.or_, ast.BitXor: operator.xor,
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge, ast.Is: operator.is_, ast.IsNot: operator.is_not,
    ast.In: lambda left, right: left in right, ast.NotIn: lambda left, right: left not in right,
}  # fmt: skip
_TURNS: Mapping[type[ast.AST], Callable[[Any], Any]] = {
    ast.Not: operator.not_, ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert,
}  # fmt: skip
_HOLDERS: Mapping[type[ast.AST], Callable[..., Any]] = {ast.Tuple: tuple, ast.List: list, ast.Set: set}
_GROWS = (ast.Pow, ast.LShift)
_MIXES = (ast.Mult, ast.In, ast.NotIn, ast.Is, ast.IsNot)
"""What is done to values of different types."""
_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    f"builtins.{one.__name__}": one for one in (abs, bool, chr, float, int, len, max, min, ord, round, str, sum)
}
_METHODS = frozenset(
    "capitalize casefold count endswith find index isalnum isalpha isdigit islower isupper lower lstrip removeprefix "
    "removesuffix rfind rindex rstrip startswith strip swapcase title upper".split()
)
"""Methods of text that depend on nothing else."""


class UncertainError(Exception):
    """Only running the code would tell."""


def outcome(frame: Frame, node: ast.expr) -> Any:
    """The text, number or truth an expression comes to; None where only running the code would tell."""
    try:
        found = _come_to(frame, node, 0)
    except (UncertainError, ArithmeticError, TypeError, ValueError, LookupError):
        return None
    return found if isinstance(found, _PLAIN) else None


def _come_to(frame: Frame, node: ast.expr, depth: int) -> Any:
    if depth > _MAX_DEPTH:
        raise UncertainError
    match node:
        case ast.Constant(value=str() | int() | float() | None as value):
            return value
        case ast.Name(id=name) if name in frame.env and frame.env[name].known is not None:
            return frame.env[name].known
        case ast.BinOp(left=left, op=op, right=right):
            return _computed(op, _come_to(frame, left, depth + 1), _come_to(frame, right, depth + 1))
        case ast.Compare(left=left, ops=ops, comparators=others):
            sides = [_come_to(frame, side, depth + 1) for side in (left, *others)]
            return all(map(_computed, ops, sides, sides[1:]))
        case ast.BoolOp(op=op, values=parts):
            return _decided(frame, parts, depth, either=isinstance(op, ast.Or))
        case ast.UnaryOp(op=op, operand=inner):
            return _TURNS[type(op)](_come_to(frame, inner, depth + 1))
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return _HOLDERS[type(node)](_come_to(frame, part, depth + 1) for part in parts)
        case ast.Dict(keys=keys, values=values) if None not in keys:
            read = [[_come_to(frame, part, depth + 1) for part in side if part] for side in (keys, values)]
            return dict(zip(*read, strict=True))
        case ast.Call(func=function, args=parts, keywords=[]):
            return _called(frame, function, [_come_to(frame, part, depth + 1) for part in parts], depth)
        case ast.Subscript(value=whole, slice=ast.Slice(lower=lower, upper=upper, step=step)):
            bounds = [_come_to(frame, part, depth + 1) if part else None for part in (lower, upper, step)]
            return _come_to(frame, whole, depth + 1)[slice(*bounds)]
        case ast.Subscript(value=whole, slice=index):
            return _come_to(frame, whole, depth + 1)[_come_to(frame, index, depth + 1)]
    raise UncertainError


def _decided(frame: Frame, parts: Sequence[ast.expr], depth: int, *, either: bool) -> Any:
    """`a and b`, `a or b`: what comes behind the part that decides is not read."""
    found = None
    for part in parts:
        found = _come_to(frame, part, depth + 1)
        if bool(found) is either:
            break
    return found


def _called(frame: Frame, function: ast.expr, given: Sequence[Any], depth: int) -> Any:
    """A function or a method of text that gives the same for the same."""
    if any(isinstance(one, str) and len(one) > _MAX_SIZE for one in given):
        raise UncertainError
    match function:
        case ast.Name(id=name) if name not in frame.env and name not in frame.around:
            return _FUNCTIONS[frame.names.resolve(name)](*given)
        case ast.Attribute(value=inner, attr=name) if name in _METHODS:
            text = _come_to(frame, inner, depth + 1)
            if isinstance(text, str):
                return getattr(text, name)(*given)
    raise UncertainError


def _computed(op: ast.AST, left: Any, right: Any) -> Any:
    does = _DOES.get(type(op))
    large = any(_size(side) > _MAX_SIZE for side in (left, right)) or (isinstance(op, _GROWS) and right > _MAX_POWER)
    mixed = isinstance(left, str) is not isinstance(right, str) and not isinstance(op, _MIXES)
    if does is None or large or mixed:
        raise UncertainError
    return does(left, right)


def _size(side: Any) -> float:
    return abs(side) if isinstance(side, int | float) else len(side or ())


def forget(frame: Frame, nodes: Iterable[ast.AST]) -> None:
    """What these statements may change is no longer certain: they may be run again, or not to their end."""
    sure = {name for name, held in frame.env.items() if held.told or held.known is not None or held.items is not None}
    if not sure:
        return
    for part in (part for node in nodes for part in walk(node)):
        if isinstance(part, ast.Name) and part.id in sure:
            held = frame.env[part.id]
            frame.env[part.id] = replace(held, known=None, items=None, told=False)
