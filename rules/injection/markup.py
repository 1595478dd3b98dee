"""Text from a request or a model becomes part of a page as it is.

A page runs the scripts that are written into it: with one link, somebody acts as whoever opens it, or keeps what they
type. A template escapes by itself; text put together by hand, and text declared safe, is not escaped by anybody (XSS).
"""

import re
from collections.abc import Iterator
from functools import lru_cache, partial
from itertools import takewhile

from gate import lazy
from gate.facts import receivers
from gate.facts.arrivals import Arrival, arrivals
from gate.facts.definition import Definition
from gate.facts.door import right
from gate.facts.program import program
from gate.facts.summary import Function, Reached
from gate.facts.value import IN_HTML, VETTED
from gate.rule import Hit, Repo, Rule, Severity, Source

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(79,),
    fix="""Render a template and hand it the text as a value. Else escape it where it is put in: `markupsafe.escape`,
    `html.escape`, `format_html("<b>{}</b>", name)`; clean what must keep some markup with `nh3`. Answer JSON with
    `jsonify`, plain text as `text/plain`.""",
    bad=[
        """
        from flask import Flask, request
        app = Flask(__name__)
        @app.get("/titles/<key>")
        def title(key):
            return f"<p>{TITLES.get(key, request.args['other'])}</p>"  # <-
        @app.get("/names/<key>")
        def name(key):
            return f"<p>{TITLES.get(key, default=request.args['other'])}</p>"  # <-
        """,
        """
        from fastapi import APIRouter, FastAPI, Request
        from fastapi.responses import HTMLResponse
        app = FastAPI()
        @app.get("/items/{name}")
        def item(request: Request):
            return HTMLResponse(f"<a href='{request.url.path}'>here</a>")  # <-
        @app.get("/items")
        def items(request: Request):
            return HTMLResponse(f"<a href='{request.url.query}'>here</a>")  # <-
        @app.get("/items")
        @app.get("/{any:path}")
        def more(request: Request):
            return HTMLResponse(f"<a href='{request.url.path}'>here</a>")  # <-
        """,
        """
        from flask import Blueprint, request
        shop = Blueprint("shop", __name__, url_prefix="/<path:shop>")
        @shop.get("/items")
        def items():
            return f"<a href='{request.path}'>here</a>"  # <-
        """,
        """
        import json
        from django import template
        from django.utils.html import escape
        from django.utils.safestring import mark_safe
        register = template.Library()
        @register.filter
        def bold(value):
            return mark_safe("<b>%s</b>" % value)  # <-
        @register.filter(name="dump", is_safe=True)
        def dump(value, indent=None):
            return mark_safe(json.dumps(value, indent=indent))  # <-
        @register.filter
        def small(value, size):
            return mark_safe('<i class="%s">%s</i>' % (size, escape(value)))
        """,
        """
        from flask import Flask
        from markupsafe import Markup
        app = Flask(__name__)
        @app.template_filter("nl2br")
        def nl2br(value):
            return Markup(value.replace("\\n", "<br>"))  # <-
        """,
        """
        from flask import Flask, Response, make_response, request
        from markupsafe import Markup
        app = Flask(__name__)
        @app.get("/hello")
        def hello():
            return f"<h1>Hello {request.args['name']}</h1>"  # <-
        @app.get("/echo")
        def echo():
            name = request.args.get("name", "")
            return "Hello " + name, 200  # <-
        @app.get("/page")
        def page():
            return make_response("<p>" + request.args["text"] + "</p>")  # <-
        @app.get("/declared")
        def declared():
            return {"html": Markup(request.args["bio"])}  # <-
        """,
        """
        from django.http import HttpResponse
        from django.utils.safestring import mark_safe
        def greet(request):
            label = mark_safe(f"<b>{request.GET['name']}</b>")  # <-
            return HttpResponse("<h1>Hi %s</h1>" % request.GET["name"])  # <-
        """,
        """
        from fastapi import FastAPI
        from fastapi.responses import HTMLResponse
        from openai import OpenAI
        app = FastAPI()
        @app.get("/search")
        def search(q: str):
            return HTMLResponse(f"<p>Nothing found for {q}</p>")  # <-
        @app.get("/summary")
        def summary():
            said = OpenAI().responses.create(model="m", input="Summarize the news as HTML")
            return HTMLResponse(content=said.output_text)  # <-
        @app.get("/welcome", response_class=HTMLResponse)
        def welcome(name: str):
            return f"<p>Hello {name}</p>"  # <-
        """,
        """
        import tornado.web
        class Main(tornado.web.RequestHandler):
            def get(self):
                self.write("<h1>" + self.get_argument("name") + "</h1>")  # <-
        """,
    ],
    good=[
        """
        from flask import Flask, request
        from shop.service import Service
        app = Flask(__name__)
        service = Service()
        @app.get("/rows/<model>/<key>")
        def row(model, key):
            return f"<p>{service.get(token(), model, key, request=request)}</p>"
        """,
        """
        from fastapi import APIRouter, FastAPI, Request
        from fastapi.responses import HTMLResponse
        app = FastAPI()
        router = APIRouter(prefix="/shop")
        @router.get("/items")
        def items(request: Request):
            return HTMLResponse(f"<a href='{request.url.path}'>here</a>")
        app.include_router(router, prefix='/api')
        """,
        """
        from pathlib import Path
        from flask import Flask, Response, jsonify, make_response, render_template, request
        from markupsafe import Markup, escape
        from werkzeug.utils import secure_filename
        app = Flask(__name__)
        @app.get("/hello")
        def hello():
            return f"<h1>Hello {escape(request.args['name'])}</h1>"
        @app.get("/page")
        def page():
            return render_template("page.html", name=request.args["name"])
        @app.get("/json")
        def json():
            return jsonify({"name": request.args["name"]}), 200
        @app.get("/dict")
        def plain():
            found = {"name": request.args["name"]}
            return found
        @app.get("/text")
        def text():
            return Response(request.args["name"], mimetype="text/plain")
        @app.get("/csv")
        def csv():
            return request.args["name"], 200, {"Content-Type": "text/csv"}
        @app.get("/markup")
        def markup():
            return Markup("<b>{}</b>").format(request.args["name"])
        @app.get("/problem")
        def problem():
            return Response(request.args["name"], headers={"Content-Type": "application/problem+json"})
        @app.get("/sum")
        def total():
            return Markup("<b>") + request.args["name"] + Markup("</b>") % ()
        @app.get("/file")
        def content():
            return (Path("/srv") / secure_filename(request.args["name"])).read_text()
        """,
        """
        from django.http import HttpResponse
        from django.utils.html import escape, format_html
        from django.utils.safestring import mark_safe
        def greet(request):
            return HttpResponse(format_html("<b>{}</b>", request.GET["name"]))
        def plain(request):
            return HttpResponse(request.GET["name"], content_type="text/plain")
        def made(request):
            page = Page(title=request.POST["title"])
            return mark_safe(f'<a href="{page.get_absolute_url()}">{escape(page)}</a>')
        """,
        """
        from fastapi import FastAPI
        app = FastAPI()
        @app.get("/search")
        def search(q: str):
            return f"Nothing found for {q}"
        @app.get("/page", response_class=HTMLResponse)
        def page():
            return "<p>Hello</p>"
        @app.get("/plain", response_class=PlainTextResponse)
        def plain(q: str):
            return f"Nothing found for {q}"
        """,
        """
        import tornado.web
        class Main(tornado.web.RequestHandler):
            def get(self):
                found = {"name": self.get_argument("name")}
                self.write(found)
        """,
    ],
    misses=[
        "Where only administrators or holders of a permission come in, by a guard that gate sees, it only warns.",
        "A check or a cleaning by a function of the program is believed by its name, and makes a warning of it.",
        "Text that is stored first and shown later.",
        "Templates that turn escaping off, which this does not read.",
    ],
)

