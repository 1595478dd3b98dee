"""Whose rows a query means: learnt from the tree, asked of each query, in every way a model would write it."""

import textwrap

import pytest

from gate import registry
from gate.rule import Severity
from tests import examples

SCHEMA = """
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
UNSCOPED = [
    "SELECT id FROM orders WHERE id = $1;",
    "SELECT id, total FROM orders WHERE status = 'open' LIMIT 50;",
    "SELECT o.id FROM orders o JOIN items i ON i.order_id = o.id WHERE i.sku = $1;",
    "SELECT o.id FROM orders o LEFT JOIN users u ON u.id = o.user_id AND u.tenant_id = $1;",
    "WITH o AS (SELECT id FROM orders) SELECT id FROM o;",
    "SELECT id FROM orders WHERE tenant_id = $1 UNION ALL SELECT id FROM invoices;",
    "UPDATE orders SET paid = TRUE WHERE id = $1;",
    "DELETE FROM orders WHERE id IN (SELECT order_id FROM items WHERE sku = $1);",
    "SELECT id FROM orders WHERE tenant_id <> $1;",
    "SELECT id FROM orders WHERE tenant_id IS NOT NULL;",
    "SELECT o.id FROM orders o, users u WHERE u.tenant_id = $1;",
    "SELECT (SELECT MAX(total) FROM orders) FROM products;",
    "INSERT INTO reports (id) SELECT id FROM orders WHERE status = 'open';",
    "SELECT id FROM projects WHERE name LIKE '%' || $1 || '%';",
]
SCOPED = [
    "SELECT id FROM orders WHERE tenant_id = $1 AND id = $2;",
    "SELECT o.id FROM orders o JOIN items i ON i.order_id = o.id WHERE o.tenant_id = $1;",
    "SELECT i.id FROM items i JOIN orders o ON i.order_id = o.id AND o.tenant_id = $1;",
    "SELECT i.id FROM orders o LEFT JOIN items i ON i.order_id = o.id WHERE o.tenant_id = $1;",
    "SELECT id FROM orders WHERE tenant_id = current_setting('app.tenant_id')::uuid;",
    "SELECT id FROM orders WHERE tenant_id = ANY($1);",
    "SELECT id FROM orders WHERE tenant_id IN ($1,$2);",
    "SELECT id FROM items WHERE order_id IN (SELECT id FROM orders WHERE tenant_id = $1);",
    "WITH o AS (SELECT id FROM orders WHERE tenant_id = $1) SELECT i.sku FROM items i JOIN o ON o.id = i.order_id;",
    "SELECT id FROM orders WHERE tenant_id = $1 AND (a = 1 OR b = 2);",
    "SELECT id FROM orders o WHERE EXISTS (SELECT 1 FROM memberships m WHERE m.org_id = o.org_id AND m.user_id = $1);",
    "DELETE FROM items USING orders WHERE items.order_id = orders.id AND orders.tenant_id = $1;",
    "SELECT id FROM orders WHERE id = $1 AND {{ condition }};",
    "SELECT id FROM orders WHERE tenant_id = (SELECT org_id FROM sessions WHERE token = $1);",
    "SELECT id FROM users WHERE email = $1;",
    "SELECT id FROM products WHERE id = $1;",
    "SELECT id FROM orders WHERE (tenant_id, id) IN (($1,$2));",
    "SELECT id FROM orders WHERE user_id = $1;",
    "SELECT id FROM projects WHERE tenant_id = $1 OR tenant_id IS NULL;",
    "SELECT name FROM tenants WHERE id = $1;",
]
BYPASSED = [
    "SELECT id FROM orders WHERE tenant_id = $1 AND status = 'a' OR status = 'b'",
    "SELECT id FROM orders WHERE status = 'x' OR tenant_id = $1",
    "SELECT id FROM orders WHERE ($1::int IS NULL OR tenant_id = $1)",
    "SELECT id FROM orders WHERE tenant_id = COALESCE($1, tenant_id)",
    "UPDATE orders SET paid = TRUE WHERE tenant_id = $1 OR id = $2",
    "DELETE FROM orders WHERE id = $1 OR tenant_id = $2",
    "SELECT id FROM orders WHERE tenant_id = tenant_id AND id = $1",
    "SELECT id FROM orders WHERE (tenant_id = $1 OR total > 100) AND status = 'open'",
    "SELECT id FROM orders WHERE ($1 = '' OR tenant_id = $1)",
]
BOUND = [
    "SELECT id FROM orders WHERE tenant_id = $1 AND (status = 'a' OR status = 'b')",
    "SELECT id FROM orders WHERE (tenant_id = $1 AND a = 1) OR (tenant_id = $1 AND b = 2)",
    "SELECT id FROM projects WHERE tenant_id = $1 OR tenant_id IS NULL",
    "SELECT id FROM projects WHERE tenant_id = $1 OR is_public",
    "SELECT id FROM projects WHERE tenant_id = $1 OR visibility = 'public'",
    "SELECT id FROM orders WHERE owner_id = $1 OR tenant_id = $2",
    "SELECT id FROM orders WHERE tenant_id = $1 AND ($2::text IS NULL OR status = $2)",
    "SELECT id FROM orders WHERE tenant_id = $1 OR tenant_id = $2",
    "SELECT id FROM products WHERE sku = $1 OR id = $2",
]


def found(tree):
    """The lines the rule reports, with how grave it takes each to be."""
    plain = {path: textwrap.dedent(text).lstrip("\n") for path, text in tree.items()}
    checks = [check for check in registry.checks() if check.rule.id == "tenancy/unscoped_query"]
    return {(hit.place.path, hit.place.line): hit.severity for check in checks for hit in examples.hits(check, plain)}


@pytest.mark.parametrize("query", UNSCOPED)
def test_a_query_that_does_not_say_whose_rows_it_means_is_seen(query):
    assert found({"schema.sql": SCHEMA, "q.sql": f"{query};"}) == {("q.sql", 1): Severity.MEDIUM}


@pytest.mark.parametrize("query", BYPASSED)
def test_a_condition_that_an_or_leads_past_blocks(query):
    assert found({"schema.sql": SCHEMA, "q.sql": f"{query};"}) == {("q.sql", 1): Severity.HIGH}


@pytest.mark.parametrize("query", [*SCOPED, *BOUND])
def test_a_query_that_says_whose_rows_it_means_is_let_through(query):
    assert found({"schema.sql": SCHEMA, "q.sql": f"{query};"}) == {}


ALIKE = [f"db.execute('SELECT id FROM orders WHERE tenant_id = %s AND total = {n}', (own,))" for n in range(6)]


@pytest.mark.parametrize(
    ("query", "severity"),
    [
        ("SELECT id FROM orders WHERE status = 1", Severity.HIGH),
        ("SELECT COUNT(*) FROM orders", Severity.MEDIUM),
        ("SELECT COUNT(*), MAX(total) FROM orders", Severity.HIGH),
        ("SELECT COUNT(*), total FROM orders GROUP BY total", Severity.HIGH),
        ("SELECT id FROM orders LIMIT 0, 9", Severity.HIGH),
        ("SELECT id FROM orders LIMIT 0", None),
    ],
)
def test_how_many_rows_there_are_weighs_less_and_no_row_nothing(query, severity):
    lines = "\n".join(f"    {line}" for line in (f"db.execute({query!r})", *ALIKE))
    told = {("app.py", 2): severity} if severity else {}
    assert found({"schema.sql": SCHEMA, "app.py": f"def f(db, own):\n{lines}\n"}) == told


MODELS = """
from django.db import models

