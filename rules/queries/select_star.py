"""A query takes every column of a table.

`SELECT *` returns what the table holds, not what the caller needs: the password hash, the token or the note added
next year travels to whoever reads the answer today, and no review of the query can see it. A view or an
`INSERT ... SELECT *` keeps doing so, or breaks, long after. Columns that are named are columns somebody decided on.
"""

from collections.abc import Iterator

from gate import lazy
from gate.facts.query import Query, Star
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    gathers=True,
    cwes=(213, 200),
    fix="List the columns the caller uses; in a view or an `INSERT ... SELECT`, list them on both sides.",
    bad=[
        'rows = cur.execute("SELECT * FROM invoices WHERE id = %s", (pk,))  # <-',
        'df = pd.read_sql(f"select * from {schema}.invoices", engine)  # <-',
        """
        from sqlalchemy import select, text

        stmt = select(text("*")).select_from(Invoice)  # <-
        """,
        'Invoice.objects.raw("SELECT * FROM billing_invoice WHERE id = %s", [pk])  # <-',
        """
        Q = ("SELECT * "  # <-
             "FROM invoices "
             "WHERE tenant_id = $1")
        await conn.fetch(Q, tenant)
        """,
        '''
        def invoices(conn):
            return conn.execute("""
                SELECT *  # <-
                FROM invoices
                WHERE paid
            """)
        '''.replace("  # <-", "  -- <-"),
        """
        def invoices(conn, columns="*"):
            sql = "SELECT * FROM invoices"  # <-
            if conn.paid:
                sql += " WHERE paid"
            return conn.execute(sql)
        """,
        """
        TABLE = "invoices"

        def invoices(conn):
            return conn.execute("SELECT i.*, c.name FROM {} i JOIN customers c ON c.id = i.customer_id".format(TABLE))  # <-
        """,
        'cur.execute("SELECT {} FROM {}".format("*", "users"))  # <-',
        'cur.execute("SELECT %s FROM users" % ", ".join(["*"]))  # <-',
        'cur.execute(sql.SQL("SELECT {} FROM {}").format(sql.SQL("*"), sql.Identifier("users")))  # <-',
        'cur.execute("SELECT/**/* FROM users")  # <-',
        'cur.execute(f"SELECT {columns or \'*\'} FROM users")  # <-',
        """
        def invoices(cur, paid):
            sql = "SELECT * "  # <-
            sql += "FROM invoices"
            if paid:
                sql += " WHERE paid"
            cur.execute(sql)
        """,
        'client.table("orders").select("*, items(*)").eq("user_id", user).execute()  # <-',
        {"store/orders.go": """
            package store

            const listOrders = `
            SELECT o.*, u.email // <-
            FROM orders o JOIN users u ON u.id = o.user_id`

            func one(db *sqlx.DB, id int) error {
                q := "SELECT * " + // <-
                    "FROM orders WHERE id = $1"
                return db.Get(&order, q, id)
            }
        """.replace(" // <-\n            FROM", " -- <-\n            FROM")},
        {"src/Orders.kt": """
            interface Orders {
                @Query("SELECT * FROM orders WHERE id = :id") // <-
                fun one(id: Long): Order
            }
        """},
        {"app.ts": """
            const one = await pool.query("SELECT * FROM users WHERE id = $1", [id]); // <-
            const all = await prisma.$queryRaw`SELECT u.*, o.name FROM users u JOIN orgs o ON o.id = u.org`; // <-
            const sql = "SELECT * " + // <-
              "FROM users WHERE id = ?";
            const { data } = await supabase.from("orders").select("*").eq("user_id", id); // <-
            const rows = await knex("users").where({ id }).select("*"); // <-
        """},
        {"q.sql": """
            SELECT * FROM users; -- <-
            SELECT u.*, o.id FROM users u JOIN orders o ON o.user_id = u.id WHERE u.tenant_id = 1; -- <-
            SELECT id, * FROM orders WHERE tenant_id = 1; -- <-
            WITH recent AS (SELECT * FROM orders WHERE tenant_id = 1) SELECT * FROM recent; -- <-
            SELECT * FROM (SELECT * FROM orders WHERE tenant_id = 1) AS o; -- <-
            SELECT id FROM users UNION ALL SELECT * FROM users_archive; -- <-
            INSERT INTO orders_archive SELECT * FROM orders WHERE tenant_id = 1; -- <-
            CREATE VIEW active_users AS SELECT * FROM users WHERE active; -- <-
            CREATE TABLE users_copy AS SELECT * FROM users; -- <-
            SELECT json_agg(x) FROM (SELECT * FROM users WHERE tenant_id = 1) x; -- <-
            SELECT DISTINCT ON (user_id) * FROM orders WHERE tenant_id = 1; -- <-
            WITH c AS (SELECT id FROM users) SELECT c.*, o.* FROM c JOIN orders o ON o.user_id = c.id; -- <-
            TABLE users; -- <-
            WITH users AS (SELECT id FROM users) SELECT * FROM orders AS users; -- <-
            EXPLAIN ANALYZE SELECT * FROM users; -- <-
            DELETE FROM orders WHERE id = 1 RETURNING *; -- <-
            CREATE FUNCTION latest() RETURNS SETOF orders LANGUAGE sql AS $$
                SELECT * FROM orders -- <-
            $$;
        """},
    ],
    good=[
        'cur.execute(f"SELECT * FROM ({query}) AS found WHERE found.name ILIKE %s LIMIT {limit}", [name])',
        """
        import duckdb
        from pandas import DataFrame
        def export(connection, df: DataFrame, table):
            connection.execute(f"INSERT INTO {table} SELECT * FROM df")
        """,
        'label = _("Select * to choose every row from the table")',
        """
        from sqlalchemy import select

        stmt = select(Invoice).where(Invoice.tenant_id == tenant.id)
        """,
        'qs = Invoice.objects.filter(tenant=tenant).values("id", "total")',
        'help_text = "Select all columns from the list below"',
        {"store.js": """
            const rows = db.with("ranked", (q) => q.select("id", "rank").from("features")).select("*").from("ranked");
            const part = knex("features").select("*").where({ environment }).as("f");
        """},
        'pattern = "orders/*"',
        'sql = "SELECT count(*) FROM invoices WHERE tenant_id = %s"',
        '''
        def f():
            """SELECT * FROM invoices is what this avoids."""
        ''',
        {"app.ts": """
            const n = await pool.query("SELECT COUNT(*) FROM users"); // not SELECT * FROM users
            const one = await prisma.$queryRaw<User[]>`SELECT id, email FROM users WHERE id = ${id}`;
            const rows = await knex("users").where({ id }).select("id", "email");
            console.log("SELECT * FROM users");
        """},
        {"q.sql": """
            SELECT id, email FROM users WHERE tenant_id = 1;
            SELECT COUNT(*) FROM users WHERE tenant_id = 1;
            SELECT id FROM users u WHERE EXISTS (SELECT * FROM orders o WHERE o.user_id = u.id);
            WITH recent AS (SELECT id, total FROM orders WHERE tenant_id = 1) SELECT * FROM recent;
            WITH src AS (SELECT * FROM orders), picked AS (SELECT id, total FROM src) SELECT * FROM picked;
            SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(id, label);
            SELECT * FROM generate_series(1, 10) AS n;
            SELECT * FROM json_to_recordset('[]') AS x(id int, name text);
            SELECT price * quantity AS total FROM items WHERE tenant_id = 1;
            WITH RECURSIVE t(id, depth) AS (SELECT id, 0 FROM projects WHERE tenant_id = 1
                UNION ALL SELECT p.id, t.depth + 1 FROM projects p JOIN t ON p.parent_id = t.id) SELECT * FROM t;
            SELECT s.* FROM (SELECT id, total FROM orders WHERE tenant_id = 1) AS s;
            SELECT * FROM information_schema.tables;
            WITH a AS (WITH b AS (SELECT id FROM users) SELECT * FROM b) SELECT * FROM a;
            SELECT MAX(x.total) AS m FROM (SELECT * FROM orders WHERE tenant_id = 1) x;
            -- SELECT * FROM users;
            SELECT 'SELECT * FROM users' AS example;
            CREATE TEMP TABLE picked AS SELECT id FROM orders;
            SELECT * FROM picked;
        """},
    ],
    misses=[
        "Tables named for the moment (`tmp_import`), and what a migration reads, only warn.",
        "A list of columns that is built at run time and happens to be `*`.",
        "Stars in SQL held by other languages than Python, JavaScript, TypeScript, Go, Java and Kotlin.",
        'Query builders that read every column when none is named, such as `knex("users")` and `.select()`.',
    ],
)  # fmt: skip

