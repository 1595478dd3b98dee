"""Any website may read answers with its visitors' credentials.

A browser sends its cookies along and lets the page of the allowed origin read the answer. Where every origin is
allowed, or the one that asks is echoed, any website its users visit acts as them and reads what they may read. A
wildcard is no excuse: the middlewares answer it, with credentials, by echoing the origin.
"""

from collections.abc import Iterator

from gate.facts.cors import Cors
from gate.facts.setting import Setting
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(942, 346, 1385),
    fix="""List the origins that need it, by scheme and full name: `allow_origins=["https://app.example.com"]`. Where
    really everybody may read, leave credentials out. Compare the `Origin` header with a set before it is echoed.""",
    bad=[
        """
        from fastapi.middleware.cors import CORSMiddleware
        from quart_cors import cors
        import socketio
        options = dict(allow_origins=["*"], allow_credentials=True)
        app.add_middleware(CORSMiddleware, **options)  # <-
        app = cors(app, allow_origin="*", allow_credentials=True)  # <-
        sio = socketio.AsyncServer(cors_allowed_origins="*", cors_credentials=True)  # <-
        """,
        {
            "site/settings.py": """
            CORS_ALLOWED_ORIGIN_REGEXES = [r"https://.*example.com"]  # <-
            CORS_ALLOW_CREDENTIALS = True
            """,
            "service/config.py": """
            CORS_ORIGINS = "*"  # <-
            CORS_SUPPORTS_CREDENTIALS = True
            """,
        },
        """
        import os
        from fastapi.middleware.cors import CORSMiddleware
        from starlette.middleware import Middleware
        ORIGINS = ["*"]
        app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)  # <-
        app = CORSMiddleware(app, allow_origins=ORIGINS, allow_credentials=True)  # <-
        app.add_middleware(  # <-
            CORSMiddleware,
            allow_origin_regex=r"https?://.*",
            allow_credentials=True,
        )
        app.add_middleware(CORSMiddleware, allow_origins=os.getenv("CORS", "*").split(","), allow_credentials=True)  # <-
        parts = [Middleware(CORSMiddleware, **{"allow_origins": ["*"], "allow_credentials": True})]  # <-
        """,
        """
        import aiohttp_cors
        from flask_cors import CORS, cross_origin
        from litestar.config.cors import CORSConfig
        CORS(app, supports_credentials=True)  # <-
        CORS(app, resources={r"/api/*": {"origins": "*", "supports_credentials": True}})  # <-
        @cross_origin(origins=".*", supports_credentials=True)  # <-
        def route():
            return "ok"
        config = CORSConfig(allow_origins=["*"], allow_credentials=True)  # <-
        cors = aiohttp_cors.setup(app, defaults={"*": aiohttp_cors.ResourceOptions(allow_credentials=True)})  # <-
        """,
        {
            "project/settings.py": """
            CORS_ALLOW_ALL_ORIGINS = True  # <-
            CORS_ALLOW_CREDENTIALS = True
            """
        },
        """
        import tornado.websocket
        from flask import request
        class Chat(tornado.websocket.WebSocketHandler):
            def check_origin(self, origin):  # <-
                return True
        def after(response):
            response.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin", "*")  # <-
            response.headers["Access-Control-Allow-Credentials"] = "true"
            return response
        def lambda_handler(event, context):
            return {
                "statusCode": 200,
                "headers": {
                    "Access-Control-Allow-Origin": event["headers"]["origin"],  # <-
                    "Access-Control-Allow-Credentials": True,
                },
            }
        """,
        {
            "app/config.py": """
            from pydantic_settings import BaseSettings
            class Settings(BaseSettings):
                cors_origins: list[str] = ["*"]
            settings = Settings()
            """,
            "app/main.py": """
            from fastapi.middleware.cors import CORSMiddleware
            from app.config import settings
            app.add_middleware(CORSMiddleware, allow_origins=settings.cors_origins, allow_credentials=True)  # <-
            """,
        },
    ],
    good=[
        """
        import socketio
        from tornado.websocket import WebSocketHandler
        class Chat(WebSocketHandler):
            def check_origin(self, origin):
                return urlsplit(origin).hostname in HOSTS
        CORS_ALLOWED_ORIGIN_REGEXES = [r"^https://\\w+\\.example\\.com$"]
        CORS_ALLOW_CREDENTIALS = True
        sio = socketio.AsyncServer(cors_allowed_origins="*")
        """,
        """
        import webauthn
        from fastapi.middleware.cors import CORSMiddleware
        from app.config import settings
        app.add_middleware(CORSMiddleware, allow_origins=["https://a.example.com"], allow_credentials=True, allow_headers=["*"])
        app.add_middleware(CORSMiddleware, allow_origins=["*"])
        app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=False)
        app.add_middleware(CORSMiddleware, allow_origins=settings.cors_origins, allow_credentials=True)
        app.add_middleware(CORSMiddleware, allow_origin_regex=r"https://.*\\.example\\.com", allow_credentials=True)
        options = webauthn.generate_authentication_options(rp_id="x", allow_credentials=credentials)
        """,
        {
            "project/settings.py": """
            CORS_ALLOW_ALL_ORIGINS = True
            CORS_ALLOW_CREDENTIALS = False
            """,
            "other/settings.py": """
            import os
            CORS_ALLOW_ALL_ORIGINS = os.environ.get("DEBUG") == "1"
            CORS_ALLOW_CREDENTIALS = True
            """,
        },
        """
        from flask import request
        from flask_cors import CORS
        CORS(app, origins=["https://app.example.com"], supports_credentials=True)
        CORS(app)
        def after(response):
            origin = request.headers.get("Origin")
            if origin in ALLOWED:
                response.headers["Access-Control-Allow-Origin"] = origin
                response.headers["Access-Control-Allow-Credentials"] = "true"
            return response
        """,
    ],
    misses=[
        "Origins allowed by a callback, or by a pattern with an end that is loose within.",
        "Settings that come from a file that is not Python.",
    ],
)

_SAID = {
    "any": "Every website may read the answers with its visitors' credentials: `{name}` allows any origin",
    "loose": "Whoever owns a name that goes on behind `{name}` may read the answers with its visitors' credentials: "
    "without `$` the pattern matches the beginning of an origin only",
    "socket": "Every website may open this connection with its visitors' cookies: `{name}` says yes to any origin",
    "echo": "Whichever website asks may read the answers with its visitors' credentials: `{name}` is what it sent",
}


@rule.check(Cors)
def look(cors: Cors, repo: Repo) -> Iterator[Hit]:
    how = cors.how or ("any" if cors.setting and _is_open(cors.setting, repo) else "")
    if how:
        severity = Severity.MEDIUM if how in {"loose", "socket"} else None
        yield Hit(cors.place, f"{_SAID[how].format(name=cors.name)}.", severity=severity)


def _is_open(setting: str, repo: Repo) -> bool:
    """Whether the settings this name comes from allow every origin unless somebody says otherwise."""
    last = setting.rpartition(".")[2]
    named = [one for one in repo[Setting] if one.name == last]
    return bool(named) and all(one.value == "*" for one in named)
