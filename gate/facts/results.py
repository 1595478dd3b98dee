"""What a call gives: what went into it, an instance of what was called, or what another function returns."""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import replace

from gate.facts import propagate, runners, sources
from gate.facts.assignment import widen
from gate.facts.commands import filled
from gate.facts.frame import Frame, call_at
from gate.facts.names import constant
from gate.facts.summary import ITEMS, PAIRS, RECEIVER, Argument
from gate.facts.value import (
    CHOSEN,
    CLEAN,
    NO_NAMES,
    NONE,
    QUOTED,
    SHAPED,
    WRITTEN,
    Atom,
    Atoms,
    Value,
    atoms_of,
    made,
    marked,
    mixed,
    put,
    read,
    unmarked,
    without,
)  # fmt: skip

_WRAPS = frozenset({"functools.partial", "asgiref.sync.sync_to_async"})


def result(frame: Frame, node: ast.Call, receiver: Value, function: Value, given: Sequence[Argument]) -> Value:
    """What comes out of a call."""
    fed = frozenset(
        Atom(kind, name, line=node.lineno) for name in sorted(function.names) if (kind := sources.source_of(name))
    )
    address = constant(node.args[0]) if node.args else None
    if address and any(sources.asks_model(name, address) for name in function.names):
        fed |= {Atom("llm", "requests.post", line=node.lineno)}
    if fed:
        return Value(fed, made(function.names))
    if function.names and all(propagate.closes(name) for name in function.names):
        return CLEAN
    if given and function.names & _WRAPS:
        return _wrapped(given)
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
    named = _yaml_of(node, function) or _module(frame, node) or made(function.names) | _looked_up(frame, node, receiver)
    known = any(propagate.through(name) or runners.known(name) for name in function.names)
    if known or (passed and not function.names):
        return Value(passed | asked, named)
    plain = frozenset(atom for atom in function.atoms if atom.kind in {"param", "free", "call"})
    return Value(passed | {call_at(frame, node, function.names, given, replace(function, atoms=plain))}, named)


def _wrapped(given: Sequence[Argument]) -> Value:
    """`partial(f, a)` is `f`, but for the arguments it has."""
    count = sum(argument.name.isdigit() for argument in given) - 1
    return replace(given[0].value, bound=given[0].value.bound + count)


def _yaml_of(node: ast.Call, function: Value) -> frozenset[str]:
    unsafe = any(part.arg == "typ" and constant(part.value) == "unsafe" for part in node.keywords)
    return frozenset({"ruamel.yaml.unsafe()"}) if unsafe and "ruamel.yaml.YAML" in function.names else frozenset()


def _module(frame: Frame, node: ast.Call) -> frozenset[str]:
    """`__import__("os")` is `os`."""
    named = frame.names.of(node)
    return frozenset({named}) if named else frozenset()


def _looked_up(frame: Frame, node: ast.Call, table: Value) -> frozenset[str]:
    """`TABLE.get(name)` gives one of the functions in it."""
    if not (isinstance(node.func, ast.Attribute) and node.func.attr in propagate.CHOICES):
        return NO_NAMES
    itself = frame.names.of(node.func.value)
    return frozenset(name for name in table.names if name != itself and not name.endswith("()"))


def _through(names: frozenset[str], given: Sequence[Argument]) -> Atoms:
    """What library functions pass on; `dict(a=x)` under its keys."""
    if names == {"builtins.dict"}:
        return atoms_of(_put_in("update", None, argument) for argument in given)
    return _all(given) if any(propagate.through(name) for name in names) else NONE


def _all(given: Iterable[Argument]) -> Atoms:
    return mixed(atoms_of(argument.value for argument in given))


def _of_method(
    frame: Frame, call: ast.Call, func: ast.Attribute, receiver: Value, given: Sequence[Argument]
) -> tuple[Atoms, Atoms]:
    """What comes out of a method call: of its object, and of its arguments; and what goes into its object."""
    name = func.attr
    key = constant(call.args[0]) if call.args and name in propagate.CHOICES else None
    if name in propagate.PUTS_IN:
        atoms = atoms_of(_put_in(name, key, argument) for argument in given)
        widen(frame, func.value, Value(marked(atoms, WRITTEN) if name in propagate.WRITES else atoms))
    if name in propagate.ANSWERS_NO_TEXT:
        return NONE, NONE
    own = frozenset(atom for atom in without(receiver.atoms, CHOSEN) if atom.kind != "self")
    if name not in propagate.KEEPS_MARKS | propagate.FORMATS:
        own = unmarked(own, SHAPED)
    if name not in propagate.KEEPS_MARKS | propagate.NAMES_FILE:
        own = unmarked(own, WRITTEN)
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
