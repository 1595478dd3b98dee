"""A payment is less sure than it was: without its key, with a new key every time, or for an amount the caller says.

The key makes a second try the same payment. The amount belongs to the order, which the server knows; whoever sends it can send less.
"""

from collections.abc import Iterator, Sequence

from gate.facts.payment import weakened
from gate.paths import kind
from gate.rule import Edit, Hit, Pair, Repo, Rule, Severity

_JS = """
router.post("/checkout", requireUser, async (req, res) => {{
  const order = await orders.ofUser(req.user.id, req.body.orderId);
  const intent = await stripe.paymentIntents.create({}
    {{ amount: {}, currency: "eur" }},{}
  );
  res.json(intent);
}});
"""
_KEYED = "\n    { idempotencyKey: `order-${order.id}` },"
_PY = """
def charge(order):
    return stripe.PaymentIntent.create(amount={}, currency="eur"{}){}
"""

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(841, 472),
    fix="Make the key from what is paid for (`order-${order.id}`), and take the amount from the order as the server keeps it.",
    bad=[
        Pair(
            {"pay.js": _JS.format("", "order.total", _KEYED)},
            {"pay.js": _JS.format("  // <-", "order.total", "")},
        ),
        Pair(
            {"pay.js": _JS.format("", "order.total", _KEYED)},
            {"pay.js": _JS.format("  // <-", "order.total", _KEYED.replace("order.id", "Date.now()"))},
        ),
        Pair(
            {"pay.js": _JS.format("", "order.total", _KEYED)},
            {"pay.js": _JS.format("  // <-", "Number(req.body.amount)", _KEYED)},
        ),
        Pair(
            {"pay.py": _PY.format("order.total", ', idempotency_key=f"order-{order.id}"', "")},
            {"pay.py": _PY.format("order.total", ", idempotency_key=str(uuid.uuid4())", "  # <-")},
        ),
        Pair(
            {"pay.py": _PY.format("order.total", ', idempotency_key=f"order-{order.id}"', "")},
            {"pay.py": _PY.format("order.total", "", "  # <-")},
        ),
    ],
    good=[
        Pair(
            {"pay.js": _JS.format("", "order.total", _KEYED)},
            {"pay.js": _JS.format("", "priceOf(order)", '\n    idempotent("order", order.id),')},
        ),
        Pair(
            {"pay.py": _PY.format("order.total", ', idempotency_key=f"order-{order.id}"', "")},
            {"pay.py": _PY.format("order.total", ", **options", "")},
        ),
        Pair(
            {"pay.js": _JS.format("", "req.body.tip", "")},
            {"pay.js": _JS.format("", "req.body.amount", "")},
        ),
    ],
    misses=[
        "Calls of other companies than Stripe, and helpers that move the money.",
        "An amount that went through a name before it is given.",
    ],
)

_SAID = {
    "keyless": "`{name}` had a key that made a second try the same payment, and has none now",
    "changing": "`{name}` has a new key every time, `{value}`: a second try is a second payment",
    "amount": "`{name}` takes its amount from the caller, `{value}`; in the base the server knew it",
}


@rule.compare
def look(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    del base, head
    for edit in edits:
        before, after = edit.before, edit.after
        if before is None or after is None or after.language not in _READ or kind(after.path) != "production":
            continue
        for one in weakened(before, after):
            message = f"{_SAID[one.how].format(name=one.name, value=one.value[:80])}."
            yield Hit(one.place, message, detail=f"{one.how} {one.name}")


_READ = frozenset({"python", "javascript", "typescript"})
