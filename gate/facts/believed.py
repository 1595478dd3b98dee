"""Whether the functions that a text was shown to did look at it, and what that makes of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from gate.facts.arguments import parameter
from gate.facts.judging import is_judge
from gate.facts.program import Program
from gate.facts.step import Step
from gate.facts.summary import Argument, Call, Function, Judged
from gate.facts.value import AGREED, DENIED, ITERATED, STATED, VETTED, Atom, Atoms, unmarked

Origin = tuple[str, str, int]
_MANY = 20
"""So many checks of one text are read."""
_PLAIN = frozenset({
    "builtins.staticmethod", "builtins.classmethod", "functools.lru_cache", "functools.cache", "typing.final",
})  # fmt: skip
"""Decorators that change no answer."""
SAYS_NOTHING = VETTED + ITERATED + AGREED + DENIED + STATED
"""Marks that tell no more than the name of the function does."""


def believed(program: Program, step: Step) -> Step | None:
    """A step whose text was shown to judges, with what their code says of it; None where that makes it harmless."""
    how = [mark for mark in (STATED, DENIED, AGREED) if mark in step.atom.marks]
    if not how or (step.then is not None and any(mark in step.then.atom.marks for mark in how)):
        return step
    found = list(_verdicts(program, step, how[0]))
    if not found:
        return step
    left = frozenset[Atom]().union(*(one for one, _ in found))
    if not left:
        return None  # whichever of them was asked here
    marks = "".join(sorted(_common(left) - {*SAYS_NOTHING, *step.atom.marks}))
    atom = step.atom._replace(marks=step.atom.marks + marks)
    if all(blind for _, blind in found):
        atom = next(iter(unmarked(frozenset({atom}), VETTED)))
    return replace(step, atom=atom)


def _verdicts(program: Program, step: Step, how: str) -> Iterator[tuple[Atoms, bool]]:
    """What each judge that was shown the text leaves of it, all of it where nobody can tell; and whether it did not look."""
    origin = step.atom.kind, step.atom.name, step.atom.line
    for call, argument in _shown(step.function).get(origin, ())[:_MANY]:
        targets = [each for callee in sorted(call.callees) for each in program.project.targets(callee)]
        said = [
            verdict for target in targets if isinstance(target, Function) and is_meant(program, target)
            for verdict in _of(target, argument, how)
        ]  # fmt: skip
        yield from said if len(said) == len(targets) else [(frozenset({step.atom}), False)]


@lru_cache(maxsize=256)
def _shown(function: Function) -> Mapping[Origin, Sequence[tuple[Call, Argument]]]:
    """By origin, the calls of judges in a function that were shown it, and as what."""
    found: dict[Origin, list[tuple[Call, Argument]]] = defaultdict(list)
    for call in function.calls:
        if any(is_judge(callee.rpartition(".")[2]) for callee in call.callees):
            for argument in call.arguments:
                for origin in {(atom.kind, atom.name, atom.line) for atom in argument.value.atoms}:
                    found[origin].append((call, argument))
    return found


def is_meant(program: Program, judge: Function) -> bool:
    """Whether its name means this function alone: no decorator answers for it, and nothing else is set to its name."""
    module = program.project.module(judge.path)
    if module is None or judge.short in module.set_outside or judge.name in module.definitions.twice:
        return False
    return all(decorator.name in _PLAIN for decorator in judge.decorators)


def _of(judge: Function, argument: Argument, how: str) -> Iterator[tuple[Atoms, bool]]:
    name = parameter(judge, argument)
    if name is None or not (name in judge.judged or name in judge.idle):
        return
    whole = frozenset({Atom("param", name)})
    said = judge.judged.get(name, Judged(whole, whole, whole, whole, whole))
    yield {AGREED: said.yes, DENIED: said.no}.get(how, said.always), name in judge.idle


def _common(atoms: Atoms) -> set[str]:
    marks = [{*atom.marks} for atom in atoms]
    return set.intersection(*marks) if marks else set()
