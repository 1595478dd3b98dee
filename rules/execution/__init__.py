"""Can neither a request nor a model's answer run code?

Text that runs is a shell for whoever writes it.
"""

from gate.rule import Item, Point, Section

item = Item.of(
    __name__,
    __doc__,
    section=Section.GUARDRAILS,
    owasp="A05:2025",
    cwes=frozenset({74, 77, 78, 88, 94, 95, 96, 98, 470, 502, 829, 913, 1336, 1426}),
    points=[
        Point(
            "no-eval-endpoints",
            "What a generator was asked for makes no endpoint that runs text, no wide filter, no debug token.",
            rules=(
                "execution/eval_endpoint",
                "execution/eval_request",
                "execution/agent_executor",
                "execution/debug_console",
                "secrets/debug_token",
                "secrets/debug_token_js",
                "queries/built_sql",
                "queries/built_sql_js",
            ),
        ),
    ],
)
