"""What an expression comes to where nothing outside of the function can change it: numbers, texts, comparisons."""

import ast
import base64
import codecs
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from gate import lazy
from gate.facts.fallback import fallback
from gate.facts.frame import Frame
from gate.facts.value import Value
from gate.nodes import walk

_MAX_DEPTH = 20
_MAX_SIZE = 1_000
_MAX_LENGTH = 10_000
_MAX_EACH = 100
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


class UncertainError(Exception):
    """Only running the code would tell."""


def _rotated(text: str, name: str) -> str:
    if name not in {"rot13", "rot_13"}:
        raise UncertainError
    return codecs.decode(text, "rot13")


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{f"builtins.{one.__name__}": one for one in (abs, bool, chr, float, int, len, list, max, min, ord, round, str, sum)},
    **{f"base64.{one.__name__}": one for one in (base64.b64decode, base64.urlsafe_b64decode, base64.b32decode, base64.b16decode)},
    "binascii.unhexlify": bytes.fromhex, "builtins.bytes.fromhex": bytes.fromhex,
    "codecs.decode": _rotated, "builtins.bytes": lambda codes: bytes([*codes]), "builtins.reversed": lambda whole: whole[::-1],
}  # fmt: skip
_LAST = frozenset(name.rpartition(".")[2] for name in _FUNCTIONS)
_METHODS = frozenset(
    "capitalize casefold count endswith find index isalnum isalpha isdigit islower isupper lower lstrip removeprefix "
    "removesuffix replace split join decode encode hex __add__ rfind rindex rstrip startswith strip swapcase title upper".split()
)
"""Methods of text that depend on nothing else."""
_WIDTH = lazy.regex(r"%[^a-zA-Z(]|\)[^a-zA-Z]")
"""What fills a text to a width, which can be of any length."""
_CODES = frozenset({"decode", "encode"})


def said(frame: Frame, node: ast.expr) -> Any:
    """What an expression comes to, or would where nobody sets the variable of the environment it asks for."""
    found = outcome(frame, node)
    otherwise = fallback(node) if found is None else None
    return outcome(frame, otherwise) if otherwise is not None else found


def outcome(frame: Frame, node: ast.expr) -> Any:
    """The text, number or truth an expression comes to; None where only running the code would tell."""
    try:
        found = _come_to(frame, node, 0)
    except (UncertainError, ArithmeticError, TypeError, ValueError, LookupError):
        return None
    return found if isinstance(found, _PLAIN) else None


def _come_to(frame: Frame, node: ast.expr, depth: int) -> Any:
    found = _read(frame, node, depth) if depth <= _MAX_DEPTH else None
    if depth > _MAX_DEPTH or (not isinstance(found, int | float) and _size(found) > _MAX_LENGTH):
        raise UncertainError
    return found


def _read(frame: Frame, node: ast.expr, depth: int) -> Any:
    match node:
        case ast.Constant(value=str() | bytes() | int() | float() | None as value):
            return value
        case ast.Name(id=name) if name in frame.env and frame.env[name].known is not None:
            return frame.env[name].known
        case ast.JoinedStr(values=parts):
            return "".join(str(_come_to(frame, _shown(part), depth + 1)) for part in parts)
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
        case ast.GeneratorExp(elt=part, generators=[one]) | ast.ListComp(elt=part, generators=[one]):
            return _each(frame, part, one, depth)
        case ast.Call(func=ast.Name(id="map"), args=[ast.Name(id=name), whole]) if {"map", name}.isdisjoint(frame.env):
            does = _FUNCTIONS[frame.names.resolve(name)]
            return [does(one) for one in _come_to(frame, whole, depth + 1)]
        case ast.Call(func=ast.Attribute(attr="format") as function, args=parts, keywords=[]):
            return _filled(
                _come_to(frame, function.value, depth + 1), [_come_to(frame, one, depth + 1) for one in parts]
            )
        case ast.Call(func=function, args=parts, keywords=[]):
            does = _function(frame, function) or _method(frame, function, parts, depth)
            given = [_come_to(frame, part, depth + 1) for part in parts]
            if any(_size(one) > _MAX_SIZE for one in given if isinstance(one, str)):
                raise UncertainError
            return does(*given)
        case ast.Subscript(value=whole, slice=ast.Slice(lower=lower, upper=upper, step=step)):
            bounds = [_come_to(frame, part, depth + 1) if part else None for part in (lower, upper, step)]
            return _come_to(frame, whole, depth + 1)[slice(*bounds)]
        case ast.Subscript(value=whole, slice=index):
            return _come_to(frame, whole, depth + 1)[_come_to(frame, index, depth + 1)]
    raise UncertainError


