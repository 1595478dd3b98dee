"""What a condition says of each relation of its query: the columns that bind it to a value given from outside."""

from collections.abc import Callable, Collection
from itertools import product
from typing import Any

from gate.facts.sqltree import ALWAYS, VARIABLE, Witness, bare, conjuncts, disjuncts, is_open

Inner = Callable[[Any], tuple[set[Witness], set[str]]]
"""Judges the query inside an EXISTS: what binds its relations, and their aliases."""


class Predicates:
    """The conditions of one query over relations of these aliases.

    `routine`: bare names may be its variables. `opaque` tells, afterwards, that a whole condition was a hole.
    """

    def __init__(self, aliases: Collection[str], inner: Inner, *, routine: bool) -> None:
        self.aliases = aliases
        self.inner = inner
        self.routine = routine
        self.opaque = False

    def alias(self, node: Any) -> str:
        """The relation a column belongs to, "*" for a column of any of several, "" for no column of this query."""
        from sqlglot import exp

        node = bare(node)
        if not isinstance(node, exp.Column) or (VARIABLE.fullmatch(node.name) and not node.table):
            return ""
        if node.table:
            table = node.table.lower()
            return table if table in self.aliases else ""
        return next(iter(self.aliases)) if len(self.aliases) == 1 else "*"

    def witnesses(self, condition: Any) -> tuple[dict[str, set[Witness]], dict[str, set[str]]]:
        """By alias: what binds it whenever the condition holds, and the columns that do so on some paths only."""
        from sqlglot import exp

        condition = condition.unnest()
        if isinstance(condition, exp.Or):
            return self._either(condition)
        if isinstance(condition, exp.And):
            found: dict[str, set[Witness]] = {}
            for part in conjuncts(condition):
                for alias, more in self.witnesses(part)[0].items():
                    found.setdefault(alias, set()).update(more)
            return found, {}
        if isinstance(condition, exp.Column) and condition.name.startswith("gp"):
            self.opaque = True  # a hole, or a flag: `:everything OR tenant_id = :tenant`
        return self._simple(condition), self._itself(condition)

    def _itself(self, condition: Any) -> dict[str, set[str]]:
        """`tenant_id = COALESCE(:tenant, tenant_id)`: bound at times only."""
        from sqlglot import exp

        if not isinstance(condition, exp.EQ | exp.NullSafeEQ):
            return {}
        for one, other in ((condition.this, condition.expression), (condition.expression, condition.this)):
            column = bare(one)
            alias = self.alias(column)
            if alias not in {"", "*"} and any(
                (found.name, found.table) == (column.name, column.table) for found in other.find_all(exp.Column)
            ):
                return {alias: {column.name.lower()}}
        return {}

    def _either(self, condition: Any) -> tuple[dict[str, set[Witness]], dict[str, set[str]]]:
        """An OR scopes a relation only when every arm of it does."""
        arms = [self.witnesses(arm)[0] for arm in disjuncts(condition)]
        found: dict[str, set[Witness]] = {}
        partly: dict[str, set[str]] = {}
        for alias in self.aliases:
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

        if isinstance(condition, exp.Column) and is_open(condition.name):
            return {alias: {ALWAYS} for alias in [self.alias(condition)] if alias in self.aliases}
        if isinstance(condition, exp.Exists):
            return self._exists(condition)
        if isinstance(condition, exp.In):
            return self._in(condition)
        if (
            isinstance(condition, exp.Is)
            and isinstance(condition.expression, exp.Null)
            and not condition.args.get("negate")
        ):
            shared: dict[str, set[Witness]] = {}
            self._take(shared, [condition.this])  # rows of nobody are everybody's
            return shared
        if isinstance(condition, exp.EQ | exp.NullSafeEQ):
            found: dict[str, set[Witness]] = {}
            for one, other in ((condition.this, condition.expression), (condition.expression, condition.this)):
                if isinstance(one, exp.Tuple) and isinstance(other, exp.Tuple):
                    self._take(found, one.expressions)
                elif self._bound(other):
                    self._take(found, [one])
                elif self._outer(other) and self.alias(one):
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
            alias = self.alias(column)
            names = list(self.aliases) if alias == "*" else [alias] if alias else []
            sure = always or is_open(column.name)
            for name in names:
                found.setdefault(name, set()).add(ALWAYS if sure else frozenset({column.name.lower()}))

    def _exists(self, condition: Any) -> dict[str, set[Witness]]:
        """A correlated EXISTS scopes the outer relation by what binds the inner one: a membership."""
        from sqlglot import exp

        inner = condition.this
        if not isinstance(inner, exp.Select):
            return {}
        witnesses, aliases = self.inner(inner)
        used = {column.table.lower() for column in inner.find_all(exp.Column)} & (set(self.aliases) - aliases)
        return {alias: set(witnesses) for alias in used}

    def _outer(self, node: Any) -> bool:
        """A column of a query around this one; that one is judged where it stands."""
        from sqlglot import exp

        node = bare(node)
        return isinstance(node, exp.Column) and bool(node.table) and node.table.lower() not in self.aliases

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
