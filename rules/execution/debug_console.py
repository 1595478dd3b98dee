"""A debugger or a debug mode is on in what is deployed.

The debuggers of web frameworks answer an error with a Python console, or with the source, the variables and the
settings around it. Whoever can cause an error then reads secrets, or runs code. A switch that is on unless somebody
switches it off is on in production sooner or later.
"""

from collections.abc import Iterator

from gate.facts.debugging import Debugging
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(94, 489, 215),
    fix="""Read the switch from the environment, off by default and compared with a text:
    `DEBUG = os.environ.get("DEBUG", "") == "1"`. Start the debugger on your own machine, bound to 127.0.0.1, by
    `flask --debug` or the like, and never from code that is deployed.""",
    bad=[
        """
        from flask import Flask
        app = Flask(__name__)
        app.run(host="0.0.0.0", debug=True)  # <-
        """,
        """
        import os
        from flask import Flask
        app = Flask(__name__)
        app.config["DEBUG"] = True  # <-
        app.config.update(TESTING=False, DEBUG=True)  # <-
        app.debug = os.getenv("FLASK_DEBUG", "true").lower() in ("1", "true")  # <-
        if __name__ == "__main__":
            app.run("0.0.0.0", 8000, debug=bool(os.environ.get("DEBUG", "False")))  # <-
        """,
        """
        from werkzeug import run_simple
        from werkzeug.debug import DebuggedApplication
        application = DebuggedApplication(create_app(), evalex=True)  # <-
        run_simple("0.0.0.0", 80, application, use_debugger=True)  # <-
        """,
        """
        import tornado.web
        from fastapi import FastAPI
        settings = {"debug": True}
        api = FastAPI(title="x", debug=True)  # <-
        site = tornado.web.Application(routes, **{"debug": True})  # <-
        """,
        {
            "project/settings.py": """
            import os
            INSTALLED_APPS = ["shop"]
            DEBUG = bool(os.environ.get("DEBUG", "False"))  # <-
            """,
            "shop/settings/base.py": """
            from decouple import config
            DEBUG = config("DEBUG", default=True, cast=bool)  # <-
            ROOT_URLCONF = "shop.urls"
            """,
            "app/config.py": """
            from pydantic import Field
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                debug: bool = True  # <-
            class ApiSettings(BaseSettings):
                debug: bool = Field(default=True, alias="DEBUG")  # <-
            class ProductionConfig:
                DEBUG = True  # <-
            """,
        },
        """
        import debugpy
        import pydevd
        from django.http import HttpResponse
        debugpy.listen(("0.0.0.0", 5678))  # <-
        pydevd.settrace("build.example.com", port=5678)  # <-
        def checkout(request):
            import pdb; pdb.set_trace()  # <-
            return HttpResponse("ok")
        """,
        {
            "Dockerfile": """
            FROM python:3.12
            ENV FLASK_DEBUG=1  # <-
            ENV FLASK_ENV development  # <-
            """,
            "docker-compose.prod.yml": """
            services:
              web:
                environment:
                  - DJANGO_DEBUG=True  # <-
                  - LOG_LEVEL=debug
              admin:
                environment:
                  WERKZEUG_DEBUG_PIN: "off"  # <-
            """,
            "k8s/web.yaml": """
            kind: Deployment
            spec:
              env:
                - name: FLASK_DEBUG
                  value: "1"  # <-
            """,
        },
        {
            "main.tf": """
            resource "aws_lambda_function" "f" {
              environment {
                variables = {
                  DEBUG = "True"  # <-
                }
              }
            }
            locals {
              environment = [{ name = "FLASK_DEBUG", value = "1" }]  # <-
            }
            """,
            "fly.toml": """
            [env]
              FLASK_DEBUG = "1"  # <-
            """,
            "charts/web/values.yaml": """
            env:
              WERKZEUG_DEBUG_PIN: "off"  # <-
            """,
            "config/production.yaml": """
            flask:
              debug: true  # <-
            """,
            "Procfile": """
            web: flask --app shop run --debug --host 0.0.0.0  # <-
            """,
            "docker/Dockerfile": """
            FROM python:3.12
            CMD ["python", "-m", "debugpy", "--listen", "0.0.0.0:5678", "shop.py"]  # <-
            """,
            "web/Dockerfile": """
            FROM node:22
            ENV NODE_ENV=production FLASK_DEBUG=1  # <-
            CMD ["node", "--inspect=0.0.0.0:9229", "server.js"]  # <-
            """,
        },
        """
        from ariadne.asgi import GraphQL
        from bottle import Bottle, run
        graph = GraphQL(schema, debug=True)  # <-
        run(Bottle(), host="0.0.0.0", debug=True)  # <-
        """,
    ],
    good=[
        """
        import os
        from flask import Flask
        app = Flask(__name__)
        DEBUG = os.environ.get("DEBUG") == "1"
        app.debug = os.getenv("APP_DEBUG", "").lower() in {"1", "true"}
        if os.environ.get("FLASK_ENV") == "development":
            app.config["DEBUG"] = True
        if __name__ == "__main__":
            app.run(host="127.0.0.1", debug=args.debug)
        """,
        {
            "project/settings/dev.py": "DEBUG = True",
            "project/settings/local.py": "INSTALLED_APPS = []\nDEBUG = True",
            "tests/conftest.py": "app.config.update(TESTING=True, DEBUG=True)",
            "project/settings.py": """
            import environ
            env = environ.Env()
            INSTALLED_APPS = ["shop"]
            DEBUG = True
            DEBUG = env.bool("DEBUG", default=False)
            """,
        },
        """
        import asyncio, logging
        from fastapi import FastAPI
        from app.config import settings
        from pydantic_settings import BaseSettings
        class Settings(BaseSettings):
            debug: bool = False
        class DevelopmentConfig:
            DEBUG = True
        api = FastAPI(debug=settings.debug)
        logging.basicConfig(level=logging.DEBUG)
        asyncio.run(main(), debug=True)
        """,
        """
        import webauthn
        options = webauthn.generate(debug=True)
        parser.run(text, debug=True)
        """,
        {
            "Dockerfile": "FROM python:3.12\nENV FLASK_DEBUG=0 DEBUG_LEVEL=3",
            "docker-compose.dev.yml": "services:\n  web:\n    environment:\n      - FLASK_DEBUG=1",
            ".github/workflows/ci.yml": "env:\n  DJANGO_DEBUG: true",
            "deploy/local/main.tf": 'variables = { DEBUG = "True" }',
            "config/development.yaml": "flask:\n  debug: true",
            "main.tf": 'variables = { LOG_LEVEL = "debug", DEBUG = "false", DEBUG_BUCKET = "true" }',
            "package.json": '{"scripts": {"dev": "node --inspect=0.0.0.0 server.js", "start": "node --inspect server.js"}}',
        },
    ],
    misses=[
        "A switch whose default stands in another file than the application that is given it.",
        "Debug modes that a file switches on for a program it does not describe, such as settings of its own format.",
    ],
)


@rule.check(Debugging)
def look(one: Debugging, repo: Repo) -> Iterator[Hit]:
    del repo
    severity = None if one.sure else Severity.MEDIUM
    yield Hit(one.place, f"{one.what}; it must be off in what others can reach.", severity=severity)
