"""A request is answered with every row of a table.

The query is fast on the day it is written. The table grows, and one request reads all of it into memory and sends it
out: the service slows down for everybody, and whoever may ask once has a copy of the table.
"""

import ast
from collections.abc import Iterator

from gate import lazy
from gate.facts.around import around
from gate.facts.query import Query
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(1284, 770, 400),
    fix="Page by a key (`WHERE id > %s ORDER BY id LIMIT 100`), and cap on the server what a page may hold.",
    bad=[
        """
        @app.get("/users")
        def users():
            cur.execute("SELECT id, email FROM users")  # <-
            return jsonify(cur.fetchall())
        @app.get("/orders")
        async def orders(conn=Depends(connection)):
            return await conn.fetch("SELECT id, total FROM orders ORDER BY created_at DESC")  # <-
        @app.get("/both")
        def both():
            return list(db.execute("SELECT o.id, u.email FROM orders o CROSS JOIN users u").all())  # <-
        @app.get("/found")
        def found():
            return db.execute("SELECT id FROM users WHERE email LIKE '%'").fetchall()  # <-
        def listed(request):
            cursor.execute("SELECT id FROM orders LIMIT ALL")  # <-
            return JsonResponse({"rows": cursor.fetchall()})
        """,
    ],
    good=[
        """
        @app.get("/users")
        def users(after: int = 0):
            cur.execute("SELECT id, email FROM users WHERE id > %s ORDER BY id LIMIT 50", (after,))
            return jsonify(cur.fetchall())
        @app.get("/numbers")
        def numbers():
            cur.execute("SELECT count(*), max(id) FROM orders")
            cur.execute("SELECT status, count(*) FROM orders GROUP BY status")
            cur.execute("SELECT code, name FROM countries")
            cur.execute("SELECT id FROM orders ORDER BY id FETCH FIRST 20 ROWS ONLY")
            cur.execute("WITH mine AS (SELECT id FROM orders WHERE user_id = %s) SELECT id FROM mine", (key,))
            return jsonify(cur.fetchall())
        @app.get("/first")
        def first():
            return jsonify(cur.execute("SELECT id FROM orders ORDER BY id").fetchone())
        def rebuild(cur):
            cur.execute("SELECT id FROM orders")
            return cur.fetchall()
        @app.get("/pages")
        def pages(limit: int):
            query = "SELECT id FROM orders"
            query += " LIMIT 10"
            return list(db.execute(query))
        """,
    ],
    misses=[
        "Query sets and builders: what they return may be cut to a page elsewhere.",
        "A query in a function that a route calls, other languages than Python, and a limit that the caller chooses.",
    ],
)  # fmt: skip

_SMALL = lazy.regex(
    r"countr(?:y|ies)|currenc|language|locale|time_?zone|setting|config|role|permission|(?:^|_)(?:types?|status(?:es)?|kinds?)$|"
    r"categor|tags?$|plans?$|regions?$|states?$|units?$|flags?$|feature|version|migration|schema|choice|option|^pg_|^sqlite_|lookup|levels?$"
)
"""Names of tables that a team fills itself, and keeps small."""
_PARTLY = lazy.regex(
    r"fetchone|fetchval|fetchrow|fetchmany|fetch_one|scalar|\.first\(|\.one(?:_or_none)?\(|yield_per|stream|iterate|paginat|islice"
    r"|server_side|chunk"
)


@rule.check(Query)
def reads_all(query: Query, repo: Repo) -> Iterator[Hit]:
    if not query.wide or not query.complete or query.role != "app" or _SMALL.search(query.wide):
        return
    near = around(repo, query.place)
    if near.answers_request and near.node is not None and not _PARTLY.search(ast.unparse(near.node)):
        yield Hit(query.place, f"This answers a request with every row of `{query.wide}`, however many there come to be; "
                  "read a page at a time.", detail=query.wide)  # fmt: skip
