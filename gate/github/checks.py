"""The verdict beside the commit: a check run with annotations, and a commit status."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from gate.finding import Action, Finding
from gate.github.client import Call, Client, GitHubError, understood
from gate.reports import markdown
from gate.reports._safe import block, clipped, line, shown
from gate.reports._words import verdict
from gate.review import Review, Verdict

CHECK = "gate verdict"
"""Not `gate`: a job of that name has a check run of that name, and GitHub would take either for the other."""
STATUS = "gate"
_ANNOTATIONS = 50
"""What one request may hold; a second one would add its own once more if its answer were lost and it were repeated."""
_SUMMARY = 60_000
_DESCRIPTION = 140
_STATES = {Verdict.PASS: "success", Verdict.BLOCK: "failure", Verdict.INCOMPLETE: "error"}
_LEVELS = {Action.BLOCK: "failure", Action.WARN: "warning", Action.NOTE: "notice"}


@dataclass(frozen=True)
class Beside:
    """A call, and whether a commit shows its like already."""

    name: str
    call: Call
    shown: Callable[[Client], bool]


def beside(review: Review, repository: str, *, check: bool, status: bool) -> tuple[Beside, ...]:
    """What is to stand beside the commit that was judged."""
    wanted = [_check(review, repository)] * check + [_status(review, repository)] * status
    return tuple(wanted)


def post(client: Client, wanted: tuple[Beside, ...]) -> Iterator[str]:
    """Post what is not there yet; yields what went wrong, a sentence each."""
    for one in wanted:
        try:
            _post(client, one)
        except GitHubError as error:
            yield f"The {one.name} could not be written: {error}"


def _post(client: Client, one: Beside) -> None:
    if one.shown(client):
        return
    try:
        client.write(one.call)
    except GitHubError as error:
        if not error.unsure:
            raise
        if not one.shown(client):
            client.write(one.call)


def _check(review: Review, repository: str) -> Beside:
    live = sorted((f for f in review.findings if not f.waived), key=lambda f: (not f.blocks, -f.severity.rank, f.place))
    output = {
        "title": clipped(verdict(review)[0], 200),
        "summary": clipped(markdown.render(review), _SUMMARY),
        "annotations": [_annotation(finding) for finding in live[:_ANNOTATIONS]],
    }
    name = hashlib.sha256(json.dumps([review.head, output]).encode()).hexdigest()
    conclusion = "success" if review.verdict is Verdict.PASS else "failure"  # `neutral` would satisfy a required check
    body = {
        "name": CHECK, "head_sha": review.head, "status": "completed", "conclusion": conclusion, "external_id": name,
        "output": output,
    }  # fmt: skip

    def there(client: Client) -> bool:
        with understood():
            runs = client.get(f"commits/{review.head}/check-runs", check_name=CHECK, filter="latest")["check_runs"]
            return any(run["external_id"] == name for run in runs)

    return Beside("check run", Call("POST", f"/repos/{repository}/check-runs", body), there)


def _annotation(finding: Finding) -> dict[str, Any]:
    return {
        "path": shown(finding.place.path),
        "start_line": finding.place.line,
        "end_line": finding.place.end_line,
        "annotation_level": _LEVELS[finding.action],
        "title": clipped(f"{finding.rule.id}: {line(finding.rule.title)}", 200),
        "message": clipped(
            block(f"{finding.message}\n\nFix: {finding.rule.fix}\n\ngate explain {finding.rule.id}"), 4000
        ),
    }


def _status(review: Review, repository: str) -> Beside:
    state, description = _STATES[review.verdict], clipped(verdict(review)[0], _DESCRIPTION)
    body = {"state": state, "context": STATUS, "description": description}

    def there(client: Client) -> bool:
        with understood():
            listed = client.rows(f"commits/{review.head}/statuses")
            last: dict[str, Any] = next((one for one in listed if one["context"] == STATUS), {})
            return (last.get("state"), last.get("description")) == (state, description)

    return Beside("commit status", Call("POST", f"/repos/{repository}/statuses/{review.head}", body), there)