_PAGES = lazy.regex(r"\b(?:from|import)\s+(?:flask|quart|bottle|cherrypy)\b")
"""Frameworks that make a page of text a function gives back."""
_VIEWS = lazy.regex(r"(?:flask|quart)\.views\.(?:MethodView|View)")
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "dispatch_request"})
_HELD = lazy.regex(r"\s*(\w+)\s*=[^=]")
_DECORATES = lazy.regex(r"(?!\s*(?:$|(?:async\s+def|def|class|return|raise|pass)\b))")
"""A line that may belong to a decorator: behind an empty line, or the end of another function, there is none."""
_PAGE_CLASS = lazy.regex(r"\bresponse_class\s*=\s*(?:\w+\.)*HTMLResponse\b")
_PLAIN = r"(?i)\b{}\.(?:headers\[[\"']content-type[\"']\]|mimetype|content_type)\s*=\s*[\"'](?:text/(?!html)|application/(?!xhtml))"
"""An answer that is told, once it is made, not to be a page."""
_TOLD = r"(?i)\b{}\.(?:headers\[[\"']content-type[\"']\]|mimetype|content_type)\s*=\s*[^\s\"'=]"
"""An answer that is told, once it is made, a kind that is not written there."""
_OTHERWISE = lazy.regex(r"(?i)\b(?:mimetype|content_type|media_type|text/plain|application/json)\b|Content-Type")


