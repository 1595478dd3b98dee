"""Does SQL name its columns and bind its values?

What a query does not name, it takes; what it does not bind, it runs.
"""

from gate.rule import Hint, Item, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.BOUNDARIES,
    owasp="A05:2025",
    cwes=frozenset({89, 213, 564, 943, 1284}),
    surface=Hint.whole(
        ("select", r"\s[^\n]{1,300}?\sfrom\b"),
        ("insert", r"\s+into\b"),
        ("update", r"\s+\w+\s+set\b"),
        ("delete", r"\s+from\b"),
    ),
)
