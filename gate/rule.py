"""What a rule author imports: a rule, what it looks at, what it yields."""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from gate.fact import Fact, Repo, Settings
from gate.hint import Hint
from gate.source import Hop, Place, Source

__all__ = [
    "Check", "Compare", "Edit", "Example", "Hint", "Hit", "Hop", "Item", "Mend", "Pair", "Place", "Point", "Repo",
    "Rule", "Section", "Severity", "Source",
]  # fmt: skip

F = TypeVar("F", bound=Fact)


class Severity(StrEnum):
    """How bad a flaw is; the base policy says which of them block."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)


class Section(StrEnum):
    """The parts of the checklist, in the order they are shown."""

    IDENTITY = "Identity and authentication"
    BOUNDARIES = "RBAC and data boundaries"
    PAYMENTS = "Payments and webhooks"
    GUARDRAILS = "Prompt-to-prod guardrails"
    RECORDS = "Observability and response"
    GATE = "The gate itself"


@dataclass(frozen=True)
class Mend:
    """New text for whole lines; without text the lines go."""

    place: Place
    text: str


@dataclass(frozen=True)
class Hit:
    """Where a rule is broken, and one sentence about this place.

    `detail` tells apart flaws that share a line (an advisory, a kind of source). `spans` are the columns
    (line, start, end) of a secret, to be masked wherever the line is shown. `severity` and `cwes` replace the rule's.
    """

    place: Place
    message: str
    trace: tuple[Hop, ...] = ()
    detail: str = ""
    spans: tuple[tuple[int, int, int], ...] = ()
    severity: Severity | None = None
    cwes: tuple[int, ...] = ()


@dataclass(frozen=True)
class Pair:
    """An example that is a change: files before, files after."""

    base: Mapping[str, str]
    head: Mapping[str, str]


Example = str | Mapping[str, str] | Pair
"""Text of one file (`app.py`, or `app.sql` in a rule about SQL files), a small repository, or a change."""


@dataclass(frozen=True)
class Edit:
    """One path of a change; None where a side has no such file, or one that cannot be read."""

    before: Source | None
    after: Source | None


Look = Callable[[F, Repo], Iterable[Hit]]
LookAtChange = Callable[[Sequence[Edit], Repo, Repo], Iterable[Hit]]


@dataclass(frozen=True, eq=False)
class Rule:
    """A danger: what it is, why it matters, how to fix it, what it looks like."""

    id: str
    title: str
    severity: Severity
    cwes: tuple[int, ...]
    why: str
    fix: str
    item: str = ""
    """The checklist item; our rule's is its folder, a tool's is found by CWE."""
    bad: Sequence[Example] = ()
    good: Sequence[Example] = ()
    misses: Sequence[str] = ()
    """What the rule is known not to see, one sentence each."""
    anywhere: bool = False
    """Whether it does its harm in a manual, an example or a script as it does in production."""
    gathers: bool = False
    """Whether what it says alike of several places is told once; where it blocks, once in each file."""

    @classmethod
    def of(
        cls, name: str, doc: str | None, *, severity: Severity, cwes: tuple[int, ...], fix: str,
        bad: Sequence[Example] = (), good: Sequence[Example] = (), misses: Sequence[str] = (),
        anywhere: bool = False, gathers: bool = False,
    ) -> "Rule":  # fmt: skip
        """A rule from its module: the path is the id, the docstring's first line the title, the rest the why."""
        title, _, why = inspect.cleandoc(doc or "").partition("\n")
        item, rule = name.split(".")[-2:]
        return cls(
            f"{item}/{rule}",
            title.strip().rstrip("."),
            severity,
            cwes,
            why.strip(),
            " ".join(fix.split()),
            item,
            bad,
            good,
            misses,
            anywhere=anywhere,
            gathers=gathers,
        )

    def check(
        self, kind: type[F], *, everywhere: bool = False, when: Callable[[Settings], bool] = lambda _: True
    ) -> Callable[[Look[F]], "Check[F]"]:
        """Look at each fact of one kind in the files a change touches.

        `everywhere` looks in all files: for flaws that a change elsewhere can make. `when` tells from the settings
        whether there is anything to look for, so that a rule nobody has configured costs nothing.
        """
        return lambda look: Check(self, kind, look, everywhere, when)

    def compare(self, look: LookAtChange) -> "Compare":
        """Look at the change itself; only for what no tree can show, such as a guard that is gone."""
        return Compare(self, look)


@dataclass(frozen=True, eq=False)
class Check(Generic[F]):
    rule: Rule
    kind: type[F]
    look: Look[F]
    everywhere: bool = False
    when: Callable[[Settings], bool] = lambda _: True


@dataclass(frozen=True, eq=False)
class Compare:
    rule: Rule
    look: LookAtChange


@dataclass(frozen=True)
class Point:
    """One demand of the checklist, and how it is answered: by rules, by what each review shows, or by a person."""

    id: str
    demand: str
    rules: tuple[str, ...] = ()
    """The rules that decide it, by id."""
    shown: str = ""
    """What a review shows of it whether a rule finds something or not."""
    ask: str = ""
    """What only a person can confirm."""
    surface: Hint | None = None
    """Added lines that match this touch it; without one, those that touch the item."""


@dataclass(frozen=True, eq=False)
class Item:
    """A question of the checklist."""

    id: str
    question: str
    section: Section
    owasp: str
    cwes: frozenset[int] = frozenset()
    """The weaknesses this item answers for; a tool's finding is placed by them. Items do not share any."""
    surface: Hint | None = None
    """Added lines that match this touch the item, even where no rule has anything to count."""
    points: Sequence[Point] = field(default=())
    """The demands it consists of."""

    @property
    def asks(self) -> tuple[str, ...]:
        """What only a person can confirm."""
        return tuple(point.ask for point in self.points if point.ask)

    def asked(self, added: str) -> tuple[str, ...]:
        """What is asked of a person when a change adds this text."""
        surfaces = ((point, point.surface or self.surface) for point in self.points if point.ask)
        return tuple(point.ask for point, surface in surfaces if surface and surface.search(added))

    @classmethod
    def of(cls, name: str, doc: str | None, **rest: Any) -> "Item":
        return cls(name.rpartition(".")[2], inspect.cleandoc(doc or "").partition("\n")[0], **rest)
