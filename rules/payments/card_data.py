"""The number or the code of a card is kept.

Where the number of a card is logged or stored, the whole system falls under the card industry's audit; the code on its back may be
stored nowhere, not even encrypted. The provider's form takes both, and gives back a token.
"""

from collections.abc import Iterator

from gate.facts.card import CardField
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.CRITICAL,
    cwes=(311, 312, 359),
    fix="""Let the provider's hosted fields take the card, and keep the token and the last four digits (`card_number[-4:]`).""",
    bad=[
        """
        import sentry_sdk
        from sqlalchemy.orm import mapped_column, Mapped
        from django.db import models
        class Payment(Base):
            card_number: Mapped[str] = mapped_column()  # <-
            cvc: Mapped[str] = mapped_column()  # <-
        class Card(models.Model):
            pan = models.CharField(max_length=19)  # <-
            expiry = models.CharField(max_length=5)
        def charge(card_number, cvv, amount):
            logger.info("charging %s cvv=%s", card_number, cvv)  # <-
        def pay(data):
            raise RuntimeError(f"failed for {data['card_number']}")  # <-
        def trace(form):
            sentry_sdk.set_context("payment", {"cardNumber": form["cardNumber"]})  # <-
        def remember(user, card_number):
            redis.set(f"card:{user.id}", card_number)  # <-
        def upgrade(op, sa):
            op.add_column("payments", sa.Column("cvv", sa.String(4)))  # <-
        """,
        """
        from fastapi import APIRouter
        from pydantic import BaseModel
        router = APIRouter()
        class Pay(BaseModel):
            card_number: str  # <-
        @router.post("/charges")
        def charge(card_number: str, amount: int):  # <-
            return gateway.charge(card_number, amount)
        @router.get("/cards/{cid}")
        def get_card(cid: int):
            c = load(cid)
            return {"card_number": c.card_number, "cvv": c.cvv}  # <-
        """,
        """
        from flask import Flask, request
        app = Flask(__name__)
        @app.post("/pay")
        def pay():
            number = request.form["card_number"]  # <-
            return gateway.charge(number, request.get_json().get("cvv"))  # <-
        """,
        """
        from django.db import models
        class SavedCard(models.Model):
            pan = models.CharField(max_length=19)  # <-
            security_code = models.CharField(max_length=4)  # <-
        class CreditCard(models.Model):
            number = models.CharField(max_length=19)  # <-
        """,
        {
            "pay.ts": """
            const { amount, cardNumber, cvv: code } = req.body;  // <-
            const cvc = req.body.cvc;  // <-
            const Pay = z.object({ cardNumber: z.string() });  // <-
            const Card = new Schema({ cvv: { type: String } });  // <-
            """,
            "schema.prisma": "model Card {\n  id Int @id\n  cardNumber String // <-\n}\n",
        },
    ],
    good=[
        {
            "pay.ts": """
            const { amount, paymentMethodId, cardBrand } = req.body;
            const { cardNumber } = this.state;
            const Pay = z.object({ last4: z.string(), cardNumberMasked: z.string() });
            """,
            "models.py": "from django.db import models\nclass SimCard(models.Model):\n    number = models.CharField()\n",
        },
        """
        import re
        from sqlalchemy.orm import mapped_column, Mapped
        def charge(card_number, amount):
            logger.info("charging card ending %s", card_number[-4:])
            token = vault.tokenize(card_number)
            logger.info("charging %s", token)
        class Payment(Base):
            card_last4: Mapped[str] = mapped_column()
            payment_method_id: Mapped[str] = mapped_column()
        def pan_camera(pan, tilt):
            logger.info("pan=%s tilt=%s", pan, tilt)
        class Camera(models.Model):
            pan = models.FloatField()
        def redact(text):
            return re.sub(r"\\b\\d{13,19}\\b", "[card]", text)
        def luhn_ok(card_number):
            return checksum(card_number) % 10 == 0
        def render_card(card):
            logger.debug("rendering card %s", card.title)
        """,
    ],
    misses=["Columns whose names do not speak of a card.", "Cards in free text.", "SQL that makes a column."],
)


_SAID = {
    "log": "is written into the log", "error": "is written into the text of an error", "trace": "is sent to a tracing service",
    "print": "is printed", "store": "is put into a cache or queue", "answer": "is sent back to the caller", "column": "is stored",
    "field": "comes through this program, which then falls under the card industry's audit",
}  # fmt: skip


@rule.check(CardField)
def look(one: CardField, repo: Repo) -> Iterator[Hit]:
    del repo
    severity = Severity.MEDIUM if one.where == "field" else None
    yield Hit(one.place, f"`{one.name}` {_SAID[one.where]}.", detail=one.where, severity=severity)
