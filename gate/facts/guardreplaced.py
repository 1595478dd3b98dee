"""Whether a guard that is gone was put elsewhere, or something weaker in its place."""

import ast
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gate import lazy
from gate.facts import guardwords
from gate.facts.guarded import OWN, Guarded
from gate.facts.guardelsewhere import elsewhere
from gate.facts.guardhanded import asks_of_row, compares_owner, given_on
from gate.facts.guardhollow import is_idle
from gate.facts.guardless import INSIDE, asks_presence, names_role, signed_in
from gate.facts.guardshape import node_of
from gate.facts.guardtree import Found, is_role
from gate.facts.guardwords import Guard
from gate.nodes import walk

if TYPE_CHECKING:
    from gate.facts.guardsides import Sides

_NO = lazy.regex(
    r"(?:\w+\.)*(?:HttpResponse(?:BadRequest|Gone|NotFound|Forbidden|NotAllowed)|Http404|HTTPGone|HTTPNotFound)"
)
_OF_CALLER = lazy.regex(
    r"(?i)\buser|request\.(?:user|org|team|tenant|account|member|auth|company)|owner|tenant|account|member|visible|accessible|permitted|allowed"
)
_OF_ANYBODY = lazy.regex(
    rf"{_OF_CALLER.pattern}|(?i:request|super\(|\binfo\b|context|current|session|\bg\.|auth(?!or)|authori[sz]|identity|claims|token)"
)
"""What may be who calls, or asks of them."""
_OF_VERB = lazy.regex(r"\brequest\.method\b")
_CALLS = lazy.regex(r"([\w.]+)\(")
"""What a lost check asked: that it is called still, and not heeded, keeps nobody out."""
_ROOTS = lazy.regex(r"\b\w+\.(?=\w)")
_WORD = lazy.regex(r"[A-Za-z]{3,}")
_OF_NOBODY = lazy.regex(r"(?i)internal|local|address|\bip\b|host|json|content|mainten|https|version")
_SAYS_NOTHING = frozenset(
    "require required get current check verify ensure has user depend permission perm role clas guard the only view request before hook default not and session self current none true false app".split()
)
_OF_ROW = lazy.regex(r"(?i)own|object|row|tenant|member|visib|mine|check_permissions")


def answers_no(unit: Guarded) -> bool:
    """Whether nothing is left of a function but to say that it does not do what is asked."""
    done = unit.uses - {guard.name for guard in unit.guards}
    return bool(done) and all(map(_NO.fullmatch, done))


def explained(sides: "Sides", lost: Guard, gained: Sequence[Guard], old: Found, new: Found) -> bool:
    """Whether something else has taken the place of a guard."""
    if lost.how == "predicate":
        return not (new.unit.opens or _forgets(sides, lost, new))
    if lost.how == "rows":
        return _speaks_of_caller(sides, new) or any(_keeps(sides, name, new) for name in new.unit.uses - old.unit.uses)
    if lost.name.rpartition(".")[2] == "check_object_permissions":  # the class has the permissions that this alone asks
        return "self.get_object" in new.unit.uses or any(one.kind == "access" and one.how in INSIDE for one in gained)
    if any(one.kind in {lost.kind, "access"} for one in gained if one.how != "exempt"):
        return True
    if new.unit.refuses and not old.unit.refuses and not _is_inside(lost):
        return True  # it asks by itself now
    return (
        _around(sides, lost, old, new)
        or _called(sides, lost, old, new)
        or elsewhere(sides, lost, old, new)
        or _below(sides, lost, new)
        or (lost.how == "test" and given_on(sides, lost, old, new))
        or (lost.how == "decorator" and _put_around(sides, lost, new))
    )


def _forgets(sides: "Sides", lost: Guard, new: Found) -> bool:
    """Whether what says who may asked something of who calls, and speaks of them no more."""
    asks = _OF_CALLER.search(lost.text) and any(one.how == "predicate" for one in new.unit.guards)
    body = getattr(node_of(sides.head, new), "body", ()) if asks and not new.unit.refuses else ()
    return bool(body) and not any(_OF_ANYBODY.search(_OF_VERB.sub("", ast.unparse(part))) for part in body)


