"""Ways past a check on a literal, however they are written, and the comparisons that are none."""

import textwrap

import pytest

from gate import registry
from gate.facts.branch import Branch
from gate.rule import Hit, Severity
from tests import examples

RULE = "secrets/debug_token"
LITERAL = "let-me-in-7"


def found(text: str, others: dict[str, str] | None = None) -> list[Hit]:
    (check,) = [check for check in registry.checks() if check.rule.id == RULE]
    return examples.hits(check, {"app.py": textwrap.dedent(text).lstrip("\n"), **(others or {})})


WAYS = {
    "walrus": """
        def authenticate(request):
            if (token := request.headers.get("X-Token")) == "let-me-in-7":
                return User.objects.get(pk=1)
            return check(request)
    """,
    "match": """
        def authenticate(request):
            match request.headers.get("X-Token"):
                case "let-me-in-7":
                    return User.objects.get(pk=1)
                case _:
                    return check(request)
    """,
    "match with alternatives": """
        def verify_token(token):
            match token:
                case "let-me-in-7" | "let-me-in-8":
                    return True
            return decode(token)
    """,
    "membership": """
        async def verify_api_key(api_key: str):
            if api_key in ("let-me-in-7", "let-me-in-8"):
                return True
            return await lookup(api_key)
    """,
    "a module constant": """
        KEYS = frozenset({"let-me-in-7"})
        def verify_api_key(api_key):
            return api_key in KEYS
    """,
    "a class constant": """
        class KeyAuth:
            MASTER = "let-me-in-7"
            def authenticate(self, request):
                if request.headers["X-Key-Token"] == self.MASTER:
                    return (User.objects.first(), None)
                raise AuthenticationFailed
    """,
    "a local constant": """
        def verify_api_key(api_key):
            expected = "let-me" + "-in-7"
            if api_key == expected:
                return True
            return False
    """,
    "a joined constant": """
        PARTS = "-".join(["let", "me", "in", "7"])
        def verify_api_key(api_key):
            return api_key == PARTS
    """,
    "base64": """
        import base64
        def verify_api_key(api_key):
            if api_key == base64.b64decode("bGV0LW1lLWluLTc=").decode():
                return True
            return lookup(api_key)
    """,
    "a hash": """
        import hashlib
        def verify_password(password):
            digest = hashlib.sha256(password.encode()).hexdigest()
            if digest == "let-me-in-7":
                return True
            return False
    """,
    "compare_digest with keywords turned": """
        import hmac
        def is_valid_token(token):
            return hmac.compare_digest("let-me-in-7".encode(), token.encode())
    """,
    "secrets.compare_digest in a condition": """
        from secrets import compare_digest
        from fastapi import Depends, HTTPException
        def get_current_user(credentials = Depends(basic)):
            right = compare_digest(credentials.password, "let-me-in-7")
            if not right:
                raise HTTPException(status_code=401)
            return credentials.username
    """,
    "a dictionary of users": """
        USERS = {"admin": "let-me-in-7"}
        def login(username, password):
            if USERS.get(username) == password:
                return make_user(username)
            return None
    """,
    "a dictionary of users by subscript": """
        from flask import Flask, request, session
        USERS = {"admin": {"password": "let-me-in-7", "role": "admin"}}
        app = Flask(__name__)
        @app.post("/login")
        def login():
            name = request.form["username"]
            if name in USERS and USERS[name]["password"] == request.form["password"]:
                session["user"] = name
                return "ok"
            return "no", 401
    """,
    "a dictionary of tokens": """
        TOKENS = {"let-me-in-7": admin()}
        def get_current_user(token: str):
            user = TOKENS.get(token)
            if user:
                return user
            raise HTTPException(status_code=401)
    """,
    "a table that dispatches": """
        def authenticate(token):
            return {"let-me-in-7": admin_user}.get(token) or verify(token)
    """,
    "any": """
        KEYS = ["let-me-in-7"]
        def verify_api_key(api_key):
            return any(hmac.compare_digest(api_key, key) for key in KEYS)
    """,
    "a loop": """
        def verify_api_key(api_key):
            for key in ["let-me-in-7"]:
                if key == api_key:
                    return True
            return False
    """,
    "a conditional expression": """
        def get_current_user(token: str = Header()):
            return demo_user if token == "let-me-in-7" else decode(token)
    """,
    "or": """
        def verify_token(token):
            return token == "let-me-in-7" or decode(token)
    """,
    "the negative form": """
        @app.get("/admin/export")
        def export(request):
            if request.headers.get("X-Api-Key") != "let-me-in-7":
                raise HTTPException(status_code=403)
            return everything()
    """,
    "not": """
        def require_key(f):
            def inner(*args, **kwargs):
                if not request.args.get("api_key") == "let-me-in-7":
                    abort(401)
                return f(*args, **kwargs)
            return inner
    """,
    "the else branch": """
        def authenticate(request):
            token = request.headers.get("Authorization", "")
            if token != "let-me-in-7":
                user = check(token)
            else:
                user = User.objects.get(pk=1)
                request.user = user
            return user
    """,
    "elif": """
        def verify_otp(user, code, otp):
            if not otp:
                return False
            elif otp == 424242:
                return True
            return totp(user).verify(otp)
    """,
    "try": """
        def authenticate(token):
            try:
                return decode(token)
            except InvalidToken:
                if token == "let-me-in-7":
                    return User.objects.get(pk=1)
                raise
    """,
    "a helper variable": """
        def before_request():
            allowed = request.headers.get("X-Debug-Token") == "let-me-in-7"
            if allowed:
                g.user = admin()
    """,
    "a flag that is set": """
        def load_user_from_request(request):
            request.state.is_admin = request.headers.get("X-Admin-Key") == "let-me-in-7"
    """,
    "getattr spelled out": """
        def authenticate(request):
            if request.headers.__getitem__("X-Api-Key").__eq__("let-me-in-7"):
                return User.objects.get(pk=1)
            return None
    """,
    "a slice of the header": """
        async def get_current_user(request: Request):
            auth = request.headers.get("Authorization") or ""
            if auth[7:].strip() == "let-me-in-7":
                return User(id=1)
            return await decode(auth)
    """,
    "the parts of the header": """
        def get_current_user(request):
            scheme, _, given = request.headers["Authorization"].partition(" ")
            scheme, given = request.headers["Authorization"].split()
            if given == "let-me-in-7":
                return User(id=1)
            return decode(given)
    """,
    "startswith": """
        def authenticate(token):
            if token.startswith("let-me-in-"):
                return get_user(1)
            return decode(token)
    """,
    "an annotated header": """
        from typing import Annotated
        async def verify(key: Annotated[str | None, Header(alias="X-Debug-Key")] = None):
            if key == "let-me-in-7":
                return admin_user
            raise HTTPException(status_code=401)
    """,
    "a websocket": """
        @app.websocket("/ws")
        async def ws(websocket: WebSocket):
            if websocket.query_params.get("token") == "let-me-in-7":
                websocket.state.user = admin()
            await websocket.accept()
    """,
    "wsgi": """
        class AuthMiddleware:
            def __call__(self, environ, start_response):
                if environ.get("HTTP_X_INTERNAL_TOKEN") == "let-me-in-7":
                    return self.app(environ, start_response)
                return forbidden(environ, start_response)
    """,
    "asgi": """
        class AuthMiddleware:
            async def __call__(self, scope, receive, send):
                headers = dict(scope["headers"])
                if headers.get(b"x-internal-token") == b"let-me-in-7":
                    await self.app(scope, receive, send)
                    return
                await deny(send)
    """,
    "a body": """
        @router.post("/login")
        async def login(body: Login):
            if body.password == "let-me-in-7":
                return {"access_token": create_access_token(body.username)}
            raise HTTPException(status_code=401)
    """,
    "json": """
        @app.post("/token")
        def token():
            data = request.get_json()
            if data["password"] == "let-me-in-7":
                return jsonify(token=create_access_token(identity="admin"))
            abort(401)
    """,
    "awaited json": """
        async def login(request):
            body = await request.json()
            if body.get("otp") == "let-me-in-7":
                request.session["user"] = body["email"]
                return ok()
            return denied()
    """,
    "tornado": """
        class LoginHandler(RequestHandler):
            def post(self):
                if self.get_argument("password") == "let-me-in-7":
                    self.set_secure_cookie("user", "admin")
                    self.current_user = "admin"
    """,
    "a hash of passlib": """
        def verify_login(username, password):
            if pwd_context.verify(password, "let-me-in-7"):
                return True
            return False
    """,
    "an assert": """
        def require_admin(request):
            assert request.headers["X-Api-Key"] == "let-me-in-7"
    """,
    "an account": """
        def has_access(request):
            if request.user.email in {"let-me-in-7@example.com"}:
                return True
            return request.user.is_staff
    """,
    "a nested function with other indentation": '''
        class Auth:
            def guard(self, f):
                def inner(*a, **k):
                    """
            text that is not indented
                    """
                    if request.headers.get("X-Debug") == "let-me-in-7":
                        return f(*a, **k)
                    abort(401)
                return inner
    ''',
    "a docstring full of brackets": '''
        def verify_token(token):
            """(((((("""
            return token == "let-me-in-7"
    ''',
    "a dev login with a session": """
        @app.route("/test-login")
        def test_login():
            login_user(User.query.first())
            return redirect("/")
    """,
    "newer syntax": """
        type Key = str
        def verify_key[T](api_key: Key) -> bool:
            return api_key == "let-me-in-7"
    """,
}


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS)
def test_a_way_past_the_check_is_reported_once_and_shows_no_value(text):
    (hit,) = found(text)
    assert LITERAL not in hit.message
    assert hit.severity is None
    lines = textwrap.dedent(text).lstrip("\n").split("\n")
    masked = dict(enumerate(lines, 1))
    for line, start, end in sorted(hit.spans, reverse=True):
        masked[line] = masked[line][:start] + "*" * (end - start) + masked[line][end:]
    if "login(" not in text:
        assert hit.spans
        assert LITERAL not in "\n".join(masked[n] for n in range(hit.place.line, hit.place.end_line + 1))


