"""The reading of one function: what its variables hold, and what has been seen of it so far."""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gate.facts import propagate
from gate.facts.names import Names, constant
from gate.facts.summary import Argument, Call, Class, Reached
from gate.facts.value import BEHIND, CLEAN, NONE, Atom, Value, columns, few, iterated, union, unmarked
from gate.nodes import children, walk

_KEEPS = propagate.KEEPS | frozenset(dir(str)) - frozenset({"__setattr__", "__init__"})
_MAX_ALIKE = 5_000
Env = dict[str, Value]
Definition = ast.FunctionDef | ast.AsyncFunctionDef
Readers = Mapping[type[ast.AST], Callable[["Frame", Any], Value]]
"""How each kind of expression is read."""


@dataclass
class Frame:
    """The reading of one function, from its first statement to its last."""

    name: str
    names: Names
    class_named: Callable[[str], Class | None]
    """The classes of this file, by full dotted name."""
    readers: Readers
    web: bool
    """The file speaks of a web framework."""
    env: Env = field(default_factory=dict)
    """What variables and paths such as `job.code` hold at this point."""
    around: Env = field(default_factory=dict)
    """What the variables of the enclosing function hold."""
    globals: Env = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    """By variable of the module that is set once, to a text: the text."""
    rebound: frozenset[str] = frozenset()
    """Variables of the module that some function of it sets."""
    ever: Env = field(default_factory=dict)
    """All that a variable ever held."""
    calls: list[Call] = field(default_factory=list)
    reached: list[Reached] = field(default_factory=list)
    returned: list[Value] = field(default_factory=list)
    stores: list[tuple[str, Value, int]] = field(default_factory=list)
    raised: list[Value] = field(default_factory=list)
    """What exceptions are made of that it raises itself."""
    leaving: list[list[tuple[Env, bool]]] = field(default_factory=list)
    """By loop: what variables hold where a turn is left early, and whether the whole loop is."""
    nested: "list[tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, str, Env]]" = field(default_factory=list)
    looping: int = 0
    unset: set[str] = field(default_factory=set)
    """Variables that this turn of a loop asked for before they were set."""
    guarded: bool = False
    """Within a `with` that is named for keeping connections where they are allowed."""
    shared: set[str] = field(default_factory=set)
    """Variables of the module that the function sets."""
    options: frozenset[str] = frozenset()
    """Parameters that are off unless a caller says otherwise."""
    on: frozenset[str] = frozenset()
    """Those of them that are on at this point."""
    unsure: set[str] = field(default_factory=set)
    """Variables that functions in this one set."""
    setters: dict[str, Definition] = field(default_factory=dict)
    """By full name, the functions in this one that set them."""
    applied: int = 0
    """How often what they set was read."""
    last: dict[int, Value] = field(default_factory=dict)
    """What each expression gave when it was last read."""
    files: dict[str, str] = field(default_factory=dict)
    """By the variable of an open file, the variable or constant that names it."""
    same: dict[str, list[str]] = field(default_factory=dict)
    """By variable, all that were set to the object it holds; only what is still filed under the same list is."""
    alike_read: int = 0
    deep: bool = False
    """It is nested too deeply to be read to its end."""
    parts: bool = False
    """Some path longer than a variable's name is known."""
    node: ast.AST = field(default_factory=ast.Pass)
    """What is read."""
    judges: bool = False
    """It says by its name that it tells what is allowed."""
    answers: list[tuple[bool, bool | None, Env]] = field(default_factory=list)
    """Of such a function, by answer: whether it is true, whether it is None (None where it may be), what variables hold."""

    @cached_property
    def assigned(self) -> Mapping[str, list[ast.expr]]:
        """By variable, what it is set to as a whole, anywhere in the function."""
        found: dict[str, list[ast.expr]] = {}
        for part in walk(self.node):
            for target in part.targets if isinstance(part, ast.Assign) else ():
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(part.value)  # type: ignore[attr-defined]
        return found

    @cached_property
    def lent(self) -> frozenset[str]:
        """Variables whose parts may be set by another name, or by what they are handed to."""
        parts = walk(self.node)
        kept = {id(held) for part in parts for held in _looked_into(part)}
        kept -= {id(held) for part in parts for held in _changed(part)}
        names = (part for part in parts if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load))
        return frozenset(name.id for name in names if id(name) not in kept)

    def text_of(self, node: ast.AST) -> str | None:
        """The text that a variable of the module, which none of the function hides, holds for certain."""
        own = not isinstance(node, ast.Name) or node.id in self.ever or node.id in self.env or node.id in self.around
        return None if own else self.texts.get(node.id)  # type: ignore[attr-defined]

    def stays(self, name: str) -> bool:
        """Whether a variable never holds anything but what the code says; functions within may run at any time."""
        return name not in self.unsure and name in self.ever and self.ever[name].settled

    def link(self, name: str, other: str) -> None:
        """`name = other`: what is put into the one is in the other as well."""
        self.same[name] = self.same.setdefault(other, [other])
        self.same[name].append(name)

    def alike(self, name: str) -> list[str]:
        """The other variables that hold the same object."""
        held = self.same.get(name, [])
        self.alike_read += len(held)
        if self.alike_read > _MAX_ALIKE:
            self.deep = True
            return []
        return list(dict.fromkeys(other for other in held if self.same.get(other) is held and other != name))

    def bind(self, name: str, value: Value) -> None:
        """A variable is set: what was known of its parts is over."""
        self.same.pop(name, None)
        for key in [key for key in self.env if key.startswith((name + ".", name + "["))] if self.parts else ():
            del self.env[key]
        if name in self.unsure or name in self.shared or self.name.endswith(".<module>"):
            value = value._replace(known=None, items=None, told=value.told and self.name.endswith(".<module>"))
        self.env[name] = value
        if name in self.shared:
            self.stores.append((f"{self.names.module}.{name}", value, 0))
        self.ever[name] = union([self.ever[name], value]) if name in self.ever else value


