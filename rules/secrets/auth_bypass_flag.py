"""A switch lets callers in without asking who they are.

A setting that skips the login is made for one developer's machine and is then one environment variable away from production:
a copied file, a default, a mistyped chart. Addresses and headers are no better, since proxies and callers write them.
"""

from collections.abc import Iterator

from gate.facts.optout import OptOut
from gate.facts.testhelper import is_test_helper
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(489, 1188, 287, 288, 290),
    fix="Delete the switch. For local work sign in with a seeded user and the real login; in tests override the dependency in "
    "the test itself.",
    bad=[
        """
        import os
        from flask import Flask, jsonify, request, session
        app = Flask(__name__)
        @app.get("/token")
        def token():
            if os.getenv("TEST_MODE"):  # <-
                return jsonify(token=create_token("admin"))
            return "no", 401
        @app.get("/as")
        def switch():
            if os.environ.get("ENV") != "production" and request.args.get("as"):  # <-
                session["user"] = request.args["as"]
            return "ok"
        """,
        """
        import os
        from app.config import settings
        DISABLE_AUTH = bool(os.getenv("DISABLE_AUTH"))
        def require_user(request):
            if not DISABLE_AUTH and not request.user:  # <-
                raise HTTPException(401)
        def get_current_user(request):
            if not settings.skip_auth:  # <-
                verify_token(request.token)
            return request.user
        def authenticate(request):
            if request.headers["Host"].startswith("localhost"):  # <-
                return User(id=1)
            return verify(request)
        def may_delete(user):
            return user.has_perm("rows.delete") or settings.DEBUG  # <-
        """,
        """
        import os
        def get_current_user(token):
            if os.getenv("SKIP_AUTH"):  # <-
                return User(id=0, role="admin")
            return verify(token)
        """,
        """
        from django.conf import settings
        from rest_framework.permissions import BasePermission
        class IsOwner(BasePermission):
            def has_permission(self, request, view):
                if settings.DEBUG:  # <-
                    return True
                return request.user.is_authenticated
        """,
        """
        import os
        def current_user(token):
            if os.environ.get("APP_ENV") != "production":  # <-
                return User(id=1, role="admin")
            return verify(token)
        """,
        """
        from fastapi import Depends, FastAPI
        import os
        AUTH_DISABLED = os.environ.get("AUTH_DISABLED", "false") == "true"
        app = FastAPI(dependencies=[] if AUTH_DISABLED else [Depends(require_user)])  # <-
        """,
        """
        import os
        from fastapi import APIRouter
        router = APIRouter()
        if os.environ.get("NO_AUTH_METRICS"):  # <-
            @router.get("/metrics")
            def metrics():
                return collect()
        """,
        """
        import sys
        def require_login(request):
            if "pytest" in sys.modules:  # <-
                return None
            if not request.user:
                raise PermissionError
        """,
        """
        def is_internal(request):
            if request.headers.get("X-Forwarded-For", "").startswith("10."):  # <-
                return True
            return authenticate(request)
        """,
        """
        from app.main import app
        from app.deps import get_user
        app.dependency_overrides[get_user] = lambda: {"id": 1}  # <-
        app.config["LOGIN_DISABLED"] = True  # <-
        """,
        {
            "docker-compose.prod.yml": """
            services:
              web:
                environment:
                  - AUTH_DISABLED=true  # <-
            """,
            "k8s/web.yaml": """
            kind: Deployment
            spec:
              env:
                - name: DISABLE_AUTHENTICATION
                  value: "true"  # <-
            """,
            "template.yaml": """
            AWSTemplateFormatVersion: "2010-09-09"
            Environment:
              - Name: AUTH_BYPASS
                Value: "true"  # <-
            """,
            "values.yaml": """
            env:
              SKIP_AUTH: "1"  # <-
            """,
            "main.tf": """
            locals {
              environment = [{ name = "BYPASS_AUTH", value = "true" }]  # <-
              variables   = { REQUIRE_LOGIN = "false" }  # <-
            }
            """,
            "app/config.py": """
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                disable_auth: bool = True  # <-
            """,
        },
        """
        class Guard:
            async def dispatch(self, request, call_next):
                if not self.settings.auth_enabled:  # <-
                    return await call_next(request)
                if not valid(request):
                    return Response(status_code=401)
                return await call_next(request)
        """,
    ],
    good=[
        """
        from flask import Flask, jsonify, request
        app = Flask(__name__)
        @app.post("/login")
        def login():
            user = verify_password(request.form["name"], request.form["word"])
            if settings.DEBUG:
                return jsonify(token=create_token(user, days=30))
            return jsonify(token=create_token(user))
        """,
        """
        def require_user(request):
            if not request.user:
                raise HTTPException(401)
        def fetch(request, skip_cache=False):
            if not skip_cache:
                validate(request)
            return rows(request)
        class Update:
            def validate_permission(self, skip_auth=False):
                if not self._skip_security_check and not skip_auth:
                    raise PermissionDenied
        """,
        {
            "docker-compose.prod.yml": "services:\n  web:\n    environment:\n      AUTH_DISABLED: 'false'\n      AUTH_REQUIRED: 'true'",
            "docker-compose.dev.yml": "services:\n  web:\n    environment:\n      - SKIP_AUTH=1",
            ".github/workflows/ci.yml": "env:\n  SKIP_AUTH: 1",
            "main.tf": 'variables = { AUTH_TYPE = "oidc", DISABLE_TELEMETRY = "true" }',
            "app/config.py": """
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                disable_auth: bool = False
                auth_enabled: bool = True
            """,
        },
        """
        class AuthMiddleware:
            def process_exception(self, request, exception):
                if settings.DEBUG:
                    return None
                return render(request, status=403)
        """,
        """
        class MultiDomainMiddleware:
            def process_request(self, request):
                if settings.DEBUG or request.host in LOCAL:
                    return None
                raise PermissionDenied
        """,
        """
        import os
        if os.getenv("SKIP_AUTH") and os.getenv("ENV", "production") != "development":
            raise SystemExit("SKIP_AUTH is not allowed here")
        """,
        {
            "tests/test_api.py": """
            from app.main import app
            app.dependency_overrides[get_user] = lambda: {"id": 1}
            """
        },
        """
        def build(app, override_get_settings):
            app.dependency_overrides[get_settings] = override_get_settings
            app.dependency_overrides[shared_storage] = storage
        """,
        """
        def csrf(func):
            if hasattr(func, "_bypass_csrf"):
                return func
            return protect(func)
        """,
        """
        import os
        def authenticate(token):
            if os.environ["ENV"] != "production":
                log("not live")
            if os.environ["ENV"] not in ("dev", "test"):
                return None
            if settings.environment != "production":
                raise RuntimeError("not here")
            return verify(token)
        """,
        """
        def get_current_user(token, settings):
            if settings.new_dashboard:
                log("new")
            return verify(token)
        """,
        """
        from django.conf import settings
        def robots(request):
            if settings.DEBUG:
                return text("User-agent: *")
            return text("none")
        """,
        """
        def authenticate(request, settings):
            if settings.DEBUG:
                raise RuntimeError("not here")
            if request.auth_source == AUTH_SOURCE_AUTH_DISABLED:
                return None
            return check(request)
        """,
    ],
    misses=[
        "A switch of a deployment only warns: what stands before it may ask.",
        "The value of a switch is read where it is a variable, not where a chart nests it: `auth.enabled: false`.",
        "A switch that chooses a class which lets everybody in is not followed into that class.",
        "A login replaced in a function that is named for tests and that nothing in the program speaks of only asks for a look.",
    ],
)

_SAID = {
    "flag": "With `{}` on, nobody is asked who they are.",
    "argument": "Who calls this with `{}` is not asked who they are.",
    "needs": "Without `{}` nobody is asked who they are.",
    "mode": "Where `{}` says that this is no production, nobody is asked who they are.",
    "tests": "Whoever can have `pytest` imported is not asked who they are; a module is no proof of being a test.",
    "address": "`{}` decides who passes, and proxies and callers decide what it says.",
    "route": "With `{}` on, routes are registered without their guard.",
    "override": "The dependency `{}` is replaced for good, outside of any test.",
    "deployed": "`{}` deploys this with nobody asked who they are.",
    "setting": "`{}` switches a protection off for every request.",
}
_MILD = frozenset({"argument", "setting", "address", "needs", "deployed"})


@rule.check(OptOut)
def look(found: OptOut, repo: Repo) -> Iterator[Hit]:
    mild = found.refused or found.how in _MILD or (found.how == "override" and is_test_helper(found.place, repo))
    severity = Severity.MEDIUM if mild else None
    yield Hit(found.place, _SAID[found.how].format(found.name), severity=severity)
