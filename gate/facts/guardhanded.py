"""Where work has gone that a guard stood before, and the guard perhaps with it: a new route, a package the tree does not hold."""

import ast
import re
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from gate import lazy
from gate.facts.guardcall import CALLER, is_caller
from gate.facts.guardshape import node_of
from gate.facts.guardtree import Found, GuardTree
from gate.facts.guardwords import Guard
from gate.facts.spelling import spelled
from gate.nodes import walk

if TYPE_CHECKING:
    from gate.facts.guardsides import Sides

_FILES = 20
_COMPARED = lazy.regex(r" (?:!=|is not|not in) ")
_LOOKS_UP = lazy.regex(r"(?:^|[._])(?:get_object_or_404|get_list_or_404|get|filter|first_or_404|find_one|one)$")
_AMONG = lazy.regex(
    r"\w\.\w+\.(?:filter|filter_by|get|exists|contains|has|includes|(?:is|has|can|may)_\w+)\([^()]*user| not in \w+\.\w+"
)
_JOINED = lazy.regex(r" (?:and|or) ")
_ASKED_OF = lazy.regex(r"^not [\w.]+\(([\w.]+)\)$")
_SAYS = lazy.regex(r"(?i)(?:^|[._])(?:log\w*|print|debug|info|warn\w*|error|format|str|repr)(?:\.|$)")


def beside(sides: "Sides", lost: Guard, new: Found) -> str:
    """A route the change adds to the same file that asks what was asked before."""
    fresh = {one.unit.name for one in sides.new(new.path) if one.unit.form == "function" and one.unit.answers}
    same = (found for found, one in sides.gained if found.path == new.path and one.text == lost.text)
    return next((found.unit.short for found in same if lost.how == "test" and found.unit.name in fresh), "")


def stands_before(tree: GuardTree, found: Found) -> bool:
    """Whether what is guarded is itself given as a guard to others: `Depends(require_admin)`, `guards = [require_admin]`."""
    unit = found.unit
    if unit.form != "function" or unit.answers:
        return False
    names = {unit.short, unit.name.partition(".")[0]} if "." in unit.name else {unit.short}
    paths = dict.fromkeys(path for name in sorted(names) for path in islice(tree.repo.mentioning(name), _FILES))
    return any(not names.isdisjoint(_asked(tree, path)) for path in paths)


def decides(tree: GuardTree, found: Found) -> bool:
    """Whether others turn callers away by what it says: `if not invoice.visible_to(user): raise`, `@auth_basic(check)`."""
    short = found.unit.short
    asked = re.compile(rf"(?<!\w){short}\(|\({short}\)")
    texts = (_tests(tree, path) for path in islice(tree.repo.mentioning(short), _FILES))
    return any(short in said and asked.search(said) for said in texts)


_BEFORE = frozenset({"dependency", "decorator", "hook", "class", "include", "middleware"})


@lru_cache(maxsize=1024)
def _asked(tree: GuardTree, path: str) -> frozenset[str]:
    """The names of the guards that stand before something in a file."""
    held = (guard for unit in tree.units(path).values() for guard in unit.guards)
    return frozenset(one.name.rpartition(".")[2] for one in held if one.how in _BEFORE)


@lru_cache(maxsize=1024)
def _tests(tree: GuardTree, path: str) -> str:
    """The conditions by which callers are turned away in a file, and the decorators that do so, line by line."""
    held = (guard for unit in tree.units(path).values() for guard in unit.guards)
    return "\n".join(one.text for one in held if one.how in {"test", "decorator"})


def compares_owner(lost: Guard) -> bool:
    """Whether a check compares whose a row is with the caller: `deal.owner != request.user`."""
    parts = map(_COMPARED.split, _JOINED.split(lost.text)) if lost.how == "test" else ()
    return any(len(ends) == 2 and sum(map(is_caller, ends)) == 1 and all("." in end for end in ends) for ends in parts)


def asks_of_row(lost: Guard) -> bool:
    """Whether a check asks what a row has to do with the caller: whose it is, or whether they are among its members."""
    among = lost.how == "test" and CALLER.search(lost.text) and _AMONG.search(lost.text)
    return bool(among) or compares_owner(lost)


def given_on(sides: "Sides", lost: Guard, old: Found, new: Found) -> bool:
    """Whether the caller that a check compared an owner with is now given to what was called before: a query asks for it."""
    was, is_ = node_of(sides.base, old), node_of(sides.head, new)
    known = {one.arg for one in walk(was) if isinstance(one, ast.arg)} if was else set()
    compared = [end for end in _COMPARED.split(lost.text) if " " not in end]
    ends = compared or _ASKED_OF.findall(lost.text)
    ends = [end for end in ends if CALLER.search(end) or end.partition(".")[0] in known]
    if len(ends) != 1:
        return False
    asked = {one.id for one in walk(was) if isinstance(one, ast.Name)} if was else set()
    fresh = _given(is_, ends[0]) - _given(was, ends[0])
    asked = (
        asked if compared else {name for name in asked if name[0].isupper()}
    )  # of a model, `Doc.objects.for_user(...)`
    root = ends[0].rpartition(".")[0]
    rows = _given(is_, root) - _given(was, root) if compares_owner(lost) and root else frozenset()
    return any(name.partition(".")[0] in asked and not _SAYS.search(name) for name in fresh) or any(
        map(_LOOKS_UP.search, rows)
    )


def _given(node: ast.AST | None, text: str) -> frozenset[str]:
    """The names of the calls that are given an expression."""
    calls = (one for one in (walk(node) if node else ()) if isinstance(one, ast.Call))
    return frozenset(
        spelled(one.func)
        for one in calls
        if any(text in ast.unparse(part) for part in (one.func, *one.args, *(word.value for word in one.keywords)))
    )


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
    body = walk(source.tree) if source is not None and source.tree is not None else ()
    owner = next((one for one in body if isinstance(one, ast.ClassDef) and one.name == new.unit.owner), None)
    for part in owner.body if owner else ():
        if isinstance(part, ast.AnnAssign) and spelled(part.target) == held:
            return spelled(part.annotation)
    making = next((one for one in owner.body if getattr(one, "name", "") == "__init__"), None) if owner else None
    given = making.args.args if isinstance(making, ast.FunctionDef) else ()
    said = {one.arg: spelled(one.annotation) for one in given if one.annotation is not None}
    return said.get(held, "")
