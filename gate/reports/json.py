"""The review as data, schema-versioned: `_review.schema.json` beside this file is its JSON Schema."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gate.authorship import Authorship
from gate.coverage import Row
from gate.finding import Finding
from gate.reports._safe import block, shown
from gate.review import Answer, Ran, Review
from gate.rule import Hop

SCHEMA = Path(__file__).with_name("_review.schema.json")


def render(review: Review) -> str:
    """Equal reviews give equal bytes, but for what is under `timing` and `environment`."""
    owasp = {answer.item.id: answer.item.owasp for answer in review.answers}
    text = json.dumps(
        {
            "schema": 1,
            "verdict": review.verdict,
            "base": shown(review.base),
            "head": shown(review.head),
            "findings": [_finding(finding, owasp.get(finding.rule.item, "")) for finding in review.findings],
            "checklist": [_answer(answer) for answer in review.answers],
            "coverage": [_row(row) for row in review.coverage],
            "scanners": [_ran(ran) for ran in review.scanners],
            "authorship": _authorship(review.authorship),
            "notes": [block(note) for note in review.notes],
            "allow_incomplete": review.allow_incomplete,
            "timing": {shown(ran.name): round(ran.seconds, 3) for ran in review.scanners},
            "environment": plain(review.environment),
        },
        ensure_ascii=False, indent=2, allow_nan=False,
    )  # fmt: skip
    return text.replace("##[", r"#\u0023[") + "\n"  # the same string, and no command to a CI runner's log


def _authorship(found: Authorship) -> dict[str, Any]:
    if not (found.commits or found.declared):
        return {}
    tools = [
        {"name": shown(name), "commits": found.tools.get(name, 0), "also": list(found.around.get(name, ()))}
        for name in dict.fromkeys([*found.tools, *found.around])
    ]
    return {"commits": found.commits, "declaring": found.declaring, "tools": tools, "held": found.held}


def plain(value: Any) -> Any:
    """A value of the environment as JSON has it, its strings safe to show."""
    if isinstance(value, Mapping):
        return {shown(str(key)): plain(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float) else block(str(value))


def _finding(finding: Finding, owasp: str) -> dict[str, Any]:
    rule, place, waived, mend = finding.rule, finding.place, finding.waived, finding.mend
    return {
        "rule": shown(rule.id),
        "title": shown(rule.title),
        "severity": finding.severity,
        "action": finding.action,
        "path": shown(place.path),
        "line": place.line,
        "end_line": place.end_line,
        "in_diff": finding.in_diff,
        "message": block(finding.message),
        "why": block(rule.why),
        "fix": block(rule.fix),
        "cwe": list(finding.cwes),
        "owasp": owasp,
        "item": shown(rule.item),
        "fingerprint": finding.fingerprint,
        "scanners": [shown(name) for name in finding.scanners],
        "waived": waived and {name: block(text) for name, text in vars(waived).items()},
        "trace": [_hop(hop) for hop in finding.trace],
        "mend": mend and {"line": mend.place.line, "end_line": mend.place.end_line, "text": block(mend.text)},
        "excerpt": [
            {"number": line.number, "text": shown(line.text.expandtabs(4)), "marked": line.marked}
            for line in finding.excerpt
        ],
    }


def _hop(hop: Hop) -> dict[str, Any]:
    place = hop.place
    return {
        "path": shown(place.path),
        "line": place.line,
        "end_line": place.end_line,
        "note": block(hop.note),
    }


def _answer(answer: Answer) -> dict[str, Any]:
    item = answer.item
    return {
        "item": item.id,
        "section": item.section,
        "question": block(item.question),
        "state": answer.state,
        "owasp": item.owasp,
        "seen": {shown(name): answer.seen[name] for name in sorted(answer.seen)},
        "reasons": [block(reason) for reason in answer.reasons],
        "asks": [block(ask) for ask in answer.asks],
        "confirmed": [block(ask) for ask in answer.confirmed],
        "owed": [block(sentence) for sentence in answer.owed],
        "mended": [block(sentence) for sentence in answer.mended],
        "findings": [finding.fingerprint for finding in answer.findings],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "path": shown(row.path),
        "scanner": shown(row.scanner),
        "state": row.state,
        "reason": block(row.reason),
        "hole": row.hole,
    }


def _ran(ran: Ran) -> dict[str, Any]:
    return {
        "name": shown(ran.name),
        "version": shown(ran.version),
        "state": ran.state,
        "reason": block(ran.reason),
    }
