"""A request's text is written into a header of the answer.

A line end in it begins a header of the caller's own, or the page itself: cookies, a redirect, a cached forgery. Most
frameworks refuse such a value today; the server of the standard library sends it.
"""

from collections.abc import Iterator

from gate.facts import receivers
from gate.facts.arrivals import Arrival, arrivals
from gate.facts.definition import Definition
from gate.facts.value import VETTED
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.LOW,
    cwes=(113, 93),
    fix="""Choose the value from a fixed set, or let the framework write the header: `send_file(..., download_name=name)`,
    `Content-Disposition` with `urllib.parse.quote(name)`. With `http.server`, refuse texts that hold `\\r` or `\\n`.""",
    bad=[
        """
        from django.http import HttpResponse
        from flask import Flask, Response, make_response, request
        app = Flask(__name__)
        @app.get("/language")
        def language():
            response = make_response("x")
            response.headers["X-Language"] = request.args["language"]  # <-
            return response
        @app.get("/file")
        def file():
            return Response("x", headers={"Content-Disposition": "attachment; filename=" + request.args["name"]})  # <-
        def download(request):
            answer = HttpResponse("x")
            answer["Content-Disposition"] = f"attachment; filename={request.GET['name']}"  # <-
            return answer
        """,
        """
        from http.server import BaseHTTPRequestHandler
        from urllib.parse import parse_qs, urlparse
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked = parse_qs(urlparse(self.path).query)
                self.send_response(200)
                self.send_header("X-Name", asked["name"][0])  # <-
                self.end_headers()
        """,
    ],
    good=[
        """
        from urllib.parse import quote
        from flask import Flask, Response, make_response, request
        from werkzeug.utils import secure_filename
        import requests
        app = Flask(__name__)
        @app.get("/language")
        def language():
            response = make_response("x")
            if request.args["language"] not in {"de", "en"}:
                return "", 400
            response.headers["X-Language"] = request.args["language"]
            response.headers["X-Count"] = str(int(request.args["count"]))
            return response
        @app.get("/file")
        def file():
            name = secure_filename(request.args["name"])
            session = requests.Session()
            session.headers["X-Trace"] = request.headers["X-Trace"]
            return Response("x", headers={"Content-Disposition": f"attachment; filename={name}; filename*=UTF-8''{quote(request.args['name'])}"})
        """,
    ],
    misses=[
        "A value whose line ends are taken out by `replace` is reported all the same.",
        "Headers given to `start_response` of WSGI, and those sent through a raw socket.",
    ],
)


@rule.check(Definition)
def written(fact: Definition, repo: Repo) -> Iterator[Hit]:
    found = arrivals(fact, repo, {receivers.HEADER})
    return (_hit(arrival) for arrival in found if arrival.route.kind == "request" and not arrival.has(VETTED))


def _hit(arrival: Arrival) -> Hit:
    """Only the server of the standard library is known to send line ends; what else has this method is unknown."""
    raw = arrival.sink.name == "send_header"
    said = f"{arrival.entered} and is written into a header of the answer; a line end in it begins another."
    return Hit(
        arrival.place, said, trace=arrival.hops("and becomes a header"), detail=arrival.route.kind,
        severity=Severity.MEDIUM if raw else None,
    )  # fmt: skip
