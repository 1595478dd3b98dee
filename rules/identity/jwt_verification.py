"""A token is believed without being verified as it should.

A JSON Web Token is text the caller sends. Only its signature, checked with one algorithm that the server chose, says that
it was issued and not made up: without it, or with the algorithm the token names itself, anybody signs in as anybody.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath

from gate.facts.jwt import Token
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(347, 327, 345, 613),
    fix='Verify with one family of algorithms and the claims you rely on: `jwt.decode(token, KEY, algorithms=["RS256"], '
    'audience=..., issuer=..., options={"require": ["exp"]})`. Take keys and their addresses from configuration.',
    bad=[
        """
        import jwt
        def verify(self, token, key):
            header = jwt.get_unverified_header(token)
            algorithm = header["alg"]
            if algorithm != header["alg"]:
                raise PermissionError
            return jwt.decode(token, key, algorithms=algorithm, audience="api")  # <-
        """,
        """
        import jwt, requests
        from google.auth import jwt as google
        from rest_framework_simplejwt.tokens import AccessToken
        JWT_ALGORITHM = "none"  # <-
        SIMPLE_JWT = {"ALGORITHM": "none", "SIGNING_KEY": ""}  # <-
        def key_of(token):
            header = jwt.get_unverified_header(token)
            return requests.get(header["x5u"], timeout=3).text  # <-
        def current_user(token):
            return jwt.decode(token, KEY, ["HS256"], {"verify_exp": False})  # <-
        def get_user(token):
            try:
                return jwt.decode(token, KEY, algorithms=["HS256"])
            except jwt.ExpiredSignatureError:
                return jwt.decode(token, options={"verify_signature": False})  # <-
        def authenticate(token):
            return google.decode(token, verify=False)  # <-
        def member(token):
            return User.objects.get(id=AccessToken(token, verify=False)["user_id"])  # <-
        """,
        """
        import jwt
        def get_current_user(token):
            claims = jwt.decode(token, options={"verify_signature": False})  # <-
            return User.get(claims["sub"])
        """,
        """
        from jose import jwt
        def auth(token):
            return jwt.decode(token, PUBLIC_KEY)  # <-
        """,
        """
        import jwt as pyjwt
        def verify(token):
            header = pyjwt.get_unverified_header(token)
            algorithm = header.get("alg")
            return pyjwt.decode(token, KEY, algorithms=[algorithm])  # <-
        """,
        """
        import jwt
        ALGS = ["HS256", "RS256"]
        NONE = ["no" + "ne"]
        def verify(token):
            first = jwt.decode(token, KEY, algorithms=ALGS)  # <-
            return first or jwt.decode(token, "", NONE)  # <-
        """,
        """
        import jwt
        OPTIONS = {"verify_exp": False}
        def verify(token):
            return jwt.decode(token, KEY, algorithms=["HS256"], options=OPTIONS)  # <-
        """,
        """
        import jwt
        from jwt import PyJWKClient
        def verify(token):
            jku = jwt.get_unverified_header(token)["jku"]
            key = PyJWKClient(jku).get_signing_key_from_jwt(token)  # <-
            return jwt.decode(token, key.key, algorithms=["RS256"])
        """,
        """
        import base64, json
        def require_admin(request):
            part = request.headers["Authorization"].split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(part + "=="))  # <-
            if claims["role"] != "admin":
                raise PermissionError
        """,
        """
        import base64, json
        def unwrap(blob):
            parts = blob.split(".")
            return json.loads(base64.urlsafe_b64decode(parts[1] + "=="))  # <-
        """,
        """
        import jwt
        from authlib.jose import JsonWebToken, jwt as registry
        def issue(claims):
            return jwt.encode(claims, None, algorithm="none")  # <-
        def check(token, keys):
            return JsonWebToken(None).decode(token, keys), registry.decode(token, keys)  # <-
        """,
        """
        import json
        from authlib.jose import JsonWebToken
        from authlib.jose import jwt as registry
        from joserfc import jws, jwt
        table = JsonWebToken(["none", "RS256"])  # <-
        def issue(claims, key):
            return registry.encode({"alg": "none"}, claims, ""), jwt.encode({"alg": "none"}, claims, key)  # <-
        def check(token, key):
            loose = jwt.decode(token, key)  # <-
            return loose or jwt.decode(token, key, algorithms=["none", "HS256"])  # <-
        def current_user(token):
            part = jws.extract_compact(token)  # <-
            return User.get(json.loads(part.payload)["sub"])
        """,
    ],
    good=[
        """
        import jwt
        def verify(self, token, key):
            algorithm = jwt.get_unverified_header(token)["alg"]
            if algorithm != self.ALGORITHM:
                raise PermissionError
            return jwt.decode(token, key, algorithms=algorithm, audience="api")
        """,
        """
        import jwt, requests
        from google.auth import jwt as google
        from rest_framework_simplejwt.tokens import AccessToken
        JWT_ALGORITHM = "ES256"
        def key_of(token):
            kid = jwt.get_unverified_header(token)["kid"]
            return requests.get(JWKS + kid, timeout=3).json()
        def current_user(token):
            return jwt.decode(token, KEY, ["HS256"], {"require": ["exp"]})
        def authenticate(token):
            return google.decode(token, certs=CERTS), AccessToken(token)
        """,
        """
        import jwt
        ALGORITHM = "HS256"
        def get_current_user(token):
            return jwt.decode(token, settings.SECRET, algorithms=[ALGORITHM], audience="api", issuer=ISS)
        """,
        """
        import jwt
        def verify(token):
            iss = jwt.decode(token, options={"verify_signature": False})["iss"]
            if iss not in TRUSTED:
                raise PermissionError
            return jwt.decode(token, TRUSTED[iss], algorithms=["ES256"])
        """,
        """
        import base64, json
        def settings(blob):
            return json.loads(base64.b64decode(blob.split(".")[0]))
        """,
        """
        from authlib.jose import JsonWebToken
        jwt = JsonWebToken(["RS256"])
        def verify(token, keys):
            return jwt.decode(token, keys)
        """,
        """
        import jwt
        def rate_key(request):
            claims = jwt.decode(request.headers["Authorization"][7:], options={"verify_signature": False})
            return f"rl:{claims.get('iss')}"
        """,
        """
        from jose import jwt
        from joserfc import jws, jwt as typed
        def verify(token):
            return jwt.decode(token, KEY, ["RS256"])
        def find_key(token):
            return KEYS[jws.extract_compact(token).headers()["kid"]]
        def made(claims, key):
            return typed.encode({"alg": "RS256"}, claims, key)
        def checked(token, key):
            return typed.decode(token, key, algorithms=["RS256", "HS256"])
        data = codec.decode(token, options={"verify_signature": False})
        """,
        """
        import jwt
        def fresh(token, now):
            claims = jwt.decode(token, KEY, algorithms=["RS256"], options={"verify_exp": False})
            return now < claims["exp"]
        def decode(value, verify):
            return jwt.decode(value, key=KEY, algorithms=["RS256"], options={"verify_signature": verify})
        """,
    ],
    misses=[
        "Whether a caller in another file verifies a token that is only read here is not looked up; such reads warn.",
        "An unsigned token only warns where no file beside it reads tokens: another service may want it so.",
    ],
)

_SAID = {
    "unverified": (None, "The signature of this token is not verified, and what it says decides who the caller is."),
    "peek": (Severity.MEDIUM, "The signature of this token is not verified; nothing in it may be relied upon."),
    "unpinned": (Severity.HIGH, "{} is not told which algorithms to accept, so an old release takes the one the token names."),
    "registry": (Severity.MEDIUM, "{} accepts every algorithm it knows here; name the one that is used."),
    "keyed": (Severity.LOW, "{} accepts every algorithm that fits the key here; name the one that is used."),
    "header": (None, "The algorithm is taken from the token, so whoever makes the token chooses how it is checked."),
    "none": (None, "The algorithm `none` is accepted: a token without any signature."),
    "mixed": (None, "{} are accepted together, so a token can be signed with the public key as if it were a secret."),
    "claims": (Severity.HIGH, "`{}` is off, so a token that was stolen once works for ever."),
    "audience": (Severity.MEDIUM, "`{}` is off, so a token that was issued for something else is accepted."),
    "remote": (None, "The key is fetched from an address in the token, `{}`, so the caller brings the key along."),
    "unsigned": (None, "`{}` makes a token that nobody signed, and whoever accepts it accepts any."),
}  # fmt: skip


_WEAKNESSES = {
    "claims": (613, 345),
    "audience": (345,),
    "unpinned": (347, 327),
    "registry": (347, 327),
    "keyed": (347, 327),
    "none": (347, 327),
    "mixed": (347, 327),
}
"""What is nearer than CWE-347 and 345, a signature, or where it comes from, that is not verified."""


@rule.check(Token)
def look(token: Token, repo: Repo) -> Iterator[Hit]:
    if not token.how:
        return
    severity, said = _SAID[token.how]
    if token.how == "unsigned" and not _reads_near(token, repo):
        severity = Severity.MEDIUM
    cwes = _WEAKNESSES.get(token.how, (347, 345))
    yield Hit(token.place, said.format(token.name), severity=severity, cwes=cwes)


def _reads_near(token: Token, repo: Repo) -> bool:
    """Whether a file beside this one reads tokens; others may be made for a service that wants them unsigned."""
    folder = PurePosixPath(token.place.path).parent
    return any(one.how != "unsigned" and PurePosixPath(one.place.path).parent == folder for one in repo[Token])
