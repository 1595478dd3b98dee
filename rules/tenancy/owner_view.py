"""A view shows rows that policies hide.

A view reads with the rights of its owner, past the policies of the tables under it, unless it says
`security_invoker` (PostgreSQL 15). A materialized view keeps a copy that no policy is asked about.
"""

from collections.abc import Iterator

from gate.facts.ddl import Ddl
from gate.facts.rls import HIDDEN, is_supabase, secured
from gate.rule import Hit, Repo, Rule, Severity

_SECURE = """
    CREATE TABLE orders (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
    ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
    CREATE TABLE countries (code char(2) PRIMARY KEY);
"""

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(668, 863),
    fix="Create the view WITH (security_invoker = on), or keep it in a schema that no client reads.",
    bad=[
        {"migrations/001.sql": _SECURE, "migrations/002.sql": """
            CREATE VIEW public.order_totals AS SELECT id, total FROM orders; -- <-
            CREATE OR REPLACE VIEW v AS SELECT o.id FROM orders o JOIN countries c ON c.code = o.country; -- <-
            CREATE MATERIALIZED VIEW mv AS SELECT tenant_id, SUM(total) AS s FROM orders GROUP BY tenant_id; -- <-
            CREATE VIEW v WITH (security_invoker = off) AS SELECT id FROM orders; -- <-
            ALTER VIEW v SET (security_invoker = false); -- <-
            ALTER VIEW v RESET (security_invoker); -- <-
            CREATE VIEW v (a) AS SELECT id FROM orders; -- <-
            CREATE VIEW v AS SELECT id FROM countries UNION ALL SELECT id FROM orders; -- <-
        """},
    ],
    good=[
        {"migrations/001.sql": _SECURE, "migrations/002.sql": """
            CREATE VIEW v WITH (security_invoker = on) AS SELECT id FROM orders;
            CREATE VIEW v WITH (security_invoker = true) AS SELECT id FROM orders;
            CREATE VIEW v WITH (security_invoker) AS SELECT id FROM orders;
            CREATE VIEW v AS SELECT code FROM countries;
            CREATE VIEW private.v AS SELECT id FROM orders;
            CREATE VIEW v AS SELECT id FROM orders WHERE tenant_id = current_setting('app.tenant_id')::uuid;
            ALTER VIEW v SET (security_invoker = on);
            CREATE TEMP VIEW v AS SELECT id FROM orders;
            DROP VIEW v;
        """},
        {"migrations/001.sql": "CREATE VIEW v AS SELECT id FROM orders;"},
    ],
    misses=["A view over a view.", "Databases that are older than PostgreSQL 15, where views cannot say so."],
)  # fmt: skip

_LEFT_ALONE = frozenset({"down", "test", "seed"})
_OFF = frozenset({"off", "false", "'off'", "'false'", "0"})
_ASKS = frozenset({"current_setting", "uid", "session_user", "current_user", "jwt", "is_member_of"})


@rule.check(Ddl)
def shows(ddl: Ddl, repo: Repo) -> Iterator[Hit]:
    if ddl.role in _LEFT_ALONE or ddl.temporary or HIDDEN.fullmatch(ddl.schema):
        return
    if ddl.verb == "alter" and ddl.what == "view" and "security_invoker" in ddl.said:
        if "reset" in ddl.said or _OFF.intersection(ddl.said):
            yield _hit(ddl, repo, "the tables under it")
    elif ddl.verb == "create" and ddl.what in {"view", "materialized view"}:
        under = [word for word in _read(ddl) if word in secured(repo)]
        if under and not (_is_invoker(ddl) and ddl.what == "view") and not _ASKS.intersection(ddl.said):
            yield _hit(ddl, repo, f"`{under[0]}`")


def _read(ddl: Ddl) -> Iterator[str]:
    """The names behind FROM and JOIN, without their schemas."""
    for at, word in enumerate(ddl.said):
        if word in {"from", "join", ","} and at + 1 < len(ddl.said):
            named = at + 3 if ddl.said[at + 2 : at + 3] == (".",) else at + 1
            yield ddl.said[named].strip('"') if named < len(ddl.said) else ""


def _is_invoker(ddl: Ddl) -> bool:
    head = ddl.said[: ddl.said.index("as")] if "as" in ddl.said else ddl.said
    return "security_invoker" in head and not _OFF.intersection(head)


def _hit(ddl: Ddl, repo: Repo, under: str) -> Hit:
    kept = "keeps a copy of" if ddl.what == "materialized view" else "reads past the policies of"
    return Hit(ddl.place, f"The view `{ddl.name}` {kept} {under}, so whoever may read it sees every tenant's rows; "
               "make it WITH (security_invoker = on).", detail=ddl.name,
               severity=Severity.HIGH if is_supabase(repo) and ddl.what == "view" else None)  # fmt: skip
