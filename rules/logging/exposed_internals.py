"""An answer shows the inside of the program.

A traceback names files, versions and queries; the text of an unexpected error may hold a path, a host or a password;
the environment and the settings hold every secret there is. It belongs into the log, where those read it who may.
"""

from collections.abc import Iterator

from gate.facts.disclosure import Disclosure
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(209, 215, 497, 200),
    fix="""Log it with `logger.exception` and answer with a fixed sentence and an id by which the entry is found. Delete
    routes that show the environment or the settings; where people need a value, answer with that one by name.""",
    bad=[
        """
        import os, traceback
        from flask import Blueprint, current_app, jsonify
        bp = Blueprint("d", __name__)
        @bp.get("/_debug/env")
        def env():
            return jsonify(dict(os.environ))  # <-
        @bp.get("/_debug/config")
        def config():
            return {key: str(value) for key, value in current_app.config.items()}  # <-
        @bp.get("/orders")
        def orders():
            try:
                return load()
            except Exception:
                return traceback.format_exc(), 500  # <-
        @bp.app_errorhandler(Exception)
        def failed(error):
            return jsonify(trace=traceback.format_exc()), 500  # <-
        """,
        """
        from django.http import JsonResponse
        from fastapi import APIRouter, HTTPException
        router = APIRouter()
        @router.get("/orders")
        async def orders():
            try:
                return await load()
            except Exception as e:
                message = f"failed: {e}"
                raise HTTPException(status_code=500, detail=message)  # <-
        def view(request):
            try:
                return work(request)
            except Exception as error:
                return JsonResponse({"error": str(error)}, status=500)  # <-
        """,
    ],
    good=[
        """
        import os, traceback
        from fastapi import APIRouter, HTTPException
        router = APIRouter()
        @router.get("/orders")
        async def orders():
            try:
                return await load(os.environ["REGION"], config=current_app.config["REGION"])
            except ValidationError as e:
                raise HTTPException(status_code=400, detail=str(e))
            except RuntimeError as e:
                raise HTTPException(422, f"not a date: {e}")
            except Exception as e:
                logger.error("failed: %s", traceback.format_exc())
                raise HTTPException(status_code=500, detail="failed") from e
        def run(job):
            try:
                return job()
            except Exception as e:
                return {"error": str(e), "trace": traceback.format_exc()}
        """
    ],
    misses=[
        "Errors that a helper turns into an answer.",
        "Single settings that are secret.",
    ],
)

_SAID = {
    "environment": (None, "The answer holds `{name}`, and with it every secret of the process"),
    "settings": (None, "The answer holds `{name}`, and with it the keys of the application"),
    "trace": (Severity.MEDIUM, "The answer holds a traceback (`{name}`)"),
    "error": (Severity.LOW, "The answer holds the text of an unexpected error (`{name}`)"),
}


@rule.check(Disclosure)
def look(one: Disclosure, repo: Repo) -> Iterator[Hit]:
    del repo
    severity, said = _SAID[one.what]
    yield Hit(one.place, f"{said.format(name=one.name)}.", detail=one.what, severity=severity)
