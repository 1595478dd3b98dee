"""Lists whose elements are all known, while they are built and taken apart."""

import ast
from collections.abc import Sequence

from gate.facts.certain import outcome
from gate.facts.commands import runs_more
from gate.facts.frame import Frame, again, as_part, part_of, text, value
from gate.facts.summary import Argument
from gate.facts.value import PREFIXED, Value, union, unmarked

_MAX_ITEMS = 50
_CHANGES = frozenset("append insert pop remove extend clear reverse sort update setdefault popitem __setitem__".split())
Items = tuple[Value, ...]


def items(frame: Frame, parts: Sequence[ast.expr]) -> Items | None:
    """The elements of a list that is written out."""
    starred = any(isinstance(part, ast.Starred) for part in parts)
    if starred or len(parts) > _MAX_ITEMS:
        return None
    return tuple(value(frame, part) if isinstance(part, ast.Constant) else again(frame, part) for part in parts)


def element(frame: Frame, known: Items, index: ast.expr) -> Value | None:
    """The element at an index; None where the index is not known."""
    number = outcome(frame, index)
    return known[number] if _inside(number, known) else None


def _inside(number: object, known: Items) -> bool:
    return isinstance(number, int) and -len(known) <= number < len(known)


def slice_of(frame: Frame, known: Items, index: ast.Slice) -> Items | None:
    """The elements of a slice whose bounds are known."""
    bounds = [outcome(frame, part) if part else None for part in (index.lower, index.upper, index.step)]
    sure = all(
        part is None or isinstance(bound, int)
        for part, bound in zip((index.lower, index.upper, index.step), bounds, strict=True)
    )
    return known[slice(*bounds)] if sure and bounds[2] != 0 else None


def joined(parts: Sequence[Value]) -> Items | None:
    """The elements of lists that are put one behind the other."""
    known = [part.items for part in parts if part.items is not None]
    whole = tuple(item for row in known for item in row)
    return whole if len(known) == len(parts) and len(whole) <= _MAX_ITEMS else None


def taken(frame: Frame, node: ast.Call, whole: Value, given: Sequence[Argument]) -> Value | None:
    """What `words.pop()` takes out of a list that is known, and `table.get(key)` finds under a known key."""
    func = node.func
    if not isinstance(func, ast.Attribute) or func.attr not in {"pop", "get"}:
        return None
    if whole.items is not None and func.attr == "pop":
        number = outcome(frame, node.args[0]) if node.args else -1
        return as_part(frame, func.value, whole.items[number]) if _inside(number, whole.items) else None
    key = text(node.args[0], given[0].value) if node.args and len(given) in {1, 2} else None
    part = part_of(frame, func.value, key) if key is not None else None
    return union([part, *(other.value for other in given[1:])]) if part is not None else None


def changed(frame: Frame, node: ast.Call, before: Value, given: Sequence[Argument]) -> None:
    """A method changes a list that a variable holds, or a function is handed it and may."""
    for argument in node.args:
        if isinstance(argument, ast.Name):
            _hold(frame, argument.id, None)
    func = node.func
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.attr in _CHANGES:
        drop_parts(frame, func.value)
        _hold(frame, func.value.id, _after(frame, node, func.attr, before.items, given))
        if func.attr == "append":
            _append(frame, func.value.id, before, given)


def _append(frame: Frame, name: str, before: Value, given: Sequence[Argument]) -> None:
    """`words = ["sh"]; words.append("-c")`: all of what comes next is run."""
    held = frame.env.get(name)
    if held is None:
        return
    if before.runs and given:
        held = held._replace(atoms=held.atoms | unmarked(given[0].value.atoms, PREFIXED))
    words = [str(item.known) for item in held.items or ()]
    frame.env[name] = held._replace(runs=before.runs or runs_more(words))


def stored(frame: Frame, target: ast.Attribute | ast.Subscript, found: Value) -> bool:
    """Whether `words[0] = text` sets an element of a list that is known."""
    if not (isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name)):
        return False
    held = frame.env.get(target.value.id)
    if held is None or held.items is None:
        return False
    number = outcome(frame, target.slice)
    if not _inside(number, held.items):
        _hold(frame, target.value.id, None)
        return False
    place = number % len(held.items)
    _hold(frame, target.value.id, (*held.items[:place], found, *held.items[place + 1 :]))
    return True


def deleted(frame: Frame, node: ast.Delete) -> None:
    """`del words[0]`; of anything else, what was known of its parts is over."""
    for target in node.targets:
        if not (isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name)):
            continue
        held = frame.env.get(target.value.id)
        number = outcome(frame, target.slice)
        drop_parts(frame, target.value)
        if held is not None and held.items is not None:
            left = list(held.items)
            if _inside(number, held.items):
                del left[number]
            _hold(frame, target.value.id, tuple(left) if len(left) < len(held.items) else None)


def drop_parts(frame: Frame, node: ast.expr) -> None:
    """What was known of the parts of a variable is over; all that was put into it is known of the whole."""
    if frame.parts and isinstance(node, ast.Name):
        for key in [key for key in frame.env if key.startswith(f"{node.id}[")]:
            del frame.env[key]


def _hold(frame: Frame, name: str, found: Items | None) -> None:
    for one in (name, *frame.alike(name)):
        held = frame.env.get(one)
        if held is not None and held.items != found:
            frame.env[one] = held._replace(items=found)


def _after(frame: Frame, node: ast.Call, method: str, known: Items | None, given: Sequence[Argument]) -> Items | None:
    if known is None or len(known) >= _MAX_ITEMS:
        return None
    match method, given:
        case "append", [one]:
            return (*known, one.value)
        case "extend", [one] if one.value.items is not None:
            return joined([Value(items=known), one.value])
        case "insert", [_, one] if _inside(number := outcome(frame, node.args[0]), (*known, one.value)):
            return (*known[:number], one.value, *known[number:])
        case "pop", _:
            number = outcome(frame, node.args[0]) if node.args else len(known) - 1
            if _inside(number, known):
                place = number % len(known)
                return known[:place] + known[place + 1 :]
        case "remove", [one]:
            return _without(known, one.value)
        case "reverse", []:
            return known[::-1]
        case "clear", []:
            return ()
    return None


def _without(known: Items, found: Value) -> Items | None:
    """A list without the first element that equals a known one."""
    for index, item in enumerate(known):
        if item.known is None or found.known is None:
            return None
        if item.known == found.known:
            return known[:index] + known[index + 1 :]
    return None
