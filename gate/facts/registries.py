"""Tables that functions are put in, by decorators and by methods that register them, to be called from there."""

from collections.abc import Iterable, Iterator

from gate.facts.arguments import parameter
from gate.facts.project import Project
from gate.facts.summary import Argument, Call, Function
from gate.facts.value import Atom

Table = tuple[Function, str]
"""The function that puts another into a table, and the table's full name: `tools.REGISTRY`, `tools.Server.handlers`."""


def tables(project: Project, function: Function, handed: Iterable[Call]) -> Iterator[Table]:
    """Where a function is kept that is handed over by these calls: `@tool("run")`, `server.register("run", run)`."""
    for call in handed:
        given = [argument for argument in call.arguments if function.name in argument.value.names]
        for callee in sorted(call.callees) if given else ():
            for target in project.targets(callee.removesuffix("()")):
                if isinstance(target, Function):
                    yield from ((target, name) for name in _kept(project, target, callee, given[0]))


def _kept(project: Project, target: Function, callee: str, given: Argument) -> Iterator[str]:
    """What a function, or the decorator it makes, puts what it is handed into."""
    found = project.module(target.path)
    made = callee.endswith("()")
    taken = parameter(target, given)
    for inner in found.family(target.name) if found else ():
        if made and inner.outer != target.name:
            continue
        names = {param.name for param in inner.params[:1]} if made else {taken or ""}
        for name, held, _ in inner.stores:
            if any(_is_one(atom, names) for atom in held.atoms):
                yield name


def _is_one(atom: Atom, names: set[str]) -> bool:
    return atom.kind in {"param", "free"} and not atom.field and atom.name in names


def wrapped(project: Project, outer: Function, calls: Iterable[Call]) -> Iterator[Function]:
    """The functions that a decorator is put before: what it gives back is called by their names."""
    for call in calls:
        for name in (name for argument in call.arguments[:1] for name in sorted(argument.value.names)):
            for target in project.targets(name):
                if isinstance(target, Function) and is_under(target, outer):
                    yield target


def is_under(function: Function, outer: Function) -> bool:
    """Whether a decorator stands before a function."""
    return any(one.name.removesuffix("()") in {outer.name, outer.outer} for one in function.decorators)


def overloaded(project: Project, function: Function) -> Iterator[Function]:
    """The function a call names where this is one of its kinds: `@render.register` of `functools.singledispatch`."""
    for decorator in function.decorators:
        base, _, last = decorator.name.removesuffix("()").rpartition(".")
        if last == "register" and base != function.name:
            yield from (target for target in project.targets(base) if isinstance(target, Function))
