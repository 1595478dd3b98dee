"""Are there no secrets, debug tokens or backdoors?

A value in a repository is known to everybody who ever clones it.
"""

import re

from gate.rule import Item, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.IDENTITY,
    owasp="A07:2025",
    cwes=frozenset({256, 257, 259, 260, 288, 312, 321, 489, 522, 540, 798, 912}),
    surface=re.compile(r"(?i)\b(secret|token|password|api_?key|credential)s?\b"),
    asks=[
        "Do new secrets live in the one secret store, and do they rotate?",
    ],
)
