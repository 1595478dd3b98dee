"""A role is compared by its name, though an engine of policies decides.

The program has its policies in one place, where they are read, tested and versioned. A comparison with the name of a role in the code
decides beside them: whoever changes the policy does not know of it, and whoever reads the policy believes something else.
"""

from collections.abc import Iterator

from gate.facts.rolecheck import RoleCheck, asks_engine, engine
from gate.rule import Hit, Repo, Rule, Severity

_POLICY = "package app\ndefault allow := false\nallow if input.role == data.roles[input.action]\n"

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(863, 1220),
    fix="Ask the engine (`enforce(user, resource, action)`, `/v1/data/...`), and write into the policy which role may.",
    bad=[
        {
            "policy/app.rego": _POLICY,
            "app/views.py": """
            def refund(request, pk):
                if request.user.role != "finance":  # <-
                    raise PermissionDenied
                return pay_back(pk)
            """,
        },
        {
            "app/access.py": "import casbin\nenforcer = casbin.Enforcer('model.conf', 'policy.csv')\n",
            "web/refund.ts": "export async function refund(req, id) {\n  if (req.user.role !== 'finance') {  // <-\n    throw new ForbiddenException();\n  }\n  return back(id);\n}\n",
        },
    ],
    good=[
        {
            "app/views.py": 'def refund(request, pk):\n    if request.user.role != "finance":\n        raise PermissionDenied\n    return pay_back(pk)\n'
        },
        {
            "policy/app.rego": _POLICY,
            "app/views.py": """
            def refund(request, pk):
                if not opa.enforce(request.user, "refund", pk):
                    raise PermissionDenied
                label = "Finance" if request.user.role == "finance" else "Other"
                return pay_back(pk, label)
            """,
        },
    ],
    misses=["Engines behind a module of the program's own, and comparisons that turn nobody away."],
)


@rule.check(RoleCheck)
def look(one: RoleCheck, repo: Repo) -> Iterator[Hit]:
    deciding, source = engine(repo), repo.source(one.place.path)
    if deciding and source is not None and not asks_engine(source.text):
        yield Hit(
            one.place,
            f"`{one.text[:90]}` decides by the name of a role, beside the engine that `{deciding}` speaks to.",
        )
