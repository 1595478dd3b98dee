"""Lists whose elements are all known, while they are built and taken apart."""

import ast
from collections.abc import Sequence
from dataclasses import replace

from gate.facts.certain import outcome
from gate.facts.commands import runs_more
from gate.facts.frame import Frame, again, value
from gate.facts.summary import Argument
from gate.facts.value import PREFIXED, Value, unmarked

_MAX_ITEMS = 50
_CHANGES = frozenset("append insert pop remove extend clear reverse sort".split())


def items(frame: Frame, parts: Sequence[ast.expr]) -> tuple[Value, ...] | None:
    """The elements of a list that is written out."""
    starred = any(isinstance(part, ast.Starred) for part in parts)
    if starred or len(parts) > _MAX_ITEMS:
        return None
    return tuple(value(frame, part) if isinstance(part, ast.Constant) else again(frame, part) for part in parts)


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
        if func.attr == "append" and before.items and given and runs_more(str(item.known) for item in before.items):
            held = frame.env[func.value.id]
            run = unmarked(given[0].value.atoms, PREFIXED)  # `sh -c`: all of what comes next is run
            frame.env[func.value.id] = replace(held, atoms=held.atoms | run)


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
