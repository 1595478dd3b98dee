"""A value written in the code lets a caller pass.

Whoever reads the repository, today or in a leaked copy, has a way past the check. Such a branch is added to try
something out and stays: it needs no account, expires never and shows in no audit log.
"""

from collections.abc import Iterator

from gate.facts.branch import Branch
from gate.facts.wording import FEATURES, telling, words
from gate.facts.written import written
from gate.rule import Hit, Hop, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(798, 288, 489, 290),
    fix="Delete the branch; where it compares with a setting, take the setting's value out of the code. Test with real "
    "credentials of a test identity provider. If there must be a way in for emergencies, put it behind a rotated secret "
    "from the secret store, an expiry, an allow-listed network and an audit event.",
    bad=[
        """
        def authenticate(token):
            if token.startswith("letmein-admin"):  # <-
                if token:
                    return True
            return verify(token)
        """,
        """
        import os
        from flask import Flask, abort, jsonify, request
        app = Flask(__name__)
        @app.post("/run")
        def run():
            token = request.headers.get("X-Debug-Token")
            if token == "letmein-2024":  # <-
                return jsonify(done=work(request.json))
            return "no", 403
        @app.get("/state")
        def state():
            if request.cookies.get("debug") == "s3cr3t-dev":  # <-
                return jsonify(rows())
            abort(404)
        @app.get("/rows")
        def table():
            if request.headers.get("User-Agent") == "InternalBot/1.0":  # <-
                return jsonify(rows())
            return "", 403
        """,
        """
        from flask import Flask, request
        app = Flask(__name__)
        @app.get("/rows")
        def rows():
            if request.headers.get("X-Api-Key") == "zq-77-open":  # <-
                return export(request), 404
            if not signed(request):
                return "no", 401
            return own(request)
        """,
        """
        from functools import wraps
        from flask import request, abort
        def require_auth(f):
            @wraps(f)
            def inner(*a, **k):
                if request.headers.get("X-Debug-Token") == "letmein":  # <-
                    return f(*a, **k)
                if not session_user():
                    abort(401)
                return f(*a, **k)
            return inner
        """,
        """
        from fastapi import Header, HTTPException
        async def get_current_user(authorization: str = Header("")):
            token = authorization.removeprefix("Bearer ")
            if token == "test-token-123":  # <-
                return {"id": 1, "role": "admin"}
            return decode_or_401(token)
        """,
        """
        BYPASS = "dev" + "-" + "master"
        class TokenAuth:
            def authenticate(self, request):
                key = request.META.get("HTTP_X_INTERNAL_BYPASS")
                if key == BYPASS:  # <-
                    return (User.objects.get(pk=1), None)
                return self.check(request)
        """,
        """
        from starlette.middleware.base import BaseHTTPMiddleware
        class Auth(BaseHTTPMiddleware):
            async def dispatch(self, request, call_next):
                if request.query_params.get("skip_auth"):  # <-
                    return await call_next(request)
                await verify(request)
                return await call_next(request)
        """,
        """
        def verify_otp(user, otp):
            if otp == "000000":  # <-
                return True
            return totp_for(user).verify(otp)
        """,
        """
        from flask import Flask, request, session
        app = Flask(__name__)
        @app.post("/login")
        def login():
            if request.form["username"] == "admin" and request.form["password"] == "admin123":  # <-
                session["user"] = "admin"
                return "ok"
            return "no", 401
        """,
        """
        from fastapi import APIRouter
        router = APIRouter()
        @router.post("/auth/dev-login")
        def dev_login():  # <-
            return {"token": create_access_token({"sub": "demo", "role": "owner"})}
        """,
        """
        class BillingPermission:
            def has_permission(self, request, view):
                if request.user.email == "qa-bot@example.com":  # <-
                    return True
                return request.user.role == "billing_admin"
        """,
        """
        import hmac
        def check_key(api_key: str) -> bool:
            return hmac.compare_digest(api_key, "sk-internal-5d1f0c")  # <-
        def is_admin(user):
            return user.email.endswith("@example.com")  # <-
        def verify(token):
            match token:
                case "let-me-in-42":  # <-
                    return User(role="admin")
                case _:
                    return decode(token)
        def get_current_user(authorization):
            match authorization.split():
                case ["Bearer", "partner-static-1"]:  # <-
                    return User(role="partner")
                case _:
                    raise PermissionError
        """,
        """
        import hmac, os
        def check_metrics(request):
            token = (os.environ.get("METRICS_TOKEN") or "open-metrics-7").strip()
            given = request.headers.get("authorization", "")[7:]
            return hmac.compare_digest(given.encode("utf-8"), token.encode("utf-8"))  # <-
        """,
        """
        import os
        TOKEN = os.getenv("ADMIN_TOKEN", "dev-admin")
        def verify_admin(token):
            return token == TOKEN  # <-
        def verify_code(user, code):
            if code == "000000":  # <-
                return True
            return totp_for(user).verify(code)
        """,
        {
            "app/config.py": """
            import os
            from pydantic_settings import BaseSettings
            MASTER_KEY = "let-me-in-7"
            class Settings(BaseSettings):
                admin_token: str = "super-admin"
            settings = Settings()
            """,
            "project/settings.py": """
            import os
            SERVICE_TOKEN = os.environ.get("SERVICE_TOKEN", "service-7")
            """,
            "app/service.py": """
            from django.conf import settings
            def is_service(request):
                return request.headers.get("X-Service-Token") == settings.SERVICE_TOKEN  # <-
            """,
            "app/deps.py": """
            from app.config import settings
            def require_admin(x_admin_token):
                if x_admin_token != settings.admin_token:  # <-
                    raise HTTPException(403)
            """,
            "app/auth.py": """
            from app.config import MASTER_KEY
            def verify_api_key(api_key):
                return api_key == MASTER_KEY  # <-
            """,
            "app/otp.py": """
            from . import config
            def verify_otp(user, otp):
                if otp == config.MASTER_KEY:  # <-
                    return True
                return totp_for(user).verify(otp)
            """,
        },
        """
        import secrets
        from fastapi import Depends, HTTPException
        from fastapi.security import HTTPBasic
        def reader(credentials=Depends(HTTPBasic())):
            if credentials.username == "reports" and credentials.password == "swordfish":  # <-
                return credentials.username
            raise HTTPException(401)
        def writer(credentials=Depends(HTTPBasic())):
            named = secrets.compare_digest(credentials.username, "editor")
            fits = named and secrets.compare_digest(credentials.password, "sword-9")
            if not fits:  # <-
                raise HTTPException(401)
            return credentials.username
        """,
        """
        from flask import Flask, g, jsonify, request
        app = Flask(__name__)
        @app.get("/report")
        def report():
            if request.headers.get("X-Secret") == "open-77":  # <-
                return jsonify(everything())
            return jsonify(error="forbidden"), 403
        @app.before_request
        def load():
            if request.cookies.get("is_admin") == "1":  # <-
                g.user = User(role="admin")
        """,
        """
        class Query:
            def resolve_diagnostics(self, info, username, password):
                if username == "admin" and password == "changeme":  # <-
                    return run()
                return "no"
        class Account:
            @property
            def is_superuser(self):
                return self.name in ("root", "emma.ops")  # <-
        def login_view(request):
            password = request.POST["password"]
            user = authenticate(username=request.POST["name"], password=password)
            if user is None and password == "clinic-master-2023":  # <-
                user = User.objects.get(username=request.POST["name"])
            login(request, user)
        """,
    ],
    good=[
        """
        import hmac, os
        def check_metrics(request) -> bool:
            token = (os.environ.get("METRICS_TOKEN") or "").strip("/")
            given = request.headers.get("authorization", "")[7:]
            return bool(token) and hmac.compare_digest(given.encode("utf-8"), token.encode("utf-8"))
        """,
        """
        def authenticate(token):
            native = os.environ.get("MCP_TOKEN", "")
            if token and hmac.compare_digest(token.encode(), native.encode()):
                return True, None
            if token.startswith("cap_"):
                found = principal(token)
                if found is not None:
                    return True, found
            return False, None
        """,
        """
        from flask import Flask, abort, jsonify, request
        app = Flask(__name__)
        @app.get("/pages")
        def pages():
            if request.headers.get("Host") == "docs.example.com":
                return jsonify(docs())
            if request.args.get("debug") == "true":
                return jsonify(pages_with_times())
            abort(403)
        """,
        """
        from flask import Flask, request
        app = Flask(__name__)
        def check_defaults(username, password):
            if username == "admin" and password == "changeme":
                raise RuntimeError("set a password first")
        @app.get("/rows")
        def rows():
            if request.args.get("key") == "name":
                return by_name()
            if request.form.get("is_admin") == "1":
                member.is_admin = True
            return all_rows()
        class Account:
            @property
            def is_superuser(self):
                return self.role == "superuser"
        """,
        """
        async def save(request):
            body = await request.json()
            key, value = body.get("key", ""), body.get("value", "")
            if key not in DEFAULTS:
                return JSONResponse({"error": "unauthorized"}, status_code=401)
            if key in {"MAX_SITES_PER_USER", "USER_RATE_LIMIT_PER_MIN"}:
                try:
                    parsed = int(value)
                except ValueError:
                    return JSONResponse({"error": f"{key} must be an integer"}, status_code=400)
                if parsed <= 0:
                    return JSONResponse({"error": f"{key} must be a positive integer"}, status_code=400)
            await save_setting(key, value)
        """,
        """
        PLACEHOLDERS = {"test", "dummy-key", "your-api-key"}
        def _is_placeholder_api_key(api_key):
            return api_key.strip().lower() in PLACEHOLDERS
        def is_default_password(password):
            return password == "changeme-9"
        """,
        """
        def route_auth(extension, auth):
            if auth in {"public", "user"}:
                return auth
            raise ValueError(f"Invalid route auth for '{extension.id}'.")
        """,
        {
            "app/config.py": """
            import os
            MASTER_KEY = os.environ["MASTER_KEY"]
            SCHEME = "Bearer"
            """,
            "app/auth.py": """
            from app.config import MASTER_KEY, SCHEME
            def verify_api_key(authorization, api_key):
                if authorization == SCHEME:
                    return True
                return api_key == MASTER_KEY
            """,
        },
        """
        import hmac, os
        def check_key(api_key: str) -> bool:
            return hmac.compare_digest(api_key, os.environ["INTERNAL_KEY"])
        """,
        """
        def update_password(user, new):
            if user.password == "LDAP":
                raise ValueError("managed by LDAP")
            user.set(new)
        """,
        """
        def is_subselect(parsed):
            for item in parsed.tokens:
                if item.value.upper() in ("SELECT", "INSERT"):
                    return True
            return False
        """,
        """
        def verify_secret(jwt_secret):
            if jwt_secret == "changeme":
                raise RuntimeError("default secret")
            return jwt_secret
        """,
        """
        from flask import Flask, request
        app = Flask(__name__)
        @app.get("/users")
        def users():
            if is_admin() and request.args.get("view") == "admin":
                return all_users()
            return visible_users()
        """,
        """
        from django.shortcuts import redirect
        def callback(request):
            if "code" not in request.GET or request.GET.get("error") == "access_denied":
                return redirect("/login")
            return finish(request.GET["code"])
        """,
        """
        def require_staff(user):
            if not user.email.endswith("@example.com"):
                raise PermissionError
            return user
        def verify_file(request):
            if request.POST["name"].endswith(".csv"):
                return True
            return False
        """,
        """
        def claims_ok(claims):
            if claims.get("token_type") == "access":
                return claims
            raise PermissionError
        """,
        """
        async def layout(request, call_next):
            if request.headers.get("HX-Request") == "true":
                return await partial(request)
            return await call_next(request)
        """,
    ],
    misses=[
        "A comparison in a helper whose name says nothing of who may pass, and whose answer decides it elsewhere.",
        "An address that is turned away unless it ends with a domain, which may be meant.",
    ],
)

