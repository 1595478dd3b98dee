"""The whole of what gate says about a change; every report is made from it alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gate.authorship import Authorship
from gate.coverage import Row
from gate.finding import Finding
from gate.rule import Item


class State(StrEnum):
    """The answer to a question of the checklist."""

    PASS = "pass"
    LOOK = "look"
    STOP = "stop"
    UNKNOWN = "unknown"
    IDLE = "idle"


class Verdict(StrEnum):
    """Whether the change may be merged, as far as gate can tell."""

    PASS = "pass"
    BLOCK = "block"
    INCOMPLETE = "incomplete"

    @property
    def exit_status(self) -> int:
        return {"pass": 0, "block": 1, "incomplete": 3}[self.value]


@dataclass(frozen=True)
class Answer:
    """One question answered, with what was looked at to answer it."""

    item: Item
    state: State
    findings: tuple[Finding, ...] = ()
    seen: Mapping[str, int] = field(default_factory=dict)
    """What was looked at, counted by kind: {"queries": 12}."""
    reasons: tuple[str, ...] = ()
    """Why the state is what it is, one sentence each: what could not be judged, what nobody can compute."""
    asks: tuple[str, ...] = ()
    confirmed: tuple[str, ...] = ()
    """Those of `asks` that a person has confirmed for this commit."""
    owed: tuple[str, ...] = ()
    """What the base policy wants from a person before this merges, a sentence each."""
    mended: tuple[str, ...] = ()
    """What was wrong before the change and is no more, a sentence each."""


@dataclass(frozen=True)
class Ran:
    """How one scanner did."""

    name: str
    version: str
    state: str
    """"ok", "failed", or "left out"."""
    reason: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Review:
    """A judged change."""

    base: str
    head: str
    answers: tuple[Answer, ...]
    findings: tuple[Finding, ...]
    coverage: tuple[Row, ...]
    scanners: tuple[Ran, ...]
    notes: tuple[str, ...] = ()
    """Sentences about the run itself: what the profile left out, a policy that does not count."""
    allow_incomplete: bool = False
    """The base policy accepts UNKNOWN answers."""
    authorship: Authorship = field(default_factory=Authorship)
    environment: Mapping[str, Any] = field(default_factory=dict)
    pages: str = ""
    """What stands before a rule's id in the address of its page; empty where nobody knows."""

    @property
    def unknown(self) -> tuple[Answer, ...]:
        return tuple(answer for answer in self.answers if answer.state is State.UNKNOWN)

    @property
    def blocking(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.blocks)

    @property
    def owed(self) -> tuple[str, ...]:
        return tuple(sentence for answer in self.answers for sentence in answer.owed)

    @property
    def verdict(self) -> Verdict:
        if self.blocking or self.owed:
            return Verdict.BLOCK
        return Verdict.INCOMPLETE if self.unknown and not self.allow_incomplete else Verdict.PASS
