"""A waiver has run out.

A waiver is a promise to mend something by a day. After that day nobody has promised anything: the finding it
covered counts again, and the entry only makes the policy look more forgiving than it is.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from gate.facts.waiver import Waiver
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(693,),
    fix="Mend what it covers and delete the entry, or have it approved again with a new date.",
    bad=[
        {
            "gate.toml": """
                [[waivers]]  # <-
                rule = "execution/eval_endpoint"
                path = "app/repl.py"
                fingerprint = "4be1b25d8b1c0a6e4d1f6a7b9c2d3e4f"
                reason = "the notebook feature runs code in a container of its own"
                approver = "security@example.com"
                expires = 2020-01-31
            """,
        },
    ],
    good=[
        {
            "gate.toml": """
                [[waivers]]
                rule = "execution/eval_endpoint"
                path = "app/repl.py"
                fingerprint = "4be1b25d8b1c0a6e4d1f6a7b9c2d3e4f"
                reason = "the notebook feature runs code in a container of its own"
                approver = "security@example.com"
                expires = 2999-01-31
            """,
        },
        {"other.toml": "[[waivers]]\nexpires = 2020-01-31\n"},
    ],
)


@rule.check(Waiver)
def expired_waiver(waiver: Waiver, repo: Repo) -> Iterator[Hit]:
    if waiver.expires < datetime.now(UTC).date().isoformat():
        yield Hit(
            waiver.place,
            f"The waiver of `{waiver.rule}` in `{waiver.path}`, approved by {waiver.approver or 'nobody'}, "
            f"ran out on {waiver.expires or 'no stated day'}.",
        )
