"""Values a credential is compared with that stand in the code by a longer way: fall-backs, tables, codes, attributes."""

import pytest

from tests.test_debug_token import found

WAYS = {
    "the fall-back of the environment": """
        import os
        TOKEN = os.getenv("ADMIN_TOKEN", "let-me-in-7")
        def require_admin(x_admin_token: str = Header()):
            if x_admin_token != TOKEN:
                raise HTTPException(status_code=403)
    """,
    "or": """
        def check_api_key():
            expected = os.environ.get("API_KEY") or "let-me-in-7"
            if request.headers.get("X-API-Key") != expected:
                abort(401)
    """,
    "a conditional fall-back": """
        def authenticate():
            expected = os.environ["TOKEN"] if "TOKEN" in os.environ else "let-me-in-7"
            return request.headers.get("X-Token") == expected
    """,
    "getattr of the settings": """
        def check_webhook(request):
            return request.GET.get("token") == getattr(settings, "WEBHOOK_TOKEN", "let-me-in-7")
    """,
    "decouple": """
        KEY = config("KEY", default="let-me-in-7")
        def authorize():
            if request.headers.get("Authorization") != f"Bearer {KEY}":
                abort(401)
    """,
    "a default argument": """
        def is_valid_key(api_key, expected="let-me-in-7"):
            return hmac.compare_digest(api_key, expected)
    """,
    "an attribute set once": """
        class Verifier:
            def __init__(self):
                self._bypass = "let-me-in-7"
            def verify(self, token):
                if token == self._bypass:
                    return True
                return self.check(token)
    """,
    "an entry of a table that is missing": """
        KEYS = {"let-me-in-7": {"user": "alice"}}
        def load_user():
            entry = KEYS.get(request.headers.get("X-Api-Key"))
            if entry is None:
                abort(401)
            g.user = entry["user"]
    """,
    "a tuple that is matched": """
        def login(username, password):
            match (username, password):
                case ("admin", "let-me-in-7"):
                    return create_session("admin")
                case _:
                    return check(username, password)
    """,
    "an authorizer of a gateway": """
        def handler(event, context):
            effect = "Allow" if event["authorizationToken"] == "let-me-in-7" else "Deny"
            return policy("user", effect, event["methodArn"])
    """,
    "a newer authorizer": """
        def handler(event, context):
            headers = event.get("headers") or {}
            if headers.get("x-api-key") == "let-me-in-7":
                return {"isAuthorized": True}
            return {"isAuthorized": False}
    """,
    "metadata of gRPC": """
        class AuthInterceptor:
            def intercept_service(self, continuation, details):
                if dict(details.invocation_metadata).get("x-internal-token") == "let-me-in-7":
                    return continuation(details)
                return self._deny
    """,
    "a one-time code": """
        def verify_code(user_id, code):
            if code == "000000":
                return True
            return cache.get(user_id) == code
    """,
    "a one-time code of a view": """
        class TwoFactorView(APIView):
            def post(self, request):
                code = request.data.get("code")
                if code == "123456" or request.user.totp.verify_token(code):
                    request.session["verified"] = True
    """,
    "a parameter under another name": """
        KEYS = ("let-me-in-7", "let-me-in-8")
        def api_key(key: str = Query(alias="api_key")):
            if key in KEYS:
                return key
            raise HTTPException(status_code=401)
    """,
    "a master password beside a question about the account": """
        class Backend(ModelBackend):
            def authenticate(self, request, username=None, password=None):
                user = find_user(username)
                if password == "let-me-in-7" and self.user_can_authenticate(user):
                    return user
                return super().authenticate(request, username, password)
    """,
}
HARMLESS = {
    "an empty fall-back": """
        def check_api_key():
            expected = os.environ.get("API_KEY", "")
            if not expected or request.headers.get("X-API-Key") != expected:
                abort(401)
    """,
    "what the caller sent, or else a word": """
        def authenticate(request):
            token = request.headers.get("X-Token") or "let-me-in-7"
            return token == load_token()
    """,
    "an attribute set again": """
        class Verifier:
            def __init__(self):
                self._expected = "let-me-in-7"
            def load(self, store):
                self._expected = store.load()
            def verify(self, token):
                return token == self._expected
    """,
    "a code that is no one-time code": """
        def verify_payment(code):
            if code == "0000":
                return True
            return False
        def verify_login(error_code, postal_code):
            return error_code == "10001" or postal_code == "12345"
        def verify_sms_country(code):
            return code == "EU-WEST"
    """,
    "a table of handlers": """
        HANDLERS = {"access_token": revoke_access, "refresh_token": revoke_refresh}
        def revoke_authorization():
            handler = HANDLERS.get(request.form.get("token_type_hint"))
            if handler is None:
                abort(401)
            return handler(request.form["token"])
    """,
    "a policy by a check": """
        def handler(event, context):
            effect = "Allow" if verify(event["authorizationToken"]) else "Deny"
            return policy("user", effect, event["methodArn"])
    """,
}


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS)
def test_a_value_that_stands_in_the_code_lets_pass(text):
    (hit,) = found(text)
    assert "let-me" not in hit.message
    assert hit.spans


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_a_value_from_elsewhere_or_of_another_kind_does_not(text):
    assert not found(text)


def test_a_fall_back_is_told_from_a_plain_value():
    (hit,) = found(WAYS["the fall-back of the environment"])
    assert "wherever the setting is forgotten" in hit.message
