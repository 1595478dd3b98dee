"""A rule broken at a place, how it is recognised again, and what a change adds."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from gate import lazy
from gate.paths import kind
from gate.rule import Hit, Hop, Mend, Place, Rule, Severity

Touched = Mapping[str, Sequence[tuple[int, int]]]
"""Line ranges a change wrote, by path."""


_NAMED = 3
"""The places that are named where many ways begin."""
_LINE = lazy.regex(r":\d+\b")
_WRITTEN_SECRET = 798
"""CWE-798, use of hard-coded credentials."""
_GRANTS = "scopes"
"""The item whose messages name the right that is given: what gives no other right than before is no wider."""
Identity = Callable[["Finding"], tuple[str, ...]]


class Action(StrEnum):
    """What the base policy does about a finding."""

    NOTE = "note"
    WARN = "warn"
    BLOCK = "block"


@dataclass(frozen=True)
class Line:
    """A line of source as it may be shown: secrets masked."""

    number: int
    text: str
    marked: bool


@dataclass(frozen=True)
class Waived:
    """The waiver that lets a finding pass."""

    reason: str
    approver: str
    expires: str


@dataclass(frozen=True)
class Finding:
    """A rule broken at a place.

    `mark` is a keyed hash of the code, for this machine only; `fingerprint` is public and made from code in
    which secrets are masked, so that neither gives one away.
    """

    rule: Rule
    place: Place
    message: str
    scope: str
    mark: str
    fingerprint: str
    severity: Severity
    scanners: tuple[str, ...]
    trace: tuple[Hop, ...] = ()
    excerpt: tuple[Line, ...] = ()
    action: Action = Action.NOTE
    in_diff: bool = False
    waived: Waived | None = None
    mend: Mend | None = None
    opening: str = ""
    """The code at the place up to its first bracket."""
    cwes: tuple[int, ...] = ()
    """The weaknesses of this place, the closest first; a rule may be about several kinds."""

    @classmethod
    def of(cls, rule: Rule, hit: Hit, scanner: str, *, scope: str, mark: str, public: str) -> "Finding":
        """`public` is the code at the place with secrets masked."""
        return cls(
            rule, hit.place, hit.message, scope, mark, _digest(rule.id, hit.place.path, scope, public, hit.detail),
            hit.severity or rule.severity, (scanner,), hit.trace, opening=public.partition("(")[0],
            cwes=hit.cwes or rule.cwes,
        )  # fmt: skip

    @property
    def blocks(self) -> bool:
        return self.action is Action.BLOCK and self.waived is None


def numbered(findings: Iterable[Finding]) -> list[Finding]:
    """Give copies of one flaw fingerprints of their own, by their order in the file."""
    seen: dict[str, int] = defaultdict(int)
    result = []
    for finding in sorted(findings, key=order):
        count = seen[finding.fingerprint]
        seen[finding.fingerprint] += 1
        again = _digest(finding.fingerprint, str(count)) if count else finding.fingerprint
        result.append(replace(finding, fingerprint=again))
    return result


def added(
    base: Iterable[Finding], head: Iterable[Finding], renames: Mapping[str, str], touched: Touched
) -> list[Finding]:
    """The findings of head that base has not, as multisets.

    What is left of base after the exact matches pays for a flaw that moved: within its file, then, under the
    same scope, to another file. Among copies, the one on lines the change wrote is the new one. None pays for a
    graver one: the same line may have been harmless until the change led a request to it, or moved it out of a test.
    One that says of the same function what base said of a line that is gone was edited, and asks for a look.
    """
    moved = {old: new for old, new in renames.items() if _weighs_as_much(old, new)}
    olds = [replace(f, place=replace(f.place, path=moved.get(f.place.path, f.place.path))) for f in base]
    news = list(head)
    for identity in (_exact, _in_file, _moved):
        olds, news = _subtract(olds, news, identity, touched)
    new = {id(one) for one in _subtract(olds, news, _edited, touched)[1]}
    return sorted((one if id(one) in new else _softened(one) for one in news), key=order)


def _softened(finding: Finding) -> Finding:
    severity = min(finding.severity, Severity.MEDIUM, key=lambda one: one.rank)
    return replace(finding, severity=severity, message=f"{finding.message} So it was before; this change edits it.")


def _weighs_as_much(old: str, new: str) -> bool:
    lenient = {"test", "dev"}
    return kind(new) in lenient or kind(old) not in lenient


def is_touched(finding: Finding, touched: Touched) -> bool:
    """Whether the change wrote any line of the finding or of the path that leads to it."""
    places = (finding.place, *(hop.place for hop in finding.trace))
    return any(overlaps(place, touched) for place in places)


def overlaps(place: Place, touched: Touched) -> bool:
    return any(start <= place.end_line and place.line <= end for start, end in touched.get(place.path, ()))


def joined(decided: Iterable[Finding]) -> list[Finding]:
    """One finding where several ways lead to one place: the gravest speaks for all, and says where the others begin."""
    groups: dict[tuple[object, ...], list[Finding]] = defaultdict(list)
    for finding in sorted(decided, key=order):
        way = () if finding.trace else (finding.fingerprint,)
        groups[finding.rule.id, finding.place, finding.waived, *way].append(finding)
    return [_with_others(group) for group in groups.values()]


def _with_others(group: list[Finding]) -> Finding:
    first = max(group, key=lambda finding: (list(Action).index(finding.action), finding.severity.rank))
    starts = {one.trace[0].place for one in group if one.trace}.difference(hop.place for hop in first.trace[:1])
    if not starts:
        return first
    named = ", ".join(f"{place.path}:{place.line}" for place in sorted(starts)[:_NAMED])
    more = f" and {len(starts) - _NAMED:,} more" if len(starts) > _NAMED else ""
    return replace(first, message=f"{first.message} Other ways here begin at {named}{more}.")


def _subtract(
    olds: list[Finding], news: list[Finding], identity: Identity, touched: Touched
) -> tuple[list[Finding], list[Finding]]:
    stock: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for old in olds:
        stock[identity(old)].append(old)
    groups: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for new in news:
        groups[identity(new)].append(new)
    left: list[Finding] = []
    for name, group in groups.items():
        known = stock.get(name, [])
        group.sort(key=lambda f: (is_touched(f, touched), f.place))
        left += _unpaid(known, group)
    return [old for rest in stock.values() for old in rest], left


def _unpaid(known: list[Finding], group: Iterable[Finding]) -> Iterator[Finding]:
    """Those no equal of `known` pays for; who pays is taken out of it."""
    by_rank = {severity.rank: [old for old in known if old.severity is severity] for severity in Severity}
    for new in group:
        payers = next((by_rank[rank] for rank in range(new.severity.rank, len(by_rank)) if by_rank[rank]), None)
        if payers:
            payers.pop()
        else:
            yield new
    known[:] = [old for payers in by_rank.values() for old in payers]


def _exact(finding: Finding) -> tuple[str, ...]:
    return finding.rule.id, finding.mark, finding.place.path, finding.scope


def _in_file(finding: Finding) -> tuple[str, ...]:
    return finding.rule.id, finding.mark, finding.place.path


def _moved(finding: Finding) -> tuple[str, ...]:
    return finding.rule.id, finding.mark, finding.scope, kind(finding.place.path)


def _edited(finding: Finding) -> tuple[str, ...]:
    """A flaw of a function, a right of a file, or a statement outside of all, by its message.

    A key, or a value that lets people in, is another once it is edited.
    """
    if is_secret(finding.rule):
        return finding.mark, finding.scope
    where = finding.scope or ("" if finding.rule.item == _GRANTS else f"{finding.opening}(")
    return finding.rule.id, _LINE.sub("", finding.message), finding.place.path, where


def is_secret(rule: Rule) -> bool:
    """Whether what a rule finds is the same wherever it stands, and whatever rule tells of it."""
    return rule.anywhere or _WRITTEN_SECRET in rule.cwes


def order(finding: Finding) -> tuple[Place, str, str]:
    """From the first line of the first file to the last."""
    return finding.place, finding.rule.id, finding.message


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="surrogateescape")).hexdigest()[:32]
