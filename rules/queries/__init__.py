"""Does SQL name its columns and bind its values?

What a query does not name, it takes; what it does not bind, it runs.
"""

import re

from gate.rule import Item, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.BOUNDARIES,
    owasp="A05:2025",
    cwes=frozenset({89, 213, 564, 943, 1284}),
    surface=re.compile(r"(?i)\b(select\s[^\n]{1,300}?\sfrom|insert\s+into|update\s+\w+\s+set|delete\s+from)\b"),
)
