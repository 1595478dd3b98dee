"""Whether what is handed to a call, or put together on a line, is nothing but what the code itself says."""

import ast
from collections.abc import Iterable, Sequence
from functools import lru_cache

from gate.facts.frame import Frame
from gate.facts.grammar import flat
from gate.facts.module import module
from gate.facts.summary import Call, Function
from gate.facts.value import Atom
from gate.source import Source

_MAX_HOPS = 4


def settled(source: Source, nodes: Iterable[ast.expr], harmless: str = "") -> bool:
    """Whether all these expressions hold only constants, numbers and text that was found to be one of few.

    `harmless` are marks of origins that do not count. What was never read, because no way leads there, is not settled.
    """
    return all(_is_settled(source, node, harmless) for node in nodes)


def _is_settled(source: Source, node: ast.expr, harmless: str) -> bool:
    for frame in _readings(source, module(source).around(node.lineno)):
        if (found := frame.last.get(id(node))) is not None:
            return found.told and all(_is_fixed(source, frame.calls, atom, harmless, _MAX_HOPS) for atom in found.atoms)
    parts = flat(node)  # of text that is put together, only the whole and its parts are read
    return len(parts) > 1 and all(_is_settled(source, part, harmless) for part in parts)


@lru_cache(maxsize=8)
def _readings(source: Source, name: str) -> tuple[Frame, ...]:
    return tuple(frame for frame in module(source).frames(name) if not frame.deep)


def _is_fixed(source: Source, calls: Sequence[Call], atom: Atom, harmless: str, hops: int) -> bool:
    """Whether an origin adds nothing: the result of a function of this file that gives back what it says itself."""
    if any(mark in harmless for mark in atom.marks):
        return True
    call = next((each for each in calls if atom.kind == "call" and str(each.number) == atom.name), None)
    if call is None or not call.callees or not hops:
        return False
    return all(_gives_fixed(source, module(source).function(name), harmless, hops - 1) for name in call.callees)


def _gives_fixed(source: Source, function: Function | None, harmless: str, hops: int) -> bool:
    if function is None or function.decorators or function.deep:
        return False
    found = function.returned
    return found.told and all(_is_fixed(source, function.calls, atom, harmless, hops) for atom in found.atoms)
