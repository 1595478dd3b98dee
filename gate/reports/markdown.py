"""The review as posted on a pull request: the verdict, what blocks, the rest folded away, the checklist."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from gate.coverage import summary
from gate.finding import Action, Finding
from gate.reports._markup import code, escaped, fenced, prose
from gate.reports._safe import clipped, line, paragraphs, shown, unheard
from gate.reports._words import counted, evidence, grouped, holes, listed, place, reasons, said, verdict
from gate.review import Answer, Review, State, Verdict

LIMIT = 60_000
"""Characters; GitHub refuses a body of more than 65,536, and whoever posts it adds a little."""
ROOM = {
    "blocking": 26_000, "warnings": 9_000, "notes": 2_000, "waived": 2_000, "reasons": 5_000, "asks": 3_000,
    "coverage": 6_000,
}  # fmt: skip
"""How the limit is shared out, so that a flood of one thing never drowns another."""

_LONGEST = 600
"""Characters of one paragraph, before it is escaped."""
_LINES = 30
_COLUMNS = 160
_VERDICTS = {Verdict.PASS: "✅", Verdict.BLOCK: "❌", Verdict.INCOMPLETE: "❓"}
_MARKS = {
    State.PASS: "✅", State.LOOK: "👀", State.STOP: "❌", State.UNKNOWN: "❓", State.IDLE: "⚪",
}  # fmt: skip
_COMMENT = re.compile(r"<!--(?=\s*gate)")
"""A hidden mark of our own; nothing quoted may pass for one."""

Piece = tuple[str, str]
"""A part in full, and the line that stands for it where there is no room."""


def render(review: Review) -> str:
    outcome, *rest = verdict(review)
    parts = [f"## {_VERDICTS[review.verdict]} {prose(outcome)}", *(prose(sentence) for sentence in rest)]
    parts += _fitted(_blocking(review), ROOM["blocking"])
    parts += _folded("warning", [*_warnings(review)], ROOM["warnings"])
    parts += _folded("note", [*_notes(review)], ROOM["notes"])
    parts += _folded("waived finding", [*_waived(review)], ROOM["waived"])
    parts += [*_checklist(review), *_asks(review), *_coverage(review)]
    return _COMMENT.sub(r"<\\x21--", unheard("\n\n".join(parts))) + "\n"


def _blocking(review: Review) -> Iterator[Piece]:
    return _pieces(review, lambda finding: finding.blocks)


def _warnings(review: Review) -> Iterator[Piece]:
    return _pieces(review, lambda finding: finding.action is Action.WARN and not finding.waived)


def _pieces(review: Review, wanted: Callable[[Finding], bool]) -> Iterator[Piece]:
    """Findings, each explained in full; a rule's why and fix are said once."""
    told: set[str] = set()
    for _, findings in grouped(review):
        for finding in filter(wanted, findings):
            yield "\n\n".join(_finding(finding, again=finding.rule.id in told)), _line(finding)
            told.add(finding.rule.id)


def _finding(finding: Finding, *, again: bool) -> Iterator[str]:
    rule = finding.rule
    yield f"### {_said(rule.title)}"
    seen = f"seen by {escaped(listed(finding.scanners))}"
    outside = "" if finding.in_diff else " · on lines the change did not write"
    yield f"**{finding.severity.title()}** · {code(rule.id)} · {_place(finding)} · {seen}{outside}"
    if finding.excerpt:
        yield _excerpt(finding)
    yield from map(_said, said(finding))
    if finding.trace:
        steps = [(code(clipped(place(hop.place), _LONGEST)), _said(hop.note)) for hop in finding.trace[:_LINES]]
        yield "\n".join(f"{number}. {where} {note}" for number, (where, note) in enumerate(steps, 1))
    if not again:
        yield f"**Why.** {_joined(rule.why)}"
        yield f"**Fix.** {_joined(rule.fix)}"
    yield f"More: {code(f'gate explain {rule.id}')}"


def _line(finding: Finding) -> str:
    return f"- **{finding.severity.title()}** · {code(finding.rule.id)} · {_place(finding)}"


def _place(finding: Finding) -> str:
    return code(clipped(place(finding.place), _LONGEST))


