"""What is known of a value while a function is read: where its text may come from, and what it may be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

PREFIXED = "p"
"""Built behind constant text: `handle_` + name can only name what begins so."""
QUOTED = "q"
"""Quoted for a shell."""
SIGNED = "s"
"""Compared with a signature before use."""
CHOSEN = "c"
"""Not the text itself: the attribute or global the text names."""
BEHIND = "b"
"""An argument behind a constant program in a list of arguments."""
TAILED = "t"
"""Built before constant text: name + `.settings` can only name what ends so."""
WRITTEN = "w"
"""Written to a file, or names the one that was read: not the text itself, but it leads an interpreter to it."""
ADDRESSED = "a"
"""Stands behind a host, or a path that begins on this one: it cannot choose where a request goes."""
HOST = "h"
"""The host of an address, which says where the address leads."""
RESOLVED = "r"
"""A path without `..` and links."""
LED = "l"
"""Stands behind a word of its own: `report-` + text, which leads to another folder only from one of that name."""
SHAPED = PREFIXED + TAILED + QUOTED + ADDRESSED + RESOLVED + LED
"""What holds of a text as a whole, and no longer of a part of it."""
JOINED = "J"
"""Put behind the beginning of a path, or of any text."""
CONTAINED = "k"
"""Found to lie below a known folder, or at a known host."""
NAMED = "n"
"""One name of a path, without separators."""
ESCAPED = "e"
"""Escaped for a page or an address."""
ONE_LINE = "1"
"""Without line ends."""
UNQUOTED = "u"
"""Stands between quotes, and holds none itself."""
DOUBLED = "D"
"""Its quotes are doubled, as SQL asks for between quotes; a database that knows backslashes as well is still misled."""
TEXT = "x"
"""Certainly text, and no object of JSON."""
PARSED = "j"
"""Read as JSON or the like: it may be an object, whatever came in."""
VETTED = "v"
"""Shown to a function that says whether it is allowed."""
AGREED, DENIED, STATED = "Y", "N", "A"
"""How a function that judges was asked, for certain: it said yes, it said no, or nobody looked at what it said."""
FOUND = "f"
"""Something was looked up by it, and found."""
GUESSED = "g"
"""Handed through a function of the project's own that is not there to be read."""
NO_OPTION = "o"
"""Found not to begin with `-`."""
DECLARED = "d"
"""A dictionary of what an object's class declares: no outsider names its keys."""
ITERATED = "i"
"""What going through a value gives: names in the code, should that be a dictionary of what a class declares."""
HELD = "y"
"""What a dictionary holds, no matter under which keys."""
IN_SQL, IN_LDAP, IN_HTML = "S", "L", "H"
"""Put into constant text that is written in this language."""


ANY = "*"
"""The key of what a dictionary holds under keys nobody knows."""
KEYS = "#keys"
"""The field that stands for the keys of a dictionary."""


class Atom(NamedTuple):
    """One origin of a value.

    `kind` is "request" or "llm" (a source; `name` says which), "param" (`name`), "call" (`name` is the call's
    number in its function), "attr" (an attribute of `self`), "free" (a variable of the enclosing function),
    "global" (a dotted name), "self", or "whole" (a request as such).
    """

    kind: str
    name: str
    field: str = ""
    """The first attribute or constant key read from it."""
    marks: str = ""
    line: int = 0
    """Where a source is read."""
    under: str = ""
    """The constant key or attribute of the value that holds it; "" when the value may be it itself."""


CONTEXTS = frozenset({"flask.g", "quart.g"})
"""Objects on which all functions that answer one request keep what they have found out."""
Atoms = frozenset[Atom]
NONE: Atoms = frozenset()
NO_NAMES: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Said:
    """What a condition that is kept in a variable says of another: what that held, and holds on either side."""

    key: str
    before: "Value"
    then: "Value"
    other: "Value"
    exact: bool = False
    """The variable is true where the condition holds, and no answer whose name tells what it means."""
    set_there: bool = False
    """The variable is None or False but for where the condition held and it was set."""


class Value(NamedTuple):
    """Origins of the text, and the dotted names of what the value is or is an instance of."""

    atoms: Atoms = NONE
    names: frozenset[str] = frozenset()
    program: bool = False
    """A list of arguments that begins with a constant program."""
    runs: bool = False
    """A list of words that makes an interpreter run the next one: `sh -c`."""
    bound: int = 0
    """How many arguments `partial` has given it, by position."""
    known: str | float | None = None
    """The text, number or truth it is for certain."""
    items: "tuple[Value, ...] | None" = None
    """The elements of a list, where all are known."""
    told: bool = False
    """All that may be in it stands in the code, or among its origins."""
    says: tuple[Said, ...] = ()
    """What it says of other variables, where it is the answer of a condition."""

    @property
    def settled(self) -> bool:
        """Whether it holds nothing but what the code says."""
        return self.told and not self.atoms


CLEAN = Value()
SETTLED = Value(told=True)
_MAX_NAMES = 12
MAX_ATOMS = 128


