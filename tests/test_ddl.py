"""Statements that change the database: found in every place they are written, read whatever stands around them."""

import pytest

from gate import registry
from gate.cache import dump, load
from gate.facts.ddl import MOST, Ddl
from gate.facts.rls import owners, policy, secured
from gate.facts.sessionscope import setting, told
from gate.rule import Severity
from gate.source import Source
from tests import examples

OFF = "ALTER TABLE orders DISABLE ROW LEVEL SECURITY"
FORMS = {
    "script": ("db/a.sql", f"{OFF};"),
    "comments": ("db/a.sql", f"-- first\n/* then */ {OFF} -- last\n;"),
    "lines": ("db/a.sql", "ALTER TABLE\n  orders\nDISABLE ROW LEVEL\nSECURITY;"),
    "schema": ("db/a.sql", 'ALTER TABLE IF EXISTS ONLY public."orders" DISABLE ROW LEVEL SECURITY;'),
    "block": ("db/a.sql", f"DO $$ BEGIN {OFF}; END $$;"),
    "executed": ("db/a.sql", f"DO $$ BEGIN EXECUTE '{OFF}'; END $$;"),
    "routine": ("db/a.sql", f"CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $x$ BEGIN {OFF}; END $x$;"),
    "alembic": ("a.py", f'op.execute("{OFF}")'),
    "text": ("a.py", f'op.execute(sa.text("{OFF}"))'),
    "django": ("a.py", f'operations = [migrations.RunSQL("{OFF}")]'),
    "django list": ("a.py", f'operations = [migrations.RunSQL(["SELECT 1", "{OFF}"])]'),
    "keyword": ("a.py", f'migrations.RunSQL(sql="{OFF}")'),
    "name": ("a.py", f'sql = "{OFF}"\ncur.execute(sql)'),
    "f-string": ("a.py", 'T = "orders"\ncur.execute(f"ALTER TABLE {T} DISABLE ROW LEVEL SECURITY")'),
    "percent": ("a.py", 'cur.execute("ALTER TABLE %s DISABLE ROW LEVEL SECURITY" % "orders")'),
    "several": ("a.py", f'cur.execute("BEGIN; {OFF}; COMMIT")'),
    "block in a string": ("a.py", f'op.execute("""\nDO $$ BEGIN {OFF}; END $$;\n""")'),
    "knex": ("a.js", f'exports.up = (knex) => knex.raw("{OFF}");'),
    "template": ("a.ts", f"await sql`{OFF}`;"),
}


def ddl(text, path="db/a.sql"):
    assert Ddl.hint.search(text)
    return list(Ddl.find(Source(path, text)))


@pytest.mark.parametrize(("path", "text"), list(FORMS.values()), ids=list(FORMS))
def test_a_statement_is_found_wherever_it_is_written(path, text):
    found = [one for one in ddl(text, path) if one.verb == "alter"]
    assert [(one.what, one.name) for one in found] == [("table", "orders")]
    assert found[0].has("disable", "row", "level", "security")
    assert [load(Ddl, row) for row in dump(found)] == found


@pytest.mark.parametrize(
    "text",
    [
        'label = "Drop table reservations here"',
        'raise ValueError("Grant access to the team")',
        'x = "Create user accounts for everybody"',
        'help_text = "Set role to admin in the settings"',
        'log.info("Alter table settings to suit you")',
        '"""ALTER TABLE orders DISABLE ROW LEVEL SECURITY"""',
        'migrations.RunSQL("SELECT 1", reverse_sql="ALTER TABLE orders DISABLE ROW LEVEL SECURITY")',
    ],
)
def test_prose_and_what_undoes_a_migration_are_none(text):
    assert list(Ddl.find(Source("a.py", text))) == []


def test_a_quoted_word_is_a_name_and_a_string_is_no_word():
    (made,) = ddl("CREATE USER api WITH PASSWORD 'bypassrls' IN ROLE \"superuser\";")
    assert "bypassrls" not in made.said
    assert "superuser" not in made.said


