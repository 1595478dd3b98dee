"""What ties each table of a statement to its owner: which columns would, if they name a tenant, scope it.

Which columns name a tenant is only known from the whole tree, so the answer is left open: a relation is scoped
when, of one of its witnesses, every column names a tenant or an owner. The empty witness scopes whatever the columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from gate.facts.predicates import Predicates
from gate.facts.sqltree import ALWAYS, Witness, conjuncts

_MOST = 16
"""Witnesses kept for one relation, and relations of one query that are told apart."""


@dataclass(frozen=True)
class Relation:
    """A table a statement reads or writes.

    `table` is its bare name, lower case, "" when it is not written out. `scoped` are the witnesses. `partly` are
    columns that it speaks of without binding them always. `known` is False where a hole may hold a predicate.
    """

    table: str
    schema: str
    scoped: tuple[tuple[str, ...], ...]
    partly: tuple[str, ...]
    known: bool
    bypassed: tuple[str, ...] = ()
    """Columns that bind it on some paths only: through an OR that has others."""


@dataclass
class _Side:
    """A relation while its query is read."""

    table: Any = None
    witnesses: set[Witness] = field(default_factory=set)
    partly: set[str] = field(default_factory=set)


def relations(tree: Any, *, routine: bool = False) -> tuple[Relation, ...]:
    """Every base table of a statement, subqueries included, each judged in the query it stands in."""
    from sqlglot import exp

    named = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    kinds = (exp.Select, exp.Update, exp.Delete)
    found: list[Relation] = []
    for node in tree.find_all(*kinds):
        found += _Query(node, named, routine=routine).judged()
    return tuple(found)


class _Query:
    """One SELECT, UPDATE or DELETE on its own."""

    def __init__(self, node: Any, named: set[str], *, routine: bool) -> None:
        self.node = node
        self.named = named
        self.sides: dict[str, _Side] = {}
        self.edges: list[tuple[str, str]] = []
        self.predicates = Predicates(self.sides, self._inner, routine=routine)

    def judged(self) -> Iterator[Relation]:
        where = self.node.args.get("where")
        joins = list(self._sources())
        if len(self.sides) > _MOST * 4:
            return
        for condition in conjuncts(where.this) if where else ():
            self._apply(condition, set(self.sides))
        for join, before in joins:
            self._joined(join, before)
        self._spread()
        for side in self.sides.values():
            if side.table is not None:
                name = side.table.name.lower()
                witnesses = sorted(tuple(sorted(witness)) for witness in side.witnesses)[:_MOST]
                yield Relation(
                    "" if "gph_" in name or "gpv_" in name else name,
                    side.table.db.lower(),
                    tuple(witnesses),
                    tuple(sorted(side.partly)),
                    not self.predicates.opaque,
                    tuple(sorted(side.partly)),
                )

    def _inner(self, select: Any) -> tuple[set[Witness], set[str]]:
        query = _Query(select, self.named, routine=self.predicates.routine)
        return {frozenset(w) for relation in query.judged() for w in relation.scoped if w}, set(query.sides)

    def _sources(self) -> Iterator[tuple[Any, list[str]]]:
        """Take in every relation; yield each join with the aliases that stand before it."""
        from sqlglot import exp

        node = self.node
        first: list[Any] = [] if isinstance(node, exp.Select) else [node.this]
        source = node.args.get("from_") or node.args.get("from")
        first += [source.this] if source else []
        first += node.args.get("using") or [] if isinstance(node, exp.Delete) else []
        for relation in first:
            if isinstance(relation, exp.Expression):
                yield from self._with_joins(relation)
        for join in node.args.get("joins") or ():
            yield join, list(self.sides)
            yield from self._with_joins(join.this)

    def _with_joins(self, relation: Any) -> Iterator[tuple[Any, list[str]]]:
        from sqlglot import exp

        inner = (
            relation.this if isinstance(relation, exp.Subquery) and isinstance(relation.this, exp.Table) else relation
        )
        self._add(inner)
        for join in [
            *(inner.args.get("joins") or ()),
            *((relation.args.get("joins") or ()) if inner is not relation else ()),
        ]:
            yield join, list(self.sides)
            self._add(join.this)

    def _add(self, relation: Any) -> None:
        from sqlglot import exp

        base = (
            isinstance(relation, exp.Table)
            and isinstance(relation.this, exp.Identifier)
            and (relation.db or relation.name.lower() not in self.named)
        )
        alias = relation.alias_or_name.lower() or f"#{len(self.sides)}"
        self.sides.setdefault(alias, _Side(relation if base else None, set() if base else {ALWAYS}))

    def _joined(self, join: Any, before: list[str]) -> None:
        """What a join condition says, and to which side: it does not filter the side an outer join preserves."""
        own = join.this.alias_or_name.lower()
        side = str(join.args.get("side") or "").upper()
        filters = {"LEFT": {own}, "RIGHT": set(before), "FULL": set()}.get(side, set(self.sides))
        condition = join.args.get("on")
        for conjunct in conjuncts(condition) if condition is not None else ():
            self._apply(conjunct, filters, side=side, own=own)
        if join.args.get("using") or str(join.args.get("method") or "").upper() == "NATURAL":
            for other in before:
                self._edge(other, own, side=side, own=own)

    def _edge(self, left: str, right: str, *, side: str = "", own: str = "") -> None:
        for a, b in ((left, right), (right, left)):
            # an outer join carries the scope to the side it may leave empty, never back
            if (side == "LEFT" and b != own) or (side == "RIGHT" and a != own) or side == "FULL":
                continue
            self.edges.append((a, b))

    def _apply(self, condition: Any, filters: set[str], *, side: str = "", own: str = "") -> None:
        from sqlglot import exp

        condition = condition.unnest()
        if isinstance(condition, exp.EQ | exp.NullSafeEQ):
            ends = [self.predicates.alias(end) for end in (condition.this, condition.expression)]
            if ends[0] and ends[1] and ends[0] != ends[1] and "*" not in ends:
                self._edge(ends[0], ends[1], side=side, own=own)
        witnesses, partly = self.predicates.witnesses(condition)
        for alias, found in witnesses.items():
            if alias in filters:
                self.sides[alias].witnesses |= found
        for alias, columns in partly.items():
            self.sides[alias].partly |= columns

    def _spread(self) -> None:
        """Carry scopes along equalities until nothing changes."""
        for _ in range(len(self.sides)):
            changed = False
            for a, b in self.edges:
                more = self.sides[a].witnesses - self.sides[b].witnesses
                if more and len(self.sides[b].witnesses) < _MOST:
                    self.sides[b].witnesses |= more
                    changed = True
            if not changed:
                return
