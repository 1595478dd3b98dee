"""The sinks that what a function does may feed: its own, and those of the functions its values go to."""

from collections import deque
from collections.abc import Iterator

from gate import lazy
from gate.facts.program import Program
from gate.facts.summary import Call, Class, Function, Reached

MAX_DEPTH = 5
MAX_FUNCTIONS = 150
"""How many functions are read for one definition; values that go further are not followed."""

_RUNS = lazy.regex(
    r"(?:eval|exec|system|popen|__import__|import_module|import_string|from_string|template_string|Template|sympify|"
    r"run_path|(?:pickle|marshal|dill|joblib|torch|yaml|jsonpickle)\.\w*load\w*)\(|subprocess|getattr\([^\"'\n]*\)\("
)
"""Text that may hold a sink."""


def sinks(program: Program, path: str, name: str) -> Iterator[tuple[Function, Reached]]:
    """Sinks that values of a function may arrive at, going down calls and up results."""
    found = program.project.module(path)
    start = list(found.family(name)) if found else []
    seen = {function.name for function in start}
    waiting = deque((function, 0) for function in start)
    while waiting and len(seen) < MAX_FUNCTIONS:
        function, depth = waiting.popleft()
        yield from ((function, sink) for sink in function.reached)
        for other in _receivers(program, function) if depth < MAX_DEPTH else ():
            if other.name not in seen:
                seen.add(other.name)
                waiting.append((other, depth + 1))
    for function in start:
        if function.returned.atoms:
            for caller in program.callers.calling(function, _RUNS):
                yield from ((caller, sink) for sink in caller.reached)


def is_deep(program: Program, path: str, name: str) -> bool:
    """Whether a function is nested too deeply to be read to its end."""
    found = program.project.module(path)
    return any(function.deep for function in found.family(name)) if found else False


def registers(program: Program, path: str, name: str, function: Function) -> bool:
    """Whether the statements of a file hand a function to a router: `path("run/<cmd>", run)`."""
    found = program.project.module(path)
    if found is None or not name.endswith(".<module>"):
        return False
    named = (n for call in found.top.calls for argument in call.arguments for n in argument.value.names)
    return any(function.short in n and function in program.project.targets(n) for n in set(named))


def _receivers(program: Program, function: Function) -> tuple[Function, ...]:
    """`_given_to`, asked once of each function: many definitions lead to the same ones."""
    if function not in program.receivers:
        program.receivers[function] = tuple(dict.fromkeys(_given_to(program, function)))
    return program.receivers[function]


def _given_to(program: Program, function: Function) -> Iterator[Function]:
    """The functions a function hands values to, and the methods that share what it stores."""
    for call in function.calls:
        if _hands_over(call):
            yield from _called(program, call)
    if function.stores and function.owner:
        yield from program.project.methods(function.owner)


def _hands_over(call: Call) -> bool:
    return any(argument.value.atoms or argument.value.names for argument in call.arguments)


def _called(program: Program, call: Call) -> Iterator[Function]:
    for callee in sorted(call.callees):
        for target in program.project.targets(callee):
            if isinstance(target, Function):
                yield target
            elif isinstance(target, Class):
                yield from program.project.methods(target.name)
    for argument in call.arguments:
        for name in sorted(argument.value.names) if not argument.value.atoms else ():
            yield from (target for target in program.project.targets(name) if isinstance(target, Function))
