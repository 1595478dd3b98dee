"""A key is written in the code.

Whoever reads the repository, today or in a leaked copy, signs sessions and tokens with it, and they are taken for real.
"""

from collections.abc import Iterator

from gate.facts.writtenkey import WrittenKey
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(321, 798),
    fix='Read the key from the secret store, and stop without it: `os.environ["SECRET_KEY"]`. Replace the one that was here.',
    bad=[
        """
        import jwt, os
        def issue(user):
            return jwt.encode({"sub": user}, os.getenv("KEY", "secret"), algorithm="HS256")  # <-
        """,
        """
        import jwt
        from flask import Flask
        app = Flask(__name__)
        app.config["SECRET_KEY"] = "super secret key"  # <-
        def issue(claims, signing_key="in-secure"):  # <-
            return jwt.encode(claims, "sign-me", algorithm="HS256")  # <-
        """,
        """
        from itsdangerous import URLSafeTimedSerializer
        SECRET_KEY: str = "a0b1c2d3"  # <-
        signer = URLSafeTimedSerializer("k-1-2-3")  # <-
        app.add_middleware(SessionMiddleware, secret_key="s3cr3t-1")  # <-
        """,
        """
        import jwt
        from flask import Flask
        app = Flask(__name__)
        app.secret_key = "supersecret"  # <-
        SALT = "my-own-salt"  # <-
        def issue(claims):
            return jwt.encode(claims, SALT, algorithm="HS256")
        """,
        """
        from bottle import response
        JWT_SECRET_KEY = "{{hide:some|thing}}"  # <-
        SIMPLE_JWT = {"ALGORITHM": "HS256", "SIGNING_KEY": "{{hide:crm-sign|ing-key-1}}"}  # <-
        def kept(name):
            response.set_cookie("account", name, secret="{{hide:bottle|-key-1}}")  # <-
        """,
    ],
    good=[
        """
        import os
        SECRET_KEY = os.environ["SECRET_KEY"]
        ENCRYPTION_KEY = "encryption_key"
        WEBHOOK_SECRET = "webhook_secret"
        STDIN_SECRET_KEY = "shop.datasource.secret_from_stdin"
        JWT_SECRET = "{default_key}"
        if DEBUG:
            SESSION_SECRET = "for-my-1"
        class TestingConfig(Config):
            SECRET_KEY = "for-my-tests-2"
        """,
        """
        import jwt
        PUBLIC = "-----BEGIN PUBLIC KEY-----\\nMIIBIjANBgkqhkiG9w0B\\n-----END PUBLIC KEY-----"
        def read(token, options):
            options.secret_key = "secret_key"
            return jwt.decode(token, PUBLIC, algorithms=["RS256"])
        """,
        {"project/settings/local.py": 'SECRET_KEY = "local-1"\n'},
    ],
    misses=[
        "A key whose name does not say so is not seen; `secrets/default_secret` has what is used when none is set.",
        "Settings of a class named for tests or development; a value that says it is for a build only warns.",
    ],
)


@rule.check(WrittenKey)
def look(found: WrittenKey, repo: Repo) -> Iterator[Hit]:
    said = f"`{found.name}` is written in the code, so everybody who reads the repository has it."
    if found.how == "parameter":
        said = f"The parameter `{found.name}` is a key written in the code where no argument is given."
    yield Hit(found.place, said, spans=found.spans, severity=Severity.MEDIUM if found.stands_in else None)
