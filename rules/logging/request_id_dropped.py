"""The id of a request is no longer handed on.

One id ties what a user did to the task that ran an hour later and to the answer of a model. Where it is dropped, an incident is a heap
of lines that nobody can put together.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from gate.facts.requestid import RequestId, calls
from gate.rule import Edit, Hit, Pair, Place, Repo, Rule, Severity, Source

_ENQUEUES = 'def order(request):\n    charge.delay(request.POST["id"], request_id=request.id)\n    return done()\n'

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(778,),
    fix="Hand the id on as before: as an argument of the task, as a header of the request, bound to the logger; or let a middleware do it for all.",
    bad=[
        Pair(
            {"app/views.py": _ENQUEUES},
            {"app/views.py": 'def order(request):\n    charge.delay(request.POST["id"])  # <-\n    return done()\n'},
        ),
        Pair(
            {"app/main.py": "app = FastAPI()\napp.add_middleware(CorrelationIdMiddleware)\n"},
            {"app/main.py": "# <-\napp = FastAPI()\n"},
        ),
        Pair(
            {
                "app/llm.py": 'def ask(text, rid):\n    return client.post("/v1", json=text, headers={"X-Request-ID": rid})\n'
            },
            {"app/llm.py": 'def ask(text, rid):\n    return client.post("/v1", json=text)  # <-\n'},
        ),
    ],
    good=[
        Pair({"app/views.py": _ENQUEUES}, {"app/views.py": "def order(request):\n    return done()\n"}),
        Pair(
            {"app/views.py": _ENQUEUES},
            {
                "app/views.py": 'def order(request):\n    charge.delay(request.POST["id"])\n    return done()\n',
                "app/main.py": "app.add_middleware(CorrelationIdMiddleware)\n",
            },
        ),
    ],
    misses=["Ids that are handed on by a client of the program's own.", "Languages other than Python."],
)


@rule.compare
def look(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    was, now = _held(edits, base, before=True), _held(edits, head, before=False)
    if now["", "middleware"] > was["", "middleware"]:
        return
    for edit in edits:
        if edit.before is not None and edit.after is not None:
            yield from _dropped(edit.before, edit.after, base, head, now)


def _held(edits: Sequence[Edit], repo: Repo, *, before: bool) -> Counter[tuple[str, str]]:
    sources = [edit.before if before else edit.after for edit in edits]
    return Counter((one.function, one.call) for source in sources if source for one in repo.of(RequestId, source.path))


def _dropped(before: Source, after: Source, base: Repo, head: Repo, now: Counter[tuple[str, str]]) -> Iterator[Hit]:
    """Calls that are made as before, without the id; one for each function."""
    kept = {(one.function, one.call) for one in head.of(RequestId, after.path)}
    told: set[str] = set()
    for one in base.of(RequestId, before.path):
        if (one.function, one.call) in kept or one.function in told or now[one.function, one.call]:
            continue
        line = 1 if one.call == "middleware" else calls(after, one.function).get(one.call, 0)
        if line:
            told.add(one.function)
            what = (
                "a middleware that made the ids of requests"
                if one.call == "middleware"
                else f"the id that `{one.call}` was given"
            )
            said = f"`{one.function or after.path}` has lost {what}: what follows from a request can no longer be told by it."
            yield Hit(Place.at(after.path, line), said, detail=one.call)
