"""A request writes the filter of a document database.

Where a value of the filter comes out of JSON, the caller may send an object instead: `{"$ne": null}` as a password
matches every user, `{"$where": "..."}` runs JavaScript in the database.
"""

from collections.abc import Iterator

from gate.facts import receivers
from gate.facts.arrivals import Arrival, arrivals
from gate.facts.definition import Definition
from gate.facts.value import TEXT, VETTED
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(943,),
    fix="""Make text of it (`str(value)`), or validate the body by a model whose fields are `str`, before it is part of a
    filter. Never pass a filter on whole, and switch `$where` off (`security.javascriptEnabled: false`).""",
    bad=[
        """
        from flask import Flask, request
        from pymongo import MongoClient
        app = Flask(__name__)
        users = MongoClient().app.users
        @app.post("/login")
        def login():
            given = request.get_json()
            found = users.find_one({"name": given["name"], "password": given["password"]})  # <-
            rows = users.find(request.json)  # <-
            users.find({"$where": "this.name == '" + request.args["name"] + "'"})  # <-
            return {"found": bool(found)}
        """,
    ],
    good=[
        """
        from flask import Flask, request
        from pymongo import MongoClient
        app = Flask(__name__)
        users = MongoClient().app.users
        @app.post("/login")
        def login():
            given = request.get_json()
            found = users.find_one({"name": str(given["name"]), "age": int(given["age"])})
            users.find_one({"name": request.args["name"]})
            users.find_one({"name": {"$eq": str(request.json["name"])}})
            return {"found": bool(found)}
        """,
    ],
    misses=["Filters that are put together in objects of a mapper."],
)

_DOCUMENTS = ("json", "get_json", "data", "body")
"""What of a request may hold objects; arguments, forms, headers and cookies are text."""


@rule.check(Definition)
def filtered(fact: Definition, repo: Repo) -> Iterator[Hit]:
    for arrival in arrivals(fact, repo, {receivers.NOSQL}):
        if _may_be_object(arrival):
            yield _hit(arrival)


def _may_be_object(arrival: Arrival) -> bool:
    source = arrival.route.steps[0].atom
    named = source.kind == "request" and source.name.rpartition(".")[2] not in _DOCUMENTS
    if named or arrival.has(TEXT):
        return any(atom.under == "$where" for atom in arrival.sink.atoms)
    return True


def _hit(arrival: Arrival) -> Hit:
    said = (
        f"{arrival.entered} and is part of the filter of `{arrival.sink.name}`; sent as an object, it is an operator."
    )
    severity = Severity.MEDIUM if arrival.has(VETTED) or arrival.guessed else None
    return Hit(arrival.place, said, trace=arrival.hops("and filters"), detail=arrival.route.kind, severity=severity)
