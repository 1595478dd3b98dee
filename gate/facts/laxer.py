"""Policies of which a change asks less: a part of a condition is gone, or there is a way to a yes that asks for nothing."""

from collections.abc import Iterator
from dataclasses import dataclass

from gate import lazy
from gate.facts.decision import Arm, asked, decides
from gate.source import Place, Source

_NOTHING = lazy.regex(
    r"true|1 == 1|(?:\w+\.)*\w+ !==? (?:null|\"\"|''|undefined)|context has \w+|(?P<one>[\w.]+) ===? (?P=one)"
)
"""What is true of every caller, or of all who have signed in."""
_ALIKE = 40
"""How many alternatives of one decision are held against each other."""


@dataclass(frozen=True)
class Laxer:
    """What is decided by less than before, and what is asked no more."""

    place: Place
    what: str
    gone: str
    everybody: bool


def laxer(before: Source, after: Source) -> Iterator[Laxer]:
    """At most one for each line, of what is decided in the same place on both sides."""
    if before.text == after.text or not decides(before):
        return
    olds = asked(before)
    told: set[int] = set()
    for what, now in asked(after).items():
        was = [arm for _, arm in olds.get(what, ())][:_ALIKE]
        for line, arm in now[:_ALIKE] if was else ():
            gone = _gone(was, arm) if line not in told else frozenset[str]()
            if gone:
                told.add(line)
                yield Laxer(Place.at(after.path, line), what, " and ".join(sorted(gone)), arm == {"true"})


def _gone(was: list[Arm], arm: Arm) -> Arm:
    """What an alternative of head leaves out; nothing where one of base asked for no more, or for something else."""
    if any(old <= arm for old in was):
        return frozenset()
    fuller = [old for old in was if all(map(_NOTHING.fullmatch, arm - old))]
    return min((old - arm for old in fuller), key=len, default=frozenset())
