"""A test credential stands in the program.

A test card is charged, a demo account signs in and a staging token is sent wherever the program runs, production included;
and a value that got into the code once is copied from there.
"""

from collections.abc import Iterator

from gate.facts.planted import Planted
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(798, 259, 489),
    fix="Move it to the tests' fixtures or to a seed command; read what the program itself needs from the secret store.",
    bad=[
        """
        import stripe
        def charge_demo():
            return stripe.PaymentIntent.create(amount=100, currency="usd", payment_method="pm_card_visa")  # <-
        """,
        """
        CARD = "4242 4242 4242 4242"  # <-
        def pay():
            return gateway.charge(CARD)
        """,
        """
        PASSWORD = "hunter2"
        def bootstrap(db):
            User.objects.create_superuser("admin", "admin@corp.example", password=PASSWORD)  # <-
            db.add(Account(name="qa", password=hash_pw("Passw0rd!")))  # <-
        """,
        """
        import requests, stripe
        stripe.api_key = "{{hide:sk_te|st_51Habcdefghijklmnop}}"  # <-
        def sync():
            return requests.get(URL, headers={"Authorization": "Bearer {{hide:staging-|9f2b17c4}}"})  # <-
        """,
    ],
    good=[
        {"tests/test_pay.py": 'CARD = "4242424242424242"\n'},
        """
        from pydantic import BaseModel, Field
        class Card(BaseModel):
            number: str = Field(examples=["4242424242424242"])
        """,
        """
        TEST_PANS = {"4242424242424242"}
        def reject_test(pan):
            if pan in TEST_PANS:
                raise ValueError("test card in production")
        """,
        """
        import os, stripe
        stripe.api_key = os.environ["STRIPE_KEY"]
        def create(db, form):
            db.add(Account(name=form.name, password=hash_pw(form.password)))
        """,
        {
            "app/management/commands/seed_demo.py": """
            def handle():
                User.objects.create_user("demo", password="demo")
            """
        },
    ],
    misses=["Test data that comes from a file beside the program is not read."],
)


@rule.check(Planted)
def look(found: Planted, repo: Repo) -> Iterator[Hit]:
    yield Hit(found.place, f"Here stands {found.what}, for whoever runs or reads the program.", spans=found.spans)
