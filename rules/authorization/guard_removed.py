"""A check of who may is gone.

The route is still there, and what kept strangers out of it is not: a decorator, a dependency, a permission class, the line that
compared the owner with the caller. No scanner that looks at what a change adds can see it. A guard that moved to a class, a
router, a middleware, a settings file or a helper is not gone, and what was deleted together with its guard needs none.
"""

from collections.abc import Iterator, Sequence

from gate.facts.guardloss import Loss, losses
from gate.facts.publicity import is_public
from gate.rule import Edit, Hit, Pair, Repo, Rule, Severity

_ROUTERS = "admin = APIRouter(dependencies=[Depends(require_admin)])\nopen_router = APIRouter()\n"

_NEEDS = """
def member_of(who=Depends(current_user)):
    return find(who) or refuse()
def needs(level):
    def inner(member=Depends(member_of)):
        if member.level < level:
            raise HTTPException(403)
        return member
    return inner
@app.post("/pay", dependencies=[Depends(needs(4))])
def pay(): ...
"""
_PHOTOS = """
@bp.delete("/photos/<key>")
def remove(key):
    photo = find(key)
    assert_mine(photo)
    photo.delete()
def assert_mine(photo):
    if photo.album.user_id != g.user.id:
        abort(403)
"""
_ROOM = """
@app.get("/rooms/{key}")
def room(request, key):
    room = rooms.get(key)
    if request.user.id not in room.guest_ids:
        raise NotFoundException()
    return room
"""
_SPACE = """
class InSpace(BasePermission):
    def has_object_permission(self, request, view, obj):
        if request.method in SAFE_METHODS:
            return True
        return obj.editors.filter(pk=request.user.pk).exists()
"""
_ARTICLE = """
class ArticleUpdate(LoginRequiredMixin, UpdateView):
    def get_object(self, queryset=None):
        article = super().get_object(queryset)
        if article.author != self.request.user:
            raise PermissionDenied
        return article
"""
_HIDE = """
@app.post("/hide")
def hide(request, key):
    if not request.user.has_perm("works.delete_work"):
        raise PermissionDenied
    return works.hide(key)
"""

_CHARTS = """
charts = APIRouter(prefix="/charts", dependencies=[Depends(current_staff)])
def chart_for(key: int, staff=Depends(current_staff)):
    chart = find(key)
    if staff.ward not in chart.wards:
        raise HTTPException(404)
    return chart
@charts.post("/{key}/sign")
def sign(request: Request, chart=Depends(chart_for), staff=Depends(current_staff)):
    check_break_glass(request)
    if chart.author_id == staff.id:
        raise HTTPException(403)
    return chart.sign(staff)
def check_break_glass(request):
    if request.headers.get("x-code") not in CODES:
        raise HTTPException(403)
"""
_JOBS = """
class Applications(LoginRequiredMixin, ListView):
    def get_queryset(self):
        return super().get_queryset().filter(job__company__recruiters=self.request.user)
class Decide(LoginRequiredMixin, View):
    def dispatch(self, request, *args, **kwargs):
        if not find(kwargs["pk"]).company.is_recruiter(request.user):
            return redirect("home")
        return super().dispatch(request, *args, **kwargs)
    def post(self, request, pk):
        return find(pk).decide(request.POST["answer"])
class JobUpdate(UserPassesTestMixin, UpdateView):
    def test_func(self):
        return self.get_object().recruiters.filter(pk=self.request.user.pk).exists()
"""

_PAGE = """
@login_required
def edit(request, slug):
    page = get_object_or_404(Page, slug=slug)
    if request.user not in page.editors.all():
        return redirect("page", slug=slug)
    return save(page, request.POST)
@login_required
def lock(request, slug):
    page = get_object_or_404(Page, slug=slug, editors=request.user)
    page.locked_by = request.user
    page.save()
    return done(page)
@login_required
async def wipe(request, slug):
    await require_seat(request, slug)
    return erase(slug)
async def require_seat(request, slug):
    if slug not in request.user.seats:
        raise PermissionDenied
"""

_MEMBER = """
async def member_of(key, user=Depends(current_user), db=Depends(session)):
    member = await db.scalar(select(Member).where(Member.project == key, Member.user_id == user.id))
    if member is None:
        raise HTTPException(403)
    return await db.get(Project, key)
@app.get("/projects/{key}")
async def show(project=Depends(member_of)):
    return project
"""
_JOINED = """
async def member_of(key, user=Depends(current_user), db=Depends(session)):{mark}
    project = await db.scalar(select(Project).join(Member).where(Project.id == key{asked}))
    if project is None:
        raise HTTPException(404)
    return project
@app.get("/projects/{{key}}")
async def show(project=Depends(member_of)):
    return project
"""
_PREPARE = """
class Base(RequestHandler):
    def require_role(self, role):
        if role not in self.current_user["roles"]:
            raise HTTPError(403)
    def require_plan(self, plan):
        if plan not in self.org.plans:
            raise HTTPError(403)
class Admin(Base):
    def prepare(self):
        if not self.current_user or "admin" not in self.current_user["roles"]:
            raise HTTPError(403)
    def post(self):
        self.write(lock(self.request.body))
"""
_ASKED = (
    '        if not self.current_user or "admin" not in self.current_user["roles"]:\n            raise HTTPError(403)\n'
)
_SIGNED = "        if not self.current_user:{mark}\n            raise HTTPError(401)\n        {then}\n"

_INVOICE = """
@bp.get("/invoices/<key>")
def show(key):
    invoice = find(key)
    if invoice.owner_id {} current_user.id and not current_user.is_admin:
        abort(403)
    return invoice
"""
_SERVED = """
from aiohttp import web{1}
@web.middleware
async def known(request, handler):
    if SESSIONS.get(request.cookies.get("sid")) is None:
        raise web.HTTPUnauthorized()
    return await handler(request)
app = web.Application({0})
"""

_SCOPED = """
def protected(*scopes):
    def decorator(handler):
        async def inner(request, *args):
            if not set(scopes) <= set(request.ctx.claims["scopes"]):
                raise Forbidden("scope is missing")
            return await handler(request, *args)
        return inner
    return decorator
@bp.post("/cars/<key>/unlock")
@protected("cars:unlock")
async def unlock(request, key):
    return json(await cars.unlock(key))
"""
_FALCON = """
def scope(name):
    def hook(req, resp, resource, params):
        if name not in req.context.claims["scopes"]:
            raise falcon.HTTPForbidden()
    return hook
class Device:
    @falcon.before(scope("write"))
    def on_delete(self, req, resp, key):
        store.delete(key)
"""

