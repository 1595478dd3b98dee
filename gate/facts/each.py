"""`any(part in text for part in ("..", "/"))`, spelled out: the condition for each of the constants."""

import ast
import copy
from collections.abc import Sequence

from gate.facts.frame import Frame, again
from gate.facts.names import constant
from gate.nodes import walk

_MAX = 16
_SIDES = ("left", "comparators", "args")


def written(frame: Frame, asked: ast.GeneratorExp | ast.ListComp) -> list[ast.expr]:
    """The condition of a comprehension with each constant it goes through; nothing where they are not all known."""
    loop = asked.generators[0]
    if len(asked.generators) > 1 or loop.ifs or not isinstance(loop.target, ast.Name):
        return []
    said = _constants(frame, loop.iter)
    return [_with(asked.elt, loop.target.id, part) for part in said] if 0 < len(said) <= _MAX else []


def compared(asked: ast.GeneratorExp | ast.ListComp) -> tuple[ast.expr | None, bool]:
    """What is held against each of a collection, and whether as a whole: `any(x == m or x.startswith(m) for m in known)`."""
    loop = asked.generators[0]
    if len(asked.generators) > 1 or loop.ifs or not isinstance(loop.target, ast.Name):
        return None, False
    parts = asked.elt.values if isinstance(asked.elt, ast.BoolOp) and isinstance(asked.elt.op, ast.Or) else [asked.elt]
    found = [_held(part, loop.target.id) for part in parts]
    same = {ast.dump(one) for one in found if one is not None}
    whole = all(isinstance(part, ast.Compare) for part in parts)
    return (found[0], whole) if all(found) and len(same) == 1 else (None, False)


def _held(part: ast.expr, name: str) -> ast.expr | None:
    match part:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]) if _is(left, name) or _is(right, name):
            return right if _is(left, name) else left
        case ast.Call(func=ast.Attribute(value=held, attr="startswith"), args=[begins]) if _says(begins, name):
            return held
    return None


def _says(node: ast.expr, name: str) -> bool:
    """`m`, `m + "."` and `f"{m}."`."""
    return any(_is(one, name) for one in walk(node))


def _constants(frame: Frame, node: ast.expr) -> Sequence[ast.expr]:
    if (text := constant(node)) is not None:
        return [ast.Constant(letter) for letter in text]
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return node.elts if all(constant(part) is not None for part in node.elts) else []
    known = [item.known for item in again(frame, node).items or ()]
    return [ast.Constant(text) for text in known] if all(isinstance(text, str) for text in known) else []


def _with(node: ast.expr, name: str, said: ast.expr) -> ast.expr:
    """A comparison or a call with a constant for a variable; all other parts stay what has been read of them."""
    if isinstance(node, ast.Name) and node.id == name:
        return said
    if isinstance(node, ast.BoolOp):
        return ast.BoolOp(node.op, [_with(part, name, said) for part in node.values])
    if isinstance(node, ast.UnaryOp):
        return ast.UnaryOp(node.op, _with(node.operand, name, said))
    if not isinstance(node, ast.Compare | ast.Call):
        return node
    made = copy.copy(node)
    for side in _SIDES:
        held = getattr(node, side, None)
        if isinstance(held, ast.AST):
            setattr(made, side, said if _is(held, name) else held)
        elif held:
            setattr(made, side, [said if _is(part, name) else part for part in held])
    return made


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
