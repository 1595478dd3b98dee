"""What a call does with its arguments: runs them, passes them on, puts them away, or hands them to another function."""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from gate.facts import propagate, runners, sources
from gate.facts.arguments import fed
from gate.facts.assignment import widen
from gate.facts.commands import command_line, filled
from gate.facts.flow import attribute
from gate.facts.frame import Frame, Readers, again, call_at, place, value
from gate.facts.names import constant
from gate.facts.runners import Runner
from gate.facts.summary import ITEMS, PAIRS, RECEIVER, Argument, Reached
from gate.facts.value import (
    BEHIND,
    CHOSEN,
    CLEAN,
    NONE,
    PREFIXED,
    QUOTED,
    SHAPED,
    SIGNED,
    Atom,
    Atoms,
    Value,
    atoms_of,
    few,
    limited,
    made,
    marked,
    member,
    mixed,
    put,
    read,
    unmarked,
    without,
)  # fmt: skip

_SPREAD = frozenset({"asyncio.create_subprocess_exec", "asyncio.subprocess.create_subprocess_exec"})
_MAX_ARGUMENTS = 30
_TAKES = re.compile(
    r"(?:^|\.)(?:to_thread|partial|submit|Thread|Process|Timer|run_in_executor|run_in_threadpool|map|filter|add_task|"
    r"sync_to_async|async_to_sync|call_soon\w*|call_later|reduce|apply\w*|starmap|start_new_thread)$"
)
"""Functions that call what they are given."""
_IGNORED = {runners.SHELL: QUOTED, runners.ARGV: QUOTED + BEHIND + PREFIXED, runners.DESERIALIZE: SIGNED}


def called(frame: Frame, node: ast.Call) -> Value:
    """The value of a call."""
    receiver = value(frame, node.func.value) if isinstance(node.func, ast.Attribute) else CLEAN
    function = _function(frame, node, receiver)
    frame.last[id(node.func)] = function
    given = _arguments(frame, node)
    if "builtins.getattr" in function.names and len(node.args) > 1:
        return _got(frame, node, given)
    _note_chosen(frame, node, function)
    for name in sorted(function.names):
        _note_sink(frame, node, name, given, node)
        _note_executor(frame, node, name)
    _note_passed(frame, node, given)
    return _result(frame, node, receiver, function, given)


def _function(frame: Frame, node: ast.Call, receiver: Value) -> Value:
    """What is called. A spelled-out way to a name counts as the name."""
    found = _callee(frame, node.func, receiver)
    if any(name.endswith("()") for name in found.names):
        names = (member(name, "__call__") if name.endswith("()") else name for name in found.names)
        found = replace(found, names=few(names))
    inner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    if isinstance(inner, ast.Call | ast.Subscript) and (named := frame.names.of(node.func)):
        return replace(found, names=found.names | {named})
    return found


def _callee(frame: Frame, func: ast.expr, receiver: Value) -> Value:
    if not isinstance(func, ast.Attribute):
        return value(frame, func)
    known = frame.env.get(place(func) or "")
    return known if known is not None else attribute(frame, receiver, func.attr, func.lineno)


def _arguments(frame: Frame, node: ast.Call) -> tuple[Argument, ...]:
    given, unpacked = [], False
    for index, part in enumerate(_spelled_out(node.args)):
        unpacked = unpacked or isinstance(part, ast.Starred)  # behind it nobody knows the position
        name = ITEMS if unpacked else str(index)
        given.append(Argument(name, value(frame, part)))
    return (*given, *(Argument(part.arg or PAIRS, value(frame, part.value)) for part in node.keywords))


def _spelled_out(given: list[ast.expr]) -> Iterator[ast.expr]:
    """`f(*[a, b])` is `f(a, b)`."""
    for part in given:
        if isinstance(part, ast.Starred) and isinstance(part.value, ast.List | ast.Tuple):
            yield from part.value.elts
        else:
            yield part


def _got(frame: Frame, node: ast.Call, given: tuple[Argument, ...]) -> Value:
    """`getattr(owner, name)`: a known name is an attribute, any other chooses one."""
    name = constant(node.args[1])
    if name is not None:
        return attribute(frame, given[0].value, name, node.lineno)
    return Value(marked(without(given[1].value.atoms, CHOSEN), CHOSEN))


def _note_chosen(frame: Frame, node: ast.Call, function: Value) -> None:
    chosen = frozenset(atom for atom in function.atoms if CHOSEN in atom.marks)
    if chosen:
        told = all(limited(atom) for atom in chosen) or not (node.args or node.keywords)
        _reach(frame, node, runners.DISPATCH, "getattr", unmarked(chosen, CHOSEN), warn=told)


