"""A request decides where people are sent.

A link to this site that leads to another is what phishing is made of, and what leaks the code of an OAuth sign-in.
"""

from collections.abc import Iterator

from gate.facts import receivers
from gate.facts.arrivals import Arrival, arrivals
from gate.facts.definition import Definition
from gate.facts.reach import is_own
from gate.facts.value import NAMED, VETTED, Atom
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(601,),
    fix="""Send people to a route of your own (`url_for`), or to one of a constant list. Where a return address must be
    taken, accept paths only: `url_has_allowed_host_and_scheme` in Django, elsewhere no scheme and no host by
    `urlsplit`, and not `//` or a backslash in front.""",
    bad=[
        """
        from django.http import HttpResponseRedirect
        from django.urls import reverse
        def enter(request):
            made = "{path}?next={login}".format(login=reverse("login"), path=request.GET["next"])
            return HttpResponseRedirect(made)  # <-
        def leave(request):
            return HttpResponseRedirect("{1}?next={0}".format(reverse("logout"), request.GET["next"]))  # <-
        """,
        """
        from flask import Flask, redirect, request
        app = Flask(__name__)
        @app.get("/login")
        def login():
            target = request.args.get("next") or "/"
            return redirect(target)  # <-
        """,
        """
        from django.http import HttpResponseRedirect
        def leave(request):
            return HttpResponseRedirect(request.GET.get("next", "/"))  # <-
        """,
        """
        from fastapi import FastAPI
        from fastapi.responses import RedirectResponse
        app = FastAPI()
        @app.get("/out")
        def out(url: str):
            return RedirectResponse(url=url)  # <-
        """,
        """
        from aiohttp import web
        from aiohttp.web_exceptions import HTTPFound
        async def back(request):
            data = await request.post()
            raise HTTPFound(data["back"])  # <-
        """,
        """
        import tornado.web
        class Back(tornado.web.RequestHandler):
            def post(self):
                self.redirect(self.get_argument("next"))  # <-
        """,
    ],
    good=[
        """
        from django.http import HttpResponseRedirect
        from django.urls import reverse
        def enter(request):
            made = "{login}?next={path}".format(login=reverse("login"), path=request.GET["next"])
            return HttpResponseRedirect(made)
        def leave(request):
            return HttpResponseRedirect("{}?next={}".format(reverse("logout"), request.GET["next"]))
        """,
        """
        from urllib.parse import urlsplit
        from django.shortcuts import redirect
        from django.utils.http import url_has_allowed_host_and_scheme
        def leave(request):
            target = request.GET.get("next", "/")
            if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
                target = "/"
            return redirect(target)
        def back(request):
            target = request.GET["next"]
            if url_has_allowed_host_and_scheme(url=target, allowed_hosts=request.get_host()):
                return redirect(target)
            return redirect("/")
        def login(request):
            if "next" in request.GET and url_has_allowed_host_and_scheme(request.GET.get("next"), allowed_hosts=None):
                return redirect(request.GET.get("next"))
            return redirect("/")
        def engage(request, path):
            return redirect("engage", permanent=True, path=[path, request.GET["x"]])
        def again(request):
            query = request.GET["q"]
            return redirect(f"?{query}&offset=1")
        """,
        """
        from urllib.parse import urlsplit
        from flask import Flask, redirect, request, url_for
        app = Flask(__name__)
        @app.get("/login")
        def login():
            target = request.args.get("next", "/")
            if urlsplit(target).netloc not in ("", "example.com"):
                target = "/"
            return redirect(target)
        @app.get("/go/<name>")
        def go(name):
            return redirect(url_for("page", name=request.args["name"]))
        @app.get("/user/<name>")
        def user(name):
            return redirect(f"/users/{name}")
        """,
    ],
)


@rule.check(Definition)
def sent(fact: Definition, repo: Repo) -> Iterator[Hit]:
    for arrival in arrivals(fact, repo, {receivers.REDIRECT}):
        if not arrival.has(VETTED) and not _leads_back(arrival.route.steps[0].atom):
            yield _hit(arrival)


def _leads_back(source: Atom) -> bool:
    """Whether people are sent where they are; a part of that address may begin with two backslashes, and so name a host."""
    return is_own(source) and NAMED not in source.marks


def _hit(arrival: Arrival) -> Hit:
    said = f"{arrival.entered} and is the address that `{arrival.sink.name}` sends people to, on any host."
    return Hit(arrival.place, said, trace=arrival.hops("and people are sent there"), detail=arrival.route.kind)