class Tenant(models.Model):
    name = models.TextField()

class Order(models.Model):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)

class Invoice(models.Model):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
"""
CHOSEN = [
    "return get_object_or_404(Order, pk=pk)",
    "return get_object_or_404(Order.objects.all(), pk=pk)",
    "get_object_or_404(Order, id=pk).delete()",
    "return Order.objects.filter(id=request.GET['id']).first()",
    "Order.objects.filter(pk=pk).update(paid=True)",
    "return render(request, 'order.html', {'order': Order.objects.get(pk=pk), 'user': request.user})",
]
ASKED = [
    "return get_object_or_404(Order, pk=pk, tenant=request.user.tenant)",
    "return get_object_or_404(Order.objects.filter(tenant=request.user.tenant), pk=pk)",
    "order = Order.objects.get(pk=pk)\n    assert order.tenant == request.user.tenant",
    "order = Order.objects.get(pk=pk)\n    show(request.user, order)",
    "order = Order.objects.get(pk=pk)\n    if not order.is_seen_by(request.user): raise Http404",
    "return request.user.order_set.get(pk=pk)",
]


@pytest.mark.parametrize("body", CHOSEN)
def test_a_row_the_caller_chooses_blocks_without_any_other_query_to_compare_with(body):
    view = f"def view(request, pk):\n    {body}\n"
    assert found({"shop/models.py": MODELS, "shop/views.py": view}) == {("shop/views.py", 2): Severity.HIGH}


@pytest.mark.parametrize("body", ASKED)
def test_a_row_whose_owner_is_asked_for_is_let_through(body):
    assert found({"shop/models.py": MODELS, "shop/views.py": f"def view(request, pk):\n    {body}\n"}) == {}


@pytest.mark.parametrize(
    "guard", ["@staff_member_required", "@permission_required('shop.view')", "@require_role('admin')"]
)
def test_a_permission_that_is_asked_for_makes_a_note_of_it(guard):
    view = f"{guard}\ndef view(request, pk):\n    return Order.objects.get(pk=pk)\n"
    assert found({"shop/models.py": MODELS, "shop/views.py": view}) == {("shop/views.py", 3): Severity.LOW}


@pytest.mark.parametrize("guard", ["@login_required", "@require_POST", "@jwt_required()"])
def test_signing_in_asks_nothing_of_whose_the_row_is(guard):
    view = f"{guard}\ndef view(request, pk):\n    return Order.objects.get(pk=pk)\n"
    assert found({"shop/models.py": MODELS, "shop/views.py": view}) == {("shop/views.py", 3): Severity.HIGH}
