"""Guards that a change takes away: what kept callers out before it, and nothing keeps out after it."""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gate import lazy
from gate.fact import Repo
from gate.facts import guardwords
from gate.facts.guard import STANDS_FIRST
from gate.facts.guardanew import asked_by_helper, asked_by_query
from gate.facts.guarded import Guarded
from gate.facts.guardhanded import beside, decides, handed_on, stands_before
from gate.facts.guardhollow import lets_through
from gate.facts.guardidle import unheeded, unwrapped
from gate.facts.guardless import asks_presence, weaker
from gate.facts.guardparts import emptied, lower, part_of
from gate.facts.guardrenamed import is_renamed
from gate.facts.guardreplaced import answers_no, asked_within, explained
from gate.facts.guardrows import past_rows, unfiltered
from gate.facts.guardshape import node_of
from gate.facts.guardsides import GUARDING, Pairs, Sides, neighbours
from gate.facts.guardtest import is_refusal
from gate.facts.guardtree import Found, GuardTree, guard_tree
from gate.facts.guardwords import Guard
from gate.source import Place, Source

_HOLDERS = lazy.regex(
    r"MIDDLEWARE|REST_FRAMEWORK|add_middleware|middlewares?=|\b(?:FastAPI|NinjaAPI|Starlette|Flask|Quart|Sanic|App|Application)\("
)
"""What holds middleware and defaults; where none is left, they were taken elsewhere as a whole."""
_UNSET_RIGHT = lazy.regex(r"(?m)^\s*permission\w*(?:\s*:[^=\n]+)?\s*=\s*(?:False|None|\(\)|\[\]|\"\"|'')\s*(?:#.*)?$")
"""A mixin whose right is for the class to name, and none where it does not."""
_BASES = lazy.regex(r"\bclass \w+\([^)]*\)")
_LIFTING = lazy.regex(
    r"(?i)exempt|not_required|anonymous|optional|\b(?:False|True)\b|(?m:^\s*return(?:\s+[\w.]+)?\s*$)|\bdef (?:check_xsrf_cookie|prepare|dispatch|initial|authenticate|has_\w+)\("
)


@dataclass(frozen=True)
class Loss:
    """A guard that is gone."""

    guard: Guard
    before: Found
    after: Found
    place: Place
    weaker: Guard | None
    """What stands in its place, and keeps out fewer."""
    beside: str = ""
    """A route the change adds to the same file that asks the same: what was guarded may have gone there."""
    elsewhere: str = ""
    """What does the work now, in a package the tree does not hold."""
    stands: bool = False
    """Whether it is itself what stands before others: a dependency, a decorator, a hook."""


def losses(pairs: Pairs, base: Repo, head: Repo) -> Iterator[Loss]:
    """The guards a change takes away without putting anything in their place, one for each function, class or router."""
    sides = Sides(pairs, guard_tree(base), guard_tree(head))
    inside: set[tuple[str, str]] = set()
    for before, after in pairs:
        for unit in sides.base.units(before.path).values() if before and _may_lose(before, after) else ():
            old = Found(unit.place.path, unit)
            new = sides.now(old, after)
            if new is None:
                continue
            same = _is_same(unit, new.unit) and sides.base.meant(old) == sides.head.meant(new)
            told = () if same else tuple(_lost(sides, old, new))
            told = tuple(one for one in told if one.guard.how != "method" or (old.path, unit.name) not in inside)
            inside |= {(old.path, unit.owner) for _ in told}
            yield from told or _emptied(sides, old, new)
            for read in filter(None, (past_rows(sides, old, new), unfiltered(sides, old, new))) if not told else ():
                yield Loss(read, old, new, _place(new, None), None)
            if not told and (idle := unwrapped(sides, old, new)) is not None:
                yield Loss(idle, old, new, _place(new, None), None, stands=True)
            elif not told and (ignored := unheeded(sides, old, new)) is not None:
                yield Loss(ignored, old, new, _place(new, None), None)


