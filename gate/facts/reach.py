"""The search from a sink back to where outsiders' text enters, from function to function."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gate.facts import entry, sources
from gate.facts.arguments import fed, handed
from gate.facts.program import Program
from gate.facts.sinks import IGNORED
from gate.facts.summary import RECEIVER, Argument, Call, Class, Function, Reached
from gate.facts.value import CHOSEN, Atom, limited
from gate.source import Place

MAX_HOPS = 8
MAX_STEPS = 3_000
"""How many origins one search looks at; beyond that it ends without an answer."""
_MAX_SELF = 2
"""How often a function stands in its own calls; once more, and it gives what it gave before."""


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
    context: tuple[Within, ...] = ()
    """The calls whose results are being asked about, the innermost first."""
    hops: int = 0


@dataclass(frozen=True)
class Route:
    """A way from a source to a sink."""

    kind: str
    """"request" or "llm"."""
    function: Function
    """The function in which the text enters."""
    steps: tuple[Step, ...]
    told: bool
    """Constant text stands before or behind it, so it names one of few things."""

    def passes(self, name: str) -> bool:
        """Whether it leads through a function or those defined in it."""
        return any(f"{step.function.name}.".startswith(f"{name}.") for step in self.steps)

    @property
    def line(self) -> int:
        """Where the text enters."""
        return self.steps[0].atom.line or self.function.line


def routes(program: Program, function: Function, sink: Reached) -> tuple[Route, ...]:
    """Every function whose outside text arrives at a sink, one route each, the shortest first."""
    key = _key(function, sink)
    if key not in program.routes:
        program.routes[key] = tuple(_search(program, function, sink))
    return program.routes[key]


def is_cut(program: Program, function: Function, sink: Reached) -> bool:
    """Whether the search from a sink found nothing, but was not followed to its end."""
    return not routes(program, function, sink) and _key(function, sink) in program.cut


def _key(function: Function, sink: Reached) -> tuple[str, int, str]:
    return function.name, sink.line, sink.kind


def _search(program: Program, function: Function, sink: Reached) -> Iterator[Route]:
    waiting = deque(Step(function, atom, 0, "", None) for atom in sorted(sink.atoms))
    seen: set[object] = set()
    entered: set[str] = set()
    while waiting and len(seen) < MAX_STEPS:
        step = waiting.popleft()
        key = (step.function.name, replace(step.atom, line=0), tuple(within.key for within in step.context))
        if key in seen or any(mark in step.atom.marks for mark in IGNORED.get(sink.kind, "") + CHOSEN):
            continue
        seen.add(key)
        if step.function.cut or len(seen) == MAX_STEPS:
            program.cut.add(_key(function, sink))
        source = entry.source(program, step.function, step.atom)
        if source:
            if step.function.name not in entered:
                entered.add(step.function.name)
                yield Route(source, step.function, tuple(_chain(step)), limited(step.atom))
        elif step.hops < MAX_HOPS:
            waiting.extend(_back(program, step))


def _chain(step: Step | None) -> Iterator[Step]:
    while step is not None:
        yield step
        step = step.then


def _back(program: Program, step: Step) -> Iterator[Step]:
    return _BACK.get(step.atom.kind, _nowhere)(program, step)


def _nowhere(_: Program, __: Step) -> Iterator[Step]:
    return iter(())


def _from_parameter(program: Program, step: Step) -> Iterator[Step]:
    """A parameter holds what callers hand over, or what a framework's dependency returns."""
    if step.context and step.context[0].function == step.function.name:
        within = step.context[0]
        yield from _handed(step, within.caller, within.call, within.call.arguments, step.context[1:])
        return
    param = next((param for param in step.function.params if param.name == step.atom.name), None)
    for factory in sorted(program.project.providers(param)) if param else ():
        for target in program.project.targets(factory):
            if isinstance(target, Function):
                given = (_asked_for(program, target, atom) for atom in target.returned.atoms)
                yield from _leading(step, target, given, target.line, f"given by `{target.short}`")
    for caller, call, arguments in program.callers.of(step.function) if param else ():
        yield from _handed(step, caller, call, arguments, ())


def _asked_for(program: Program, function: Function, atom: Atom) -> Atom:
    """A framework fills the parameters of a dependency from the request, too."""
    param = next((p for p in function.params if atom.kind == "param" and p.name == atom.name), None)
    fed = param is not None and entry.is_free_text(program, param, atom.field)
    return Atom("request", param.name, line=function.line) if param and fed else atom


def _handed(
    step: Step, caller: Function, call: Call, arguments: Sequence[Argument], context: tuple[Within, ...]
) -> Iterator[Step]:
    note = f"handed to `{step.function.short}`"
    for atoms in handed(step.function, step.atom, arguments):
        yield from _leading(step, caller, atoms, call.line, note, context)


