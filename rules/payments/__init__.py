"""Are cards tokenized, webhooks verified with a timestamp, writes idempotent, refunds restricted?

Money moves here, and what moves it twice or for a stranger is not undone by a rollback.
"""

from gate.rule import Hint, Item, Section

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
    asks=[
        "Do alerts page on rapid refunds, odd currencies and countries?",
        "Do webhook secrets rotate, and may only finance pay out?",
    ],
)
