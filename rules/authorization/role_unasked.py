"""Money or rights are given away without asking for a role.

Whoever has signed in can pay back, void or credit, or make somebody an administrator. Refunds are for billing, grants are for
administrators; a route that only knows that there is a user lets each of them do it, and one that asks nothing lets anybody.
"""

from collections.abc import Iterator

from gate.facts.guarded import Guarded
from gate.facts.guardtree import Found, guard_tree
from gate.facts.privilege import Gift, gift, only_reads
from gate.facts.publicity import is_public
from gate.facts.route import Route
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(862, 863, 285),
    fix="""Require the role at the route (`@roles_required("billing_admin")`, `Security(current_user, scopes=["billing:refund"])`,
    `permission_classes = [IsBillingAdmin]`), and record who did it to whom, why, and under which ticket.""",
    bad=[
        """
        from fastapi import APIRouter
        import stripe
        router = APIRouter()
        @router.post("/orders/{oid}/refund")
        def refund(oid: str):  # <-
            return stripe.Refund.create(payment_intent=find(oid))
        """,
        """
        from flask import Blueprint
        import stripe
        bp = Blueprint("r", __name__)
        @bp.post("/refunds")
        @login_required
        def create():  # <-
            return stripe.Refund.create(charge=payload()["charge"])
        @bp.post("/promote/<int:uid>")
        def promote(uid):  # <-
            user = User.query.get(uid)
            user.is_admin = True
            db.session.commit()
        @bp.put("/users/<int:uid>")
        @login_required
        def change(uid):  # <-
            User.query.get(uid).role = request.json["role"]
        """,
        {
            "pay/service.py": """
            import stripe
            class PaymentService:
                def pay_back(self, pid):
                    return stripe.Refund.create(payment_intent=pid)
            def undo(pid):
                return stripe.Refund.create(payment_intent=pid)
            """,
            "pay/views.py": """
            from rest_framework.views import APIView
            from pay.service import undo
            class RefundView(APIView):
                permission_classes = [IsAuthenticated]
                def post(self, request, pid):  # <-
                    return undo(pid)
            """,
        },
        """
        from mcp.server.fastmcp import FastMCP
        import stripe
        mcp = FastMCP("support")
        @mcp.tool()
        def refund_customer(charge_id: str, cents: int) -> str:  # <-
            return stripe.Refund.create(charge=charge_id, amount=cents).id
        """,
        """
        @app.post("/payouts")
        @login_required
        def payout():  # <-
            return stripe.Payout.create(amount=1, currency="eur", idempotency_key=key())
        """,
    ],
    good=[
        """
        @app.post("/payouts")
        @roles_required("finance")
        def payout():
            return stripe.Payout.create(amount=1, currency="eur", idempotency_key=key())
        """,
        """
        from fastapi import APIRouter, Security, Depends
        import stripe
        router = APIRouter()
        finance = APIRouter(dependencies=[Depends(require_finance_admin)])
        @router.post("/orders/{oid}/refund")
        def refund(oid: str, user=Security(current_user, scopes=["billing:refund"])):
            return stripe.Refund.create(payment_intent=find(oid))
        @finance.post("/void/{pid}")
        def void(pid: str):
            return gateway.transaction.void(pid)
        def reconcile():
            for r in stripe.Refund.list(limit=100):
                store(r)
        """,
        """
        class RefundView(APIView):
            permission_classes = [IsBillingAdmin]
            def post(self, request, pid):
                return service.issue_refund(pid)
        def refund_view(request, pid):
            if not request.user.has_perm("payments.refund"):
                raise PermissionDenied
            return service.issue_refund(pid)
        def stripe_webhook(request):
            e = stripe.Webhook.construct_event(request.body, request.headers["Stripe-Signature"], SECRET)
            Ledger.mark_refunded(e.data.object.id)
        """,
    ],
    misses=[
        "Exports of whole tables.",
        "Refunds through helpers of packages.",
        "Roles that a gateway or a policy engine asks for.",
    ],
)


@rule.check(Route)
def look(route: Route, repo: Repo) -> Iterator[Hit]:
    unit = route.unit
    if only_reads(unit):
        return
    found = gift(guard_tree(repo), Found(unit.place.path, unit))
    if found is not None and not (found.what == "rights" and is_public(unit.name, unit.route)):
        yield Hit(unit.place, _said(unit, found), detail=found.what, severity=_severity(found))


def _severity(found: Gift) -> Severity:
    if found.what == "money":
        return Severity.HIGH if found.held else Severity.CRITICAL
    return Severity.MEDIUM


def _said(unit: Guarded, found: Gift) -> str:
    asked = f"asks only for a login (`{found.held[0].text}`)" if found.held else "asks nobody who they are"
    if "tool" in unit.verbs:
        asked = "is called by a model, and nobody approves"
    given = {"money": "gives money back", "payout": "pays out"}.get(found.what, "gives rights")
    return f"`{unit.name}` {given} (`{found.sink}`) and {asked}."
