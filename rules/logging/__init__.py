"""Are logs redacted, structured, and audit trails append-only?

A log is read by more people than any table, and an audit trail that can be edited proves nothing.
"""

from gate.rule import Hint, Item, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.RECORDS,
    owasp="A09:2025",
    cwes=frozenset({200, 209, 215, 223, 497, 532, 778, 779}),
    surface=Hint.whole(
        ("log", r"g?(?:er|ing)?\.(?:debug|info|warning|error|exception|critical)\b"),
        ("audit", r"(?:_log|_trail|_event)?\b"),
    ),
    asks=[
        "Are objectives for sign-in latency and payment capture paged on?",
    ],
)
