"""Passwords are hashed with a fast hash.

A graphics card tries billions of guesses a second against MD5 or SHA-256, so a stolen table of such hashes is a table of
passwords. Functions made for passwords take their time on purpose, and salt each one.
"""

from collections.abc import Iterator

from gate.facts.passwords import Password, keeps
from gate.facts.wording import words
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(916, 256, 327, 328, 759, 760),
    fix="Hash passwords with `argon2.PasswordHasher()`, `bcrypt.hashpw(password, bcrypt.gensalt())`, or the framework's own "
    "function (`make_password` of Django, `generate_password_hash` of Werkzeug with its default method).",
    bad=[
        """
        from flask import Flask, request, session
        app = Flask(__name__)
        @app.post("/login")
        def login():
            user = User.query.filter_by(email=request.form["email"]).first()
            if user and user.password == request.form["password"]:  # <-
                session["uid"] = user.id
            return "", 204
        def authenticate(name, password):
            row = users.find_one({"name": name})
            return row if row and row["password"] == password else None  # <-
        """,
        """
        import hashlib
        def register(form):
            return save(form["name"], hashlib.sha256(form["password"].encode()).hexdigest())  # <-
        """,
        """
        from hashlib import md5 as digest
        class User:
            def set_password(self, raw_password):
                h = digest()  # <-
                h.update(raw_password.encode())
                self.hash = h.hexdigest()
        """,
        """
        from passlib.context import CryptContext
        from werkzeug.security import generate_password_hash
        context = CryptContext(schemes=["md5_crypt"])  # <-
        stored = generate_password_hash(secret, method="sha1")  # <-
        PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # <-
        """,
        """
        import bcrypt, hashlib
        def hashed(password, salt):
            one = bcrypt.hashpw(password, bcrypt.gensalt(rounds=4))  # <-
            return one, hashlib.pbkdf2_hmac("sha256", password, salt, 1000)  # <-
        """,
        """
        import hashlib, hmac
        def verify(password, user):
            first = hmac.compare_digest(hashlib.sha256(password.encode()).hexdigest(), user.hashed)  # <-
            salted = hashlib.sha256(password.encode() + user.salt).digest()  # <-
            return first or hmac.compare_digest(salted, hashlib.sha256(user.kept).digest())
        """,
    ],
    good=[
        """
        import hashlib, os, secrets
        def is_owner(password):
            expected = os.environ["OWNER_PASSWORD"]
            return secrets.compare_digest(
                hashlib.sha256(password.encode("utf-8")).digest(),
                hashlib.sha256(expected.encode("utf-8")).digest(),
            )
        """,
        """
        def login(name, password):
            user = find(name)
            return user.password == hash_password(password, user.salt)
        def save_profile(user, form):
            if user.password != form.password:
                user.set_password(form.password)
        """,
        """
        import bcrypt, hashlib, os
        def hashed(password):
            return bcrypt.hashpw(password, bcrypt.gensalt()), hashlib.pbkdf2_hmac("sha256", password, os.urandom(16), 600_000)
        """,
        """
        import hashlib
        def is_pwned(password):
            return hashlib.sha1(password.encode()).hexdigest()[:5]
        def session_token(self):
            return hashlib.sha256(f"{KEY}{self.hashed_password}".encode()).hexdigest()[:8]
        def fingerprint(password_reset_url):
            return hashlib.sha256(password_reset_url).hexdigest()
        """,
    ],
    misses=[
        "A password that is hashed under a name that does not say so is not seen.",
        "A hash in a function named for old passwords, such as `legacy_hash`, only asks for a look unless the file stores it.",
    ],
)

_SAID = {
    "fast": "A password is hashed with `{}`, which is made to be fast; a stolen table of such hashes is guessed in hours.",
    "scheme": "Passwords are hashed with `{}`, which can be guessed at billions of tries a second.",
    "rounds": "{} makes a guess cheap; take the library's default or more.",
    "plain": "`{}` is compared with what was typed, as it is, so passwords are kept as they were typed: whoever reads the table has them.",
    "salt": "{} gets a salt that is written in the code, so equal passwords have equal hashes.",
}

_WEAKNESSES = {"plain": (256,), "salt": (760, 759), "fast": (916, 328, 327, 759)}
"""What is nearer than CWE-916, a hash that costs too little to try."""
_OLD = frozenset({"legacy", "old", "deprecated", "outdated", "obsolete"})
"""How functions are called that make a hash anew to recognize one that was kept long ago."""


@rule.check(Password)
def look(found: Password, repo: Repo) -> Iterator[Hit]:
    severity = Severity.MEDIUM if found.how in {"rounds", "salt"} or _is_old(found, repo) else None
    yield Hit(
        found.place, _SAID[found.how].format(found.name), severity=severity, cwes=_WEAKNESSES.get(found.how, (916,))
    )


def _is_old(found: Password, repo: Repo) -> bool:
    source = repo.source(found.place.path)
    scope = source.scope(found.place.line) if source is not None else ""
    return source is not None and not _OLD.isdisjoint(words(scope)) and not keeps(source, scope.rpartition(".")[2])
