"""A SECURITY DEFINER function looks names up where its caller says.

It runs with the rights of its owner, past every policy, and finds tables and operators along the caller's
`search_path`. Whoever may create an object in a schema of that path has the function use theirs.
"""

from collections.abc import Iterator

from gate.facts.ddl import Ddl, find_run
from gate.facts.rls import later
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(668, 426, 250),
    fix="Write `SET search_path = ''` into the function and its tables with their schema, or let it run as INVOKER.",
    bad=[
        {"migrations/002.sql": """
            CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1 $$; -- <-
            CREATE OR REPLACE FUNCTION app.f(a int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER -- <-
                AS $body$ BEGIN PERFORM 1; END $body$;
            CREATE FUNCTION t() RETURNS trigger AS $$ BEGIN RETURN NEW; END $$ LANGUAGE plpgsql SECURITY DEFINER; -- <-
            CREATE PROCEDURE p() LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1 $$; -- <-
            create function g() returns int security definer language sql as 'select 1'; -- <-
            CREATE FUNCTION h(x text) RETURNS text EXTERNAL SECURITY DEFINER LANGUAGE sql AS $$ SELECT x $$; -- <-
            ALTER FUNCTION k() SECURITY DEFINER; -- <-
            ALTER FUNCTION k() RESET search_path; -- <-
        """},
        {"migrations/versions/2_x.py": '''
            def upgrade():
                op.execute("""  # <-
                    CREATE FUNCTION is_admin() RETURNS boolean LANGUAGE sql SECURITY DEFINER AS $q$
                        SELECT true
                    $q$
                """)
        '''},
    ],
    good=[
        {"migrations/002.sql": """
            CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = '' AS $$ SELECT 1 $$;
            CREATE FUNCTION f() RETURNS int LANGUAGE sql SECURITY INVOKER AS $$ SELECT 1 $$;
            CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
            CREATE FUNCTION f() RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql SECURITY DEFINER
                SET search_path TO pg_catalog, pg_temp;
            CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT 'security definer' $$;
            CREATE OR REPLACE FUNCTION app.f() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT
                AS $$ SELECT 1 $$;
            CREATE FUNCTION late() RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1 $$;
            ALTER FUNCTION late() SET search_path = '';
            ALTER FUNCTION f() SECURITY INVOKER;
            CREATE FUNCTION atomic() RETURNS int LANGUAGE sql SECURITY DEFINER BEGIN ATOMIC SELECT 1; END;
            CREATE SQL SECURITY DEFINER VIEW v AS SELECT id FROM orders;
            CREATE PROCEDURE mine() SQL SECURITY DEFINER BEGIN SELECT 1; END;
        """},
        {"migrations/002.sql": """
            CREATE FUNCTION old() RETURNS int LANGUAGE sql SECURITY DEFINER AS $$ SELECT 1 $$;
            DROP FUNCTION old();
        """},
    ],
    misses=["A path that begins with a schema others may write to, such as `public`."],
)  # fmt: skip

_LEFT_ALONE = frozenset({"down", "test"})
_KINDS = frozenset({"function", "procedure", "routine"})


@rule.check(Ddl)
def follows(ddl: Ddl, repo: Repo) -> Iterator[Hit]:
    if ddl.role in _LEFT_ALONE or ddl.what not in _KINDS or not ddl.whole:
        return
    lost = ddl.verb == "alter" and ddl.has("reset", "search_path")
    if not lost and (not _is_definer(ddl) or _is_fixed(ddl)):
        return
    after = [one for one in later(repo, ddl) if one.name == ddl.name and one.what in _KINDS]
    if any(_is_fixed(one) or one.verb == "drop" or (one.verb == "create" and not _is_definer(one)) for one in after):
        return
    if ddl.verb == "alter" and not lost and any(_is_fixed(one) for one in repo[Ddl] if one.name == ddl.name):
        return
    said = f"`{ddl.name}` runs with the rights of its owner and looks names up along its caller's `search_path`"
    yield Hit(ddl.place, f"{said}; set the path in the function.", detail=ddl.name,
              severity=Severity.MEDIUM if ddl.role == "analytics" else None)  # fmt: skip


def _is_definer(ddl: Ddl) -> bool:
    at = find_run(ddl.said, ("security", "definer"))
    mysql = at > 0 and ddl.said[at - 1] == "sql" and ddl.said[at - 2 : at - 1] != ("language",)
    return at >= 0 and not mysql


def _is_fixed(ddl: Ddl) -> bool:
    return ddl.has("set", "search_path") or ddl.has("begin", "atomic")
