"""Functions that are handed over, as a decorator is handed what it stands above: which ones a call may mean."""

from collections.abc import Iterator

from gate.facts.arguments import parameter
from gate.facts.program import Program
from gate.facts.summary import Call, Function


def meant(program: Program, function: Function, call: Call) -> Iterator[Function]:
    """The functions that a call of a parameter, or of one of the function around, stands for."""
    for atom in sorted(call.origin):
        holder = _holder(program, function, atom.name) if atom.kind in {"param", "free"} else None
        for name in _handed(program, holder, atom.name) if holder else ():
            yield from (target for target in program.project.targets(name) if isinstance(target, Function))


def _handed(program: Program, holder: Function, taken: str) -> list[str]:
    """The names of what callers hand over for a parameter."""
    given = [one for _, _, arguments in program.callers.of(holder) for one in arguments]
    return sorted({name for one in given if parameter(holder, one) == taken for name in one.value.names})


def _holder(program: Program, function: Function, name: str) -> Function | None:
    """The function whose parameter this is: it, or one around it."""
    found = program.project.module(function.path)
    one: Function | None = function
    while one is not None and not any(param.name == name for param in one.params):
        one = found.function(one.outer) if found and one.outer else None
    return one
