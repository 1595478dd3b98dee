"""From hits to findings that may be shown: recognisable, excerpted, and with every secret masked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from gate import lazy
from gate.cache import Cache
from gate.coverage import Looked
from gate.finding import Finding, Line, Touched, overlaps
from gate.mends import mend
from gate.reports._safe import block, unheard
from gate.rule import Mend, Place, Source
from gate.scan import Side
from gate.scanner import Spotted
from gate.strange import without_strange
from gate.veil import MASK, NOTHING, SECRETS, Veil

_AROUND = 2
_MOST_LINES = 12
_WIDEST = 240
_QUOTED = lazy.regex(r"""(['"`])((?:\\.|(?!\1).)*)\1""")
_TOKEN = lazy.regex(r"(?<![\w/.-])(?=[\w+/-]*\d)(?=[\w+/-]*[A-Za-z])[\w+/-]{20,}")
_SHORTEST = 6
_ITEM = "secrets"
"""What rules about secrets answer for: debug tokens, defaults of secrets, keys that are written down."""


@dataclass(frozen=True)
class Masks:
    """Where secrets stand in the head side; in files nobody searched for them, every value is masked."""

    spans: Mapping[str, Mapping[int, Sequence[tuple[int, int]]]]
    searched: frozenset[str]
    told: frozenset[tuple[str, int]] = frozenset()
    """Lines of which a rule says that they hold a secret, wherever on them it is."""
    veil: Veil = NOTHING
    """What is a secret somewhere is masked on every line."""
    _shown: dict[tuple[Source, int], str] = field(default_factory=dict, compare=False)
    """Lines as they are shown: one that is a whole program holds many findings."""

    @classmethod
    def of(cls, side: Side) -> "Masks":
        spans: dict[str, dict[int, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
        for spots in side.spotted.values():
            for spot in spots:
                for line, start, end in spot.hit.spans:
                    spans[spot.hit.place.path][line].append((start, end))
        told = {
            (place.path, line)
            for spot in (spot for spots in side.spotted.values() for spot in spots)
            for place in (spot.hit.place,)
            for line in (
                range(place.line, place.end_line + 1) if spot.rule.item == _ITEM and not spot.hit.spans else ()
            )
        }
        searched = (row.path for row in side.rows if row.scanner == SECRETS and row.state is Looked.SCANNED)
        return cls(spans, frozenset(searched), frozenset(told), Veil.of(side.spotted.get(SECRETS, ()), side.sources))

    def line(self, source: Source, number: int) -> str:
        """A line as it may be shown."""
        if (source, number) not in self._shown:
            self._shown[source, number] = self._line(source, number)
        return self._shown[source, number]

    def _line(self, source: Source, number: int) -> str:
        spans = self.spans.get(source.path, {}).get(number, ())
        text = self.veil.text(_masked(source.lines[number - 1], spans), _WIDEST + 1)
        text = text if len(text) <= _WIDEST else text[:_WIDEST] + " ..."
        shown = source.path in self.searched and (source.path, number) not in self.told
        return without_strange(text) if shown else without_values(text)


def _masked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """A line without what stands at these places; where two overlap, without all of both."""
    shown, behind = [], 0
    for start, end in sorted(spans):
        shown += [text[behind:start], MASK]
        behind = max(behind, end)
    return "".join([*shown, text[behind:]])


def without_values(text: str) -> str:
    """A line of a file that was not searched for secrets: anything long enough to be one is masked."""
    quoted = _QUOTED.sub(lambda found: found[0] if len(found[2]) < _SHORTEST else found[1] + MASK + found[1], text)
    return _TOKEN.sub(MASK, without_strange(quoted))


def findings(
    spotted: Mapping[str, Iterable[Spotted]], sides: Iterable[Side], masks: Masks, cache: Cache
) -> list[Finding]:
    """Findings from what scanners saw; the code is read from the first side that has the file."""
    repos = [side.repo for side in sides]
    return [
        _finding(spot, name, next((s for repo in repos if (s := repo.source(spot.hit.place.path))), None), masks, cache)
        for name, spots in spotted.items()
        for spot in spots
    ]


def shown(finding: Finding, head: Side, masks: Masks, touched: Touched) -> Finding:
    """The finding with its excerpt, and whether the change wrote its lines."""
    source = head.repo.source(finding.place.path)
    written = replace(finding, in_diff=overlaps(finding.place, touched))
    if source is None:
        return written
    found = mend(finding.rule.id, finding.place, source, head.repo)
    may = found if found and _may_show(found, source, masks) else None
    return replace(written, excerpt=tuple(_excerpt(source, finding.place, masks)), mend=may)


def _may_show(mend: Mend, source: Source, masks: Masks) -> bool:
    """Whether a mend repeats no secret, and nothing that would have to be written differently to be shown."""
    if not mend.text:
        return True
    numbers = range(mend.place.line, mend.place.end_line + 1)
    plain = all(masks.line(source, number) == source.lines[number - 1] for number in numbers)
    return plain and unheard(block(mend.text)) == mend.text and "<!--" not in mend.text


def _finding(spot: Spotted, scanner: str, source: Source | None, masks: Masks, cache: Cache) -> Finding:
    place, rule = spot.hit.place, spot.rule
    code = source.code(place) if source else ""
    public = " ".join(" ".join(_public(source, place, masks)).split()) if source else ""
    scope = source.scope(place.line) if source else ""
    mark = cache.mark(rule.id, code, spot.hit.detail)
    return Finding.of(rule, spot.hit, scanner, scope=scope, mark=mark, public=public)


def _public(source: Source, place: Place, masks: Masks) -> Iterable[str]:
    return (masks.line(source, number) for number in _within(source, place, 0))


def _excerpt(source: Source, place: Place, masks: Masks) -> Iterable[Line]:
    for number in _within(source, place, _AROUND):
        yield Line(number, masks.line(source, number), place.line <= number <= place.end_line)


def _within(source: Source, place: Place, around: int) -> range:
    start = max(1, place.line - around)
    return range(start, min(len(source.lines), place.end_line + around, start + _MOST_LINES) + 1)
