"""What was recorded is recorded no more.

A function that wrote to the audit trail, or a model that kept its history, still does what it did, and leaves no trace of it. Who
changed a right or moved money can then not be told.
"""

from collections.abc import Iterator, Sequence

from gate.facts.auditmark import AuditMark, may_record
from gate.rule import Edit, Hit, Pair, Repo, Rule, Severity, Source

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.MEDIUM,
    cwes=(778,),
    fix="Record the event again: who did what to whom, when, and why. If it is recorded elsewhere now, say where.",
    bad=[
        Pair(
            {
                "models.py": """
                from simple_history.models import HistoricalRecords
                class Role(Model):
                    history = HistoricalRecords()
                def promote(user, actor):
                    user.is_superuser = True
                    audit.record(actor=actor, action="promote", target=user.id)
                """
            },
            {
                "models.py": """
                class Role(Model):  # <-
                    name = CharField()
                def promote(user, actor):  # <-
                    user.is_superuser = True
                """
            },
        )
    ],
    good=[
        Pair(
            {"a.py": "def promote(user):\n    audit.record(user)\n    user.save()\ndef old():\n    audit.record(1)\n"},
            {
                "a.py": "def promote(user):\n    store(user)\ndef store(user):\n    audit.record(user)\n    user.save()\n"
            },
        ),
        Pair(
            {"a.py": "def promote(user):\n    audit.record(user)\n"},
            {"a.py": "def promote(user):\n    AuditEvent.objects.create(user=user)\n"},
        ),
    ],
    misses=[
        "Events that are recorded by signals, triggers or middleware, and calls whose names do not say that they record."
    ],
)


@rule.compare
def look(edits: Sequence[Edit], base: Repo, head: Repo) -> Iterator[Hit]:
    pairs = [(edit.before, edit.after) for edit in edits if edit.before and edit.after and may_record(edit.before)]
    had = {(after.path, one.unit): one.records for old, after in pairs for one in base.of(AuditMark, old.path)}
    news = [one for edit in edits if edit.after and _is_met(edit, pairs) for one in head.of(AuditMark, edit.after.path)]
    gained = {name for one in news for name in one.records - had.get((one.place.path, one.unit), frozenset())}
    for one in news:
        lost = had.get((one.place.path, one.unit), frozenset()) - one.records
        if lost and not one.records and lost.isdisjoint(gained):
            said = f"`{one.unit}` was recorded by `{min(lost)}` in the base, and nothing records it now."
            yield Hit(one.place, said, detail=one.unit)


def _is_met(edit: Edit, pairs: Sequence[tuple[Source, Source]]) -> bool:
    """Whether a file may have lost a record, or gained what another has lost."""
    return edit.after is not None and (any(edit.after is after for _, after in pairs) or may_record(edit.after))
