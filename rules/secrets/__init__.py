"""Are there no secrets, debug tokens or backdoors?

A value in a repository is known to everybody who ever clones it.
"""

from gate.rule import Hint, Item, Point, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.IDENTITY,
    owasp="A07:2025",
    cwes=frozenset({256, 257, 259, 260, 288, 312, 321, 489, 522, 540, 798, 912}),
    surface=Hint(
        Hint.whole(
            *((word, r"s?\b") for word in ("secret", "token", "password", "apikey", "api_key", "credential"))
        ).parts
        + Hint.of(
            *((word, r"s?\b") for word in ("_secret", "_password", "_api_key", "_secret_key", "_private_key"))
        ).parts
        + Hint.of(
            *((word, r"[^\s=]{0,3}\w*_(?:token|credentials|key)\b") for word in ("environ", "getenv", "process.env."))
        ).parts
    ),
    points=[
        Point(
            "one-store",
            "Secrets live in one store, outside the code, and rotate.",
            rules=(
                "secrets/written_key",
                "secrets/written_key_js",
                "secrets/default_secret",
                "secrets/default_secret_js",
                "secrets/client_exposure",
            ),
            ask="Do new secrets live in the one secret store, and do they rotate?",
        ),
    ],
)
