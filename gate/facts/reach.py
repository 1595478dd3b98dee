"""The search from a sink back to where outsiders' text enters, from function to function."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from gate.facts import entry, runners, sources
from gate.facts.project import Project, parameter
from gate.facts.summary import Call, Class, Function, Reached
from gate.facts.value import BEHIND, CHOSEN, PREFIXED, QUOTED, SIGNED, Atom
from gate.source import Place

MAX_HOPS = 8
MAX_STEPS = 600
"""How many origins one search looks at; beyond that it ends without an answer."""

_STOPS = {
    runners.SHELL: QUOTED, runners.ARGV: QUOTED + BEHIND + PREFIXED, runners.DESERIALIZE: SIGNED,
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """An origin within a function, and the step that leads on from it towards the sink."""

    function: Function
    atom: Atom
    line: int
    note: str
    then: "Step | None"
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
    """The text stands behind a constant prefix all the way."""

    def passes(self, name: str) -> bool:
        """Whether it leads through a function or those defined in it."""
        return any(f"{step.function.name}.".startswith(f"{name}.") for step in self.steps)

    @property
    def line(self) -> int:
        """Where the text enters."""
        return self.steps[0].atom.line or self.function.line


def routes(project: Project, function: Function, sink: Reached) -> tuple[Route, ...]:
    """Every function whose outside text arrives at a sink, one route each, the shortest first."""
    key = (function.name, sink.line, sink.kind)
    if key not in project.routes:
        project.routes[key] = tuple(_search(project, function, sink.kind, sink.atoms))
    return project.routes[key]


def _search(project: Project, function: Function, kind: str, atoms: Iterable[Atom]) -> Iterator[Route]:
    waiting = deque(Step(function, atom, 0, "", None) for atom in sorted(atoms))
    seen: set[tuple[str, Atom]] = set()
    entered: set[str] = set()
    while waiting and len(seen) < MAX_STEPS:
        step = waiting.popleft()
        key = (step.function.name, replace(step.atom, line=0))
        if key in seen or any(mark in step.atom.marks for mark in _STOPS.get(kind, "") + CHOSEN):
            continue
        seen.add(key)
        source = entry.source(project, step.function, step.atom)
        if source:
            if step.function.name not in entered:
                entered.add(step.function.name)
                yield Route(source, step.function, tuple(_chain(step)), PREFIXED in step.atom.marks)
        elif step.hops < MAX_HOPS:
            waiting.extend(_back(project, step))


def _chain(step: Step | None) -> Iterator[Step]:
    while step is not None:
        yield step
        step = step.then


def _back(project: Project, step: Step) -> Iterator[Step]:
    return _BACK.get(step.atom.kind, _nowhere)(project, step)


def _nowhere(_: Project, __: Step) -> Iterator[Step]:
    return iter(())


def _from_parameter(project: Project, step: Step) -> Iterator[Step]:
    """A parameter holds what callers hand over, or what a framework's dependency returns."""
    param = next((param for param in step.function.params if param.name == step.atom.name), None)
    if param is None:
        return
    for factory in sorted(param.depends):
        for target in project.targets(factory):
            if isinstance(target, Function):
                yield from _returned(project, step, target, None, step.function)
    for caller, call, arguments in project.callers(step.function):
        for argument in arguments:
            if argument.name == "*" or parameter(step.function, argument) == step.atom.name:
                note = f"handed to `{step.function.short}`"
                yield from _leading(step, caller, argument.value.atoms, call.line, note)


def _from_call(project: Project, step: Step) -> Iterator[Step]:
    """The result of a call comes from what the called function returns."""
    call = _numbered(step.function, step.atom)
    if call is None:
        return
    for callee in sorted(call.callees):
        for target in project.targets(callee):
            if isinstance(target, Function):
                yield from _returned(project, step, target, call, step.function)
            elif isinstance(target, Class):
                yield from _constructed(project, step, target, call)
            elif (kind := sources.source_of(target)):
                atom = Atom(kind, target, marks=step.atom.marks, line=call.line)
                yield replace(step, atom=atom, line=call.line, then=step, hops=step.hops + 1)


def _returned(project: Project, step: Step, target: Function, call: Call | None, caller: Function) -> Iterator[Step]:
    for atom in _returns(project, target, 0):
        if atom.atom.kind == "param" and call is not None:
            for argument in call.arguments:
                if argument.name == "*" or parameter(target, argument) == atom.atom.name:
                    found = (_behind(a, atom.atom) for a in argument.value.atoms)
                    yield from _leading(step, caller, found, call.line, f"goes through `{target.short}`")
        else:
            yield from _leading(step, atom.function, [atom.atom], atom.atom.line or target.line, f"returned by `{target.short}`")


