"""The findings as annotations: workflow commands that a GitHub runner takes from the log of a step.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Iterator

from gate.finding import Action, Finding
from gate.reports._safe import clipped, line, shown, unheard
from gate.reports._words import counted, grouped, verdict
from gate.review import Review, Verdict

LIMIT = 10
"""Annotations of one level GitHub keeps of a step; of what comes after, nobody hears."""

_LEVELS = {Action.BLOCK: "error", Action.WARN: "warning", Action.NOTE: "notice"}
_VERDICTS = {Verdict.BLOCK: "error", Verdict.INCOMPLETE: "error", Verdict.PASS: "notice"}
_LONGEST = 1_000
"""Characters of one annotation; the rest is in the summary."""


def render(review: Review) -> str:
    """The verdict, then of each level as many findings as are shown, the gravest first."""
    said = [_command(_VERDICTS[review.verdict], " ".join(verdict(review)), title="gate")]
    for action, level in _LEVELS.items():
        found = [f for _, group in grouped(review) for f in group if f.action is action and not f.waived]
        found.sort(key=lambda finding: -finding.severity.rank)
        said += _annotations(level, found, LIMIT - (level == _VERDICTS[review.verdict]))
    return "\n".join(said) + "\n"


def _annotations(level: str, findings: list[Finding], room: int) -> Iterator[str]:
    kept = findings if len(findings) <= room else findings[: room - 1]
    for finding in kept:
        place = finding.place
        message = f"{line(finding.message)} Fix: {line(finding.rule.fix)}"
        yield _command(
            level, clipped(message, _LONGEST), file=place.path, line=place.line, endLine=place.end_line,
            title=f"{finding.rule.id}: {finding.rule.title}",
        )  # fmt: skip
    if len(findings) > len(kept):
        more = counted(len(findings) - len(kept), "finding") + " more at this level"
        yield _command(level, f"And {more}; the summary of the job and the reports tell them.", title="gate")


def _command(level: str, message: str, **properties: object) -> str:
    said = ",".join(f"{name}={_property(shown(str(value)))}" for name, value in properties.items())
    return f"::{level} {said}::{_data(shown(message))}"


def _data(text: str) -> str:
    return unheard(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