def _from_call(program: Program, step: Step) -> Iterator[Step]:
    """The result of a call is what the called function returns, or part of what a method is called on."""
    number = int(step.atom.name)
    call = step.function.calls[number] if number < len(step.function.calls) else None
    if call is None:
        return
    targets = [target for callee in sorted(call.callees) for target in program.project.targets(callee)]
    for target in targets:
        if isinstance(target, str):
            yield from _from_outside(step, target, call)
        elif isinstance(target, Class):
            yield from _constructed(program, step, target, call)
        elif sum(within.function == target.name for within in step.context) < _MAX_SELF:
            within = (Within(target.name, step.function, call), *step.context)[:MAX_HOPS]
            note = f"returned by `{target.short}`"
            yield from _leading(step, target, target.returned.atoms, target.line, note, within)
    if all(isinstance(target, str) for target in targets):
        for argument in call.arguments:
            if argument.name == RECEIVER:
                yield from _leading(step, step.function, argument.value.atoms, 0, "", step.context)


def _from_outside(step: Step, name: str, call: Call) -> Iterator[Step]:
    kind = sources.source_of(name)
    if kind:
        atom = Atom(kind, name, marks=step.atom.marks, line=call.line)
        yield replace(step, atom=atom, line=0, then=step, hops=step.hops + 1)


def _constructed(program: Program, step: Step, target: Class, call: Call) -> Iterator[Step]:
    """`Job(code=text).code`: what was handed to the constructor under that name."""
    field = step.atom.field
    if not field:
        return
    whole = replace(step, atom=replace(step.atom, field=""))
    note = f"put into `{target.name.rpartition('.')[2]}`"
    places = [target.fields.index(field)] if field in target.fields else []
    for atoms in fed(call.arguments, places, [field]):
        yield from _leading(whole, step.function, atoms, call.line, note, step.context)
    within = Within(f"{target.name}.__init__", step.function, call)
    atom = Atom("attr", f"{target.name}.{field}", marks=step.atom.marks)
    yield from _from_attribute(program, replace(step, atom=atom, context=(within, *step.context)[:MAX_HOPS]))


def _from_attribute(program: Program, step: Step) -> Iterator[Step]:
    """An attribute of `self` holds what any method of the class, or of its bases, stores there."""
    owner, _, name = step.atom.name.rpartition(".")
    for kind in (owner, *program.project.ancestors(owner)):
        for function, stored, line in program.project.stores(kind, name):
            yield from _leading(step, function, stored.atoms, line, f"kept in `self.{name}`", step.context)


def _from_variable(program: Program, step: Step) -> Iterator[Step]:
    """A free variable holds what the function around it gave it; a global one what the module did."""
    if step.atom.kind == "free":
        found = program.project.module(step.function.path)
        outer = found.function(step.function.outer) if found and step.function.outer else None
        outer = outer or (found.top if found else None)
        held = step.function.captured.get(step.atom.name)
        if outer and held:
            yield from _leading(
                step, outer, held.atoms, step.function.line, f"seen by `{step.function.short}`", step.context
            )
    else:
        module, _, name = step.atom.name.rpartition(".")
        path = program.project.path(module)
        found = program.project.module(path) if path else None
        if found and name in found.variables:
            yield from _leading(step, found.top, found.variables[name].atoms, 1, f"held in `{name}`")
        for function, stored, line in program.project.stores(module, name):
            yield from _leading(step, function, stored.atoms, line or function.line, f"held in `{name}`")


def _leading(
    step: Step, function: Function, atoms: Iterable[Atom], line: int, note: str, context: tuple[Within, ...] = ()
) -> Iterator[Step]:
    hops = step.hops + (function != step.function)
    for atom in sorted(atoms):
        if not (atom.under and step.atom.field) or atom.under == step.atom.field:
            yield Step(function, _behind(atom, step.atom), line, note, step, context, hops)


def _behind(atom: Atom, later: Atom) -> Atom:
    """An origin, once what is later read from it and done to it is known."""
    marks = "".join(sorted({*atom.marks, *later.marks}))
    field = atom.field if atom.under else atom.field or later.field
    return replace(atom, field=field, marks=marks, under="")


_BACK = {
    "param": _from_parameter, "call": _from_call, "attr": _from_attribute, "free": _from_variable,
    "global": _from_variable,
}  # fmt: skip


def places(route: Route, sink: Place) -> Iterator[tuple[Place, str]]:
    """The route as places and notes, from where the text enters to the sink."""
    said = "a request" if route.kind == "request" else "a model's answer"
    yield Place.at(route.function.path, route.line), f"text from {said} enters `{route.function.short}`"
    for step in route.steps:
        if step.then is not None and step.line:
            yield Place.at(step.function.path, step.line), step.note
    yield sink, "and runs here"
