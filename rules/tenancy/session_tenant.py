"""The tenant is told to the connection, not to the transaction.

Connections are pooled: what `SET` says stays when the next request, another tenant's, is given the same one. Policies
then compare its rows with the tenant before.
"""

import re
from collections.abc import Iterator

from gate.facts.ddl import Ddl, find_run
from gate.facts.rls import policies
from gate.facts.sessionscope import setting, told
from gate.rule import Hit, Repo, Rule, Severity

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
        {"migrations/001.sql": "SET app.tenant_id = '42';"},
    ],
    misses=["A setting that is put into the options of the connection."],
)  # fmt: skip

_POOLS = re.compile(r"create_engine|create_async_engine|create_pool|ConnectionPool|CONN_MAX_AGE|pgbouncer|new Pool\(")
_TENANT = re.compile(r"(?i)tenant|org|workspace|customer|account|company|\ue000")
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
    """Whether something in the file puts it back: a RESET, a setting to nothing, or an event of the pool."""
    source = repo.source(ddl.place.path)
    text = source.text if source else ""
    return (
        any(one.verb == "reset" or (_is_tenants(one) and _clears(one)) for one in repo.of(Ddl, ddl.place.path))
        or re.search(r"(?i)[\"']checkin[\"']|DISCARD ALL", text) is not None
    )


def _pools(repo: Repo) -> bool:
    paths = (path for word in ("Pool", "create_engine", "CONN_MAX_AGE") for path in repo.mentioning(word))
    return any((source := repo.source(path)) and _POOLS.search(source.text) for path in paths)