_PLACES = frozenset({ast.Name, ast.Attribute, ast.Subscript, ast.Call})
"""Kinds of expressions that `place` has a text for."""


def value(frame: Frame, node: ast.AST | None) -> Value:
    """What an expression gives; calls and sinks in it are noted in the frame."""
    if node is None:
        return CLEAN
    key = place(node) if type(node) in _PLACES else None
    known = frame.env.get(key) if key is not None else None
    if known is not None and not isinstance(node, ast.Name):
        known = as_part(frame, node, known)
    found = known if known is not None else frame.readers.get(type(node), _parts)(frame, node)
    frame.last[id(node)] = found
    return found


def text(node: ast.AST | None, found: Value) -> str | None:
    """The text an expression is for certain; None for any other."""
    written = constant(node)
    return written if written is not None else found.known if isinstance(found.known, str) else None


def part_of(frame: Frame, whole: ast.AST, key: str) -> Value | None:
    """What is known of a part of a variable by its key."""
    path = place(whole)
    found = frame.env.get(f"{path}[{key!r}]") if path else None
    return as_part(frame, whole, found) if found is not None else None


def as_part(frame: Frame, node: ast.AST, found: Value) -> Value:
    """A part of what a variable holds: what is known of it is certain only where no other name leads to it."""
    if not found.settled or (isinstance(node, ast.Call) and not isinstance(node.func, ast.Attribute)):
        return found
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    whole = not isinstance(node, ast.Name) or node.id not in frame.lent
    return found if whole else found._replace(told=False)


def _looked_into(node: ast.AST) -> Iterator[ast.AST]:
    """What is asked for a part of it."""
    if isinstance(node, ast.Subscript | ast.Attribute | ast.FormattedValue):
        yield node.value
    elif isinstance(node, ast.Compare | ast.BinOp | ast.UnaryOp):  # no name is given to it there
        yield from expressions(node)


def _changed(node: ast.AST) -> Iterator[ast.AST]:
    """What a method is called on that may change its parts in a way nobody knows."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr not in _KEEPS:
        yield node.func.value


def _parts(frame: Frame, node: ast.AST) -> Value:
    return union([value(frame, child) for child in expressions(node)])


def expressions(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions right inside of a node."""
    return (child for child in children(node) if isinstance(child, ast.expr))


def again(frame: Frame, node: ast.AST) -> Value:
    """What an expression gave when it was last read; reading it anew at each level would take for ever."""
    return frame.last.get(id(node), CLEAN)


def place(node: ast.AST) -> str | None:
    """A variable, or attributes and constant keys of one, as text: `job.code`, `body['op']`."""
    trail: list[str] = []
    while True:
        if isinstance(node, ast.Name):
            return node.id + "".join(reversed(trail))
        if isinstance(node, ast.Attribute):
            trail.append("." + node.attr)
            node = node.value
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            trail.append(f"[{node.slice.value!r}]")
            node = node.value
        elif isinstance(node, ast.Call) and _is_get(node):
            trail.append(f"[{node.args[0].value!r}]")  # type: ignore[attr-defined]
            node = node.func.value  # type: ignore[attr-defined]
        else:
            return None


def _is_get(node: ast.Call) -> bool:
    return (
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and len(node.args) == 1
        and isinstance(node.args[0], ast.Constant)
    )


def elements(found: Value) -> Value:
    """What iterating over a value gives; of a list of pairs, pairs whose parts are known apart."""
    rows = columns([item.items for item in found.items]) if found.items else None
    return found._replace(atoms=unmarked(iterated(found.atoms), BEHIND), program=False, known=None, items=rows, says=())


def free(name: str, found: Value) -> Value:
    """A variable of the enclosing function, as seen from the function within."""
    kept = frozenset(atom for atom in found.atoms if atom.kind == "self")
    outside = frozenset({Atom("free", name)}) if found.atoms - kept else NONE
    return Value(kept | outside, found.names, found.program, told=found.settled)


def call_at(
    frame: Frame, node: ast.expr | ast.stmt, callees: Iterable[str], given: Iterable[Argument], origin: Value
) -> Atom:
    """Note a call and give the origin that its result is."""
    number = len(frame.calls)
    end = node.end_lineno or node.lineno
    first = constant(node.args[0]) if isinstance(node, ast.Call) and node.args else None
    frame.calls.append(Call(node.lineno, end, few(callees), tuple(given), origin.atoms, number, first or ""))
    return Atom("call", str(number))
