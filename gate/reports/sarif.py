"""The review as SARIF 2.1.0, the way GitHub's code scanning takes it in. It quotes no line of the change."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from gate import __version__
from gate.finding import Action, Finding
from gate.reports._markup import code, prose
from gate.reports._safe import block, clipped, paragraphs, shown, whole
from gate.reports._words import absent, holes
from gate.review import Review
from gate.rule import Place, Rule, Severity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LONGEST = 1024
"""Characters GitHub reads of a rule's descriptions."""
_TAGS = 10
"""Tags GitHub keeps of a rule."""
_LEVELS = {Action.BLOCK: "error", Action.WARN: "warning", Action.NOTE: "note"}
_DEFAULTS = {
    Severity.CRITICAL: "error", Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note",
}  # fmt: skip
_SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
"""GitHub reads above 9 as critical, from 7 high, from 4 medium, below low."""


def render(review: Review) -> str:
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(review)]}
    return json.dumps(log, ensure_ascii=False, indent=2).replace("##[", r"#\u0023[") + "\n"


def _run(review: Review) -> dict[str, Any]:
    rules = sorted({finding.rule.id: finding.rule for finding in review.findings}.items())
    index = {name: number for number, (name, _) in enumerate(rules)}
    extensions = [_extension(ran.name, ran.version) for ran in review.scanners if ran.name != "gate"]
    return {
        "tool": {
            "driver": {
                "name": "gate",
                "version": __version__,
                "rules": [_rule(rule, review.pages) for _, rule in rules],
            },
            "extensions": extensions,
        },
        "automationDetails": {"id": "gate/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "invocations": [_invocation(review)],
        **_told(review.authorship.sentence),
        "results": [_result(finding, index[finding.rule.id]) for finding in review.findings],
    }


def _told(authorship: str) -> dict[str, Any]:
    return {"properties": {"authorship": block(authorship)}} if authorship else {}


def _extension(name: str, version: str) -> dict[str, Any]:
    return {"name": shown(name), **({"version": shown(version)} if version else {})}


def _rule(rule: Rule, pages: str) -> dict[str, Any]:
    name, why, fix = shown(rule.id), block(rule.why), block(rule.fix)
    more = f"gate explain {name}"
    ours = rule.id.startswith(f"{rule.item}/")
    weaknesses = [f"external/cwe/cwe-{number:03}" for number in rule.cwes]
    return {
        "id": name,
        "name": "".join(word.title() for word in name.rpartition("/")[2].split("_")) or name,
        "shortDescription": {"text": clipped(shown(rule.title), _LONGEST) or name},
        "fullDescription": {"text": clipped(why, _LONGEST) or clipped(shown(rule.title), _LONGEST) or name},
        "help": {
            "text": f"{why}\n\nFix: {fix}\n\nMore: {more}",
            "markdown": f"{_marked(rule.why)}\n\n**Fix.** {_marked(rule.fix)}\n\n**More.** {code(more)}",
        },
        **({"helpUri": f"{pages}{name}.md"} if pages else {}),
        "defaultConfiguration": {"level": _DEFAULTS[rule.severity]},
        "properties": {
            "security-severity": _SCORES[rule.severity],
            "precision": "high" if ours else "medium",
            "tags": ["security", *weaknesses][:_TAGS],
        },
    }


def _result(finding: Finding, index: int) -> dict[str, Any]:
    waived = finding.waived
    optional = {
        "suppressions": waived and [{
            "kind": "external", "status": "accepted",
            "justification": block(f"{waived.reason} ({waived.approver}, until {waived.expires})"),
        }],
        "codeFlows": finding.trace and [{"threadFlows": [{"locations": [*_flow(finding)]}]}],
    }  # fmt: skip
    return {
        "ruleId": shown(finding.rule.id),
        "ruleIndex": index,
        "level": _LEVELS[finding.action],
        "message": {"text": _unlinked(block(finding.message)) or shown(finding.rule.title)},
        "locations": [{"physicalLocation": _location(finding.place, _width(finding))}],
        "partialFingerprints": {"primaryLocationLineHash": f"{finding.fingerprint}:1"},
        **{name: value for name, value in optional.items() if value},
        "properties": {
            "severity": finding.severity,
            "scanners": [shown(name) for name in finding.scanners],
            "inDiff": finding.in_diff,
            "cwe": [f"CWE-{number}" for number in finding.cwes],
        },
    }


def _flow(finding: Finding) -> Iterator[dict[str, Any]]:
    for hop in finding.trace:
        note = {"text": _unlinked(block(hop.note))}
        yield {"location": {"physicalLocation": _location(hop.place), "message": note}}


def _location(place: Place, width: int = 0) -> dict[str, Any]:
    """Whole lines; the last column is only known where the source was at hand."""
    lines = {"startLine": place.line, "startColumn": 1, "endLine": place.end_line}
    region = {**lines, "endColumn": width + 1} if width else lines
    return {"artifactLocation": _artifact(place.path), "region": region}


def _width(finding: Finding) -> int:
    """How many characters the last line has."""
    last = [line.text for line in finding.excerpt if line.number == finding.place.end_line]
    return len(last[0]) if last else 0


def _artifact(path: str) -> dict[str, str]:
    """The path as a relative reference, byte for byte."""
    uri = quote(whole(path).encode(errors="surrogateescape"), safe="/")
    return {"uri": uri, "uriBaseId": "%SRCROOT%"}


def _invocation(review: Review) -> dict[str, Any]:
    """Whether all was looked at; what was not is told, in the words of the review."""
    notifications = [*_notifications(review)]
    complete = not review.unknown or review.allow_incomplete
    told = {"toolExecutionNotifications": notifications} if notifications else {}
    return {"executionSuccessful": complete, **told}


def _notifications(review: Review) -> Iterator[dict[str, Any]]:
    for ran in absent(review):
        level = "error" if ran.state == "failed" else "note"
        yield _notification(level, f"{ran.name} {ran.state}: {ran.reason}")
    for answer in review.unknown:
        why = " ".join(answer.reasons)
        yield _notification("error", f"Could not be judged: {answer.item.question} {why}".rstrip())
    for row in holes(review):
        text = f"{row.path} was not, or not wholly, read by {row.scanner}: {row.reason}"
        yield _notification("warning", text, row.path)


def _notification(level: str, text: str, path: str = "") -> dict[str, Any]:
    where = [{"physicalLocation": {"artifactLocation": _artifact(path)}}]
    told = {"level": level, "message": {"text": _unlinked(block(text))}}
    return {**told, "locations": where} if path else told


def _marked(text: str) -> str:
    return "\n\n".join(map(prose, paragraphs(text)))


def _unlinked(text: str) -> str:
    """SARIF reads `[text](1)` as a link in any message; nothing from the change may be one."""
    return text.replace("](", "] (")
