"""A request writes the pattern that is matched.

Some patterns take longer than the age of the universe on forty characters: one request stops a worker (ReDoS).
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
    severity=Severity.MEDIUM,
    cwes=(1333, 400, 730),
    fix="""Escape the text with `re.escape` where it is meant as text; let people choose among patterns that are written
    here; where they must write their own, match with an engine without backtracking (`re2`).""",
    bad=[
        """
        import re
        from flask import Flask, request
        app = Flask(__name__)
        @app.get("/search")
        def search():
            return {"found": bool(re.search(request.args["pattern"], request.args["text"]))}  # <-
        """,
    ],
    good=[
        """
        import re
        from flask import Flask, request
        app = Flask(__name__)
        @app.get("/search")
        def search():
            word = re.escape(request.args["word"])
            return {"found": bool(re.search(rf"\\b{word}\\b", request.args["text"])), "end": re.match("a+$", request.args["text"])}
        """,
    ],
)


@rule.check(Definition)
def matched(fact: Definition, repo: Repo) -> Iterator[Hit]:
    return (_hit(arrival) for arrival in arrivals(fact, repo, {receivers.REGEX}) if not arrival.has(VETTED))


def _hit(arrival: Arrival) -> Hit:
    said = f"{arrival.entered} and is the pattern that `{arrival.sink.name}` matches; some patterns never end."
    return Hit(arrival.place, said, trace=arrival.hops("and is matched"), detail=arrival.route.kind)
