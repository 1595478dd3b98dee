"""The review as posted on a pull request: the verdict, what blocks, the rest folded away, the checklist."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from gate.coverage import summary
from gate.finding import Action, Finding
from gate.reports._findings import LONGEST, brief, full, located, meek, sentence, tucked
from gate.reports._markup import code, details, escaped, prose
from gate.reports._safe import clipped
from gate.reports._words import counted, evidence, grouped, holes, listed, reasons, verdict
from gate.review import Answer, Review, State, Verdict

LIMIT = 60_000
"""Characters; GitHub refuses a body of more than 65,536, and whoever posts it adds a little."""
ROOM = {
    "blocking": 26_000, "warnings": 9_000, "notes": 2_000, "waived": 2_000, "reasons": 5_000, "asks": 3_000,
    "coverage": 6_000,
}  # fmt: skip
"""How the limit is shared out, so that a flood of one thing never drowns another."""

_COLUMNS = 160
_VERDICTS = {Verdict.PASS: "✅", Verdict.BLOCK: "❌", Verdict.INCOMPLETE: "❓"}
_MARKS = {
    State.PASS: "✅", State.LOOK: "👀", State.STOP: "❌", State.UNKNOWN: "❓", State.IDLE: "⚪",
}  # fmt: skip
_TICKED = (
    "Ticks are read in the description of the pull request, under a heading *Security* that names the commit; here "
    "they are not."
)
Room = Mapping[str, int]
Piece = tuple[str, str]
"""A part in full, and the line that stands for it where there is no room."""


def render(
    review: Review, *, folded: Container[str] = frozenset(), remarks: Sequence[str] = (), share: float = 1
) -> str:
    """The review; findings whose fingerprint is in `folded` open on a click, since a comment tells of them too.

    `remarks` are sentences about the run that nobody may miss. `share` scales the room there is for each part.
    """
    room = {part: int(size * share) for part, size in ROOM.items()}
    outcome, *rest = verdict(review)
    parts = [f"## {_VERDICTS[review.verdict]} {prose(outcome)}", *(f"> {prose(remark)}" for remark in remarks)]
    parts += [prose(sentence) for sentence in (*rest, review.authorship.sentence) if sentence]
    if any(finding.fingerprint in folded for finding in review.blocking):
        parts.append("What opens on a click has a comment on its line of the diff, too.")
    parts += _fitted(_blocking(review, folded), room["blocking"])
    parts += _folded("warning", [*_warnings(review, folded)], room["warnings"])
    parts += _folded("note", [*_notes(review)], room["notes"])
    parts += _folded("waived finding", [*_waived(review)], room["waived"])
    parts += [*_checklist(review, room), *_asks(review, room), *_coverage(review, room)]
    return meek("\n\n".join(parts)) + "\n"


def _blocking(review: Review, folded: Container[str]) -> Iterator[Piece]:
    return _pieces(review, lambda finding: finding.blocks, folded)


def _warnings(review: Review, folded: Container[str]) -> Iterator[Piece]:
    return _pieces(review, lambda finding: finding.action is Action.WARN and not finding.waived, folded)


def _pieces(review: Review, wanted: Callable[[Finding], bool], folded: Container[str]) -> Iterator[Piece]:
    """Findings, each explained in full; a rule's why and fix are said once."""
    told: set[str] = set()
    for _, findings in grouped(review):
        for finding in filter(wanted, findings):
            show = tucked if finding.fingerprint in folded else full
            yield show(finding, review.pages, again=finding.rule.id in told), brief(finding)
            told.add(finding.rule.id)


def _notes(review: Review) -> Iterator[Piece]:
    for _, findings in grouped(review):
        for finding in findings:
            if finding.action is Action.NOTE and not finding.waived:
                yield f"- {located(finding)} · {code(finding.rule.id)} · {sentence(finding.message)}", ""


def _waived(review: Review) -> Iterator[Piece]:
    for finding in review.findings:
        if waived := finding.waived:
            by = f"{escaped(waived.approver)} until {escaped(waived.expires)}: {sentence(waived.reason)}"
            yield f"{brief(finding)}, waived by {by}", ""


def _checklist(review: Review, room: Room) -> Iterator[str]:
    if not review.answers:
        return
    yield "## Checklist"
    yield "\n".join(["| | Question | Evidence |", "|---|---|---|", *_rows(review)])
    why = [_reason(reason, answers) for reason, answers in reasons(review).items()]
    why += [(f"- ✅ {code(a.item.id)}: {sentence(gone)}", "") for a in review.answers for gone in a.mended]
    if why:
        yield "\n".join(_fitted(why, room["reasons"]))


def _rows(review: Review) -> Iterator[str]:
    for section, answers in groupby(review.answers, key=lambda answer: answer.item.section):
        yield f"| | **{escaped(section)}** | |"
        for answer in answers:
            rests_on = escaped(clipped(evidence(answer), _COLUMNS))
            yield f"| {_MARKS[answer.state]} | {escaped(answer.item.question)} | {rests_on} |"


def _reason(reason: str, answers: list[Answer]) -> Piece:
    return f"- {_MARKS[answers[0].state]} {listed([code(a.item.id) for a in answers])}: {sentence(reason)}", ""


def _asks(review: Review, room: Room) -> Iterator[str]:
    owed = [(f"- ❌ {sentence(debt)}", "") for debt in review.owed]
    if owed:
        yield "### Owed by a person, says the base policy"
        yield "\n".join(_fitted(owed, room["asks"]))
    asks = [(_ask(a, ask), "") for a in review.answers for ask in a.asks]
    if asks:
        yield "### For a person to confirm"
        yield _TICKED
        yield "\n".join(_fitted(asks, room["asks"]))


def _ask(answer: Answer, ask: str) -> str:
    return f"- [{'x' if ask in answer.confirmed else ' '}] {sentence(ask)} ({code(answer.item.id)})"


def _coverage(review: Review, room: Room) -> Iterator[str]:
    table = [("| Scanner | Version | Ran | |\n|---|---|---|---|", "")]
    for ran in review.scanners:
        cells = (ran.name, ran.version, ran.state, ran.reason)
        table.append((f"| {' | '.join(escaped(clipped(cell, LONGEST)) for cell in cells)} |", ""))
    remarks = [(f"- {sentence(note)}", "") for note in review.notes]
    unread = [
        (f"- {code(clipped(row.path, LONGEST))}, {escaped(row.scanner)}: {sentence(row.reason)}", "")
        for row in holes(review)
    ]
    third = room["coverage"] // 3
    inside = ["\n".join(_fitted(pieces, third)) for pieces in (table, unread, remarks) if pieces]
    yield details(f"{summary(review.coverage)}", inside)


def _folded(noun: str, pieces: list[Piece], room: int) -> Iterator[str]:
    if pieces:
        listing = pieces[0][0].startswith("- ")
        fitted = _fitted(pieces, room)
        yield details(counted(len(pieces), noun), ["\n".join(fitted)] if listing else fitted)


def _fitted(pieces: Iterable[Piece], room: int) -> list[str]:
    """The pieces, in full within two thirds of the room, then by their line, then by their number."""
    fitted: list[str] = []
    left, dropped = room - 200, 0
    for whole, line in pieces:
        spare = room // 3 if line else 0
        part = whole if len(whole) + 2 <= left - spare else line
        if dropped or not part or len(part) + 2 > left:
            dropped += 1
            continue
        fitted.append(part)
        left -= len(part) + 2
    if dropped:
        fitted.append(f"*And {dropped} more, left out to keep this short: `gate scan` shows them all.*")
    return fitted