def union(values: Iterable[Value]) -> Value:
    """A value that may be any of these."""
    listed = list(values)
    if len(listed) == 1:
        return listed[0]
    return Value(
        atoms_of(listed),
        few(name for value in listed for name in value.names),
        any(value.program for value in listed),
        any(value.runs for value in listed),
        max((value.bound for value in listed), default=0),
        _same([value.known for value in listed]),
        columns([value.items for value in listed]),
        bool(listed) and all(value.told for value in listed),
    )


def columns(rows: "Sequence[tuple[Value, ...] | None]") -> "tuple[Value, ...] | None":
    """The elements of what may be any of these lists, where all are as long."""
    known = [row for row in rows if row is not None]
    if not known or len(known) < len(rows) or len({len(row) for row in known}) > 1:
        return None
    return known[0] if all(row is known[0] for row in known) else tuple(map(union, zip(*known, strict=True)))


def _same(found: list[Any]) -> Any:
    """What all of these are; None where they differ."""
    first = found[0] if found else None
    return first if first is not None and all(one == first and type(one) is type(first) for one in found) else None


def atoms_of(values: Iterable[Value]) -> Atoms:
    """All origins of these, up to `MAX_ATOMS`: sources and parameters before the results of calls."""
    found = frozenset(atom for value in values for atom in value.atoms)
    return found if len(found) <= MAX_ATOMS else frozenset(sorted(found, key=_weight)[:MAX_ATOMS])


def _weight(atom: Atom) -> tuple[int, Atom]:
    return ("request", "llm", "param", "free", "attr", "global", "self", "whole", "call").index(atom.kind), atom


def few(names: Iterable[str]) -> frozenset[str]:
    found = frozenset(names)
    if not found:
        return NO_NAMES
    found = frozenset(name for name in found if len(name) < 200)
    return found if len(found) <= _MAX_NAMES else frozenset(sorted(found)[:_MAX_NAMES])


def made(names: Iterable[str]) -> frozenset[str]:
    """The names of what calling or instantiating these gives: `Runner()` for `Runner`."""
    return few(name if name.endswith("()") else f"{name}()" for name in names)


def member(name: str, attribute: str) -> str:
    """The name of an attribute; of an instance, it is its class's."""
    return f"{name.removesuffix('()')}.{attribute}"


def marked(atoms: Atoms, mark: str) -> Atoms:
    """With a mark, or with several."""
    return frozenset(_marked(atom, mark) for atom in atoms)


def _marked(atom: Atom, mark: str) -> Atom:
    return atom if mark in atom.marks else atom._replace(marks=atom.marks + mark)


def unmarked(atoms: Atoms, marks: str) -> Atoms:
    """Without these marks: what is joined into text stands behind nothing any more."""
    if not any(mark in atom.marks for atom in atoms for mark in marks):
        return atoms
    table = str.maketrans("", "", marks)
    return frozenset(atom._replace(marks=atom.marks.translate(table)) for atom in atoms)


def without(atoms: Atoms, mark: str) -> Atoms:
    return frozenset(atom for atom in atoms if mark not in atom.marks)


def read(atoms: Atoms, field: str) -> Atoms:
    """What an attribute or key of a value comes from. What was only chosen by a text is left behind."""
    kept = (atom for atom in atoms if CHOSEN not in atom.marks and atom.under in {"", ANY, field})
    return frozenset(_read(atom, field) for atom in kept) if atoms else NONE


def _read(atom: Atom, field: str) -> Atom:
    if atom.under:
        return atom._replace(under="")
    marks = atom.marks if atom.field else atom.marks.replace(BEHIND, "")
    return atom._replace(field=atom.field or field, marks=marks.replace(DECLARED, ""))


def keys(atoms: Atoms) -> Atoms:
    """Origins of the keys of a dictionary: all but what it holds under them, and but for names in the code."""
    return frozenset(_read(atom, KEYS) for atom in without(without(atoms, CHOSEN), DECLARED) if not atom.under)


def iterated(atoms: Atoms) -> Atoms:
    """Origins of what going through a value gives; a dictionary gives its keys."""
    free = frozenset(atom for atom in atoms if atom.under or DECLARED not in atom.marks)
    return frozenset(
        atom if atom.kind in {"request", "llm"} or HELD in atom.marks else _marked(atom, ITERATED)
        for atom in unmarked(free, DECLARED)
    )


def position(index: int) -> str:
    """The key under which a function that returns several values returns one of them."""
    return f"#{index}"


def picked(atoms: Atoms, index: int) -> Atoms:
    """Origins of one of several values that a call returned."""
    return frozenset(
        atom._replace(field=position(index)) if atom.kind == "call" and not atom.field else atom for atom in atoms
    )


def limited(atom: Atom) -> bool:
    """Whether constant text around this one leaves few names it can make."""
    return PREFIXED in atom.marks or TAILED in atom.marks


def put(atoms: Atoms, key: str) -> Atoms:
    """Origins of something that is put under a key of another."""
    return frozenset(atom if atom.under == key else atom._replace(under=key) for atom in atoms)


def mixed(atoms: Atoms) -> Atoms:
    """Origins of something made of these: it is neither chosen nor behind a program, and has no keys."""
    return put(unmarked(without(atoms, CHOSEN), BEHIND), "") if atoms else NONE
