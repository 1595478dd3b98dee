"""What is left of a guard: one it was made of, or the same one that asks for a lower level."""

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gate import lazy
from gate.facts.guardshape import node_of
from gate.facts.guardtree import Found
from gate.facts.guardwords import Guard

if TYPE_CHECKING:
    from gate.facts.guardsides import Sides

_BY_NAME = frozenset({"dependency", "decorator", "class"})
_NUMBER = lazy.regex(r"(?<![\w.])\d+(?![\w.])")
_BELOW = lazy.regex(r"\.\w+ <=? \w+$")


def part_of(sides: "Sides", lost: Guard, gained: Sequence[Guard], old: Found) -> Guard | None:
    """The guard that what is lost was itself made of: `Depends(current_user)` for `Depends(admin)`, which depends on it."""
    held = sides.base.lookup(old.path, lost.name, old.unit.owner) if lost.how in _BY_NAME else None
    if held is None or not held.unit.refuses:
        return None
    parts = (held.unit, *sides.base.inner(held.path, held.unit.name))
    guards = (guard for unit in parts for guard in unit.guards)
    asked = {one.name.rpartition(".")[2] for one in guards if one.how in _BY_NAME} | set(held.unit.bases)
    return next((one for one in gained if one.how in _BY_NAME and one.name.rpartition(".")[2] in asked), None)


def lower(sides: "Sides", lost: Guard, gained: Sequence[Guard], old: Found) -> Guard | None:
    """The same guard with a lower number, where its function turns away who is below that: `needs(4)`, and `needs(1)`."""
    held = sides.base.lookup(old.path, lost.name, old.unit.owner) if lost.how in _BY_NAME else None
    inside = sides.base.inner(held.path, held.unit.name) if held else ()
    tests = [guard.text for unit in inside for guard in unit.guards if guard.how == "test"]
    if not any(map(_BELOW.search, tests)):
        return None
    same = (
        one for one in gained if one.name == lost.name and _NUMBER.sub("#", one.text) == _NUMBER.sub("#", lost.text)
    )
    return next((one for one in same if _numbers(one) < _numbers(lost)), None)


def emptied(sides: "Sides", lost: Guard, gained: Sequence[Guard], old: Found) -> Guard | None:
    """The same guard with nothing to ask for, where it takes any number: `protected("vehicles:write")`, and `protected()`."""
    bare = f"{lost.name}()"
    same = next((one for one in gained if one.how == lost.how in _BY_NAME and one.text == bare != lost.text), None)
    held = sides.base.lookup(old.path, lost.name, old.unit.owner) if same else None
    node = node_of(sides.base, held) if held else None
    takes = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.args.vararg is not None
    return same if takes else None


def _numbers(guard: Guard) -> list[int]:
    return [int(one) for one in _NUMBER.findall(guard.text)]
