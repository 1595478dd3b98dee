"""Guards that a change adds where they may stand for one it takes away: before many routes, in a caller, in what is called."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from gate.facts.guarded import Guarded
from gate.facts.guardhollow import does_nothing
from gate.facts.guardtree import Found
from gate.facts.guardwords import Guard

if TYPE_CHECKING:
    from gate.facts.guardsides import Sides

Gained = tuple[Found, Guard]
_ENQUEUES = frozenset({"delay", "apply_async", "send", "kiq", "s", "si"})
_OVER_MANY, _OF_MANY = frozenset({"module", "router"}), frozenset({"middleware", "wrap", "hook", "include"})


def elsewhere(sides: "Sides", lost: Guard, old: Found, new: Found) -> bool:
    """The change adds a guard to what it calls, to what calls it, or to many routes at once."""
    called = {name.rpartition(".")[2] for name in new.unit.uses}
    for found, guard in _near(sides.gained_by, lost, (*called,), old, new):
        same = guard.kind == lost.kind and guard.how != "exempt"
        if not same or found.unit.place == new.unit.place or (lost.how != "exempt" and does_nothing(sides.head, found)):
            continue
        if new.unit.form == "class" and found.unit.owner == new.unit.name and guard.how == "decorator":
            continue  # around one method, and not the others
        if guard.text == lost.text and (found.unit.form in _OVER_MANY or lost.how in _OF_MANY):
            return True
        if (
            found.unit.form in _OVER_MANY
            and guard.how in {"hook", "middleware", "default", "include", "dependency"}
            and lost.how != "exempt"
        ):
            return True
        if found.unit.short in called or old.unit.short in _called(found.unit) or _wraps(guard, lost, found, new):
            return True
    return False


def _near(
    held: Mapping[tuple[str, str], Sequence[Gained]], lost: Guard, called: Sequence[str], old: Found, new: Found
) -> Iterator[Gained]:
    """Those that come into question at all; a change may add as many guards as it takes away."""
    keys = [("form", "module"), ("form", "router"), ("calls", old.unit.short), ("wraps", new.unit.short)]
    keys += [("text", lost.text)] if lost.how in _OF_MANY else []
    keys += [("short", name) for name in (*called, lost.name)]
    return (one for key in keys for one in held.get(key, ()))


def by_place(gained: Sequence[Gained]) -> Mapping[tuple[str, str], Sequence[Gained]]:
    """The guards a change adds, by what a lost one may have to do with them."""
    found: defaultdict[tuple[str, str], list[Gained]] = defaultdict(list)
    for one, guard in gained:
        keys = [("form", one.unit.form), ("text", guard.text), ("short", one.unit.short)]
        keys += [("calls", name) for name in sorted(_called(one.unit))]
        for key in (*keys, *([("wraps", guard.name)] if guard.how == "wrap" else [])):
            found[key].append((one, guard))
    return found


def _called(unit: Guarded) -> frozenset[str]:
    """The names of the functions a unit calls, or has a worker call."""
    split = [name.rpartition(".") for name in unit.uses]
    had = (before.rpartition(".")[2] for before, _, last in split if last in _ENQUEUES)
    return frozenset((*(last for _, _, last in split), *had))


def _wraps(guard: Guard, lost: Guard, found: Found, new: Found) -> bool:
    """Between `urls.py` and the view."""
    return (guard.how == "wrap" and guard.name == new.unit.short) or (
        lost.how == "wrap" and found.unit.short == lost.name
    )