def _note_sink(frame: Frame, node: ast.Call, name: str, given: tuple[Argument, ...], at: ast.expr) -> None:
    if name in _SPREAD:
        atoms = without(command_line(frame, node.args).atoms, BEHIND)
        _reach(frame, at, runners.ARGV, name, atoms, warn=False)
        return
    runner = runners.known(name)
    if runner is None or (judged := _judged(frame, node, name, runner)) is None:
        return
    atoms = atoms_of(map(Value, fed(given, judged.positions, judged.keywords)))
    _reach(frame, at, judged.kind, name, atoms, warn=judged.warn)


def _note_executor(frame: Frame, node: ast.Call, name: str) -> None:
    """An object that hands a model's words to an interpreter is a sink fed from the start."""
    allowed = any(part.arg == "allow_dangerous_code" and _truthy(part.value) for part in node.keywords)
    if runners.EXECUTORS.match(name) or (allowed and runners.AGENTS.match(name)):
        _reach(frame, node, runners.EXECUTOR, name, frozenset({Atom("llm", name, line=node.lineno)}), warn=False)


def _judged(frame: Frame, node: ast.Call, name: str, runner: Runner) -> Runner | None:
    """The sink as it is called here; None where the call's own options make it safe."""
    options = {part.arg: part.value for part in node.keywords if part.arg}
    if runner.kind == runners.ARGV and name.startswith("subprocess."):
        shell = options.get("shell")
        off = shell is None or (isinstance(shell, ast.Constant) and not shell.value)
        return runner if off else replace(runner, kind=runners.SHELL)
    if name in {"yaml.load", "yaml.load_all"}:
        loader = options.get("Loader") or (node.args[1] if len(node.args) > 1 else None)
        return None if loader is not None and _is_safe_loader(frame, loader) else runner
    if name == "torch.load":
        only = options.get("weights_only")
        if isinstance(only, ast.Constant) and only.value:
            return None
        return replace(runner, warn=only is None)
    if name == "numpy.load":
        allowed = options.get("allow_pickle")
        return runner if allowed is not None and constant(allowed) is None and _truthy(allowed) else None
    if runner.warn and name.startswith("pandas."):
        return replace(runner, warn=constant(options.get("engine")) != "python")
    return runner


def _truthy(node: ast.expr) -> bool:
    return not isinstance(node, ast.Constant) or bool(node.value)


def _is_safe_loader(frame: Frame, node: ast.expr) -> bool:
    """A safe loader of yaml, under any path, or a class derived from one."""
    waiting, seen = list(again(frame, node).names), set()
    while waiting:
        name = waiting.pop()
        if runners.SAFE_LOADERS.search(name):
            return True
        kind = frame.class_named(name)
        if kind is not None and name not in seen:
            seen.add(name)
            waiting += kind.bases
    return False


def _reach(frame: Frame, node: ast.expr, kind: str, name: str, atoms: Atoms, *, warn: bool) -> None:
    ignored = _IGNORED.get(kind, "")
    left = frozenset(
        atom for atom in atoms
        if CHOSEN not in atom.marks and atom.kind != "self" and not any(mark in atom.marks for mark in ignored)
    )  # fmt: skip
    if left:
        frame.reached.append(Reached(node.lineno, node.end_lineno or node.lineno, kind, name, left, warn))


def _note_passed(frame: Frame, node: ast.Call, given: tuple[Argument, ...]) -> None:
    """`to_thread(eval, text)`, `Thread(target=run, args=(text,))`: a function is handed over with its arguments."""
    takes = any(_TAKES.search(name) for name in again(frame, node.func).names)
    for index, argument in enumerate(given[:_MAX_ARGUMENTS]):
        if argument.name in {ITEMS, PAIRS} or not (argument.value.names or argument.value.atoms):
            continue
        rest = _handed(node, given, index)
        for name in sorted(argument.value.names):
            _note_sink(frame, _without_options(node), name, rest, node)
        if rest and not argument.value.atoms:
            call_at(frame, node, argument.value.names, rest, CLEAN)
        chosen = frozenset(atom for atom in argument.value.atoms if CHOSEN in atom.marks)
        if chosen and takes and argument.name in {"0", "target", "func"}:
            _reach(frame, node, runners.DISPATCH, "getattr", unmarked(chosen, CHOSEN), warn=False)


def _handed(node: ast.Call, given: tuple[Argument, ...], index: int) -> tuple[Argument, ...]:
    packed = {part.arg: part.value for part in node.keywords if part.arg in {"args", "kwargs"}}
    if packed:
        names = {"args": ITEMS, "kwargs": PAIRS}
        return tuple(Argument(names[a.name], a.value) for a in given if a.name in packed)
    later = [argument for argument in given[index + 1 :] if argument.name.isdigit()]
    moved = [Argument(str(place), argument.value) for place, argument in enumerate(later)]
    named = [a for a in given if not a.name.isdigit() and a.name != ITEMS and a is not given[index]]
    return (*moved, *named)


