"""An UPDATE or DELETE reaches the whole table.

Without a WHERE, or with one that holds for every row, a write changes or destroys the rows of every customer at once,
and no error says so. It is one lost line of a query builder away, and the backup is the only way back.
"""

import re
from collections.abc import Iterator

from gate import lazy
from gate.facts.around import around
from gate.facts.query import Query
from gate.facts.sqlwrites import Write
from gate.facts.table import Table
from gate.facts.wording import words
from gate.rule import Hit, Repo, Rule, Severity, Source

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(1284, 284),
    fix="Say which rows: the key and, where there is one, the tenant. "
    "Do a true purge in a reviewed migration or a maintenance command.",
    bad=[
        "Order.objects.all().delete()  # <-",
        'Order.objects.update(status="void")  # <-',
        """
        from sqlalchemy import delete

        async def purge(session):
            await session.execute(delete(Order))  # <-
        """,
        "session.query(Order).delete(synchronize_session=False)  # <-",
        'db.execute("DELETE FROM orders")  # <-',
        """
        import sqlalchemy as sa

        stmt = sa.update(Order).values(status="void")  # <-
        session.execute(stmt)
        """,
        "Order.delete().execute()  # <-",
        """
        def purge():
            orders = Order.objects.order_by("id")
            orders.delete()  # <-
        """,
        """
        def purge(cur, table="orders"):
            name = "orders"
            cur.execute(f"DELETE FROM {name} WHERE 1 = 1")  # <-
        """,
        "Order.query.delete()  # <-",
        "Order.objects.filter().delete()  # <-",
        "Order.objects.filter(pk__gt=0).update(paid=True)  # <-",
        "Order.objects.exclude(pk=None).delete()  # <-",
        'db.execute("DELETE FROM %s" % "orders")  # <-',
        """
        from sqlalchemy import Table, delete, text, true, update

        orders = Table("orders", metadata)
        conn.execute(orders.delete())  # <-
        conn.execute(update(orders).values(paid=True))  # <-
        conn.execute(delete(Order).where(true()))  # <-
        conn.execute(Order.__table__.update().values(paid=True))  # <-
        """,
        """
        PURGE_ALL = "DELETE FROM orders"  # <-

        def reset(cur):
            sql = "UPDATE orders SET paid = false"  # <-
            sql += ", total = 0"
            cur.execute(sql)
            cur.executescript("BEGIN; DELETE FROM items; COMMIT")  # <-
            cur.execute("DELETE FROM items WHERE %s IS NULL OR order_id = %s", (key, key))  # <-
        """,
        """
        client.table("orders").delete().neq("id", 0).execute()  # <-
        client.table("orders").update({"paid": True}).execute()  # <-
        """,
        {"app.ts": """
            import { db } from "./drizzle";
            await pool.query("UPDATE users SET plan = $1", [plan]); // <-
            await prisma.session.deleteMany(); // <-
            await this.prisma.session.updateMany({ data: { active: false } }); // <-
            await db.update(users).set({ active: false }); // <-
            await knex("sessions").del(); // <-
            await dataSource.createQueryBuilder().delete().from(User).execute(); // <-
            await userRepository.update({}, { active: false }); // <-
            await User.destroy({ where: {} }); // <-
            await supabase.from("orders").delete(); // <-
        """},
        {"store/orders.go": """
            package store

            func (s *Store) Clear(ctx context.Context, plan string) error {
                _, err := s.db.ExecContext(ctx, `DELETE FROM orders`) // <-
                q := fmt.Sprintf("UPDATE users SET plan = '%s'", plan) // <-
                _, err = s.db.Exec(q)
                return err
            }
        """},
        {"src/Orders.java": """
            class Orders {
              private static final String CLEAR = "DELETE " + "FROM orders"; // <-
              @Modifying @Query(value = "UPDATE users SET active = false", nativeQuery = true) void stop(); // <-
              void clear() throws SQLException {
                connection.prepareStatement(CLEAR).executeUpdate();
                jdbcTemplate.update("DELETE FROM sessions"); // <-
              }
            }
        """},
        {"src/Orders.kt": """
            fun clear(db: SQLiteDatabase) {
                val sql = "DELETE FROM orders".trimIndent() // <-
                db.execSQL(sql)
            }
        """},
        {"q.sql": """
            DELETE FROM orders; -- <-
            DELETE FROM orders RETURNING id; -- <-
            UPDATE users SET active = FALSE; -- <-
            UPDATE orders SET total = total * 1.1, updated_at = NOW(); -- <-
            UPDATE orders AS o SET total = i.total FROM invoices AS i; -- <-
            DELETE FROM orders USING users; -- <-
            WITH gone AS (DELETE FROM items RETURNING id) SELECT id FROM gone; -- <-
            UPDATE users u LEFT JOIN orders o ON o.user_id = u.id SET u.flag = 1; -- <-
            DELETE FROM ONLY orders; -- <-
            DELETE FROM app.sessions; -- <-
            EXPLAIN ANALYZE DELETE FROM orders; -- <-
            DELETE FROM orders WHERE 1 = 1; -- <-
            DELETE FROM orders WHERE TRUE; -- <-
            UPDATE users SET active = FALSE WHERE id = id; -- <-
            UPDATE users SET active = FALSE WHERE 'a' = 'a'; -- <-
            DELETE FROM orders WHERE NOT FALSE; -- <-
            DELETE FROM orders WHERE name LIKE '%'; -- <-
            DELETE FROM orders WHERE id > 0; -- <-
            DELETE FROM orders WHERE id IS NOT NULL; -- <-
            UPDATE users SET active = FALSE WHERE COALESCE($1, id) = id; -- <-
            DELETE FROM orders /* WHERE id = 1 */; -- <-
            DELETE/**/FROM orders; -- <-
            DELETE FROM orders WHERE id IN (SELECT id FROM orders); -- <-
            DELETE FROM orders WHERE EXISTS (SELECT 1); -- <-
            CREATE FUNCTION purge() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
                DELETE FROM orders; -- <-
            END $$;
        """},
    ],
    good=[
        'Order.objects.filter(tenant=request.tenant, status="draft").delete()',
        """
        from app.models import db, Order
        def delete(self, project, order_id):
            order = Order.query.delete(project, order_id)
            db.session.commit()
        """,
        """
        def purge(cur, ids):
            sql = "DELETE FROM orders"
            if ids:
                sql += " WHERE id = ANY(%s)"
            cur.execute(sql, (ids,))
        """,
        """
        from sqlalchemy import delete

        stmt = delete(Order)
        stmt = stmt.where(Order.tenant_id == tenant_id)
        session.execute(stmt)
        """,
        "order.items.all().delete()",
        'settings.update(theme="dark")',
        'message = "Delete from cart"',
        """
        def downgrade():
            op.execute("DELETE FROM feature_flags")
        """,
        'query = f"UPDATE {table} SET {assignments} {where}"',
        """
        def purge(cur, table):
            cur.execute(f"DELETE FROM {table}")
        """,
        "Order.objects.none().delete()",
        """
        from sqlalchemy import update

        async def save(session, rows):
            await session.execute(update(Order), rows)
        """,
        """
        def empty(engine, tables, name):
            table = tables[name]
            engine.execute(table.delete())
        """,
        """
        def purge(cur, order):
            sql = "DELETE FROM items"
            sql += " WHERE order_id = %s"
            cur.execute(sql, (order,))
        """,
        'migrations.RunSQL("SELECT 1", reverse_sql="DELETE FROM orders")',
        'client.table("orders").delete().eq("id", key).execute()',
        {"store/orders.go": """
            package store

            const base = "DELETE FROM orders"

            func (s *Store) Clear(ctx context.Context, id int) error {
                q := "UPDATE users SET active = FALSE"
                if id > 0 {
                    q += " WHERE id = $1"
                }
                _, err := s.db.Exec(q, id)
                _, err = s.db.Exec(base+" WHERE id = $1", id)
                log.Printf("DELETE FROM orders took %s", took)
                return fmt.Errorf("delete from cart: %w", err)
            }
        """},
        {"src/Orders.java": """
            class Orders {
              private static final String CLEAR = "DELETE FROM orders";
              void clear(Long id) {
                StringBuilder sql = new StringBuilder("UPDATE users SET active = FALSE");
                sql.append(" WHERE id = ?");
                jdbc.update(sql.toString(), id);
                jdbc.update(CLEAR + " WHERE id = ?", id);
                jdbc.update("DELETE FROM sessions WHERE id = ?", id);
              }
            }
        """},
        {"app.ts": """
            let sql = "DELETE FROM sessions";
            if (id) sql += " WHERE id = $1";
            await pool.query(`DELETE FROM ${table}`);
            await prisma.session.deleteMany({ where: { userId } });
            await db.update(users).set({ active: false }).where(eq(users.id, id));
            await knex("users").where({ id }).update({ active: false });
            await User.destroy({ where: { id } });
            this.reportedOrders.clear();
            await supabase.from("orders").delete().eq("id", id);
            await collection.deleteMany({});
            map.delete(key); db.delete(key); await client.delete("/users"); hash.update("x"); await user.destroy();
        """},
        "Order.objects.filter(pk__gt=1000).delete()",
        "Order.objects.for_tenant(tenant).delete()",
        {"tests/test_orders.py": 'db.execute("DELETE FROM orders")'},
        {"q.sql": """
            DELETE FROM orders WHERE id = 1 AND tenant_id = 2;
            UPDATE users SET active = FALSE WHERE id = 7 AND tenant_id = 2;
            DELETE FROM items USING orders WHERE items.order_id = orders.id AND orders.tenant_id = 1;
            UPDATE orders SET total = i.total FROM invoices i WHERE i.order_id = orders.id AND i.tenant_id = 1;
            INSERT INTO products (sku, price) VALUES ('a', 1) ON CONFLICT (sku) DO UPDATE SET price = EXCLUDED.price;
            DELETE FROM tmp_import;
            UPDATE orders o JOIN users u ON u.id = o.user_id SET o.flag = 1 WHERE u.tenant_id = 3;
            DELETE FROM orders WHERE {{ condition }};
            UPDATE {{ table }} SET a = 1;
            WITH old AS (SELECT id FROM orders WHERE tenant_id = 1)
                DELETE FROM items WHERE order_id IN (SELECT id FROM old);
            DELETE FROM orders WHERE 1 = 1 AND id = 7;
            DELETE FROM orders WHERE id > 100;
            DELETE FROM orders WHERE id IN (SELECT id FROM orders ORDER BY placed_at DESC OFFSET 500);
            DELETE FROM orders WHERE id NOT IN (SELECT max(id) FROM orders GROUP BY user_id);
            DELETE FROM orders WHERE name LIKE 'tmp%';
            UPDATE users SET active = FALSE WHERE deleted_at IS NOT NULL;
            DELETE FROM schema_version;
            CREATE TABLE position (lock char(1) DEFAULT 'x' UNIQUE, at int, CHECK (lock = 'x'));
            UPDATE position SET at = 5;
        """},
    ],
    misses=[
        "In Go, Java and Kotlin: a text that is built up piece by piece, a constant of another file, and builders of queries.",
        "A statement that is returned to a caller in another function, or put together over several of them.",
        "A table whose name is only known at run time.",
        "A loop that deletes row by row what an unbounded query found, and writes of stores that know no SQL.",
        "What a function named for reaching all does, such as `clear_cache`, `deactivate_all`, `deprovision` or `update_schema`, only asks for a look.",
        'What is announced right before, as by `log.info("Deleting all guests")`, only asks for a look.',
        "A flag that is taken from all rows and then given to one, `UPDATE places SET active = 0`, only asks for a look.",
        "What a function empties and then fills anew only asks for a look, though the new rows may be fewer.",
        "An update of all rows of a table of settings or a counter, `site_settings`, only asks for a look: most have one.",
    ],
)  # fmt: skip