def _emptied(sides: Sides, old: Found, new: Found) -> Iterator[Loss]:
    """A function by which others decide who may, and which now says yes to all, or refuses nobody any more."""
    softer, opens = old.unit.refuses and not new.unit.refuses, new.unit.opens and not old.unit.opens
    if old.unit.form != "function" or old.unit.answers or not (softer or opens):
        return
    tests = [one for one in old.unit.guards if one.how == "test" and one not in new.unit.guards]
    if tests and softer and all(asked_by_query(sides, one, old, new) for one in tests):
        return
    statements = [one for one in ast.walk(node_of(sides.base, old) or ast.Pass()) if isinstance(one, ast.stmt)]
    inside = (one for one in sides.base.inner(old.path, old.unit.name) if one.form == "function")
    softer = softer and not any(one.keeps for one in inside)  # else those tell it themselves
    refusals = [one for one in statements if is_refusal(one)] if softer else []
    answers = [one for one in statements if isinstance(one, ast.Return) and one.value is not None]
    said = refusals or (answers[-1:] if opens else [])
    for one in said[:1]:
        guard = Guard(one.lineno, "access", "predicate", old.unit.short, ast.unparse(one))
        asked = stands_before(sides.head, new) if refusals else decides(sides.head, new)
        lost = replace(guard, how="test") if refusals else guard
        if asked and not (refusals and explained(sides, lost, (), old, new)):
            yield Loss(guard, old, new, _place(new, None), None, stands=True)


def _may_lose(before: Source, after: Source | None) -> bool:
    """Whether a line that can be of a guard is gone, or has another neighbour, or one is new that can lift it.

    Most edits need no more than this. A check that is where it was may still stand behind what it stood before.
    """
    if before.language != "python":
        return False
    old, new = neighbours(before), neighbours(after) if after else Counter[str]()
    return any(map(GUARDING.search, old - new)) or any(map(_LIFTING.search, new - old))


def _is_same(old: Guarded, new: Guarded) -> bool:
    """Whether nothing a unit says of guards has changed; what stands around it is judged where it stands."""
    said = [{guard.text for guard in unit.guards} for unit in (old, new)]
    outside = [
        (unit.name, unit.router, unit.bases, unit.annotations, unit.answers, unit.uses & STANDS_FIRST)
        for unit in (old, new)
    ]
    return said[0] == said[1] and outside[0] == outside[1]


def _lost(sides: Sides, old: Found, new: Found) -> Iterator[Loss]:
    if old.unit.form == "function" and old.unit.answers and not new.unit.answers:
        return  # no longer a route
    if old.unit.form == "function" and answers_no(new.unit):
        return
    held, now = _pair(sides, old, new)
    if sides.base.meant(old) != sides.head.meant(
        new
    ):  # the same name may stand for something that lets everybody through
        now = tuple(one for one in now if not lets_through(sides, one, new))
    texts = frozenset(guard.text for guard in now)
    names = frozenset((guard.kind, guard.how, guard.name) for guard in now)
    known = {guard.text for guard in held}
    fresh = tuple(one for one in now if one.text not in known and not lets_through(sides, one, new))
    for guard in held:
        if (
            guard.how in {"exempt", "lookup"}
            or guard.text in texts
            or _is_gone(sides, guard, new)
            or _is_inner(guard, new.unit)
            or _is_told_below(sides, guard, old, new)
            or _is_first_step(guard, held, now)
        ):
            continue
        gained = fresh if guard.how == "test" else tuple(one for one in fresh if not _is_grown(one, held))
        less = weaker(guard, gained, new.unit, held) or part_of(sides, guard, gained, old)
        less = less or lower(sides, guard, gained, old) or emptied(sides, guard, gained, old)
        if less and (_names_no_right(sides.base, guard, old) or is_renamed(sides, guard, less)):
            continue
        kept = (guard.kind, guard.how, guard.name) in names and guard.how not in {"test", "predicate"}
        if asked_within(sides, guard, new) if less else kept or explained(sides, guard, gained, old, new):
            continue
        if asked_by_query(sides, guard, old, new) or (less and asked_by_helper(sides, guard, less, old, new)):
            continue
        gone = handed_on(sides, old, new) if guard.how == "test" and less is None else ""
        stands = stands_before(sides.head, new)
        yield Loss(guard, old, new, _place(new, less), less, beside(sides, guard, new), gone, stands)
        return
    yield from _exempted(sides, old, new)


def _names_no_right(tree: GuardTree, guard: Guard, found: Found) -> bool:
    """Whether a mixin for rights is told none here, and asks for none unless it is: it asked who is there, at most."""
    mixin = tree.lookup(found.path, guard.name) if guard.how == "base" else None
    texts = [source.snippet(one.unit.place) for one in (mixin, found) if one and (source := tree.repo.source(one.path))]
    return (
        len(texts) > 1 and bool(_UNSET_RIGHT.search(texts[0])) and "permission" not in _BASES.sub("", texts[1]).lower()
    )


