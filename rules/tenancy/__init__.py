"""Does every query and cache key stay with its owner?

Rows of one customer reach another when a query does not say whose rows it wants.
"""

from gate.rule import Hint, Item, Point, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.BOUNDARIES,
    owasp="A01:2025",
    cwes=frozenset({488, 524, 566, 639, 668}),
    surface=Hint.whole(
        *((word, r"\b") for word in "tenant organisation_id organization_id org_id workspace_id account_id".split()),
        ("row level security", r"\b"),
    ),
    points=[
        Point(
            "tenant-isolation",
            "The database and the caches keep tenants apart.",
            rules=(
                "tenancy/row_security_off",
                "tenancy/open_policy",
                "tenancy/unsecured_table",
                "tenancy/public_bucket",
                "tenancy/scope_off",
                "tenancy/session_tenant",
                "tenancy/owner_view",
                "tenancy/cache_key",
                "tenancy/shared_answer",
            ),
            ask="Do row-level security and the keys of caches keep tenants apart?",
            surface=Hint.whole(
                ("cache", r"(?:\.(?:set|get|get_or_set)|_key)\b"),
                ("cache_page", r"\b"),
                ("row level security", r"\b"),
                ("create policy", r"\b"),
                ("set_tenant", r"\b"),
                ("search_path", r"\b"),
            ),
        ),
        Point(
            "query-ownership",
            "A query says whose rows it means.",
            rules=(
                "tenancy/unscoped_query",
                "tenancy/predicate_removed",
                "tenancy/client_tenant",
                "tenancy/optional_filter",
            ),
        ),
        Point(
            "tenant-trial",
            "Routes were tried with the ids of another tenant.",
            rules=("tenancy/tenant_trial",),
            shown="For each route of the change that reads rows of an owner, the test that tries it as somebody else, or that there is none.",
            ask="Were the touched routes tried with another tenant's ids?",
        ),
    ],
)
