"""A role or session is exempt from row-level security.

A superuser and a role with BYPASSRLS see every tenant's rows, whatever the policies say. An application that signs in
as one has no row-level security at all.
"""

from collections.abc import Iterator

from gate import lazy
from gate.facts.ddl import Ddl, bare
from gate.facts.sqltext import words
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(668, 250, 269),
    fix="Let the application sign in as a role with NOSUPERUSER and NOBYPASSRLS that owns no table, and give jobs that "
    "must see all tenants a role of their own.",
    bad=[
        {"db/roles.sql": """
            CREATE ROLE app LOGIN BYPASSRLS; -- <-
            ALTER ROLE app BYPASSRLS; -- <-
            ALTER ROLE app WITH SUPERUSER; -- <-
            CREATE USER api WITH PASSWORD 'x' SUPERUSER; -- <-
            ALTER USER web WITH BYPASSRLS; -- <-
            CREATE ROLE worker SUPERUSER LOGIN; -- <-
            GRANT service_role TO app; -- <-
            GRANT pg_read_all_data, readers TO web; -- <-
        """},
        {"app/db.py": """
            def all_orders(cur):
                cur.execute("SET row_security = off")  # <-
                cur.execute("SET LOCAL row_security TO off")  # <-
                cur.execute("SET ROLE postgres")  # <-
        """},
    ],
    good=[
        {"db/roles.sql": """
            CREATE ROLE app LOGIN NOBYPASSRLS;
            ALTER ROLE app NOSUPERUSER NOBYPASSRLS;
            CREATE USER api WITH PASSWORD 'superuser';
            SET row_security = on;
            CREATE ROLE readonly NOLOGIN;
            ALTER ROLE app SET statement_timeout = '5s';
            SET LOCAL ROLE app_user;
            GRANT app_reader TO app;
            GRANT SELECT ON orders TO service_role;
        """},
        {"db/structure.sql": """
            SET statement_timeout = 0;
            SELECT pg_catalog.set_config('search_path', '', false);
            SET row_security = off;
        """},
        {"tests/roles.sql": "CREATE ROLE app SUPERUSER;"},
    ],
    misses=["A connection string that names a superuser.", "A role that is made the owner of its tables.",
            "Templates of SQL, as tools for any database have them, only warn."],
)  # fmt: skip

_LEFT_ALONE = frozenset({"down", "test", "seed"})
_KEEPERS = lazy.regex(r"backup|dump|replica|replicat|migrat|etl|monitor|admin|owner|postgres|root|dba|maint|superuser")
"""Names of roles that are not the application's."""
_MIGHTY = words(
    "postgres rds_superuser cloudsqlsuperuser azure_pg_admin pg_read_all_data pg_write_all_data service_role supabase_admin"
)
_JOINERS = words("authenticator postgres")
_LOCAL = lazy.regex(r"(?i)(?:^|/)(?:docker|\.docker|compose|dev|local|init)[^/]*(?:/|\.)")


@rule.check(Ddl)
def exempts(ddl: Ddl, repo: Repo) -> Iterator[Hit]:
    if ddl.role in _LEFT_ALONE:
        return
    if ddl.what in {"role", "user"} and ddl.verb in {"create", "alter"}:
        power = next((word for word in ddl.said if word in {"bypassrls", "superuser"}), "")
        if power:
            role = f"`{ddl.name}`" if ddl.name else "of the program's choice"
            said = f"The role {role} gets {power.upper()}: no policy holds for it, so it sees every tenant's rows."
            yield Hit(ddl.place, said, detail=ddl.name, severity=_weight(ddl, ddl.name))
    elif ddl.verb == "set":
        yield from _session(ddl, repo)
    elif ddl.verb == "grant" and "on" not in ddl.said and "to" in ddl.said:
        yield from _joined(ddl)


def _session(ddl: Ddl, repo: Repo) -> Iterator[Hit]:
    said = [word for word in ddl.said if word not in {"local", "session"}]
    if said[:1] == ["role"] and ddl.role == "app" and bare("".join(said[1:2])).strip("'") in _MIGHTY:
        yield Hit(ddl.place, f"This session becomes `{said[1]}`, for whom no policy holds.")
    if said[:1] != ["row_security"] or said[-1:] not in (["off"], ["false"], ["'off'"]):
        return
    if any("search_path" in one.said or "'search_path'" in one.said for one in repo.of(Ddl, ddl.place.path)):
        return  # the opening of a dump of the whole schema
    yield Hit(ddl.place, "This session turns `row_security` off, and so asks to see the rows of every tenant.",
              severity=None if ddl.role == "app" else Severity.MEDIUM)  # fmt: skip


def _joined(ddl: Ddl) -> Iterator[Hit]:
    at = ddl.said.index("to")
    given = {bare(word) for word in ddl.said[:at]} & _MIGHTY
    to = {bare(word) for word in ddl.said[at + 1 :]} - {",", "", "with", "admin", "option"}
    if given and not to & _JOINERS:
        said = f"`{min(given)}`, which sees every tenant's rows, is granted to `{', '.join(sorted(to))}`."
        yield Hit(ddl.place, said, detail=min(given), severity=_weight(ddl, " ".join(to)))


def _weight(ddl: Ddl, name: str) -> Severity | None:
    """A role for backups, and a database on a laptop, weigh less than the application's."""
    meant = _KEEPERS.search(name) or _LOCAL.search(ddl.place.path)
    return Severity.MEDIUM if meant or ddl.role in {"dev", "analytics"} else None
