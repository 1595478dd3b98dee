"""Are OAuth scopes, IAM grants and CORS no wider than needed?

A grant that is wider than its use is what a stolen token is worth.
"""

from gate.rule import Hint, Item, Point, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.IDENTITY,
    owasp="A01:2025",
    cwes=frozenset({250, 269, 272, 346, 732, 942, 1220}),
    surface=Hint.whole(
        ("scope", r"s?\b"), *((word, r"\b") for word in ("iam", "cors", "allow_origins", "access-control-allow"))
    ),
    points=[
        Point(
            "narrow-scopes",
            "Nothing is granted by a wildcard: scopes, IAM, roles of the cluster, permissions of workflows, CORS.",
            rules=(
                "scopes/wildcard_oauth_scope",
                "scopes/wildcard_iam",
                "scopes/wildcard_iam_js",
                "scopes/policy_widened",
                "scopes/cloud_limit_removed",
                "scopes/workflow_permissions",
                "scopes/workflow_limit_removed",
                "scopes/cors_credentials",
                "scopes/cors_credentials_js",
            ),
        ),
    ],
)