_SCRATCH = lazy.regex(
    r"(?i)#.*|_?te?mp(_.*|$)|(staging|stg|scratch)_.*|.*_(te?mp|staging|stg)|(alembic|schema|db)_(version|migration|info)s?"
)
_EMPTIES = frozenset({"truncate", "flush", "clear", "reset", "drain", "invalidate", "rebuild"})
_ENDS = frozenset({"deprovision", "decommission", "uninstall", "teardown"})
_MIGRATES = frozenset({"migration", "migrate", "schema", "backfill", "defaults"})
_STORES = frozenset({"db", "database", "cache", "storage", "store", "tables"})
_ALL = frozenset({"all", "every", "everything", "everyone", "everybody"})
_SETTINGS = frozenset({
    "settings", "setting", "config", "configuration", "preferences", "counter", "sequence", "seq", "lock", "meta",
    "metadata", "version",
})  # fmt: skip
_FEW = 20
"""So many statements of a function, or lines, are looked for around the write."""
_NEAR, _LONG = 2_000, 50_000
"""So many characters around the write, for a bundle has its functions on one line; lines that are searched for it."""
_UNSETS = lazy.regex(r"(?i)\bset\s+[\"`\[]?(\w+)[\"`\]]?\s*=\s*(?:0|false|null)\s*;?\s*[\"'`]")
_ANNOUNCES = lazy.regex(
    r"(?i)^[^#]*\(f?[\"'][^\"']*\b(?:delet|remov|clear|purg|wip|truncat|reset|empt)\w*\s+(?:all|every)\b([^.]*)"
)
_OF_SOME = lazy.regex(
    r"(?i)\b(?:of|for|from|by|in|with|belong\w*|whose|where|old\w*|expired|that|this|their|his|its)\b"
)
_DERIVED = frozenset({"rollup", "rollups", "cache", "caches", "cached"})
_OWNERS = frozenset({"user", "users", "account", "tenant", "org", "organization", "member", "team", "customer"})
_LEFT_ALONE = frozenset({"down", "test", "seed"})
_LESSER = frozenset({"migration", "dev", "analytics", "admin"})


