"""What one function does with values, as far as its own text tells; all that lies in other functions is left open."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from gate.facts.value import CLEAN, MAX_ATOMS, Atoms, Value

RECEIVER, ITEMS, PAIRS = ".", "*", "**"
"""Arguments without a place: what a method is called on, and what is unpacked."""


class Argument(NamedTuple):
    """A value handed over at a call.

    `name` is a position ("0"), a keyword, or one of `RECEIVER`, `ITEMS` and `PAIRS`.
    """

    name: str
    value: Value


@dataclass(frozen=True, slots=True)
class Call:
    """A call that is not understood by its name alone. `callees` are the dotted names it may mean."""

    line: int
    end_line: int
    callees: frozenset[str]
    arguments: tuple[Argument, ...]
    origin: Atoms
    """Where the called thing itself comes from, when it is a value of this function."""
    number: int = 0
    text: str = ""
    """Its first argument, where that is written out: the path of a route."""


@dataclass(frozen=True, slots=True)
class Reached:
    """Something with origins arrives at a sink."""

    line: int
    end_line: int
    kind: str
    name: str
    atoms: Atoms
    warn: bool
    needs: frozenset[str] = frozenset()
    """Parameters, off unless a caller says otherwise, that must be on for this to be come to."""


def _both(one: Reached, other: Reached) -> Reached:
    warn, needs = one.warn and other.warn, one.needs & other.needs
    return replace(one, atoms=one.atoms | other.atoms, warn=warn, needs=needs)


def merged(found: Iterable[Reached]) -> tuple[Reached, ...]:
    """One for each sink of a line, however often and on whatever ways it was come to."""
    sinks: dict[tuple[int, str], Reached] = {}
    for one in found:
        key = (one.line, one.kind)
        known = sinks.get(key)
        sinks[key] = _both(known, one) if known else one
    return tuple(sinks.values())


@dataclass(frozen=True, slots=True)
class Decorator:
    name: str
    """Its dotted name."""
    text: str
    """Its first argument, where that is written out: the path of a route."""


@dataclass(frozen=True, slots=True)
class Param:
    name: str
    annotation: frozenset[str]
    """Dotted names of what its type says."""
    depends: frozenset[str]
    """The functions a web framework calls for its value: `Depends(f)`."""
    positional: bool
    rest: str = ""
    """`ITEMS` for `*args`, `PAIRS` for `**kwargs`."""
    pattern: bool = False
    """A pattern or bound limits what it may hold."""
    runs: frozenset[str] = frozenset()
    """What it is unless a caller says otherwise, where that is a function that runs what it is given."""
    default: str = ""
    """The dotted name it is unless a caller says otherwise; "" where that is no name."""


class Judged(NamedTuple):
    """What a parameter of a function that judges may still be, by what it says."""

    yes: Atoms
    no: Atoms
    found: Atoms
    """Where the answer is not None."""
    missing: Atoms
    """Where it is None."""
    always: Atoms


@dataclass(frozen=True, eq=False)
class Function:
    """A function, method, lambda or (named `<module>`) the top level of a file."""

    name: str
    """Its full dotted name."""
    path: str
    line: int
    end_line: int
    owner: str
    """The dotted name of its class; "" outside of one."""
    params: tuple[Param, ...] = ()
    decorators: tuple[Decorator, ...] = ()
    calls: tuple[Call, ...] = ()
    reached: tuple[Reached, ...] = ()
    returned: Value = CLEAN
    stores: tuple[tuple[str, Value, int], ...] = ()
    """Attributes of objects it sets (`module.Class.attribute`), to what, and on which line."""
    captured: Mapping[str, Value] = field(default_factory=dict)
    """What its free variables are in the function around it."""
    outer: str = ""
    """The dotted name of the function around it."""
    deep: bool = False
    """It is nested too deeply to be read to its end."""
    judged: Mapping[str, Judged] = field(default_factory=dict)
    """Where it says what is allowed: what each parameter may still be."""
    idle: frozenset[str] = frozenset()
    """Where it is named for that: parameters it does not look at."""

    @cached_property
    def cut(self) -> bool:
        """Whether it is not wholly read, or something in it has more origins than are kept."""
        given = (argument.value.atoms for call in self.calls for argument in call.arguments)
        kept = (
            self.returned.atoms,
            *(sink.atoms for sink in self.reached),
            *(v.atoms for _, v, _ in self.stores),
            *given,
        )
        return self.deep or any(len(atoms) >= MAX_ATOMS for atoms in kept)

    @property
    def short(self) -> str:
        return self.name.rpartition(".")[2]


@dataclass(frozen=True, eq=False)
class Class:
    """A class: what it derives from, and the types its attributes are said or seen to have."""

    name: str
    bases: tuple[str, ...]
    types: Mapping[str, frozenset[str]]
    fields: tuple[str, ...]
    """Annotated attributes, in the order of the constructor of a dataclass."""
    holds: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The functions and other things by name that its attributes are set to in its body, be it in a table."""
