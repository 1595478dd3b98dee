"""A request's text is put into the session as it is.

What a session holds is taken for checked by the code that reads it: a value that only the browser vouches for should
not be among it.
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
    cwes=(501,),
    fix="""Put into the session what the server found out itself, such as the id of the row that was looked up. Check a
    value against what is allowed before it goes in.""",
    bad=[
        """
        from flask import Flask, request, session
        app = Flask(__name__)
        @app.post("/choose")
        def choose():
            session["account"] = request.form["account"]  # <-
            return "", 204
        """,
    ],
    good=[
        """
        from flask import Flask, request, session
        app = Flask(__name__)
        LANGUAGES = {"en", "de"}
        @app.post("/choose")
        def choose():
            language = request.form["language"]
            if language in LANGUAGES:
                session["language"] = language
            session["account"] = find(request.form["account"]).id
            return "", 204
        """,
    ],
)


@rule.check(Definition)
def kept(fact: Definition, repo: Repo) -> Iterator[Hit]:
    found = arrivals(fact, repo, {receivers.SESSION})
    return (_hit(arrival) for arrival in found if not arrival.has(VETTED))


def _hit(arrival: Arrival) -> Hit:
    said = f"{arrival.entered} and is kept in the session, where other code takes it for checked."
    return Hit(arrival.place, said, trace=arrival.hops("and is kept"), detail=arrival.route.kind)