@rule.check(Query)
def reaches_all(query: Query, repo: Repo) -> Iterator[Hit]:
    if query.role in _LEFT_ALONE or not query.complete:
        return
    for write in query.writes:
        if write.limits != "where" and not _is_scratch(write, repo):
            yield Hit(query.place, _message(write), detail=write.table, severity=_severity(query, write, repo))


def _is_scratch(write: Write, repo: Repo) -> bool:
    """A table nobody names, one for the moment, or one with a single row."""
    if not write.table or _SCRATCH.fullmatch(write.table):
        return True
    return any(table.single for table in repo[Table] if table.name == write.table)


def _holds_one(write: Write) -> bool:
    """Whether a table is, by its name, one of settings or a counter, which mostly has one row: `directus_settings`."""
    said = words(write.table)
    return write.verb == "update" and bool(said) and said[-1] in _SETTINGS and _OWNERS.isdisjoint(said)


def _is_derived(write: Write) -> bool:
    """Whether a table, by its name, holds only what is worked out from others and can be worked out again."""
    said = words(write.table)
    return write.verb == "delete" and not _DERIVED.isdisjoint(said) and _OWNERS.isdisjoint(said)


def _is_rebuilt(query: Query, write: Write, repo: Repo) -> bool:
    """Whether the function fills the table anew once it is empty, as with a sum of other rows, or marks one row where no other is."""
    source = repo.source(query.place.path)
    if source is not None and source.language in {"javascript", "typescript"} and _is_refilled(source, query, write):
        return True
    node = around(repo, query.place).node if source is not None and source.language == "python" else None
    if source is None or (node is None and not query.scope):
        return False
    last = (node.end_lineno or node.lineno) if node is not None else len(source.lines)
    after = "\n".join(source.lines[query.place.end_line : last]) if node is not None else ""
    if write.verb != "delete":
        return _marks_one(source.snippet(query.place), write, after)
    created = re.search(rf"(?i)\b{re.escape(write.table)}\.\w+\.a?(?:bulk_)?create\(", after) or _is_added(write, after)
    if _is_put_back(write, after, "\n".join(source.lines[node.lineno - 1 : last]) if node is not None else ""):
        return True
    filled = re.compile(rf"(?i)\binto\s+\W?{re.escape(write.table)}\b")
    others = (one for one in repo.of(Query, query.place.path) if query.place.end_line < one.place.line <= last)
    return bool(created) or any(
        filled.search(one.shape) for one in others if node is not None or one.scope == query.scope
    )


