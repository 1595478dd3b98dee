"""What the queries of a tree on tenants' tables do, mostly: whether they say whose rows they mean."""

from dataclasses import dataclass

from gate.facts.tenancy import LEAST_QUERIES, MOSTLY, Tenancy, Use

_LEAST_ELSEWHERE = 5
_LEAST_ALIKE = 2


@dataclass(frozen=True)
class Convention:
    """How many of the other queries say whose rows they mean: those on one table, or where it has few, on all."""

    scoped: int
    judged: int
    everywhere: bool

    @property
    def strong(self) -> bool:
        if self.everywhere and self.judged < _LEAST_ELSEWHERE:
            return self.judged >= _LEAST_ALIKE and self.scoped == self.judged
        return self.judged >= LEAST_QUERIES and self.scoped >= MOSTLY * self.judged


def convention(found: Tenancy, name: str, use: Use | None = None) -> Convention:
    """What the application's queries on owned tables do, `use` left out."""
    scoped, judged = found.each.get(name, (0, 0))
    own = use is not None and use.query.role == "app" and use.scoped is not None
    mine = use is not None and use.scoped is True
    if judged - own >= LEAST_QUERIES:
        return Convention(scoped - (own and mine), judged - own, everywhere=False)
    scoped, judged = found.app
    return Convention(scoped - mine, judged - (use is not None), everywhere=True)
