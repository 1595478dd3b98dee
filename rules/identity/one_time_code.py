"""A one-time code can be tried without limit.

A code of six digits has a million values; a script tries them all within its lifetime when nothing counts. A route that sends
codes or links without limit floods whoever's number it is given, at your cost.
"""

from collections.abc import Iterator

from gate.facts.onetime import OneTime
from gate.facts.tries import counted
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(307, 799),
    fix='Limit the route by account and by address (`@limiter.limit("5/minute")`, `throttle_classes`, `@ratelimit(block=True)`), '
    "count failed tries, and make the code void after a few.",
    bad=[
        """
        from fastapi import APIRouter
        router = APIRouter()
        @router.post("/auth/verify-otp")
        async def verify_otp(phone: str, code: str):  # <-
            if not await fits(phone, code):
                return {"error": "The check failed, try again"}
        """,
        """
        from flask import Blueprint, request
        import pyotp
        bp = Blueprint("mfa", __name__)
        @bp.post("/second")
        def second():  # <-
            if not pyotp.TOTP(user().secret).verify(request.form["otp"]):
                return "no", 401
            return "ok"
        """,
        """
        from rest_framework.views import APIView
        class ResendCodeView(APIView):
            def post(self, request):  # <-
                send_sms(request.data["phone"], new_code())
        """,
        {
            "app/codes.py": """
            def fits(user, otp):
                return user.otp == otp
            """,
            "app/routes.py": """
            from flask import Blueprint, request
            from app.codes import fits
            bp = Blueprint("second", __name__)
            @bp.post("/verify")
            def verify():  # <-
                if fits(current(), request.json["otp"]):
                    login_user(current())
                return {"ok": True}
            """,
        },
        """
        from django_ratelimit.decorators import ratelimit
        @ratelimit(key="ip", rate="5/m", block=False)
        def verify_code(request):  # <-
            return check(request.POST["code"])
        """,
    ],
    good=[
        """
        from fastapi import APIRouter
        router = APIRouter()
        @router.post("/login")
        async def login(body: Credentials):
            made = auth.login(body.name, body.password)
            return {"token": made, "who": auth.verify_token(made)}
        """,
        """
        from fastapi import APIRouter, Depends, Request
        from fastapi_limiter.depends import RateLimiter
        router = APIRouter(dependencies=[Depends(RateLimiter(times=5, seconds=60))])
        other = APIRouter()
        @router.post("/mfa/verify")
        def verify(code: str):
            return check(code)
        @other.post("/auth/verify-otp")
        @limiter.limit("5/minute")
        async def verify_otp(request: Request, phone: str, code: str):
            return await check(phone, code)
        """,
        """
        class ResendCodeView(APIView):
            throttle_scope = "otp"
            throttle_classes = [ScopedRateThrottle]
            def post(self, request):
                send_sms(request.data["phone"], new_code())
        """,
        {
            "app/guard.py": """
            from fastapi_limiter.depends import RateLimiter
            five_a_minute = RateLimiter(times=5, minutes=1)
            """,
            "app/service.py": """
            class Codes:
                def check(self, user, code):
                    if user.attempts >= 5:
                        raise Locked
                    user.attempts += 1
                    return user.code == code
            """,
            "app/routes.py": """
            from fastapi import APIRouter, Depends
            from rest_framework.views import APIView
            from app.guard import five_a_minute
            from app.service import Codes
            router = APIRouter()
            @router.post("/auth/verify-otp", dependencies=[Depends(five_a_minute)])
            async def verify_otp(phone: str, code: str):
                return stored(phone) == code
            @router.post("/auth/confirm-code")
            async def confirm_code(code: str):
                return Codes().check(current(), code)
            class VerifyOtp(APIView):
                def post(self, request):
                    return self.check(request.data["otp"])
                def check(self, otp):
                    if too_many_failures(self.request.user):
                        raise Locked
                    return otp == self.request.user.otp
            """,
        },
        """
        def verify_code(request):
            s = request.session
            if s.get("otp_attempts", 0) >= 5:
                raise PermissionDenied
            s["otp_attempts"] = s.get("otp_attempts", 0) + 1
            return check(request.POST["code"])
        def verify_email(request, token):
            return confirm(signer.unsign(token, max_age=3600))
        """,
        {
            "main.py": """
            from slowapi.middleware import SlowAPIMiddleware
            app.add_middleware(SlowAPIMiddleware)
            """,
            "routes.py": """
            @router.post("/auth/verify-otp")
            async def verify_otp(phone: str, code: str):
                return await check(phone, code)
            """,
        },
    ],
    misses=[
        "A code that only switches a second factor on, `user.totp_enabled = True`, only asks for a look.",
        "Limits of a gateway in front of the program are not seen; waive the rule where there is one.",
        "A route whose path and name do not speak of codes is not recognized.",
    ],
)


@rule.check(OneTime)
def look(route: OneTime, repo: Repo) -> Iterator[Hit]:
    if counted(route.helpers, route.place, repo):
        return
    what = "takes a code and counts no tries" if route.guessed else "sends codes or links as often as it is asked"
    severity = None if route.siblings and route.guessed and not route.sets_up else Severity.MEDIUM
    yield Hit(route.place, f"The route `{route.name}` {what}, so it can be tried until one fits.", severity=severity)
