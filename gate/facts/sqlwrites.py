"""How far a write reaches: what its WHERE leaves out, and whether that is anything at all."""

from dataclasses import dataclass
from typing import Any

from gate.facts.sqltree import bare


@dataclass(frozen=True)
class Write:
    """An UPDATE or DELETE. `table` and `schema` are lower case, "" where not written out.

    `limits` says what keeps it from the whole table: "where", "join", "limit", or "" for nothing, or "true" for
    a WHERE that holds for every row.
    """

    verb: str
    table: str
    schema: str
    limits: str
    line: int


def writes(tree: Any) -> tuple[Write, ...]:
    """Every UPDATE and DELETE of a parsed statement, those inside named subqueries included."""
    from sqlglot import exp

    return tuple(_write(node) for node in tree.find_all(exp.Update, exp.Delete))


def _write(node: Any) -> Write:
    from sqlglot import exp

    targets = node.args.get("tables") or [node.this]
    table = targets[0] if isinstance(targets[0], exp.Table) else None
    line = int(table.this.meta.get("line", 1)) if table is not None and isinstance(table.this, exp.Identifier) else 1
    where = node.args.get("where")
    if where is not None:
        limits = "true" if truth(where.this) or _is_itself(where.this, _name(table)) else "where"
    elif any(_narrows(join) for join in [*_joins(node.this), *_joins(node)]):
        limits = "join"
    else:
        limits = "limit" if node.args.get("limit") else ""
    return Write(node.key, _name(table), table.db.lower() if table is not None else "", limits, line)


def loose(tree: Any) -> str | None:
    """The table a SELECT reads whatever its condition says, for one arm of an OR always holds; "" if not written out."""
    from sqlglot import exp

    for select in tree.find_all(exp.Select):
        where = select.args.get("where")
        for part in _parts(where.this, exp.And) if where is not None else ():
            if isinstance(part, exp.Or) and any(_is_constant(arm) for arm in _operands(part)):
                return _name(select.find(exp.Table))
    return None


def wide(tree: Any) -> str | None:
    """The table a SELECT returns every row of, nowhere saying how many; None where a part of it says less."""
    from sqlglot import exp

    if not isinstance(tree, exp.Select) or any(tree.args.get(part) for part in ("group", "having", "distinct")):
        return None
    table, where, limit = tree.find(exp.From), tree.args.get("where"), tree.args.get("limit")
    limited = limit is not None and str(limit.args.get("expression") or "").upper() != "ALL"
    one = any(column.find(exp.AggFunc) is not None for column in tree.expressions)
    if limited or one or table is None or not isinstance(table.this, exp.Table):
        return None
    if any(cte.alias.lower() == table.this.name.lower() for cte in tree.find_all(exp.CTE)):
        return None  # how many rows it has is said where it is made
    return _name(table.this) if where is None or truth(where.this) is True or _is_any(where.this) else None


def reads_none(tree: Any) -> bool:
    """Whether a SELECT asks for no row at all, `LIMIT 0`, as is done to learn which columns there are."""
    from sqlglot import exp

    limit = tree.args.get("limit") if isinstance(tree, exp.Select) else None
    most = limit.args.get("expression") if limit is not None else None
    return isinstance(most, exp.Literal) and most.this == "0" and tree.find(exp.CTE, exp.Into) is None


def counts(tree: Any) -> bool:
    """Whether a SELECT gives one number alone: how many rows there are."""
    from sqlglot import exp

    if not isinstance(tree, exp.Select) or tree.args.get("group"):
        return False
    return bool(tree.expressions) and all(isinstance(one.unalias(), exp.Count) for one in tree.expressions)


def _is_any(condition: Any) -> bool:
    """`name LIKE '%'`."""
    from sqlglot import exp

    like = isinstance(condition, exp.Like | exp.ILike) and isinstance(condition.expression, exp.Literal)
    return bool(like and set(condition.expression.this) <= {"%"})


def _is_constant(arm: Any) -> bool:
    """Whether an arm always holds; one that does when a value is not given is a filter meant so."""
    from sqlglot import exp

    given = _is_ungiven(arm) or arm.find(exp.Coalesce) is not None
    return not given and truth(arm) is True


def _name(table: Any) -> str:
    """The name of a table; "" for a parameter, `UPDATE $rid`, and for one that is put in."""
    from sqlglot import exp

    if table is not None and not isinstance(table.this, exp.Identifier):
        return ""
    name = table.name.lower() if table is not None else ""
    return "" if "gph_" in name or "gpv_" in name else name


def _joins(node: Any) -> list[Any]:
    return node.args.get("joins") or [] if node is not None else []


def _narrows(join: Any) -> bool:
    on = join.args.get("on")
    return not join.args.get("side") and bool(join.args.get("using") or (on is not None and truth(on) is not True))


