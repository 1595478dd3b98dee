"""A route lacks the guard that its siblings have.

The routes around it ask who is calling; this one does not, and no framework closes it by default. It is the commonest way in which
code that was written by a model, one route at a time, lets strangers write.
"""

from collections.abc import Iterator, Sequence
from heapq import nsmallest

from gate import lazy
from gate.facts.guarded import Guarded
from gate.facts.guardtree import Found, guard_tree
from gate.facts.heirs import kept_by_heirs
from gate.facts.publicity import is_public
from gate.facts.route import Route
from gate.facts.spelling import last
from gate.facts.unguarded import Kept, Siblings, asks_nobody, routes
from gate.rule import Hit, Repo, Rule, Severity

_ALL, _MOST = 3, 5
_SHARE = 0.8
_SHOWN = 3
_SHOWS = frozenset({"render_template", "render", "TemplateResponse", "render_to_response"})
_READS = lazy.regex(
    r"get|render|Template|form$|validate|paginate|search|find|filter|order|sort|query|all$|first$|count$|asc$|desc$|int$|str$|url_for"
)
"""What such a search calls."""

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(862, 306),
    fix="""Give the route the guard its siblings have, or put the guard where all of them pass: the router, the class, a hook that
    runs before each request. A route that is meant for everybody goes to a router of its own whose name says so.""",
    bad=[
        """
        from django.contrib.auth.decorators import login_required
        from django.utils.decorators import method_decorator
        from django.views import View

        @method_decorator(login_required, name="post")
        @method_decorator(login_required, name="get")
        class Rows(View):
            def post(self, request):
                return save(request)
            def get(self, request):
                return show(request)

        @method_decorator(login_required, name="delete")
        @method_decorator(login_required, name="post")
        class Cells(View):
            def post(self, request):
                return save(request)
            def delete(self, request):
                Row.objects.get(id=request.GET["id"]).delete()

        @method_decorator(login_required, name="delete")
        class Users(View):
            def delete(self, request):
                Row.objects.get(id=request.GET["id"]).delete()
            def post(self, request):  # <-
                row = Row.objects.get(id=request.GET["id"])
                row.save()
        """,
        {
            "shop/views.py": """
            from django.contrib.auth.mixins import LoginRequiredMixin
            from django.views.generic.edit import ModelFormMixin, ProcessFormView
            class EditView(ModelFormMixin, ProcessFormView):
                def post(self, request, *args, **kwargs):  # <-
                    self.object = self.get_object()
                    return super().post(request, *args, **kwargs)
            class OrderView(LoginRequiredMixin, EditView):
                def post(self, request):
                    return change(request)
            class ItemView(LoginRequiredMixin, EditView):
                def post(self, request):
                    return change(request)
            class BillView(LoginRequiredMixin, EditView):
                def post(self, request):
                    return change(request)
            class NoteView(LoginRequiredMixin, EditView):
                def post(self, request):
                    return change(request)
            """,
            "shop/urls.py": """
            from django.urls import path
            from shop import views
            urlpatterns = [path("bill/", views.BillView.as_view()), path("edit/", views.EditView.as_view())]
            """,
        },
        """
        from fastapi import APIRouter, Depends
        router = APIRouter(prefix="/projects")
        @router.post("/")
        def create(b: dict, u=Depends(current_user)): ...
        @router.put("/{pid}")
        def update(pid: int, u=Depends(current_user)): ...
        @router.post("/{pid}/archive")
        def archive(pid: int, u=Depends(current_user)): ...
        @router.delete("/{pid}")
        def delete(pid: int):  # <-
            return repo.delete(pid)
        """,
        """
        from flask import Blueprint
        bp = Blueprint("team", __name__)
        @bp.post("/team/add")
        @login_required
        def add(): ...
        @bp.post("/team/remove")
        @login_required
        def remove(): ...
        @bp.post("/team/rename")
        @login_required
        def rename(): ...
        @bp.post("/team/transfer")
        def transfer():  # <-
            return do_transfer()
        """,
        """
        class DocViewSet(Base):
            @action(detail=True, methods=["post"], permission_classes=[IsOwner])
            def publish(self, request, pk): ...
            @action(detail=True, methods=["post"], permission_classes=[IsOwner])
            def archive(self, request, pk): ...
            @action(detail=True, methods=["post"], permission_classes=[IsOwner])
            def lock(self, request, pk): ...
            @action(detail=True, methods=["post"], permission_classes=[])
            def purge(self, request, pk):  # <-
                self.get_object().hard_delete()
        """,
        """
        import tornado.web
        class A(tornado.web.RequestHandler):
            @tornado.web.authenticated
            def post(self): ...
        class B(tornado.web.RequestHandler):
            @tornado.web.authenticated
            def post(self): ...
        class C(tornado.web.RequestHandler):
            @tornado.web.authenticated
            def post(self): ...
        class Wipe(tornado.web.RequestHandler):
            def post(self):  # <-
                wipe_all()
        """,
    ],
    good=[
        """
        @method_decorator(permission_required("drop"), name="delete")
        class One(View):
            def delete(self, request):
                return drop(request)
            @method_decorator(login_required)
            def post(self, request):
                return make(request)
        @method_decorator(login_required, name="dispatch")
        class Two(View):
            def post(self, request):
                return make(request)
        class Three(View):
            @method_decorator(login_required)
            def post(self, request):
                return make(request)
        """,
        {
            "shop/views.py": """
            from django.contrib.auth.mixins import LoginRequiredMixin
            from django.views.generic.edit import ModelFormMixin, ProcessFormView
            class EditView(ModelFormMixin, ProcessFormView):
                def post(self, request, *args, **kwargs):
                    self.object = self.get_object()
                    return super().post(request, *args, **kwargs)
            class OrderView(LoginRequiredMixin, EditView):
                def post(self, request):
                    return change(request)
            class ItemView(LoginRequiredMixin, EditView):
                def post(self, request):
                    return change(request)
            class BillView(LoginRequiredMixin, EditView):
                def post(self, request):
                    return change(request)
            class NoteView(LoginRequiredMixin, EditView):
                def post(self, request):
                    return change(request)
            """,
            "shop/urls.py": """
            from django.urls import path
            from shop import views
            urlpatterns = [path("bill/", views.BillView.as_view())]
            """,
        },
        {
            "app/session.py": """
            from functools import wraps
            from flask import flash, g, redirect, session, url_for
            def with_directory():
                def decorator(f):
                    @wraps(f)
                    def fn(*args, **kwargs):
                        directory = maybe_session(session)
                        if directory:
                            g.directory = directory
                            return f(*args, **kwargs, directory=directory)
                        flash("Please log in to continue.")
                        return redirect(url_for(".root"))
                    return fn
                return decorator
            """,
            "app/staged.py": """
            from flask import Blueprint, request
            from flask_login import login_required
            from app.session import with_directory
            bp = Blueprint("staged", __name__)
            @bp.post("/a")
            @login_required
            def a():
                db.session.add(Row(request.form["a"]))
            @bp.post("/b")
            @login_required
            def b():
                db.session.add(Row(request.form["b"]))
            @bp.post("/c")
            @login_required
            def c():
                db.session.add(Row(request.form["c"]))
            @bp.post("/staged")
            @with_directory()
            def staged(directory):
                directory.accept(request.form["name"])
            """,
        },
        {
            "api/items.py": """
            from fastapi import APIRouter
            router = APIRouter()
            @router.post("/items")
            def create(): ...
            """,
            "api/main.py": """
            from fastapi import FastAPI, Depends
            from api.items import router
            app = FastAPI()
            app.include_router(router, dependencies=[Depends(current_user)])
            """,
        },
        """
        class Save(Resource):
            method_decorators = [need_auth]
            def post(self): return save(request.form)
        class Drop(Resource):
            method_decorators = [need_auth]
            def post(self): return drop(request.form)
        class Rename(Resource):
            method_decorators = [need_auth]
            def post(self): return rename(request.form)
        class Projects(Resource):
            def post(self):
                if current_app.config.get("ALLOW_PUBLIC_PROJECT_CREATION"):
                    return create(request.form)
        """,
        """
        class Save(MethodView):
            decorators = [login_required]
            def post(self): return save(request.form)
        class Drop(MethodView):
            decorators = [login_required]
            def post(self): return drop(request.form)
        class Rename(MethodView):
            decorators = [login_required]
            def post(self): return rename(request.form)
        class Look(MethodView):
            def post(self):
                form = self.form()
                return render_template("found.html", found=form.get_results())
        """,
        """
        from fastapi import APIRouter, Depends
        router = APIRouter()
        @router.post("/a")
        def a(u=Depends(current_user)): ...
        @router.post("/b")
        def b(u=Depends(current_user)): ...
        @router.post("/c")
        def c(u=Depends(current_user)): ...
        @router.websocket("/output")
        async def output(websocket):
            principal = get_current_principal_websocket(websocket)
            if not principal:
                await websocket.close(code=4001)
                return
            await websocket.accept()
        @router.post("/login")
        def login(form: dict):
            return sign_in(form)
        @router.post("/exports/{sig}")
        def export(sig: str):
            return build(signer.unsign(sig))
        """,
        """
        from flask import Blueprint
        bp = Blueprint("team", __name__)
        @bp.before_request
        def need_login():
            require_login()
        @bp.post("/a")
        @admin_required
        def a(): ...
        @bp.post("/b")
        @admin_required
        def b(): ...
        @bp.post("/c")
        @admin_required
        def c(): ...
        @bp.post("/team/transfer")
        def transfer(): ...
        """,
    ],
    misses=[
        "Routes in a file of their own, and routers most of whose routes are open.",
        "Routes that only read are shown, but do not block.",
    ],
)


