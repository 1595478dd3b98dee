"""A condition always holds.

`OR 1=1` is what an attacker adds to a query, and what is left in one after somebody has tried something out. Whatever
else the condition asks, the query answers with every row.
"""

from collections.abc import Iterator

from gate.facts.query import Query
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(1284, 1023, 284),
    fix="Say the real condition. Where a filter is optional, add it in the code only when there is one.",
    bad=[
        'cur.execute("SELECT id FROM users WHERE tenant_id = %s OR 1 = 1", (tenant,))  # <-',
        {"q.sql": """
            SELECT id FROM users WHERE email = 'x' OR TRUE; -- <-
            SELECT id FROM users WHERE name = $1 OR id = id; -- <-
            SELECT id FROM users WHERE active AND (name = $1 OR name LIKE '%'); -- <-
            SELECT id FROM users WHERE id IN (SELECT user_id FROM members WHERE org_id = $1 OR 'a' = 'a'); -- <-
        """},
        {"app.ts": 'await pool.query("SELECT id FROM users WHERE org = $1 OR 1=1", [org]); // <-'},
    ],
    good=[
        {"q.sql": """
            SELECT id FROM orders WHERE 1 = 0;
            SELECT id FROM orders WHERE TRUE AND tenant_id = 1;
            SELECT o.id FROM orders o LEFT JOIN LATERAL (SELECT 1 AS one) x ON TRUE WHERE o.tenant_id = 1;
            SELECT id FROM users WHERE is_active OR is_staff;
            SELECT id FROM products WHERE ($1 IS NULL OR category = $1);
            SELECT id FROM orders WHERE tenant_id = $1 AND (COALESCE($2, status) = status OR $2 = '');
        """},
        """
        PAYLOADS = ["' OR 1=1 --", "' OR 'a'='a"]
        sql = f"SELECT id FROM orders WHERE 1=1 {extra}"
        """,
        {"tests/test_q.py": 'cur.execute("SELECT id FROM users WHERE id = 1 OR 1 = 1")'},
    ],
    misses=["A value that makes the condition hold, given at run time."],
)  # fmt: skip

_LEFT_ALONE = frozenset({"test", "seed", "down"})


@rule.check(Query)
def holds(query: Query, repo: Repo) -> Iterator[Hit]:
    if query.loose is None or query.role in _LEFT_ALONE:
        return
    table = f"`{query.loose}`" if query.loose else "a table"
    severity = None if query.complete and query.role == "app" else Severity.MEDIUM
    yield Hit(query.place, f"One arm of this OR always holds, so every row of {table} is read whatever the rest asks; "
              "take it out.", detail=query.loose, severity=severity)  # fmt: skip
