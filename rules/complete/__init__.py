"""Was all of this change looked at, with nothing silenced or weakened?

A gate that can be switched off by what passes through it is no gate.
"""

from gate.rule import Hint, Item, Point, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.GATE,
    owasp="A08:2025",
    cwes=frozenset({172, 176, 180, 451, 693, 838, 1006, 1007, 1126, 1127}),
    points=[
        Point(
            "review-forced",
            "No change is merged unread: the gate runs on each, and its template is answered.",
            rules=(
                "complete/gate_weakened",
                "complete/new_suppression",
                "complete/test_weakened",
                "complete/expired_waiver",
            ),
            shown="The open questions of the template, and what the policy is owed.",
        ),
        Point(
            "pipeline",
            "Code, secrets and dependencies are scanned wherever generated code comes in.",
            rules=("complete/unreadable", "complete/unseen_code", "complete/hidden_character"),
            shown="The coverage ledger: each changed file, each scanner, and what it could not read.",
        ),
        Point(
            "incident-drills",
            "Losing a key, a replayed webhook and a raised role have been practised.",
            ask="Were a lost key, a replayed webhook and a raised role practised within the last half year?",
            surface=Hint.whole(
                *((word, r"\b") for word in ("webhook_secret", "signing_key", "key_rotation", "construct_event")),
                *((word, r"\b") for word in ("enable_key_rotation", "rotatekey", "rotatekeys", "rotatesecret")),
                *((word, r"\b") for word in ("assign_role", "grant_role", "is_superuser")),
                ("rotate_", r"\w*(?:key|secret|token)s?\b"),
                "revoke_",
            ),
        ),
        Point(
            "unsafe-merges",
            "Nobody can merge what the gate holds up, however new they are.",
            shown="The verdict and its exit status, which a required check turns into a closed door.",
        ),
    ],
)
