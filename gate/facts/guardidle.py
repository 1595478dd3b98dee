"""Checks that are still made and come to nothing: a decorator that gives back the view without it, an answer nobody heeds."""

import ast
from collections import Counter
from typing import TYPE_CHECKING

from gate.facts.guardshape import node_of
from gate.facts.guardtest import is_refusal
from gate.facts.guardtree import Found
from gate.facts.guardwords import Guard
from gate.facts.spelling import spelled
from gate.nodes import statements, walk

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


def unheeded(sides: "Sides", old: Found, new: Found) -> Guard | None:
    """A call that was made for its answer, a refusal to give back, and of which nothing is made any more."""
    calls = [guard for guard in new.unit.guards if guard.how == "call" and guard.sure]
    kept = {guard.text for guard in old.unit.guards} if calls else ()
    calls = [guard for guard in calls if guard.text in kept]
    was, now = (node_of(sides.base, old), node_of(sides.head, new)) if calls else (None, None)
    if was is None or now is None:
        return None
    before, after = _alone(was), _alone(now)
    for guard in calls:
        if guard.name in after and guard.name not in before and _only_answers(sides, guard.name, new):
            return next(one for one in old.unit.guards if one.text == guard.text)
    return None


def _alone(node: ast.AST) -> frozenset[str]:
    """The functions that are called, and nothing is made of what they give back, by every call of theirs."""
    parts = [part.value for part in statements(node) if isinstance(part, ast.Expr)]
    alone = Counter(spelled(one.func) for one in parts if isinstance(one, ast.Call))
    calls = Counter(spelled(one.func) for one in walk(node) if isinstance(one, ast.Call))
    return frozenset(name for name, count in alone.items() if calls[name] == count)


def _only_answers(sides: "Sides", name: str, new: Found) -> bool:
    """Whether a function of the tree gives refusals back, and raises none."""
    found = sides.head.lookup(new.path, name, new.unit.owner)
    node = node_of(sides.head, found) if found is not None and found.unit.refuses else None
    parts = [one for one in statements(node) if isinstance(one, ast.stmt)] if node is not None else []
    refusals = [part for part in parts if is_refusal(part)]
    return (
        bool(refusals)
        and all(isinstance(part, ast.Return) for part in refusals)
        and not any(isinstance(part, ast.Raise) for part in parts)
    )


def _given_back(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The names a function returns."""
    returned = (part.value for part in node.body if isinstance(part, ast.Return))
    return [one.id for one in returned if isinstance(one, ast.Name)]
