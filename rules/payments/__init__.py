"""Are cards tokenized, webhooks verified with a timestamp, writes idempotent, refunds restricted?

Money moves here, and what moves it twice or for a stranger is not undone by a rollback.
"""

from gate.rule import Hint, Item, Point, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.PAYMENTS,
    owasp="A08:2025",
    cwes=frozenset({311, 345, 354, 837, 841}),
    surface=Hint.whole(
        *(
            (word, r"\b")
            for word in (
                "stripe paypal adyen braintree webhook refund payout payment_intent card_number cvc cvv idempotency"
            ).split()
        )
    ),
    points=[
        Point(
            "card-data",
            "Cards stay with the provider: a token comes in, neither number nor code is kept or logged.",
            rules=("payments/card_data", "payments/card_data_js", "logging/secret_in_log"),
        ),
        Point(
            "webhooks",
            "Webhooks are believed by their signature and its time.",
            rules=(
                "payments/webhook_unsigned",
                "payments/webhook_unsigned_js",
                "payments/webhook_check",
                "payments/webhook_check_js",
            ),
        ),
        Point(
            "idempotent-writes",
            "Money moves once, however often it is asked.",
            rules=(
                "payments/idempotency",
                "payments/payment_weakened",
                "payments/float_money",
            ),
        ),
        Point(
            "payment-alerts",
            "Somebody is woken by what is odd.",
            ask="Do alerts page on rapid refunds, odd currencies and countries?",
            surface=Hint.whole(
                *((word, r"s?\b") for word in ("refund", "payout", "payment_intent", "chargeback")),
                ("transfer", r"s?\.create\b"),
            ),
        ),
        Point(
            "payout-roles",
            "Only finance pays out, and the secrets of webhooks rotate.",
            rules=("authorization/role_unasked",),
            ask="Do webhook secrets rotate, and may only finance pay out?",
            surface=Hint.whole(("payout", r"s?\b"), ("webhook", r"(?:s|_secret)?\b"), ("signing_secret", r"\b")),
        ),
    ],
)
