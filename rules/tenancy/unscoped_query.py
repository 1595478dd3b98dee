"""A query of a tenant's table does not say whose rows it means.

Where one table holds the rows of all customers, each query must name the customer. One that finds a row by its id
alone hands any customer's row to whoever guesses or enumerates the id: the most common way data crosses accounts.
"""

import re
from collections.abc import Iterator

from gate.facts.around import Around, around
from gate.facts.table import Table
from gate.facts.tenancy import Convention, Owned, Tenancy, Use, convention, scoping, tenancy
from gate.rule import Hit, Repo, Rule, Severity

_SCHEMA = """
    CREATE TABLE tenants (id int PRIMARY KEY, name text);
    CREATE TABLE users (id int PRIMARY KEY, tenant_id int NOT NULL, org_id int, email text);
    CREATE TABLE orders (id int PRIMARY KEY, tenant_id int NOT NULL, org_id int, user_id int, status text, total int);
    CREATE TABLE items (id int PRIMARY KEY, tenant_id int NOT NULL, org_id int, order_id int, sku text);
    CREATE TABLE invoices (id int PRIMARY KEY, tenant_id int NOT NULL, org_id int);
    CREATE TABLE projects (id int PRIMARY KEY, tenant_id int NOT NULL, org_id int, name text);
    CREATE TABLE memberships (user_id int, org_id int);
    CREATE TABLE products (id int PRIMARY KEY, sku text);
    CREATE TABLE countries (code text);
"""
_MODELS = """
    from django.db import models

    class Tenant(models.Model):
        name = models.TextField()

    class Owned(models.Model):
        tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)

        class Meta:
            abstract = True

    class Order(Owned):
        status = models.TextField()

        class Meta:
            db_table = "orders"

    class Invoice(Owned):
        paid = models.BooleanField()

        class Meta:
            db_table = "invoices"

    class Project(models.Model):
        tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
"""

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(639, 566, 1220),
    fix="Add the tenant's column to the condition, bound to the tenant of the signed-in user; "
    "better, reach the table through one function that does, or let row-level security do it.",
    bad=[
        {"schema.sql": _SCHEMA, "q.sql": """
            SELECT id FROM orders WHERE id = $1; -- <-
            SELECT id, total FROM orders WHERE status = 'open' LIMIT 50; -- <-
            SELECT o.id FROM orders o JOIN items i ON i.order_id = o.id WHERE i.sku = $1; -- <-
            SELECT o.id FROM orders o LEFT JOIN users u ON u.id = o.user_id AND u.tenant_id = $1; -- <-
            WITH o AS (SELECT id FROM orders) SELECT id FROM o; -- <-
            SELECT id FROM orders WHERE tenant_id = $1 UNION ALL SELECT id FROM invoices; -- <-
            UPDATE orders SET paid = TRUE WHERE id = $1; -- <-
            DELETE FROM orders WHERE id IN (SELECT order_id FROM items WHERE sku = $1); -- <-
            SELECT id FROM orders WHERE tenant_id <> $1; -- <-
            SELECT id FROM orders WHERE tenant_id IS NOT NULL; -- <-
            SELECT o.id FROM orders o, users u WHERE u.tenant_id = $1; -- <-
            SELECT (SELECT MAX(total) FROM orders) FROM products; -- <-
            INSERT INTO reports (id) SELECT id FROM orders WHERE status = 'open'; -- <-
            SELECT id FROM projects WHERE name LIKE '%' || $1 || '%'; -- <-
        """},
        {"schema.sql": _SCHEMA, "app.py": """
            def order(cur, pk):
                cur.execute("SELECT total FROM orders WHERE id = %s", (pk,))  # <-
                return cur.fetchone()

            async def paid(conn, pk):
                sql = (
                    "UPDATE orders "  # <-
                    "SET status = 'paid' "
                    "WHERE id = $1"
                )
                await conn.execute(sql, pk)
        """},
        {"shop/models.py": _MODELS, "shop/views.py": """
            def order(request, pk):
                return render(request, "order.html", {"order": Order.objects.get(pk=pk)})  # <-

            def invoice(request, pk):
                return get_object_or_404(Invoice, pk=pk)  # <-

            def drop(request, pk):
                Project.objects.filter(pk=pk).delete()  # <-
        """},
        {"models.py": """
            class Owned:
                org_id: Mapped[int] = mapped_column(ForeignKey("orgs.id"))

            class Order(Owned, Base):
                __tablename__ = "orders"
                id: Mapped[int] = mapped_column(primary_key=True)

            class Invoice(Owned, Base):
                __tablename__ = "invoices"
                id: Mapped[int] = mapped_column(primary_key=True)

            class Team(Owned, Base):
                __tablename__ = "teams"
                id: Mapped[int] = mapped_column(primary_key=True)
        """, "app.py": """
            from sqlalchemy import select

            async def order(session, pk):
                return await session.scalar(select(Order).where(Order.id == pk))  # <-

            def invoices(session, status):
                return session.query(Invoice).filter_by(status=status).all()  # <-
        """},
        {"db.sql": "CREATE TABLE tenants (id int); CREATE TABLE notes (id int, tenant_id int, body text);", "app.py": """
            def mine(cur, tenant):
                cur.execute("SELECT id, body FROM notes WHERE tenant_id = %s", (tenant,))

            def note(cur, key):
                cur.execute("SELECT body FROM notes WHERE id = %s", (key,))  # <-
        """},
        {"models.py": """
            class Tenant(Base):
                __tablename__ = "tenants"
                id: Mapped[int] = mapped_column(primary_key=True)

            class Note(Base):
                __tablename__ = "notes"
                id: Mapped[int] = mapped_column(primary_key=True)
                tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
        """, "app.py": """
            from app.models import Note

            async def note(session, key):
                return await session.get(Note, key)  # <-
        """},
    ],
    good=[
        {"db.sql": "CREATE TABLE teams (id int); CREATE TABLE players (id int, team_id int);",
         "q.sql": "SELECT team_id FROM players WHERE id = $1;"},
        {"schema.sql": _SCHEMA, "q.sql": """
            SELECT id FROM orders WHERE tenant_id = $1 AND id = $2;
            SELECT o.id FROM orders o JOIN items i ON i.order_id = o.id WHERE o.tenant_id = $1;
            SELECT i.id FROM items i JOIN orders o ON i.order_id = o.id AND o.tenant_id = $1;
            SELECT i.id FROM orders o LEFT JOIN items i ON i.order_id = o.id WHERE o.tenant_id = $1;
            SELECT id FROM orders WHERE tenant_id = current_setting('app.tenant_id')::uuid;
            SELECT id FROM orders WHERE tenant_id = ANY($1);
            SELECT id FROM orders WHERE tenant_id IN ($1,$2);
            SELECT id FROM items WHERE order_id IN (SELECT id FROM orders WHERE tenant_id = $1);
            WITH o AS (SELECT id FROM orders WHERE tenant_id = $1) SELECT i.sku FROM items i JOIN o ON o.id = i.order_id;
            SELECT id FROM orders WHERE tenant_id = $1 AND (a = 1 OR b = 2);
            SELECT id FROM orders o WHERE EXISTS (SELECT 1 FROM memberships m WHERE m.org_id = o.org_id AND m.user_id = $1);
            DELETE FROM items USING orders WHERE items.order_id = orders.id AND orders.tenant_id = $1;
            SELECT id FROM orders WHERE id = $1 AND {{ condition }};
            SELECT id FROM orders WHERE tenant_id = (SELECT org_id FROM sessions WHERE token = $1);
            SELECT id FROM users WHERE email = $1;
            SELECT id FROM products WHERE id = $1;
            SELECT id FROM orders WHERE (tenant_id, id) IN (($1,$2));
            SELECT id FROM orders WHERE user_id = $1;
            SELECT id FROM projects WHERE tenant_id = $1 OR tenant_id IS NULL;
            SELECT name FROM tenants WHERE id = $1;
        """},
        {"schema.sql": _SCHEMA + """
            ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
        """, "q.sql": "SELECT id FROM orders WHERE id = $1;"},
        {"schema.sql": _SCHEMA, "tests/test_q.py": 'cur.execute("SELECT id FROM orders WHERE id = 1")'},
        {"schema.sql": "CREATE TABLE orders (id int, total int);", "q.sql": "SELECT total FROM orders WHERE id = $1;"},
        {"shop/models.py": _MODELS, "shop/views.py": """
            def order(request, pk):
                return Order.objects.get(pk=pk, tenant=request.tenant)

            def invoice(request, pk):
                return get_object_or_404(Invoice, pk=pk, tenant_id=request.tenant.id)

            def project(request, pk):
                return request.tenant.project_set.get(pk=pk)

            def open_orders(request):
                orders = Order.objects.filter(status="open")
                return list(orders.filter(tenant=request.tenant))

            def either(request, pk):
                return Order.objects.filter(Q(tenant=request.tenant) & Q(pk=pk)).first()
        """},
    ],
    misses=[
        "A condition that names the tenant on one side of an OR only.",
        "A query that is put together over several functions.",
        "A filter in a method of a manager that nobody but its author knows.",
    ],
)  # fmt: skip

