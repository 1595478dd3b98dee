"""Is every dependency real, pinned, and free of known vulnerabilities?

A dependency runs with all the rights of the code that imports it.
"""

from gate.rule import Item, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.GUARDRAILS,
    owasp="A03:2025",
    cwes=frozenset({426, 427, 494, 506, 937, 1035, 1104, 1357, 1395}),
)
