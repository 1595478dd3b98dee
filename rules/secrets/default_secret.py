"""A secret has a value even where nobody sets it.

The value stands in the code. Where the setting is forgotten, mistyped or lost in a move, the program starts all the
same, and whoever has read the repository signs sessions, tokens and webhooks that it takes for its own.
"""

from collections.abc import Iterator

from gate.facts.unset import Unset
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(798, 1188, 321),
    fix='Ask for the setting and stop without it: `os.environ["JWT_SECRET"]`, a field without default. Keep the value '
    "for local work in a file that is not committed.",
    bad=[
        """
        import environ
        from dataclasses import dataclass
        from decouple import config
        from dynaconf import Dynaconf, Validator
        env = environ.Env(SECRET_KEY=(str, "insecure"), DEBUG=(bool, False))  # <-
        WEBHOOK_SECRET = config("WEBHOOK_SECRET", "not-so-secret")  # <-
        settings = Dynaconf(validators=[Validator("JWT_SECRET", default="abc123")])  # <-
        @dataclass
        class AppConfig:
            encryption_key: str = "0123456789abcdef"  # <-
            key_length: int = 16
        """,
        """
        import os
        import jwt
        from os import getenv
        SECRET_KEY = os.environ.get("SECRET_KEY", "dev-secret-change-me")  # <-
        JWT_SECRET = getenv("JWT_SECRET") or "jwtsecret"  # <-
        ADMIN_TOKEN = os.environ.setdefault("ADMIN_TOKEN", "admin")  # <-
        if os.getenv("INTERNAL_TOKEN", "secret_token") == given:  # <-
            pass
        app.config["SESSION_SECRET"] = (
            os.environ["SESSION_SECRET"]
            if "SESSION_SECRET" in os.environ
            else "local"  # <-
        )
        def sign(body, secret="dev-secret"):  # <-
            return hmac.new(secret.encode(), body, "sha256").hexdigest()
        def make(claims, *, secret_key="dev"):  # <-
            return jwt.encode(claims, secret_key, algorithm="HS256")
        def issue(user):
            return jwt.encode({"sub": user.id}, os.getenv("SIGNING_KEY", "secret"), algorithm="HS256")  # <-
        """,
        """
        from decouple import config
        from django.conf import settings
        from pydantic import Field, SecretStr
        from pydantic_settings import BaseSettings
        class Settings(BaseSettings):
            session_secret: str = "local-only"  # <-
            jwt_secret_key: SecretStr = Field(default=SecretStr("change-me"))  # <-
        @click.option("--secret-key", default="dev")  # <-
        def serve(secret_key): ...
        WEBHOOK_SECRET = config("WEBHOOK_SECRET", default="whsec_local")  # <-
        expected = getattr(settings, "INTERNAL_TOKEN", "internal-token")  # <-
        """,
        """
        from app.config import settings
        signing = getattr(settings, "SECRET_KEY", "logger")  # <-
        """,
        {
            "docker-compose.yml": """
            services:
              web:
                environment:
                  JWT_SECRET: ${JWT_SECRET:-change-me}  # <-
            """,
            "entrypoint.sh": """
            export SESSION_SECRET=${SESSION_SECRET:-local-only}  # <-
            """,
            "variables.tf": """
            variable "jwt_secret" {
              type    = string
              default = "change-me"  # <-
            }
            """,
        },
    ],
    good=[
        """
        import environ, os
        from dataclasses import dataclass
        env = environ.Env(SECRET_KEY=str, SITE_NAME=(str, "shop"))
        @dataclass
        class AppConfig:
            encryption_key: str
        if os.environ.get("ENV") == "dev":
            SECRET_KEY = os.environ.get("SECRET_KEY", "dev-secret")
        else:
            SECRET_KEY = os.environ["SECRET_KEY"]
        """,
        {
            "docker-compose.yml": "services:\n  web:\n    environment:\n      JWT_SECRET: ${JWT_SECRET:?missing}\n      A: ${JWT_SECRET:-}",
            "entrypoint.sh": "export JWT_ALGORITHM=${JWT_ALGORITHM:-HS256} SECRET_KEY_FILE=${SECRET_KEY_FILE:-/run/key}",
            "variables.tf": 'variable "jwt_secret" {\n  sensitive = true\n  default = ""\n}\nvariable "region" {\n  default = "eu"\n}',
        },
        """
        import os, secrets
        SECRET_KEY = os.environ["SECRET_KEY"]
        JWT_SECRET = os.environ.get("JWT_SECRET") or secrets.token_urlsafe(32)
        SESSION_SECRET = os.getenv("SESSION_SECRET", "")
        JWT_ALGORITHM = os.getenv("JWT_ALGORITHM", "RS256")
        SECRET_KEY_FILE = os.getenv("SECRET_KEY_FILE", "/run/secrets/key")
        OPENAI_API_KEY = os.getenv("OPENAI_API_KEY", "not-needed")
        DATABASE = os.getenv("DATABASE", "app")
        def sign(body, secret=None, secret_header="X-Secret"):
            return hmac.new(secret.encode(), body, "sha256").hexdigest()
        def look_up(secret="prod/db"):
            return vault.read(secret)
        logger.debug("compaction for %s", config.session_key or "unknown")
        FAKE_WALLET_SECRET = os.getenv("FAKE_WALLET_SECRET", "moon")
        fernet_key = conf.get("core", "FERNET_KEY")
        if getattr(settings, "SECRET_KEY", "SECRET") == "SECRET":
            complain()
        if DEBUG:
            COOKIE_SECRET = os.getenv("COOKIE_SECRET", "local")
        token = request.args.get("auth_token", "nobody")
        """,
        """
        from pydantic import SecretStr
        from pydantic_settings import BaseSettings
        class Settings(BaseSettings):
            session_secret: SecretStr
            api_key_header: str = "X-API-Key"
            token_url: str = "/oauth/token"
        parser.add_argument("--secret-file", default="/run/secrets/key")
        parser.add_argument("--session-key")
        PAGINATOR = {"input_token": "NextToken", "output_token": "NextToken"}
        """,
        """
        from django.conf import settings
        def signed(message):
            return hmac.new(getattr(settings, "SECRET_KEY", "logger").encode(), message, "sha256").hexdigest()
        """,
        {
            "project/settings/local.py": """
            import os
            SECRET_KEY = os.environ.get("SECRET_KEY", "local")
            """
        },
    ],
    misses=[
        "A secret of an account elsewhere (a database, a cloud), and one written out with no setting before it.",
        "Values of a chart; detect-secrets looks at them.",
    ],
)


@rule.check(Unset)
def look(unset: Unset, repo: Repo) -> Iterator[Hit]:
    said = (
        f"Where `{unset.name}` is not set, the program goes on with a value written in the code; whoever has read it "
        "can make what the program trusts."
    )
    yield Hit(unset.place, said, spans=unset.spans, severity=Severity.MEDIUM if unset.refused else None)