def _put_around(sides: "Sides", lost: Guard, new: Found) -> bool:
    """Whether a decorator is called with the view where that is registered: `view_func=signed_in(Ticket.as_view())`."""
    name, view = lost.name.rpartition(".")[2], new.unit.short
    called = re.compile(rf"(?<!\w){re.escape(name)}(?:\([^()\n]*\))?\([^\n]*\b{re.escape(view)}\b")
    return any(after is not None and name in after.text and called.search(after.text) for _, after in sides.pairs)


def _speaks_of_caller(sides: "Sides", new: Found) -> bool:
    """Whether `get_queryset` is still there, and still about whoever calls."""
    method = sides.head.named(new.path, f"{new.unit.name}.get_queryset", "function")
    node = node_of(sides.head, Found(new.path, method)) if method is not None else None
    calls = (one for one in walk(node) if isinstance(one, ast.Call)) if node is not None else ()
    return any(_OF_CALLER.search(ast.unparse(one)) for one in calls)


def _around(sides: "Sides", lost: Guard, old: Found, new: Found) -> bool:
    """A guard of the class, the router, the file or the program stands before it."""
    if lost.how == "exempt":
        return False
    idle = {"exempt"} if _is_inside(lost) else {"exempt", "rows", "lookup"}
    outer = [one for one in sides.head.around(new) if one.how not in idle and not _is_overruled(one, new.unit)]
    same = {one.text for one in sides.base.around(old)}
    outer = [one for one in outer if one.text not in same or _asked_too(sides, lost, one, old)]
    role = is_role(lost) or (lost.how == "test" and names_role(lost))
    if any(guard.kind == lost.kind and not (role and _asks_login(lost, guard)) for guard in outer):
        return True
    if lost.kind == "csrf" and lost.how == "decorator":
        return any(guard.kind == "csrf" for guard in sides.head.wide)
    return lost.kind == "access" and new.unit.answers and not _is_inside(lost) and _wide(sides, lost, old, new)


def _asked_too(sides: "Sides", lost: Guard, outer: Guard, old: Found) -> bool:
    """Whether what stood around it before, too, asks for as much: nothing that knows no row for a row, no other role for a role."""
    if outer.how in {"rows", "lookup"}:
        return True
    if asks_of_row(lost):
        return bool(_OF_ROW.search(outer.name))
    if not _asks_more(sides, lost, old):
        return not _OF_NOBODY.search(outer.name)
    return bool(_subjects(lost) & _subjects(outer))


def _asks_more(sides: "Sides", lost: Guard, old: Found) -> bool:
    """Whether a guard asks for more than somebody who has signed in, by its name or by what its function compares."""
    if not is_role(lost) or lost.name.startswith("UserPassesTest"):
        return lost.name.startswith("UserPassesTest")
    if lost.how == "test":
        return not signed_in(lost.text)
    held = sides.base.lookup(old.path, lost.name, old.unit.owner) if lost.how in {"dependency", "call"} else None
    return names_role(lost) or (held is not None and any(map(_asks_besides, held.unit.guards)))


def _asks_besides(guard: Guard) -> bool:
    """Whether a check asks something else than whether somebody has signed in."""
    return guard.sure and guard.how == "test" and not signed_in(guard.text) and not asks_presence(guard.text)


def _subjects(guard: Guard) -> frozenset[str]:
    """What the name of a guard speaks of: `admin` in `require_admin` and in `admin_required`."""
    said = _ROOTS.sub("", guard.text) if guard.how == "test" else f"{guard.name} {guard.text}"
    words = _WORD.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", said))
    return frozenset(word.lower().rstrip("s") for word in words) - _SAYS_NOTHING


def _is_overruled(guard: Guard, unit: Guarded) -> bool:
    """Whether a unit that names permissions of its own has put them in the place of what is asked around it."""
    return OWN in unit.uses and (guard.how == "default" or guard.text.startswith(f"{OWN}:"))


def _asks_login(lost: Guard, guard: Guard) -> bool:
    """Whether all that a guard asks is that somebody has signed in; of what runs before all it is its name that must say more."""
    first = guard.how == "hook" or (guard.how == "method" and guard.name not in guardwords.METHODS)
    return guardwords.only_login(guard.name) or (first and names_role(lost) and not names_role(guard))


