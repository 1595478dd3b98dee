"""Audit trails that are rewritten, cleared or switched off."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.reading import reading
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_TRAIL = lazy.regex(
    r"^(?:Audit(?:Log|Event|Trail|Entry|Record|LogEntry|LogEvent)\w*|ActivityLog\w*|SecurityEvent\w*|EventStore|LedgerEntry|LogEntry)$"
)
_TABLE = lazy.regex(
    r"(?i)\b(?:delete\s+from|truncate(?:\s+table)?|drop\s+table(?:\s+if\s+exists)?|update)\s+[\"`\[]?(?:\w+\.)?(audit(?:_?(?:logs?|events?|trail|entries|entry|records?))?|activity_logs?|security_events?)\b"
)
_KEEPS = lazy.regex(
    r"(?i)retention|archive|prune|expire|purge_old|gdpr|anonymi|cleanup|clean_up|housekeeping|vacuum|merge|uninstall"
)
_AGES = lazy.regex(r"(?:date|time|created|_on|_at|timestamp|updated)\w*__(?:lte?|range)$")
_CUT = lazy.regex(r"(?i)cut_?off|limit|threshold|before|oldest|since|until|timedelta|_ago|expir")
_OFF = lazy.regex(r"(?i)^(?:AUDIT\w*_ENABLED|ENABLE_AUDIT\w*|AUDIT_LOG(?:GING)?)$")


@dataclass(frozen=True)
class AuditChange:
    """A place that changes, clears or stops an audit trail."""

    languages: ClassVar[frozenset[str]] = frozenset({"python", "sql"})
    hint: ClassVar[Hint] = Hint.of(
        "audit",
        "activity_log",
        "activitylog",
        "security_event",
        "securityevent",
        "eventstore",
        "ledgerentry",
        "logentry",
    )

    place: Place
    what: str
    """"rewritten" or "off"."""
    name: str
    kept: bool
    """What is deleted is what is older than it has to be kept, as the names around say; or what is written was empty."""

    @classmethod
    def find(cls, source: Source) -> Iterator["AuditChange"]:
        if kind(source.path) in {"test", "dev"}:
            return
        if source.language == "sql":
            yield from _of_text(cls, source, source.text, 1, "")
            return
        file = reading(source)
        for one in file.nodes:
            match one.node:
                case ast.Call(func=ast.Attribute(attr="delete" | "update" | "bulk_update" | "truncate", value=inner)):
                    model = next((name for part in walk(inner) if _TRAIL.match(name := getattr(part, "id", ""))), "")
                    if model:
                        kept = _is_kept(source, one.where) or _fills_in(one.node) or _is_old(one.node)
                        yield cls(file.place(one.node), "rewritten", model, kept)
                case ast.Call(func=ast.Name(id="delete" | "update"), args=[ast.Name(id=model)]) if _TRAIL.match(model):
                    yield cls(file.place(one.node), "rewritten", model, _is_kept(source, one.where))
                case ast.Constant(value=str() as text) if _TABLE.search(text):
                    if one.statement is not None and not (
                        isinstance(one.statement, ast.Expr) and one.statement.value is one.node
                    ):
                        yield from _of_text(cls, source, text, one.node.lineno, one.where)
                case ast.Assign(targets=[target], value=ast.Constant(value=False)) if _OFF.match(last(spelled(target))):
                    yield cls(file.place(one.node), "off", last(spelled(target)), kept=False)


def _is_kept(source: Source, where: str) -> bool:
    return bool(_KEEPS.search(f"{source.path} {where}"))


def _is_old(call: ast.Call) -> bool:
    """Whether what is deleted is all that is older than a date: `filter(created_on__lte=cutoff).delete()`."""
    asked = [part for part in walk(call.func) if isinstance(part, ast.Call) and last(spelled(part.func)) == "filter"]
    words = [word for part in asked for word in part.keywords]
    return last(spelled(call.func)) == "delete" and any(
        _AGES.search(word.arg or "") and _CUT.search(ast.unparse(word.value)) for word in words
    )


def _fills_in(call: ast.Call) -> bool:
    """Whether an update writes nothing but columns that its filter says are empty: `filter(user=None).update(user=u)`."""
    empty = {
        word.arg.removesuffix("__isnull").removesuffix("_id")
        for part in walk(call.func) if isinstance(part, ast.Call) and last(spelled(part.func)) == "filter"
        for word in part.keywords
        if word.arg and isinstance(word.value, ast.Constant) and word.value.value is (True if word.arg.endswith("__isnull") else None)
    }  # fmt: skip
    written = {(word.arg or "**").removesuffix("_id") for word in call.keywords}
    return last(spelled(call.func)) == "update" and bool(written) and written <= empty


def _of_text(cls: type[AuditChange], source: Source, text: str, first: int, where: str) -> Iterator[AuditChange]:
    plain = re.sub(r"--[^\n]*", lambda found: " " * len(found[0]), text)
    down = re.search(r"(?i)downgrade|down|reverse|rollback", f"{where} {source.path.rpartition('/')[2]}")
    for found in _TABLE.finditer(plain):
        if not (down and "drop" in found[0].lower()):
            line = first + text.count("\n", 0, found.start())
            yield cls(Place.at(source.path, line), "rewritten", found[1], _is_kept(source, where))
