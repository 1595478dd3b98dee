"""Which star of a statement escapes: reaches what the statement returns or writes, from columns it does not name.

`SELECT * FROM (SELECT id FROM orders) o` is harmless, for it names its columns; `SELECT MAX(x.total) FROM (SELECT *
FROM orders) x` lets nothing else out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gate import lazy
from gate.facts.sqltext import words

_CATALOG = lazy.regex(r"(?i)(?:pg|sqlite|pragma|duckdb|svv|stl|stv|svl|all|dba|v\$)_\w+|dual|sysobjects|syscolumns")
_CATALOG_SCHEMAS = frozenset(
    {"information_schema", "pg_catalog", "sys", "mysql", "performance_schema", "system", "sysibm", "syscat"}
)
_SWALLOWS = words(
    "row_to_json to_json to_jsonb json_agg jsonb_agg array_agg to_jsonb_agg jsonarrayagg jsonbarrayagg arrayagg "
    "jsonobjectagg tojson jsonbagg"
)


@dataclass(frozen=True)
class Escape:
    """A star that escapes. `lines` are those of the statement it is seen on; `tables` what it takes all of."""

    lines: tuple[int, int]
    tables: tuple[str, ...]
    returning: bool = False
    trimmed: bool = False
    """It leaves columns out by name: `* EXCEPT (secret)`."""


@dataclass(frozen=True)
class _Star:
    node: Any
    tables: tuple[str, ...]


Env = Mapping[str, "tuple[Any, Env] | None"]


def escape(tree: Any) -> Escape | None:
    """The first escaping star of a parsed statement."""
    from sqlglot import exp

    finder = _Finder({})
    query = tree.args.get("expression") if isinstance(tree, exp.Insert | exp.Create) else tree
    env = finder.env(tree, {})
    if isinstance(query, exp.Query | exp.Subquery) and (star := finder.query(query, env)):
        return _escape(star, tree, returning=False)
    returning = tree.args.get("returning")
    if returning is not None:
        for star in returning.expressions:
            if isinstance(star, exp.Star) or isinstance(getattr(star, "this", None), exp.Star):
                target = tree.find(exp.Table)
                return _escape(_Star(star, (target.name if target else "",)), tree, returning=True)
    return None


def _escape(star: _Star, tree: Any, *, returning: bool) -> Escape:
    from sqlglot import exp

    node = star.node if isinstance(star.node, exp.Star) else star.node.find(exp.Star) or star.node
    trimmed = bool(node.args.get("except_") or node.args.get("except"))
    line = int(node.meta.get("line", 0))
    outer = next((one for one in tree.find_all(exp.Star) if _outermost(one)), None)
    lines = sorted({line, int(outer.meta.get("line", line))} if outer and not returning else {line})
    return Escape((lines[0], lines[-1]), star.tables, returning, trimmed)


def _outermost(star: Any) -> bool:
    from sqlglot import exp

    select = star.find_ancestor(exp.Select)
    return select is not None and select.find_ancestor(exp.Select, exp.CTE) is None


@dataclass(frozen=True)
class _Finder:
    """Follows stars to where their columns come from; each named subquery is judged once."""

    known: dict[int, _Star | None]

    def env(self, node: Any, outer: Env) -> Env:
        """The named subqueries in sight of a query, the nearest of a name."""
        with_ = node.args.get("with_") or node.args.get("with")
        if with_ is None:
            return outer
        env: dict[str, tuple[Any, Env] | None] = dict(outer)
        for cte in with_.expressions:
            alias = cte.args.get("alias")
            named = bool(alias and alias.args.get("columns"))
            around: Env = {**env, cte.alias.lower(): None}  # what it says of itself adds no column
            env[cte.alias.lower()] = None if named else (cte.this, around)
        return env

    def query(self, node: Any, outer: Env) -> _Star | None:
        """The star that escapes from a query, if one does."""
        from sqlglot import exp

        if id(node) in self.known:
            return self.known[id(node)]
        self.known[id(node)] = None
        env = self.env(node, outer)
        found: _Star | None = None
        if isinstance(node, exp.SetOperation):
            found = next((star for arm in _arms(node) if (star := self.query(arm, env))), None)
        elif isinstance(node, exp.Select):
            found = next(self._select(node, env), None)
        elif isinstance(node, exp.Subquery | exp.Paren):
            found = self.query(node.this, env)
        elif node.args.get("returning") is not None:  # a write whose rows are read on
            stars = [star for star in node.args["returning"].expressions if isinstance(star, exp.Star)]
            target = node.find(exp.Table)
            found = _Star(stars[0], (target.name if target else "",)) if stars else None
        self.known[id(node)] = found
        return found

    def _select(self, select: Any, env: Env) -> Iterator[_Star]:
        from sqlglot import exp

        relations = list(_relations(select))
        for projection in select.expressions:
            one = projection.this if isinstance(projection, exp.Alias) else projection
            if isinstance(one, exp.Star):
                found = [self._relation(relation, one, env) for relation in relations]
                stars = [star for star in found if star]
                if stars:
                    yield _Star(stars[0].node, tuple(name for star in stars for name in star.tables))
            elif alias := _whole_row(one):
                named = [relation for relation in relations if relation.alias_or_name.lower() == alias.lower()]
                stars = [star for relation in named if (star := self._relation(relation, one, env))]
                yield from stars
                if not named:
                    yield _Star(one, (alias,))
            else:
                yield from self._swallowed(one, relations, env)

    def _swallowed(self, projection: Any, relations: list[Any], env: Env) -> Iterator[_Star]:
        """A row taken whole by a function or by its alias: `json_agg(x)`, `SELECT x FROM (SELECT * ...) x`."""
        from sqlglot import exp

        swallows = not isinstance(projection, exp.Column)
        name = projection.name if isinstance(projection, exp.Anonymous) else projection.key
        if swallows and name.lower() not in _SWALLOWS:
            return
        for column in [projection] if not swallows else projection.find_all(exp.Column):
            if column.table or isinstance(column.this, exp.Star):
                continue
            for relation in relations:
                table = isinstance(relation, exp.Table) and relation.name.lower() not in env
                if relation.alias_or_name.lower() == column.name.lower() and (swallows or not table):
                    star = self._relation(relation, column, env)
                    if star:
                        yield star

    def _relation(self, relation: Any, star: Any, env: Env) -> _Star | None:
        """Whether all columns of a relation are taken from something that does not name them."""
        from sqlglot import exp

        alias = relation.args.get("alias")
        if alias is not None and alias.args.get("columns"):
            return None
        if isinstance(relation, exp.Table):
            if not isinstance(relation.this, exp.Identifier | exp.Literal | exp.Parameter):
                return None  # a function: its signature names its columns
            if relation.name.lower() in env and not relation.db:
                named = env[relation.name.lower()]
                return self.query(*named) if named else None
            return None if _is_catalog(relation) else _Star(star, (relation.name,))
        if isinstance(relation, exp.Subquery):
            if isinstance(relation.this, exp.Table):
                if relation.this.name.startswith("gph_"):
                    return None  # a query that is put together elsewhere names its own columns, or is asked itself
                inner = [relation.this, *_joined(relation.this), *_joined(relation)]
                found = (self._relation(one, star, env) for one in inner)
                return next((one for one in found if one), None)
            return self.query(relation.this, env)
        if isinstance(relation, exp.Lateral) and isinstance(relation.this, exp.Subquery):
            return self.query(relation.this, env)
        return None


def _arms(node: Any) -> Iterator[Any]:
    """The arms of a chain of set operations, however long, left to right."""
    from sqlglot import exp

    stack = [node]
    while stack:
        one = stack.pop()
        if isinstance(one, exp.SetOperation) and (one is node or not (one.args.get("with_") or one.args.get("with"))):
            stack += [one.expression, one.this]
        else:
            yield one


def _relations(select: Any) -> Iterator[Any]:
    source = select.args.get("from_") or select.args.get("from")
    if source is not None:
        yield source.this
        yield from _joined(source.this)
    yield from _joined(select)
    yield from select.args.get("laterals") or ()


def _joined(node: Any) -> list[Any]:
    return [join.this for join in node.args.get("joins") or ()]


def _whole_row(projection: Any) -> str:
    """`t` for `t.*` and for `(t).*`."""
    from sqlglot import exp

    if isinstance(projection, exp.Column) and isinstance(projection.this, exp.Star):
        return str(projection.table)
    if isinstance(projection, exp.Dot) and isinstance(projection.expression, exp.Star):
        return str(projection.this.unnest().name)
    return ""


def _is_catalog(table: Any) -> bool:
    return table.db.lower() in _CATALOG_SCHEMAS or _CATALOG.fullmatch(table.name) is not None
