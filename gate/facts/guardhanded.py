"""Where work has gone that a guard stood before, and the guard perhaps with it: a new route, a package the tree does not hold."""

import ast
from typing import TYPE_CHECKING

from gate.facts.guardtree import Found
from gate.facts.guardwords import Guard
from gate.facts.spelling import spelled

if TYPE_CHECKING:
    from gate.facts.guardloss import Sides


def beside(sides: "Sides", lost: Guard, new: Found) -> str:
    """A route the change adds to the same file that asks what was asked before."""
    fresh = {one.unit.name for one in sides.new["function"] if one.path == new.path and one.unit.answers}
    same = (found for found, one in sides.gained if found.path == new.path and one.text == lost.text)
    return next((found.unit.short for found in same if lost.how == "test" and found.unit.name in fresh), "")


def handed_on(sides: "Sides", old: Found, new: Found) -> str:
    """What it calls now instead of doing most of its work, and which is of another package; "" where it still works."""
    kept = old.unit.uses & new.unit.uses
    if 2 * len(kept) > len(old.unit.uses):
        return ""
    for name in sorted(new.unit.uses - old.unit.uses):
        parts = name.split(".")
        held = parts[1] if parts[0] == "self" and len(parts) == 3 else ""
        kind = _kind(sides, new, held) if held else ""
        if kind and sides.head.lookup(new.path, kind) is None:
            return name
    return ""


def _kind(sides: "Sides", new: Found, held: str) -> str:
    """The class of what an object holds under a name, as its class or its making says it; "" where neither does."""
    source = sides.head.repo.source(new.path)
    body = ast.walk(source.tree) if source is not None and source.tree is not None else ()
    owner = next((one for one in body if isinstance(one, ast.ClassDef) and one.name == new.unit.owner), None)
    for part in owner.body if owner else ():
        if isinstance(part, ast.AnnAssign) and spelled(part.target) == held:
            return spelled(part.annotation)
    making = next((one for one in owner.body if getattr(one, "name", "") == "__init__"), None) if owner else None
    given = making.args.args if isinstance(making, ast.FunctionDef) else ()
    said = {one.arg: spelled(one.annotation) for one in given if one.annotation is not None}
    return said.get(held, "")
