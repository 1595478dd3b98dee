"""A table does not hold its rows to one tenant as its neighbours do.

Where most tables carry the tenant's column, queries, policies and reviewers count on it. A child without it can only be
scoped through its parent, and is forgotten; a column that may be NULL has rows that are nobody's, or everybody's; a name
that must be unique in all tenants tells each what the others have, and keeps it from them.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from gate import lazy
from gate.facts.ddl import Ddl, bare, find_run, named
from gate.facts.rls import PERSONS, owners
from gate.facts.table import Table
from gate.rule import Hit, Repo, Rule, Severity

_NEIGHBOURS = "CREATE TABLE tenants (id uuid PRIMARY KEY, name text);\n" + "".join(
    f"CREATE TABLE {name} (id uuid PRIMARY KEY, tenant_id uuid NOT NULL REFERENCES tenants(id), title text);\n"
    for name in ("orders", "items", "projects", "invoices")
)

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(668, 1220),
    fix="Give the table the tenant's column, NOT NULL, with a foreign key to the tenants, and put it first in its unique keys.",
    bad=[
        {"migrations/001.sql": _NEIGHBOURS, "migrations/002.sql": """
            CREATE TABLE coupons (id uuid PRIMARY KEY, code text NOT NULL, order_id uuid REFERENCES orders(id)); -- <-
            CREATE TABLE comments (id int PRIMARY KEY, project_id int NOT NULL, body text, -- <-
                FOREIGN KEY (project_id) REFERENCES public.projects (id));
            CREATE TABLE notes (id uuid PRIMARY KEY, tenant_id uuid, body text); -- <-
            CREATE TABLE tags (id int PRIMARY KEY, tenant_id int NULL REFERENCES tenants(id), name text); -- <-
            CREATE TABLE boards (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, slug text UNIQUE); -- <-
            CREATE TABLE pages (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, slug text, UNIQUE (slug)); -- <-
            CREATE UNIQUE INDEX orders_title ON orders (title); -- <-
            ALTER TABLE orders ADD CONSTRAINT one_title UNIQUE (title); -- <-
            ALTER TABLE orders ALTER COLUMN tenant_id DROP NOT NULL; -- <-
            ALTER TABLE orders DROP COLUMN tenant_id; -- <-
        """},
    ],
    good=[
        {"migrations/001.sql": _NEIGHBOURS, "migrations/002.sql": """
            CREATE TABLE coupons (id uuid PRIMARY KEY, tenant_id uuid NOT NULL REFERENCES tenants(id), code text);
            CREATE TABLE boards (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, slug text, UNIQUE (tenant_id, slug));
            CREATE TABLE plans (tenant_id uuid PRIMARY KEY REFERENCES tenants(id), name text);
            CREATE TABLE parts (id uuid, tenant_id uuid, name text, PRIMARY KEY (tenant_id, id));
            CREATE TABLE currencies (code char(3) PRIMARY KEY);
            CREATE TABLE order_items (order_id uuid NOT NULL REFERENCES orders(id), item_id uuid NOT NULL REFERENCES items(id));
            CREATE TABLE api_keys (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, key_hash text UNIQUE, email text UNIQUE);
            CREATE TABLE audit_log (id bigint PRIMARY KEY, order_id uuid REFERENCES orders(id), payload jsonb);
            CREATE UNIQUE INDEX orders_title ON orders (tenant_id, title);
            CREATE INDEX orders_by_title ON orders (title);
            ALTER TABLE orders ALTER COLUMN title DROP NOT NULL;
            CREATE TEMP TABLE scratch (id int, order_id uuid REFERENCES orders(id));
        """},
        {"migrations/001.sql": """
            CREATE TABLE orders (id int, tenant_id int);
            CREATE TABLE items (id int, order_id int REFERENCES orders(id));
            CREATE TABLE notes (id int, order_id int REFERENCES orders(id));
        """},
    ],
    misses=[
        "Models, and what Alembic or another tool writes in Python; only SQL is read.",
        "A key to a row of another tenant, for which the tenant would have to be part of the key.",
    ],
)  # fmt: skip

_LEFT_ALONE = frozenset({"down", "test", "seed", "dev"})
_LEAST_TABLES, _LEAST_SHARE = 3, 0.5
_KEPT_APART = lazy.regex(r"audit|log|event|outbox|queue|job|history|version|archive|migration|tmp|temp")
"""Names of tables that keep what happened, not what belongs to somebody."""
_UNIQUE_TO_ALL = lazy.regex(r"(?:^|_)(?:id|uuid|guid|uid|token|hash|key|email|mail|phone|sub|domain|host|hostname|subdomain|url|code|username)$"
                        r"|stripe|external|provider|(?:^|_)ref")  # fmt: skip
"""Columns whose values are drawn at random, or are one person's or one address in the whole world."""


