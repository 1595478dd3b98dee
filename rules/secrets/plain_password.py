"""A password is kept as it was typed.

Whoever reads the table, a backup of it or a log of its queries can sign in as anybody in it, here and wherever people
use the same password. What is needed to recognize a password is a slow hash of it, and nothing else.
"""

from collections.abc import Iterator

from gate.facts import receivers
from gate.facts.arrivals import Arrival, arrivals
from gate.facts.definition import Definition
from gate.facts.selfhashing import hashes_later, keeps_plainly
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(256, 312, 522),
    fix="Hash the password before it is kept: `argon2.PasswordHasher().hash(password)`, `bcrypt.hashpw(password, bcrypt.gensalt())`, "
    "or the framework's own function (`create_user` and `set_password` of Django, `generate_password_hash` of Werkzeug).",
    bad=[
        """
        from flask import Flask, request
        app = Flask(__name__)
        class User(db.Model):
            name = db.Column(db.String(80))
            password = db.Column(db.String(120))
        def register(name, password):
            cur.execute("INSERT INTO members (name, password) VALUES (?, ?)", (name, password))  # <-
        @app.post("/register")
        def sign_up():
            data = request.get_json()
            register(data["name"], data["password"])
            db.session.add(User(name=data["name"], password=data["password"]))  # <-
            mongo.db.users.insert_one({"name": data["name"], "password": data["password"]})  # <-
            mongo.db.users.update_one({"_id": 1}, {"$set": {"password": data["password"]}})  # <-
            db.session.execute(text("UPDATE users SET password = :p WHERE id = 1"), {"p": data["password"]})  # <-
            user = User.query.get(1)
            user.password = data["password"].strip()  # <-
            return "", 204
        """,
        """
        from django.contrib.auth import get_user_model
        from django.contrib.auth.models import User
        from django.http import JsonResponse
        def sign_up(request):
            User.objects.create(username=request.POST["name"], password=request.POST["password"])  # <-
            get_user_model()(username="new", password=request.POST["password"]).save()  # <-
            return JsonResponse({})
        """,
    ],
    good=[
        """
        import bcrypt
        from flask import Flask, request
        from werkzeug.security import generate_password_hash
        app = Flask(__name__)
        class User(db.Model):
            name = db.Column(db.String(80))
            password = db.Column(db.String(120))
        class Customer(db.Model):
            password = db.Column(db.String(120))
            @validates("password")
            def _hashed(self, _, typed):
                return generate_password_hash(typed)
        @app.post("/register")
        def sign_up():
            data = request.get_json()
            hashed = bcrypt.hashpw(data["password"].encode(), bcrypt.gensalt())
            db.session.add(User(name=data["name"], password=hashed))
            db.session.add(Customer(password=data["password"]))
            cur.execute("UPDATE users SET name = ?, password = ? WHERE id = ?", (data["password"], hashed, data["id"]))
            cur.execute("INSERT INTO users (name, password) VALUES (%s, crypt(%s, gen_salt('bf')))", (data["name"], data["password"]))
            cur.execute("INSERT INTO mail_accounts (host, password) VALUES (?, ?)", (data["host"], data["password"]))
            cur.execute("SELECT id FROM users WHERE name = ? AND password = ?", (data["name"], data["password"]))
            mongo.db.settings.insert_one({"password": data["password"]})
            return "", 204
        """,
        """
        from django.contrib.auth.models import User
        from django.http import JsonResponse
        def sign_up(request):
            User.objects.create_user(username=request.POST["name"], password=request.POST["password"])
            user = User(username=request.POST["name"])
            user.set_password(request.POST["password"])
            return JsonResponse({})
        """,
    ],
    misses=[
        "What JavaScript keeps, and what is handed over as a whole, as by `User(**form.dict())`.",
        "A password that is asked for on a command line, or whose way from the request gate does not know.",
        "A table that is not called after people, such as `credentials`: it may hold what another system has to be told.",
        "A model that is not to be read hashes for all gate knows, so what it is given is not reported.",
        "A model whose constructor, setter, validator or listener calls something named for hashing is believed.",
        "What is hashed further down in the function only asks for a look.",
        "A table with a host, a port or a server is one of accounts elsewhere, whose passwords are needed again.",
    ],
)


@rule.check(Definition)
def kept(fact: Definition, repo: Repo) -> Iterator[Hit]:
    for arrival in arrivals(fact, repo, {receivers.PASSWORD}, lambda _, sink: keeps_plainly(repo, sink.name)):
        if arrival.route.kind == "request":
            yield _as_typed(arrival, repo)


def _as_typed(arrival: Arrival, repo: Repo) -> Hit:
    where = arrival.sink.name.rpartition(".")[2]
    said = f"{arrival.entered} and is kept in `{where}` as somebody's password, as it was typed: whoever reads the table has it."
    doubtful = arrival.sink.warn or arrival.guessed or _is_hashed_later(arrival, repo)
    severity = Severity.MEDIUM if doubtful else None
    return Hit(arrival.place, said, trace=arrival.hops("and is kept"), severity=severity, detail=where)


def _is_hashed_later(arrival: Arrival, repo: Repo) -> bool:
    """`User.objects.create(password=text)`, and `user.set_password(text)` below it: what is kept in the end is a hash."""
    source = repo.source(arrival.place.path)
    return source is not None and hashes_later(source, source.scope(arrival.place.line), arrival.place.end_line)