def _is_refilled(source: Source, query: Query, write: Write) -> bool:
    """`const put = db.prepare("INSERT INTO keys ...")` above it, and `put.run(...)` below: what is deleted is put anew."""
    first, last = query.place.line - 1, query.place.end_line
    above = "\n".join(source.lines[max(0, first - _FEW) : last])
    deletes = rf"(?i)\bdelete\s+from\s+\W?{re.escape(write.table)}\b"
    said = list(re.finditer(deletes, above))[-1:] if len(above) < _LONG else []
    before = above[: said[0].start()] if said else ""
    after = "\n".join((above[len(before) :], *source.lines[last : last + _FEW]))[:_NEAR]
    made = rf"(?i)\b(\w+)\s*=\s*[\w.]{{1,60}}\.prepare\(\s*[`\"']\s*(?:insert|replace)\b[^`\"']*?\binto\s+\W?{re.escape(write.table)}\b"
    return any(re.search(rf"\b{name}\.run\(", after) for name in re.findall(made, before[-_NEAR:])[-1:])


def _is_added(write: Write, after: str) -> bool:
    """`role = Role(name=name)`, then `session.add(role)`: new rows by an object mapper."""
    made = re.search(rf"(?:\b(\w+)\s*=\s*|\.add\(\s*){re.escape(write.table)}\(", after)
    return made is not None and (not made[1] or re.search(rf"\.add\(\s*{made[1]}\b", after[made.end() :]) is not None)


