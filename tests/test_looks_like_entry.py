"""What only looks like a way in: codes that switch a second factor on, and the form of a key."""

import pytest

from gate import registry
from gate.rule import Severity
from tests import examples

ROUTES = """
@router.post("/login")
@limiter.limit("5/minute")
async def login(request, body: Login):
    return enter(body)
@router.post("/totp/verify")
async def totp_verify(body: Code, user: Caller):
    if not verify_totp(user.totp_secret, body.code):
        raise HTTPException(400)
    user.totp_enabled = True
    {more}
"""


@pytest.mark.parametrize(("more", "severity"), [
    ("return Status(enabled=True)", Severity.MEDIUM),
    ("return create_access_token(user)", None),
    ("session['passed'] = True", None),
])  # fmt: skip
def test_a_code_that_only_switches_a_second_factor_on_asks_for_a_look(more, severity):
    (check,) = [check for check in registry.checks() if check.rule.id == "identity/one_time_code"]
    found = examples.hits(check, {"app.py": ROUTES.format(more=more)})
    assert [hit.severity for hit in found] == [severity]


@pytest.mark.parametrize(("begins", "severity"), [
    ('("sk_live_", "sk_test_")', Severity.MEDIUM),
    ('("sk_live_", "let-me-in-")', None),
])  # fmt: skip
def test_the_form_of_a_key_that_a_service_publishes_asks_for_a_look(begins, severity):
    (check,) = [check for check in registry.checks() if check.rule.id == "secrets/debug_token"]
    text = f"def is_valid_api_key(api_key):\n    return bool(api_key) and api_key.startswith({begins})\n"
    assert [hit.severity for hit in examples.hits(check, {"app.py": text})] == [severity]
