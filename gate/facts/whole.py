"""A request as such, once it is handed to a function or kept in an object: what is read from it there is a source."""

from collections.abc import Iterable

from gate import lazy
from gate.facts import sources
from gate.facts.value import Atom, Atoms, Value

WHOLE = "whole"
"""The kind of origin that is a request; text it is not, before a field of it is read."""
_READS = lazy.regex(
    r"(?i)^(?!.*(?:safe|clean|sanit|escap))(?:.*_)?(?:get|read|fetch|load|extract|parse)_?(?:\w+_)?"
    r"(?:params?|parameters?|values?|fields?|args?|headers?|cookies?|query|form|body|inputs?|data|text)$"
)
"""What functions are called that give one of a request's fields."""


def whole(found: Value) -> Value:
    """A value that is handed over; of a request, its origin too."""
    asked = [name for name in found.names if sources.is_request(name)]
    return found._replace(atoms=found.atoms | {Atom(WHOLE, min(asked))}) if asked else found


def is_sent(atom: Atom) -> bool:
    """Whether what is read from a request is what outsiders write."""
    return atom.kind == WHOLE and bool(sources.source_of(f"?request.{atom.field}"))


def read_by(callees: Iterable[str], atoms: Atoms) -> Atoms:
    """What a function nobody can look into gives of its arguments: of a request, a field, if it is named for that."""
    reads = any(_READS.search(name.rpartition(".")[2]) for name in callees)
    return frozenset(atom._replace(field="values") if reads and atom.kind == WHOLE else atom for atom in atoms)
