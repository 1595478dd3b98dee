"""One step of the search from a sink back to a source."""

from dataclasses import dataclass

from gate.facts.summary import Call, Function
from gate.facts.value import ANY, DECLARED, ITERATED, KEYS, Atom, position


@dataclass(frozen=True, eq=False)
class Within:
    """A function is read for what it returns to one call, so its parameters are that call's arguments."""

    function: str
    caller: Function
    call: Call

    @property
    def key(self) -> tuple[str, str, int]:
        return self.function, self.caller.name, self.call.number


@dataclass(frozen=True)
class Step:
    """An origin within a function, and the step that leads on from it towards the sink."""

    function: Function
    atom: Atom
    line: int
    note: str
    then: "Step | None"
    needs: frozenset[str] = frozenset()
    """Options of the function that must be on."""
    whole: bool = False
    """The value itself is meant, not what it holds under a key."""
    context: tuple[Within, ...] = ()
    """The calls whose results are being asked about, the innermost first."""
    hops: int = 0


def leads(atom: Atom, step: Step) -> bool:
    """Whether what stands under a key, or at a position, is what is asked for."""
    if step.atom.field == KEYS:
        return not (atom.under or DECLARED in atom.marks)
    if ITERATED in step.atom.marks and not step.atom.field and (atom.under or DECLARED in atom.marks):
        return atom.under.startswith("#")  # going through a dictionary gives its keys
    if not atom.under:
        return True
    if step.atom.field:
        return atom.under in {ANY, step.atom.field}
    return not step.whole or atom.under == position(0)


def behind(atom: Atom, later: Atom) -> Atom:
    """An origin, once what is later read from it and done to it is known."""
    marks = "".join(sorted({*atom.marks, *later.marks}))
    field = atom.field if atom.under else atom.field or later.field
    return atom._replace(field=field, marks=marks, under="")
