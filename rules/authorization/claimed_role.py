"""A caller says by itself what it may do.

A cookie, a header or a field of the request is whatever the caller writes. Where it decides who is an administrator, or which role a
new account gets, everybody is one who likes to be.
"""

from collections.abc import Iterator

from gate.facts.claimedrole import ClaimedRole
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(285, 269, 290, 565, 639, 807, 915),
    fix="""Read the role from the record of whoever is signed in, on the server. Give new accounts the least role, and let an administrator
    raise it. A header that a gateway sets is worth something only where nobody can reach the program past the gateway.""",
    bad=[
        """
        from flask import Flask, request
        app = Flask(__name__)
        @app.get("/reports")
        def reports():
            if request.cookies.get("admin") == "1":  # <-
                return everything()
            role = request.headers.get("X-User-Role", "guest").lower()
            if role == "admin":  # <-
                return more()
            is_staff = request.headers["X-Is-Staff"] == "yes"
            if is_staff and role:  # <-
                return most()
            return "" if not request.args.get("is_admin") else secrets()  # <-
        """,
        """
        from django.http import HttpResponse
        def panel(request):
            if request.COOKIES["is_staff"] != "True":  # <-
                return HttpResponse(status=403)
            return HttpResponse(board())
        """,
        """
        from fastapi import Cookie, FastAPI, Header
        app = FastAPI()
        @app.get("/users")
        def users(role: str = Header("user"), admin: bool = Cookie(False)):
            if role in ("admin", "owner") or admin:  # <-
                return all_users()
        @app.post("/auth/register")
        def sign(user: NewUser):
            return store(User(name=user.name, role=user.role))  # <-
        """,
        """
        from flask import Blueprint, request
        auth_bp = Blueprint("auth", __name__)
        @auth_bp.route("/register", methods=["POST"])
        def register():
            data = request.get_json()
            user = User(name=data["name"], is_admin=data.get("is_admin", False))  # <-
            db.session.add(user)
            return "", 201
        """,
    ],
    good=[
        """
        from flask import Blueprint, request
        bp = Blueprint("auth", __name__)
        @bp.route("/register", methods=["POST"])
        def register():
            data = request.get_json()
            role = data["role"]
            if role not in ("buyer", "seller"):
                return "", 400
            return store(User(name=data["name"], role=role))
        @bp.post("/users")
        def add():
            data = request.get_json()
            if data.get("is_admin") and not current_user.is_admin:
                abort(403)
            if data.get("admin"):
                raise Forbidden
            if request.args.get("role") == "admin" or request.cookies.get("theme") == "admin":
                return admins()
            role = request.headers.get("X-Role")
            if role and hmac.compare_digest(request.headers.get("X-Proxy-Secret", ""), PROXY_SECRET):
                return store(User(role=data["role"]))
        """,
        """
        from fastapi import APIRouter, Depends
        router = APIRouter()
        @router.post("/register")
        def register(user: NewUser, by=Depends(current_user)):
            return store(User(name=user.name, role=user.role))
        @router.get("/users")
        def users(is_admin: bool | None = None):
            return find(admin=is_admin) if is_admin is not None else find()
        """,
    ],
    misses=[
        "A parameter for the role that is compared with a name: it may as well be what a list is searched for.",
        "An administrator's mark in a token that nobody verified is told of by `identity/jwt_verification`.",
    ],
)

_SAID = {
    "cookie": "The cookie `{key}` decides here what the caller may do, and callers write their cookies themselves.",
    "header": "The header `{key}` decides here what the caller may do, and callers write their headers themselves.",
    "parameter": "The field `{key}` of the request decides here what the caller may do.",
    "sign-up": "Whoever signs up here chooses `{key}` as well.",
}


@rule.check(ClaimedRole)
def look(claim: ClaimedRole, repo: Repo) -> Iterator[Hit]:
    yield Hit(claim.place, _SAID[claim.how].format(key=claim.key))
