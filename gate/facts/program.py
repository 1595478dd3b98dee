"""One tree as the flow search sees it, with what the search has found out so far."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from gate.fact import Repo
from gate.facts.callers import Callers
from gate.facts.project import Project
from gate.facts.summary import Function


@dataclass(eq=False)
class Program:
    project: Project
    callers: Callers
    routes: dict[tuple[str, int, str], tuple[Any, ...]] = field(default_factory=dict)
    """The ways to a sink, once searched for."""
    cut: set[tuple[str, int, str]] = field(default_factory=set)
    """Sinks to which more ways lead than were followed."""
    sinks: dict[tuple[str, str], tuple[Any, ...]] = field(default_factory=dict)
    """The sinks that each definition may feed, gathered once for all rules."""
    receivers: dict[Function, tuple[Function, ...]] = field(default_factory=dict)
    """The functions that each function hands values to, once asked for."""
    shown: dict[tuple[str | int, ...], frozenset[str] | None] = field(default_factory=dict)
    """What functions that were asked about an origin before a line made of it; None where they let nothing pass."""
    _claims: dict[tuple[str, int, str, str], str] = field(default_factory=dict)

    def claims(self, key: tuple[str, int, str, str], definition: str) -> bool:
        """Whether a way to a sink is this definition's to report: of all that lie on it, the first to ask."""
        return self._claims.setdefault(key, definition) == definition


@lru_cache(maxsize=2)
def program(repo: Repo) -> Program:
    """The program a tree holds; those of a change's two sides are kept."""
    project = Project(repo)
    return Program(project, Callers(project))
