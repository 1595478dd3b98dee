"""From findings and coverage to answers: one for each question, with its evidence."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from gate import registry
from gate.coverage import Row
from gate.finding import Action, Finding
from gate.review import Answer, Ran, State
from gate.rule import Item


@dataclass(frozen=True)
class Evidence:
    """What the answers are made from."""

    findings: Sequence[Finding]
    coverage: Sequence[Row]
    ran: Sequence[Ran]
    serves: Mapping[str, frozenset[str]]
    """The items each scanner answers for, by its name."""
    seen: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """What was looked at, counted by kind, by item."""
    wanted: Mapping[str, int] = field(default_factory=dict)
    """How many changed files each scanner would read, by its name; of those left out too."""
    added: str = ""
    """The text the change adds."""
    mended: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By item: what was wrong before the change and is no more."""


def answers(evidence: Evidence) -> tuple[Answer, ...]:
    return tuple(_answer(item, evidence) for item in registry.items().values())


def _answer(item: Item, evidence: Evidence) -> Answer:
    findings = tuple(finding for finding in evidence.findings if finding.rule.item == item.id)
    seen = _seen(item, evidence)
    unknown = tuple(_unknown(item, evidence))
    touched = bool(item.surface and item.surface.search(evidence.added))
    left_out = tuple(_left_out(item, evidence))
    reasons = unknown + left_out
    if touched and not _decided(item, evidence):
        reasons += ("No rule of gate decides this yet; a person should look.",)
    elif touched and not (evidence.seen.get(item.id) or findings):  # that a tool read a file is no judgement of this
        reasons += ("The change speaks of this and holds nothing that a rule judges; a person should look.",)
    state = _state(findings, unknown, looked=bool(seen), look=bool(reasons))
    mended = evidence.mended.get(item.id, ())
    return Answer(item, state, findings, seen, reasons, item.asked(evidence.added), mended=mended)


def _state(findings: Sequence[Finding], unknown: Sequence[str], *, looked: bool, look: bool) -> State:
    if any(finding.blocks for finding in findings):
        return State.STOP
    if unknown:
        return State.UNKNOWN
    if look or any(finding.action is not Action.NOTE and not finding.waived for finding in findings):
        return State.LOOK
    return State.PASS if looked or findings else State.IDLE


def _seen(item: Item, evidence: Evidence) -> dict[str, int]:
    """Facts counted by our rules, then the files each tool read for this item."""
    seen = Counter(evidence.seen.get(item.id, {}))
    if item.id == "complete":
        seen["files"] = len({row.path for row in evidence.coverage})
        return {kind: count for kind, count in sorted(seen.items()) if count}
    for name, items in evidence.serves.items():
        if item.id in items and name != "gate":
            seen[f"files by {name}"] += sum(row.scanner == name and not row.reason for row in evidence.coverage)
    return {kind: count for kind, count in sorted(seen.items()) if count}


def _unknown(item: Item, evidence: Evidence) -> Iterable[str]:
    for ran in evidence.ran:
        if ran.state == "failed" and _concerns(item, ran.name, evidence) and evidence.wanted.get(ran.name):
            yield f"{ran.name} did not run: {ran.reason}"
    failed = {ran.name for ran in evidence.ran if ran.state == "failed"}
    holes = [
        r for r in evidence.coverage if r.hole and r.scanner not in failed and _concerns(item, r.scanner, evidence)
    ]
    if holes:
        more = f" (and {len(holes) - 1} more)" if len(holes) > 1 else ""
        yield f"{holes[0].scanner} could not read all of {holes[0].path}: {holes[0].reason}{more}"


def _left_out(item: Item, evidence: Evidence) -> Iterable[str]:
    for ran in evidence.ran:
        concerned = item.id in evidence.serves.get(ran.name, frozenset())
        if ran.state == "left out" and concerned and evidence.wanted.get(ran.name):
            yield f"{ran.name} was left out: {ran.reason}"


def _concerns(item: Item, scanner: str, evidence: Evidence) -> bool:
    return item.id == "complete" or item.id in evidence.serves.get(scanner, frozenset())


def _decided(item: Item, evidence: Evidence) -> bool:
    return any(item.id in items for items in evidence.serves.values())
