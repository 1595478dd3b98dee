"""A request's text is handed to a function of another file that makes SQL of it.

The helper pastes what it is given into the text of a query; it is as safe as its callers. Here a caller hands over what a request
brings: one quote in it, and whoever sends it reads, changes or deletes what the query was never meant to touch.
"""

from collections.abc import Iterator

from gate.facts.jshanded import JsHanded, reached
from gate.rule import Hit, Hop, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(89, 943),
    fix="""Bind the value in the helper: `pool.query("... WHERE name = $1", [name])`. Choose names of columns from a fixed list.""",
    bad=[
        {
            "src/routes/customers.js": """
            const { findCustomers } = require("../db/customers");
            app.get("/customers", async (req, res) => {
              const rows = await findCustomers(req.query.name);  // <-
              res.json(rows);
            });
            """,
            "src/db/customers.js": """
            async function findCustomers(name) {
              const { rows } = await pool.query(`SELECT id FROM customers WHERE name = '${name}'`);
              return rows;
            }
            module.exports = { findCustomers };
            """,
        },
        {
            "app/api/orders/route.ts": """
            import { orders } from "@/lib/orders";
            export async function GET(request: NextRequest) {
              const sort = request.nextUrl.searchParams.get("sort") ?? "id";
              return Response.json(await orders({ sort, limit: 10 }));  // <-
            }
            """,
            "src/lib/orders.ts": """
            export const orders = async ({ sort, limit }: Wanted) => {
              const text = `SELECT id FROM orders ORDER BY ${sort} LIMIT ${limit}`;
              return (await db.query(text)).rows;
            };
            """,
        },
    ],
    good=[
        {
            "src/routes/customers.js": """
            const { findCustomers, sorted } = require("../db/customers");
            app.get("/customers", async (req, res) => {
              res.json([await findCustomers(req.query.name), await sorted(req.query.sort)]);
            });
            """,
            "src/db/customers.js": """
            exports.findCustomers = async (name) => {
              return pool.query("SELECT id FROM customers WHERE name = $1", [name]);
            };
            exports.sorted = async (sort) => {
              const column = COLUMNS.includes(sort) ? sort : "id";
              return pool.query(`SELECT id FROM customers ORDER BY ${column}`);
            };
            """,
        },
    ],
    misses=[
        "A value that passes through two helpers, an index file that exports others' names, or a helper's `if`, whatever it asks.",
    ],
)


@rule.check(JsHanded)
def look(one: JsHanded, repo: Repo) -> Iterator[Hit]:
    for helper in reached(one, repo, frozenset({"query"})):
        hops = (Hop(helper.place, f"`{helper.name}` makes SQL of it"),)
        said = f"What a request brings is pasted into SQL by `{helper.name}`, in another file."
        yield Hit(one.place, said, trace=hops)