_RAISE = "def check_access(request, tenant):\n    if request.user.tenant_id != tenant:\n        raise PermissionDenied\n    return tenant\n"
_ANSWER = _RAISE.replace("raise PermissionDenied\n    return tenant", "return HttpResponseForbidden()")
_REFUSED = """
    @bp.route("/admin")
    def index():
        if {}:
            return redirect("/login")
        return render_template("admin.html")
"""
_OWN_VIEW = "class OwnSchemaView(SchemaView):\n    permission_classes = [{}]\n"
_WIRED = "from drf_spectacular.views import SchemaView{}\n{}urlpatterns = [path('schema/', {})]\n"
_LINKED = """
    class Owner(models.Model):
        @staticmethod
        def {name}():
            found = ["{scope}"]
            if settings.CUSTOMS:
                found.append("read_offices")
            return found
    @token_required(scopes=Owner.{name}())
    def add_owner(request, token):
        return link(request, token)
"""

_WRAPPED = "from guards import {0}\n@{0}\ndef wipe(request):{1}\n    gone(request)\n"
_SECURED = """
def secured(view):
    @wraps(view)
    def inner(request, *args):
{}        return view(request, *args)
    return inner
"""
_MIXED = "from mixins import {0}\nclass Docs({0}, View):{1}\n    def get(self, request):\n        return show()\n"
_HANDS_ON = "class {}({}):\n    def dispatch(self, request):\n        return super().dispatch(request)\n"
_ROUND = _HANDS_ON.format("Members", "Others") + _HANDS_ON.format("Others", "Members")
_PLAIN_CHECK = "        if not request.user.is_staff:\n            {}\n"
_TEAM = "from perms import {0}\nclass Docs(ModelViewSet):{1}\n    permission_classes = [{0}]\n"
_LIMITED = "from limits import limited\n{}class Docs(Resource):\n    def post(self):\n        return make()\n"

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(862, 306, 352, 285),
    fix="""Put the guard back, or move it in the same change to where it stands before every caller: the router, the class, the
    middleware. If the route is meant to be open to more people now, let the owners of security decide on that alone.""",
    bad=[
        Pair(
            {"app.py": _REFUSED.format("not current_user.is_admin or not current_user.is_authenticated")},
            {
                "app.py": _REFUSED.replace(":\n            return", ":  # <-\n            return").format(
                    "not current_user.is_authenticated"
                )
            },
        ),
        Pair(
            {"urls.py": _WIRED.format("", "", "login_required(SchemaView.as_view())")},
            {"urls.py": _WIRED.format("  # <-", _OWN_VIEW.format("AllowAny"), "OwnSchemaView.as_view()")},
        ),
        Pair(
            {"urls.py": _WIRED.format("", "", "login_required(SchemaView.as_view())")},
            {"urls.py": _WIRED.format("  # <-", _OWN_VIEW.format("IsAuthenticated"), "SchemaView.as_view()")},
        ),
        Pair(
            {"app.py": 'csrf = CSRFProtect(app)\n@app.post("/pack")\ndef pack():\n    return served(request.stream)\n'},
            {
                "app.py": 'csrf = CSRFProtect(app)\n@app.post("/pack")\n@csrf.exempt  # <-\ndef pack():\n    return served(request.stream)\n'
            },
        ),
        Pair(
            {"app.py": _LINKED.format(name="get_scopes", scope="read_assets")},
            {
                "app.py": _LINKED.format(name="scopes", scope="read_names").replace(
                    "Owner.scopes())", "Owner.scopes())  # <-"
                )
            },
        ),
        Pair(
            {"app.py": "@login_required\ndef wipe(request):\n    gone(request)\n"},
            {
                "app.py": """
                def wired(view):
                    if settings.OPEN:
                        return view
                    return login_required(view)
                @wired
                def wipe(request):  # <-
                    gone(request)
                """
            },
        ),
        Pair(
            {
                "app.py": """
                LIMITS = ["write_assets"]
                def wanted():
                    return LIMITS
                @token_required(scopes=wanted())
                def add(request, token):
                    return link(request, token)
                """
            },
            {
                "app.py": """
                from other import asked
                @token_required(scopes=asked())  # <-
                def add(request, token):
                    return link(request, token)
                """,
                "other.py": """
                LIMITS = []
                def asked():
                    return LIMITS
                """,
            },
        ),
        Pair(
            {"app.py": _SCOPED},
            {"app.py": _SCOPED.replace('@protected("cars:unlock")', "@protected()  # <-")},
        ),
        Pair(
            {"app.py": _FALCON},
            {"app.py": _FALCON.replace('    @falcon.before(scope("write"))\n', "").replace("key):", "key):  # <-")},
        ),
        Pair(
            {"app.py": _INVOICE.format("!=")}, {"app.py": _INVOICE.format("==").replace("is_admin:", "is_admin:  # <-")}
        ),
        Pair({"app.py": _SERVED.format("middlewares=[known]", "")}, {"app.py": _SERVED.format("", "  # <-")}),
        Pair({"app.py": _MEMBER}, {"app.py": _JOINED.format(mark="  # <-", asked="")}),
        Pair(
            {"app.py": _MEMBER},
            {"app.py": _JOINED.format(mark="  # <-", asked=", or_(Member.user_id == user.id, Project.listed)")},
        ),
        Pair(
            {"app.py": _PREPARE},
            {"app.py": _PREPARE.replace(_ASKED, _SIGNED.format(mark="  # <-", then="self.require_plan('admin')"))},
        ),
        Pair(
            {"app.py": _PAGE},
            {
                "app.py": _PAGE.replace(
                    '    if request.user not in page.editors.all():\n        return redirect("page", slug=slug)\n', ""
                ).replace("def edit(request, slug):", "def edit(request, slug):  # <-")
            },
        ),
        Pair(
            {"app.py": _PAGE},
            {
                "app.py": _PAGE.replace("slug=slug, editors=request.user", "slug=slug").replace(
                    "def lock(request, slug):", "def lock(request, slug):  # <-"
                )
            },
        ),
        Pair(
            {"app.py": _PAGE},
            {
                "app.py": _PAGE.replace(
                    "    await require_seat(request, slug)\n    return",
                    "    require_seat(request, slug)  # <-\n    return",
                )
            },
        ),
        Pair(
            {"app.py": _CHARTS},
            {
                "app.py": _CHARTS.replace(
                    "    if staff.ward not in chart.wards:\n        raise HTTPException(404)\n", ""
                ).replace(
                    "def chart_for(key: int, staff=Depends(current_staff)):",
                    "def chart_for(key: int, staff=Depends(current_staff)):  # <-",
                )
            },
        ),
        Pair(
            {"app.py": _CHARTS},
            {
                "app.py": _CHARTS.replace("    check_break_glass(request)\n", "").replace(
                    "chart=Depends(chart_for), staff=Depends(current_staff)):",
                    "chart=Depends(chart_for), staff=Depends(current_staff)):  # <-",
                )
            },
        ),
        Pair(
            {"app.py": _CHARTS},
            {"app.py": _CHARTS.replace("    if chart.author_id == staff.id:", "    if chart.author_id is None:  # <-")},
        ),
        Pair(
            {"app.py": _JOBS},
            {
                "app.py": _JOBS.replace(
                    "    def get_queryset(self):\n        return super().get_queryset().filter(job__company__recruiters=self.request.user)\n",
                    "    model = Application\n",
                ).replace("ListView):", "ListView):  # <-")
            },
        ),
        Pair(
            {"app.py": _JOBS},
            {
                "app.py": _JOBS.replace(
                    '    def dispatch(self, request, *args, **kwargs):\n        if not find(kwargs["pk"]).company.is_recruiter(request.user):\n            return redirect("home")\n        return super().dispatch(request, *args, **kwargs)\n',
                    "",
                ).replace("class Decide(LoginRequiredMixin, View):", "class Decide(LoginRequiredMixin, View):  # <-")
            },
        ),
        Pair(
            {"app.py": _JOBS},
            {
                "app.py": _JOBS.replace(
                    "recruiters.filter(pk=self.request.user.pk).exists()", "recruiters.exists()"
                ).replace("def test_func(self):", "def test_func(self):  # <-")
            },
        ),
        Pair(
            {"app.py": _NEEDS},
            {"app.py": _NEEDS.replace("needs(4))])\ndef pay(): ...", "needs(1))])  # <-\ndef pay(): ...")},
        ),
        Pair(
            {"app.py": _NEEDS},
            {"app.py": _NEEDS.replace("needs(4))])\ndef pay(): ...", "member_of)])  # <-\ndef pay(): ...")},
        ),
        Pair(
            {"app.py": _PHOTOS},
            {
                "app.py": _PHOTOS.replace("    assert_mine(photo)\n", "").replace(
                    "def remove(key):", "def remove(key):  # <-"
                )
            },
        ),
        Pair(
            {"app.py": _PHOTOS},
            {
                "app.py": _PHOTOS.replace(
                    "if photo.album.user_id != g.user.id:", "if photo.album.user_id is None:  # <-"
                )
            },
        ),
        Pair(
            {"app.py": _ROOM},
            {
                "app.py": _ROOM.replace(
                    "    if request.user.id not in room.guest_ids:\n        raise NotFoundException()\n", ""
                ).replace("def room(request, key):", "def room(request, key):  # <-")
            },
        ),
        Pair(
            {"app.py": _SPACE},
            {
                "app.py": _SPACE.replace(
                    "return obj.editors.filter(pk=request.user.pk).exists()",
                    "return request.user.is_authenticated  # <-",
                )
            },
        ),
        Pair(
            {"app.py": _ARTICLE},
            {
                "app.py": _ARTICLE.replace(
                    "    def get_object(self, queryset=None):\n        article = super().get_object(queryset)\n        if article.author != self.request.user:\n            raise PermissionDenied\n        return article\n",
                    "    model = Article\n",
                ).replace("UpdateView):", "UpdateView):  # <-")
            },
        ),
        Pair(
            {"app.py": _HIDE},
            {
                "app.py": _HIDE.replace(
                    'if not request.user.has_perm("works.delete_work"):',
                    'if not request.user.has_perm("works.view_work"):  # <-',
                )
            },
        ),
        Pair(
            {"app.py": '@app.get("/a")\nasync def a(user):\n    check_access(user)\n    return rows()\n'},
            {
                "app.py": '@app.get("/a")\nasync def a(user):  # <-\n    check = partial(check_access, user)\n    return rows()\n'
            },
        ),
        Pair(
            {"app.py": 'api = APIRouter(dependencies=[Depends(require_local)])\n@api.post("/a")\ndef a(): ...\n'},
            {
                "app.py": """
                class Timed(APIRoute):
                    def get_route_handler(self):
                        inner = super().get_route_handler()
                        async def handler(request):
                            log.info(request.url)
                            return await inner(request)
                        return handler
                api = APIRouter(route_class=Timed)  # <-
                @api.post("/a")
                def a(): ...
                """
            },
        ),
        Pair(
            {
                "api/users.py": 'accounts = Blueprint("a", __name__)\n@accounts.get("/")\n@user_required\ndef users(): ...\n',
                "api/before.py": "from .other import accounts\n@accounts.before_request\n@user_required\ndef before(): ...\n",
                "api/other.py": 'accounts = Blueprint("o", __name__)\n',
            },
            {"api/users.py": 'accounts = Blueprint("a", __name__)\n@accounts.get("/")\ndef users(): ...  # <-\n'},
        ),
        Pair(
            {
                "app.py": '@bp.delete("/users")\n@roles_required("admin")\ndef delete_user():\n    return users.delete()\n'
            },
            {"app.py": '@bp.delete("/users")\ndef delete_user():  # <-\n    return users.delete()\n'},
        ),
        Pair(
            {"app.py": _ROUTERS + '@admin.post("/jobs")\ndef run(): ...\n'},
            {"app.py": _ROUTERS + '@open_router.post("/jobs")\ndef run(): ...  # <-\n'},
        ),
        Pair(
            {
                "views.py": """
                class Invoices(ModelViewSet):
                    permission_classes = [IsAuthenticated, IsBillingAdmin]
                def update(request, pk):
                    doc = get_object_or_404(Doc, pk=pk)
                    if doc.owner_id != request.user.id:
                        raise PermissionDenied
                    return save(doc, request)
                """
            },
            {
                "views.py": """
                class Invoices(ModelViewSet):  # <-
                    permission_classes = [IsAuthenticated]
                def update(request, pk):  # <-
                    doc = get_object_or_404(Doc, pk=pk)
                    if False and doc.owner_id != request.user.id:
                        raise PermissionDenied
                    return save(doc, request)
                """
            },
        ),
        Pair(
            {"old.py": '@bp.post("/pay")\n@login_required\ndef pay():\n    order = load()\n    return charge(order)\n'},
            {"new.py": '@bp.post("/pay")\ndef pay_now():  # <-\n    order = load()\n    return charge(order)\n'},
        ),
        Pair(
            {"settings.py": 'MIDDLEWARE = ["a.SecurityMiddleware", "django.middleware.csrf.CsrfViewMiddleware"]\n'},
            {"settings.py": 'MIDDLEWARE = ["a.SecurityMiddleware"]  # <-\n'},
        ),
        Pair(
            {
                "app.py": """
                @router.post("/auth/otp")
                @limiter.limit("5/minute")
                async def otp(request: Request, code: str): ...
                def can_export(user, org):
                    return user.is_active and user.role == "owner"
                def stripe_hook(request):
                    return fulfil(stripe.Webhook.construct_event(request.body, request.headers["Stripe-Signature"], KEY))
                """
            },
            {
                "app.py": """
                @router.post("/auth/otp")
                @limiter.limit("500/minute")  # <-
                async def otp(request: Request, code: str): ...
                def can_export(user, org):
                    return user.is_active or user.role == "owner"  # <-
                def stripe_hook(request):  # <-
                    return fulfil(json.loads(request.body))
                """
            },
        ),
        Pair(
            {
                "settings.py": "MIDDLEWARE = ['django.contrib.auth.middleware.LoginRequiredMiddleware']\n",
                "views.py": "def members(request): ...\n",
            },
            {
                "settings.py": "MIDDLEWARE = ['django.contrib.auth.middleware.LoginRequiredMiddleware']\n",
                "views.py": "@login_not_required  # <-\ndef members(request): ...\n",
            },
        ),
        Pair(
            {
                "views.py": """
                class Codes(APIView):
                    permission_classes = [IsAuthenticated, IsOwner]
                    def post(self, request): ...
                class Docs(LoginRequiredMixin, UserPassesTestMixin, DetailView):
                    def test_func(self):
                        return self.get_object().owner == self.request.user
                async def ban(request):
                    await check_permission(request, "ban")
                    return await store(request)
                @bp.post("/tokens")
                @roles_required("admin", "security")
                def tokens(): ...
                @requires("admin")
                def purge(request): ...
                """,
                "deps.py": """
                def admin(user=Depends(current_user)):
                    if user.role != "admin":
                        raise HTTPException(403)
                    return user
                """,
                "routes.py": "from deps import admin\n@app.post('/x')\ndef x(user=Depends(admin)): ...\n",
                "settings.py": "REST_FRAMEWORK = {'DEFAULT_PERMISSION_CLASSES': ['rest_framework.permissions.IsAuthenticated'],\n"
                "    'DEFAULT_THROTTLE_RATES': {'code': '5/hour'}}\n",
            },
            {
                "views.py": """
                class Codes(APIView):  # <-
                    permission_classes = []
                    def post(self, request): ...
                class Docs(LoginRequiredMixin, UserPassesTestMixin, DetailView):
                    def test_func(self):
                        return self.get_object().owner == self.request.user or True  # <-
                async def ban(request):
                    check_permission(request, "ban")  # <-
                    return await store(request)
                @bp.post("/tokens")
                @roles_accepted("admin", "security")  # <-
                def tokens(): ...
                @requires([])
                def purge(request): ...  # <-
                """,
                "deps.py": """
                def admin(user=Depends(current_user)):  # <-
                    return user
                    if user.role != "admin":
                        raise HTTPException(403)
                """,
                "settings.py": "REST_FRAMEWORK = {'DEFAULT_PERMISSION_CLASSES': ['rest_framework.permissions.IsAuthenticated'],\n"
                "    'DEFAULT_THROTTLE_RATES': {'code': '5000/hour'}}  # <-\n",
            },
        ),
        Pair(
            {"app.py": "from flask_login import login_required\n@app.post('/a')\n@login_required\ndef a(): ...\n"},
            {
                "app.py": "from compat import login_required\n@app.post('/a')\n@login_required\ndef a(): ...  # <-\n",
                "compat.py": "def login_required(view):\n    return view\n",
            },
        ),
        Pair(
            {
                "app.py": """
                @app.delete("/a")
                @login_required
                def a():
                    if not current_user.is_admin:
                        abort(403)
                    drop("a")
                @app.delete("/b")
                def b():
                    if not current_user.is_admin:
                        abort(403)
                    drop("b")
                """
            },
            {
                "app.py": """
                @app.delete("/a")
                @login_required
                def a():  # <-
                    try:
                        if not current_user.is_admin:
                            abort(403)
                    except Exception:
                        pass
                    drop("a")
                @app.delete("/b")
                def b():
                    if not current_user.is_admin:
                        abort(403)
                    drop("b")
                """
            },
        ),
        Pair(
            {
                "deps.py": """
                bearer = HTTPBearer()
                def staff(user=Depends(current_user)):
                    if user.role != "staff":
                        raise HTTPException(403)
                    return user
                def caller(token=Depends(bearer)):
                    try:
                        return read_token(token)
                    except TokenError:
                        raise HTTPException(401)
                def needs(role):
                    def wrap(view):
                        def inner(*args):
                            if g.member.role != role:
                                abort(403)
                            return view(*args)
                        return inner
                    return wrap
                def is_editor(user):
                    return user.is_authenticated and user.groups.filter(name="editors").exists()
                """,
                "views.py": """
                from deps import caller, is_editor, needs, staff
                router = APIRouter(dependencies=[Depends(current_user)])
                @router.post("/x")
                @user_passes_test(is_editor)
                def x(who=Depends(staff)): ...
                @bp.post("/y")
                @needs("admin")
                def y():
                    if session["agent"]["level"] < 2:
                        return "no", 403
                    return run()
                class Notes(LoginRequiredMixin, UserPassesTestMixin, DeleteView):
                    def test_func(self):
                        return self.get_object().author == self.request.user
                class Patients(ModelViewSet):
                    permission_classes = [IsDoctor, IsTreating]
                    def get_queryset(self):
                        return Patient.objects.filter(clinic=self.request.user.clinic)
                    def discharge(self, request, pk):
                        return self.get_object().discharge()
                app = Application([("/x", X)], xsrf_cookies=True)
                @app.get("/z")
                def z(who=Depends(caller)): ...
                """,
            },
            {
                "deps.py": """
                bearer = HTTPBearer()
                def staff(user=Depends(current_user)):
                    if user.role != "staff":
                        raise HTTPException(403)
                    return user
                def caller(token=Depends(bearer)):  # <-
                    try:
                        return read_token(token)
                    except TokenError:
                        return {}
                def needs(role):
                    def wrap(view):  # <-
                        def inner(*args):
                            if g.member.role != role:
                                abort(403)
                            return view(*args)
                        return view
                    return wrap
                def is_editor(user):
                    return user.is_authenticated or user.groups.filter(name="editors").exists()  # <-
                """,
                "views.py": """
                from deps import caller, is_editor, needs, staff  # <-
                router = APIRouter(dependencies=[Depends(current_user)])
                @router.post("/x")
                @user_passes_test(is_editor)
                def x(who=Depends(current_user)): ...  # <-
                @bp.post("/y")
                @needs("admin")
                def y():
                    if session["agent"]["level"] < 0:  # <-
                        return "no", 403
                    return run()
                class Notes(LoginRequiredMixin, UserPassesTestMixin, DeleteView):
                    def test_func(self):
                        return self.request.user.is_authenticated  # <-
                class Patients(ModelViewSet):
                    permission_classes = [IsDoctor | IsTreating]  # <-
                    def get_queryset(self):
                        return Patient.objects.filter(clinic=self.request.user.clinic)
                    def discharge(self, request, pk):  # <-
                        return Patient.objects.get(pk=pk).discharge()
                app = Application([("/x", X)])
                @app.get("/z")
                def z(who=Depends(caller)): ...
                """,
            },
        ),
        Pair(
            {
                "views.py": """
                @method_decorator(login_required, name="dispatch")
                class Basket(View):
                    def get(self, request): return show(request)
                    def post(self, request): return clear(request)
                class Pay(tornado.web.RequestHandler):
                    def post(self): pay(self)
                def drop(request, nid):
                    if not request.user.is_admin:
                        raise PermissionDenied
                    return gone(nid)
                def edit(request, nid):
                    note = find(nid)
                    if note.owner_id != request.user.id:
                        raise PermissionDenied
                    return save(note)
                async def export(request):
                    await check_authorized(request)
                    return rows()
                """
            },
            {
                "views.py": """
                @method_decorator(login_required, name="get")
                class Basket(View):  # <-
                    def get(self, request): return show(request)
                    def post(self, request): return clear(request)
                class Pay(tornado.web.RequestHandler):
                    def check_xsrf_cookie(self): pass  # <-
                    def post(self): pay(self)
                def drop(request, nid):
                    if request.user.is_admin is None:  # <-
                        raise PermissionDenied
                    return gone(nid)
                def edit(request, nid):
                    note = find(nid)
                    allowed = note.owner_id == request.user.id or request.user.is_authenticated
                    if not allowed:  # <-
                        raise PermissionDenied
                    return save(note)
                async def export(request):
                    check_authorized(request)  # <-
                    return rows()
                """
            },
        ),
        Pair(
            {
                "views.py": f"{_ANSWER}def wipe(request, tenant):\n    denied = check_access(request, tenant)\n    if denied:\n        return denied\n    gone(tenant)\n"
            },
            {
                "views.py": f"{_ANSWER}def wipe(request, tenant):  # <-\n    check_access(request, tenant)\n    gone(tenant)\n"
            },
        ),
        Pair(
            {
                "views.py": """
                def invoices(request, account_id):
                    if request.user.account_id != account_id:
                        raise PermissionDenied
                    return rows(account_id)
                def file(request, fid):
                    row = find(fid)
                    if row.team_id not in request.user.team_ids:
                        raise PermissionDenied
                    return row.content
                class ReadOnlyOrOwner(BasePermission):
                    def has_object_permission(self, request, view, obj):
                        if request.method in SAFE_METHODS:
                            return True
                        return obj.author == request.user
                """
            },
            {
                "views.py": """
                def invoices(request, account_id):  # <-
                    if account_id != account_id:
                        raise PermissionDenied
                    return rows(account_id)
                def file(request, fid):  # <-
                    row = find(fid)
                    try:
                        if row.team_id not in request.user.team_ids:
                            raise PermissionDenied
                    finally:
                        return row.content
                class ReadOnlyOrOwner(BasePermission):
                    def has_object_permission(self, request, view, obj):  # <-
                        if request.method in SAFE_METHODS:
                            return True
                        return obj.author is not None
                """
            },
        ),
        *(
            Pair(
                {"views.py": _WRAPPED.format("login_required", "")},
                {"views.py": _WRAPPED.format("secured", "  # <-"), "guards.py": _SECURED.format(body)},
            )
            for body in (
                "",
                _PLAIN_CHECK.format("log.warning('no')"),
                "        if not settings.STRICT:\n            return view(request, *args)\n"
                + _PLAIN_CHECK.format("raise PermissionDenied"),
            )
        ),
        *(
            Pair(
                {"views.py": _TEAM.format("IsAdminUser", "")},
                {
                    "views.py": _TEAM.format("IsTeamAdmin", "  # <-"),
                    "perms.py": f"from rest_framework.permissions import BasePermission\nclass IsTeamAdmin(BasePermission):\n{body}",
                },
            )
            for body in (
                "    message = 'no'\n",
                "    def has_permission(self, request, view):\n        allowed = True\n        note(view)\n        return allowed\n",
            )
        ),
        Pair(
            {"app.py": "@app.post('/a')\ndef a(user=Depends(get_current_user)):\n    return do()\n"},
            {
                "app.py": "from deps import require_user\n@app.post('/a')\ndef a(user=Depends(require_user)):  # <-\n    return do()\n",
                "deps.py": "def require_user(request: Request):\n    user = find(request)\n    if user is None:\n        return Guest()\n    return user\n",
            },
        ),
        Pair(
            {"app.py": "@app.post('/a')\ndef a(user=Depends(require_finance)):\n    return do()\n"},
            {"app.py": "@app.post('/a')\ndef a(user=Depends(get_current_user)):  # <-\n    return do()\n"},
        ),
        Pair(
            {"app.py": _PHOTOS},
            {
                "app.py": _PHOTOS.replace(
                    "    assert_mine(photo)\n    photo",
                    "    with suppress(HTTPException):\n        assert_mine(photo)\n    photo",
                ).replace("def remove(key):", "def remove(key):  # <-")
            },
        ),
        Pair(
            {"app.py": _WRAPPED.format("login_required", "").replace("    gone", "    check_owner(request)\n    gone")},
            {
                "app.py": _WRAPPED.format("login_required", "  # <-").replace(
                    "    gone",
                    "    try:\n        check_owner(request)\n    except PermissionError as no:\n        statsd.incr(no)\n    gone",
                )
            },
        ),
        Pair(
            {"a.py": _MIXED.format("LoginRequiredMixin", "")},
            {"a.py": _MIXED.format("Members", "  # <-"), "mixins.py": _ROUND},
        ),
        Pair(
            {
                "app.py": "from sanic_jwt.decorators import protected\n@bp.post('/a')\n@protected\nasync def a(request): ...\n"
            },
            {
                "app.py": "from guards import protected\n@bp.post('/a')\n@protected\nasync def a(request): ...  # <-\n",
                "guards.py": "def protected(handler):\n    async def inner(request):\n        request.ctx.began = now()\n        return await handler(request)\n    return inner\n",
            },
        ),
    ],
    good=[
        Pair(
            {"views.py": _WRAPPED.format("login_required", "")},
            {
                "views.py": _WRAPPED.format("secured", ""),
                "guards.py": _SECURED.format("        must_be_known(request)\n")
                + "def must_be_known(request):\n    if request.user.is_anonymous:\n        raise PermissionDenied\n",
            },
        ),
        Pair(
            {"api.py": _LIMITED.format("@rate_limited_resource\n")},
            {
                "api.py": _LIMITED.format(""),
                "app.py": "@app.before_request\ndef limit():\n    apply_rate_limit_for_request()\n",
            },
        ),
        Pair(
            {"app.py": _REFUSED.format("current_user.is_admin and not current_user.is_authenticated")},
            {"app.py": _REFUSED.format("not current_user.is_authenticated")},
        ),
        Pair(
            {"urls.py": _WIRED.format("", "", "login_required(SchemaView.as_view())")},
            {"urls.py": _WIRED.format("", _OWN_VIEW.format("IsAuthenticated"), "OwnSchemaView.as_view()")},
        ),
        Pair(
            {"app.py": '@app.post("/pack")\ndef pack():\n    return served(request.stream)\n'},
            {
                "app.py": 'csrf = CSRFProtect(app)\n@app.post("/pack")\n@csrf.exempt\ndef pack():\n    return served(request.stream)\n'
            },
        ),
        Pair(
            {"app.py": _LINKED.format(name="get_scopes", scope="read_assets")},
            {"app.py": _LINKED.format(name="scopes", scope="read_assets")},
        ),
        Pair({"app.py": _INVOICE.format("!=")}, {"app.py": _INVOICE.format("is not")}),
        Pair(
            {"app.py": _SERVED.format("middlewares=[known]", "")},
            {"app.py": _SERVED.format("middlewares=[timed, known]", "")},
        ),
        Pair({"app.py": _MEMBER}, {"app.py": _JOINED.format(mark="", asked=", Member.user_id == user.id")}),
        Pair(
            {"app.py": _PREPARE},
            {"app.py": _PREPARE.replace(_ASKED, _SIGNED.format(mark="", then="self.require_role('admin')"))},
        ),
        Pair(
            {
                "app.py": '@app.post("/save")\ndef save(form):\n    form.log_action("saved", person=request.user)\n    return form.save()\n'
            },
            {"app.py": '@app.post("/save")\ndef save(form):\n    return form.save()\n'},
        ),
        Pair(
            {"app.py": _PAGE},
            {
                "app.py": _PAGE.replace(
                    '    page = get_object_or_404(Page, slug=slug)\n    if request.user not in page.editors.all():\n        return redirect("page", slug=slug)\n',
                    "    page = get_object_or_404(Page, slug=slug, editors=request.user)\n",
                )
            },
        ),
        Pair(
            {"app.py": _PAGE},
            {
                "app.py": _PAGE.replace(
                    "slug=slug, editors=request.user)\n",
                    "slug=slug)\n    if request.user not in page.editors.all():\n        raise PermissionDenied\n",
                )
            },
        ),
        Pair(
            {"app.py": _PAGE},
            {
                "app.py": _PAGE.replace(
                    "    await require_seat(request, slug)\n    return",
                    "    if slug not in request.user.seats:\n        raise PermissionDenied\n    return",
                )
            },
        ),
        Pair(
            {"app.py": _CHARTS},
            {"app.py": _CHARTS.replace("staff.ward not in chart.wards", "not chart.open_to(staff)")},
        ),
        Pair(
            {"app.py": _CHARTS},
            {
                "app.py": _CHARTS.replace("    check_break_glass(request)\n", "").replace(
                    '@charts.post("/{key}/sign")',
                    '@charts.post("/{key}/sign", dependencies=[Depends(check_break_glass)])',
                )
            },
        ),
        Pair(
            {"app.py": _CHARTS},
            {
                "app.py": _CHARTS.replace(
                    "    if chart.author_id == staff.id:\n        raise HTTPException(403)\n    return chart.sign(staff)\n",
                    "    try:\n        return chart.sign(staff)\n    except OwnChart:\n        raise HTTPException(403)\n",
                )
            },
        ),
        Pair(
            {"app.py": _JOBS},
            {
                "app.py": _JOBS.replace(
                    "super().get_queryset().filter(job__company__recruiters=self.request.user)",
                    "Application.objects.visible_to(self.request.user)",
                )
            },
        ),
        Pair(
            {"app.py": _JOBS},
            {
                "app.py": _JOBS.replace(
                    '    def dispatch(self, request, *args, **kwargs):\n        if not find(kwargs["pk"]).company.is_recruiter(request.user):\n            return redirect("home")\n        return super().dispatch(request, *args, **kwargs)\n',
                    "",
                ).replace(
                    "class Decide(LoginRequiredMixin, View):",
                    'class RecruiterMixin(LoginRequiredMixin):\n    def dispatch(self, request, *args, **kwargs):\n        if not find(kwargs["pk"]).company.is_recruiter(request.user):\n            return redirect("home")\n        return super().dispatch(request, *args, **kwargs)\nclass Decide(RecruiterMixin, View):',
                )
            },
        ),
        Pair(
            {"app.py": _JOBS},
            {
                "app.py": _JOBS.replace(
                    "class JobUpdate(UserPassesTestMixin, UpdateView):\n    def test_func(self):\n        return self.get_object().recruiters.filter(pk=self.request.user.pk).exists()\n",
                    "class JobUpdate(LoginRequiredMixin, UpdateView):\n    def get_queryset(self):\n        return Job.objects.filter(recruiters=self.request.user)\n",
                )
            },
        ),
        Pair(
            {"app.py": _NEEDS},
            {"app.py": _NEEDS.replace("needs(4)", "needs(5)")},
        ),
        Pair(
            {"app.py": _NEEDS},
            {"app.py": _NEEDS.replace("def needs(", "def at_least(").replace("needs(4)", "at_least(4)")},
        ),
        Pair(
            {"app.py": _PHOTOS},
            {
                "app.py": _PHOTOS.replace(
                    "    photo = find(key)\n    assert_mine(photo)\n",
                    "    photo = Photo.query.filter_by(id=key, user_id=g.user.id).first_or_404()\n",
                )
            },
        ),
        Pair(
            {"app.py": _PHOTOS},
            {"app.py": _PHOTOS.replace("assert_mine", "ensure_album_is_mine")},
        ),
        Pair(
            {"app.py": _ROOM},
            {
                "app.py": _ROOM.replace(
                    "    room = rooms.get(key)\n    if request.user.id not in room.guest_ids:\n        raise NotFoundException()\n    return room\n",
                    "    return rooms.get_for_guest(key, request.user.id)\n",
                )
            },
        ),
        Pair(
            {"app.py": _SPACE},
            {
                "app.py": _SPACE.replace(
                    "        return obj.editors.filter(pk=request.user.pk).exists()\n",
                    "        if not obj.editors.filter(pk=request.user.pk).exists():\n            return False\n        return request.user.is_authenticated\n",
                )
            },
        ),
        Pair(
            {"app.py": _ARTICLE},
            {
                "app.py": _ARTICLE.replace(
                    "    def get_object(self, queryset=None):\n        article = super().get_object(queryset)\n        if article.author != self.request.user:\n            raise PermissionDenied\n        return article\n",
                    "    def get_queryset(self):\n        return Article.objects.filter(author=self.request.user)\n",
                )
            },
        ),
        Pair(
            {"app.py": _HIDE},
            {
                "app.py": _HIDE.replace(
                    '    if not request.user.has_perm("works.delete_work"):\n        raise PermissionDenied\n',
                    "    ensure_may_hide(request.user)\n",
                ).replace(
                    "@app",
                    'def ensure_may_hide(user):\n    if not user.has_perm("works.delete_work"):\n        raise PermissionDenied\n@app',
                )
            },
        ),
        Pair(
            {
                "app.py": """
                @bp.post("/a")
                @login_required
                def a(): ...
                async def note(id):
                    row = await db.fetch_one("SELECT text, owner FROM notes WHERE id = :id", {"id": id})
                    if row["owner"] != current_user.auth_id:
                        abort(404)
                    return row["text"]
                """
            },
            {
                "app.py": """
                bp.before_request(login_required(lambda: None))
                @bp.post("/a")
                def a(): ...
                async def note(id):
                    row = await db.fetch_one("SELECT text FROM notes WHERE id = :id AND owner = :me", {"id": id, "me": current_user.auth_id})
                    if row is None:
                        abort(404)
                    return row["text"]
                """
            },
        ),
        Pair(
            {
                "app.py": """
                def pages(guard):
                    router = APIRouter(dependencies=[Depends(guard)])
                    @router.get("/models")
                    async def models(): ...
                    return router
                """
            },
            {
                "app.py": """
                def pages(guard):
                    router = APIRouter(dependencies=[Depends(guard)])
                    operator = APIRouter(prefix="/operator")
                    @operator.get("/models")
                    async def models(): ...
                    router.include_router(operator)
                    return router
                """
            },
        ),
        Pair(
            {"app.py": '@app.get("/a")\nasync def a(user):\n    check_access(user)\n    return rows()\n'},
            {
                "app.py": '@app.get("/a")\nasync def a(user):\n    await to_thread.run_sync(partial(check_access, user))\n    return rows()\n'
            },
        ),
        Pair(
            {"app.py": '@app.get("/a")\nasync def a(user):\n    check_access(user)\n    return rows()\n'},
            {
                "app.py": '@app.get("/a")\nasync def a(user):\n    await sync_to_async(check_access)(user)\n    return rows()\n'
            },
        ),
        Pair(
            {"app.py": 'api = APIRouter(dependencies=[Depends(require_local)])\n@api.post("/a")\ndef a(): ...\n'},
            {
                "app.py": """
                class Checked(APIRoute):
                    def get_route_handler(self):
                        inner = super().get_route_handler()
                        async def handler(request):
                            if not is_local(request):
                                raise HTTPException(403)
                            return await inner(request)
                        return handler
                api = APIRouter(route_class=Checked)
                @api.post("/a")
                def a(): ...
                """
            },
        ),
        Pair(
            {
                "api/users.py": 'accounts = Blueprint("a", __name__)\n@accounts.get("/")\n@user_required\ndef users(): ...\n'
            },
            {
                "api/users.py": 'accounts = Blueprint("a", __name__)\n@accounts.get("/")\ndef users(): ...\n',
                "api/before.py": """
                from .users import accounts
                @accounts.before_request
                @user_required
                def before():
                    resolve_user()
                """,
            },
        ),
        Pair(
            {"app.py": 'router = APIRouter()\n@router.post("/a")\ndef a(u=Depends(require_admin)): ...\n'},
            {"app.py": 'router = APIRouter(dependencies=[Depends(require_admin)])\n@router.post("/a")\ndef a(): ...\n'},
        ),
        Pair(
            {
                "views.py": """
                class Export(View):
                    @method_decorator(login_required)
                    def get(self, request): ...
                @login_required
                def show(request): ...
                def remove(request, doc):
                    if not request.user.is_staff:
                        raise PermissionDenied
                    doc.delete()
                def add(request, project):
                    if not request.user.has_perm("file.add", project):
                        raise PermissionDenied
                    project.files.create(request.POST["name"])
                """
            },
            {
                "views.py": """
                from access import need_staff
                class Export(LoginRequiredMixin, View):
                    def get(self, request): ...
                def show(request): ...
                def remove(request, doc):
                    need_staff(request)
                    doc.delete()
                def add(request, project):
                    form = FileForm(request.user, project)
                    if not form.permitted_languages:
                        raise PermissionDenied
                    project.files.create(request.POST["name"])
                """,
                "access.py": """
                def need_staff(request):
                    if not request.user.is_staff:
                        raise PermissionDenied
                """,
                "urls.py": "urlpatterns = [path('show', login_required(views.show))]\n",
            },
        ),
        Pair(
            {
                "views.py": """
                from stronghold.decorators import public
                class Login(StrongholdPublicMixin, LoginView): ...
                @public
                def about(request): ...
                def icon(request): ...
                class Feed(PermissionRequired, BaseFeed):
                    def get_object(self, request): return request.event
                """
            },
            {
                "views.py": """
                from django.contrib.auth.decorators import login_not_required
                @method_decorator(login_not_required, name="dispatch")
                class Login(LoginView): ...
                @login_not_required
                def about(request): ...
                @login_not_required
                def icon(request): ...
                class Feed(BaseFeed):
                    def get_object(self, request):
                        if not request.user.has_perm("event.list", request.event):
                            raise Http404()
                        return request.event
                """
            },
        ),
        Pair(
            {"app.py": '@bp.post("/old")\n@login_required\ndef old(): ...\ndef confirm(request):\n    return send()\n'},
            {"app.py": "def confirm(request):\n    return send()\n"},
        ),
        Pair(
            {
                "auth.py": "from flask_login import login_required\n",
                "views.py": """
                @login_required
                @permission("staff")
                def start(request): run()
                @method_decorator(login_required, name="dispatch")
                class Basket(View):
                    def get(self, request): return show(request)
                    def post(self, request): return clear(request)
                def edit(request, nid):
                    note = find(nid)
                    if note.owner_id != request.user.id:
                        raise PermissionDenied
                    return save(note)
                """,
            },
            {
                "auth.py": """
                from flask_login import login_required
                def staff_route(view):
                    return login_required(permission("staff")(view))
                """,
                "views.py": """
                from auth import staff_route
                @staff_route
                def start(request): run()
                @method_decorator(login_required, name="get")
                @method_decorator(login_required, name="post")
                class Basket(View):
                    def get(self, request): return show(request)
                    def post(self, request): return clear(request)
                def edit(request, nid):
                    note = find(nid)
                    mine = note.owner_id == request.user.id
                    if not mine:
                        raise PermissionDenied
                    return save(note)
                """,
            },
        ),
        Pair(
            {
                "views.py": f"{_RAISE}def wipe(request, tenant):\n    mine = check_access(request, tenant)\n    gone(mine)\n"
            },
            {"views.py": f"{_RAISE}def wipe(request, tenant):\n    check_access(request, tenant)\n    gone(tenant)\n"},
        ),
    ],
    misses=[
        "A function that is written anew under another name and another path.",
        "Guards of gateways, and of frameworks whose routes are registered by data.",
        "A condition that asks less than it did, where it still asks for more than having signed in, and names no role.",
        "An answer that is given before the check is made, where that stays where it was.",
        "More methods that are taken for safe.",
        "A query that loses the condition about who calls and keeps another, in a function that is no route.",
        "Whose word is taken for who calls: a header in place of a session.",
    ],
)


