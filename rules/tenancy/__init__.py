"""Does every query and cache key stay with its owner?

Rows of one customer reach another when a query does not say whose rows it wants.
"""

from gate.rule import Hint, Item, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.BOUNDARIES,
    owasp="A01:2025",
    cwes=frozenset({488, 524, 566, 639, 668}),
    surface=Hint.whole(
        *((word, r"\b") for word in "tenant organisation_id organization_id org_id workspace_id account_id".split()),
        ("row level security", r"\b"),
    ),
    asks=[
        "Were the touched routes tried with another tenant's ids?",
    ],
)
