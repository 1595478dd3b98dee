"""A privileged account gets by without a second factor.

Passwords are phished and reused. For accounts that move money or change rights a second factor is what keeps a leaked
password from being enough.
"""

from collections.abc import Iterator

from gate.facts.secondfactor import Factor
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(308,),
    fix="Require a second factor for administrators and finance: `@otp_required`, `OTPAdminSite`, `mfa=Mfa.REQUIRED`.",
    bad=[
        """
        from django_otp.decorators import otp_required
        @otp_required
        def refund(request): ...
        @otp_required
        def payout(request): ...
        @otp_required
        def close(request): ...
        @staff_member_required
        def transfer(request):  # <-
            return move(request)
        """,
        """
        from django.contrib import admin
        MFA_REQUIRED_FOR_STAFF = False  # <-
        INSTALLED_APPS = ["django_otp"]
        admin.site.register(Payment)  # <-
        """,
        """
        from aws_cdk import aws_cognito as cognito
        pool = cognito.UserPool(stack, "p", mfa=cognito.Mfa.OFF)  # <-
        """,
        {
            "main.tf": """
            resource "aws_cognito_user_pool" "staff" {
              mfa_configuration = "OFF"  # <-
            }
            """,
            "docker-compose.prod.yml": """
            services:
              web:
                environment:
                  - MFA_REQUIRED=false  # <-
            """,
        },
    ],
    good=[
        {
            "main.tf": 'resource "aws_cognito_user_pool" "staff" {\n  mfa_configuration = "ON"\n}',
            "docker-compose.prod.yml": "services:\n  web:\n    environment:\n      - MFA_REQUIRED=true",
        },
        """
        from django_otp.admin import OTPAdminSite
        site = OTPAdminSite(name="ops")
        MFA_SUPPORTED_TYPES = ["totp", "webauthn"]
        """,
        """
        @staff_member_required
        def report(request):
            return render(request, "report.html")
        @staff_member_required
        def transfer(request, claims):
            if "mfa" not in claims["amr"]:
                raise PermissionDenied
            return move(request)
        """,
        """
        from aws_cdk import aws_cognito as cognito
        pool = cognito.UserPool(stack, "p", mfa=cognito.Mfa.REQUIRED)
        """,
    ],
    misses=["What the identity provider enforces is not in the repository; gate asks a person."],
)

_SAID = {
    "off": "`{}` is off, so a password is enough.",
    "pool": "`{}` is off for this pool of users, so a password is enough.",
    "admin": "`{}` takes a password alone, though a library for second factors is installed; use `OTPAdminSite`.",
    "sibling": "`{}` is for administrators and asks for no second factor, as others in this file do.",
}


@rule.check(Factor)
def look(found: Factor, repo: Repo) -> Iterator[Hit]:
    yield Hit(found.place, _SAID[found.how].format(found.name))
