"""The search from a sink back to where outsiders' text enters, from function to function."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gate.facts import entry
from gate.facts.back import HANDED_BACK, KEPT_IN, MAX_HOPS, PUT_INTO, back
from gate.facts.believed import believed
from gate.facts.program import Program
from gate.facts.receivers import ANSWER, HTML
from gate.facts.refused import held
from gate.facts.sinks import IGNORED
from gate.facts.step import Step
from gate.facts.summary import Function, Reached
from gate.facts.value import CHOSEN, JOINED, VETTED, Atom, limited
from gate.source import Place

MAX_STEPS = 3_000
"""How many origins one search looks at; beyond that it ends without an answer."""
_SURE_HOPS = 2
"""Over more changes of function, a way through a field of an object may be another object's."""

_OWN = frozenset("referrer url base_url path full_path get_full_path rel_url raw_path".split())
_BACK = frozenset({"HTTP_REFERER", "Referer", "referer", "HTTP_HOST", "Host"})


@dataclass(frozen=True)
class Route:
    """A way from a source to a sink."""

    kind: str
    """"request", "llm" or "page"."""
    function: Function
    """The function in which the text enters."""
    steps: tuple[Step, ...]
    told: bool
    """Constant text stands before or behind it, so it names one of few things."""

    @property
    def guessed(self) -> bool:
        """Whether it leads through a field of an object and many functions: any object of that class may be meant."""
        through = any(step.note.startswith((PUT_INTO, KEPT_IN)) for step in self.steps)
        return through and self.steps[0].hops > _SURE_HOPS

    @property
    def doubts(self) -> tuple[bool, bool, int, bool]:
        """How little there is to it: the text was vetted, is the address that was asked for, or carries other marks.

        That it was put behind the beginning of a path takes nothing away.
        """
        source = self.steps[0].atom
        joined = JOINED in source.marks
        return VETTED in source.marks, is_own(source), len(source.marks) - joined, not joined

    def passes(self, name: str) -> bool:
        """Whether it leads through a function or those defined in it."""
        return any(f"{step.function.name}.".startswith(f"{name}.") for step in self.steps)

    @property
    def line(self) -> int:
        """Where the text enters."""
        return self.steps[0].atom.line or self.function.line


def routes(program: Program, function: Function, sink: Reached) -> tuple[Route, ...]:
    """Every function whose outside text arrives at a sink, with the gravest of its routes, the shortest first."""
    key = _key(function, sink)
    if key not in program.routes:
        program.routes[key] = _gravest(_search(program, function, sink))
    return program.routes[key]


def _gravest(routes: Iterable[Route]) -> tuple[Route, ...]:
    """One route for each function: text that was looked at must not hide text that was not."""
    found: dict[str, Route] = {}
    for route in routes:
        known = found.get(route.function.name)
        if known is None or route.doubts < known.doubts:
            found[route.function.name] = route
    return tuple(found.values())


def is_cut(program: Program, function: Function, sink: Reached) -> bool:
    """Whether the search from a sink found nothing, but was not followed to its end."""
    return not routes(program, function, sink) and _key(function, sink) in program.cut


def _key(function: Function, sink: Reached) -> tuple[str, int, str]:
    return function.name, sink.line, sink.kind


def _search(program: Program, function: Function, sink: Reached) -> Iterator[Route]:
    waiting = deque(Step(function, atom, 0, "", None, sink.needs, sink.kind == ANSWER) for atom in sorted(sink.atoms))
    seen: set[object] = set()
    entered: set[object] = set()
    while waiting and len(seen) < MAX_STEPS:
        step = believed(program, waiting.popleft())
        if step is None or _place(step) in seen or _is_harmless(step, sink):
            continue
        step = held(program, step, _used_at(step, sink))
        if step is None or _is_harmless(step, sink):
            continue
        seen.add(_place(step))
        if step.function.cut or len(seen) == MAX_STEPS:
            program.cut.add(_key(function, sink))
        source = entry.source(program, step.function, step.atom)
        if source == entry.PAGE and sink.kind != HTML:
            source = ""
        if source:
            variant = step.function.name, source, step.atom.marks, is_own(step.atom)
            if variant not in entered:
                entered.add(variant)
                yield Route(source, step.function, tuple(_chain(step)), limited(step.atom))
        if source in {"", entry.PAGE} and step.hops < MAX_HOPS:  # programs may call a template's filter as well
            waiting.extend(back(program, step))


def _place(step: Step) -> object:
    """What a search has been to, by whatever way it came."""
    return step.function.name, step.atom._replace(line=0), tuple(within.key for within in step.context)


def _is_harmless(step: Step, sink: Reached) -> bool:
    return any(mark in step.atom.marks for mark in IGNORED.get(sink.kind, "") + CHOSEN)


def _used_at(step: Step, sink: Reached) -> int:
    """The line of its function where a step's text goes on, or is used; 0 where nobody can tell."""
    later: Step | None = step
    while later is not None and not later.line and later.function is step.function:
        if later.then is None:
            return sink.line
        later = later.then
    return later.line if later is not None and later.function is step.function else 0


def is_handed_back(route: Route) -> bool:
    """Whether a function that was handed over gives the text: a decorator's page is the page of what it stands above."""
    return any(step.note.startswith(HANDED_BACK) for step in route.steps)


def is_own(source: Atom) -> bool:
    """Whether a source is the address that was asked for, or the page it was asked from."""
    return source.kind == "request" and (source.name.rpartition(".")[2] in _OWN or source.field in _BACK)


def _chain(step: Step | None) -> Iterator[Step]:
    while step is not None:
        yield step
        step = step.then


def places(route: Route, sink: Place, end: str) -> Iterator[tuple[Place, str]]:
    """The route as places and notes, from where the text enters to the sink; `end` is the note there."""
    said = {"request": "a request", "llm": "a model's answer"}.get(route.kind, "a template")
    yield Place.at(route.function.path, route.line), f"text from {said} enters `{route.function.short}`"
    for step in route.steps:
        if step.then is not None and step.line:
            yield Place.at(step.function.path, step.line), step.note
    yield sink, end
