"""A request decides where this server sends one.

From inside the network a server reaches what its callers cannot: the cloud's metadata service with its credentials,
databases without a password, administration pages. Whoever chooses the address reads them through it (SSRF).
"""

from collections.abc import Iterator

from gate.facts import receivers
from gate.facts.arrivals import Arrival, arrivals
from gate.facts.definition import Definition
from gate.facts.door import right
from gate.facts.value import ADDRESSED, ESCAPED, ONE_LINE, VETTED
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(918,),
    fix="""Choose the host from a constant list and put only the rest together. Where any address must be allowed (web
    hooks, previews), resolve the name once, refuse private, loopback and link-local addresses, connect to the one
    that was checked, follow no redirects, and send it through a proxy that enforces the same.""",
    bad=[
        """
        import httpx
        from aiohttp import web
        class Server:
            async def listed(self, request: web.Request):
                self.renamed(self.hosts, request.headers.get("Host", ""))
                kept = self.hosts
                kept["other"] = request.query["other"]
                async with httpx.AsyncClient() as client:
                    return await client.get(self.hosts["other"])  # <-
        """,
        """
        import httpx, requests, websockets
        from fastapi import FastAPI
        app = FastAPI()
        @app.post("/probe")
        async def probe(base: str, url: str, socket: str):
            client = httpx.AsyncClient(base_url=base)  # <-
            requests.Session().send(requests.Request("GET", url).prepare())  # <-
            async with websockets.connect(socket) as one:  # <-
                await one.recv()
            async with websockets.connect(f"wss://chat.example.com/{socket}") as one:  # <-
                await one.recv()
            return await client.get("/")
        """,
        """
        import requests, urllib.request
        from flask import Flask, request
        app = Flask(__name__)
        @app.get("/preview")
        def preview():
            page = requests.get(request.args["url"], timeout=5)  # <-
            more = urllib.request.urlopen("http://" + request.args["host"] + "/status")  # <-
            return {"page": page.text, "more": more.read().decode()}
        """,
        """
        import asyncio, smtplib, socket
        from flask import Flask, request
        app = Flask(__name__)
        @app.post("/reach")
        async def reach():
            host, port = request.json["host"], int(request.json["port"])
            probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            probe.connect((host, port))  # <-
            await asyncio.open_connection(host, port)  # <-
            return smtplib.SMTP(host, 25).noop()  # <-
        """,
        """
        from urllib.parse import urlparse
        import requests
        from flask import Flask, abort, request
        app = Flask(__name__)
        @app.get("/same")
        def same():
            url = request.args["url"]
            if urlparse(url).netloc != urlparse(url).netloc or urlparse(url).netloc != request.args["host"]:
                abort(400)
            return requests.get(url, timeout=5).text  # <-
        """,
        {
            "app/fetch.py": """
            import httpx
            async def fetch(url):
                async with httpx.AsyncClient() as client:
                    return (await client.get(url)).text  # <-
            """,
            "app/api.py": """
            from fastapi import APIRouter
            from pydantic import BaseModel
            from app.fetch import fetch
            router = APIRouter()
            class Hook(BaseModel):
                url: str
            @router.post("/hooks")
            async def hook(hook: Hook):
                return await fetch(hook.url)
            """,
        },
        """
        import aiohttp
        from mcp.server.fastmcp import FastMCP
        mcp = FastMCP("web")
        @mcp.tool()
        async def browse(address: str) -> str:
            async with aiohttp.ClientSession() as session:
                async with session.get(address) as response:  # <-
                    return await response.text()
        """,
        """
        from urllib.parse import urlparse
        import requests
        from django.conf import settings
        def preview(request):
            url, other = request.GET["url"], request.GET["other"]
            host = urlparse(other).hostname
            if host in settings.HOSTS:
                return requests.get(url, timeout=5)  # <-
        def logo(request):
            url = request.GET["url"]
            host = urlparse(url).hostname
            if host.endswith("example.com") or "" in host:
                return requests.get(url, timeout=5)  # <-
        """,
    ],
    good=[
        """
        import httpx
        from aiohttp import web
        class Server:
            async def listed(self, request: web.Request):
                async with httpx.AsyncClient() as client:
                    data = (await client.get(f"http://127.0.0.1:{self.config.port}/json")).json()
                self.renamed(data, request.headers.get("Host", ""))
                self.added({}, data["url"], request.query["path"])
                return web.json_response(data)
            def added(self, found, url, path):
                for one in ("a", "b"):
                    found[one] = [self.config.port, url, path]
            def renamed(self, data, host):
                for key in ("socket", "frontend"):
                    data[key] = data[key].replace(f"ws://127.0.0.1:{self.config.port}", f"ws://{host}")
        """,
        """
        from urllib.parse import urlparse
        import requests, socket
        from flask import Flask, abort, request
        app = Flask(__name__)
        HOSTS = {"api.example.com", "files.example.com"}
        TARGETS = {"orders": "https://orders.example.com/"}
        @app.get("/preview")
        def preview():
            socket.create_connection(("db.example.com", int(request.args["port"])))
            url = request.args["url"]
            if urlparse(url).hostname not in HOSTS:
                abort(400)
            first = requests.get(url, timeout=5)
            second = requests.get(TARGETS[request.args["target"]], timeout=5)
            third = requests.get("https://api.example.com/search", params={"q": request.args["q"]}, timeout=5)
            return {"found": [first.text, second.text, third.text]}
        """,
        """
        from urllib.parse import urlparse
        import requests
        from django.conf import settings
        from django.http import HttpResponse, HttpResponseNotFound
        def popup(request):
            url = request.POST.get("url", "")
            host = "{0.hostname}".format(urlparse(url))
            if host not in settings.POPUP_HOSTS:
                return HttpResponseNotFound()
            return HttpResponse(requests.get(url, timeout=5).text)
        def mirror(request):
            url = request.GET["url"]
            host = (urlparse(url).hostname or "").lower()
            if not any(host == known or host.endswith("." + known) for known in settings.MIRRORS):
                return HttpResponseNotFound()
            return HttpResponse(requests.get(url, timeout=5).text)
        def logo(request):
            url = request.GET["url"]
            if not urlparse(url).hostname.endswith((".example.com", ".example.org")):
                return HttpResponseNotFound()
            return HttpResponse(requests.get(url, timeout=5).text)
        """,
        """
        import httpx
        from fastapi import FastAPI, Request
        app = FastAPI()
        @app.get("/inner/{path:path}")
        async def inner(path: str, request: Request):
            inside = httpx.ASGITransport(app=request.app)
            async with httpx.AsyncClient(transport=inside, base_url=str(request.base_url)) as client:
                return (await client.get(request.query_params["next"])).json()
        """,
    ],
    misses=[
        "Where only administrators or holders of a permission come in, by a guard that gate sees, it only warns.",
        "A check or a cleaning by a function of the program is believed by its name, and makes a warning of it.",
        "Addresses that are stored first (the URL of a web hook) and called later.",
        "Addresses that lead through four other functions or more only warn.",
    ],
)


_NEAR = 3
"""Over more functions an address has mostly been checked on the way (docs/accuracy.md)."""


@rule.check(Definition)
def forged(fact: Definition, repo: Repo) -> Iterator[Hit]:
    return (_hit(arrival, repo) for arrival in arrivals(fact, repo, {receivers.URL}))


def _hit(arrival: Arrival, repo: Repo) -> Hit:
    settled = arrival.has(ADDRESSED) or (arrival.has(ESCAPED) and arrival.has(ONE_LINE))
    what = "the path on a known host" if settled else "the address"
    said = f"{arrival.entered} and is {what} that `{arrival.sink.name}` asks."
    said += " `../` in it leads to other resources there; quote it." if settled else ""
    doubtful = (
        arrival.has(VETTED)
        or arrival.guessed
        or arrival.sink.warn
        or arrival.changes > _NEAR
        or right(repo, arrival.route.function)
    )
    severity = Severity.LOW if settled else Severity.MEDIUM if doubtful else None
    return Hit(
        arrival.place, said, trace=arrival.hops("and is asked for"), detail=arrival.route.kind, severity=severity
    )
