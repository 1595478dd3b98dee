"""A cookie or a header that nobody signed says who calls.

Whoever sends a request writes its cookies and headers: another number in it, and they are somebody else.
"""

from collections.abc import Iterator

from gate.facts.cookieuser import CookieUser
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(290, 565, 639, 287),
    fix="""Take who calls from a session of the server (`session["user_id"]`, `request.user`), a signed cookie (`itsdangerous`,
    `request.get_signed_cookie`) or a verified token. A header that a gateway sets is to be trusted only where nobody reaches the program
    without the gateway; check the gateway's secret or its certificate there.""",
    bad=[
        """
        from flask import Flask, request
        app = Flask(__name__)
        @app.get("/account")
        def account():
            uid = request.cookies["user_id"]
            return User.query.get(uid).email  # <-
        @app.get("/orders")
        def orders():
            rows = db.execute("SELECT id, total FROM orders WHERE user_id = ?", (request.cookies.get("uid"),))  # <-
            return {"rows": [row.id for row in rows]}
        @app.get("/profile")
        def profile():
            return load_user(request.headers.get("X-User-Id")).name  # <-
        """,
        """
        from django.http import JsonResponse
        def me(request):
            user = User.objects.get(username=request.COOKIES["username"])  # <-
            return JsonResponse({"mail": user.email})
        """,
        """
        from fastapi import Cookie, FastAPI
        app = FastAPI()
        @app.get("/me")
        def me(user_id: str = Cookie(None)):
            return db.query(User).filter_by(id=user_id).first()  # <-
        """,
    ],
    good=[
        """
        from flask import Flask, request, session
        app = Flask(__name__)
        @app.get("/account")
        def account():
            return User.query.get(session["user_id"]).email
        @app.get("/theme")
        def theme():
            name = request.cookies.get("username")
            return render_template("theme.html", name=name, kept=cache.get(request.cookies.get("user_id")))
        @app.get("/signed")
        def signed():
            uid = signer.unsign(request.cookies["user_id"])
            return User.query.get(uid).email
        @app.get("/behind")
        def behind():
            if not compare_digest(request.headers["X-Gateway-Secret"], SECRET):
                abort(401)
            return User.query.get(request.headers["X-User-Id"]).email
        """,
    ],
    misses=[
        "A cookie that is handed to another function, and keys of other names.",
        "Whether a gateway sets the header and drops what callers send; a function that says so is let be.",
    ],
)


@rule.check(CookieUser)
def look(one: CookieUser, repo: Repo) -> Iterator[Hit]:
    said = (
        f"The {one.how} `{one.key}` says who calls, and `{one.call}` believes it; whoever sends the request writes it."
    )
    yield Hit(one.place, said)
