"""A route that reads rows of tenants was changed: is it tried with the ids of another one?

Whether a query names its tenant can be read; whether the route as a whole refuses a stranger's id is only known to whoever has tried it.
The review names the test that does so for each route the change touches, or says that there is none.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from gate.facts.guarded import Guarded
from gate.facts.route import Route
from gate.facts.tenanttrial import Trial, trials
from gate.rule import Edit, Hit, Pair, Repo, Rule, Severity

_MODELS = """
from django.db import models
class Tenant(models.Model):
    name = models.TextField()
class Invoice(models.Model):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
class Order(models.Model):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
class Country(models.Model):
    name = models.TextField()
"""
_VIEW = "def invoice(request, pk):\n    return show(Invoice.objects.get(pk=pk, tenant=request.tenant))\n"
_CHANGED = (
    "def invoice(request, pk):{mark}\n    return show(Invoice.objects.get(pk=pk, tenant=request.tenant), request)\n"
)
_TESTS = """
def test_invoice_of_another_tenant(client, invoice):
    client.login(other_tenant)
    assert client.get(f"/invoices/{invoice.pk}").status_code == 404
"""

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.LOW,
    cwes=(639,),
    fix="""Write the test: sign in as somebody of another tenant, ask for the id of a row that is not theirs by each verb of the route, and
    expect 404 or 403; for a list, expect that the row is not in it.""",
    bad=[
        Pair(
            {"models.py": _MODELS, "views.py": _VIEW},
            {"models.py": _MODELS, "views.py": _CHANGED.format(mark="  # <-")},
        ),
        Pair(
            {"models.py": _MODELS, "views.py": "import datetime\n", "tests/test_views.py": _TESTS},
            {"models.py": _MODELS, "views.py": _VIEW.replace("pk):", "pk):  # <-"), "tests/test_views.py": _TESTS},
        ),
    ],
    good=[
        Pair(
            {"models.py": _MODELS, "views.py": f"{_VIEW}def about(request):\n    return 1\n"},
            {"models.py": _MODELS, "views.py": f"{_VIEW}def about(request):\n    return 2\n"},
        ),
        Pair(
            {"models.py": _MODELS},
            {"models.py": _MODELS, "views.py": "def countries(request):\n    return show(Country.objects.get(pk=1))\n"},
        ),
    ],
    misses=[
        "Routes of JavaScript, and rows that are read by a function the route calls.",
        "Tests beyond the first 400 files of them.",
        "Tests that cross tenants and do not say so by their names or those of what they use.",
    ],
)


_MOST = 300
"""Routes of one file that are looked at; nobody writes as many by hand."""


@rule.compare
def look(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    del base
    for edit in edits:
        for route in _touched(edit, head):
            for trial in trials(route, head):
                yield Hit(route.place, _said(trial), detail=route.name)


def _touched(edit: Edit, head: Repo) -> Iterator[Guarded]:
    """The routes the change has written, or rewritten."""
    if edit.after is None or edit.after.language != "python":
        return
    before = "\n".join(edit.before.lines) if edit.before else ""
    for unit in (route.unit for route in islice(head.of(Route, edit.after.path), _MOST)):
        written = "\n".join(edit.after.lines[unit.place.line - 1 : unit.place.end_line])
        if unit.answers and written not in before:
            yield unit


def _said(trial: Trial) -> str:
    tables = "`, `".join(trial.tables[:3])
    reads = f"`{trial.route.name}` reads rows of `{tables}`, which have an owner"
    if trial.test is not None:
        return f"{reads}; `{trial.name[:80]}` in `{trial.test.path}:{trial.test.line}` tries it as somebody else."
    return f"{reads}, and no test here tries it with the ids of somebody else."
