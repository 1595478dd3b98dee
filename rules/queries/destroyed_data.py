"""The application destroys tables.

A TRUNCATE or DROP takes no condition: it ends the rows of every customer at once, and most databases keep nothing to
bring back. What must go, goes by a migration that somebody reviews, not by code that a request may reach.
"""

from collections.abc import Iterator

from gate import lazy
from gate.facts.ddl import Ddl, find_run
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(1284, 284),
    fix="Move it to a reviewed migration or a maintenance command. To remove one customer, delete by the customer's id.",
    bad=[
        """
        async def widen(conn):
            await conn.execute("DROP TABLE profile")  # <-
            await conn.execute("ALTER TABLE new_orders RENAME TO orders")
        """,
        {"app/store.py": """
            def wipe(cur, conn, session, schema):
                cur.execute("TRUNCATE audit_log")  # <-
                Base.metadata.drop_all(engine)  # <-
                conn.execute(text("DROP TABLE sessions"))  # <-
                session.execute(text(f"DROP SCHEMA {schema} CASCADE"))  # <-
                cur.execute("BEGIN; DROP TABLE orders; COMMIT")  # <-
        """},
        {"app/q.sql": """
            TRUNCATE orders; -- <-
            TRUNCATE TABLE orders, items RESTART IDENTITY CASCADE; -- <-
            DROP TABLE users; -- <-
            DROP TABLE IF EXISTS users CASCADE; -- <-
            DROP SCHEMA tenant_42 CASCADE; -- <-
            DROP DATABASE prod; -- <-
            ALTER TABLE users DROP COLUMN email; -- <-
            DROP TABLE app.orders, app.items; -- <-
        """},
        {"app.ts": 'await pool.query("TRUNCATE TABLE orders"); // <-'},
        {"migrations/002.sql": "TRUNCATE orders CASCADE; -- <-"},
    ],
    good=[
        """
        async def widen(conn):
            await conn.execute("INSERT INTO new_profile (id, name) SELECT id, lower(name) FROM profile")
            await conn.execute("DROP TABLE profile")
            await conn.execute("ALTER TABLE new_profile RENAME TO profile")
        """,
        {"app/q.sql": """
            DROP INDEX IF EXISTS idx_orders_user;
            DROP VIEW IF EXISTS v_orders;
            SELECT TRUNCATE(total, 2) FROM orders WHERE tenant_id = 1;
            SELECT DATE_TRUNC('day', created_at) FROM orders WHERE tenant_id = 1;
            CREATE TEMP TABLE scratch (id int);
            DROP TABLE scratch;
            ALTER TABLE users ADD COLUMN nickname text;
            DROP TABLE IF EXISTS tmp_import;
            DROP TRIGGER IF EXISTS trg ON orders;
            DROP TABLE IF EXISTS totals;
            CREATE TABLE totals AS SELECT id FROM orders;
        """},
        {"app/store.py": """
            def rebuild(cur, table, text_value):
                cur.execute("CREATE TEMP TABLE scratch (id int)")
                cur.execute("DROP TABLE scratch")
                cur.execute(f"DROP TABLE {table}")
                text_value.truncate(80)
                cur.execute("DROP TABLE alembic_version")
                return "Drop table reservations here"
        """},
        {"migrations/002.sql": "DROP TABLE legacy; ALTER TABLE users DROP COLUMN email; TRUNCATE totals;"},
        {"migrations/versions/2_x.py": 'def upgrade():\n    op.drop_table("legacy")\n'},
        {"tests/conftest.py": "Base.metadata.drop_all(engine)"},
        {"slide.js": """
            React.createElement("div", { className: `truncate text-xs font-medium ${hidden
                    ? 'text-muted line-through'
                    : 'text-plain'}` }, slide.headline);
        """},
    ],
    misses=["A table whose name the program fills in.", "Deletions through the API of a cloud provider.",
            "What a function named `delete_all` or a file named `table_deletion.sql` does only warns."],
)  # fmt: skip

_SCRATCH = lazy.regex(
    r"(?i)#.*|_*(?:te?mp|staging|stg|scratch|backup|bak|old|new)(?:_.*|$)|.*_(?:te?mp|staging|stg|old|new|bak|backup)"
    r"|(?:alembic|schema|db)_(?:version|migration|info)s?"
)
_LEFT_ALONE = frozenset({"down", "test", "seed", "analytics", "dev"})
_SETS_UP = lazy.regex(
    r"(?i)(?:^|[._])(?:migrat|upgrade|reset|recreate|rebuild|init_?(?:db|database|schema)|create_(?:all|tables?|schema)|setup|install"
    r"|teardown|cleanup|clean_up|drop|purge|(?:wipe|delete|clear|clean)_(?:all|everything|db|database)|vacuum|uninstall|unregister|\w*testing|(?:\w+_)?deletions?\b)"
)


@rule.check(Ddl)
def destroys(ddl: Ddl, repo: Repo) -> Iterator[Hit]:
    what = _destroyed(ddl)
    if not what or ddl.role in _LEFT_ALONE or _is_passing(ddl, repo):
        return
    if ddl.role == "migration" and not _takes_more(ddl):
        return
    lesser = ddl.role != "app" or _SETS_UP.search(ddl.scope) or _SETS_UP.search(ddl.place.path.rpartition("/")[2])
    yield Hit(ddl.place, f"This destroys {what} for every customer; do it in a migration that is reviewed on its own.",
              detail=what, severity=Severity.MEDIUM if lesser else None)  # fmt: skip


def _destroyed(ddl: Ddl) -> str:
    """What is lost, in words; "" for nothing that holds rows."""
    name = f"`{ddl.name}`" if ddl.name else "it"
    if ddl.verb == "truncate" and ddl.name and ddl.said[:1] != ("(",):
        return f"the rows of {name}"
    if ddl.verb == "drop" and ddl.what in {"schema", "database"}:
        return f"a whole {ddl.what}" + (f", {name}," if ddl.name else "")
    if ddl.verb == "drop" and ddl.what == "everything":
        return "every table"
    if ddl.verb == "drop" and ddl.what in {"owned by", "owned"}:
        return "all that a role owns"
    if ddl.verb == "drop" and ddl.what == "table" and ddl.name:
        return f"the table {name}"
    if ddl.verb == "alter" and ddl.what == "table" and ddl.name and find_run(ddl.said, ("drop", "column")) >= 0:
        return f"a column of {name}"
    return ""


def _takes_more(ddl: Ddl) -> bool:
    """In a migration: what reaches further than the thing that is named."""
    return "cascade" in ddl.said and (ddl.verb == "truncate" or ddl.what in {"schema", "database"})


def _is_passing(ddl: Ddl, repo: Repo) -> bool:
    """A table for the moment, or one that is made anew in the same file."""
    if ddl.what == "table" and _SCRATCH.fullmatch(ddl.name):
        return True
    own = [one for one in repo.of(Ddl, ddl.place.path) if one.what == ddl.what and ddl.name]
    return any((one.verb == "create" and one.name == ddl.name) or _becomes(one, ddl) for one in own)


def _becomes(other: Ddl, ddl: Ddl) -> bool:
    """`ALTER TABLE new_orders RENAME TO orders`: what is dropped has been copied into another table, as SQLite wants it."""
    return other.verb == "alter" and find_run(other.said, ("rename", "to", ddl.name.lower())) >= 0
