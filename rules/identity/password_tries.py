"""A password can be tried without limit.

Most people's passwords are among a few million known ones, and lists of names and passwords that leaked elsewhere are tried by
machines. A login that counts nothing lets them go through the whole list.
"""

from collections.abc import Iterator

from gate.facts.passwordroute import PasswordRoute
from gate.facts.tries import counted
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(307, 799),
    fix='Limit the route by account and by address (`@limiter.limit("5/minute")`, `throttle_classes`, `@ratelimit(block=True)`), '
    "or count failed tries and make the account wait.",
    bad=[
        {
            "shop/__init__.py": "",
            "shop/auth.py": """
            class Manager:
                def login(self, name, password):
                    return find(name, password)
                def reset(self, name):
                    return self.too_many_attempts(name)
            """,
            "shop/routes.py": """
            from aiohttp import web
            from shop.auth import Manager
            router = web.RouteTableDef()
            def build(auth: Manager):
                @router.post("/api/login")
                async def api_login(req):  # <-
                    body = await req.json()
                    return auth.login(body["name"], body["password"])
            """,
        },
        """
        from flask import Flask, request, session
        app = Flask(__name__)
        @app.route("/login", methods=["POST"])
        def login():  # <-
            user = User.query.filter_by(name=request.form["name"]).first()
            if user and check_password_hash(user.hash, request.form["password"]):
                session["user"] = user.id
                return "ok"
            return "Login failed", 401
        """,
        """
        from fastapi import APIRouter, Depends, HTTPException
        from fastapi.security import OAuth2PasswordRequestForm
        router = APIRouter(prefix="/auth")
        @router.post("/token")
        async def token(form: OAuth2PasswordRequestForm = Depends()):  # <-
            user = authenticate(form.username, form.password)
            if not user:
                raise HTTPException(401)
            return {"access_token": issue(user)}
        @router.post("/sign-in")
        async def enter(body: Credentials):  # <-
            return await check(body.email, body.password)
        """,
        """
        from django.contrib.auth import authenticate, login
        from rest_framework.exceptions import AuthenticationFailed
        from rest_framework.views import APIView
        def login_view(request):  # <-
            user = authenticate(request, username=request.POST["name"], password=request.POST["password"])
            if user is not None:
                login(request, user)
        class LoginView(APIView):
            def post(self, request):  # <-
                user = User.objects.get(email=request.data["email"])
                if not user.check_password(request.data.get("password")):
                    raise AuthenticationFailed("Login failed, try again")
                return Response(token(user))
        """,
    ],
    good=[
        {
            "shop/__init__.py": "",
            "shop/auth.py": """
            class Manager:
                def login(self, name, password):
                    if self.too_many_attempts(name):
                        return None
                    return find(name, password)
            """,
            "shop/routes.py": """
            from aiohttp import web
            from shop.auth import Manager
            router = web.RouteTableDef()
            def build(auth: Manager):
                @router.post("/api/login")
                async def api_login(req):
                    body = await req.json()
                    return auth.login(body["name"], body["password"])
            """,
        },
        """
        from flask import Flask, request, session
        app = Flask(__name__)
        @app.route("/login", methods=["POST"])
        @limiter.limit("5/minute")
        def login():
            return enter(request.form["password"])
        @app.post("/register")
        def register():
            return store(request.form["password"])
        @app.post("/login/reset-password")
        def reset():
            return send(request.form["password"])
        @app.get("/login")
        def form():
            return render_template("login.html", password="")
        """,
        """
        from django.contrib.auth import authenticate
        def login_view(request):
            if LoginAttempt.objects.filter(address=request.META["REMOTE_ADDR"]).count() > 5:
                raise PermissionDenied
            return enter(authenticate(request, password=request.POST["password"]))
        """,
        """
        from flask import Blueprint, request
        auth = Blueprint("auth", __name__)
        @auth.post("/login")
        def login():
            return enter(request.form["password"])
        limiter.limit("10/minute")(auth)
        """,
        """
        from fastapi import APIRouter, Depends
        router = APIRouter()
        @router.post("/keys/token")
        async def make_token(body: Wish, account: Account = Depends(check_account_exists)):
            return issue(account) if account.verify(body.password) else None
        """,
        {
            "shop/settings.py": 'MIDDLEWARE = ["axes.middleware.AxesMiddleware"]\n',
            "shop/views.py": """
            def login_view(request):
                return enter(authenticate(request, password=request.POST["password"]))
            """,
        },
        {
            "service.py": """
            def check(body):
                user = find(body.email)
                if user.failed_logins >= 5:
                    raise Locked
                return fits(user, body.password)
            """,
            "routes.py": """
            from fastapi import APIRouter
            from service import check
            router = APIRouter()
            @router.post("/login")
            async def login(body: Credentials):
                return await check(body)
            """,
        },
    ],
    misses=[
        "Limits of a gateway in front of the program are not seen; waive the rule where there is one.",
        "Views of a framework that have no code of their own, such as Django's `LoginView`.",
    ],
)


@rule.check(PasswordRoute)
def look(route: PasswordRoute, repo: Repo) -> Iterator[Hit]:
    if counted(route.helpers, route.place, repo):
        return
    said = f"The route `{route.name}` takes a password and counts no tries, so a list of passwords can be tried on it."
    yield Hit(route.place, said, severity=None if route.siblings else Severity.MEDIUM)
