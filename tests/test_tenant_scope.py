"""What leaves or mixes tenants in the code: how much each weighs, and what is evidence enough to block."""

import pytest

from gate import registry
from gate.rule import Severity
from tests import examples

MODELS = """
class Order(models.Model):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
"""


def severities(rule, app, **others):
    tree = {"shop/models.py": MODELS, "shop/views.py": app, **others}
    checks = [check for check in registry.checks() if check.rule.id == rule]
    return [hit.severity or check.rule.severity for check in checks for hit in examples.hits(check, tree)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return list(Order.objects.all())", Severity.HIGH),
        ("return Order.objects.get(pk=request.session['order'])", Severity.MEDIUM),
        ("return send()", Severity.MEDIUM),
    ],
)
def test_leaving_the_scope_blocks_where_all_rows_are_read(body, expected):
    app = f"def show(request):\n    with scopes_disabled():\n        {body}\n"
    assert severities("tenancy/scope_off", app) == [expected]


@pytest.mark.parametrize(("whose", "expected"), [("request.user", Severity.HIGH), ("request.tenant", Severity.MEDIUM)])
def test_a_cached_page_blocks_where_the_session_decides_it(whose, expected):
    app = f"@cache_page(60)\ndef show(request):\n    return HttpResponse({whose}.name)\n"
    assert severities("tenancy/shared_answer", app) == [expected]


@pytest.mark.parametrize(
    ("app", "expected"),
    [
        ("def f(tenant):\n    cache.set('menu', tenant.menu())\n", [Severity.HIGH]),
        ("def f(tenant):\n    cache.set('menu', build())\n", [Severity.MEDIUM]),
        ("def f(tenant):\n    tenant.cache.set('menu', tenant.menu())\n", []),
        ("class V:\n    def f(self, tenant):\n        self.cache.set('menu', tenant.menu())\n", [Severity.HIGH]),
        ("def f(tenant):\n    menu = tenant.menu()\n    cache.set('menu', menu)\n", [Severity.HIGH]),
        ("def f(tenant, key):\n    cache.set(key, tenant.menu())\n", []),
        ("def f():\n    cache.set('menu', build())\n", []),
    ],
)
def test_a_cache_key_blocks_where_the_value_is_made_from_the_tenant(app, expected):
    assert severities("tenancy/cache_key", app) == expected


def test_a_tenant_the_caller_names_blocks_where_the_own_one_is_at_hand():
    app = '@app.post("/o")\ndef f(body: In, user=Depends(get_user)):\n    {}return Order.objects.create(tenant_id=body.tenant_id)\n'
    assert severities("tenancy/client_tenant", app.format("")) == [Severity.MEDIUM]
    assert severities("tenancy/client_tenant", app.format("log(user.tenant_id)\n    ")) == [Severity.HIGH]


def test_a_session_setting_blocks_where_policies_and_a_pool_are_known():
    app = "pool = ConnectionPool(DSN)\ndef f(cur):\n    cur.execute(\"SET app.tenant_id = '4'\")\n"
    policy = "CREATE POLICY p ON orders USING (tenant_id = current_setting('app.tenant_id')::int);"
    assert severities("tenancy/session_tenant", app) == [Severity.MEDIUM]
    assert severities("tenancy/session_tenant", app, **{"m/1.sql": policy}) == [Severity.HIGH]
