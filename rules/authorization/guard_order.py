"""A guard stands where it guards nothing.

A decorator above the one that registers the route wraps a function that the router never calls: it has stored the one below. The code
reads as if it were guarded, tests of the decorator pass, and every stranger gets in. A function given to FastAPI without `Depends` is
likewise never called.
"""

from collections.abc import Iterator

from gate.facts.guardorder import IdleGuard
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(862, 863, 696),
    fix="""Put the guard below every decorator that registers the function, right above `def`; give FastAPI `Depends(require_admin)`.""",
    bad=[
        """
        from flask import Blueprint
        from flask_login import login_required
        from flask_jwt_extended import jwt_required
        bp = Blueprint("a", __name__)
        @login_required  # <-
        @bp.route("/admin")
        def admin():
            return page()
        @bp.route("/both")
        @jwt_required()  # <-
        @bp.route("/either")
        def both():
            return page()
        """,
        """
        from rest_framework.decorators import api_view, permission_classes
        @permission_classes([IsAdminUser])  # <-
        @api_view(["POST"])
        def wipe(request):
            return do(request)
        """,
        """
        from django.contrib.auth.mixins import LoginRequiredMixin
        from django.views.generic import UpdateView
        class Rename(UpdateView, LoginRequiredMixin):  # <-
            model = Doc
        """,
        """
        from fastapi import APIRouter, FastAPI
        app = FastAPI()
        router = APIRouter(dependencies=[require_admin])  # <-
        @app.get("/me")
        def me(user=get_current_user):  # <-
            return user
        @limiter.limit("5/minute")  # <-
        @app.post("/otp")
        async def otp(request, code: str):
            return await check(code)
        """,
    ],
    good=[
        """
        from flask import Blueprint
        bp = Blueprint("a", __name__)
        @bp.route("/admin")
        @bp.route("/admin/")
        @login_required
        def admin():
            return page()
        """,
        """
        from django.contrib.auth.decorators import login_required
        from django.views.decorators.http import require_POST
        from pyramid.view import view_config
        from rest_framework.decorators import api_view, permission_classes
        @login_required
        @require_POST
        def pay(request):
            return do(request)
        @require_admin
        @view_config(route_name="admin")
        def admin(request):
            return {}
        @api_view(["POST"])
        @permission_classes([IsAdminUser])
        def wipe(request):
            return do(request)
        """,
        """
        from django.contrib.auth.mixins import LoginRequiredMixin
        from django.views.generic import UpdateView
        from django.views.generic.detail import SingleObjectMixin
        class Rename(LoginRequiredMixin, UpdateView):
            model = Doc
        class Doc(SingleObjectMixin, LoginRequiredMixin, View):
            model = Doc
        """,
        """
        from fastapi import APIRouter, Depends
        Admin = Depends(require_admin)
        router = APIRouter(dependencies=[Depends(require_admin), Admin])
        @router.get("/me")
        def me(user=Depends(get_current_user)):
            return user
        """,
    ],
    misses=[
        "Decorators of packages whose names do not say that they guard.",
        "Guards that are called where they should be given.",
    ],
)


@rule.check(IdleGuard)
def look(one: IdleGuard, repo: Repo) -> Iterator[Hit]:
    del repo
    if one.what == "above":
        yield Hit(
            one.place, f"`@{one.name}` stands above `@{one.route}`, which has stored the function below: it never runs."
        )
    elif one.what == "behind":
        yield Hit(
            one.place, f"`{one.name}` stands behind `{one.route}`, which answers before it is asked: put it in front."
        )
    else:
        yield Hit(one.place, f"`{one.name}` is given without `Depends`, so it is never called and asks nobody.")
