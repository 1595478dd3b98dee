"""What a function in a function does to the variables around it: `nonlocal text; text = given`."""

import ast
from collections.abc import Sequence

from gate.facts.assignment import assign
from gate.facts.frame import Definition, Env, Frame, value
from gate.facts.names import statements
from gate.facts.summary import Argument
from gate.facts.value import CLEAN, Value, union
from gate.nodes import walk

_MAX = 8
"""How often effects are read in one function; only hostile code needs more."""


def outer(node: Definition) -> frozenset[str]:
    """The variables of the function around that a function says it sets."""
    return frozenset(name for part in walk(node) if isinstance(part, ast.Nonlocal) for name in part.names)


def apply(frame: Frame, node: Definition, given: Sequence[Argument] = ()) -> None:
    """Set what a function that is called here sets outside of it; what it runs is read with the function itself."""
    frame.applied += 1
    if frame.applied > _MAX:
        return
    env, ever, last, setters = frame.env, frame.ever, frame.last, frame.setters
    reached, returned = len(frame.reached), len(frame.returned)
    frame.env, frame.ever, frame.last = {**env, **_parameters(node, given)}, dict(ever), dict(last)
    frame.setters = {}  # those it calls in turn are not followed
    for statement, _ in statements(node.body):
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign) and statement.value is not None:
            _assign(frame, statement)
    found = {name: frame.env[name] for name in outer(node) if name in frame.env}
    del frame.reached[reached:], frame.returned[returned:]
    frame.env, frame.ever, frame.last, frame.setters = env, ever, last, setters
    for name, held in found.items():
        frame.bind(name, union([env[name], held]) if name in env else held)


def _parameters(node: Definition, given: Sequence[Argument]) -> Env:
    """What the parameters hold."""
    names = [arg.arg for arg in (*node.args.posonlyargs, *node.args.args)]
    handed = {
        names[int(one.name)] if one.name.isdigit() and int(one.name) < len(names) else one.name: one for one in given
    }
    every = [*names, *(arg.arg for arg in node.args.kwonlyargs)]
    return {name: handed[name].value if name in handed else CLEAN for name in every}


def _assign(frame: Frame, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
    found = value(frame, node.value)
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        if isinstance(target, ast.Name) and isinstance(node, ast.AugAssign):
            found = union([frame.env.get(target.id, CLEAN), Value(found.atoms)])
        if isinstance(target, ast.Name | ast.Tuple):
            assign(frame, target, found, node.value)
