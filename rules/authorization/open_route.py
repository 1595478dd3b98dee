"""A route that changes things, or is for administrators, asks nobody who they are.

Other routes of its file do. Models write one route at a time, and an address nobody links to is found all the same.
"""

from collections.abc import Iterator
from itertools import chain

from gate import lazy
from gate.facts.guarded import Guarded
from gate.facts.guardtree import Found, guard_tree
from gate.facts.publicity import is_public
from gate.facts.route import Route
from gate.facts.unguarded import asks_nobody, routes
from gate.rule import Hit, Repo, Rule, Severity

_RULES = lazy.regex(r"(?i)(?:^|[/_. -])(?:admins?|staff|superusers?|back_?office|moderators?)(?:[/_. -]|$)")
"""Whom a route is for, as its address, its name and its router say."""
_CHANGES = frozenset({"delete", "put", "patch"})
"""Methods that change what is there; a POST may be a form for everybody."""

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(862, 306),
    fix="""Give the route the guard that others of its file have, and a role where it is for administrators. A route that is meant for
    everybody goes to a router of its own whose name says so.""",
    bad=[
        """
        from fastapi import APIRouter, Depends, FastAPI
        from app.auth import get_current_user
        app = FastAPI()
        router = APIRouter()
        @app.get("/me")
        def me(user=Depends(get_current_user)):
            return user
        @router.get("/admin/users")
        def users(db=Depends(get_db)):  # <-
            return db.query(User.id, User.name).limit(50).all()
        @router.post("/admin/users/{uid}/ban")
        def ban(uid: int, db=Depends(get_db)):  # <-
            db.get(User, uid).banned = True
            db.commit()
        @router.delete("/users/{uid}")
        def remove(uid: int, db=Depends(get_db)):  # <-
            db.delete(db.get(User, uid))
            db.commit()
        """,
        """
        from flask import Blueprint, request
        from flask_login import login_required
        bp = Blueprint("orders", __name__)
        @bp.get("/orders")
        @login_required
        def orders():
            return {"orders": mine()}
        @bp.route("/orders/<int:oid>", methods=["PUT"])
        def change(oid):  # <-
            order = Order.query.get(oid)
            order.note = request.json["note"]
            order.save()
            return {}
        """,
        """
        from flask import Flask
        app = Flask(__name__)
        @app.route("/admin/delete_user/<int:uid>", methods=["POST"])
        def delete_user(uid):  # <-
            User.query.filter_by(id=uid).delete()
            db.session.commit()
            return "deleted"
        @app.get("/admin/motto")
        def motto():
            return MOTTO
        """,
    ],
    good=[
        """
        from fastapi import APIRouter, Depends, FastAPI, HTTPException
        from app.auth import get_current_user
        app = FastAPI()
        admin = APIRouter(prefix="/admin", dependencies=[Depends(get_current_user)])
        @app.get("/me")
        def me(user=Depends(get_current_user)):
            return user
        @admin.delete("/users/{uid}")
        def remove(uid: int, db=Depends(get_db)):
            db.delete(db.get(User, uid))
        @app.post("/admin/login")
        def admin_login(name: str, password: str):
            return sign_in(name, password)
        @app.post("/contact")
        def contact(text: str):
            mail(text)
        @app.delete("/drafts/{secret}")
        def drop(secret: str, user_id: str = ""):
            if not compare_digest(secret, draft(user_id).secret):
                raise HTTPException(403)
            draft(user_id).delete()
        """,
        """
        from fastapi import FastAPI
        app = FastAPI()
        @app.delete("/notes/{nid}")
        def drop(nid: int, db):
            db.delete(db.get(Note, nid))
        """,
    ],
    misses=[
        "Routes of a file in which no route asks anybody, unless they are for administrators and change things: the program may have no accounts, or a proxy before it.",
        "A POST that changes things and is for nobody in particular by its name.",
    ],
)


@rule.check(Route)
def look(route: Route, repo: Repo) -> Iterator[Hit]:
    unit = route.unit
    ruling = bool(_RULES.search(f"{unit.route} {unit.short} {unit.router}"))
    if (
        not unit.verbs
        or "tool" in unit.verbs
        or not (ruling or _CHANGES & unit.verbs)
        or is_public(unit.name, unit.route)
    ):
        return
    tree, found = guard_tree(repo), Found(unit.place.path, unit)
    if not asks_nobody(tree, found):
        return
    kept = chain.from_iterable(group.routes for group in routes(tree, found.path).values())
    asking = next((one for one, held in kept if held and one.name != unit.name), None)
    if asking is not None or (ruling and unit.writes):
        severity = None if asking is not None and ruling and unit.writes else Severity.MEDIUM
        yield Hit(unit.place, _said(unit, asking, ruling=ruling), severity=severity)


def _said(unit: Guarded, other: Guarded | None, *, ruling: bool) -> str:
    what = (
        "is for administrators by its name" if ruling else f"answers {', '.join(sorted(_CHANGES & unit.verbs)).upper()}"
    )
    others = f"; `{other.name}` in the same file does" if other is not None else ""
    return f"The route `{unit.name}` {what} and asks nobody who they are{others}."
