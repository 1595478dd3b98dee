"""A new table of tenants' rows is not under row-level security, as the others are.

Where the database keeps tenants apart, queries stop saying whose rows they mean. A table that was forgotten gives all
of its rows to each of them, and nothing fails. A policy without `ENABLE ROW LEVEL SECURITY` does nothing at all.
"""

from collections.abc import Iterator

from gate.facts.ddl import Ddl, find_run, named
from gate.facts.rls import HIDDEN, enables_all, is_supabase, is_used, owner, owners, secured
from gate.facts.tenants import CANDIDATES
from gate.rule import Hit, Repo, Rule, Severity

_SECURE = "".join(
    f"""
        CREATE TABLE {name} (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
        ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON {name} USING (tenant_id = current_setting('app.tenant_id')::uuid);
    """
    for name in ("orders", "items", "invoices")
)

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(668, 862, 1220),
    fix="Add `ALTER TABLE ... ENABLE ROW LEVEL SECURITY` and a policy like those of its neighbours in the same migration.",
    bad=[
        {"migrations/001.sql": _SECURE, "migrations/002.sql": """
            CREATE TABLE public.notes (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, body text); -- <-
            CREATE TABLE IF NOT EXISTS public.coupons (id uuid PRIMARY KEY, org_id uuid NOT NULL); -- <-
            CREATE TABLE app.pages (id int, user_id uuid REFERENCES auth.users(id)); -- <-
            CREATE TABLE copies AS SELECT id, tenant_id FROM orders; -- <-
            CREATE TABLE likes (LIKE orders INCLUDING ALL); -- <-
            CREATE TABLE "Boards" (id uuid, workspace_id uuid NOT NULL); -- <-
        """},
        {"migrations/001.sql": _SECURE, "migrations/versions/2_notes.py": """
            def upgrade():
                op.create_table("notes", sa.Column("id", sa.Integer), sa.Column("tenant_id", sa.Integer))  # <-
        """},
        {"migrations/001.sql": """
            CREATE TABLE notes (id uuid PRIMARY KEY, tenant_id uuid);
            CREATE POLICY p ON notes USING (tenant_id = auth.uid()); -- <-
        """},
        {"supabase/migrations/1.sql": _SECURE + "CREATE TABLE settings (id int, value text); -- <-\n"},
    ],
    good=[
        {"migrations/001.sql": _SECURE, "migrations/002.sql": """
            CREATE TABLE notes (id uuid PRIMARY KEY, tenant_id uuid);
            ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
            CREATE POLICY p ON notes USING (tenant_id = auth.uid());
            CREATE TABLE internal.jobs (id int PRIMARY KEY, tenant_id uuid);
            CREATE TEMP TABLE scratch (id int, tenant_id uuid);
            CREATE TABLE orders_2026 PARTITION OF orders FOR VALUES IN (1);
            CREATE TABLE countries (code char(2) PRIMARY KEY);
            CREATE TABLE private.audit (id bigint PRIMARY KEY, tenant_id uuid);
            ALTER TABLE orders ADD COLUMN title text;
        """},
        {"migrations/001.sql": _SECURE, "migrations/002.sql": """
            CREATE TABLE notes (id uuid PRIMARY KEY, tenant_id uuid);
            DO $$ DECLARE t text; BEGIN
                FOR t IN SELECT tablename FROM pg_tables LOOP
                    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
                END LOOP;
            END $$;
        """},
        {"migrations/001.sql": _SECURE, "migrations/002.sql": "CREATE TABLE notes (id uuid, tenant_id uuid);",
         "migrations/003.sql": "ALTER TABLE public.notes ENABLE ROW LEVEL SECURITY;"},
        {"migrations/001.sql": "CREATE TABLE orders (id int, tenant_id int); CREATE TABLE notes (id int, tenant_id int);"},
    ],
    misses=[
        "Tables made by a model and a migration tool that keeps no file.",
        "A table under row-level security for which no policy is written; it gives no rows to anybody.",
    ],
)  # fmt: skip

_LEFT_ALONE = frozenset({"down", "test", "seed", "dev"})


@rule.check(Ddl)
def forgets(ddl: Ddl, repo: Repo) -> Iterator[Hit]:
    if ddl.role in _LEFT_ALONE:
        return
    if ddl.what == "table" and ddl.verb == "create":
        yield from _created(ddl, repo)
    elif ddl.what == "policy" and ddl.verb == "create" and ddl.said[:1] == ("on",):
        yield from _inert(ddl, repo)


def _created(ddl: Ddl, repo: Repo) -> Iterator[Hit]:
    hidden = HIDDEN.fullmatch(ddl.schema) or ddl.temporary or ddl.has("partition", "of")
    if hidden or not ddl.name or not is_used(repo, ddl.place.path) or _is_kept(ddl.name, ddl.place.path, repo):
        return
    column = _owner(ddl, repo)
    everything = is_supabase(repo) and ddl.schema in {"", "public"} and "supabase/" in ddl.place.path
    if column or everything:
        whose = f" says by `{column}` whose its rows are, and" if column else ""
        yield Hit(ddl.place, f"The table `{ddl.name}`{whose} is not under row-level security as its neighbours are: each "
                  "tenant reads and writes all of it. Enable it here, and write its policy.", detail=ddl.name)  # fmt: skip


def _is_kept(name: str, path: str, repo: Repo) -> bool:
    return name in secured(repo) or enables_all(repo, path)


def _owner(ddl: Ddl, repo: Repo) -> str:
    """The column by which a new table says whose its rows are, its own or that of the table it is made from."""
    like = find_run(ddl.said, ("like",))
    if ddl.said[:1] == ("(",) and like == 1:
        return owners(repo).get(named(ddl.said, 2)[1], "")
    own = owners(repo).get(ddl.name) or owner(frozenset(word.strip('"') for word in ddl.said), frozenset())
    if ddl.said[:1] == ("(",):
        return own if own in {word.strip('"') for word in ddl.said} else ""
    copied = ddl.said[:1] == ("as",)
    return own if copied and own in CANDIDATES else ""


def _inert(ddl: Ddl, repo: Repo) -> Iterator[Hit]:
    schema, table, _ = named(ddl.said, 1)
    made = [one for one in repo[Ddl] if one.what == "table" and one.verb == "create" and one.name == table]
    kept = any(_is_kept(table, one.place.path, repo) for one in (ddl, *made))
    if made and not kept and schema != "storage" and _is_first(ddl, table, repo):
        yield Hit(ddl.place, f"`{table}` has this policy, but row-level security is not enabled on it, so the policy does "
                  "nothing; add `ENABLE ROW LEVEL SECURITY`.", detail=table)  # fmt: skip


def _is_first(ddl: Ddl, table: str, repo: Repo) -> bool:
    """Whether a policy is the first of its table in its file; the others would be told for the same reason."""
    own = (one for one in repo.of(Ddl, ddl.place.path) if one.what == "policy" and one.verb == "create")
    return next((one for one in own if named(one.said, 1)[1] == table), None) == ddl
