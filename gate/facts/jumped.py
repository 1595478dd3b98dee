"""Calls that reach past a decorator to what it stands around: `purge.__wrapped__(request)`, `inspect.unwrap(purge)(request)`."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from gate.fact import Repo
from gate.facts.guardsaid import said_in
from gate.facts.guardtree import guard_tree
from gate.facts.guardwords import of_decorator
from gate.facts.reading import reading
from gate.facts.spelling import last, spelled
from gate.paths import kind
from gate.source import Place, Source

_WORDS = frozenset({"__wrapped__", "unwrap"})


@dataclass(frozen=True)
class Jump:
    """A call that goes past what a function is decorated with."""

    place: Place
    name: str
    guard: str


def jumps(before: Source | None, after: Source, head: Repo) -> Iterator[Jump]:
    """Those that are new, of functions whose decorators turn callers away."""
    if after.language != "python" or kind(after.path) != "production" or not said_in(after, _WORDS):
        return
    known = Counter(name for _, _, name in _past(before)) if before is not None else Counter[str]()
    for line, owner, name in _past(after):
        guard = _guard(after, owner, name, head)
        if guard and known[name] <= 0:
            yield Jump(Place.at(after.path, line), name, guard)
        known[name] -= 1


def _past(source: Source) -> Iterator[tuple[int, str, str]]:
    """The line, the class or function around, and what is reached past its decorators."""
    for one in reading(source).calls() if said_in(source, _WORDS) else ():
        called = one.node.func
        if isinstance(called, ast.Attribute) and called.attr == "__wrapped__":
            yield one.node.lineno, one.where, spelled(called.value)
        elif isinstance(called, ast.Call) and last(spelled(called.func)) == "unwrap" and called.args:
            yield one.node.lineno, one.where, spelled(called.args[0])


def _guard(source: Source, owner: str, name: str, head: Repo) -> str:
    """The decorator that is gone past; "" where none of them is a guard."""
    tree = guard_tree(head)
    found = tree.lookup(source.path, name, owner.rpartition(".")[0])
    held = tree.own(found) if found is not None and found.unit.form == "function" else ()
    return next((one.name for one in held if one.how == "decorator" and of_decorator(one.name)), "")