@dataclass(frozen=True)
class Origin:
    function: Function
    atom: Atom


def _returns(project: Project, function: Function, depth: int) -> tuple[Origin, ...]:
    """Where a function's result comes from: its own parameters, or origins elsewhere."""
    known = project.returns
    if function.name not in known:
        known[function.name] = ()  # a function that returns its own result adds nothing
        found = dict.fromkeys(_resolved(project, function, depth)) if depth < MAX_HOPS else {}
        known[function.name] = tuple(found)[:40]
    return known[function.name]


def _resolved(project: Project, function: Function, depth: int) -> Iterator[Origin]:
    for atom in sorted(function.returned.atoms):
        call = _numbered(function, atom) if atom.kind == "call" else None
        if call is None:
            yield Origin(function, atom)
            continue
        targets = [target for callee in sorted(call.callees) for target in project.targets(callee)]
        if not targets or not all(isinstance(target, Function) for target in targets):
            yield Origin(function, atom)
        for target in targets:
            if isinstance(target, Function):
                yield from _mapped(project, function, call, target, atom, depth)


def _mapped(project: Project, function: Function, call: Call, target: Function, atom: Atom, depth: int) -> Iterator[Origin]:
    for inner in _returns(project, target, depth + 1):
        if inner.atom.kind != "param" or inner.function.name != target.name:
            yield Origin(inner.function, _behind(inner.atom, atom))
            continue
        for argument in call.arguments:
            if argument.name == "*" or parameter(target, argument) == inner.atom.name:
                yield from (Origin(function, _behind(_behind(a, inner.atom), atom)) for a in sorted(argument.value.atoms))


def _constructed(project: Project, step: Step, target: Class, call: Call) -> Iterator[Step]:
    """`Job(code=text).code`: what was handed to the constructor under that name."""
    field = step.atom.field
    if not field:
        return
    for argument in call.arguments:
        index = int(argument.name) if argument.name.isdigit() else -1
        if argument.name in {field, "*"} or (0 <= index < len(target.fields) and target.fields[index] == field):
            yield from _leading(replace(step, atom=replace(step.atom, field="")), step.function, argument.value.atoms, call.line, f"put into `{target.name.rpartition('.')[2]}`")
    yield from _from_attribute(project, replace(step, atom=Atom("attr", f"{target.name}.{field}", marks=step.atom.marks)))


def _from_attribute(project: Project, step: Step) -> Iterator[Step]:
    """An attribute of `self` holds what any method of the class, or of its bases, stores there."""
    owner, _, name = step.atom.name.rpartition(".")
    for kind in (owner, *project.ancestors(owner)):
        for function, stored, line in project.stores(kind, name):
            yield from _leading(step, function, stored.atoms, line, f"kept in `self.{name}`")


def _from_variable(project: Project, step: Step) -> Iterator[Step]:
    """A free variable holds what the function around it gave it; a global one what the module did."""
    if step.atom.kind == "free":
        found = project.module(step.function.path)
        outer = found.function(step.function.outer) if found and step.function.outer else None
        outer = outer or (found.top if found else None)
        held = step.function.captured.get(step.atom.name)
        if outer and held:
            yield from _leading(step, outer, held.atoms, step.function.line, f"seen by `{step.function.short}`")
    else:
        module, _, name = step.atom.name.rpartition(".")
        path = project.path(module)
        found = project.module(path) if path else None
        if found and name in found.variables:
            yield from _leading(step, found.top, found.variables[name].atoms, 1, f"held in `{name}`")


def _leading(step: Step, function: Function, atoms: Iterable[Atom], line: int, note: str) -> Iterator[Step]:
    for atom in sorted(atoms):
        yield Step(function, _behind(atom, step.atom), line, note, step, step.hops + 1)


def _behind(atom: Atom, later: Atom) -> Atom:
    """An origin, once what is later read from it and done to it is known."""
    marks = "".join(sorted({*atom.marks, *later.marks}))
    return replace(atom, field=atom.field or later.field, marks=marks)


def _numbered(function: Function, atom: Atom) -> Call | None:
    number = int(atom.name)
    return function.calls[number] if number < len(function.calls) else None


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
