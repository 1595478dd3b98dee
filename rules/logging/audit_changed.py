"""An audit trail is rewritten.

A trail proves something because nobody can change it afterwards. Code that updates or deletes its rows, or a setting that stops it,
is what an intruder looks for first.
"""

from collections.abc import Iterator

from gate.facts.auditchange import AuditChange
from gate.paths import kind
from gate.rule import Hit, Repo, Rule, Severity

rule = Rule.of(
    __name__,
    __doc__,
    severity=Severity.HIGH,
    cwes=(778, 223),
    fix="""Only add rows: correct an entry by a second one. What is older than the time it must be kept goes to an archive nobody can
    write to, by one job, under an account that has no other right.""",
    bad=[
        """
        def fix(entry_id, text):
            AuditLog.objects.filter(pk=entry_id).update(message=text)  # <-
        def purge(request):
            AuditEvent.objects.filter(created__lt=cutoff()).delete()  # <-
        def migrate(op):
            op.execute("DELETE FROM audit_log WHERE actor = 'system'")  # <-
        def forget(session):
            session.execute(delete(AuditLog).where(AuditLog.id == 1))  # <-
        AUDIT_LOG_ENABLED = False  # <-
        """
    ],
    good=[
        """
        def read(request):
            return AuditEvent.objects.filter(org=request.org)
        def append(event):
            AuditLog.objects.create(**event)
        def downgrade(op):
            op.execute("DROP TABLE audit_log")
        """,
        {"audit/retention.py": "def expire():\n    AuditEvent.objects.expired().archive_to_worm()\n"},
    ],
    misses=[
        "Trails whose names do not say so.",
        "Rows changed through the object and its `save`.",
        "A switch in lower case, the attribute of a class, only asks for a look.",
        "What a migration changes, and columns that are filled in where they were empty, only ask for a look.",
    ],
)


@rule.check(AuditChange)
def look(one: AuditChange, repo: Repo) -> Iterator[Hit]:
    del repo
    if one.what == "off":
        severity = None if one.name.isupper() else Severity.MEDIUM  # a class may just have none of its own
        yield Hit(one.place, f"`{one.name}` switches the audit trail off.", detail=one.what, severity=severity)
    else:
        said = f"Rows of the audit trail `{one.name}` are changed or deleted here, so it proves nothing any more."
        severity = Severity.LOW if one.kept else Severity.MEDIUM if kind(one.place.path) == "migration" else None
        yield Hit(one.place, said, detail=one.what, severity=severity)
