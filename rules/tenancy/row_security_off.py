"""Row-level security is switched off, or a policy is dropped.

The database kept the rows of tenants apart whatever a query forgot. Without it every query that names no tenant
reads everybody's rows, and nothing fails that would tell.
"""

from collections.abc import Iterator

from gate.facts.ddl import Ddl, named
from gate.facts.rls import later
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(668, 284, 862),
    fix="Leave row-level security on, and change a policy by dropping and creating it in one migration. Run a backfill "
    "as a role of its own that may bypass policies, outside of the application.",
    bad=[
        {"migrations/002.sql": """
            ALTER TABLE orders DISABLE ROW LEVEL SECURITY; -- <-
            ALTER TABLE ONLY public.orders DISABLE ROW LEVEL SECURITY; -- <-
            ALTER TABLE IF EXISTS app.orders NO FORCE ROW LEVEL SECURITY; -- <-
            alter table "orders" disable row level security; -- <-
            DROP POLICY tenant_isolation ON orders; -- <-
            DROP POLICY IF EXISTS tenant_isolation ON app.orders CASCADE; -- <-
            ALTER TABLE items NO FORCE ROW LEVEL SECURITY; -- <-
            DO $$ DECLARE t text; BEGIN
                FOR t IN SELECT tablename FROM pg_tables LOOP
                    EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', t); -- <-
                END LOOP;
            END $$;
        """},
        {"migrations/versions/2_open.py": """
            def upgrade():
                op.execute("ALTER TABLE orders DISABLE ROW LEVEL SECURITY")  # <-
                for table in TABLES:
                    op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")  # <-
        """},
        {"shop/migrations/0002_open.py": """
            class Migration(migrations.Migration):
                operations = [
                    migrations.RunSQL("ALTER TABLE orders DISABLE ROW LEVEL SECURITY"),  # <-
                    migrations.RunSQL(["ALTER TABLE items DISABLE ROW LEVEL SECURITY"]),  # <-
                ]
        """},
        {"migrations/2_open.js": """
            exports.up = (knex) => knex.raw("ALTER TABLE orders DISABLE ROW LEVEL SECURITY"); // <-
        """},
    ],
    good=[
        {"migrations/002.sql": """
            ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
            ALTER TABLE orders FORCE ROW LEVEL SECURITY;
            DROP POLICY p ON orders;
            CREATE POLICY p ON orders USING (tenant_id = current_setting('app.tenant_id')::uuid);
            ALTER TABLE orders ADD COLUMN note text;
            ALTER POLICY p ON orders USING (tenant_id = current_setting('app.tenant_id')::uuid);
            DROP INDEX orders_idx;
            COMMENT ON TABLE orders IS 'alter table orders disable row level security is forbidden here';
            -- ALTER TABLE orders DISABLE ROW LEVEL SECURITY;
        """},
        {"migrations/002.sql": """
            DROP POLICY p ON old_orders;
            ALTER TABLE old_orders DISABLE ROW LEVEL SECURITY;
            DROP TABLE old_orders;
        """},
        {"migrations/002.sql": "DROP POLICY p ON orders;",
         "migrations/003.sql": "CREATE POLICY q ON orders USING (tenant_id = current_setting('app.tenant_id')::uuid);"},
        {"migrations/versions/2_close.py": """
            def upgrade():
                op.execute("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")
            def downgrade():
                op.execute("ALTER TABLE orders DISABLE ROW LEVEL SECURITY")
        """},
        {"migrations/2.down.sql": "ALTER TABLE orders DISABLE ROW LEVEL SECURITY;"},
        {"shop/migrations/0002.py": """
            migrations.RunSQL(
                "ALTER TABLE orders ENABLE ROW LEVEL SECURITY",
                reverse_sql="ALTER TABLE orders DISABLE ROW LEVEL SECURITY",
            )
        """},
        {"tests/test_rls.py": 'cur.execute("ALTER TABLE orders DISABLE ROW LEVEL SECURITY")'},
    ],
    misses=[
        "A table given to the role of the application: its owner bypasses policies that are not forced.",
        "Names of statements that a migration library of the project's own puts together.",
    ],
)  # fmt: skip

_LEFT_ALONE = frozenset({"down", "test", "seed"})


@rule.check(Ddl)
def opened(ddl: Ddl, repo: Repo) -> Iterator[Hit]:
    if ddl.role in _LEFT_ALONE:
        return
    if ddl.verb == "alter" and ddl.what == "table":
        yield from _switched(ddl, repo)
    elif ddl.verb == "drop" and ddl.what == "policy" and ddl.said[:1] == ("on",):
        yield from _dropped(ddl, repo)


def _switched(ddl: Ddl, repo: Repo) -> Iterator[Hit]:
    off = ddl.has("disable", "row", "level", "security")
    if not off and not ddl.has("no", "force", "row", "level", "security"):
        return
    after = [one for one in later(repo, ddl) if one.name == ddl.name and one.what == "table"]
    if any(one.verb == "drop" for one in after):
        return
    back = any(one.verb == "alter" and one.has("row", "level", "security") and "no" not in one.said
               and "disable" not in one.said for one in after)  # fmt: skip
    table = f"`{ddl.name}`" if ddl.name else "tables the program names"
    what = "Row-level security is switched off" if off else "The owner of the table is no longer held by its policies"
    again = ", and on again further down; a failure in between leaves it off" if back else ""
    yield Hit(
        ddl.place, f"{what} on {table}{again}: a query that forgets the tenant reads the rows of all of them.",
        detail=ddl.name, severity=Severity.MEDIUM if back or ddl.role == "analytics" else None,
    )  # fmt: skip


def _dropped(ddl: Ddl, repo: Repo) -> Iterator[Hit]:
    _, table, _ = named(ddl.said, 1)
    if not table or any(_mends(one, table) for one in later(repo, ddl)):
        return
    yield Hit(
        ddl.place, f"The policy `{ddl.name}` on `{table}` is dropped and none takes its place; create the one that "
        "should hold now in the same migration.", detail=table, severity=Severity.HIGH,
    )  # fmt: skip


def _mends(one: Ddl, table: str) -> bool:
    if one.what == "policy" and one.verb == "create":
        return one.said[:1] == ("on",) and named(one.said, 1)[1] == table
    return one.what == "table" and one.verb == "drop" and one.name == table