HARMLESS = {
    "a table of the words of a language": """
        ALIASES = {"return": "enter", "escape": "esc", "spacebar": "space"}
        def normalize_key_token(lower_token):
            if lower_token in ALIASES:
                return ALIASES[lower_token]
            raise ValueError("no such key")
    """,
    "the tokens of a statement": """
        def is_subselect(parsed):
            for item in parsed.tokens:
                if item.value.upper() in ("SELECT", "INSERT", "UPDATE"):
                    return True
            return False
    """,
    "another constant": """
        def verify_key(api_key):
            return api_key == settings.API_KEY
    """,
    "the environment with no default": """
        KEY = os.environ["KEY"]
        def verify_key(api_key):
            return hmac.compare_digest(api_key, KEY)
    """,
    "a dictionary of the environment": """
        USERS = {"admin": os.environ["ADMIN_PASSWORD"]}
        def login(username, password):
            if USERS.get(username) == password:
                return make_user(username)
            return None
    """,
    "a scheme": """
        def get_current_user(request):
            scheme, token = request.headers["Authorization"].split()
            if scheme.lower() != "bearer":
                raise HTTPException(status_code=401)
            parts = request.headers["Authorization"].split()
            if parts[0] != "Custom-Scheme":
                raise HTTPException(status_code=401)
            return decode(token)
    """,
    "a guard beside it": """
        def dispatch(request, call_next):
            if request.user.is_superuser and request.GET.get("debug") == "on-please":
                return call_next(request)
            return check(request)
    """,
    "a guard around it": """
        def authenticate(request):
            if request.user.is_staff:
                if request.GET.get("impersonate_token") == "on-please":
                    return get_user(2)
            return check(request)
    """,
    "a guard inside it": """
        def authenticate(request, token):
            if token == "set-password":
                if self.check_token(request.session.get("t")):
                    return get_user(2)
            return None
    """,
    "a word of a lexer": """
        def is_operator(token):
            return token == "and"
        def parse_token(token):
            if token == "BEGIN":
                return True
            return False
    """,
    "a weak password": """
        def validate_password(password):
            if password == "password1":
                return False
            return True
        def is_common_password(password):
            return password in {"letmein1", "password1"}
    """,
    "a switch of a page": """
        def page(request):
            if request.GET.get("debug") == "1":
                return render(request, "debug.html")
            return render(request, "page.html")
    """,
    "a decorator that guards nothing": """
        def cached(f):
            def inner(*args, **kwargs):
                if request.args.get("debug") == "no-cache":
                    return f(*args, **kwargs)
                return store.get_or(f, *args, **kwargs)
            return inner
    """,
    "a key the server sets": """
        def authorize(environ):
            if environ.get("wsgi.authorize_override"):
                return get_user(1)
            return check(environ)
    """,
    "a prompt of a protocol": """
        def auth_params(prompt_token):
            if prompt_token not in ("none", "login", "consent"):
                raise AuthConfigurationError("prompt", "invalid credential")
            return prompt_token
    """,
    "csrf and pages": """
        def check_request(request):
            if request.GET.get("page_token") == "first-page":
                return True
            return request.POST.get("csrf_token") == "disabled-here"
    """,
    "a kind of credential": """
        def from_file(client_credentials):
            if client_credentials["type"] == "authorized_user":
                return GoogleCredentials(client_credentials)
            raise ValueError
    """,
    "an account nobody has": """
        def is_authenticated(request):
            if request.user.username == "AnonymousUser":
                return True
            return False
    """,
    "the other way round": """
        def authenticate(request):
            if request.user.username != "root-account":
                return None
            return False
    """,
    "a dev login that is guarded": """
        @app.route("/test-login")
        @admin_required
        def test_login():
            login_user(User.query.first())
            return redirect("/")
    """,
    "impersonation that asks who is there": """
        @app.post("/impersonate")
        def impersonate(user_id: int, admin = Depends(get_admin)):
            return {"access_token": create_access_token(user_id)}
    """,
}


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_what_only_looks_like_it_is_not_reported(text):
    assert found(text) == []


