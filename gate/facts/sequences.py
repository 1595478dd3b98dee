"""Lists whose elements are all known, while they are built and taken apart."""

import ast
from collections.abc import Sequence
from dataclasses import replace

from gate.facts.certain import outcome
from gate.facts.frame import Frame, again
from gate.facts.summary import Argument
from gate.facts.value import Value

_MAX_ITEMS = 50
_CHANGES = frozenset("append insert pop remove extend clear reverse sort".split())


def items(frame: Frame, parts: Sequence[ast.expr]) -> tuple[Value, ...] | None:
    """The elements of a list that is written out."""
    starred = any(isinstance(part, ast.Starred) for part in parts)
    return None if starred or len(parts) > _MAX_ITEMS else tuple(again(frame, part) for part in parts)


def element(frame: Frame, known: tuple[Value, ...], index: ast.expr) -> Value | None:
    """The element at an index; None where the index is not known."""
    number = outcome(frame, index)
    inside = isinstance(number, int) and -len(known) <= number < len(known)
    return known[number] if inside else None


def changed(frame: Frame, node: ast.Call, before: Value, given: Sequence[Argument]) -> None:
    """A method changes a list that a variable holds, or a function is handed it and may."""
    for argument in node.args:
        if isinstance(argument, ast.Name):
            _hold(frame, argument.id, None)
    func = node.func
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.attr in _CHANGES:
        _hold(frame, func.value.id, _after(frame, node, func.attr, before.items, given))


def _hold(frame: Frame, name: str, found: tuple[Value, ...] | None) -> None:
    held = frame.env.get(name)
    if held is not None and held.items != found:
        frame.env[name] = replace(held, items=found)


def _after(
    frame: Frame, node: ast.Call, method: str, known: tuple[Value, ...] | None, given: Sequence[Argument]
) -> tuple[Value, ...] | None:
    if known is None or len(known) >= _MAX_ITEMS:
        return None
    if method == "append" and len(given) == 1:
        return (*known, given[0].value)
    if method == "pop":
        number = outcome(frame, node.args[0]) if node.args else len(known) - 1
        inside = isinstance(number, int) and 0 <= number < len(known)
        return known[:number] + known[number + 1 :] if inside else None
    return None
