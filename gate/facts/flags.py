"""Variables that tell later whether a condition held: `found = None`, set under `if name == one:`, and asked behind it."""

import ast
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from gate.facts.frame import Env, Frame
from gate.facts.narrow import narrowed
from gate.facts.subset import changed, left_behind, root
from gate.facts.value import Said, Value

_MANY = 12
"""More conditions than this in one loop are not gone through."""
_NESTS = (ast.If, ast.Try, ast.With, ast.For)
_DEPTH = 4
"""Conditions that stand deeper in the body are not gone through."""


class Setting(NamedTuple):
    """A variable, the condition under which it is set, and whether it is true then, where that is written out."""

    name: str
    test: ast.expr
    made: bool | None
    alone: bool
    """Nothing else decides whether it is set."""


def flagged(frame: Frame, before: Env, body: Sequence[ast.stmt], loop: ast.For | ast.AsyncFor | None = None) -> None:
    """Note what variables say that are set by these statements under one condition only, in a loop or not."""
    found = list(_settings(body))
    if len(found) > _MANY:
        return
    sets = Counter(one.name for one in found)
    set_there = changed(body) if found else frozenset()
    for one in found:
        if sets[one.name] == 1 and one.name in frame.env and one.name in before and not _is_shared(frame, one.name):
            says = tuple(_said(frame, before[one.name], one, loop, set_there))
            frame.env[one.name] = frame.env[one.name]._replace(says=says)


def _said(
    frame: Frame, before: Value, one: Setting, loop: ast.For | ast.AsyncFor | None, set_there: Collection[str]
) -> Iterator[Said]:
    """Where a variable still is what it was, the condition did not hold; where it is not, it did.

    Nothing is said of what is `set_there` as well: it may be another text by then.
    """
    then, other = narrowed(frame, one.test)
    other = left_behind(frame, one.test, loop) if loop is not None and one.alone else other
    turned = before.known is True and one.made is False
    if not (turned or _is_false(before)):
        return
    other = other if one.alone and (turned or one.made) else {}
    for key in {*then, *other} & {*frame.env} - {one.name}:
        if root(key) in set_there:
            continue
        held = frame.env[key]
        sides = [then.get(key, held), other.get(key, held)]
        holds, fails = reversed(sides) if turned else sides
        yield Said(key, held, holds, fails, exact=True, set_there=True)


def _settings(body: Sequence[ast.stmt], test: ast.expr | None = None, depth: int = 0) -> Iterator[Setting]:
    """The variables that are set, each with the innermost condition; what is set without one is always set."""
    for part in body:
        for name in _set_by(part):
            made = part.value.value if isinstance(part, ast.Assign) and isinstance(part.value, ast.Constant) else None
            yield Setting(name, test or ast.Constant(value=True), None if made is None else bool(made), depth == 1)
        if isinstance(part, _NESTS) and depth < _DEPTH:
            asked = part.test if isinstance(part, ast.If) else test
            yield from _settings(part.body, asked, depth + 1)
            otherwise = [*getattr(part, "orelse", []), *(one for h in getattr(part, "handlers", []) for one in h.body)]
            yield from _settings(otherwise, None if isinstance(part, ast.If) else test, depth + 1)


def _is_shared(frame: Frame, name: str) -> bool:
    """Whether other functions may set a variable as well."""
    return name in frame.unsure or name in frame.shared


def _set_by(part: ast.stmt) -> Iterator[str]:
    match part:
        case ast.Assign(targets=targets):
            yield from (target.id for target in targets if isinstance(target, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.AugAssign(target=ast.Name(id=name)):
            yield name


def _is_false(held: Value | None) -> bool:
    """None, False, "" or 0, which says that the condition did not hold."""
    return held is not None and held.settled and not (held.names or held.known or held.items)
