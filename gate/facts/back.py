"""What an origin within a function comes from: callers, calls, attributes and variables, one step back."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace

from gate import lazy
from gate.facts import callbacks, cleaning, runners, sources
from gate.facts.arguments import fed, handed
from gate.facts.freetext import is_free_text, may_hold
from gate.facts.program import Program
from gate.facts.step import Step, Within, behind, leads
from gate.facts.summary import ITEMS, RECEIVER, Argument, Call, Class, Function
from gate.facts.value import BEHIND, GUESSED, VETTED, Atom, Atoms, marked
from gate.facts.whole import read_by

MAX_HOPS = 8
_PARSES = frozenset(
    {"model_validate", "model_validate_json", "model_validate_strings", "parse_raw", "parse_obj", "from_json"}
)
"""Methods that make an object of text or of a dictionary."""
_OWN = lazy.regex(r"(?:helpers?|utils?|common|shared|services?|lib|core|tools)\.[\w.]+$")
"""Modules a program calls so are its own."""
_MAX_SELF = 2
"""How often a function stands in its own calls; once more, and it gives what it gave before."""
_PROPERTIES = frozenset({"builtins.property", "functools.cached_property", "django.utils.functional.cached_property"})
HANDED_BACK = "given back"
"""How a step through a function that was handed over begins."""
PUT_INTO, KEPT_IN = "put into", "kept in"
"""How steps through a field of an object begin."""


def back(program: Program, step: Step) -> Iterator[Step]:
    """Where what is at a step comes from."""
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
    then = step.then.function if step.then and not step.then.note.startswith(HANDED_BACK) else None
    calls = (*program.callers.of(step.function), *program.callers.decorating(step.function, then)) if param else ()
    for caller, call, arguments in calls:
        if all(_switched_on(step.function, name, arguments) for name in step.needs):
            yield from _handed(step, caller, call, arguments, ())


def _switched_on(function: Function, option: str, arguments: Sequence[Argument]) -> bool:
    """Whether a call may switch an option of a function on."""
    wanted = Atom("param", option)
    said = (argument for argument in arguments if any(True for _ in handed(function, wanted, [argument])))
    return any(argument.value.known is not False for argument in said)


def _asked_for(program: Program, function: Function, atom: Atom) -> Atom:
    """A framework fills the parameters of a dependency from the request, too."""
    param = next((p for p in function.params if atom.kind == "param" and p.name == atom.name), None)
    fed = param is not None and is_free_text(program, param, atom.field)
    return Atom("request", param.name, line=function.line) if param and fed else atom


def _handed(
    step: Step, caller: Function, call: Call, arguments: Sequence[Argument], context: tuple[Within, ...]
) -> Iterator[Step]:
    note = f"handed to `{step.function.short}`"
    for atoms in _as_words(step, call, handed(step.function, step.atom, arguments)):
        yield from _leading(step, caller, atoms, call.line, note, context)


def _as_words(step: Step, call: Call, given: Iterator[Atoms]) -> Iterator[Atoms]:
    """`run("git", path)` hands `*command` a program that is written out, and arguments for it."""
    takes = any(param.name == step.atom.name and param.rest == ITEMS for param in step.function.params)
    fixed = takes and call.text and not runners.INTERPRETERS.match(call.text)
    yield from (marked(atoms, BEHIND) if fixed else atoms for atoms in given)


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
            yield from _leading(_cleaned(step, target), target, target.returned.atoms, target.line, note, within)
    if not call.callees:
        yield from _called_back(program, step, call)
    yield from _parsed(program, step, call)
    yield from _unseen(step, call, targets)
    if all(isinstance(target, str) for target in targets):
        for argument in call.arguments:
            if argument.name == RECEIVER:
                yield from _leading(step, step.function, argument.value.atoms, 0, "", step.context)


def _called_back(program: Program, step: Step, call: Call) -> Iterator[Step]:
    """What a function that was handed over gives; an object with text under its keys is no text."""
    for target in callbacks.meant(program, step.function, call):
        within = (Within(target.name, step.function, call), *step.context)[:MAX_HOPS]
        atoms = [atom for atom in target.returned.atoms if atom.under in {"", step.atom.field}]
        note = f"{HANDED_BACK} by `{target.short}`"
        yield from _leading(_cleaned(step, target), target, atoms, target.line, note, within)


def _unseen(step: Step, call: Call, targets: Collection[object]) -> Iterator[Step]:
    """A function of the project's own that is not in the tree may well give back what it is given."""
    own = any(_OWN.match(name) and not cleaning.says_it_cleans(name) for name in call.callees)
    if not own or not all(isinstance(target, str) for target in targets):
        return
    guess = replace(step, atom=step.atom._replace(field="", marks=f"{step.atom.marks}{GUESSED}"))
    for argument in call.arguments:
        note = "handed to a function that is not in this tree"
        atoms = read_by(call.callees, argument.value.atoms)
        yield from _leading(guess, step.function, atoms, call.line, note, step.context)


def _cleaned(step: Step, function: Function) -> Step:
    """What comes out of a function that is named for cleaning or checking it."""
    looks = not function.params or any(param.name not in function.idle for param in function.params)
    vouches = looks and (cleaning.says_it_cleans(function.short) or cleaning.VOUCHES.search(function.short))
    if not vouches or VETTED in step.atom.marks:
        return step
    return replace(step, atom=step.atom._replace(marks=step.atom.marks + VETTED))


def _parsed(program: Program, step: Step, call: Call) -> Iterator[Step]:
    """`Plan.model_validate_json(text)` holds parts of the text, where its fields have room for them."""
    makers = {callee.rpartition(".")[0] for callee in call.callees if callee.rpartition(".")[2] in _PARSES}
    if any(may_hold(program, maker, step.atom.field, 0) for maker in makers):
        for atoms in fed(call.arguments, [0], []):
            yield from _leading(step, step.function, atoms, call.line, "read into an object", step.context)


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
    whole = replace(step, atom=step.atom._replace(field=""))
    note = f"{PUT_INTO} `{target.name.rpartition('.')[2]}`"
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
            yield from _leading(step, function, stored.atoms, line, f"{KEPT_IN} `self.{name}`", step.context)
        yield from _from_field(program, step, kind, name)
    asked = program.project.method(owner, name)
    if asked and any(decorator.name in _PROPERTIES for decorator in asked.decorators):
        yield from _leading(step, asked, asked.returned.atoms, asked.line, f"given by `{name}`", step.context)


def _from_field(program: Program, step: Step, owner: str, name: str) -> Iterator[Step]:
    """A field of a dataclass or model holds what its constructor is given, wherever that is called."""
    kind = program.project.class_named(owner)
    path, _ = program.project.split(owner)
    if kind is None or path is None or name not in kind.fields:
        return
    made = Function(f"{owner}.__init__", path, step.function.line, step.function.line, owner)
    for caller, call, arguments in program.callers.of(made):
        for atoms in fed(arguments, [kind.fields.index(name)], [name]):
            yield from _leading(step, caller, atoms, call.line, f"put into `{owner.rpartition('.')[2]}`")


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
        if leads(atom, step):
            needs = step.needs if function == step.function else frozenset()
            whole = step.whole and not step.atom.field
            yield Step(function, behind(atom, step.atom), line, note, step, needs, whole, context, hops)


_BACK = {
    "param": _from_parameter, "call": _from_call, "attr": _from_attribute, "free": _from_variable,
    "global": _from_variable,
}  # fmt: skip
