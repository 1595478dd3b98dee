"""SQL is put together with text from a request or a model.

Text pasted into SQL is SQL: one quote in it, and the caller reads, changes or deletes what the query was never meant
to touch. A model that writes the query decides the same. Quoting by hand, and taking out quotes, have been got around
many times.
"""

from collections.abc import Iterator

from gate.facts import receivers
from gate.facts.arrivals import Arrival, arrivals
from gate.facts.definition import Definition
from gate.facts.value import DOUBLED, VETTED
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(89,),
    fix="""Bind the value: `execute("... WHERE name = %s", (name,))`, `text("... = :name")` with parameters, a query of
    the ORM. Choose names of columns and tables from a constant list, or quote them with the driver's own
    `sql.Identifier`. Let a model choose among queries that are written here, under an account that can only read.""",
    bad=[
        """
        from fastapi import FastAPI
        from pydantic import BaseModel
        from sqlalchemy import text
        app = FastAPI()
        class Label(BaseModel):
            name: str
            more: dict
        @app.put("/labels")
        def update(label: Label, session):
            given = label.model_dump()
            session.execute(text("UPDATE labels SET note = '" + given["name"] + "' WHERE id = 1"))  # <-
            for key, value in given["more"].items():
                session.execute(text(f"UPDATE labels SET {key} = :value WHERE id = 1"), {"value": value})  # <-
        """,
        """
        import sqlite3
        from flask import Flask, request
        app = Flask(__name__)
        @app.get("/users")
        def users():
            cursor = sqlite3.connect("app.db").cursor()
            name = request.args.get("name")
            cursor.execute(f"SELECT id, name FROM users WHERE name = '{name}'")  # <-
            cursor.execute("SELECT id FROM users WHERE name = '%s'" % name)  # <-
            cursor.execute("SELECT id FROM users WHERE name = '{}'".format(name))  # <-
            query = "SELECT id FROM users"
            query += " WHERE name = '" + name + "'"
            return cursor.execute(query).fetchall()  # <-
        """,
        {
            "app/store.py": """
            class Store:
                def __init__(self, connection):
                    self.connection = connection
                def sorted_by(self, column):
                    return self.connection.execute(f"SELECT id, name FROM items ORDER BY {column}")  # <-
            """,
            "app/api.py": """
            from fastapi import APIRouter
            from app.store import Store
            router = APIRouter()
            @router.get("/items")
            def items(sort: str = "name"):
                return list(Store(connect()).sorted_by(sort))
            """,
        },
        """
        from django.db import connection
        from django.http import JsonResponse
        from app.models import Invoice
        def report(request):
            column = request.GET["column"]
            rows = Invoice.objects.raw("SELECT id, %s FROM invoice" % column)  # <-
            with connection.cursor() as cursor:
                cursor.execute("SELECT id FROM invoice ORDER BY " + column)  # <-
            found = Invoice.objects.extra(where=[f"status = '{request.GET['status']}'"])  # <-
            return JsonResponse({"rows": [*rows, *found]})
        """,
        """
        from openai import OpenAI
        from sqlalchemy import text
        def answer(session, question):
            said = OpenAI().responses.create(model="m", input=f"Write SQL for: {question}")
            return session.execute(text(said.output_text)).all()  # <-
        """,
        """
        import sqlite3
        from langchain.tools import tool
        from langchain_community.utilities import SQLDatabase
        @tool
        def ask(query: str) -> str:
            "Ask the database."
            sqlite3.connect("a.db").execute(query)  # <-
            return SQLDatabase.from_uri("sqlite:///a.db").run(query)  # <-
        """,
    ],
    good=[
        """
        import sqlite3
        from flask import Flask, request
        app = Flask(__name__)
        COLUMNS = {"name": "name", "age": "birth_date"}
        @app.get("/users")
        def users():
            cursor = sqlite3.connect("app.db").cursor()
            cursor.execute("SELECT id, name FROM users WHERE name = ?", (request.args["name"],))
            cursor.execute(f"SELECT id FROM users WHERE id = {int(request.args['id'])}")
            cursor.execute(f"SELECT id FROM users ORDER BY {COLUMNS[request.args['sort']]}")
            ids = request.json["ids"]
            cursor.execute(f"SELECT id FROM users WHERE id IN ({','.join('?' * len(ids))})", ids)
            direction = request.args.get("direction")
            if direction not in ("ASC", "DESC"):
                direction = "ASC"
            return cursor.execute("SELECT id FROM users ORDER BY name " + direction).fetchall()
        """,
        """
        from fastapi import Depends, FastAPI
        from psycopg import sql
        from sqlalchemy import select, text
        app = FastAPI()
        @app.get("/items")
        def items(name: str, table: str, session=Depends(get_session)):
            session.execute(select(Item).where(Item.name == name))
            session.execute(text("SELECT id FROM items WHERE name = :name"), {"name": name})
            cursor.execute(sql.SQL("SELECT id FROM {}").format(sql.Identifier(table)))
            executor.execute(name)
            return session.query(Item).filter_by(name=name).all()
        """,
        """
        from fastapi import FastAPI
        from pydantic import BaseModel
        from sqlalchemy import text
        app = FastAPI()
        class Label(BaseModel):
            id: int
            name: str
        def columns(label):
            kept = {}
            for key, value in label.model_dump().items():
                kept[key] = value
            return kept
        @app.put("/labels")
        def update(label: Label, session):
            fields = ", ".join(f"{field} = :{field}" for field in columns(label).keys())
            session.execute(text(f"UPDATE labels SET {fields} WHERE id = :id"), columns(label))
        """,
    ],
    misses=[
        "A check or a cleaning by a function of the program is believed by its name, and makes a warning of it.",
        'Keys of a model that takes fields it does not declare (`extra="allow"`).',
        "Text that is stored first and pasted into a query later.",
        "Functions of a project's own that run what they are given through objects whose class the code does not say.",
    ],
)


@rule.check(Definition)
def built(fact: Definition, repo: Repo) -> Iterator[Hit]:
    return (_hit(arrival) for arrival in arrivals(fact, repo, {receivers.SQL}))


def _hit(arrival: Arrival) -> Hit:
    said = f"{arrival.entered} and becomes part of the SQL that `{arrival.sink.name}` runs; bind it as a parameter."
    severity = Severity.MEDIUM if arrival.has(VETTED) or arrival.has(DOUBLED) or arrival.guessed else None
    return Hit(
        arrival.place, said, trace=arrival.hops("and is run as SQL"), detail=arrival.route.kind, severity=severity
    )
