"""A check lets callers pass when it cannot check.

A missing secret, a header that is left out, an exception: each is something an attacker can bring about or wait for. A check
that takes it for a yes, or whose answer nobody looks at, is no check.
"""

from collections.abc import Iterator

from gate.facts.failopen import FailOpen
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(636, 755, 287, 347, 280),
    fix="Fail closed: where the secret, the header or the answer is missing, or anything is raised, refuse the caller.",
    bad=[
        """
        from django.conf import settings
        from flask import current_app
        def authenticate_token(request):
            if not bearer_token(request) and current_app.config["OIDC"]["OPEN"]:  # <-
                return True
            return verify_token(request)
        def verify_token(request):
            if settings.OPEN and not bearer_token(request):  # <-
                return True
            return request.token == TOKEN
        """,
        """
        def require_role(actor, role):
            if not load_policy().strip():  # <-
                return
            if not is_allowed(actor, role):
                raise PermissionError
        def require_permission(actor):
            if not load_policy().get("rules"):  # <-
                return
            if not is_allowed(actor):
                raise PermissionError
        """,
        """
        FLASK_AVAILABLE = False
        def verify_token(request):
            if not FLASK_AVAILABLE:  # <-
                return
            if request.token != TOKEN:
                raise Unauthorized()
        """,
        """
        def verify(token):
            hmac.compare_digest(token, SIGNED.value)  # <-
            return None
        """,
        """
        import contextlib
        def check_permission(user, action):
            try:
                return policy(user, action)
            except ConnectionError:  # <-
                return True
        def login(user, password):
            check_password(password, user.password)  # <-
            return start_session(user)
        def receive(body, signature):
            with contextlib.suppress(Exception):  # <-
                verify_signature(body, signature)
            process(body)
        def auth(request):
            assert verify_token(request.headers["Authorization"])  # <-
            return handle(request)
        """,
        """
        import hmac, os
        def verify_signature(body, sig):
            secret = os.environ.get("WEBHOOK_SECRET")
            if not secret:  # <-
                return True
            return hmac.compare_digest(sign(secret, body), sig)
        """,
        """
        import jwt
        def current_user(token):
            try:
                return jwt.decode(token, KEY, algorithms=["HS256"])
            except jwt.InvalidTokenError:  # <-
                logger.warning("bad token")
                return jwt.decode(token, options={"verify_signature": False})
        """,
        """
        def require_role(user, role):
            try:
                if role not in fetch_roles(user):
                    raise PermissionError(role)
            except Exception:  # <-
                pass
        """,
        """
        from fastapi import FastAPI, Request
        app = FastAPI()
        @app.post("/webhooks/github")
        async def hook(request: Request):
            body = await request.body()
            sig = request.headers.get("X-Hub-Signature-256")
            if sig:  # <-
                verify(body, sig)
            return await handle(body)
        """,
        """
        import hmac
        def check_token(given, expected):
            hmac.compare_digest(given, expected)  # <-
            return load_account()
        """,
        """
        def has_permission(user, action):
            if not policy_engine.available():  # <-
                return True
            return policy_engine.allow(user, action)
        """,
        """
        def is_valid_token(token):
            try:
                return decode(token)
            except Exception:  # <-
                return True
        def verify_request(req):
            if not verifier.is_valid_request(req.body, req.headers):  # <-
                logger.error("invalid slack signature")
            return process(req)
        """,
        """
        def check_access(user, doc):
            assert user.can_read(doc), "denied"  # <-
            return doc
        """,
        """
        import jwt
        def load_claims(token):
            try:
                return jwt.decode(token, KEY, algorithms=["HS256"])
            except Exception:  # <-
                return {"sub": "service", "role": "admin"}
        """,
    ],
    good=[
        """
        def require_presence(workspace, actor):
            if workspace is None or not parse_policy(workspace.policy).get("require_presence"):
                return
            if not is_fresh(actor.presence):
                raise PresenceRequired
        """,
        """
        try:
            import fastapi
            FASTAPI_AVAILABLE = True
        except ImportError:
            FASTAPI_AVAILABLE = False
        def verify_token(request):
            if not FASTAPI_AVAILABLE:
                return
            if request.token != TOKEN:
                raise Unauthorized()
        """,
        """
        def principal(key):
            row = find(key)
            if row is None:
                hmac.compare_digest(key, DUMMY)
                return None
            return row
        """,
        """
        def probe(data):
            try:
                if validate_token(data) == 1:
                    return True
            except ValueError:
                pass
            return False
        """,
        """
        import contextlib
        def is_request_allowed(user):
            try:
                return policy(user)
            except ConnectionError:
                return False
        def check_rate_permission(user):
            try:
                return redis.incr(user) < 5
            except ConnectionError:
                return True
        def login(user, password):
            if user is None:
                check_password(password, DUMMY_HASH)
                return None
            return check_password(password, user.password)
        def close(connection):
            with contextlib.suppress(Exception):
                connection.close()
        def exchange(token):
            try:
                claims = decode_token(token)
            except jwt.PyJWTError:
                logger.exception("unverified: %r", jwt.decode(token, options={"verify_signature": False}))
                return None
            return claims["sub"]
            return True
        """,
        """
        def is_deletable(cls, key):
            if not cls.is_token_key(key):
                return True
            return key in cls.deletable
        """,
        """
        import jwt
        def load_claims(token):
            try:
                return jwt.decode(token, KEY, algorithms=["HS256"])
            except Exception:
                return {"sub": None, "role": "guest", "admin": False}
        """,
        """
        def assert_valid_permission(permission):
            if not apps.ready:
                return
            if permission not in KNOWN:
                raise ValueError(permission)
        """,
        """
        def check_event(event, state_key, old_key_str):
            if state_key is not None and state_key != event.sender:
                verify_owner(event, state_key)
            if old_key_str is not None:
                old = decode_verify_key_bytes(old_key_str)
            return event
        """,
        """
        import hmac, os
        def verify_signature(body, sig):
            secret = os.environ["WEBHOOK_SECRET"]
            return hmac.compare_digest(sign(secret, body), sig)
        """,
        """
        class BearerAuthentication:
            def authenticate(self, request):
                header = request.headers.get("Authorization")
                if not header:
                    return None
                return self.validate(header)
        async def optional_user(token: str | None = None):
            if not token:
                return None
            return await decode(token)
        """,
        """
        import jwt
        def current_user(token):
            try:
                return jwt.decode(token, KEY, algorithms=["HS256"])
            except jwt.InvalidTokenError as exc:
                raise Unauthorized from exc
        """,
        """
        def verify_webhook(body, sig):
            if not SECRET:
                raise RuntimeError("secret not configured")
            if not sig:
                return False
            return check(body, sig)
        """,
        """
        class Tokens:
            def authenticate_credentials(self, token):
                try:
                    if token.created < now() - int(settings.get("MINUTES")):
                        raise AuthenticationFailed("expired")
                except (ValueError, TypeError):
                    pass
                return token.user
            def check_password_hash(self, user, password):
                if user.password.startswith("md5$"):
                    user.set_password(password)
            def login(self, user, password):
                self.check_password_hash(user, password)
                return user
        """,
        """
        def check_key_allowed(key: str | None) -> None:
            if key is None:
                return
            if not enabled():
                raise PermissionError
        def login(user, password):
            check_password_hash(DUMMY_HASH, "password")
        def is_valid_email_token(token):
            try:
                signer.unsign(token)
            except BadSignature:
                return False
            return True
        """,
    ],
    misses=[
        "Where a setting of Flask or Django must allow it besides, it only asks for a look.",
        "A refusal of a class of the program's own that is a `ValueError`, caught as one.",
        "What a function of another name decides, or one in another file, is not judged.",
        'A guard that returns None is taken to mean "ask the next one" where its kind is known to.',
    ],
)

_SAID = {
    "missing": "Where `{}` is missing the check says yes, so whoever leaves it out, or a server without it, lets all in.",
    "allowed": "Where `{}` is missing the check says yes, if a setting allows it: whoever leaves it out gets in then.",
    "swallowed": "What `{}` raises is caught and forgotten, so a refused caller goes on like any other.",
    "assumed": "Where {} cannot be made the answer is yes.",
    "conditional": "Only a caller that sends `{}` is verified; one that leaves it out is served as well.",
    "dropped": "The answer of `{}` is not looked at, so it keeps nobody out.",
    "assert": "The answer of `{}` is only asserted, and `python -O` leaves assertions out.",
    "always": "`{}` may refuse, but `or True` makes the answer yes.",
    "logged": "Where `{}` refuses, that is only logged, and the caller is served.",
}


@rule.check(FailOpen)
def look(found: FailOpen, repo: Repo) -> Iterator[Hit]:
    severity = Severity.MEDIUM if found.how in {"assert", "assumed", "allowed"} else None
    yield Hit(found.place, _SAID[found.how].format(found.name), severity=severity)