def _without_options(node: ast.Call) -> ast.Call:
    return ast.copy_location(ast.Call(node.func, node.args, node.keywords), node)


def _result(frame: Frame, node: ast.Call, receiver: Value, function: Value, given: tuple[Argument, ...]) -> Value:
    fed = frozenset(
        Atom(kind, name, line=node.lineno) for name in sorted(function.names) if (kind := sources.source_of(name))
    )
    if fed:
        return Value(fed, made(function.names))
    if function.names and all(propagate.closes(name) for name in function.names):
        return CLEAN
    if function.names & {"shlex.quote", "pipes.quote", "shlex.join"}:
        return Value(marked(_all(given), QUOTED))
    passed = _through(function.names, given)
    if isinstance(node.func, ast.Attribute):
        own, added = _of_method(frame, node, node.func, receiver, given)
        asked = frozenset(atom for atom in own if function.names and atom.kind not in {"request", "llm"})
        passed |= (own - asked) | added
        given = (*given, Argument(RECEIVER, Value(asked)))
    else:
        asked = NONE
    result = _yaml_of(node, function) or _module(frame, node) or _instance(function, given)
    known = any(propagate.through(name) or runners.known(name) for name in function.names)
    if known or (passed and not function.names):
        return Value(passed | asked, result)
    plain = frozenset(atom for atom in function.atoms if atom.kind in {"param", "free", "call"})
    return Value(passed | {call_at(frame, node, function.names, given, replace(function, atoms=plain))}, result)


def _yaml_of(node: ast.Call, function: Value) -> frozenset[str]:
    unsafe = any(part.arg == "typ" and constant(part.value) == "unsafe" for part in node.keywords)
    return frozenset({"ruamel.yaml.unsafe()"}) if unsafe and "ruamel.yaml.YAML" in function.names else frozenset()


def _module(frame: Frame, node: ast.Call) -> frozenset[str]:
    """`__import__("os")` is `os`."""
    named = frame.names.of(node)
    return frozenset({named}) if named else frozenset()


def _instance(function: Value, given: tuple[Argument, ...]) -> frozenset[str]:
    """What a call may give: an instance of what is called, or the function that is wrapped by it."""
    if any(name in {"functools.partial", "asgiref.sync.sync_to_async"} for name in function.names):
        return given[0].value.names if given else frozenset()
    return made(function.names)


def _through(names: frozenset[str], given: Sequence[Argument]) -> Atoms:
    """What library functions pass on; `dict(a=x)` under its keys."""
    if names == {"builtins.dict"}:
        return atoms_of(_put_in("update", None, argument) for argument in given)
    return _all(given) if any(propagate.through(name) for name in names) else NONE


def _all(given: Iterable[Argument]) -> Atoms:
    return mixed(atoms_of(argument.value for argument in given))


def _of_method(
    frame: Frame, call: ast.Call, func: ast.Attribute, receiver: Value, given: tuple[Argument, ...]
) -> tuple[Atoms, Atoms]:
    """What comes out of a method call: of its object, and of its arguments; and what goes into its object."""
    name = func.attr
    key = constant(call.args[0]) if call.args and name in propagate.CHOICES else None
    if name in propagate.PUTS_IN:
        widen(frame, func.value, Value(atoms_of(_put_in(name, key, argument) for argument in given)))
    if name in propagate.ANSWERS_NO_TEXT:
        return NONE, NONE
    own = frozenset(atom for atom in without(receiver.atoms, CHOSEN) if atom.kind != "self")
    if name not in propagate.KEEPS_MARKS | propagate.FORMATS:
        own = unmarked(own, SHAPED)
    if name != "copy":
        own = mixed(own) if key is None else read(own, key)
    if name in propagate.FORMATS:
        return own, filled(constant(func.value) if name in {"format", "format_map"} else None, _all(given))
    return own, _all(given[1:]) if name in propagate.CHOICES else NONE


def _put_in(name: str, key: str | None, argument: Argument) -> Value:
    """What a method puts into its object, under its key: `update(a=x)`, `setdefault("a", x)`."""
    found = argument.value
    if name == "setdefault":
        return Value(put(mixed(found.atoms), key or ""))
    keyed = name == "update" and argument.name not in {"0", ITEMS, PAIRS}
    return Value(put(mixed(found.atoms), argument.name)) if keyed else found


READERS: Readers = {ast.Call: called}
