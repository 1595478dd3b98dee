"""A policy lets everybody through.

Policies of one table are joined by OR, so one that always holds undoes the others. What it compares must be the
row's owner and an identity the caller cannot choose: `user_metadata` is written by the user.
"""

import re
from collections.abc import Iterator
from typing import Any

from gate import lazy
from gate.facts.bucket import OWN
from gate.facts.ddl import Ddl
from gate.facts.rls import PERSONS, Policy, condition, owners, policies, policy
from gate.facts.sqltree import disjuncts
from gate.facts.sqlwrites import truth
from gate.rule import Hit, Repo, Rule, Severity

_TABLES = {
    "migrations/001.sql": """
        CREATE TABLE orders (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, org_id uuid, user_id uuid);
        CREATE TABLE posts (id uuid PRIMARY KEY, author_id uuid, user_id uuid, body text);
        CREATE TABLE countries (code char(2) PRIMARY KEY);
    """
}

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(668, 863, 284),
    fix="Compare the tenant's or owner's column with the identity of the session, such as `tenant_id = "
    "current_setting('app.tenant_id')::uuid` or `user_id = (SELECT auth.uid())`, and give writes a WITH CHECK that does.",
    bad=[
        {**_TABLES, "migrations/002.sql": """
            CREATE POLICY p ON orders FOR ALL USING (true); -- <-
            CREATE POLICY p ON orders USING (1 = 1); -- <-
            CREATE POLICY p ON orders FOR DELETE TO authenticated USING (true); -- <-
            CREATE POLICY p ON orders FOR UPDATE TO anon USING (tenant_id = tenant_id); -- <-
            CREATE POLICY p ON orders FOR INSERT TO authenticated WITH CHECK (true); -- <-
            CREATE POLICY p ON orders FOR INSERT TO authenticated; -- <-
            CREATE POLICY p ON orders USING (tenant_id = auth.uid() OR true); -- <-
            ALTER POLICY p ON orders USING (true); -- <-
            CREATE POLICY p ON orders USING (((auth.jwt() -> 'user_metadata') ->> 'org')::uuid = org_id); -- <-
            CREATE POLICY p ON orders FOR ALL TO public USING (org_id = auth.uid()) WITH CHECK (true); -- <-
            CREATE POLICY p ON orders FOR SELECT USING (true); -- <-
            CREATE POLICY own ON orders FOR SELECT USING (tenant_id = auth.uid());
            ALTER POLICY own ON orders USING (not archived); -- <-
            CREATE POLICY p ON orders USING (auth.uid() = auth.uid()); -- <-
            CREATE POLICY p ON orders USING (current_setting('app.tenant', true) IS NULL OR tenant_id = 1); -- <-
            CREATE POLICY p ON orders FOR SELECT TO authenticated USING (auth.role() = 'authenticated'); -- <-
            CREATE POLICY "del" ON storage.objects FOR DELETE USING (bucket_id = 'invoices'); -- <-
            CREATE POLICY "see" ON storage.objects FOR SELECT USING (bucket_id = 'invoices'); -- <-
            CREATE POLICY "all" ON storage.objects FOR ALL USING (true); -- <-
        """},
        {"migrations/versions/2_x.py": """
            def upgrade():
                op.execute("CREATE POLICY p ON orders USING (true)")  # <-
        """},
    ],
    good=[
        {**_TABLES, "migrations/002.sql": """
            CREATE POLICY p ON orders USING (tenant_id = current_setting('app.tenant_id')::uuid);
            CREATE POLICY p ON orders FOR SELECT USING ((SELECT auth.uid()) = user_id);
            ALTER POLICY p ON orders USING (tenant_id = (SELECT auth.uid()) AND NOT archived);
            CREATE POLICY p ON countries FOR SELECT TO anon USING (true);
            CREATE POLICY p ON orders FOR ALL TO service_role USING (true);
            CREATE POLICY p ON orders FOR INSERT TO authenticated WITH CHECK (user_id = auth.uid());
            CREATE POLICY p ON orders FOR DELETE USING (false);
            CREATE POLICY p ON orders USING (
                EXISTS (SELECT 1 FROM memberships m WHERE m.org_id = orders.org_id AND m.user_id = auth.uid()));
            CREATE POLICY p ON orders FOR UPDATE USING (user_id = auth.uid()) WITH CHECK (user_id = auth.uid());
            CREATE POLICY "see" ON storage.objects FOR SELECT USING (bucket_id = 'avatars');
            CREATE POLICY "own" ON storage.objects FOR DELETE
                USING (bucket_id = 'invoices' AND owner = auth.uid());
        """},
        {**_TABLES, "migrations/002.sql": "CREATE POLICY p ON orders AS RESTRICTIVE FOR ALL USING (true);"},
        {**_TABLES, "migrations/002.sql": """
            CREATE POLICY open ON orders FOR SELECT USING (true);
            CREATE POLICY own ON orders AS RESTRICTIVE USING (tenant_id = current_setting('app.tenant_id')::uuid);
        """},
    ],
    misses=[
        "A function in the condition that is true for everybody.",
        "A condition that compares another column than the owner's.",
    ],
)  # fmt: skip