_ACROSS = re.compile(
    r"(?:^|\.)_*(?:for_(?:each|every)_|cross_|global_)\w*$"
    r"|(?:across|all|each|every|any)_(?:tenant|workspace|org|account|compan|team|customer)\w*$"
)
_SILENT = frozenset({"test", "seed", "migration", "down"})
_NOTED = frozenset({"admin", "dev", "analytics"})


@rule.check(Table, everywhere=True)
def unscoped(table: Table, repo: Repo) -> Iterator[Hit]:
    """Judge all queries of an owned table, once, where the tree first speaks of the table."""
    found = tenancy(repo)
    owned = found.owned.get(table.name)
    if owned is None or table.place != _first(table, repo):
        return
    uses = [use for use in found.uses.get(owned.name, ()) if use.query.role not in _SILENT]
    seen = set()
    for use in uses:
        known = (use.query.place, use.query.shape)
        if _is_flaw(use, owned) and known not in seen:
            seen.add(known)
            yield from _hit(use, owned, found, repo)


def _first(table: Table, repo: Repo) -> object:
    return min(one.place for one in repo[Table] if one.name == table.name)


def _is_flaw(use: Use, owned: Owned) -> bool:
    guarded = owned.guarded and use.query.form == "orm"
    return use.scoped is False and use.query.verb != "create" and not guarded and not _ACROSS.search(use.query.scope)