@rule.check(Route)
def look(route: Route, repo: Repo) -> Iterator[Hit]:
    unit = route.unit
    if not unit.verbs or "tool" in unit.verbs or is_public(unit.name, unit.route):
        return
    tree, found = guard_tree(repo), Found(unit.place.path, unit)
    group = routes(tree, found.path).get((unit.router, bool(unit.owner)))
    if group is None or not _is_rare(group) or not asks_nobody(tree, found):
        return
    if unit.owner and kept_by_heirs(tree, found.path, unit.owner):
        return
    others = [(one, held) for one, held in group.routes if one.name != unit.name]
    severity = _severity(unit, others)
    if severity is not None:
        yield Hit(unit.place, _said(unit, others), severity=severity)


def _is_rare(group: Siblings) -> bool:
    """Whether so few of them ask nobody that those few stand out; where many do, each would be held against all."""
    count = len(group.routes)
    return count > _ALL and group.asking > 0 and (group.open <= 1 or group.asking >= _SHARE * (count - 1))


def _only_shows(unit: Guarded) -> bool:
    """Whether it calls nothing but what reads, and shows it: a search that is sent by POST."""
    return any(last(name) in _SHOWS for name in unit.uses) and all(_READS.match(last(name)) for name in unit.uses)


def _severity(unit: Guarded, others: Sequence[Kept]) -> Severity | None:
    """Blocks where everything that writes is guarded, or nearly everything is; reading asks for a look."""
    writing = [held for one, held in others if one.writes]
    strict = len(writing) >= _ALL and all(writing)
    most = len(others) >= _MOST and sum(bool(held) for _, held in others) >= _SHARE * len(others)
    if unit.writes and not _only_shows(unit) and (strict or most):
        return Severity.HIGH
    return Severity.MEDIUM if most else None


def _said(unit: Guarded, others: Sequence[Kept]) -> str:
    guarded = [(one, held) for one, held in others if held]
    near = nsmallest(_SHOWN, guarded, key=lambda pair: abs(pair[0].place.line - unit.place.line))
    shown = ", ".join(f"`{one.name}` (`{held[0].text}`)" for one, held in near)
    return (
        f"The route `{unit.name}` asks nobody who they are; {len(guarded)} of the {len(others)} others of its kind in this file do: "
        f"{shown}."
    )