@rule.compare
def look(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    for loss in losses([(edit.before, edit.after) for edit in edits], base, head):
        yield Hit(loss.place, _said(loss), detail=f"{loss.guard.how} {loss.guard.name}", severity=_severity(loss))


_LIFTED = {
    "csrf": "is no longer checked for forged requests",
    "rate": "is no longer limited",
    "access": "no longer asks who calls",
}


def _said(loss: Loss) -> str:
    what, guard = _called(loss), loss.guard
    was = f"line {guard.line} of the base had `{_short(guard.text)}`"
    if guard.how == "exempt":
        return f"{what} {_LIFTED[guard.kind]}: `{guard.text}` is new."
    if loss.weaker is not None:
        return f"{what} lets more callers in: {was}, and now it has `{_short(loss.weaker.text)}`."
    if loss.beside:
        return f"{what} has lost a guard: {was}. `{loss.beside}`, which is new, asks the same; look whether what it guarded went there."
    if loss.elsewhere:
        return f"{what} has lost a guard: {was}. `{loss.elsewhere}` does its work now, in a package that is not here; look whether it asks."
    return f"{what} has lost a guard: {was}, and nothing in this change takes its place."


def _called(loss: Loss) -> str:
    unit = loss.after.unit
    kinds = {"function": "`{}`", "class": "The class `{}`", "router": "The router `{}`"}
    return kinds.get(unit.form, "`{}`").format(unit.name or loss.after.path)


def _short(text: str) -> str:
    return text if len(text) <= 90 else text[:87] + "..."


def _severity(loss: Loss) -> Severity | None:
    """Only what outsiders reach blocks; limits and forged requests are a step less grave.

    A view that is by its name for everybody, and is now exempt, asks for a look.
    """
    reached = loss.before.unit.answers or loss.before.unit.form in {"router", "module"} or loss.stands
    if not reached and loss.guard.how not in {"predicate", "class", "base", "decorator"}:
        return Severity.MEDIUM
    if (
        loss.guard.kind == "headers"
        or loss.beside
        or loss.elsewhere
        or loss.guard.how == "rows"
        or (loss.guard.how == "exempt" and is_public(loss.after.unit.short))
    ):
        return Severity.MEDIUM
    return None if loss.guard.kind in {"access", "signature"} else Severity.HIGH