@rule.check(Definition)
def shown(fact: Definition, repo: Repo) -> Iterator[Hit]:
    kinds = {receivers.HTML, receivers.ANSWER}
    found = arrivals(fact, repo, kinds, partial(_is_page, repo))
    return (
        _hit(repo, arrival) for arrival in found if arrival.has(IN_HTML) or not arrival.sink.name.startswith("tornado.")
    )


def _is_page(repo: Repo, function: Function, sink: Reached) -> bool:
    """Whether what arrives at a sink is sent as a page."""
    source = repo.source(function.path)
    if source is None:
        return False
    if sink.kind == receivers.HTML:
        return not _says(repo, function, sink, _PLAIN)
    if _sends_page(function, source):
        return True
    return _makes_pages(source) and not _OTHERWISE.search(_text(source, function)) and _answers(repo, function)


def _says(repo: Repo, function: Function, sink: Reached, pattern: str) -> bool:
    """Whether a function says this of the answer that it keeps in a variable."""
    source = repo.source(function.path)
    held = _HELD.match(source.lines[sink.line - 1]) if source else None
    return source is not None and held is not None and bool(re.search(pattern.format(held[1]), _text(source, function)))


def _sends_page(function: Function, source: Source) -> bool:
    """Whether the route of a function of FastAPI says that what it gives back is a page."""
    if not any(decorator.text.startswith("/") for decorator in function.decorators):
        return False
    above = takewhile(_DECORATES.match, reversed(source.lines[: function.line - 1]))
    return any(_PAGE_CLASS.search(line) for line in above)


def _text(source: Source, function: Function) -> str:
    return "\n".join(source.lines[function.line - 1 : function.end_line])


@lru_cache(maxsize=4096)
def _makes_pages(source: Source) -> bool:
    return _PAGES.search(source.text) is not None


def _answers(repo: Repo, function: Function) -> bool:
    """Whether a framework sends what the function gives back: it has a route, is registered for one, or is a view's."""
    if any(decorator.text.startswith("/") or "route" in decorator.name for decorator in function.decorators):
        return True
    whole = program(repo)
    if function.owner:
        bases = whole.project.ancestors(function.owner)
        return function.short in _VERBS and any(_VIEWS.fullmatch(base) for base in bases)
    return any(
        name.endswith(".add_url_rule") for call in whole.callers.registrations(function) for name in call.callees
    )


def _hit(repo: Repo, arrival: Arrival) -> Hit:
    name = "the answer" if arrival.sink.kind == receivers.ANSWER else f"`{arrival.sink.name}`"
    said = f"{arrival.entered} and is part of a page through {name}, unescaped."
    return Hit(
        arrival.place,
        said,
        trace=arrival.hops("and is shown"),
        detail=arrival.route.kind,
        severity=_severity(repo, arrival),
    )


def _severity(repo: Repo, arrival: Arrival) -> Severity | None:
    if arrival.sink.kind == receivers.HTML and _says(repo, arrival.function, arrival.sink, _TOLD):
        return Severity.MEDIUM
    plain = arrival.route.kind == "page" or (arrival.route.kind == "llm" and not arrival.has(IN_HTML))
    return (
        Severity.MEDIUM
        if plain or arrival.has(VETTED) or arrival.guessed or right(repo, arrival.route.function)
        else None
    )
