"""Whether what is handed to a call, or put together on a line, is nothing but what the code itself says."""

import ast
from collections.abc import Iterable, Sequence
from functools import lru_cache

from gate.facts import sources
from gate.facts.arguments import handed
from gate.facts.frame import Frame
from gate.facts.grammar import flat
from gate.facts.module import module
from gate.facts.summary import Call, Function
from gate.facts.value import Atom
from gate.nodes import walk
from gate.source import Source

_MAX_HOPS = 4


def settled(source: Source, nodes: Iterable[ast.expr], harmless: str = "") -> bool:
    """Whether all these expressions hold only constants, numbers and text that was found to be one of few.

    `harmless` are marks of origins that do not count. What was never read, because no way leads there, is not settled.
    """
    return all(_is_settled(source, node, harmless) for node in nodes)


def _is_settled(source: Source, node: ast.expr, harmless: str) -> bool:
    for frame in _readings(source, module(source).around(node.lineno)):
        if (found := frame.last.get(id(_twin(source, node)))) is not None:
            return found.told and all(_is_fixed(source, frame.calls, atom, harmless, _MAX_HOPS) for atom in found.atoms)
    parts = flat(node)  # of text that is put together, only the whole and its parts are read
    return len(parts) > 1 and all(_is_settled(source, part, harmless) for part in parts)


def _twin(source: Source, node: ast.expr) -> ast.expr:
    """The expression itself, or the one that stands in its place: equal files are read once, whichever is asked about."""
    tree = module(source).source.tree
    if tree is None or tree is source.tree:
        return node
    alike = _places(source).get(_place(node), [node])
    return alike[0] if len(alike) == 1 else node


def _place(node: ast.expr) -> tuple[type, int, int, int | None, int | None]:
    return type(node), node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


@lru_cache(maxsize=8)
def _places(source: Source) -> dict[tuple[type, int, int, int | None, int | None], list[ast.expr]]:
    """The expressions that are read, by where they stand; in an f-string several stand in one place."""
    found: dict[tuple[type, int, int, int | None, int | None], list[ast.expr]] = {}
    for node in walk(module(source).source.tree or ast.Module([], [])):
        if isinstance(node, ast.expr):
            found.setdefault(_place(node), []).append(node)
    return found


@lru_cache(maxsize=8)
def _readings(source: Source, name: str) -> tuple[Frame, ...]:
    return tuple(frame for frame in module(source).frames(name) if not frame.deep)


def _is_fixed(source: Source, calls: Sequence[Call], atom: Atom, harmless: str, hops: int) -> bool:
    """Whether an origin adds nothing: the result of a function of this file that gives back what it says itself.

    What it gives back of its arguments is as fixed as they are. A wrapper of a request that is not in this file is
    taken by the name of its method; whether it is elsewhere, and what it does there, is for the flow rules.
    """
    if any(mark in harmless for mark in atom.marks):
        return True
    call = next((each for each in calls if atom.kind == "call" and str(each.number) == atom.name), None)
    if call is None or not call.callees or not hops:
        return False
    known = [module(source).function(name) for name in call.callees]
    if not any(known) and any(map(sources.says_safe, call.callees)):
        return True
    return all(_gives_fixed(source, function, calls, call, harmless, hops - 1) for function in known)


def _gives_fixed(
    source: Source, function: Function | None, calls: Sequence[Call], call: Call, harmless: str, hops: int
) -> bool:
    if function is None or function.decorators or function.deep or not function.returned.told:
        return False
    for atom in function.returned.atoms:
        if atom.kind == "param":
            given = [one for atoms in handed(function, atom, call.arguments) for one in atoms]
            fixed = all(_is_fixed(source, calls, one, harmless, hops) for one in given) and _tells(call)
        else:
            fixed = _is_fixed(source, function.calls, atom, harmless, hops)
        if not fixed:
            return False
    return True


def _tells(call: Call) -> bool:
    """Whether all that a call hands over stands in the code, or among its origins."""
    return all(argument.value.told for argument in call.arguments)
