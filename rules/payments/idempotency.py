"""Money may be moved twice.

A call that times out may have been carried out. Where the program makes it again (a retry, a task that is run once more, a webhook that
is delivered again), only a key that is the same both times tells the provider that it is the same payment.
"""

from collections.abc import Iterator

from gate.facts.moneycall import MoneyCall
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(837, 841),
    fix="""Make the key from the business operation (`idempotency_key=f"order-{order.id}-charge"`), before anything is tried again.""",
    bad=[
        """
        import backoff, httpx, stripe, uuid
        from celery import shared_task
        from tenacity import retry
        @retry
        def charge(order):
            return stripe.PaymentIntent.create(amount=order.total, currency="eur")  # <-
        @shared_task(autoretry_for=(Exception,), max_retries=5)
        def payout(acct, cents):
            stripe.Payout.create(amount=cents, currency="usd", stripe_account=acct)  # <-
        def refund(pi):
            for _ in range(3):
                try:
                    return stripe.Refund.create(payment_intent=pi)  # <-
                except stripe.APIConnectionError:
                    continue
        @retry
        def again(order):
            return stripe.PaymentIntent.create(amount=1, currency="eur", idempotency_key=str(uuid.uuid4()))  # <-
        @backoff.on_exception(backoff.expo, httpx.HTTPError)
        def transfer(body):
            return httpx.post("https://api.stripe.com/v1/transfers", data=body, auth=(KEY, ""))  # <-
        def stripe_webhook(request):
            e = stripe.Webhook.construct_event(request.body, request.headers["Stripe-Signature"], SECRET)
            stripe.Transfer.create(amount=e.data.object.amount, currency="usd", destination=ACCT)  # <-
        """,
        """
        import stripe
        @app.post("/payouts")
        def payout():
            return stripe.Payout.create(amount=cents(request.json), currency="usd")  # <-
        def refund(request, pk):
            return stripe.Refund.create(payment_intent=pk)  # <-
        """,
    ],
    good=[
        """
        import stripe
        from celery import shared_task
        from tenacity import retry
        def checkout(order):
            return stripe.checkout.Session.create(mode="payment", line_items=order.items)
        @retry
        def charge(order):
            return stripe.PaymentIntent.create(amount=order.total, currency="eur", idempotency_key=f"order-{order.id}-charge")
        @shared_task(autoretry_for=(Exception,))
        def payout(job_id, acct, cents):
            client.v1.payouts.create({"amount": cents}, {"stripe_account": acct, "idempotency_key": job_id})
        @retry
        def fetch(pi):
            return stripe.PaymentIntent.retrieve(pi)
        @retry
        def free(order, **opts):
            return stripe.PaymentIntent.create(amount=order.total, currency="eur", **opts)
        @app.post("/payouts")
        def paid_out():
            return stripe.Payout.create(amount=1, currency="usd", idempotency_key=request.headers["Idempotency-Key"])
        def all_of_them(orders):
            for order in orders:
                stripe.Refund.create(payment_intent=order.pi)
        """
    ],
    misses=[
        "Retries around the function in another file.",
        "Routes that hand the payment to a function which makes it.",
    ],
)

_SAID = {"none": "has no idempotency key", "fresh": "gets a new idempotency key each time"}


@rule.check(MoneyCall)
def look(one: MoneyCall, repo: Repo) -> Iterator[Hit]:
    del repo
    yield Hit(one.place, f"`{one.name}` moves money, {one.again}, and it {_SAID[one.key]}.", detail=one.key)
