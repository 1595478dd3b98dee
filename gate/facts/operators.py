"""Operators that call a method of a class: `runner + text` is `runner.__add__(text)`."""

import ast
from collections.abc import Iterator

from gate.facts import flow
from gate.facts.frame import Frame, Readers, again, call_at, value
from gate.facts.summary import RECEIVER, Argument
from gate.facts.value import CLEAN, Atom, Value

_NAMES = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "truediv", ast.FloorDiv: "floordiv", ast.Mod: "mod",
    ast.Pow: "pow", ast.LShift: "lshift", ast.RShift: "rshift", ast.BitOr: "or", ast.BitAnd: "and", ast.BitXor: "xor",
    ast.MatMult: "matmul", ast.Eq: "eq", ast.NotEq: "ne", ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge",
}  # fmt: skip


def _binary(frame: Frame, node: ast.BinOp) -> Value:
    found = flow.READERS[ast.BinOp](frame, node)
    return _with(found, _asked(frame, node, node.left, node.op, node.right))


def _compare(frame: Frame, node: ast.Compare) -> Value:
    found = flow.READERS[ast.Compare](frame, node)
    for op, left, right in zip(node.ops, (node.left, *node.comparators), node.comparators, strict=False):
        _with(found, _asked(frame, node, left, op, right))
    return found


def _subscript(frame: Frame, node: ast.Subscript) -> Value:
    found = flow.READERS[ast.Subscript](frame, node)
    return _with(found, called(frame, node, node.value, "__getitem__", node.slice))


def _with(found: Value, more: Iterator[Atom]) -> Value:
    added = frozenset(more)
    return Value(found.atoms | added, found.names) if added else found


def _asked(frame: Frame, node: ast.expr, left: ast.expr, op: ast.AST, right: ast.expr) -> Iterator[Atom]:
    if isinstance(op, ast.In | ast.NotIn):
        yield from called(frame, node, right, "__contains__", left)
    elif name := _NAMES.get(type(op)):
        yield from called(frame, node, left, f"__{name}__", right)
        yield from called(frame, node, right, f"__r{name}__", left)


def called(frame: Frame, node: ast.expr, owner: ast.expr, method: str, given: ast.expr) -> Iterator[Atom]:
    """The result of a method, where a class of this file has it and what it is handed comes from anywhere."""
    makers = [name.removesuffix("()") for name in again(frame, owner).names if name.endswith("()")]
    kinds = [maker for maker in makers if frame.class_named(maker)]
    if kinds and (held := again(frame, given)).atoms:
        yield call_at(frame, node, [f"{kind}.{method}" for kind in kinds], [Argument("0", held)], CLEAN)


def entered(frame: Frame, made: ast.expr) -> Value:
    """What `with Job(text) as job` gives; a class of this file may say what that is."""
    held = value(frame, made)
    kinds = [name.removesuffix("()") for name in held.names if name.endswith("()")]
    if methods := [f"{kind}.__enter__" for kind in kinds if frame.class_named(kind)]:
        receiver = frozenset(atom for atom in held.atoms if atom.kind not in {"request", "llm"})
        given = [Argument(RECEIVER, Value(receiver))]
        return held._replace(atoms=held.atoms | {call_at(frame, made, methods, given, CLEAN)})
    return held


READERS: Readers = {ast.BinOp: _binary, ast.Compare: _compare, ast.Subscript: _subscript}