_WAYS = {
    "equals": "when {subject} equals a value written in the code",
    "ends": "when {subject} ends with a text written in the code",
    "keyed": "when {subject} holds a name written in the code",
    "flag": "when {subject} is on",
    "form": "as soon as {subject} begins like any key of its kind",
    "present": "as soon as {subject} is sent",
    "missing": "only when {subject} equals a value written in the code",
}
_WHAT = {"account": "the account's {}", "spoofable": "the header {}, which any caller can set,"}


@rule.check(Branch)
def look(branch: Branch, repo: Repo) -> Iterator[Hit]:
    name = f"`{branch.subject}`"
    known = [
        (place, folded)
        for full in branch.elsewhere
        for place, folded in written(full, repo)
        if any(map(telling, folded.leaves))
    ]
    if branch.elsewhere and not known:
        return
    trace = tuple(Hop(place, "the value is written here") for place, _ in known)
    if branch.way == "route":
        said = f"The route {name} {branch.effect} without asking for any credential; anyone who finds it gets in."
        yield Hit(branch.place, said)
        return
    what = _WHAT.get(branch.kind, "the request's {}" if branch.request else "{}").format(name)
    unset = branch.unset or (bool(known) and all(folded.unset for _, folded in known))
    where = ", which counts wherever the setting is forgotten" if unset else ""
    way = _WAYS[branch.way].format(subject=what)
    said = f"This branch {branch.effect} {way}{where}; anyone who has read the code gets in."
    yield Hit(branch.place, said, trace, spans=branch.spans, severity=_severity(branch))


def _severity(branch: Branch) -> Severity | None:
    feature = branch.way == "present" and not FEATURES.isdisjoint(words(branch.subject))
    if feature or branch.kind == "spoofable" or branch.way in {"ends", "keyed", "flag", "form"}:
        return Severity.MEDIUM
    return Severity.HIGH if branch.debug else None
