"""Is every route and permission explicit and denied by default?

A route nobody guarded is open to everybody.
"""

from gate.rule import Hint, Item, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.BOUNDARIES,
    owasp="A01:2025",
    cwes=frozenset({276, 280, 284, 285, 425, 862, 863}),
    surface=Hint(
        Hint.of(("@", r"\w+\.(?:route|get|post|put|patch|delete)\b"), "allowany", "login_required").parts
        + Hint.whole("permission", "role", ("policy", r"\b")).parts
    ),
    asks=[
        "Is each new or changed route meant to be open to exactly those it is open to?",
        "Does a ticket say who asked for each changed permission, and why?",
    ],
)
