"""A session or token lives too long.

Whoever gets hold of it once, from a log, a stolen laptop or a shared machine, stays signed in until it ends. One that never
ends can only be taken back by changing the key, for everybody.
"""

from collections.abc import Iterator

from gate.facts.lifetime import Lifetime
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(613,),
    fix="Let access tokens end after minutes and sessions after hours, and renew them with a refresh token that is replaced at "
    "each use: `exp`, `ACCESS_TOKEN_LIFETIME`, `ROTATE_REFRESH_TOKENS = True`.",
    bad=[
        """
        from datetime import timedelta
        from flask import Flask
        from flask_jwt_extended import create_access_token
        app = Flask(__name__)
        app.config.update(PERMANENT_SESSION_LIFETIME=timedelta(days=365))  # <-
        def login(user):
            return create_access_token(user.id, expires_delta=False)  # <-
        """,
        """
        JWT_ACCESS_TOKEN_EXPIRES = False  # <-
        SESSION_COOKIE_AGE = 60 * 60 * 24 * 365 * 10  # <-
        """,
        """
        from datetime import timedelta
        SIMPLE_JWT = {
            "ACCESS_TOKEN_LIFETIME": timedelta(days=365),  # <-
            "ROTATE_REFRESH_TOKENS": False,  # <-
        }
        app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(days=3650)  # <-
        """,
        """
        import jwt
        from datetime import datetime, timedelta, timezone
        def create_access_token(user):
            return jwt.encode({"sub": user.id, "role": user.role}, KEY, algorithm="HS256")  # <-
        def session_token(uid):
            exp = datetime.now(timezone.utc) + timedelta(days=400)
            return jwt.encode({"sub": uid, "exp": exp}, KEY, algorithm="HS256")  # <-
        """,
        """
        import jwt
        def make(user):
            return jwt.encode({"sub": user.id, "role": user.role}, settings.SECRET, algorithm="HS256")  # <-
        """,
        """
        class Settings(BaseSettings):
            ACCESS_TOKEN_EXPIRE_MINUTES: int = 60 * 24 * 8  # <-
        def refresh(refresh_token):
            user = load(refresh_token)
            return {"access_token": create_access_token(user), "refresh_token": refresh_token}  # <-
        """,
    ],
    good=[
        """
        from datetime import timedelta
        SIMPLE_JWT = {"ACCESS_TOKEN_LIFETIME": timedelta(minutes=10), "ROTATE_REFRESH_TOKENS": True}
        SESSION_COOKIE_AGE = 60 * 60 * 8
        CACHE_MAX_AGE = 31536000
        app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(hours=settings.session_hours)
        """,
        """
        import jwt
        def create_access_token(user):
            claims = {"sub": user.id}
            claims.update(standard_claims(minutes=15))
            return jwt.encode(claims, KEY, algorithm="HS256")
        def call(url, issuer):
            return get(url, jwt.encode({"iss": issuer, "aud": url}, KEY, algorithm="ES256"))
        def unsubscribe_link(uid):
            return jwt.encode({"sub": uid, "act": "unsub"}, KEY, algorithm="HS256")
        """,
    ],
    misses=[
        "Access tokens may live a day, sessions 31 days and refresh tokens 90 days before this rule speaks up.",
        "Claims that a helper adds are believed to hold an end.",
    ],
)


@rule.check(Lifetime)
def look(found: Lifetime, repo: Repo) -> Iterator[Hit]:
    days = f"{found.seconds / 86_400:,.0f} days"
    said = {
        "never": f"`{found.name}` makes tokens that never end.",
        "unset": f"`{found.name}` makes a token without `exp`, so it never ends.",
        "endless": f"`{found.name}` makes a token that says who somebody is, without `exp`, so it never ends.",
        "long": f"`{found.name}` comes to {days}; so long does a stolen copy work.",
        "kept": f"`{found.name}`: the same refresh token is used again and again, so a stolen one is never noticed.",
    }
    never = found.how in {"never", "unset"}
    yield Hit(found.place, said[found.how], severity=Severity.HIGH if never else None)