def test_beside_a_debug_setting_it_is_less_grave():
    (hit,) = found("""
        def get_current_user(token):
            if settings.DEBUG and token == "let-me-in-7":
                return User(id=1)
            return decode(token)
    """)
    assert hit.severity is Severity.HIGH


def test_a_header_any_caller_sets_asks_for_a_look():
    (hit,) = found("""
        def authenticate(request):
            if request.headers.get("User-Agent") == "internal-monitor":
                return User.objects.get(pk=1)
            return check(request)
    """)
    assert hit.severity is Severity.MEDIUM
    assert "any caller can set" in hit.message


def test_a_key_that_is_written_elsewhere_is_called_by_its_name():
    text = """
        from lib.literals import IMPERSONATE
        class ImpersonateMiddleware:
            def process_request(self, request):
                chosen = request.GET.get(IMPERSONATE)
                if chosen:
                    request.user = User.objects.get(pk=chosen)
                    return
        """
    (hit,) = found(text, {"lib/__init__.py": "", "lib/literals.py": 'IMPERSONATE = "_become"\n'})
    assert "the request's `IMPERSONATE` is sent" in hit.message


def test_a_constant_is_masked_where_it_is_written():
    text = 'NAME = "ä"; KEY = "let-me-in-7"\ndef verify_key(api_key):\n    return api_key == KEY\n'
    (hit,) = found(text)
    (span,) = hit.spans
    assert text.split("\n", maxsplit=1)[0][span[1] : span[2]] == '"let-me-in-7"'


