"""A credential is written into a log.

Logs are read by more people than any table, are kept for years, and are sent to others. A password or token in one of them is given
away to all of these; the headers of a request hold both.
"""

from collections.abc import Iterator

from gate.facts.keyname import is_key, shows_stars
from gate.facts.leak import Leak
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(532, 209),
    fix="""Log what identifies the event, not what opens the door: an id, or the last four characters (`key[-4:]`). Let a filter of the
    logging set-up redact what slips through.""",
    bad=[
        """
        import os
        def login(username, password):
            logger.debug("login attempt %s %s", username, password)  # <-
        def auth(api_key):
            logger.warning(f"Invalid API key: {api_key}")  # <-
        def call(request):
            log.info("incoming", headers=dict(request.headers))  # <-
        def connect(cfg):
            raise RuntimeError("cannot connect with " + cfg.client_secret)  # <-
        def boot():
            print(os.environ)  # <-
        def refresh(resp):
            access_token = resp.json()["access_token"]
            logger.info("got token", extra={"access_token": access_token})  # <-
        def start(password):
            logger.info("db password %s", password.get_secret_value())  # <-
        """,
        """
        from fastapi import APIRouter
        router = APIRouter()
        @router.post("/login")
        async def login(request):
            logger.info("login body %s", await request.json())  # <-
        """,
        """
        # password: SecretStr
        def hidden(password):
            logger.info("db password %s", password)  # <-
        """,
    ],
    good=[
        """
        def invite(user, password=None):
            own_password = password is not None
            logger.debug({"user": user.id, "own_password": own_password})
        """,
        """
        def usage(r):
            logger.info("tokens %s/%s", r.usage.total_tokens, max_tokens)
        def auth(api_key):
            logger.warning("invalid key ending %s", api_key[-4:])
        def check(password):
            logger.info("password set: %s", bool(password))
        class Shell:
            def enter(self, jupyter_pwd):
                logger.info("%s != %s", self.pwd, jupyter_pwd)
                os.chdir(self.pwd)
        def explain(id_token):
            logger.debug("claims: %r", jwt.decode(id_token, options={"verify_signature": False}))
        def drop(secret_name):
            logger.info("deleted secret %s", secret_name)
        def pay(checkout):
            logger.info("checkout done", extra={"token": checkout.token})
        def status(resp):
            logger.info({"code": resp["status"], "dry_run": resp["body"]["dry_run"]})
        def measure(num_uncertainty):
            logger.info("uncertainty %s", num_uncertainty)
        def hidden(api_key):
            shown = api_key
            shown = shown[:4] + "***"
            api_key = api_key[:4] + "***"
            logger.info("key %s", api_key)
        def hint():
            logger.info("Set API_KEY %s", "yes" if api_key else "no")
        """,
        """
        from pydantic import SecretStr
        def start(password: SecretStr):
            logger.info("db password %s", password)
        """,
    ],
    misses=[
        "What is the key of a dictionary in the same function (`secrets[secret_key]`) only asks for a look: it may be a name.",
        "One variable of the environment or one header, under a key that is not written there, only asks for a look.",
        "Values whose names say nothing, `token` and `key` among them.",
        "What `print` shows on the terminal of a command is reported where the file does not say that it is one.",
    ],
)

_WHERE = {
    "log": "into the log",
    "error": "into the text of an error",
    "trace": "into a trace",
    "print": "to the output, which is a log",
}


_ONE = "[...]"
"""One entry of all that the environment or the headers hold, under a key that is not written here."""


@rule.check(Leak)
def look(one: Leak, repo: Repo) -> Iterator[Hit]:
    source = repo.source(one.place.path)
    if one.what != "secret" or (source is not None and shows_stars(source, one.place.line, one.name)):
        return
    lesser = one.where in {"print", "error"} and not one.name.endswith(("headers", "environ"))
    named = one.name.endswith(_ONE) or (source is not None and is_key(source, one.place.line, one.name))
    severity = Severity.MEDIUM if lesser or named else None
    yield Hit(one.place, f"`{one.name}` is written {_WHERE[one.where]}, for all who read it.", severity=severity)
