"""What a call does with its arguments: runs them, passes them on, or hands them to another function."""

import ast
from collections.abc import Iterator

from gate import lazy
from gate.facts import configured, effects, filling, runners, sequences
from gate.facts.assignment import assign, widen
from gate.facts.certain import said
from gate.facts.flow import attribute
from gate.facts.frame import Frame, Readers, again, as_part, call_at, place, text, value
from gate.facts.names import constant
from gate.facts.results import result
from gate.facts.sinks import note_executor, note_method, note_put, note_sink, reach, unmade
from gate.facts.storing import note_kept
from gate.facts.summary import ITEMS, PAIRS, Argument
from gate.facts.texts import interpolated
from gate.facts.value import CHOSEN, CLEAN, NO_NAMES, Value, few, limited, marked, member, union, unmarked, without
from gate.facts.whole import whole

_MAX_ARGUMENTS = 30
_GETS = frozenset({"builtins.getattr", "inspect.getattr_static", "builtins.object.__getattribute__"})
_REGISTERS = frozenset({"add_url_rule", "add_api_route", "add_route"})
_TAKES = lazy.regex(
    r"(?:^|\.)(?:to_thread|partial|submit|Thread|Process|Timer|run_in_executor|run_in_threadpool|map|filter|add_task|"
    r"sync_to_async|async_to_sync|call_soon\w*|call_later|reduce|apply\w*|starmap|start_new_thread)$"
)
"""Functions that call what they are given."""
_FOLDS = frozenset({"functools.reduce", "itertools.accumulate"})
"""Functions that hand what they gather on with each element."""


def called(frame: Frame, node: ast.Call) -> Value:
    """The value of a call."""
    if (joined := interpolated(node)) is not None:
        return value(frame, joined)
    node = _turned(frame, node)
    since = len(frame.reached)
    receiver = value(frame, node.func.value) if isinstance(node.func, ast.Attribute) else CLEAN
    if isinstance(node.func, ast.Attribute):
        unmade(frame, node.func, since)
    function = _function(frame, node, receiver)
    frame.last[id(node.func)] = function
    given = _behind(function.bound, _arguments(frame, node))
    if not _GETS.isdisjoint(function.names) and len(node.args) > 1:
        return _got(frame, node, given)
    if "builtins.setattr" in function.names and len(node.args) > 2 and (name := text(node.args[1], given[1].value)):
        assign(frame, ast.copy_location(ast.Attribute(node.args[0], name, ast.Store()), node), given[2].value)
    if "builtins.print" in function.names:
        _print(frame, node, given)
    if "operator.methodcaller" in function.names and given:  # what it gives calls the method that the text names
        return Value(marked(without(given[0].value.atoms, CHOSEN), CHOSEN))
    _note_chosen(frame, node, function)
    for name in sorted(function.names | _of_bases(frame, node.func, receiver)):
        note_sink(frame, node, name, given, receiver)
        note_executor(frame, node, name)
    note_method(frame, node, receiver, given)
    note_put(frame, node, receiver, given)
    note_kept(frame, node, function.names, given)
    _note_passed(frame, node, given)
    filling.fill(frame, node, function.names, given)
    found = (
        configured.set_up(frame, node, receiver, given)
        or sequences.taken(frame, node, receiver, given)
        or result(frame, node, receiver, function, given)
    )
    found = as_part(frame, node, found) if receiver.told else found
    for name in sorted(function.names & frame.setters.keys()):
        effects.apply(frame, frame.setters[name], given)
    sequences.changed(frame, node, receiver, given)
    return found


def _turned(frame: Frame, node: ast.Call) -> ast.Call:
    """`methodcaller("system", text)(os)` is `os.system(text)`, `os.__getattribute__("system")` is `os.system`."""
    made = node.func
    if isinstance(made, ast.Attribute) and made.attr == "__getattribute__" and len(node.args) == 1:
        asked = ast.copy_location(ast.Name("getattr", ast.Load()), node)
        return ast.copy_location(ast.Call(asked, [made.value, *node.args], []), node)
    if not (isinstance(made, ast.Call) and made.args and len(node.args) == 1):
        return node
    name = constant(made.args[0])
    if name is None or frame.names.of(made.func) != "operator.methodcaller":
        return node
    func = ast.copy_location(ast.Attribute(node.args[0], name, ast.Load()), node)
    return ast.copy_location(ast.Call(func, made.args[1:], made.keywords), node)


def _function(frame: Frame, node: ast.Call, receiver: Value) -> Value:
    """What is called. A spelled-out way to a name counts as the name."""
    found = _callee(frame, node.func, receiver)
    if any(name.endswith("()") for name in found.names):
        names = (member(name, "__call__") if name.endswith("()") else name for name in found.names)
        found = found._replace(names=few(names))
    if isinstance(node.func, ast.Attribute) and node.func.attr in _REGISTERS and not found.names:
        return found._replace(names=frozenset({f"?.{node.func.attr}"}))  # whatever `app` is
    inner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    if isinstance(inner, ast.Call | ast.Subscript) and (named := frame.names.of(node.func)):
        return found._replace(names=found.names | {named})
    return found


