"""Those who hold a right come in by another door than strangers, and what they may do blocks nothing by itself."""

import textwrap

import pytest

from gate import registry
from gate.rule import Severity
from tests import examples

FLASK = (
    "import requests\nfrom flask import Flask, request\nfrom app.rights import admin_required\napp = Flask(__name__)\n"
)
RIGHTS = """
    from functools import wraps
    from flask import abort
    def admin_required(view):
        @wraps(view)
        def inner(*args, **kwargs):
            {}
            return view(*args, **kwargs)
        return inner
    """
ASKS = "if not current_user.is_admin: abort(403)"


def severities(text: str, asks: str = ASKS, rule: str = "injection/request_forgery") -> list[Severity | None]:
    check = next(check for check in registry.checks() if check.rule.id == rule)
    rights = textwrap.dedent(RIGHTS).format(asks)
    files = {"app/web.py": FLASK + textwrap.dedent(text), "app/rights.py": rights, "app/__init__.py": ""}
    return [hit.severity for hit in examples.hits(check, files)]


def route(guard: str) -> str:
    return f'@app.get("/page")\n{guard}\ndef page():\n    return requests.get(request.args["url"]).text\n'


@pytest.mark.parametrize(
    ("guard", "severity"),
    [
        ("@admin_required", Severity.MEDIUM),
        ('@permission_required("sites.fetch")', Severity.MEDIUM),
        ("@staff_member_required", Severity.MEDIUM),
        ("@login_required", None),
        ("@permission_classes([AllowAny])", None),
        ("@permission_classes([IsAuthenticated])", None),
        ("@permission_classes([permissions.IsAuthenticated])", None),
        ("@permission_classes([permissions.IsAdminUser])", Severity.MEDIUM),
        ("@cached", None),
    ],
)
def test_what_only_those_with_a_right_send_warns(guard, severity):
    assert severities(route(guard)) == [severity]


def test_a_guard_that_asks_nothing_is_none():
    assert severities(route("@admin_required"), asks="pass") == [None]


@pytest.mark.parametrize(("second", "severity"), [("@admin_required", Severity.MEDIUM), ("", None)])
def test_a_helper_is_reached_by_all_doors_that_lead_to_it(second, severity):
    text = f"""
        def fetched():
            return requests.get(request.args["url"]).text
        @app.get("/one")
        @admin_required
        def one():
            return fetched()
        @app.get("/two")
        {second or "@cached"}
        def two():
            return fetched()
        """
    assert severities(text) == [severity]


def test_a_helper_that_is_a_route_as_well_has_a_door_of_its_own():
    text = """
        def fetched():
            return requests.get(request.args["url"]).text
        @app.get("/one")
        @admin_required
        def one():
            return fetched()
        app.add_url_rule("/two", view_func=fetched)
        """
    assert severities(text) == [None]


def test_a_right_that_a_class_asks_for_is_asked_of_its_methods():
    text = """
        from django.contrib.auth.mixins import PermissionRequiredMixin
        from django.views import View
        class Page(PermissionRequiredMixin, View):
            permission_required = "sites.fetch"
            def get(self, request):
                return requests.get(request.GET["url"]).text
        """
    assert severities(text) == [Severity.MEDIUM]
    assert severities(
        text.replace("PermissionRequiredMixin, View", "View").replace("permission_required =", "title =")
    ) == [None]


@pytest.mark.parametrize(("default", "severity"), [("IsAuthenticated", None), ("IsAdminUser", Severity.MEDIUM)])
def test_what_the_settings_ask_of_everybody_is_a_right_or_none(default, severity):
    check = next(check for check in registry.checks() if check.rule.id == "injection/request_forgery")
    view = """
        import requests
        from rest_framework.views import APIView
        class Page(APIView):
            def get(self, request):
                return requests.get(request.GET["url"]).text
        """
    settings = 'MIDDLEWARE = ["django_permissions_policy.PermissionsPolicyMiddleware"]\n'
    settings += f'REST_FRAMEWORK = {{"DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.{default}"]}}\n'
    files = {"app/views.py": textwrap.dedent(view), "app/settings.py": settings}
    assert [hit.severity for hit in examples.hits(check, files)] == [severity]
