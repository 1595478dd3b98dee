"""Outsiders' text that arrives somewhere by way of one definition: what rules about flows ask for."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from gate.fact import Repo
from gate.facts import nearby, reach, receivers
from gate.facts.address import Address
from gate.facts.definition import Definition
from gate.facts.program import Program, program
from gate.facts.summary import Function, Reached
from gate.facts.value import GUESSED, Atom
from gate.source import Hop, Place

_MILD = frozenset(
    {
        receivers.LOG,
        receivers.SESSION,
        receivers.REGEX,
        receivers.MATCHED,
        receivers.REDIRECT,
        receivers.HEADER,
        receivers.FIELDS,
        receivers.OPTION,
    }
)
"""Kinds of sinks that never block: a search among them that was cut short owes nothing."""
_PARAMETERS = frozenset({"path_params", "view_args"})


@dataclass(frozen=True, eq=False)
class Arrival:
    """A sink, and a way that leads to it from a source."""

    function: Function
    """The function that holds the sink."""
    sink: Reached
    route: reach.Route

    @property
    def place(self) -> Place:
        return Place.at(self.function.path, self.sink.line, self.sink.end_line)

    @property
    def whose(self) -> str:
        """Who wrote the text, as the first words of a sentence."""
        return {"request": "A request's text", "llm": "A model's answer"}.get(self.route.kind, "What a template shows")

    @property
    def entered(self) -> str:
        """Where the text enters, as the beginning of a sentence."""
        where = f"{self.route.function.path}:{self.route.line}"
        return f"{self.whose} enters `{self.route.function.short}` ({where})"

    def hops(self, end: str) -> tuple[Hop, ...]:
        """The way, from where the text enters; `end` says what happens at the sink."""
        return tuple(Hop(where, note) for where, note in reach.places(self.route, self.place, end))

    def one_segment(self, repo: Repo) -> bool:
        """Whether the text is one segment of a route's path, which holds no slash, wherever the route is given."""
        name = _parameter(self.route.steps[0].atom)
        if not name:
            return False
        texts = [decorator.text for decorator in self.route.function.decorators]
        named = re.compile(rf"<(?:string:)?{re.escape(name)}>|\{{{re.escape(name)}\}}")
        if any(named.search(text) for text in texts):
            return True
        views = {self.route.function.short, self.route.function.owner.rpartition(".")[2]}
        told = [one for one in repo[Address] if one.view in views and name in one.segments | one.rest]
        return bool(told) and all(name in one.segments for one in told)

    @property
    def guessed(self) -> bool:
        """Whether the way may be another object's, or leads through a function nobody can read."""
        return self.route.guessed or self.has(GUESSED)

    @property
    def changes(self) -> int:
        """How often the way leads from one function to another."""
        return self.route.steps[0].hops

    def has(self, mark: str) -> bool:
        """Whether the text carries a mark where it arrives."""
        return mark in self.route.steps[0].atom.marks


def _parameter(source: Atom) -> str:
    """The parameter of a route that a text is, handed over or looked up; aiohttp's `match_info` may hold a slash."""
    if source.kind == "param":
        return source.name
    return source.field if source.name.rpartition(".")[2] in _PARAMETERS else ""


def arrivals(
    fact: Definition, repo: Repo, kinds: Collection[str], fits: Callable[[Function, Reached], bool] = lambda _, __: True
) -> Iterator[Arrival]:
    """What arrives at sinks of these kinds that fit, once for each sink and function that the text enters."""
    whole = program(repo)
    path, name = fact.place.path, fact.name
    for function, sink in _sinks(whole, repo, path, name):
        if sink.kind not in kinds or not fits(function, sink):
            continue
        if sink.kind not in _MILD and reach.is_cut(whole, function, sink):
            repo.problems[path] = f"more ways lead to `{sink.name}` ({function.path}:{sink.line}) than gate follows"
        for route in reach.routes(whole, function, sink):
            if sink.kind == receivers.HTML and reach.is_handed_back(route):  # it is judged where it answers
                continue
            mine = route.passes(name) or nearby.registers(whole, path, name, route.function)
            if mine and whole.claims((function.name, sink.line, sink.kind, route.function.name), name):
                yield Arrival(function, sink, route)


def _sinks(whole: Program, repo: Repo, path: str, name: str) -> tuple[tuple[Function, Reached], ...]:
    """Sinks that may be fed by way of a definition, found once for all kinds."""
    if (path, name) not in whole.sinks:
        if nearby.is_deep(whole, path, name):
            repo.problems[path] = f"`{name}` is nested too deeply to follow values in it"
        whole.sinks[path, name] = tuple(nearby.sinks(whole, path, name))
    return whole.sinks[path, name]