def _callee(frame: Frame, func: ast.expr, receiver: Value) -> Value:
    if not isinstance(func, ast.Attribute):
        return value(frame, func)
    if isinstance(func.value, ast.Call) and receiver.names == {"builtins.super()"}:
        return _inherited(frame, func)
    known = frame.env.get(place(func) or "")
    return known if known is not None else attribute(frame, receiver, func.attr, func.lineno)


def _inherited(frame: Frame, func: ast.Attribute) -> Value:
    """`super().run`: the method of a base."""
    kind = frame.class_named(frame.name.rpartition(".")[0])
    return Value(names=few(f"{base}.{func.attr}" for base in kind.bases) if kind else NO_NAMES)


def _of_bases(frame: Frame, func: ast.expr, receiver: Value) -> frozenset[str]:
    """`self.redirect` may be the method of a base."""
    if not isinstance(func, ast.Attribute) or not any(atom.kind == "self" for atom in receiver.atoms):
        return NO_NAMES
    kind = frame.class_named(frame.name.rpartition(".")[0])
    return few(f"{base}.{func.attr}" for base in kind.bases) if kind else NO_NAMES


def _arguments(frame: Frame, node: ast.Call) -> Iterator[Argument]:
    unpacked = False
    for index, part in enumerate(_spelled_out(node.args)):
        unpacked = unpacked or isinstance(part, ast.Starred)  # behind it nobody knows the position
        yield Argument(ITEMS if unpacked else str(index), whole(value(frame, part)))
    for keyword in node.keywords:
        yield Argument(keyword.arg or PAIRS, whole(value(frame, keyword.value)))


def _spelled_out(given: list[ast.expr]) -> Iterator[ast.expr]:
    """`f(*[a, b])` is `f(a, b)`."""
    for part in given:
        if isinstance(part, ast.Starred) and isinstance(part.value, ast.List | ast.Tuple):
            yield from part.value.elts
        else:
            yield part


def _behind(count: int, given: Iterator[Argument]) -> tuple[Argument, ...]:
    """Arguments of a function that already has some, by `partial`."""
    if not count:
        return tuple(given)
    return tuple(Argument(str(int(one.name) + count), one.value) if one.name.isdigit() else one for one in given)


def _got(frame: Frame, node: ast.Call, given: tuple[Argument, ...]) -> Value:
    """`getattr(owner, name)`: a known name is an attribute, any other chooses one."""
    name = text(node.args[1], given[1].value) or said(frame, node.args[1])
    if isinstance(name, str):
        found = attribute(frame, given[0].value, name, node.lineno)
        return found._replace(names=found.names | given[2].value.names) if len(given) > 2 else found
    return Value(marked(without(given[1].value.atoms, CHOSEN), CHOSEN))


def _print(frame: Frame, node: ast.Call, given: tuple[Argument, ...]) -> None:
    """`print(text, file=script)` writes to the file."""
    file = next((part.value for part in node.keywords if part.arg == "file"), None)
    if file is not None:
        widen(frame, file, union([argument.value for argument in given if argument.name != "file"]))


def _note_chosen(frame: Frame, node: ast.Call, function: Value) -> None:
    chosen = frozenset(atom for atom in function.atoms if CHOSEN in atom.marks)
    if chosen:
        told = all(limited(atom) for atom in chosen) or not (node.args or node.keywords)
        reach(frame, node, runners.DISPATCH, "getattr", unmarked(chosen, CHOSEN), warn=told)


def _note_passed(frame: Frame, node: ast.Call, given: tuple[Argument, ...]) -> None:
    """`to_thread(eval, text)`, `Thread(target=run, args=(text,))`: a function is handed over with its arguments."""
    packed = any(argument.name in {"args", "kwargs"} for argument in given)
    callees = again(frame, node.func).names
    folds = not _FOLDS.isdisjoint(callees)
    for index, argument in enumerate(given[:_MAX_ARGUMENTS]):
        held = argument.value
        if argument.name in {ITEMS, PAIRS} or not (held.names or held.atoms):
            continue
        rest = _behind(held.bound, _handed(node, given, index))
        for name in sorted(held.names):
            note_sink(frame, node, name, rest)
        if folds:
            rest = (Argument(ITEMS, union([a.value for a in given if a is not argument])),)
        if rest and not held.atoms and (argument.name.isdigit() or packed or argument.name == "key"):
            call_at(frame, node, held.names, rest, CLEAN)
        chosen = frozenset(atom for atom in held.atoms if CHOSEN in atom.marks)
        taken = chosen and argument.name in {"0", "target", "func"} and any(map(_TAKES.search, callees))
        if taken:
            reach(frame, node, runners.DISPATCH, "getattr", unmarked(chosen, CHOSEN), warn=False)


def _handed(node: ast.Call, given: tuple[Argument, ...], index: int) -> Iterator[Argument]:
    """The arguments that are handed over with a function."""
    packed = {part.arg for part in node.keywords} & {"args", "kwargs"}
    if packed:
        yield from (Argument(ITEMS if a.name == "args" else PAIRS, a.value) for a in given if a.name in packed)
        return
    start = index + 1 if given[index].name.isdigit() else 0  # `max(texts, key=eval)`
    later = [argument for argument in given[start:] if argument.name.isdigit()]
    yield from (Argument(str(place), argument.value) for place, argument in enumerate(later))
    yield from (a for a in given if not a.name.isdigit() and a.name != ITEMS and a is not given[index])


READERS: Readers = {ast.Call: called}
