"""Routes that only switch a second factor on."""

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
