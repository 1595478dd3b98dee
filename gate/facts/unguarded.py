"""Routes that ask nobody who they are, as far as the tree shows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from gate import lazy
from gate.facts.guarded import Guarded
from gate.facts.guardtree import Found, GuardTree
from gate.facts.guardwords import Guard
from gate.facts.publicity import knows_caller

_ASKS_WHO = lazy.regex(
    r"(?i)(?:^|[._])(?:get|require|verify|authenticate|authorize|load)_(?:current_\w+|\w*principal\w*|identity\w*|authenticated\w*|caller\w*)$"
)
"""What a function is called that tells a route who calls: `get_current_principal_websocket`."""

Kept = tuple[Guarded, Sequence[Guard]]


class Siblings(NamedTuple):
    """Routes that are registered alike, each with what keeps callers from it."""

    routes: tuple[Kept, ...]
    asking: int
    """How many have a guard."""
    open: int
    """How many write and have none."""

    @classmethod
    def of(cls, kept: Sequence[Kept]) -> "Siblings":
        return cls(tuple(kept), sum(bool(held) for _, held in kept), sum(one.writes and not held for one, held in kept))


def guards(tree: GuardTree, found: Found) -> Sequence[Guard]:
    """What keeps callers from a route: guards of its own, of its class, its router and its file."""
    held = (*tree.own(found), *tree.apart(found), *tree.around(found))
    return [guard for guard in held if guard.kind in {"access", "signature"} and guard.how != "exempt"]


@lru_cache(maxsize=64)
def routes(tree: GuardTree, path: str) -> Mapping[tuple[str, bool], Siblings]:
    """The routes of a file, apart by their routers, and as functions and methods."""
    found: dict[tuple[str, bool], list[Kept]] = defaultdict(list)
    for one in tree.units(path).values():
        if one.form == "function" and one.verbs:
            found[one.router, bool(one.owner)].append((one, guards(tree, Found(path, one))))
    return {key: Siblings.of(kept) for key, kept in found.items()}


def asks_nobody(tree: GuardTree, found: Found) -> bool:
    """Whether nothing before a route and nothing in it asks who calls; a class nobody knows may."""
    return not (_is_guarded(tree, found) or tree.covering(found) or _knows(tree, found))


def _is_guarded(tree: GuardTree, found: Found) -> bool:
    """Whether it has a guard, or calls something that turns callers away."""
    if guards(tree, found) or found.unit.refuses or any(map(_ASKS_WHO.search, found.unit.uses)):
        return True
    return any(tree.refuses(found.path, name, found.unit.owner) for name in sorted(found.unit.uses))


def _knows(tree: GuardTree, found: Found) -> bool:
    source = tree.repo.source(found.path)
    return source is not None and knows_caller(source.snippet(found.unit.place))