_SCRATCH = lazy.regex(r"(?i)(?:\w+_)?te?mp(?:_|$)|(?:alembic|schema)_(?:version|migrations?)$|django_migrations$")
"""A table for the moment, whose columns the program chose itself, or one that numbers what migrations did."""
_NOTED = frozenset({"test", "seed", "dev"})


@rule.check(Query)
def escapes(query: Query, repo: Repo) -> Iterator[Hit]:
    star = query.star
    if query.cut and query.role not in _NOTED:
        said = f"the SQL on line {query.place.line} is too long or too deep to parse, so it was read by its words"
        repo.problems.setdefault(query.place.path, said)
    if star is None or query.role == "down":
        return
    named = [f"`{table}`" for table in star.tables if table]
    tables = ", ".join(named) or "a table"
    yield Hit(star.place, _message(star, tables), detail=tables, severity=_severity(query, star))


def _severity(query: Query, star: Star) -> Severity:
    """What a test reads stays there; a migration reads once, but its views stay; a tool for any table knows no columns."""
    if query.role in _NOTED:
        return Severity.LOW
    unnamed = all(not table or "…" in table or _SCRATCH.match(table) for table in star.tables)
    if star.returning or star.trimmed or not query.parsed or query.role == "admin" or unnamed:
        return Severity.MEDIUM
    if query.role == "migration" and not _is_view(query):
        return Severity.MEDIUM
    return Severity.HIGH


def _is_view(query: Query) -> bool:
    return query.verb == "create" and " view " in query.shape.partition(" as ")[0]


def _message(star: Star, tables: str) -> str:
    if star.returning:
        return f"This write returns every column of {tables}, those added later too; name the ones the caller reads."
    if star.trimmed:
        return f"This takes every column of {tables} but a few, so a column added later is taken too; name the ones needed."
    if star.kept:
        return f"Every column of {tables} is copied or published, and so is each one added later; name the columns on both sides."
    return f"Every column of {tables} is read, secret ones and those added later too; name the columns the caller uses."
