"""Methods that read a row past what their class asks of it: `Patient.objects.get(pk=pk)` for `self.get_object()`."""

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from gate import lazy
from gate.facts.guardcall import CALLER
from gate.facts.guardshape import node_of
from gate.facts.guardtree import Found, GuardTree
from gate.facts.guardwords import Guard
from gate.facts.spelling import spelled
from gate.facts.tenancy import OWNERS
from gate.facts.tenants import CANDIDATES
from gate.nodes import walk

if TYPE_CHECKING:
    from gate.facts.guardsides import Sides

_ASKED = "self.get_object"
_READS = lazy.regex(r"\.objects\.(?:get|filter)$|(?:^|\.)get_object_or_404$")
_TELLS = lazy.regex(
    r"(?i)(?:^|[._])(?:log|create|add|save|send|notify|record|audit|emit|track|info|debug|warn|error)\w*$"
)
"""Calls that are told who calls, and look nothing up."""
_NAME = lazy.regex(r"\w+(?= ?==? ?)")
_KNOWN = OWNERS | CANDIDATES
_OF_CALLER = lazy.regex(r"\buser\b|get_queryset|filter_queryset|\btenant|\bowner")


def past_rows(sides: "Sides", old: Found, new: Found) -> Guard | None:
    """What was asked of the row a method reads, and is no more: Django REST framework asks it in `get_object` alone."""
    if not old.unit.owner or _ASKED not in old.unit.uses or _ASKED in new.unit.uses:
        return None
    if "self.check_object_permissions" in new.unit.uses or not any(map(_READS.search, new.unit.uses)):
        return None
    calls = (one for one in ast.walk(node_of(sides.head, new) or ast.Pass()) if isinstance(one, ast.Call))
    reads = [ast.unparse(one) for one in calls if _READS.search(spelled(one.func))]
    if not reads or any(map(_OF_CALLER.search, reads)) or not _asks_of_rows(sides.base, old):
        return None
    return Guard(old.unit.place.line, "access", "rows", _ASKED, f"{_ASKED}()")


def unfiltered(sides: "Sides", old: Found, new: Found) -> Guard | None:
    """The condition by which a route looked up only what is the caller's; columns the rules of tenancy know are theirs."""
    texts, held = ({guard.text for guard in one.unit.guards} for one in (new, old))
    lost = (
        [
            guard
            for guard in old.unit.guards
            if guard.how == "lookup" and guard.text not in texts and not _TELLS.search(guard.name)
        ]
        if old.unit.answers
        else []
    )
    if not lost or _KNOWN & set(_NAME.findall(lost[0].text)):
        return None
    node = node_of(sides.head, new)
    if node is None or _speaks_of_caller(node) or any(one.sure and one.text not in held for one in new.unit.guards):
        return None
    return replace(lost[0], how="rows")


def _speaks_of_caller(node: ast.AST) -> bool:
    """Whether a function says who calls; to write it down in a row, `page.locked_by = request.user`, asks nothing of it."""
    steps = (one for one in walk(node) if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Attribute))
    written = sum(len(CALLER.findall(ast.unparse(one.value))) for one in steps)
    return len(CALLER.findall(ast.unparse(node))) > written


def _asks_of_rows(tree: GuardTree, found: Found) -> bool:
    owner = tree.named(found.path, found.unit.owner, "class")
    held = tree.of_class(Found(found.path, owner)) if owner else ()
    return any(one.how == "rows" or (one.how == "class" and _asks_of_object(tree, found, one)) for one in held)


def _asks_of_object(tree: GuardTree, found: Found, guard: Guard) -> bool:
    permission = tree.lookup(found.path, guard.name)
    return permission is not None and "has_object_permission" in permission.unit.uses
