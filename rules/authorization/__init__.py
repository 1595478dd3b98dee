"""Is every route and permission explicit and denied by default?

A route nobody guarded is open to everybody.
"""

from gate.rule import Hint, Item, Point, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.BOUNDARIES,
    owasp="A01:2025",
    cwes=frozenset({276, 280, 284, 285, 352, 425, 862, 863}),
    surface=Hint(
        Hint.of(("@", r"\w+\.(?:route|get|post|put|patch|delete)\b"), "allowany", "login_required").parts
        + Hint.of(*((word, r"(?:get|post|put|patch|delete)\([\"'`]/") for word in ("router.", "app."))).parts
        + Hint.whole("permission", "role", ("policy", r"\b"), ("path", r"\(r?[\"'][^\"'\n]*[\"'],")).parts
    ),
    points=[
        Point(
            "explicit-roles",
            "Roles and permissions are written down, in one place that has versions.",
            rules=("authorization/guard_removed", "authorization/permission_changed"),
            ask="Is each new or changed route meant to be open to exactly those it is open to?",
        ),
        Point(
            "denied-by-default",
            "What nobody allowed is denied.",
            rules=(
                "authorization/missing_guard",
                "authorization/open_permission",
                "authorization/guard_order",
                "authorization/guard_removed",
                "authorization/guard_removed_js",
                "authorization/guard_bypassed",
            ),
        ),
        Point(
            "policy-engine",
            "Where a policy engine decides, its policy denies by default, and no code decides beside it.",
            rules=("authorization/default_allow", "authorization/engine_bypassed"),
        ),
        Point(
            "permission-record",
            "Each change of a permission records who, what, why and a ticket.",
            rules=("authorization/permission_changed",),
            shown="With `ticket` in the policy, a change of permissions is owed a ticket.",
            ask="Does a ticket say who asked for each changed permission, and why?",
            surface=Hint(
                Hint.whole(
                    "permission",
                    ("role", r"s?\b(?!\s*=\s*[\"']\w+[\"'])"),  # `role="button"` is for readers of screens
                    ("policy", r"\b"),
                    ("scope", r"s?\s*[:=]\s*[\[{(\"']"),
                    "is_superuser",
                    "is_staff",
                    ("grant", r"\b"),
                ).parts
                + Hint.of("_permission", "assign_perm", ("_required", r"\("), ("_roles", r"\s*=")).parts
            ),
        ),
        Point(
            "money-roles",
            "Billing pays back, finance exports and pays out, administrators grant.",
            rules=("authorization/role_unasked",),
        ),
        Point(
            "policy-snapshot",
            "What a deployment changes in roles and policies is kept.",
            shown="The difference of each table of roles and of each policy, base to head, also in `--format json`.",
            ask="Is the difference of roles and policies kept with the deployment?",
            surface=Hint.whole(
                ("default", r"\s+allow\b"),
                ("create", r"\s+role\b"),
                ("permit", r"\s*\(\b"),
                ("forbid", r"\s*\(\b"),
                ("role_permissions", r"\b"),
                ("add_policy", r"\b"),
                ("create", r"\s+policy\b"),
                ("effect", r"\W{1,5}(?:allow|deny)\b"),
                ("action", r"s?\W{1,6}[a-z0-9-]+:[a-z*]"),
                ("kind", r":\s*(?:cluster)?role(?:binding)?\b"),
                ("aws_iam_", r"\w*policy"),
                ("google_", r"\w+_iam_(?:member|binding|policy)\b"),
                ("azurerm_role_", r"\w+"),
            ),
        ),
    ],
)