def _is_put_back(write: Write, after: str, whole: str) -> bool:
    """`frame.to_sql("results", ...)` behind it, or `executemany(insert, rows)` of a text that was put together before."""
    table = re.escape(write.table)
    if re.search(rf"\.to_sql\(\s*[\"']{table}[\"']", after):
        return True
    texts = re.findall(rf"(?i)\b(\w+)\s*=\s*\(?\s*f?[\"']+\s*(?:insert|replace)\b[^\"']*?\binto\s+\W?{table}\b", whole)
    return any(re.search(rf"\bexecute(?:many)?\(\s*{name}\b", after) for name in texts[:_FEW])


def _marks_one(text: str, write: Write, after: str) -> bool:
    """`UPDATE places SET active = 0`, and `SET active = 1 WHERE id = ?` behind it: there is one such row at most."""
    unset = _UNSETS.search(text)
    if unset is None:
        return False
    again = rf"(?is)\b(?:update|into)\s+\W?{re.escape(write.table)}\b.*?\b{re.escape(unset[1])}\b"
    return re.search(again, after) is not None


def _severity(query: Query, write: Write, repo: Repo) -> Severity:
    narrowed = write.limits in {"join", "limit"}
    lesser = (
        narrowed
        or query.role in _LESSER
        or not query.parsed
        or _is_meant(query.scope, write.table)
        or _holds_one(write)
        or _is_derived(write)
        or _is_rebuilt(query, write, repo)
        or _is_announced(query, repo)
    )
    return Severity.MEDIUM if lesser else Severity.CRITICAL


def _is_meant(scope: str, table: str) -> bool:
    """Whether a function is named for reaching all of the table: `flush`, `clear_cache`, `deactivate_all`."""
    return any(_says_all(words(name), table) for name in scope.split("."))


def _is_announced(query: Query, repo: Repo) -> bool:
    """Whether one of three lines above tells whoever runs it that all are meant: `log.info("Deleting all guests")`.

    A comment tells nobody, and costs whoever wants past the gate nothing.
    """
    source = repo.source(query.place.path)
    before = source.lines[max(0, query.place.line - 4) : query.place.line - 1] if source is not None else ()
    said = (_ANNOUNCES.search(line) for line in before)
    return any(found and not _OF_SOME.search(found[1]) for found in said)


def _says_all(name: tuple[str, ...], table: str) -> bool:
    if not (_ALL | _MIGRATES).isdisjoint(name) or _ENDS.issuperset(name[:1]):
        return bool(name)
    other = "cache" in name and "cache" not in table.lower()
    return bool(name) and name[0] in _EMPTIES and _STORES.issuperset(name[1:]) and not other


def _message(write: Write) -> str:
    does = "deletes" if write.verb == "delete" else "changes"
    why = {
        "true": "its condition holds for every row",
        "join": "only a join narrows it",
        "limit": "it says how many rows, not which",
    }.get(write.limits, "it names no rows")
    reach = "rows" if write.limits in {"join", "limit"} else "every row"
    return f"This {does} {reach} of `{write.table}`, of all customers, for {why}; say which rows are meant."