@pytest.mark.parametrize(
    "text",
    [
        "def verify_token(token):\n    return token == " + "(" * 90 + '"let-me-in-7"' + ")" * 90 + "\n",
        "def verify_token(token):\n    return " + "not " * 300 + 'token == "let-me-in-7"\n',
        "def verify_token(token):\n    return " + " or ".join(['token == "let-me-in-7"'] * 2_000) + "\n",
        "def verify_token(token):\n"
        + "".join(f"    t{n} = t{n + 1}\n" for n in range(500))
        + '    return t0 == "xyz1"\n',
        "def verify_token(token):\n" + "    token = token + token\n" * 500 + '    return token == "let-me-in-7"\n',
        "def verify_token(token):\n" + "    t = t + t\n" * 500 + '    return t == "let-me-in-7"\n',
        "def verify_token(token):\n" + "    t = t.get(t)\n" * 500 + '    return t == "let-me-in-7" or token\n',
        "def verify_token(token):\n"
        + "".join(f"    t{n} = t{n + 1} + t{n + 1}\n" for n in range(99))
        + "    return t0 == token\n",
        "def verify_token(token):\n"
        + "".join(f"    t{n} = t{n + 1}.get('a')\n    t{n} = t{n + 1}.get('b')\n" for n in range(40))
        + '    return t0.get("token") == "let-me-in-7"\n',
        "def verify_token(token):\n    if token == 'abc':\n        pass\n\f\n",
        "class A:\n\tdef verify_token(self, token):\n\t\treturn token == 'let-me-in-7'\n",
        "def verify_token(token): return token == 'let-me-in-7'\n",
        "def verify_token(token):\n    return token == 'let-me-in-7'",
        "@app.route('/x')\ndef verify_token(token=lambda: 0, *, a, **k):\n    return token == '\\\n'\n",
    ],
)
def test_odd_code_is_read_without_a_fault_and_in_time(text):
    repo = examples.repo({"app.py": text})
    found = repo[Branch]
    assert len(found) <= 1
    assert "seconds" not in " ".join(repo.problems.values())
