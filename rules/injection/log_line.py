"""Text from a request is written to a log as it is.

A line end in it begins a line of the caller's own: a log that can be forged proves nothing.
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
    cwes=(117,),
    fix="""Log fields, not text: a structured logger, or a JSON formatter, escapes line ends. Else write the value with
    `%r`.""",
    bad=[
        """
        import logging
        from flask import Flask, request
        app = Flask(__name__)
        log = logging.getLogger(__name__)
        @app.get("/login")
        def login():
            log.warning(f"failed sign-in of {request.args['name']}")  # <-
            app.logger.info("from " + request.args["name"])  # <-
            logging.getLogger("audit").error("sign-in of %s failed", request.args["name"])  # <-
            return "", 403
        """,
    ],
    good=[
        """
        import logging
        from flask import Flask, request
        app = Flask(__name__)
        log = logging.getLogger(__name__)
        @app.get("/login")
        def login():
            log.warning(f"failed sign-in of {request.args['name']!r}")
            log.warning("failed sign-in", extra={"name": request.args["name"]})
            log.warning("failed sign-in of %r", request.args["name"])
            return "", 403
        """,
    ],
    misses=["A formatter that escapes line ends is not looked for."],
)


@rule.check(Definition)
def written(fact: Definition, repo: Repo) -> Iterator[Hit]:
    found = arrivals(fact, repo, {receivers.LOG})
    return (_hit(arrival) for arrival in found if arrival.route.kind == "request" and not arrival.has(VETTED))


def _hit(arrival: Arrival) -> Hit:
    said = f"{arrival.entered} and is written to a log by `{arrival.sink.name}`; a line end in it forges lines."
    return Hit(arrival.place, said, trace=arrival.hops("and is logged"), detail=arrival.route.kind)
