"""Made-up reviews, one for each thing a report must be able to say."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

from gate.coverage import Looked, Row
from gate.finding import Action, Finding, Line, Waived
from gate.review import Answer, Ran, Review, State
from gate.rule import Hop, Item, Place, Point, Rule, Section, Severity

TENANCY = Item(
    "tenancy", "Does every query and cache key stay with its owner?", Section.BOUNDARIES, "A01:2025",
    points=[Point("trial", "Routes were tried.", ask="Were the touched routes tried with another tenant's ids?")],
)  # fmt: skip
SECRETS = Item("secrets", "Are there no secrets, debug tokens or backdoors?", Section.IDENTITY, "A07:2025")
EXECUTION = Item("execution", "Can neither a request nor a model's answer run code?", Section.GUARDRAILS, "A05:2025")
PAYMENTS = Item(
    "payments",
    "Are cards tokenized, webhooks verified with a timestamp, writes idempotent, refunds restricted?",
    Section.PAYMENTS, "A08:2025",
    points=[Point("roles", "Only finance pays out.", ask="Do webhook secrets rotate, and may only finance pay out?")],
)  # fmt: skip
LOGGING = Item("logging", "Are logs redacted, structured, and audit trails append-only?", Section.RECORDS, "A09:2025")
DEPENDENCIES = Item(
    "dependencies", "Is every dependency real, pinned, and free of known vulnerabilities?",
    Section.GUARDRAILS, "A03:2025",
)  # fmt: skip
ITEMS = (SECRETS, TENANCY, PAYMENTS, DEPENDENCIES, EXECUTION, LOGGING)

QUERY = Rule(
    "tenancy/unscoped_query", "A query that does not say whose rows it wants", Severity.HIGH, (639, 566),
    "Whoever guesses or counts up an id reads the rows of another customer. The check that the caller is signed\n"
    "in does not help: they are, as somebody else.",
    "Filter by the owner as well, such as `.filter(owner=request.user)`, or read through the owner's own relation.",
    "tenancy",
)  # fmt: skip
SHELL = Rule(
    "bandit/B602", "A shell runs text that was put together", Severity.CRITICAL, (78,),
    "Text that reaches a shell is a program.", "Pass a list of arguments, and leave `shell=True` out.", "execution",
)  # fmt: skip
PRINT = Rule(
    "logging/print", "A print statement instead of a log record", Severity.LOW, (778,),
    "What is printed has no level, no time and no redaction.", "Use the module's logger.", "logging",
)  # fmt: skip
WEBHOOK = Rule(
    "payments/unverified_webhook", "A webhook that believes whoever calls it", Severity.MEDIUM, (345,),
    "Anybody who knows the address can say that a bill was paid.", "Verify the signature before anything else.",
    "payments",
)  # fmt: skip

EXCERPT = (
    Line(40, '@app.get("/orders/<int:order_id>")', marked=False),
    Line(41, "def order(order_id):", marked=False),
    Line(42, "    return Order.objects.get(pk=order_id)", marked=True),
    Line(43, "", marked=False),
)
TRACE = (
    Hop(Place.at("app/routes.py", 12), "`order_id` comes from the request"),
    Hop(Place.at("app/orders.py", 42), "and picks the row"),
)
WAIVER = Waived("The report job runs as the operator", "sam@example.com", "2027-01-31")


def finding(rule: Rule = QUERY, path: str = "app/orders.py", line: int = 42, **changes: Any) -> Finding:
    """A finding of `rule`; its action is what the default policy makes of its severity."""
    actions = {Severity.LOW: Action.NOTE, Severity.MEDIUM: Action.WARN}
    made = Finding(
        rule, Place.at(path, line), "`Order` is read by `order_id` alone.", "order", "0" * 32,
        sha256(f"{rule.id}:{path}:{line}".encode(errors="surrogatepass")).hexdigest()[:32], rule.severity, ("gate",),
        action=actions.get(rule.severity, Action.BLOCK), in_diff=True, cwes=rule.cwes,
    )  # fmt: skip
    return replace(made, **changes)


UNSCOPED = finding(scanners=("gate", "semgrep"), excerpt=EXCERPT, trace=TRACE)
COMMAND = finding(
    SHELL, "app/export.py", 7, scanners=("bandit",), message="`name` is part of the command.", in_diff=False,
    excerpt=(Line(7, '\tsubprocess.run(f"zip {name}", shell=True)', marked=True),),
)  # fmt: skip
FORGIVEN = finding(path="app/report.py", line=9, waived=WAIVER)
UNSIGNED = finding(WEBHOOK, "app/hooks.py", 21, message="`paid` writes before it has looked at the signature.")
PRINTED = finding(PRINT, "app/orders.py", 50, message="`print` writes the order to standard output.")


def row(path: str = "app/orders.py", scanner: str = "gate", **rest: Any) -> Row:
    return Row(path, scanner, **{"state": Looked.SCANNED, **rest})


RAN = (Ran("gate", "0.1.0", "ok", seconds=0.81234), Ran("bandit", "1.8.0", "ok", seconds=0.2))
ROWS = (row(), row(scanner="bandit"), row("app/export.py"), row("app/export.py", "bandit"))
SEEN = {"query": 3, "routes": 2, "files by bandit": 14, "files by semgrep": 14}


def answered(state: State, item: Item, *found: Finding, **rest: Any) -> Answer:
    return Answer(item, state, found, **rest)


def review(*answers: Answer, **rest: Any) -> Review:
    """A review of these answers and their findings, everything having been looked at."""
    found = sorted((f for answer in answers for f in answer.findings), key=lambda f: (f.place, f.rule.id))
    made = Review("4f2a91c0" * 5, "9be01d77" * 5, answers, tuple(found), ROWS, RAN)
    return replace(made, **rest)


def passed() -> Review:
    return review(*(answered(State.PASS, item, seen=SEEN) for item in ITEMS))


def blocked() -> Review:
    """Everything at once: findings of each kind, a person's work, a hole."""
    return review(
        answered(State.PASS, SECRETS, seen={"files by detect-secrets": 14}),
        answered(State.STOP, TENANCY, UNSCOPED, FORGIVEN, seen=SEEN, asks=tuple(TENANCY.asks)),
        answered(
            State.LOOK,
            PAYMENTS,
            UNSIGNED,
            asks=tuple(PAYMENTS.asks),
            reasons=("`app/hooks.py` writes bills, and no rule knows who may.",),
        ),
        answered(
            State.UNKNOWN,
            DEPENDENCIES,
            reasons=("pip-audit did not end within 120 seconds, so no dependency was compared with an advisory.",),
        ),
        answered(State.STOP, EXECUTION, COMMAND, seen={"call": 1}),
        answered(State.PASS, LOGGING, PRINTED, seen={"calls": 8}),
        coverage=(
            *ROWS,
            row(
                "requirements.txt",
                "pip-audit",
                state=Looked.FAILED,
                reason="did not end within 120 seconds",
                hole=True,
            ),
            row("web/logo.png", "gate", state=Looked.SKIPPED, reason="is an image"),
        ),
        scanners=(*RAN, Ran("pip-audit", "2.10.0", "failed", "did not end within 120 seconds", 120.0)),
        notes=("The waiver for `app/old.py` has run out and does not count.",),
        environment={"python": "3.11.7", "jobs": 2},
    )


def incomplete(**rest: Any) -> Review:
    return review(
        answered(State.UNKNOWN, SECRETS, reasons=("detect-secrets is not installed.",)),
        answered(State.IDLE, PAYMENTS),
        answered(State.PASS, TENANCY, seen={"query": 1}),
        scanners=(*RAN, Ran("detect-secrets", "", "failed", "is not installed")),
        **rest,
    )


def crowded() -> Review:
    """More findings and holes than anybody reads."""
    many = [replace(UNSCOPED, place=Place.at(f"app/views_{n:03}.py", 42), fingerprint=f"{n:032x}") for n in range(300)]
    unread = tuple(
        row(f"web/file_{n:03}.bin", state=Looked.FAILED, reason="does not decode as utf-8", hole=True)
        for n in range(45)
    )
    return review(answered(State.STOP, TENANCY, *many), coverage=(*ROWS, *unread))


def every() -> dict[str, Review]:
    empty = Review("", "", (), (), (), ())
    accepted = incomplete(allow_incomplete=True)
    return {
        "passed": passed(), "blocked": blocked(), "incomplete": incomplete(), "accepted": accepted,
        "crowded": crowded(), "empty": empty,
    }  # fmt: skip
