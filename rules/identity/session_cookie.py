"""A cookie that signs somebody in lacks a flag.

Without `Secure` it travels in clear on the first request by HTTP; without `HttpOnly` any script in the page reads it; with
`SameSite=None` other sites make the browser send it along.
"""

from collections.abc import Iterator

from gate.facts.cookie import Cookie
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(614, 1004, 1275),
    fix='Set it with `secure=True, httponly=True, samesite="Lax"`; in settings keep `SESSION_COOKIE_SECURE = True` and its kin.',
    bad=[
        """
        class ProductionConfig:
            SESSION_COOKIE_SECURE = False  # <-
        """,
        """
        def login(response, token):
            response.set_cookie("session_id", token)  # <-
            response.set_cookie("theme", "dark", secure=False, httponly=True)  # <-
            response.set_cookie(key="access_token", value=token, secure=True)  # <-
        """,
        """
        FLAGS = {"secure": True, "httponly": False}
        def remember(response, cookie, token):
            response.set_cookie(cookie, token, **FLAGS)
            response.set_cookie("sid", token, httponly=True, secure=True, samesite="none")
            response.set_cookie("sid", token, httponly=True, secure=False)  # <-
        """,
        """
        from starlette.middleware.sessions import SessionMiddleware
        SESSION_COOKIE_SECURE = False  # <-
        app.config["SESSION_COOKIE_HTTPONLY"] = False  # <-
        app.config.update(REMEMBER_COOKIE_SECURE=False)  # <-
        app.add_middleware(SessionMiddleware, secret_key=KEY, https_only=False)  # <-
        """,
    ],
    good=[
        """
        class Config:
            SESSION_COOKIE_SECURE = True
        class DevelopmentConfig(Config):
            SESSION_COOKIE_SECURE = False
        """,
        """
        def login(response, token, settings, request):
            response.set_cookie("session_id", token, secure=True, httponly=True, samesite="lax")
            response.set_cookie("sid", token, secure=not settings.debug, httponly=True)
            response.set_cookie("csrftoken", token, secure=True, httponly=False)
            response.set_cookie("theme", "dark")
            response.set_cookie("session_id", "", max_age=0)
        """,
        """
        if DEBUG:
            SESSION_COOKIE_SECURE = False
        """,
        {"project/settings/local.py": "SESSION_COOKIE_SECURE = False\n"},
    ],
    misses=["Flags that come from a table (`**flags`) are not looked up."],
)


_WEAKNESSES = {"Secure": 614, "HttpOnly": 1004, "SameSite": 1275}


@rule.check(Cookie)
def look(cookie: Cookie, repo: Repo) -> Iterator[Hit]:
    if not cookie.lacks:
        return
    flags = " and ".join(f"`{flag}`" for flag in cookie.lacks)
    said = f"The cookie `{cookie.name}` is set {'with' if cookie.off else 'without'} {flags}{' off' if cookie.off else ''}."
    cwes = tuple(cwe for flag, cwe in _WEAKNESSES.items() if flag in cookie.lacks)
    library = cookie.name == "session" and cookie.lacks == ("Secure",) and not cookie.off
    yield Hit(cookie.place, said, severity=Severity.LOW if library else None, cwes=cwes)