def _is_inside(lost: Guard) -> bool:
    return lost.how in INSIDE


def _wide(sides: "Sides", lost: Guard, old: Found, new: Found) -> bool:
    if names_role(lost) and is_role(lost):
        return any(is_role(guard) for guard in sides.head.covering(new) if guard.how == "include")
    same = {one.text for one in sides.base.covering(old)} if _asks_more(sides, lost, old) else set()
    return any(not _is_overruled(guard, new.unit) and guard.text not in same for guard in sides.head.covering(new))


def _called(sides: "Sides", lost: Guard, old: Found, new: Found) -> bool:
    """Something it now calls, is decorated with or derives from turns callers away; a check within may do so already."""
    if lost.how == "exempt":
        return False
    fresh = sorted(new.unit.uses - old.unit.uses)
    if any(_keeps(sides, name, new) for name in fresh):
        return True
    before = {guard.name for guard in new.unit.guards if guard.how in {"dependency", "decorator"}}
    known = (
        sorted((new.unit.uses & old.unit.uses) - before - set(_CALLS.findall(lost.text))) if _is_inside(lost) else ()
    )
    if compares_owner(lost):
        found = (sides.head.lookup(new.path, name, new.unit.owner) for name in known)
        return any(
            compares_owner(one) and " and " not in one.text for each in found if each for one in each.unit.guards
        )
    return any(sides.head.refuses(new.path, name, new.unit.owner) for name in known)


def _keeps(sides: "Sides", name: str, new: Found) -> bool:
    if is_idle(sides.head, new, name):
        return False
    told = sides.head.refuses(new.path, name, new.unit.owner or new.unit.name)
    short = name.rpartition(".")[2]
    if told is None and "." in name:
        told = sides.head.somewhere(short)
    return bool(told) if told is not None else guardwords.explains(short)


def _below(sides: "Sides", lost: Guard, new: Found) -> bool:
    """Every route under a class or router has a guard of its own."""
    if new.unit.form == "class":
        here = sides.head.inner(new.path, new.unit.name)
        inside = [each for each in here if each.owner == new.unit.name and each.answers]
    elif new.unit.form == "router":
        inside = [each for each in sides.head.units(new.path).values() if each.router == new.unit.name]
    elif lost.how == "wrap":
        return _is_guarded(sides, lost, new)
    else:
        return False
    return bool(inside) and all(_keeps_itself(sides, lost, Found(new.path, each)) for each in inside)


def _keeps_itself(sides: "Sides", lost: Guard, each: Found) -> bool:
    """Whether a method or route has a guard of its own, or is decorated by what may be one and is in no file of the tree."""
    if any(guard.kind == lost.kind and guard.how != "lookup" for guard in sides.head.own(each)):
        return True
    above = {guard.name for guard in each.unit.guards if guard.how == "decorator" and not guard.sure}
    return lost.how == "method" and any(_keeps(sides, name, each) for name in sorted(above))


def asked_within(sides: "Sides", lost: Guard, new: Found) -> bool:
    """Whether every method of a class that answers asks anew who may, where the class asks for less."""
    if new.unit.form != "class":
        return False
    here = sides.head.inner(new.path, new.unit.name)
    inside = {each.name for each in here if each.owner == new.unit.name and each.answers}
    if not inside:
        return False
    asking = {found.unit.name for found, guard in sides.gained if guard.kind == lost.kind and guard.how in INSIDE}
    return inside <= asking


def _is_guarded(sides: "Sides", lost: Guard, new: Found) -> bool:
    """Whether the view that was wrapped guards itself, or one made from it does, which is registered in its place."""
    here = sides.head.repo.source(new.path)
    bare = here is None or re.search(rf"\b{re.escape(lost.name)}\.as_view\b", here.text) is not None
    for path in sides.head.repo.mentioning(lost.name):
        for unit in sides.head.units(path).values():
            derived = lost.name in {base.rpartition(".")[2] for base in unit.bases} and not bare
            placed = derived and here is not None and f"{unit.short}.as_view" in here.text
            asks = unit.short == lost.name or placed
            if asks and any(g.kind == lost.kind for g in sides.head.own(Found(path, unit))):
                return True
    return False
