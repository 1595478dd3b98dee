"""A request may set every field of a record.

Whoever sends it adds `is_admin`, `owner_id` or `balance` to what the form asks for, and it is stored. A field that is
added to the model next year can be set from then on as well, without a line of this code being changed.
"""

from collections.abc import Iterator

from gate.facts.massassign import MassAssign
from gate.facts.table import Table
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(915,),
    fix="""Name the fields: `User(name=body["name"], email=body["email"])`, or read the request by a schema that has
    just those and forbids others. In a loop, ask whether the key is in a set of allowed ones.""",
    bad=[
        """
        from flask import Flask, request
        app = Flask(__name__)
        class User(db.Model):
            __tablename__ = "users"
            id = db.Column(db.Integer, primary_key=True)
        @app.post("/users")
        def create():
            user = User(**request.get_json())  # <-
            return user.id
        @app.patch("/users/<int:key>")
        def change(key):
            user = User.query.get(key)
            data = request.json
            for name, value in data.items():  # <-
                if hasattr(user, name):
                    setattr(user, name, value)
            user.__dict__.update(request.json)  # <-
            return "ok"
        """,
        """
        from flask import Blueprint, request
        from shop.models import Customer, db
        bp = Blueprint("customers", __name__)
        @bp.post("/customers")
        def create():
            customer = Customer(**request.get_json())  # <-
            db.session.add(customer)
            return "", 201
        @bp.put("/customers/<int:key>")
        def change(key):
            Customer.query.filter_by(id=key).update(request.get_json())  # <-
            return ""
        """,
        """
        from django.http import JsonResponse
        import json
        def create(request):
            order = Order.objects.create(**json.loads(request.body))  # <-
            return JsonResponse({"id": order.id})
        """,
        """
        from fastapi import Body, FastAPI
        app = FastAPI()
        @app.patch("/accounts/{key}")
        def change(key: int, payload: dict = Body(...)):
            account = find(key)
            for name, value in payload.items():  # <-
                setattr(account, name, value)
        """,
    ],
    good=[
        """
        from flask import Flask, request
        app = Flask(__name__)
        class User(db.Model):
            __tablename__ = "users"
            id = db.Column(db.Integer, primary_key=True)
        @app.post("/users")
        def create():
            body = UserSchema().load(request.get_json())
            return User(**body).id + User(name=request.json["name"]).id + Unknown(**request.json).id
        @app.patch("/users/<int:key>")
        def change(key):
            user = User.query.get(key)
            for name, value in request.json.items():
                if name in {"name", "email"}:
                    setattr(user, name, value)
            parsed = UserInput(**request.json)
            session.update(request.json)
            seen.add(parsed)
            return parsed.name
        """
    ],
    misses=[
        "Schemas that let any field through.",
        "What a helper does with the body of a request.",
    ],
)

_SAID = {
    "model": "`{model}` takes every field the request brings",
    "kept": "`{model}` takes every field the request brings",
    "write": "`{model}` stores every field the request brings",
    "loop": "This loop sets every attribute the request names",
}


@rule.check(MassAssign)
def look(one: MassAssign, repo: Repo) -> Iterator[Hit]:
    if one.how != "model" or any(table.model == one.model for table in repo[Table]):
        yield Hit(one.place, f"{_SAID[one.how].format(model=one.model)}; name the ones it may set.")