def test_a_name_the_program_fills_in_is_none():
    (dropped,) = ddl('cur.execute(f"DROP SCHEMA tenant_{number} CASCADE")', "a.py")
    assert (dropped.what, dropped.name) == ("schema", "")


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE t (" + ", ".join(f"c{n} int" for n in range(5_000)) + ");",
        "GRANT " + "SELECT, " * 5_000 + "INSERT ON orders TO PUBLIC;",
        "CREATE POLICY p ON t USING (" + "(" * 900 + "true" + ")" * 900 + ");",
        "ALTER TABLE t " + "ADD COLUMN x int, " * 3_000 + "DISABLE ROW LEVEL SECURITY;",
        "SET " * 9_000 + ";",
        "CREATE FUNCTION f() RETURNS int AS $a$ $b$ $c$ $d$ LANGUAGE sql SECURITY DEFINER;" * 40,
        "EXECUTE '" * 3_000,
    ],
)
def test_statements_of_any_size_are_read_within_bounds(text):
    tree = examples.repo({"migrations/001.sql": text})
    for check in registry.checks():
        if check.kind is Ddl:
            assert all(hit.message for fact in tree[Ddl] for hit in check.look(fact, tree))
    assert all(len(one.said) <= MOST for one in tree[Ddl])
    assert "migrations/001.sql" not in tree.problems


def test_what_is_cut_off_says_so():
    (made,) = ddl("CREATE TABLE t (" + ", ".join(f"c{n} int" for n in range(5_000)) + ");")
    assert not made.whole


@pytest.mark.parametrize(
    ("text", "command", "roles", "using", "check"),
    [
        ("CREATE POLICY p ON t USING (a = 1)", "all", (), "( a = 1 )", None),
        ("CREATE POLICY p ON s.t FOR UPDATE TO anon, app USING (true) WITH CHECK (b)", "update", ("anon", "app"), "( true )", "( b )"),
        ('CREATE POLICY "a b" ON t FOR SELECT TO "anon" USING ((SELECT auth.uid()) = u)', "select", ("anon",), "( ( select auth.uid ( ) ) = u )", None),
        ("ALTER POLICY p ON t TO app", "all", ("app",), None, None),
    ],
)  # fmt: skip
def test_a_policy_is_read_in_parts(text, command, roles, using, check):
    said = policy(ddl(f"{text};")[0])
    assert said is not None
    assert (said.table, said.command, said.roles, said.using, said.check) == ("t", command, roles, using, check)


def test_what_is_switched_off_later_is_not_on():
    on = "CREATE TABLE t (id int, tenant_id int); ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
    assert secured(examples.repo({"1.sql": on})) == {"t"}
    assert owners(examples.repo({"1.sql": on}))["t"] == "tenant_id"
    assert secured(examples.repo({"1.sql": on, "2.sql": "ALTER TABLE t DISABLE ROW LEVEL SECURITY;"})) == frozenset()
    assert secured(examples.repo({"1.sql": on, "2.down.sql": "ALTER TABLE t DISABLE ROW LEVEL SECURITY;"})) == {"t"}


@pytest.mark.parametrize(
    ("text", "name", "tenant"),
    [
        ("SET app.tenant_id = '4'", "app.tenant_id", "app.tenant_id"),
        ("SET LOCAL app.tenant_id TO '4'", "app.tenant_id", "app.tenant_id"),
        ("SELECT set_config('app.org', '4', true)", "app.org", "app.org"),
        ("SELECT set_config('app.debug', 'on', true)", "app.debug", ""),
        ("SET search_path TO a", "search_path", ""),
    ],
)
def test_the_setting_of_a_session_is_read(text, name, tenant):
    (one,) = ddl(f"{text};")
    assert (setting(one), told(one)) == (name, tenant)


