"""The review as people read it in a terminal: the findings, the checklist, what was left out, the verdict.

Only this module loads rich, and only as `Text` objects: nothing from the change is ever parsed as markup.
"""

from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import groupby

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule as Ruler
from rich.table import Table
from rich.text import Text

from gate import lazy
from gate.coverage import summary
from gate.finding import Action, Finding, Line
from gate.reports._safe import line, paragraphs, shown, unheard
from gate.reports._words import absent, evidence, grouped, holes, items, listed, place, reasons, said, verdict
from gate.review import Answer, Review, State, Verdict
from gate.rule import Item, Severity

WIDTH = 100
WIDEST = 120
"""Columns; longer lines than that are hard to read, however wide the terminal."""
HOLES = 20

_LOUD = {
    Severity.CRITICAL: "bold red", Severity.HIGH: "bold red", Severity.MEDIUM: "bold yellow",
    Severity.LOW: "cyan",
}  # fmt: skip
_SIGNS = {Action.BLOCK: ("✗", "bold red"), Action.WARN: ("!", "bold yellow"), Action.NOTE: ("·", "cyan")}
_MARKS = {
    State.PASS: ("✓", "green"), State.LOOK: ("!", "bold yellow"), State.STOP: ("✗", "bold red"),
    State.UNKNOWN: ("?", "bold magenta"), State.IDLE: ("-", "dim"),
}  # fmt: skip
_VERDICTS = {Verdict.PASS: "bold green", Verdict.BLOCK: "bold red", Verdict.INCOMPLETE: "bold magenta"}
_CODE = lazy.regex(r"`[^`]+`")


def render(review: Review) -> str:
    """The review for a file or a log: plain, at a width most places show whole."""
    return show(review, WIDTH, colour=False)


def show(review: Review, width: int, *, colour: bool, checklist: bool = True) -> str:
    """The review at a width in columns; without `colour` there is no escape code in it."""
    out = StringIO()
    console = Console(
        file=out, width=max(40, min(width, WIDEST)), color_system="standard" if colour else None,
        force_terminal=colour, force_jupyter=False, no_color=not colour, markup=False, emoji=False,
        highlight=False, legacy_windows=False, _environ={},
    )  # fmt: skip
    answers = _checklist(review) if checklist else ()
    for part in (*_findings(review), *answers, *_left_out(review), *_last(review)):
        console.print(part)
    return unheard("\n".join(row.rstrip() for row in out.getvalue().split("\n"))).lstrip("\n")


def _findings(review: Review) -> Iterator[RenderableType]:
    told: set[str] = set()
    for item, findings in grouped(review):
        yield from _heading(item)
        for finding in findings:
            if finding.waived:
                yield from _waived(finding)
            elif finding.action is not Action.NOTE:
                yield from _finding(finding, again=finding.rule.id in told)
                told.add(finding.rule.id)
        notes = [finding for finding in findings if finding.action is Action.NOTE and not finding.waived]
        if notes:
            yield from ("", *map(_note, notes))


def _heading(item: Item | None) -> Iterator[RenderableType]:
    title = f"{item.section} · {shown(item.id)}" if item else "Beyond the checklist"
    yield from ("", Ruler(Text(title, "bold"), align="left", style="dim"))
    if item:
        yield Text(shown(item.question), "italic")


def _finding(finding: Finding, *, again: bool) -> Iterator[RenderableType]:
    yield ""
    yield _title(finding)
    yield _indented(_where(finding))
    if finding.excerpt:
        yield from ("", _indented(_excerpt(finding.excerpt)))
    if message := said(finding):
        yield ""
        yield from (_indented(_prose(text)) for text in message)
    yield from ("", _indented(_reasons(finding, again=again)))


def _title(finding: Finding) -> RenderableType:
    sign, style = _SIGNS[finding.action]
    words = Text.assemble(
        (finding.severity.upper(), _LOUD[finding.severity]), "  ", (shown(finding.rule.id), "bold"), "  ",
        _prose(line(finding.rule.title)),
    )  # fmt: skip
    return _columns((Text(sign, style), words))


def _where(finding: Finding) -> Text:
    by = f"seen by {listed([shown(name) for name in finding.scanners])}"
    outside = "" if finding.in_diff else ", on lines the change did not write"
    return Text.assemble((place(finding.place), "cyan"), (f"  {by}{outside}", "dim"))


def _excerpt(lines: Iterable[Line]) -> RenderableType:
    """The source with its line numbers; what is meant is pointed at, a gap in the numbers is shown."""
    rows = sorted(lines, key=lambda row: row.number)
    size = len(str(rows[-1].number))
    parts: list[Text] = []
    for before, row in zip([rows[0], *rows], rows, strict=False):
        if row.number > before.number + 1:
            parts.append(Text(f"  {'⋮':>{size}}", "dim"))
        point, gutter, style = ("▸", "bold red", "bold") if row.marked else (" ", "dim", "dim")
        code = shown(row.text.expandtabs(4))
        parts.append(Text.assemble((f"{point} {row.number:>{size}} │ ", gutter), (code, style)))
    for part in parts:
        part.no_wrap, part.overflow = True, "ellipsis"
    return Group(*parts)