_EVERYBODY = frozenset({"public", "anon", "authenticated", "anonymous"})
_LEFT_ALONE = frozenset({"down", "test", "seed"})
_EDITABLE = lazy.regex(r"\b(?:raw_)?user_meta_?data\b")
_READS = frozenset({"select"})
_KNOWS_CALLER = lazy.regex(r"(?i)\bauth\b|current_|session_user|\w\s*\(|\bselect\b")
"""What says who is asking, or may, as functions and other tables do."""


@rule.check(Ddl)
def opens(ddl: Ddl, repo: Repo) -> Iterator[Hit]:
    said = policy(ddl) if ddl.role not in _LEFT_ALONE and ddl.whole else None
    if said is None or said.restrictive or (said.roles and _EVERYBODY.isdisjoint(said.roles)):
        return
    why, severity = _fault(said, ddl, repo)
    if severity is not None:
        table = f"`{said.table}`" if said.table else "a table"
        yield Hit(ddl.place, f"This policy on {table} {why}.", detail=f"{said.table} {said.command}", severity=severity)


def _fault(said: Policy, ddl: Ddl, repo: Repo) -> tuple[str, Severity | None]:
    if _EDITABLE.search(f"{said.using} {said.check}"):
        return "believes `user_metadata`, which the user can edit; take a claim only the server writes", Severity.HIGH
    open_for, severity = _open(said, ddl, repo)
    if open_for:
        return f"holds for every row, so {open_for}; compare the row's owner with the session", severity
    if ddl.verb == "alter" and said.using and not _KNOWS_CALLER.search(said.using) and _knew_caller(said, ddl, repo):
        return "was bound to who is asking, and is not any more", Severity.HIGH
    parts = [condition(said.using), condition(said.check)]
    if any(_fails_open(part) for part in parts if part is not None):
        return "holds whenever the session names nobody; let a missing setting match no row", Severity.HIGH
    only = [p for p in parts if p is not None and _only_bucket(p)] if said.schema == "storage" else []
    if said.command in _READS and any(OWN.search(part.sql()) for part in only):
        return "asks only for the bucket, so anybody reads the files of others; compare `owner`", Severity.HIGH
    if said.command not in _READS and only:
        gravest = Severity.MEDIUM if said.command == "insert" else Severity.HIGH
        return "asks only for the bucket, so anybody may change the files of others; compare `owner`", gravest
    if owners(repo).get(said.table) and any(_is_signed_in(part) for part in parts if part is not None):
        return "asks only whether somebody is signed in, so each tenant sees the others'", Severity.MEDIUM
    return "", None


def _knew_caller(said: Policy, ddl: Ddl, repo: Repo) -> bool:
    """Whether the policy of this name was made with a condition about who is asking."""
    made = (one for one in repo[Ddl] if one.what == "policy" and one.verb == "create" and one.name == ddl.name)
    olds = [old for one in made if one.place != ddl.place and (old := policy(one)) and old.table == said.table]
    return bool(olds) and all(_KNOWS_CALLER.search(old.using or "") for old in olds)


def _open(said: Policy, ddl: Ddl, repo: Repo) -> tuple[str, Severity | None]:
    """Who may do what through conditions that always hold, and how bad it is."""
    using = said.using is not None and _holds(condition(said.using))
    check = said.check is not None and _holds(condition(said.check))
    column = owners(repo).get(said.table)
    if said.command == "insert":
        missing = said.check is None and said.using is None and ddl.verb == "create"
        grave = Severity.MEDIUM if column == "" else Severity.CRITICAL
        return ("anybody may add rows in another's name", grave) if check or missing else ("", None)
    if said.command == "select":
        if not using or any(one.restrictive for one in policies(repo).get(said.table, ())) or column == "":
            return "", None
        return "everybody reads all of them", Severity.HIGH if column and column not in PERSONS else Severity.MEDIUM
    if using or check:
        return "everybody may change all of them" if using else "anybody may write rows of others", Severity.CRITICAL
    return "", None


def _holds(node: Any) -> bool:
    """Whether a condition is true for every row."""
    if node is None:
        return False
    return any(truth(part) is True or _is_itself(part) for part in disjuncts(node)) or truth(node) is True


def _is_itself(node: Any) -> bool:
    from sqlglot import exp

    return isinstance(node, exp.EQ) and node.this == node.expression


def _fails_open(node: Any) -> bool:
    """`current_setting('app.tenant', true) IS NULL OR ...`."""
    from sqlglot import exp

    arms = list(disjuncts(node))
    return len(arms) > 1 and any(
        isinstance(arm, exp.Is) and not arm.args.get("negate") and isinstance(arm.expression, exp.Null)
        and re.search(r"(?i)current_setting|auth\.uid", arm.this.sql()) for arm in arms
    )  # fmt: skip


def _only_bucket(node: Any) -> bool:
    from sqlglot import exp

    columns = {column.name.lower() for column in node.find_all(exp.Column)}
    return columns == {"bucket_id"} and not re.search(r"(?i)auth\.|foldername|current_", node.sql())


def _is_signed_in(node: Any) -> bool:
    """`auth.role() = 'authenticated'`, `auth.uid() IS NOT NULL`, and nothing else."""
    return re.fullmatch(
        r"(?i)\(*(?:\(?select )?auth\.role\(\)\)?\s*=\s*'authenticated'\)*|\(*not \(*(?:select )?auth\.uid\(\)\)* is null\)*|\(*(?:\(select )?auth\.uid\(\)\)? is not null\)*",
        node.sql(),
    ) is not None  # fmt: skip
