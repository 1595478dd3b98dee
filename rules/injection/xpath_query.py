"""Text from a request becomes part of an XPath query.

`' or '1'='1` in a value makes a query that finds every node of the document.
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
    severity=Severity.HIGH,
    cwes=(643,),
    fix="""Bind the value as a variable: `tree.xpath("//user[@name=$name]", name=name)`. elementpath takes `variables=`.""",
    bad=[
        """
        import elementpath
        from flask import Flask, request
        from lxml import etree
        app = Flask(__name__)
        @app.get("/user")
        def user():
            tree = etree.parse("users.xml")
            name = request.args["name"]
            found = tree.xpath("//user[@name='" + name + "']")  # <-
            more = elementpath.select(tree.getroot(), f"/users/user[@name='{name}']")  # <-
            return {"found": len(found) + len(more)}
        """,
    ],
    good=[
        """
        from flask import Flask, request
        from lxml import etree
        app = Flask(__name__)
        @app.get("/user")
        def user():
            tree = etree.parse("users.xml")
            found = tree.xpath("//user[@name=$name]", name=request.args["name"])
            more = tree.xpath(f"//user[{int(request.args['number'])}]")
            return {"found": len(found) + len(more)}
        """,
    ],
)


@rule.check(Definition)
def pasted(fact: Definition, repo: Repo) -> Iterator[Hit]:
    return (_hit(arrival) for arrival in arrivals(fact, repo, {receivers.XPATH}))


def _hit(arrival: Arrival) -> Hit:
    said = f"{arrival.entered} and is part of the XPath query that `{arrival.sink.name}` runs; bind it as a variable."
    severity = Severity.MEDIUM if arrival.has(VETTED) or arrival.guessed else None
    return Hit(arrival.place, said, trace=arrival.hops("and selects"), detail=arrival.route.kind, severity=severity)
