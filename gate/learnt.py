"""What gate has learnt of a repository's tenants: which tables are whose, by what, and what keeps them apart."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gate.fact import Repo
from gate.facts.rls import PERSONS, owners, secured
from gate.facts.tenancy import Tenancy, Use, tenancy
from gate.reports._safe import shown

SCHEMA = 1
_MOST = 10
"""How many queries of a table the text names one by one."""
_PER_SCHEMA = "django_tenants.postgresql_backend"


@dataclass(frozen=True)
class Reader:
    """A query of a table. `scoped` says whether it tells whose rows it means; None where that cannot be told."""

    path: str
    line: int
    verb: str
    scoped: bool | None
    counts: bool
    """Whether it is the application's, so that it counts as evidence."""


@dataclass(frozen=True)
class Kept:
    """A table whose rows are somebody's. `kind` is "tenant" or "person"; `by` is what keeps the rows apart."""

    table: str
    column: str
    kind: str
    by: str
    readers: tuple[Reader, ...]

    @property
    def evidence(self) -> tuple[int, int]:
        """Of the application's queries those that say whose rows they mean, and all that can be judged."""
        judged = [one for one in self.readers if one.counts and one.scoped is not None]
        return sum(one.scoped is True for one in judged), len(judged)


@dataclass(frozen=True)
class Learnt:
    """`configured` are the columns the policy names, `others` the tables nobody's column was found on."""

    configured: tuple[str, ...]
    tables: tuple[Kept, ...]
    others: tuple[str, ...]
    per_schema: bool

    @property
    def columns(self) -> dict[str, int]:
        """How many tables each tenant's column was found on."""
        found: dict[str, int] = {}
        for one in self.tables:
            if one.kind == "tenant":
                found[one.column] = found.get(one.column, 0) + 1
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def learn(repo: Repo) -> Learnt:
    """Learn it from all of a tree: models, migrations, scripts, policies and queries."""
    known = owners(repo)
    found = tenancy(repo)
    tables = tuple(_kept(name, column, found, repo) for name, column in sorted(known.items()) if column)
    others = tuple(sorted(name for name, column in known.items() if not column))
    per_schema = next(repo.mentioning(_PER_SCHEMA), None) is not None
    return Learnt(repo.settings.tenant_columns, tables, others, per_schema)


def _kept(name: str, column: str, found: Tenancy, repo: Repo) -> Kept:
    owned = found.owned.get(name)
    if name in secured(repo):
        by = "row-level security"
    elif owned and owned.guarded:
        by = "its manager"
    else:
        by = "its queries"
    readers = sorted(map(_reader, found.uses.get(name, ())), key=lambda one: (one.path, one.line))
    kind = "person" if column in PERSONS else "tenant"
    return Kept(name, owned.column if owned else column, kind, by, tuple(dict.fromkeys(readers)))


def _reader(use: Use) -> Reader:
    place = use.query.place
    return Reader(place.path, place.line, use.query.verb, use.scoped, use.query.role == "app")


def as_json(learnt: Learnt) -> str:
    """All of it, for programs."""
    tables = [
        {
            "table": one.table, "column": one.column, "kind": one.kind, "kept_by": one.by,
            "scoped": one.evidence[0], "judged": one.evidence[1],
            "queries": [
                {"path": q.path, "line": q.line, "verb": q.verb, "scoped": q.scoped, "counts": q.counts}
                for q in one.readers
            ],
        }
        for one in learnt.tables
    ]  # fmt: skip
    said = {
        "schema": SCHEMA, "columns": learnt.columns, "configured": list(learnt.configured),
        "schema_per_tenant": learnt.per_schema, "tables": tables, "other_tables": list(learnt.others),
    }  # fmt: skip
    return json.dumps(said, indent=2) + "\n"


def as_text(learnt: Learnt) -> str:
    """All of it, for people."""
    return "\n".join(_lines(learnt)) + "\n"


def _lines(learnt: Learnt) -> Iterator[str]:
    count = len(learnt.tables) + len(learnt.others)
    if not count:
        yield "gate found no table here: no model, no migration, no CREATE TABLE."
        return
    yield f"{count} table{'s' * (count != 1)}, of which {len(learnt.tables)} say whose their rows are."
    yield f"Columns of tenants: {_columns(learnt)}."
    if learnt.per_schema:
        yield "Each tenant has a schema of its own (django-tenants), so queries need not say whose rows they mean."
    if learnt.tables:
        yield ""
        yield from _table(learnt.tables)
        yield from (line for one in learnt.tables for line in _open(one))
    yield ""
    yield 'Is a column wrong or missing? Name the right ones in gate.toml: [tenancy] columns = ["tenant_id"].'


def _columns(learnt: Learnt) -> str:
    if learnt.configured:
        return f"{shown(', '.join(learnt.configured))}, as gate.toml says"
    named = ", ".join(f"{shown(name)} (on {count} table{'s' * (count != 1)})" for name, count in learnt.columns.items())
    return named or "none"


def _table(tables: Sequence[Kept]) -> Iterator[str]:
    rows = [("table", "column", "whose", "kept apart by", "queries that say whose")]
    rows += [(shown(one.table), shown(one.column), one.kind, one.by, _said(one)) for one in tables]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()


def _said(one: Kept) -> str:
    scoped, judged = one.evidence
    return f"{scoped} of {judged}" if judged else "none to judge"


def _open(one: Kept) -> Iterator[str]:
    """The queries of a table that do not say whose rows they mean."""
    free = [query for query in one.readers if query.counts and query.scoped is False]
    if not free or one.by != "its queries" or one.kind != "tenant":
        return
    yield ""
    yield f"{shown(one.table)}: without {shown(one.column)}"
    yield from (f"  {shown(query.path)}:{query.line} ({query.verb})" for query in free[:_MOST])
    if len(free) > _MOST:
        yield f"  and {len(free) - _MOST} more; --format json has all"
