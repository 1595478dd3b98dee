"""One finding in Markdown: in full, tucked away, on one line, or as the comment on its line of a diff."""

from collections.abc import Iterator

from gate import lazy
from gate.finding import Action, Finding
from gate.reports._markup import code, details, escaped, fenced, html, prose
from gate.reports._safe import clipped, line, paragraphs, shown, unheard
from gate.reports._words import listed, place, said
from gate.rule import Rule

LONGEST = 600
"""Characters of one paragraph, before it is escaped."""

_LINES = 30
_COLUMNS = 160
_ICONS = {Action.BLOCK: "❌", Action.WARN: "⚠️", Action.NOTE: "📝"}
_COMMENT = lazy.regex(r"<!--(?=\s*gate)")
"""A hidden mark of our own; nothing quoted may pass for one."""


def full(finding: Finding, pages: str, *, again: bool) -> str:
    """The finding under a heading; `again` leaves out the why and the fix, which stand further up."""
    parts = [f"### {sentence(finding.rule.title)}", _facts(finding), *_explained(finding, pages, again=again)]
    return "\n\n".join(parts)


def tucked(finding: Finding, pages: str, *, again: bool) -> str:
    """The same behind one line."""
    where = html(f"`{clipped(place(finding.place), LONGEST)}`")
    title = f"{_ICONS[finding.action]} <b>{finding.severity.title()}</b> · {html(line(finding.rule.title))} · {where}"
    return details(title, [_facts(finding), *_explained(finding, pages, again=again)])


def brief(finding: Finding) -> str:
    """The finding on one line of a list."""
    return f"- **{finding.severity.title()}** · {code(finding.rule.id)} · {located(finding)}"


def comment(finding: Finding, pages: str, *, suggest: bool = False) -> str:
    """The finding as said to its author, on the line itself; the code is there to be seen.

    `suggest` adds the mend as GitHub's suggestion, which replaces the lines the comment stands on.
    """
    rule = finding.rule
    parts = [f"{_ICONS[finding.action]} **{finding.severity.title()}: {sentence(rule.title)}**"]
    parts += [*map(sentence, said(finding)), *_steps(finding), f"**Fix.** {_joined(rule.fix)}"]
    if suggest and finding.mend:
        parts.append(fenced(finding.mend.text.split("\n") if finding.mend.text else [], "suggestion"))
    more = f"{code(rule.id)} · seen by {escaped(listed(finding.scanners))} · {_page(rule, pages)}"
    return meek("\n\n".join([*parts, details("Why it matters", [_joined(rule.why)]), f"<sub>{more}</sub>"]))


def located(finding: Finding) -> str:
    return code(clipped(place(finding.place), LONGEST))


def sentence(text: str) -> str:
    return prose(clipped(line(text), LONGEST))


def meek(text: str) -> str:
    """A finished text in which nothing quoted is a mark of ours or a command to a CI runner."""
    return _COMMENT.sub(r"<\\x21--", unheard(text))


def _facts(finding: Finding) -> str:
    seen = f"seen by {escaped(listed(finding.scanners))}"
    outside = "" if finding.in_diff else " · on lines the change did not write"
    rule = code(finding.rule.id)
    return f"**{finding.severity.title()}** · {rule} · {located(finding)} · {seen}{outside}"


def _explained(finding: Finding, pages: str, *, again: bool) -> Iterator[str]:
    rule = finding.rule
    if finding.excerpt:
        yield _excerpt(finding)
    yield from map(sentence, said(finding))
    yield from _steps(finding)
    if not again:
        yield f"**Why.** {_joined(rule.why)}"
        yield f"**Fix.** {_joined(rule.fix)}"
    yield f"More: {_page(rule, pages)}"


def _page(rule: Rule, pages: str) -> str:
    """The command that prints a rule's page, and a link to that page where its address is known."""
    command = code(f"gate explain {rule.id}")
    return f"[{command}]({pages}{rule.id}.md)" if pages else command


def _steps(finding: Finding) -> Iterator[str]:
    if finding.trace:
        steps = [(code(clipped(place(hop.place), LONGEST)), sentence(hop.note)) for hop in finding.trace[:_LINES]]
        yield "\n".join(f"{number}. {where} {note}" for number, (where, note) in enumerate(steps, 1))


def _excerpt(finding: Finding) -> str:
    rows = sorted(finding.excerpt, key=lambda row: row.number)[:_LINES]
    size = len(str(rows[-1].number))
    points = {True: "▸", False: " "}
    texts = [clipped(shown(row.text.expandtabs(4)), _COLUMNS) for row in rows]
    numbered = zip(rows, texts, strict=True)
    return fenced(f"{points[row.marked]} {row.number:>{size}} │ {text}".rstrip() for row, text in numbered)


def _joined(text: str) -> str:
    return "\n\n".join(map(sentence, paragraphs(text)))
