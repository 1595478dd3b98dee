"""A request writes the filter of a query.

Where a value of a document database's filter comes out of JSON, the caller may send an object instead: `{"$ne": null}` as a password
matches every user, `{"$where": "..."}` runs JavaScript in the database. Where it names the fields that a mapper asks
for, `password__startswith` finds out a password letter by letter.
"""

from collections.abc import Iterator

from gate.facts import receivers
from gate.facts.arrivals import Arrival, arrivals
from gate.facts.definition import Definition
from gate.facts.entry import is_text
from gate.facts.program import program
from gate.facts.value import PARSED, TEXT, VETTED
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(943,),
    fix="""Make text of it (`str(value)`), or validate the body by a model whose fields are `str`, before it is part of a
    filter. Never pass a filter on whole, name the fields (`filter(name=request.GET["name"])`), and switch `$where` off (`security.javascriptEnabled: false`).""",
    bad=[
        """
        import json
        from flask import Flask, request
        from pymongo import MongoClient
        app = Flask(__name__)
        users = MongoClient().app.users
        @app.post("/login")
        def login():
            given = request.get_json()
            found = users.find_one({"name": given["name"], "password": given["password"]})  # <-
            rows = users.find(request.json)  # <-
            rows = users.find(json.loads(request.args["filter"]))  # <-
            users.find({"$where": "this.name == '" + request.args["name"] + "'"})  # <-
            return {"found": bool(found)}
        """,
        """
        from django.http import JsonResponse
        from app.models import User
        def search(request):
            rows = User.objects.filter(**request.GET.dict())  # <-
            wanted = {f"{key}__icontains": value for key, value in request.GET.items()}
            return JsonResponse({"rows": list(rows), "count": User.objects.filter(**wanted).count()})  # <-
        """,
        """
        from ariadne import QueryType
        from app.database import users
        query = QueryType()
        @query.field("find")
        def find(obj, info, name):
            return list(users.find({"$where": "this.name == '" + name + "'"}))  # <-
        """,
        """
        import json
        from typing import Any
        from fastapi import APIRouter
        from pydantic import BaseModel
        from pymongo import MongoClient
        users = MongoClient().app.users
        class Asked(BaseModel):
            name: str
            more: dict[str, Any]
        class Held:
            def __init__(self, held):
                self.held = held
            def strip(self):
                return self.held
        router = APIRouter()
        @router.post("/users/{name}")
        def find(name: str, asked: Asked, also: dict, rest, told: str = "{}"):
            users.find_one({"name": asked.more})  # <-
            users.find_one({"name": also})  # <-
            users.find_one({"name": rest})  # <-
            users.find_one({"name": json.loads(told)})  # <-
            users.find_one({"name": Held(also["name"]).strip()})  # <-
            users.find_one({"$where": f"this.name == '{name}'"})  # <-
        @router.on("find")
        def heard(sid, name: str):
            users.find_one({"name": name})  # <-
        """,
        """
        from flask import Flask, request
        from extensions import mongo
        app = Flask(__name__)
        @app.post("/login")
        def login():
            sent = request.get_json()
            user = mongo.db.users.find_one({"email": sent["email"], "password": sent["password"]})  # <-
            return {"ok": bool(user)}
        """,
    ],
    good=[
        """
        from django.http import JsonResponse
        from app.models import User
        FIELDS = {"name", "city"}
        def search(request):
            rows = User.objects.filter(**{"name": request.GET["name"]}, city=request.GET["city"])
            wanted = {key: value for key, value in request.GET.items() if key in FIELDS}
            return JsonResponse({"rows": list(rows), "count": User.objects.filter(**wanted).count()})
        """,
        """
        from django.views import View
        from app.models import Page
        def owned(field, user):
            return Page.objects.filter(**{field: user})
        class Show(View):
            def get(self, request):
                return owned("owner", request.GET["owner"])
        """,
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
            users.find_one({"name": given["name"].strip().lower(), "key": f"{given['city']}"})
            users.find_one({"a": "a-" + given["name"], "b": "%s" % given["name"], "c": "{}".format(given["name"])})
            return {"found": bool(found)}
        @app.get("/users/<name>")
        def show(name):
            return users.find_one({"name": name})
        """,
        """
        from fastapi import APIRouter
        from pydantic import BaseModel
        from pymongo import MongoClient
        users = MongoClient().app.users
        class Asked(BaseModel):
            name: str
            cities: list[str] | None = None
        def create():
            router = APIRouter()
            @router.post("/users/{name}")
            async def find(name: str, asked: Asked, city: str | None = None):
                users.find_one({"name": name, "city": city})
                return users.find_one({"name": asked.name, "city": {"$in": asked.cities}})
            return router
        """,
    ],
    misses=["Filters that are put together in objects of a mapper."],
)

_DOCUMENTS = ("json", "get_json", "data", "body")
"""What of a request may hold objects; arguments, forms, headers and cookies are text."""


_DOES = {
    receivers.NOSQL: "is part of the filter of `{}`; sent as an object, it is an operator.",
    receivers.FIELDS: "names the fields that `{}` asks for; those nobody may see are among them.",
}


@rule.check(Definition)
def filtered(fact: Definition, repo: Repo) -> Iterator[Hit]:
    for arrival in arrivals(fact, repo, {receivers.NOSQL, receivers.FIELDS}):
        if arrival.sink.kind == receivers.FIELDS or _may_be_object(arrival, repo):
            yield _hit(arrival)


def _may_be_object(arrival: Arrival, repo: Repo) -> bool:
    if arrival.has(TEXT) or (_comes_as_text(arrival, repo) and not arrival.has(PARSED)):
        return any(atom.under == "$where" for atom in arrival.sink.atoms)
    return True


def _comes_as_text(arrival: Arrival, repo: Repo) -> bool:
    """Whether it is read from what holds no objects, is a part of the address, or is checked to be what its type says."""
    source = arrival.route.steps[0].atom
    if source.kind == "request":
        return source.name.rpartition(".")[2] not in _DOCUMENTS
    return arrival.one_segment(repo) or is_text(program(repo), arrival.route.function, source)


def _hit(arrival: Arrival) -> Hit:
    does = _DOES[arrival.sink.kind].format(arrival.sink.name)
    said = f"{arrival.entered} and {does}"
    severity = Severity.MEDIUM if arrival.has(VETTED) or arrival.guessed or arrival.sink.warn else None
    return Hit(arrival.place, said, trace=arrival.hops("and filters"), detail=arrival.route.kind, severity=severity)