def _excerpt(finding: Finding) -> str:
    rows = sorted(finding.excerpt, key=lambda row: row.number)[:_LINES]
    size = len(str(rows[-1].number))
    points = {True: "▸", False: " "}
    texts = [clipped(shown(row.text.expandtabs(4)), _COLUMNS) for row in rows]
    numbered = zip(rows, texts, strict=True)
    return fenced(f"{points[row.marked]} {row.number:>{size}} │ {text}".rstrip() for row, text in numbered)


def _notes(review: Review) -> Iterator[Piece]:
    for _, findings in grouped(review):
        for finding in findings:
            if finding.action is Action.NOTE and not finding.waived:
                yield f"- {_place(finding)} · {code(finding.rule.id)} · {_said(finding.message)}", ""


def _waived(review: Review) -> Iterator[Piece]:
    for finding in review.findings:
        if waived := finding.waived:
            by = f"{escaped(waived.approver)} until {escaped(waived.expires)}: {_said(waived.reason)}"
            yield f"{_line(finding)}, waived by {by}", ""


def _checklist(review: Review) -> Iterator[str]:
    if not review.answers:
        return
    yield "## Checklist"
    yield "\n".join(["| | Question | Evidence |", "|---|---|---|", *_rows(review)])
    if why := [_reason(reason, answers) for reason, answers in reasons(review).items()]:
        yield "\n".join(_fitted(why, ROOM["reasons"]))


def _rows(review: Review) -> Iterator[str]:
    for section, answers in groupby(review.answers, key=lambda answer: answer.item.section):
        yield f"| | **{escaped(section)}** | |"
        for answer in answers:
            rests_on = escaped(clipped(evidence(answer), _COLUMNS))
            yield f"| {_MARKS[answer.state]} | {escaped(answer.item.question)} | {rests_on} |"


def _reason(reason: str, answers: list[Answer]) -> Piece:
    return f"- {_MARKS[answers[0].state]} {listed([code(a.item.id) for a in answers])}: {_said(reason)}", ""


def _asks(review: Review) -> Iterator[str]:
    asks = [(f"- [ ] {_said(ask)} ({code(a.item.id)})", "") for a in review.answers for ask in a.asks]
    if asks:
        yield "### For a person to confirm"
        yield "\n".join(_fitted(asks, ROOM["asks"]))


def _coverage(review: Review) -> Iterator[str]:
    table = [("| Scanner | Version | Ran | |\n|---|---|---|---|", "")]
    for ran in review.scanners:
        cells = (ran.name, ran.version, ran.state, ran.reason)
        table.append((f"| {' | '.join(escaped(clipped(cell, _LONGEST)) for cell in cells)} |", ""))
    remarks = [(f"- {_said(note)}", "") for note in review.notes]
    unread = [
        (f"- {code(clipped(row.path, _LONGEST))}, {escaped(row.scanner)}: {_said(row.reason)}", "")
        for row in holes(review)
    ]
    room = ROOM["coverage"] // 3
    inside = ["\n".join(_fitted(pieces, room)) for pieces in (table, unread, remarks) if pieces]
    yield _details(f"{summary(review.coverage)}", inside)


def _folded(noun: str, pieces: list[Piece], room: int) -> Iterator[str]:
    if pieces:
        listing = pieces[0][0].startswith("- ")
        fitted = _fitted(pieces, room)
        yield _details(counted(len(pieces), noun), ["\n".join(fitted)] if listing else fitted)


def _details(title: str, inside: Iterable[str]) -> str:
    return "\n\n".join([f"<details><summary>{title}</summary>", *inside, "</details>"])


def _fitted(pieces: Iterable[Piece], room: int) -> list[str]:
    """The pieces, in full within two thirds of the room, then by their line, then by their number."""
    fitted: list[str] = []
    left, dropped = room - 200, 0
    for full, brief in pieces:
        spare = room // 3 if brief else 0
        part = full if len(full) + 2 <= left - spare else brief
        if dropped or not part or len(part) + 2 > left:
            dropped += 1
            continue
        fitted.append(part)
        left -= len(part) + 2
    if dropped:
        fitted.append(f"*And {dropped} more, left out to keep this short: `gate scan` shows them all.*")
    return fitted


def _said(text: str) -> str:
    return prose(clipped(line(text), _LONGEST))


def _joined(text: str) -> str:
    return "\n\n".join(map(_said, paragraphs(text)))