def _hit(use: Use, owned: Owned, found: Tenancy, repo: Repo) -> Iterator[Hit]:
    others = convention(found, owned.name, use)
    near = around(repo, use.query.place)
    if near.is_background or near.tells_user or near.compares(scoping(owned.column)):
        return
    severity = _severity(use, owned, near, strong=owned.configured or others.strong)
    if owned.personal and not (severity is Severity.HIGH and _is_private(use, owned, found, repo)):
        return
    does = {"update": "changes", "delete": "deletes from"}.get(use.query.verb, "reads")
    message = f"This {does} `{owned.name}` without `{owned.column}`, and {_why(owned, others)}; bind it to the caller's."
    if use.bypassed:
        message = f"This {does} rows of `{owned.name}` whatever their `{owned.column}`, for an OR leads past it; bind it outside."
    yield Hit(use.query.place, message, detail=owned.name, severity=severity)


def _why(owned: Owned, others: Convention) -> str:
    if owned.personal:
        return "the row is found by the id the caller sends, whoever it belongs to"
    if others.strong:
        on = "tenants' tables" if others.everywhere else f"`{owned.name}`"
        return f"{others.scoped} of {others.judged} other queries on {on} say whose rows they mean"
    if owned.configured:
        return "the policy names that column as the tenant's"
    return f"{owned.holders} of {owned.tables} tables carry that column"


def _severity(use: Use, owned: Owned, near: Around, *, strong: bool) -> Severity:
    """What a caller chooses by its id alone, or gets past the condition, blocks; so does SQL unlike all other."""
    if use.query.role in _NOTED or near.asks:
        return Severity.LOW
    chosen = near.answers_request and ((use.by_key and near.sent) or near.is_for_view)
    alike = strong and (use.query.form == "sql" or near.answers_request)
    return Severity.HIGH if chosen or alike or (use.bypassed and not owned.personal) else Severity.MEDIUM


def _is_private(use: Use, owned: Owned, found: Tenancy, repo: Repo) -> bool:
    """Whether one person's rows are kept from others in this tree, nowhere listed, and this place knows who asks."""
    if not around(repo, use.query.place).knows_user:
        return False
    others = [one for one in found.uses[owned.name] if one is not use and one.query.role == "app"]
    if any(not one.scoped and not one.by_key for one in others):
        return False
    return any(one.scoped or around(repo, one.query.place).compares(scoping(owned.column)) for one in others)
