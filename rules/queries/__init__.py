"""Does SQL name its columns and bind its values?

What a query does not name, it takes; what it does not bind, it runs.
"""

from gate.rule import Hint, Item, Point, Section

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
    points=[
        Point(
            "narrow-queries",
            "Queries name their columns, and run under an account that may do no more than it must.",
            rules=("queries/select_star", "queries/unbounded_write", "tenancy/bypass_role", "tenancy/broad_grant"),
            ask="Does each new connection use an account that has only the rights it needs?",
            surface=Hint.whole(
                *(
                    (word, r"\b")
                    for word in ("create_engine", "create_async_engine", "databases", "superuser", "database_url")
                ),
                ("psycopg", r"2?\.connect\b"),
                ("asyncpg", r"\.(?:connect|create_pool)\b"),
                ("grant", r"\s+all\b"),
                ("create", r"\s+(?:role|user)\b"),
            ),
        ),
    ],
)