def severities(rule, tree):
    plain, _ = examples.unmarked(examples.files(tree))
    checks = [check for check in registry.checks() if check.rule.id == rule]
    return [hit.severity or check.rule.severity for check in checks for hit in examples.hits(check, plain)]


TABLES = "CREATE TABLE orders (id int, tenant_id int); CREATE TABLE news (id int, body text); CREATE TABLE posts (id int, user_id int);"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CREATE POLICY p ON orders FOR SELECT USING (true);", [Severity.HIGH]),
        ("CREATE POLICY p ON posts FOR SELECT USING (true);", [Severity.MEDIUM]),
        ("CREATE POLICY p ON news FOR SELECT USING (true);", []),
        ("CREATE POLICY p ON news FOR INSERT WITH CHECK (true);", [Severity.MEDIUM]),
        ("CREATE POLICY p ON orders FOR INSERT WITH CHECK (true);", [Severity.CRITICAL]),
        ("CREATE POLICY p ON orders USING (auth.uid() IS NOT NULL);", [Severity.MEDIUM]),
        ("CREATE POLICY p ON orders USING (auth.uid() IS NULL);", []),
        ("CREATE POLICY p ON orders TO migrator USING (true);", []),
        ("CREATE POLICY p ON storage.objects FOR INSERT WITH CHECK (bucket_id = 'a');", [Severity.MEDIUM]),
    ],
)
def test_a_policy_weighs_by_what_it_opens(text, expected):
    assert severities("tenancy/open_policy", {"m/1.sql": TABLES, "m/2.sql": text}) == expected


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("db/roles.sql", "CREATE ROLE app BYPASSRLS;", Severity.CRITICAL),
        ("db/roles.sql", "CREATE ROLE backup BYPASSRLS;", Severity.MEDIUM),
        ("docker/init.sql", "CREATE ROLE app SUPERUSER;", Severity.MEDIUM),
    ],
)
def test_a_role_weighs_by_its_name_and_place(path, text, expected):
    assert severities("tenancy/bypass_role", {path: text}) == [expected]


SUPABASE = "CREATE POLICY p ON news USING (id = 1); ALTER TABLE news ENABLE ROW LEVEL SECURITY;"


def test_where_policies_answer_every_client_grants_weigh_less():
    grant = "GRANT ALL ON ALL TABLES IN SCHEMA public TO anon;"
    assert severities("tenancy/broad_grant", {"m/1.sql": grant}) == [Severity.HIGH]
    assert severities("tenancy/broad_grant", {"supabase/migrations/1.sql": SUPABASE + grant}) == [Severity.MEDIUM]


def test_where_policies_answer_every_client_views_weigh_more():
    view = "CREATE VIEW v AS SELECT id FROM news;"
    on = "ALTER TABLE news ENABLE ROW LEVEL SECURITY;"
    assert severities("tenancy/owner_view", {"m/1.sql": on + view}) == [Severity.MEDIUM]
    assert severities("tenancy/owner_view", {"supabase/migrations/1.sql": SUPABASE + view}) == [Severity.HIGH]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [("close_account", Severity.HIGH), ("init_db", Severity.MEDIUM), ("run_migrations", Severity.MEDIUM)],
)
def test_what_sets_a_database_up_may_drop_its_tables(scope, expected):
    app = f'def {scope}(cur):\n    cur.execute("DROP TABLE orders")\n'
    assert severities("queries/destroyed_data", {"app/store.py": app}) == [expected]


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("close", Severity.CRITICAL),
        ("wipe", Severity.CRITICAL),
        ("delete_all_orders", Severity.MEDIUM),
        ("overall", Severity.CRITICAL),
    ],
)
def test_a_function_that_says_it_wipes_is_worth_a_look(scope, expected):
    app = f'def {scope}(cur):\n    cur.execute("DELETE FROM orders")\n'
    assert severities("queries/unbounded_write", {"app/store.py": app}) == [expected]