def _shown(part: ast.expr) -> ast.expr:
    """What stands in a formatted text as it is; a width can be of any length."""
    if not isinstance(part, ast.FormattedValue):
        return part
    if part.format_spec is not None or part.conversion != -1:
        raise UncertainError
    return part.value


def _decided(frame: Frame, parts: Sequence[ast.expr], depth: int, *, either: bool) -> Any:
    """`a and b`, `a or b`: what comes behind the part that decides is not read."""
    found = None
    for part in parts:
        found = _come_to(frame, part, depth + 1)
        if bool(found) is either:
            break
    return found


def _each(frame: Frame, part: ast.expr, one: ast.comprehension, depth: int) -> Any:
    """`[chr(code) for code in (101, 118)]`; two of them in each other are as deep as it goes."""
    whole = _come_to(frame, one.iter, depth + _MAX_DEPTH // 2)
    if not isinstance(one.target, ast.Name) or one.ifs or len(whole) > _MAX_EACH:
        raise UncertainError
    before, found = frame.env, []
    for item in whole:
        frame.env = {**before, one.target.id: Value(known=item)}
        try:
            found.append(_come_to(frame, part, depth + _MAX_DEPTH // 2))
        finally:
            frame.env = before
    return found


def _filled(text: Any, given: Sequence[Any]) -> Any:
    """`"{}{}".format(a, b)`; what a width asks for can be of any length."""
    if not isinstance(text, str) or ":" in text or "!" in text:
        raise UncertainError
    return text.format(*given)


def _function(frame: Frame, node: ast.expr) -> Callable[..., Any] | None:
    """A function that gives the same for the same."""
    if isinstance(node, ast.Name):
        return None if node.id in frame.env or node.id in frame.around else _FUNCTIONS[frame.names.resolve(node.id)]
    if not isinstance(node, ast.Attribute) or node.attr not in _LAST or _head(node) in frame.env:
        return None
    return _FUNCTIONS.get(frame.names.of(node))


def _head(node: ast.expr) -> str:
    """The variable that a dotted name begins with."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _method(frame: Frame, node: ast.expr, parts: Sequence[ast.expr], depth: int) -> Callable[..., Any]:
    """A method of text that depends on nothing else."""
    if not isinstance(node, ast.Attribute) or node.attr not in _METHODS or (node.attr in _CODES and parts):
        raise UncertainError
    text = _come_to(frame, node.value, depth + 1)
    if not isinstance(text, str | bytes) or len(text) > _MAX_SIZE:
        raise UncertainError
    return getattr(text, node.attr)  # type: ignore[no-any-return]


def _computed(op: ast.AST, left: Any, right: Any) -> Any:
    does = _DOES.get(type(op))
    large = any(_size(side) > _MAX_SIZE for side in (left, right)) or (isinstance(op, _GROWS) and right > _MAX_POWER)
    fills = isinstance(op, ast.Mod) and isinstance(left, str)
    mixed = isinstance(left, str) is not isinstance(right, str) and not isinstance(op, _MIXES) and not fills
    if does is None or large or mixed or (fills and _WIDTH.search(left)):
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
            frame.env[part.id] = held._replace(known=None, items=None, told=False)
