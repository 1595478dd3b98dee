"""The tenant is pasted into the statement that tells the database who asks.

Policies of row-level security believe what `SET app.tenant_id` says. Where it is put together as text, a quote in the
value ends the string, and what follows is run: another tenant's id, or any other statement.
"""

from collections.abc import Iterator

from gate.facts.ddl import Ddl
from gate.facts.sessionscope import told
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(89, 639),
    fix="`SET` binds no values, so say it by a function that does: `SELECT set_config('app.tenant_id', $1, true)`.",
    bad=[
        """
        from fastapi import APIRouter, Header
        async def enter(pool, tenant: str = Header()):
            await pool.execute(f"SET LOCAL app.tenant_id = '{tenant}'")  # <-
            await pool.execute("SET LOCAL app.workspace = " + tenant)  # <-
            await pool.execute("SELECT set_config('app.org_id', '%s', true)" % tenant)  # <-
            await pool.execute("SELECT set_config('app.tenant_id', '{}', true)".format(tenant))  # <-
        """,
        {"src/tenant.ts": """
            export async function enter(client, tenantId: string) {
              await client.query(`SET LOCAL app.tenant_id = '${tenantId}'`); // <-
              await client.query("SELECT set_config('app.tenant_id', '" + tenantId + "', true)"); // <-
            }
        """},
        {"store/tenant.go": """
            package store

            func enter(tx *sql.Tx, tenant string) {
                tx.Exec(fmt.Sprintf("SET LOCAL app.tenant_id = '%s'", tenant)) // <-
            }
        """},
    ],
    good=[
        """
        from uuid import UUID
        def enter(cur, tenant, number):
            cur.execute("SELECT set_config('app.tenant_id', %s, true)", (tenant,))
            cur.execute("SET LOCAL app.tenant_id = %s", (tenant,))
            cur.execute("SET LOCAL app.tenant_id = '42'")
            cur.execute(f"SET LOCAL app.tenant_id = '{UUID(tenant)}'")
            cur.execute(f"SET LOCAL app.tenant_id = {int(number)}")
            cur.execute(f"SET LOCAL app.tenant_id = '{settings.DEFAULT_TENANT}'")
            cur.execute(f"SET statement_timeout = {number}")
        """,
        {"tests/test_it.py": """def enter(cur, tenant):\n    cur.execute(f"SET LOCAL app.tenant_id = '{tenant}'")\n"""},
        {"src/tenant.ts": """
            export async function enter(client, tenantId: string) {
              await client.query("SELECT set_config('app.tenant_id', $1, true)", [tenantId]);
              await client.query(`SET LOCAL lock_timeout = '${timeout}'`);
            }
        """},
    ],
    misses=["A value that was made a number or a UUID in another statement is reported all the same."],
)  # fmt: skip

_LEFT_ALONE = frozenset({"test", "seed", "migration", "down", "dev"})


@rule.check(Ddl)
def pasted(ddl: Ddl, _repo: Repo) -> Iterator[Hit]:
    if ddl.pasted and ddl.role not in _LEFT_ALONE and (name := told(ddl)):
        yield Hit(ddl.place, f"A value is pasted into the statement that sets `{name}`, by which the database tells whose rows "
                  "are seen; bind it.", detail=name)  # fmt: skip
