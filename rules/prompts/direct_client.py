"""Code goes around the module that is there for it.

A team puts what must always happen into one place: the module that opens connections sets the tenant, the one that
calls a model redacts what is sent and counts what it costs. Code that imports the library itself has none of that.
Which modules these are, `[[wrappers]]` in `gate.toml` says; without it the rule is silent.
"""

from collections.abc import Iterator

from gate.facts.reaching import Reaching, Wrapper, may_reach
from gate.facts.role import role
from gate.rule import Hit, Repo, Rule, Severity

_POLICY = """
    [[wrappers]]
    use = "app.db"
    instead_of = ["psycopg", "sqlalchemy.create_engine", "pg"]

    [[wrappers]]
    use = "app.llm"
    instead_of = ["openai"]
    allow = ["jobs/**"]
"""

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(1061,),
    fix="Call the module that `gate.toml` names. Where it lacks something, add it there; where a path is an exception, "
    "`allow` it in a change of its own.",
    bad=[
        {"gate.toml": _POLICY, "app/views.py": """
            import psycopg  # <-
            from openai import OpenAI  # <-
            import sqlalchemy as sa
            from sqlalchemy import create_engine  # <-

            def late():
                import openai.types  # <-
                return sa.create_engine("sqlite://")  # <-

            client = __import__("openai")  # <-
        """},
        {"gate.toml": _POLICY, "web/db.ts": """
            import { Pool } from "pg"; // <-
            const pg = require("pg"); // <-
        """},
    ],
    good=[
        {"gate.toml": _POLICY,
         "app/db.py": "import psycopg\nfrom sqlalchemy import create_engine\n",
         "app/llm/__init__.py": "from openai import OpenAI\n",
         "app/llm/chat.py": "import openai\n",
         "jobs/embed.py": "import openai\n",
         "tests/test_llm.py": "import openai\n",
         "app/views.py": "from app.db import connect\nfrom sqlalchemy import select\nimport openai_helpers\n"},
        "import psycopg\nfrom openai import OpenAI\n",
    ],
    misses=["A client of HTTP that speaks to the same service by its address."],
)  # fmt: skip


@rule.check(Reaching, when=lambda settings: bool(settings.wrappers))
def goes_around(one: Reaching, repo: Repo) -> Iterator[Hit]:
    for wrapper in repo.settings.wrappers:
        banned = next((name for name in wrapper.instead_of if _is_within(one.name, name)), "")
        if banned and not _may(one.place.path, wrapper):
            yield Hit(one.place, f"`{banned}` is used here directly; the policy wants `{wrapper.use}` to be the only one that "
                      "does.", detail=banned)  # fmt: skip
            return


def _is_within(name: str, banned: str) -> bool:
    """Whether a name is a module or lies in it."""
    return name == banned or name.startswith((f"{banned}.", f"{banned}/"))


def _may(path: str, wrapper: Wrapper) -> bool:
    return role(path) == "test" or may_reach(path, wrapper)