@rule.check(Ddl)
def keeps_loosely(ddl: Ddl, repo: Repo) -> Iterator[Hit]:
    column = _column(repo)
    if ddl.role in _LEFT_ALONE or ddl.temporary or not column or not ddl.whole:
        return
    for said in _faults(ddl, column, repo):
        yield Hit(ddl.place, said, detail=ddl.name)
        return


def _faults(ddl: Ddl, column: str, repo: Repo) -> Iterator[str]:
    if ddl.verb == "create" and ddl.what == "table" and ddl.said[:1] == ("(",):
        yield from _created(ddl, column, repo)
    elif ddl.verb == "create" and ddl.what == "index" and "on" in ddl.said:
        at = ddl.said.index("on")
        _, table, after = named(ddl.said, at + 1)
        if owners(repo).get(table) == column:
            yield from _shared([_names(ddl.said[after:])], column)
    elif ddl.verb == "alter" and ddl.what == "table" and owners(repo).get(ddl.name) == column:
        yield from _altered(ddl, column)


def _altered(ddl: Ddl, column: str) -> Iterator[str]:
    if ddl.has("drop", "column", column) or ddl.has("drop", "column", "if", "exists", column):
        yield f"`{ddl.name}` loses `{column}`, by which its rows are kept apart."
    elif ddl.has("column", column, "drop", "not", "null"):
        yield f"`{column}` of `{ddl.name}` may be NULL now: such rows are nobody's, and a query may give them to everybody."
    elif (at := find_run(ddl.said, ("unique", "("))) >= 0:
        yield from _shared([_names(ddl.said[at + 1 :])], column)


def _created(ddl: Ddl, column: str, repo: Repo) -> Iterator[str]:
    parts = list(_parts(ddl.said))
    own = next((part for part in parts if bare(part[0]) == column), None)
    keyed = any(column in _names(part) for part in parts if find_run(part, ("primary", "key")) >= 0)
    if own is None:
        parents = {named(part, part.index("references") + 1)[1] for part in parts if "references" in part[:-1]}
        kept = parents & {name for name, held in owners(repo).items() if held == column}
        if len(parents) == 1 and kept and not _KEPT_APART.search(ddl.name):
            yield f"`{ddl.name}` belongs to `{min(kept)}`, and has no `{column}` as most tables have; add it, so that each query can ask for it."
    elif not keyed and find_run(own, ("not", "null")) < 0 and "primary" not in own and "generated" not in own:
        yield f"`{column}` of `{ddl.name}` may be NULL: such rows are nobody's, and a query may give them to everybody. Say NOT NULL."
    else:
        yield from _shared(_unique(parts), column)


def _unique(parts: Sequence[tuple[str, ...]]) -> Iterator[list[str]]:
    """The columns of each unique key."""
    for part in parts:
        if "unique" in part:
            at = find_run(part, ("unique", "("))
            yield _names(part[at + 1 :]) if at >= 0 else [bare(part[0])]


def _shared(keys: "Iterator[list[str]] | list[list[str]]", column: str) -> Iterator[str]:
    for names in keys:
        if names and column not in names and not any(_UNIQUE_TO_ALL.search(name) for name in names):
            yield f"`{', '.join(names)}` must be unique in all tenants together, so each learns what the others have taken; put `{column}` into the key."


def _names(said: Sequence[str]) -> list[str]:
    """The names between the first parentheses."""
    if "(" not in said:
        return []
    start = list(said).index("(")
    end = list(said).index(")", start) if ")" in said[start:] else len(said)
    return [bare(word) for word in said[start + 1 : end] if word != ","]


def _parts(said: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """What stands between the commas of a table's columns."""
    depth, part = 0, list[str]()
    for word in said:
        depth += {"(": 1, ")": -1}.get(word, 0)
        if depth == 0 or (depth == 1 and word == ","):
            if part:
                yield tuple(part)
            part = []
            if depth == 0:
                return
        elif not (depth == 1 and word == "(" and not part):
            part.append(word)


@lru_cache(maxsize=4)
def _column(repo: Repo) -> str:
    """The tenant's column, where most of the tables in SQL carry it; else ""."""
    tables = {table.name for table in repo[Table] if table.columns and not table.model}
    held = [column for name, column in owners(repo).items() if name in tables and column and column not in PERSONS]
    found = max(sorted(set(held)), key=held.count, default="")
    enough = held.count(found) >= max(_LEAST_TABLES, _LEAST_SHARE * (len(tables) - 1))
    return found if enough else ""