def _reasons(finding: Finding, *, again: bool) -> RenderableType:
    """Why, fix and trace; a rule broken many times is explained once."""
    rows: list[tuple[RenderableType, RenderableType]] = []
    if finding.trace:
        steps = [(Text(place(hop.place), "cyan"), _prose(line(hop.note))) for hop in finding.trace]
        rows.append((Text("Path", "bold"), _columns(*steps)))
    if not again:
        rows.append((Text("Why", "bold"), _paragraphs(finding.rule.why)))
        rows.append((Text("Fix", "bold green"), _paragraphs(finding.rule.fix)))
    rows.append((Text("More", "dim"), Text(f"gate explain {shown(finding.rule.id)}", "dim")))
    return _columns(*rows)


def _waived(finding: Finding) -> Iterator[RenderableType]:
    waived = finding.waived
    if waived:
        head = f"{finding.severity.upper()}  {shown(finding.rule.id)}  {shown(finding.rule.title)}"
        why = f"Waived by {shown(waived.approver)} until {shown(waived.expires)}: {line(waived.reason)}"
        yield from ("", _columns((Text("-", "dim"), Text(head, "dim"))))
        yield _indented(Text(f"{place(finding.place)}\n{why}", "dim"))


def _note(finding: Finding) -> RenderableType:
    sign, style = _SIGNS[Action.NOTE]
    words = Text.assemble((place(finding.place), "cyan"), "  ", (shown(finding.rule.id), "bold"), "  ")
    return _columns((Text(sign, style), words.append_text(_prose(line(finding.message)))))


def _checklist(review: Review) -> Iterator[RenderableType]:
    if not review.answers:
        return
    why = reasons(review)
    yield from ("", Ruler(Text("Checklist", "bold"), align="left", style="dim"))
    for section, answers in groupby(review.answers, key=lambda answer: answer.item.section):
        yield from ("", Text(section, "bold"))
        for answer in answers:
            yield _Answered(answer, [reason for reason in answer.reasons if len(why[reason]) == 1])
    shared = {reason: asked for reason, asked in why.items() if len(asked) > 1}
    if shared:
        yield from ("", Text("Several questions", "bold"))
    for reason, asked in shared.items():
        mark, style = _MARKS[asked[0].state]
        words = Text.assemble(_prose(line(reason)), (f" ({items(asked)})", "dim"))
        yield _columns((Text(mark, style), words))


class _Answered:
    """One line of the checklist, its columns shared out by the width there is."""

    def __init__(self, answer: Answer, reasons: Iterable[str]) -> None:
        self.answer = answer
        self.reasons = reasons

    def __rich_console__(self, console: Console, options: object) -> Iterator[RenderableType]:
        answer = self.answer
        mark, style = _MARKS[answer.state]
        quiet = {State.PASS: "", State.IDLE: "dim"}.get(answer.state)
        right = console.width * 2 // 5
        grid = Table.grid(padding=(0, 2, 0, 0))
        for width in (1, console.width - right - 5, right):
            grid.add_column(width=width)
        rests_on = Text(evidence(answer), style if quiet is None else quiet)
        grid.add_row(Text(mark, style), Text(shown(answer.item.question), quiet or ""), rests_on)
        yield grid
        for reason in self.reasons:
            yield Padding(_prose(line(reason)), (0, 0, 0, 5))
        for gone in answer.mended:
            yield Padding(_columns((Text("✓", "green"), _prose(line(gone)))), (0, 0, 0, 5))
        for debt in answer.owed:
            yield Padding(_columns((Text("✗", "bold red"), _prose(line(debt)))), (0, 0, 0, 5))
        for ask in answer.asks:
            box = ("☑", "green") if ask in answer.confirmed else ("☐", "yellow")
            yield Padding(_columns((Text(*box), _prose(line(ask)))), (0, 0, 0, 5))


def _left_out(review: Review) -> Iterator[RenderableType]:
    missing, unread = absent(review), holes(review)
    if not (missing or unread or review.notes):
        return
    yield from ("", Ruler(Text("Not looked at, and other remarks", "bold"), align="left", style="dim"), "")
    for ran in missing:
        failed = ran.state == "failed"
        words = Text.assemble((f"{shown(ran.name)} {shown(ran.state)}", "bold"), f": {line(ran.reason)}")
        yield _columns((Text(*(("✗", "bold red") if failed else ("-", "dim"))), words))
    for row in unread[:HOLES]:
        words = Text.assemble((shown(row.path), "cyan"), f"  {shown(row.scanner)}: {line(row.reason)}")
        yield _columns((Text("?", "bold magenta"), words))
    if len(unread) > HOLES:
        more = f"and {len(unread) - HOLES} more, which `gate scan --format json` lists"
        yield _columns((Text("?", "bold magenta"), _prose(more)))
    for note in review.notes:
        yield _columns((Text("·", "cyan"), _prose(line(note))))


def _last(review: Review) -> Iterator[RenderableType]:
    compared = f"Compared {shown(review.base)[:12] or 'nothing'} with {shown(review.head)[:12] or 'nothing'}."
    yield from ("", Ruler(style="dim"), Text(f"{compared} {summary(review.coverage)}"))
    if review.authorship.sentence:
        yield _prose(line(review.authorship.sentence))
    yield Text(" ".join(verdict(review)), _VERDICTS[review.verdict])


def _columns(*rows: tuple[RenderableType, ...]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    for row in rows:
        grid.add_row(*row)
    return grid


def _indented(part: RenderableType) -> Padding:
    return Padding(part, (0, 0, 0, 3))


def _paragraphs(text: str) -> RenderableType:
    return Group(*map(_prose, paragraphs(text)))


def _prose(text: str) -> Text:
    """A sentence, the names in backticks set apart."""
    prose = Text(text)
    prose.highlight_regex(_CODE, "cyan")
    return prose
