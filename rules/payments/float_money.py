"""An amount of money is kept in floating point.

`0.1 + 0.2` is not `0.3`, and `int(19.99 * 100)` is 1998. Sums drift by cents, and comparisons with what was paid fail.
"""

from collections.abc import Iterator

from gate.facts.moneycall import FloatMoney
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.LOW,
    cwes=(841, 682),
    fix="Keep whole cents in an integer, or a `Decimal` (`DecimalField`, `Numeric`), and round where a rule of the business says so.",
    bad=[
        """
        import stripe
        from django.db import models
        from sqlalchemy import Column, Float
        class Order(models.Model):
            total_amount = models.FloatField()  # <-
        class Invoice(Base):
            price = Column(Float)  # <-
            balance: Mapped[float] = mapped_column()  # <-
        def pay(price):
            stripe.PaymentIntent.create(amount=int(price * 100), currency="eur")  # <-
        """
    ],
    good=[
        """
        import stripe
        class Order(models.Model):
            total_amount = models.DecimalField(max_digits=12, decimal_places=2)
            weight = models.FloatField()
        def pay(price):
            stripe.PaymentIntent.create(amount=int(Decimal(price) * 100), currency="eur")
            stripe.PaymentIntent.create(amount=order.cents, currency="eur")
        """
    ],
    misses=["Sums in local variables.", "JavaScript, whose numbers are all floating point."],
)


@rule.check(FloatMoney)
def look(one: FloatMoney, repo: Repo) -> Iterator[Hit]:
    del repo
    said = "is stored as a float" if one.stored else "is cut off to whole cents, not rounded"
    yield Hit(one.place, f"`{one.name}` is money and {said}.")
