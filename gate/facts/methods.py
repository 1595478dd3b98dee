"""What comes out of a method call, whatever class the method is of."""

import ast
from collections.abc import Iterable, Sequence

from gate.facts import cleaning, propagate, receivers, sources
from gate.facts.assignment import widen
from gate.facts.commands import filled
from gate.facts.frame import Frame, text
from gate.facts.located import asked_for
from gate.facts.names import constant
from gate.facts.summary import ITEMS, PAIRS, Argument
from gate.facts.value import (
    CHOSEN,
    DECLARED,
    ESCAPED,
    HELD,
    JOINED,
    LED,
    NAMED,
    NONE,
    PREFIXED,
    SHAPED,
    WRITTEN,
    Atoms,
    Value,
    atoms_of,
    few,
    iterated,
    keys,
    marked,
    mixed,
    put,
    read,
    unmarked,
    without,
)  # fmt: skip

_SPLITS = frozenset({"split", "rsplit", "partition", "rpartition"})
_OTHERWISE = frozenset({"default", "fallback", ITEMS, PAIRS})
_KEEPS_BEGINNING = frozenset(
    "lower upper encode decode copy format expanduser resolve absolute joinpath with_suffix rstrip".split()
)
_SEPARATORS = frozenset({"/", "\\"})
_MOST = 3
"""So many arguments a method has that looks up a key: `get(key, default, type)` (werkzeug.datastructures)."""


def of_method(
    frame: Frame, call: ast.Call, func: ast.Attribute, receiver: Value, given: Sequence[Argument]
) -> tuple[Atoms, Atoms]:
    """What comes out of a method call: of its object, and of its arguments; and what goes into its object."""
    name = func.attr
    key = text(call.args[0], given[0].value) if call.args and is_choice(call) else None
    if name in propagate.PUTS_IN or (name == "set" and "contextvars.ContextVar()" in receiver.names):
        _keep(frame, func, key, given)
    if name in propagate.ANSWERS_NO_TEXT:
        return NONE, NONE
    own = _of_object(name, receiver)
    if name in _SPLITS and call.args and constant(call.args[0]) in _SEPARATORS:
        own = marked(own, NAMED)
    if name not in {"copy", "items"}:
        own = mixed(own) if key is None else read(own, key)
    if name == "replace" and len(call.args) == 2 and (mark := cleaning.replaced(*map(constant, call.args))):
        own = marked(own, mark)
    if name == "join" and constant(func.value) in _SEPARATORS:
        return unmarked(own, NAMED), unmarked(all_of(given), NAMED)
    if name == "joinpath":
        return own, marked(all_of(given), JOINED)
    if name in propagate.FORMATS:
        return own, _filled(func, receiver, given)
    return own, all_of(_instead(given)) if is_choice(call) and not _names_class(call) else NONE


def is_choice(call: ast.Call) -> bool:
    """Whether a call may be one of `table.get(key, other)`; `service.get(token, model, id, request=request)` is none."""
    named = {part.arg for part in call.keywords} - propagate.CHOICE_OPTIONS - {None}
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    return name in propagate.CHOICES and not named and len(call.args) <= _MOST


def all_of(given: Iterable[Argument]) -> Atoms:
    """What arguments hold, whatever is made of them."""
    return mixed(atoms_of(argument.value for argument in given))


def _keep(frame: Frame, func: ast.Attribute, key: str | None, given: Sequence[Argument]) -> None:
    """What a method puts into its object."""
    atoms = atoms_of(put_in(func.attr, key, argument) for argument in given)
    told = all(argument.value.told for argument in given)
    names = few(name for argument in given for name in argument.value.names if not name.endswith("()"))
    written = marked(atoms, WRITTEN) if func.attr in propagate.WRITES else atoms
    widen(frame, func.value, Value(written, names, told=told))


def _of_object(name: str, receiver: Value) -> Atoms:
    """What a method gives of its object, without what no longer holds of it, and with what holds since."""
    own = sources.asked_of(name, frozenset(atom for atom in without(receiver.atoms, CHOSEN) if atom.kind != "self"))
    if name not in propagate.KEEPS_MARKS | propagate.FORMATS:
        own = unmarked(own, SHAPED)
    if name not in _KEEPS_BEGINNING:
        own = unmarked(own, LED)
    if name not in {"copy", "keys"}:
        own = unmarked(own, DECLARED)
    if name not in propagate.KEEPS_MARKS | propagate.NAMES_FILE:
        own = unmarked(own, WRITTEN)
    if name in propagate.READS_FILE and any(one.startswith("pathlib.") for one in receiver.names):
        own = marked(own, WRITTEN)
    if name in receivers.UNMAKES:
        own = unmarked(own, ESCAPED)
    if name == "get_absolute_url":  # Django's `reverse` quotes what it puts into an address
        own = marked(own, ESCAPED)
    if name in {"values", "items"}:
        own = marked(own, HELD)
    return keys(own) if name == "keys" else own


def _filled(func: ast.Attribute, receiver: Value, given: Sequence[Argument]) -> Atoms:
    """What is put into a text by `format` or `replace`."""
    if func.attr == "replace" and text(func.value, receiver) is None:  # a text of settings, say
        return marked(all_of(given), PREFIXED)
    if func.attr == "join":
        joined = iterated(atoms_of(argument.value for argument in given))
        return filled(None, mixed(frozenset(atom for atom in joined if not atom.under)))  # a dictionary gives its keys
    template = constant(func.value) if func.attr in {"format", "format_map"} else None
    return filled(template, all_of(given) if template is None else all_of(asked_for(template, given)))


def _instead(given: Sequence[Argument]) -> Iterable[Argument]:
    """What `get(key, other)` answers with when it has nothing else; `objects.get(owner=x, name=y)` finds a row."""
    return (argument for argument in given[1:] if not argument.name.isidentifier() or argument.name in _OTHERWISE)


def _names_class(call: ast.Call) -> bool:
    """Whether a call begins with a class: `session.get(User, key)` finds a row, and has no other answer."""
    named = call.args[0] if call.args else None
    word = named.id if isinstance(named, ast.Name) else named.attr if isinstance(named, ast.Attribute) else ""
    return word[:1].isupper() and not word.isupper()


def put_in(name: str, key: str | None, argument: Argument) -> Value:
    """What a method puts into its object, under its key: `update(a=x)`, `setdefault("a", x)`."""
    found = argument.value
    if name == "setdefault":
        return Value(put(mixed(found.atoms), key or ""))
    if name in propagate.PUTS_ONE:
        return found._replace(atoms=unmarked(found.atoms, DECLARED))
    keyed = name == "update" and argument.name not in {"0", ITEMS, PAIRS}
    return Value(put(mixed(found.atoms), argument.name)) if keyed else found
