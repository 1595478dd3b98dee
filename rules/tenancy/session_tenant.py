"""The tenant is told to the connection, not to the transaction.

Connections are pooled: what `SET` says stays when the next request, another tenant's, is given the same one. Policies
then compare its rows with the tenant before.
"""

import ast
import re
from collections.abc import Iterator

from gate import lazy
from gate.facts.ddl import Ddl, find_run
from gate.facts.rls import policies
from gate.facts.sessionscope import setting, told
from gate.nodes import walk
from gate.rule import Hit, Repo, Rule, Severity
from gate.source import Source

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(488, 668),
    fix="Say it for the transaction: `SELECT set_config('app.tenant_id', %s, true)` or `SET LOCAL`, first thing in each.",
    bad=[
        {"app/db.py": """
            pool = AsyncConnectionPool(DSN)
            def enter(cur, tenant):
                cur.execute("SET app.tenant_id = '42'")  # <-
                cur.execute("SET SESSION app.tenant_id = '42'")  # <-
                cur.execute("SELECT set_config('app.tenant_id', %s, FALSE)", (tenant,))  # <-
                cur.execute(f"SET search_path TO tenant_{tenant}, public")  # <-
                cur.execute("SET ROLE tenant_42")  # <-
                cur.execute("SELECT set_config('request.org', %s, 'f')", (tenant,))  # <-
                cur.execute("SET app.current_org TO 'abc'")  # <-
                cur.execute("SET SESSION AUTHORIZATION tenant_42")  # <-
            def within(cur, schema):
                try:
                    cur.execute(f"SET search_path TO {schema}")  # <-
                finally:
                    cur.execute("SET search_path = tenant_1")  # <-
        """},
    ],
    good=[
        {"app/db.py": """
            def enter(cur, tenant):
                cur.execute("SET LOCAL app.tenant_id = '42'")
                cur.execute("SELECT set_config('app.tenant_id', %s, TRUE)", (tenant,))
                cur.execute("SET statement_timeout = '5s'")
                cur.execute("SET LOCAL search_path TO tenant_42")
                cur.execute("SELECT current_setting('app.tenant_id')")
                cur.execute("RESET ROLE")
                cur.execute("SET TIME ZONE 'UTC'")
                cur.execute("SET LOCAL ROLE app_user")
                cur.execute("SET search_path TO public, pg_catalog")
        """},
        {"app/db.py": """
            @contextmanager
            def as_tenant(cur, tenant):
                cur.execute("SET ROLE tenant_42")
                try:
                    yield cur
                finally:
                    cur.execute("RESET ROLE")
        """},
        {"app/db.py": """
            def enter(cur, tenant):
                cur.execute("SELECT set_config('app.tenant_id', %s, false)", [tenant])
            def leave(cur):
                cur.execute("SELECT set_config('app.tenant_id', '', false)")
        """},
        {"app/db.py": """
            pool = AsyncConnectionPool(DSN)
            def within(conn, schema):
                saved = conn.execute("SHOW search_path").fetchone()[0]
                try:
                    conn.execute(f"SET search_path TO {schema}")
                    return work(conn)
                finally:
                    conn.execute(f"SET search_path TO {saved}")
            def asked(conn, tenant, saved):
                try:
                    return conn.execute("SET app.tenant_id = %s", (tenant,))
                finally:
                    conn.execute("SET app.tenant_id = %s", (saved,))
        """},
        {"migrations/001.sql": "SET app.tenant_id = '42';"},
    ],
    misses=["A setting that is put into the options of the connection."],
)  # fmt: skip

_POOLS = lazy.regex(r"create_engine|create_async_engine|create_pool|ConnectionPool|CONN_MAX_AGE|pgbouncer|new Pool\(")
_TENANT = lazy.regex(r"(?i)tenant|org|workspace|customer|account|company|\ue000")
_FILLED = lazy.regex(r"[%?$:\ue000{]")
"""A value that the program fills in."""
_FALSE = frozenset({"false", "'f'", "'false'", "0", "'0'", "'off'"})


@rule.check(Ddl)
def stays(ddl: Ddl, repo: Repo) -> Iterator[Hit]:
    if ddl.role != "app" or not _is_tenants(ddl) or _is_for_transaction(ddl) or _clears(ddl) or _is_undone(ddl, repo):
        return
    said = "The setting outlives the transaction, so a pooled connection carries it to the next tenant's request"
    yield Hit(ddl.place, f"{said}; set it LOCAL.", detail=setting(ddl),
              severity=None if policies(repo) and _pools(repo) else Severity.MEDIUM)  # fmt: skip


def _is_tenants(ddl: Ddl) -> bool:
    """Whether a statement says which tenant asks: by a setting, a schema or a role."""
    if told(ddl):
        return True
    said = [word for word in ddl.said if word not in {"local", "session"}]
    chosen = said[:1] in (["search_path"], ["role"], ["authorization"])
    return ddl.verb == "set" and chosen and _TENANT.search(" ".join(said[1:])) is not None


def _is_for_transaction(ddl: Ddl) -> bool:
    if ddl.verb == "set":
        return "local" in ddl.said
    return not _FALSE.intersection(ddl.said[-2:])


def _clears(ddl: Ddl) -> bool:
    """Whether it names no tenant any more: `set_config('app.tenant_id', '', false)`, `SET app.tenant_id = ''`."""
    if ddl.verb == "set":
        return ddl.said[-1:] in (("''",), ("default",))
    return find_run(ddl.said, (",", "''", ",")) >= 0


def _is_undone(ddl: Ddl, repo: Repo) -> bool:
    """Whether something in the file puts it back: a RESET, a setting to nothing or to what it was, or an event of the pool."""
    source = repo.source(ddl.place.path)
    text = source.text if source else ""
    others = list(repo.of(Ddl, ddl.place.path))
    return (
        any(one.verb == "reset" or (_is_tenants(one) and _clears(one)) for one in others)
        or any(_is_alike(one, ddl) and _puts_back(one, source) for one in others)
        or re.search(r"(?i)[\"']checkin[\"']|DISCARD ALL", text) is not None
    )


def _is_alike(one: Ddl, ddl: Ddl) -> bool:
    return one.scope == ddl.scope and setting(one) == setting(ddl)


def _puts_back(ddl: Ddl, source: Source | None) -> bool:
    """Whether it gives a setting the value of a variable, last of all: in a `finally`."""
    ends = (
        (part for node in walk(source.tree) if isinstance(node, ast.Try) for part in node.finalbody)
        if source and source.tree
        else ()
    )
    last = any(part.lineno <= ddl.place.line <= (part.end_lineno or 0) for part in ends)
    return last and _FILLED.search(ddl.said[-1]) is not None


def _pools(repo: Repo) -> bool:
    paths = (path for word in ("Pool", "create_engine", "CONN_MAX_AGE") for path in repo.mentioning(word))
    return any((source := repo.source(path)) and _POOLS.search(source.text) for path in paths)
