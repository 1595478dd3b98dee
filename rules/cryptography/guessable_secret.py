"""A secret is worked out from what others know.

A hash of the time and an address is no secret: who asks for a reset link knows both, and tries the few thousand milliseconds
around the request. A `uuid1` is the time and the address of the machine, written down.
"""

from collections.abc import Iterator

from gate.facts.guessed import Guessed
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(340, 330),
    fix="Draw it: `secrets.token_urlsafe(32)`, and keep it beside the account it is for. What must hold an address is to be "
    "signed, as by `itsdangerous` or `django.core.signing`.",
    bad=[
        """
        import base64, hashlib, time, uuid
        from datetime import datetime
        def reset(email):
            token = hashlib.md5(f"{email}{datetime.now()}".encode()).hexdigest()  # <-
            session_token = str(uuid.uuid1())  # <-
            reset_token = hashlib.sha256((email + str(time.time())).encode()).hexdigest()  # <-
            confirmation_token = base64.urlsafe_b64encode(email.encode()).decode()  # <-
            api_key = uuid.uuid5(uuid.NAMESPACE_DNS, email)  # <-
            return token, session_token, reset_token, confirmation_token, api_key
        """,
    ],
    good=[
        """
        import base64, hashlib, time, uuid
        def keys(email, body, salt):
            avatar = hashlib.md5(email.lower().encode()).hexdigest()
            etag = hashlib.sha1(f"{body}{time.time()}".encode()).hexdigest()
            token = hashlib.sha256(f"{email}{time.time()}{salt}".encode()).hexdigest()
            auth_token = base64.b64encode(f"{email}:{password}".encode())
            row_id = uuid.uuid1()
            return avatar, etag, token, auth_token, row_id
        """,
    ],
    misses=["A hash that is fed step by step with `update`.", "What is bound to a name before it is hashed."],
)


@rule.check(Guessed)
def worked_out(guessed: Guessed, repo: Repo) -> Iterator[Hit]:
    del repo
    yield Hit(guessed.place, f"`{guessed.purpose}` is made from {guessed.how}, so others can work it out.")