def truth(node: Any) -> bool | None:
    """Whether a condition of a write holds for every row (True), for none (False), or nobody can tell (None)."""
    from sqlglot import exp

    node = node.unnest()
    if isinstance(node, exp.And | exp.Or):
        wins = isinstance(node, exp.Or)
        parts = [truth(part) for part in _operands(node)]
        if wins and any(_is_ungiven(part) for part in _operands(node)):
            return True
        return wins if wins in parts else None if None in parts else not wins
    if isinstance(node, exp.Not):
        inner = truth(node.this)
        return None if inner is None else not inner
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Literal):
        return str(node.this).lower() not in {"0", "f", "false", ""}
    if isinstance(node, exp.Exists):
        return (
            True
            if isinstance(node.this, exp.Select)
            and node.this.find(exp.Table) is None
            and not node.this.args.get("where")
            else None
        )
    if isinstance(node, exp.Cast):
        return truth(node.this) if isinstance(node.this, exp.Literal | exp.Boolean) else None
    return _compared(node)


_NARROWING = ("where", "joins", "limit", "offset", "fetch", "group", "having", "qualify")
"""Parts of a SELECT that leave rows out."""


def _is_itself(condition: Any, table: str) -> bool:
    """`id IN (SELECT id FROM the same table)`, which leaves nothing out."""
    from sqlglot import exp

    condition = condition.unnest()
    inner = condition.args.get("query") if isinstance(condition, exp.In) else None
    select = inner.unnest() if inner is not None else None
    if not isinstance(select, exp.Select) or any(map(select.args.get, _NARROWING)) or select.find(exp.AggFunc):
        return False
    found = list(select.find_all(exp.Table))
    return len(found) == 1 and found[0].name.lower() == table != ""


def _operands(node: Any) -> list[Any]:
    return _parts(node, type(node))


def _parts(node: Any, kind: Any) -> list[Any]:
    stack, found = [node], []
    while stack:
        one = stack.pop().unnest()
        if isinstance(one, kind):
            stack += [one.expression, one.this]
        else:
            found.append(one)
    return found


def _compared(node: Any) -> bool | None:
    from sqlglot import exp

    left, right = node.this, node.args.get("expression")
    if isinstance(node, exp.Is) and _is_key(left):
        return True if node.args.get("negate") and isinstance(right, exp.Null) else None
    if isinstance(node, exp.Not) or right is None or not isinstance(left, exp.Expression):
        return None
    if isinstance(node, exp.Like | exp.ILike):
        return True if isinstance(right, exp.Literal) and set(right.this) == {"%"} else None
    if isinstance(left, exp.Literal) and isinstance(right, exp.Literal):
        return _literals(node, left, right)
    if isinstance(node, exp.EQ | exp.NullSafeEQ | exp.GTE | exp.LTE) and isinstance(left, exp.Column) and left == right:
        return None if left.name.startswith("gp") else True
    if isinstance(node, exp.EQ) and any(_optional(a, b) for a, b in ((left, right), (right, left))):
        return True
    low = (isinstance(right, exp.Literal) and right.this in {"0", "1"}) or (
        isinstance(right, exp.Neg) and right.this.name == "1"
    )
    if _is_key(left) and low and isinstance(node, exp.GT | exp.GTE | exp.NEQ):
        return right.name != "1" or isinstance(node, exp.GTE) or isinstance(right, exp.Neg) or None
    return None


def _literals(node: Any, left: Any, right: Any) -> bool | None:
    from sqlglot import exp

    same = bool(left.this == right.this) and left.is_string == right.is_string
    if isinstance(node, exp.EQ | exp.NullSafeEQ):
        return same
    return not same if isinstance(node, exp.NEQ) else None


def _optional(value: Any, column: Any) -> bool:
    """`COALESCE(:x, id) = id`: every row, whenever the value is not given."""
    from sqlglot import exp

    return (
        isinstance(value, exp.Coalesce)
        and isinstance(column, exp.Column)
        and column in value.args.get("expressions", ())
    )


def _is_ungiven(node: Any) -> bool:
    """`:x IS NULL`, `:x = ''`: an optional filter, which holds for every row when its value is not given."""
    from sqlglot import exp

    if not isinstance(node, exp.Is | exp.EQ) or node.args.get("negate"):
        return False
    value = bare(node.this)
    empty = isinstance(node.expression, exp.Null) or (
        isinstance(node.expression, exp.Literal) and not node.expression.name
    )
    return isinstance(value, exp.Column) and value.name.startswith("gpv_") and empty


def _is_key(node: Any) -> bool:
    from sqlglot import exp

    return isinstance(node, exp.Column) and node.name.lower() in {"id", "pk", "rowid", "uuid"}