def _is_grown(now: Guard, held: Sequence[Guard]) -> bool:
    """Whether a check is one that was there, and now hangs on more: it takes the place of no other."""
    return now.how == "test" and any(one.how == "test" and f" and {one.text}" in f" and {now.text}" for one in held)


def _is_first_step(guard: Guard, held: Sequence[Guard], now: Sequence[Guard]) -> bool:
    """Whether a check asked only that something was sent, and the check of what was sent still stands."""
    others = {one.text for one in held if one.how == "test"} - {guard.text}
    return guard.how == "test" and asks_presence(guard.text) and any(one.text in others for one in now)


def _is_told_below(sides: Sides, guard: Guard, old: Found, new: Found) -> bool:
    """Whether it is a method of a class that is still there, and that is itself asked what it answers."""
    if guard.how != "method":
        return False
    was = sides.base.named(old.path, f"{old.unit.name}.{guard.name}", "function")
    still = sides.head.named(new.path, f"{new.unit.name}.{guard.name}", "function")
    return still is not None and was is not None and any(one.how == "predicate" for one in was.guards)


def _is_inner(guard: Guard, unit: Guarded) -> bool:
    """Whether a guard is of no concern to outsiders: of a helper that checks, or what a provider of users depends on."""
    if guard.how == "dependency":
        return _is_provider(unit)
    return guard.how == "call" and not unit.answers and guard.name.lstrip("_").startswith("check")


def _is_provider(unit: Guarded) -> bool:
    """Whether it is itself a function that routes ask who calls: what that depends on in turn is its own business."""
    return unit.form == "function" and not (unit.router or unit.verbs) and bool(guardwords.of_dependency(unit.short))


def _exempted(sides: Sides, old: Found, new: Found) -> Iterator[Loss]:
    """`@csrf_exempt` on a view that was there before, and was not open by another name."""
    had = {guard.kind for guard in old.unit.guards if guard.how == "exempt"}
    for guard in new.unit.guards:
        signed = any(one.sure and (one.kind == "signature" or "token" in one.text.lower()) for one in new.unit.guards)
        lifted = guard.how == "exempt" and guard.kind not in had and not signed and _was_asked(sides, guard)
        if lifted and not explained(sides, guard, (), old, new):
            yield Loss(guard, old, new, _place(new, guard), guard)
            return


def _was_asked(sides: Sides, exempt: Guard) -> bool:
    """Whether what it exempts from was there before: until a program asks for it everywhere, no view is opened."""
    if exempt.name == "csrf.exempt" and next(sides.head.repo.mentioning("CSRFProtect("), None):
        return any(next(sides.base.repo.mentioning(word), None) for word in ("csrf", "CSRF"))
    asked = guardwords.EVERYWHERE.get(exempt.name)
    return asked is None or next(sides.base.repo.mentioning(asked), None) is not None


def _pair(sides: Sides, old: Found, new: Found) -> tuple[tuple[Guard, ...], tuple[Guard, ...]]:
    """What guards a unit on both sides; of one that has moved, what stands around it counts too."""
    if old.unit.form == "class":
        return sides.base.of_class(old), sides.head.of_class(new)
    held, now = sides.base.own(old), sides.head.own(new)
    moved = old.unit.router != new.unit.router or old.unit.owner != new.unit.owner or old.unit.name != new.unit.name
    if moved and old.unit.form == "function" and old.unit.answers:
        return (*held, *sides.base.around(old)), (*now, *sides.head.around(new))
    return held, now


def _is_gone(sides: Sides, guard: Guard, new: Found) -> bool:
    """Whether what a guard of a module was about is there no more."""
    if guard.how not in {"wrap", "include", "hook", "middleware", "default"}:
        return False
    source = sides.head.repo.source(new.path)
    text = source.text if source else ""
    if guard.how in {"middleware", "default"}:
        return not _HOLDERS.search(text)
    about = guard.text.partition(".")[0] if guard.how == "hook" else guard.name.rpartition(".")[2]
    return about not in text


def _place(new: Found, less: Guard | None) -> Place:
    unit = new.unit
    line = less.line if less is not None else unit.place.line
    return Place.at(new.path, line)
