"""Can neither a request nor a model's answer run code?

Text that runs is a shell for whoever writes it.
"""

from gate.rule import Item, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.GUARDRAILS,
    owasp="A05:2025",
    cwes=frozenset({74, 77, 78, 88, 94, 95, 96, 98, 470, 502, 829, 913, 1336, 1426}),
)
