"""Are logs redacted, structured, and audit trails append-only?

A log is read by more people than any table, and an audit trail that can be edited proves nothing.
"""

from gate.rule import Hint, Item, Point, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.RECORDS,
    owasp="A09:2025",
    cwes=frozenset({200, 209, 215, 223, 497, 532, 778, 779}),
    surface=Hint.whole(
        ("log", r"g?(?:er|ing)?\.(?:debug|info|warning|error|exception|critical)\b"),
        ("audit", r"(?:_log|_trail|_event)?\b"),
    ),
    points=[
        Point(
            "redacted-logs",
            "Logs are structured, and hold neither credentials nor personal data.",
            rules=(
                "logging/secret_in_log",
                "logging/personal_data",
                "logging/exposed_internals",
                "logging/secret_in_log_js",
                "logging/exposed_internals_js",
            ),
        ),
        Point(
            "request-ids",
            "One id ties a request to its tasks and its calls of models.",
            rules=("logging/request_id_dropped",),
            ask="Does one request id tie what is logged here to the request, its tasks and its calls of models?",
            surface=Hint.of(
                (".delay", r"\("),
                "shared_task",
                "apply_async",
                "backgroundtasks",
                "dramatiq",
                "chat.completions",
                "messages.create",
                "responses.create",
                "generate_content",
                "correlation_id",
                "request_id",
                "trace_id",
            ),
        ),
        Point(
            "audit-trails",
            "Audit trails only grow, and are sent where nobody can change them.",
            rules=("logging/audit_changed", "logging/audit_removed"),
            ask="Is the audit trail sent to a store that the program cannot change?",
            surface=Hint(
                Hint.whole(("audit", r"(?:_?(?:log|trail|event))?s?\b")).parts
                + Hint.of(("_audit", r"(?:_(?:log|trail|event|entry|record))?s?\b")).parts
            ),
        ),
        Point(
            "service-objectives",
            "There are objectives for signing in and for taking payments, and somebody is paged.",
            ask="Are objectives for sign-in latency and payment capture paged on?",
            surface=Hint.whole(
                *((word, r"\b") for word in "authenticate login_user sign_in capture paymentintent charge".split()),
                ("payment_intent", r"s?\b"),
            ),
        ),
    ],
)
