"""Where a program records what is done: calls that write an audit trail, models that keep their history."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.reading import Function, reading
from gate.facts.spelling import last, spelled
from gate.nodes import children
from gate.paths import kind
from gate.source import Place, Source

_RECORDS = lazy.regex(
    r"(?i)(?:^|\.)_?(?:audit(?:_?(?:log|trail|event|logger))?\.(?:record|log|write|info|add|append|create|emit|send|register)"
    r"|(?:write|record|create|emit|log|add|save)_audit\w*|audit_(?:log|event|action|record)|HistoricalRecords|auditlog\.register)$"
    r"|(?:^|\.)(?:AuditLog|AuditEvent|AuditTrail|AuditEntry|AuditRecord)(?:\.objects\.(?:create|bulk_create))?$"
)


@dataclass(frozen=True)
class AuditMark:
    """A function or class, and what it records itself by."""

    place: Place
    unit: str
    records: frozenset[str]

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[re.Pattern[str]] = lazy.regex("")
    """A file that records nothing any more has its functions all the same."""

    @classmethod
    def find(cls, source: Source) -> Iterator["AuditMark"]:
        if kind(source.path) in {"test", "dev", "migration"}:
            return
        file = reading(source)
        for one in file.of(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
            calls = {last(spelled(part.func)) for part in _own(one.node) if _RECORDS.search(spelled(part.func))}
            yield cls(file.place(one.node), f"{one.where}.{one.node.name}".lstrip("."), frozenset(calls))


def may_record(source: Source) -> bool:
    return source.language == "python" and any(word in source.text for word in ("audit", "Audit", "HistoricalRecords"))


def _own(node: ast.AST) -> Iterator[ast.Call]:
    """The calls of a function or class that are not of one within it."""
    stack = list(children(node))
    while stack:
        one = stack.pop()
        if isinstance(one, ast.Call):
            yield one
        if not isinstance(one, (Function, ast.ClassDef)):
            stack += children(one)
