"""Personal data is written into a log.

An address or a phone number in a log cannot be corrected or deleted when its owner asks; a whole request holds whatever people typed.
"""

from collections.abc import Iterator

from gate.facts.leak import Leak
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.LOW,
    cwes=(532, 200),
    fix="Log the id of the person (`user_id`), or a keyed hash where lines must be tied together.",
    bad=[
        """
        def signup(email, dob):
            logger.info("signup %s born %s", email, dob)  # <-
        def kyc(user):
            logger.info(f"verifying {user.ssn}")  # <-
        def wire(iban, amount):
            log.info("wire", iban=iban, amount=amount)  # <-
        def book(patient):
            logger.warning("diagnosis=%s", patient.diagnosis)  # <-
        def ship(order):
            logger.info("to %s %s", order.full_name, order.address)  # <-
        def save(request):
            logger.info("got %s", request.body)  # <-
        def register(user):
            log.info(f"new {user.__dict__}")  # <-
            log.debug("new %s", user.to_dict())  # <-
            log.debug("new %s", vars(user))  # <-
            log.debug("new %s", user.id)
        """
    ],
    good=[
        """
        def signup(user):
            logger.info("signup", extra={"user_id": user.id})
        def send(email_template):
            logger.info("template %s", email_template)
        def kyc(user):
            logger.info("verifying", extra={"ssn_hash": salted(user.ssn)})
        def audit(event):
            audit_log.write(actor=event.actor, subject_email=event.email)
        def lookup(ip_address):
            return geo(ip_address)
        """
    ],
    misses=[
        "Whole objects whose text holds an address, where nothing says that they are of a person.",
        "Names in other languages.",
    ],
)


@rule.check(Leak)
def look(one: Leak, repo: Repo) -> Iterator[Hit]:
    del repo
    if one.what == "person":
        grave = any(
            word in one.name.lower() for word in ("ssn", "passport", "iban", "national_id", "diagnosis", "bank_account")
        )
        severity = Severity.MEDIUM if grave else None
        yield Hit(one.place, f"`{one.name}` tells who somebody is, and is written into the log.", severity=severity)
    elif one.what == "whole":
        yield Hit(
            one.place,
            f"`{one.name}` is all that is known of a person, and is written into the log.",
            severity=Severity.MEDIUM,
        )
    elif one.what == "body":
        yield Hit(
            one.place, f"`{one.name}` is all that a caller sent, and is written into the log.", severity=Severity.MEDIUM
        )
