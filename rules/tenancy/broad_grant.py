"""Rights on tables are granted to everybody.

PUBLIC is every role there is and every one to come; `anon` is anybody with the address of the API. A right they have
needs no bug to be used.
"""

from collections.abc import Iterator

from gate import lazy
from gate.facts.ddl import Ddl
from gate.facts.privileges import Grant, granted
from gate.facts.rls import is_supabase, owners, policies, secured
from gate.rule import Hit, Repo, Rule, Severity

_TABLES = {
    "migrations/001.sql": """
        CREATE TABLE orders (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
        CREATE TABLE countries (code char(2) PRIMARY KEY);
    """
}

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(668, 732, 276),
    fix="Grant to the application's own role what it needs, and `REVOKE ALL ... FROM PUBLIC`.",
    bad=[
        {**_TABLES, "migrations/002.sql": """
            GRANT ALL ON orders TO PUBLIC; -- <-
            GRANT ALL PRIVILEGES ON ALL TABLES IN SCHEMA public TO anon; -- <-
            GRANT INSERT, UPDATE ON orders TO PUBLIC; -- <-
            GRANT DELETE ON TABLE orders TO anon; -- <-
            ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO PUBLIC; -- <-
            ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO anon; -- <-
            GRANT SELECT, INSERT ON orders TO anon; -- <-
            GRANT TRUNCATE ON orders TO PUBLIC; -- <-
            GRANT SELECT ON orders TO PUBLIC; -- <-
            GRANT ALL ON SCHEMA public TO PUBLIC; -- <-
            GRANT ALL PRIVILEGES ON *.* TO 'app'@'%'; -- <-
        """},
        {"migrations/versions/2_x.py": """
            def upgrade():
                op.execute('GRANT ALL ON orders TO "anon"')  # <-
        """},
    ],
    good=[
        {**_TABLES, "migrations/002.sql": """
            GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO app_user;
            GRANT USAGE ON SCHEMA public TO PUBLIC;
            GRANT SELECT ON countries TO PUBLIC;
            REVOKE ALL ON orders FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION slug(text) TO authenticated;
            ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM PUBLIC;
            GRANT app_reader TO app;
            GRANT USAGE, SELECT ON SEQUENCE orders_id_seq TO app_user;
            GRANT ALL PRIVILEGES ON shop.* TO 'app'@'%';
        """},
        {**_TABLES, "migrations/002.sql": """
            ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
            CREATE POLICY own ON orders USING (tenant_id = auth.uid());
            GRANT SELECT, INSERT ON orders TO anon, authenticated;
        """},
    ],
    misses=["Rights granted to a role that everybody is a member of."],
)  # fmt: skip

_LEFT_ALONE = frozenset({"down", "test", "seed"})
_EVERYBODY = frozenset({"public", "anon", "anonymous"})
_WRITES = frozenset({"all", "insert", "update", "delete", "truncate"})
_KEEPERS = lazy.regex(r"(?i)root|admin|dba|backup|migrat|postgres")


@rule.check(Ddl)
def widens(ddl: Ddl, repo: Repo) -> Iterator[Hit]:
    grant = None if ddl.role in _LEFT_ALONE else granted(ddl)
    if grant is None:
        return
    if grant.on == "everything" and "all" in grant.rights:
        severity = Severity.MEDIUM if any(_KEEPERS.search(one) for one in grant.to) or ddl.role != "app" else None
        yield Hit(ddl.place, "This grants every right on every database; grant what the application needs on its own.",
                  detail="everything", severity=severity)  # fmt: skip
    to = sorted(_EVERYBODY & set(grant.to))
    if to and (severity := _severity(grant, repo)) is not None:
        on = f"`{grant.name}`" if grant.name else "tables yet to come" if grant.default else f"all {grant.on}"
        rights = ", ".join(sorted(grant.rights - {"privileges"})).upper()
        yield Hit(ddl.place, f"{rights} on {on} goes to `{to[0]}`, and so to everybody who reaches the database or its API; "
                  "grant it to the application's role.", detail=f"{grant.on} {grant.name}", severity=severity)  # fmt: skip


def _severity(grant: Grant, repo: Repo) -> Severity | None:
    """How bad it is; None for what policies guard, and for reading what is nobody's."""
    kept = is_supabase(repo)  # there everybody may ask, and policies answer
    if grant.on == "tables":
        reads_only = not grant.rights & _WRITES and not grant.default
        return None if reads_only else Severity.MEDIUM if kept else Severity.HIGH
    if grant.on in {"schema", "database"}:
        return None if "all" not in grant.rights else Severity.MEDIUM if kept else Severity.HIGH
    if grant.on != "table" or not grant.name or grant.name in secured(repo) or grant.name in policies(repo):
        return None
    if grant.rights & _WRITES:
        return Severity.HIGH
    return Severity.HIGH if "select" in grant.rights and owners(repo).get(grant.name) else None
