"""What every report says in the same words: the verdict, places, counts, evidence."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gate.coverage import Row
from gate.finding import Action, Finding
from gate.reports._safe import paragraphs, shown
from gate.review import Answer, Ran, Review, State, Verdict
from gate.rule import Item, Place

_FILES_BY = "files by "


def verdict(review: Review) -> list[str]:
    """The last word on the change, in sentences: the outcome, then what it leaves open."""
    sentences = [_outcome(review)]
    if review.unknown and review.verdict is not Verdict.INCOMPLETE:
        left = counted(len(review.unknown), "question") + f" could not be judged ({items(review.unknown)})"
        sentences.append(f"{left}, which the base policy accepts." if review.allow_incomplete else f"Also, {left}.")
    looks = [answer for answer in review.answers if answer.state is State.LOOK]
    if looks and review.verdict is Verdict.PASS:
        sentences.append(f"A person should look at: {items(looks)}.")
    return sentences


def place(where: Place) -> str:
    """`app/orders.py:42`, or `app/orders.py:42-44`."""
    span = f"{where.line}-{where.end_line}" if where.end_line > where.line else f"{where.line}"
    return f"{shown(where.path)}:{span}"


def said(finding: Finding) -> list[str]:
    """The message in paragraphs; none when it only repeats the title above it."""
    repeats = finding.message.strip().rstrip(".") == finding.rule.title.strip().rstrip(".")
    return [] if repeats else paragraphs(finding.message)


def listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def items(answers: Iterable[Answer]) -> str:
    """The ids of what was asked, in a row."""
    return listed([shown(answer.item.id) for answer in answers])


def counted(count: int, noun: str) -> str:
    """`1 query`, `3 queries`; of a longer name the first word is counted: `2 files by bandit`."""
    first, space, rest = shown(noun).partition(" ")
    return f"{count} {_singular(first) if count == 1 else _plural(_singular(first))}{space}{rest}"


def evidence(answer: Answer) -> str:
    """What the answer rests on: what was found, and what was looked at."""
    looked = [*_looked(answer.seen)]
    if answer.state is State.IDLE:
        return "not touched"
    owed = [f"{counted(len(answer.owed), 'answer')} of a person missing"] if answer.owed else []
    found = [*_found(answer.findings), *owed, *(["not judged"] if answer.state is State.UNKNOWN else [])]
    bare = "for a person to look at" if answer.state is State.LOOK else "nothing found"
    return "; ".join(filter(None, [", ".join(found), ", ".join(looked)])) or bare


def reasons(review: Review) -> dict[str, list[Answer]]:
    """Each reason once, with the answers it is a reason for."""
    found: dict[str, list[Answer]] = {}
    for answer in review.answers:
        for reason in dict.fromkeys(answer.reasons):
            found.setdefault(reason, []).append(answer)
    return found


def grouped(review: Review) -> Iterator[tuple[Item | None, list[Finding]]]:
    """The findings by item in the order of the checklist, the gravest first; None holds those of no item."""
    items: dict[str, Item | None] = {answer.item.id: answer.item for answer in review.answers}
    for name in [*items, None]:
        mine = [f for f in review.findings if (f.rule.item if f.rule.item in items else None) == name]
        if mine:
            yield (items[name] if name else None), sorted(mine, key=_gravity)


def holes(review: Review) -> list[Row]:
    """What somebody should have looked at and nobody did."""
    return sorted(row for row in review.coverage if row.hole)


def absent(review: Review) -> list[Ran]:
    """The scanners that did not run to the end."""
    return [ran for ran in review.scanners if ran.state != "ok"]


def _outcome(review: Review) -> str:
    if review.verdict is Verdict.BLOCK:
        return _blocked(review)
    if review.verdict is Verdict.INCOMPLETE:
        count = f"{len(review.unknown)} of {counted(len(review.answers), 'question')}"
        return f"COULD NOT JUDGE: {count} got no answer ({items(review.unknown)}), and that is no pass."
    warnings = sum(finding.action is Action.WARN and not finding.waived for finding in review.findings)
    extra = f", {counted(warnings, 'warning')} to weigh" if warnings else ""
    return f"PASSED: nothing in this change has to be fixed before it merges{extra}."


def _blocked(review: Review) -> str:
    count, owed = len(review.blocking), len(review.owed)
    fixed = f"{counted(count, 'finding')} must be fixed" if count else ""
    asked = f"{counted(owed, 'answer')} of a person {'is' if owed == 1 else 'are'} missing" if owed else ""
    return f"BLOCKED: {listed([part for part in (fixed, asked) if part])} before this merges."


def _looked(seen: Mapping[str, int]) -> Iterator[str]:
    """`3 queries`, `2 routes`, `14 files by bandit and semgrep`: the tools that read as many files share a place."""
    files: dict[int, list[str]] = {}
    for name, count in sorted(seen.items()):
        if name.startswith(_FILES_BY):
            files.setdefault(count, []).append(name.removeprefix(_FILES_BY))
        elif count:
            yield counted(count, name)
    for count, tools in files.items():
        if count:
            yield counted(count, _FILES_BY + listed(tools))


def _found(findings: Iterable[Finding]) -> list[str]:
    live = [finding for finding in findings if not finding.waived]
    counts = {action: sum(finding.action is action for finding in live) for action in Action}
    waived = sum(bool(finding.waived) for finding in findings)
    parts = [
        (counts[Action.BLOCK], f"{counts[Action.BLOCK]} to fix"),
        (counts[Action.WARN], counted(counts[Action.WARN], "warning")),
        (counts[Action.NOTE], counted(counts[Action.NOTE], "note")),
        (waived, f"{waived} waived"),
    ]
    return [words for count, words in parts if count]


def _gravity(finding: Finding) -> tuple[bool, int, int, Place, str]:
    action = list(Action).index(finding.action)
    return bool(finding.waived), -action, -finding.severity.rank, finding.place, finding.rule.id


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _plural(word: str) -> str:
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("ss", "x", "ch", "sh")) else "s")
