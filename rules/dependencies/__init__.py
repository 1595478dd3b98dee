"""Is every dependency real, pinned, and free of known vulnerabilities?

A dependency runs with all the rights of the code that imports it.
"""

from gate.rule import Item, Point, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.GUARDRAILS,
    owasp="A03:2025",
    cwes=frozenset({426, 427, 494, 506, 937, 1035, 1104, 1357, 1395}),
    points=[
        Point(
            "known-flaws",
            "No dependency that comes or moves has a known vulnerability.",
            shown="What `pip-audit/known_vulnerability` says of each version that comes or moves, and what the change mends.",
        ),
        Point(
            "real-packages",
            "Every dependency is the one that is meant, and is asked for in a manifest.",
            rules=("dependencies/lookalike_name", "dependencies/undeclared_import", "dependencies/undeclared_package"),
            shown="Whether the index has it, and for how long, where the policy lets gate ask; else that nobody asked.",
        ),
        Point(
            "pinned-packages",
            "What is installed is what was locked: by version, by hash, and by a lock that follows its manifest.",
            rules=("dependencies/unpinned", "dependencies/changed_artifact", "dependencies/lock_mismatch"),
        ),
        Point(
            "package-origin",
            "Packages come from the index the organization has chosen, and run nothing when they are installed.",
            rules=(
                "dependencies/foreign_index",
                "dependencies/foreign_source",
                "dependencies/private_name",
                "dependencies/replaced_package",
                "dependencies/install_script",
                "dependencies/install_setting",
            ),
        ),
    ],
)
