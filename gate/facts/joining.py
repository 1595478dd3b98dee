"""Where the ways through a function part and meet: what holds behind them, and whether one is gone at all."""

import ast

from gate.facts.certain import outcome
from gate.facts.frame import Env, Frame
from gate.facts.value import AGREED, CONTAINED, DENIED, STATED, VETTED, Atoms, marked, union, unmarked

_JUDGED = VETTED + CONTAINED
_HOW = AGREED + DENIED + STATED


def join(ends: list[Env], fallback: Env) -> Env:
    """What holds where several ways meet. A part known on one way only falls back to the whole it is part of."""
    if not ends:
        return fallback
    joined = dict(ends[0])
    for end in ends[1:]:
        for key, found in end.items():
            if key not in joined:
                joined[key] = found
            elif joined[key] is not found and joined[key] != found:
                joined[key] = union([joined[key], found])
    if len(ends) > 1:
        partial = [k for k in joined if not k.isidentifier() and not all(k in end for end in ends)]
        for key in partial:
            if not joined[key].atoms:
                del joined[key]
    return joined


def runs_once(frame: Frame, node: ast.For | ast.AsyncFor | ast.While) -> bool | None:
    """Whether the body of a loop is run at least once; None where that is not certain."""
    if isinstance(node, ast.While):
        return False if outcome(frame, node.test) in {False, ""} else None
    match node.iter:
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return True if any(not isinstance(part, ast.Starred) for part in parts) else None
        case ast.Call(func=ast.Name(id="range"), args=[count]) if frame.names.resolve("range") == "builtins.range":
            times = outcome(frame, count)
            return times > 0 if isinstance(times, int) else None
    return None


def doubted(other: Env, opened: Env, after: Env) -> Env:
    """What is known where `if strict: check(text)` is not gone into: nobody knows of the flag, so the text is in doubt.

    `opened` is known at the beginning of its body, `after` at the end.
    """
    judged = (key for key, held in after.items() if key in other and held is not opened.get(key))
    fresh = [
        key for key in judged
        if _is_judged(after[key].atoms) and not _is_judged(opened[key].atoms if key in opened else other[key].atoms)
        and unmarked(after[key].atoms, _JUDGED + _HOW) == unmarked(other[key].atoms, _JUDGED + _HOW)
    ]  # fmt: skip
    return {**other, **{key: other[key]._replace(atoms=marked(other[key].atoms, VETTED)) for key in fresh}}


def _is_judged(atoms: Atoms) -> bool:
    return any(mark in atom.marks for atom in atoms for mark in _JUDGED)
