"""What ties each table of a statement to its owner: which columns would, if they name a tenant, scope it.

Which columns name a tenant is only known from the whole tree, so the answer is left open: a relation is scoped
when, of one of its witnesses, every column names a tenant or an owner. The empty witness scopes whatever the columns.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from gate.facts.sqltree import ALWAYS, VARIABLE, Witness, bare, conjuncts, disjuncts, is_credential

_MOST = 16
"""Witnesses kept for one relation, and relations of one query that are told apart."""


@dataclass(frozen=True)
class Relation:
    """A table a statement reads or writes.

    `table` is its bare name, lower case, "" when it is not written out. `scoped` are the witnesses. `partly` are
    columns that bind it on some paths through an OR only. `known` is False where a hole may hold a predicate.
    """

    table: str
    schema: str
    scoped: tuple[tuple[str, ...], ...]
    partly: tuple[str, ...]
    known: bool


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
        found += _Query(node, named, routine).judged()
    return tuple(found)


class _Query:
    """One SELECT, UPDATE or DELETE on its own."""

    def __init__(self, node: Any, named: set[str], routine: bool) -> None:  # noqa: FBT001
        self.node = node
        self.named = named
        self.routine = routine
        self.sides: dict[str, _Side] = {}
        self.edges: list[tuple[str, str]] = []
        self.opaque = False

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
                hole = name.startswith("gp") and VARIABLE.fullmatch(name)
                yield Relation(
                    "" if hole else name,
                    side.table.db.lower(),
                    tuple(witnesses),
                    tuple(sorted(side.partly)),
                    not self.opaque,
                )

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
        if isinstance(condition, exp.Column) and condition.name.startswith("gph_"):
            self.opaque = True
        if isinstance(condition, exp.EQ | exp.NullSafeEQ):
            ends = [self._alias(end) for end in (condition.this, condition.expression)]
            if ends[0] and ends[1] and ends[0] != ends[1] and "*" not in ends:
                self._edge(ends[0], ends[1], side=side, own=own)
        witnesses, partly = self._witnesses(condition)
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

    def _alias(self, node: Any) -> str:
        """The relation a column belongs to, "*" for a column of any of several, "" for no column of this query."""
        from sqlglot import exp

        node = bare(node)
        if not isinstance(node, exp.Column) or VARIABLE.fullmatch(node.name) and not node.table:
            return ""
        if node.table:
            table = node.table.lower()
            return table if table in self.sides else ""
        return next(iter(self.sides)) if len(self.sides) == 1 else "*"

    def _witnesses(self, condition: Any) -> tuple[dict[str, set[Witness]], dict[str, set[str]]]:
        from sqlglot import exp

        condition = condition.unnest()
        if isinstance(condition, exp.Or):
            return self._either(condition)
        if isinstance(condition, exp.And):
            found: dict[str, set[Witness]] = {}
            for part in conjuncts(condition):
                for alias, more in self._witnesses(part)[0].items():
                    found.setdefault(alias, set()).update(more)
            return found, {}
        if isinstance(condition, exp.Column) and condition.name.startswith("gph_"):
            self.opaque = True
        return self._simple(condition), {}

    def _either(self, condition: Any) -> tuple[dict[str, set[Witness]], dict[str, set[str]]]:
        """An OR scopes a relation only when every arm of it does."""
        arms = [self._witnesses(arm)[0] for arm in disjuncts(condition)][:64]
        found: dict[str, set[Witness]] = {}
        partly: dict[str, set[str]] = {}
        for alias in self.sides:
            each = [sorted(arm.get(alias, ()), key=sorted)[:3] for arm in arms]
            if len(arms) < 7 and all(each):
                found[alias] = {frozenset().union(*chosen) for chosen in product(*each)}
            elif all(each):
                common = set.intersection(*(set(one) for one in each))
                found[alias] = common
            partly[alias] = {column for one in each for witness in one for column in witness}
        return found, partly

    def _simple(self, condition: Any) -> dict[str, set[Witness]]:
        from sqlglot import exp

        if isinstance(condition, exp.Exists):
            return self._exists(condition)
        if isinstance(condition, exp.In):
            return self._in(condition)
        if isinstance(condition, exp.EQ | exp.NullSafeEQ):
            found: dict[str, set[Witness]] = {}
            for one, other in ((condition.this, condition.expression), (condition.expression, condition.this)):
                if isinstance(one, exp.Tuple) and isinstance(other, exp.Tuple):
                    self._take(found, one.expressions)
                elif self._bound(other):
                    self._take(found, [one])
                elif self._outer(other) and self._alias(one):
                    self._take(found, [one], always=True)
            return found
        return {}

    def _in(self, condition: Any) -> dict[str, set[Witness]]:
        found: dict[str, set[Witness]] = {}
        columns = condition.this.expressions if condition.this.key == "tuple" else [condition.this]
        if condition.args.get("query") is not None:
            self._take(found, columns, always=True)  # the subquery is judged on its own
        elif condition.args.get("unnest") is not None or all(map(self._bound, condition.expressions)):
            self._take(found, columns)
        return found

    def _take(self, found: dict[str, set[Witness]], columns: list[Any], *, always: bool = False) -> None:
        for column in map(bare, columns):
            alias = self._alias(column)
            names = list(self.sides) if alias == "*" else [alias] if alias else []
            sure = always or is_credential(column.name)
            for name in names:
                found.setdefault(name, set()).add(ALWAYS if sure else frozenset({column.name.lower()}))

    def _exists(self, condition: Any) -> dict[str, set[Witness]]:
        """A correlated EXISTS scopes the outer relation by what binds the inner one: a membership."""
        from sqlglot import exp

        inner = condition.this
        if not isinstance(inner, exp.Select):
            return {}
        query = _Query(inner, self.named, self.routine)
        witnesses = {frozenset(w) for relation in query.judged() for w in relation.scoped if w}
        used = {column.table.lower() for column in inner.find_all(exp.Column)} & (set(self.sides) - set(query.sides))
        return {alias: set(witnesses) for alias in used}

    def _outer(self, node: Any) -> bool:
        """A column of a query around this one; that one is judged where it stands."""
        from sqlglot import exp

        node = bare(node)
        return isinstance(node, exp.Column) and bool(node.table) and node.table.lower() not in self.sides

    def _bound(self, node: Any) -> bool:
        """A value given from outside: no column of a table takes part in it."""
        from sqlglot import exp

        if node.find(exp.Select) is not None:
            return True
        for column in node.find_all(exp.Column):
            name, table = column.name, column.table.lower()
            variable = VARIABLE.fullmatch(name) or column.this.args.get("quoted")
            outside = table in {"new", "old"} or (not table and (variable or self.routine))
            if not outside:
                return False
        return True
