"""Decorators that still make their check, and give back the view without it."""

import ast
from typing import TYPE_CHECKING

from gate.facts.guardshape import node_of
from gate.facts.guardtree import Found
from gate.facts.guardwords import Guard

if TYPE_CHECKING:
    from gate.facts.guardsides import Sides

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def unwrapped(sides: "Sides", old: Found, new: Found) -> Guard | None:
    """What a decorator gave back, and what refused callers, where it now gives back what it was given."""
    if old.unit.form != "function" or old.unit.answers:
        return None
    inner = (unit for unit in sides.base.inner(old.path, old.unit.name) if unit.form == "function")
    if not any(unit.refuses or unit.keeps for unit in inner):
        return None
    was, now = node_of(sides.base, old), node_of(sides.head, new)
    if not isinstance(was, _FUNCTIONS) or not isinstance(now, _FUNCTIONS):
        return None
    held = {part.name for part in was.body if isinstance(part, _FUNCTIONS)}
    gave = [name for name in _given_back(was) if name in held]
    given = {arg.arg for arg in now.args.args}
    idle = bool(gave) and not set(gave) & set(_given_back(now)) and set(_given_back(now)) <= given and _given_back(now)
    return Guard(was.lineno, "access", "decorator", old.unit.short, f"return {gave[0]}") if idle else None


def _given_back(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The names a function returns."""
    returned = (part.value for part in node.body if isinstance(part, ast.Return))
    return [one.id for one in returned if isinstance(one, ast.Name)]
