"""Functions of the program that a text was shown to before it was used: what their code lets pass of it."""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from gate.facts.arguments import parameter
from gate.facts.before import Answer, Definition, asked_before, ends, others_of, set_in, set_once
from gate.facts.believed import SAYS_NOTHING, is_meant
from gate.facts.bindings import last_name
from gate.facts.module import Module
from gate.facts.program import Program
from gate.facts.step import Step
from gate.facts.summary import Argument, Function, Judged
from gate.facts.value import CLEAN, Atom, Atoms
from gate.nodes import walk

_DEPTH = 2
"""So far checks are followed that call others."""
_MANY = 20
"""So many calls are looked at before one line."""


def held(program: Program, step: Step, line: int) -> Step | None:
    """A step whose text was shown to functions before a line, with what they let pass; None where that is harmless."""
    marks = _marks(program, step, line)
    if marks is None:
        return None
    fresh = "".join(sorted(marks - {*SAYS_NOTHING, *step.atom.marks}))
    return replace(step, atom=step.atom._replace(marks=step.atom.marks + fresh)) if fresh else step


def _marks(program: Program, step: Step, line: int) -> frozenset[str] | None:
    """What those functions make of the text, asked once for each origin and line; None where it is harmless."""
    function, atom = step.function, step.atom
    key = function.name, function.line, atom.kind, atom.name, atom.field, atom.line, line
    if key not in program.shown:
        left = list(_left_of(program, step, line))
        marks = (set.intersection(*({*atom.marks} for atom in atoms)) for atoms in left if atoms)
        program.shown[key] = frozenset[str]().union(*marks) if all(left) else None
    return program.shown[key]


def _left_of(program: Program, step: Step, line: int, depth: int = 0) -> Iterator[Atoms]:
    """What each function lets pass that was asked about a step's text before a line."""
    found = program.project.module(step.function.path)
    node = found.node(step.function.name, step.function.line) if found is not None and line else None
    asked = asked_before(node, line) if node is not None else ()
    if found is None or node is None or not asked:
        return
    texts = frozenset(_texts(node, step))
    shown = ((one, name) for one in asked for name, said in one.given if said in texts)
    for one, name in islice(shown, _MANY):
        judges = _judges(program, step.function, one.call) if _is_plain(found, node, one.call) else []
        left = [_left(program, judge, Argument(name, CLEAN), one.answer, depth) for judge in judges]
        known = [atoms for atoms in left if atoms is not None]
        if known and len(known) == len(left):
            yield frozenset[Atom]().union(*known)


def _texts(node: Definition, step: Step) -> Iterator[str]:
    """The variables, and parts of them, that hold the text of a step as it came in."""
    once, atom = set_once(node), step.atom
    roots = {atom.name} if atom.kind == "param" and atom.name not in set_in(node) else _read_at(node, _line(step))
    for root in roots:
        whole = not atom.field or (root in once and atom.field in _words(once[root]))
        parts = {root} if whole else {f"{root}.{atom.field}", f"{root}[{atom.field!r}]"}
        yield from parts
        yield from (other for part in parts for other in others_of(node).get(part, ()))


def _line(step: Step) -> int:
    """Where a step's text is read, or a function asked for it."""
    if step.atom.kind == "call":
        number = int(step.atom.name)
        return step.function.calls[number].line if number < len(step.function.calls) else 0
    return step.atom.line


def _read_at(node: Definition, line: int) -> set[str]:
    """The variables that hold what is read on a line; what is kept on the way as well is left alone."""
    held = set_once(node).items() if line > node.lineno else ()
    spans = {name for name, value in held if value.lineno <= line <= (value.end_lineno or 0)}
    return spans if len(spans) == 1 else set()


def _words(value: ast.expr) -> set[str]:
    """The keys and attributes an expression reads."""
    parts = walk(value)
    said = {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
    return said | {part.attr for part in parts if isinstance(part, ast.Attribute)}


def _is_plain(found: Module, node: Definition, call: ast.Call) -> bool:
    """Whether a call can be told from the others on its lines, and its name has one meaning in the file."""
    calls, imported = _said_in(node)
    name = last_name(call.func)
    both = name in imported and f"{found.names.module}.{name}" in found.definitions.functions
    return calls[_where(call)] == 1 and not both


@lru_cache(maxsize=4096)
def _said_in(node: Definition) -> tuple[Counter[tuple[int, int | None, str]], frozenset[str]]:
    """How many calls of a name stand on the same lines, by which they are known; and what the function imports."""
    parts = walk(node)
    calls = Counter(_where(part) for part in parts if isinstance(part, ast.Call))
    return calls, frozenset(part.asname or part.name for part in parts if isinstance(part, ast.alias))


def _where(call: ast.Call) -> tuple[int, int | None, str]:
    return call.lineno, call.end_lineno, last_name(call.func)


@lru_cache(maxsize=1024)
def _callees(function: Function) -> Mapping[tuple[int, int | None], set[str]]:
    """By its lines, what a call of a function may mean."""
    found: dict[tuple[int, int | None], set[str]] = {}
    for one in function.calls:
        found.setdefault((one.line, one.end_line), set()).update(one.callees)
    return found


def _judges(program: Program, function: Function, call: ast.Call) -> list[Function]:
    """The functions a call means; none where one of them is not there to be read."""
    name = last_name(call.func)
    known = _callees(function).get((call.lineno, call.end_lineno), ())
    callees = {callee for callee in known if callee.rpartition(".")[2] == name}
    targets = [target for callee in sorted(callees) for target in program.project.targets(callee)]
    judges = [one for one in targets if isinstance(one, Function) and is_meant(program, one) and _is_bound(one, call)]
    return judges if len(judges) == len(targets) else []


def _is_bound(judge: Function, call: ast.Call) -> bool:
    """Whether the arguments of a call are those of the function; `Judge.check(text, other)` hands over `self` first."""
    owner = last_name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    return not judge.owner or bool(judge.decorators) or owner != judge.owner.rpartition(".")[2]


def _left(program: Program, judge: Function, argument: Argument, answer: Answer, depth: int) -> Atoms | None:
    """What a function lets pass of what it is shown, given its answer; None where nobody can tell."""
    name, found = parameter(judge, argument), program.project.module(judge.path)
    said = found.verdicts(judge.name, awaited=answer.awaited).get(name or "") if found is not None else None
    if said is None or name is None:
        return None
    left = _by_answer(said, answer)
    return frozenset() if left and depth < _DEPTH and _is_refused_in(program, judge, name, answer, depth) else left


def _by_answer(said: Judged, answer: Answer) -> Atoms:
    if answer.said is None:
        return said.always
    if answer.none:
        return said.found if answer.said else said.missing
    return said.yes if answer.said else said.no


def _is_refused_in(program: Program, judge: Function, name: str, answer: Answer, depth: int) -> bool:
    """Whether a function shows its parameter to another one that stops it, on each way to such an answer."""
    found = program.project.module(judge.path)
    node = found.node(judge.name, judge.line) if found is not None else None
    lines = set(ends(node, answer)) if node is not None else set()
    step = Step(judge, Atom("param", name), 0, "", None)
    stopped = (any(not left for left in _left_of(program, step, line, depth + 1)) for line in lines)
    return bool(lines) and all(stopped)
