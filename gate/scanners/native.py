"""gate's own rules: facts of the whole tree, judged where the change can have made them dangerous."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from gate import __version__, registry
from gate.coverage import Looked, Row
from gate.fact import Fact
from gate.process import TimeLimitError, patience, time_limit
from gate.rule import Check, Repo, Rule, Source
from gate.scanner import Scanned, Scanner, Spotted

SECONDS_A_RULE = 30.0
_NAMED = 5
"""Lines that are told of; of more, the number."""
_WITH_GRAMMARS = frozenset({"go", "java", "kotlin"})


@dataclass(frozen=True)
class Native:
    """All our rules; `asks` tells which of the files one looks at, None where it is not asked at all."""

    name = "gate"
    compares = False
    profiles = frozenset({"full", "commit"})
    asks: Callable[[Rule, Collection[str]], Collection[str] | None] = lambda _, paths: paths

    @property
    def items(self) -> frozenset[str]:
        return frozenset(entry.item for entry in registry.index().entries if entry.interests or entry.compares)

    def version(self) -> str:
        return __version__

    def key(self) -> str | None:
        return None  # facts are remembered; what they mean depends on the whole tree

    def wants(self, source: Source) -> bool:
        return any(one.reads(source) for entry in registry.index().entries for one in entry.interests)

    def rule(self, name: str) -> Rule:
        return registry.rules()[name]

    def rules(self) -> Sequence[Rule]:
        written = registry.patterns()
        return [rule for rule in registry.rules().values() if rule not in written]

    def scan(self, sources: Sequence[Source], repo: Repo) -> Scanned:
        """Judge the facts of these files; rules that look everywhere judge the whole tree's."""
        changed = {source.path: None for source in sources}
        spotted: list[Spotted] = []
        seen: dict[str, Counter[str]] = {}
        rows: list[Row] = []
        checks = [check for check in registry.checks_reading(sources) if check.when(repo.settings)]
        asked = dict(self._asked(checks, changed))
        _find(asked, changed, repo)
        for check, paths in asked.items():
            try:
                with time_limit(patience(SECONDS_A_RULE, len(sources))):
                    spotted += _judge(check, paths, repo)
                seen[check.rule.item] = seen.get(check.rule.item, Counter()) | _counted(check, paths, repo)
            except TimeLimitError as error:
                rows += [self._failed(path, f"{check.rule.id} {error}") for path in paths]
            except Exception as error:  # noqa: BLE001  one rule's fault must be seen, and not hide the others' findings
                said = f"{check.rule.id} failed: {type(error).__name__}: {error}"
                rows += [self._failed(path, said) for path in paths]
        rows += [self._unread(path, repo.problems[path]) for path in sorted(changed.keys() & repo.problems.keys())]
        rows += [
            Row(path, self.name, Looked.PARTIAL, said)
            for path, said in _half_read(sources, repo, {check.kind for check in asked})
        ]
        return Scanned(tuple(spotted), tuple(rows), seen)

    def _asked(
        self, checks: Sequence[Check[Any]], paths: Collection[str]
    ) -> Iterator[tuple[Check[Any], Sequence[str]]]:
        for check in checks:
            if (own := self.asks(check.rule, paths)) is not None:
                yield check, [path for path in paths if path in own]

    def _failed(self, path: str, reason: str) -> Row:
        return Row(path, self.name, Looked.FAILED, reason, hole=True)

    def _unread(self, path: str, reason: str) -> Row:
        return Row(path, self.name, Looked.PARTIAL, reason, hole=True)


def _find(asked: Mapping[Check[Any], Sequence[str]], paths: Collection[str], repo: Repo) -> None:
    """Find the facts of each file before the next is read: what is learnt of its tree then serves all kinds.

    A kind gets the time of a rule. What takes longer, or fails, is asked for again by the rule, which then says so.
    """
    kinds: dict[str, dict[type[Fact], None]] = {path: {} for path in paths}
    for check, own in asked.items():
        for path in own:
            kinds[path][check.kind] = None
    spent, most = Counter[type[Fact]](), patience(SECONDS_A_RULE, len(paths))
    for path, wanted in kinds.items():
        for kind in wanted:
            if spent[kind] < most:
                start = time.perf_counter()
                with suppress(Exception):
                    repo.of(kind, path)
                spent[kind] += time.perf_counter() - start  # type: ignore[assignment]


def _half_read(sources: Sequence[Source], repo: Repo, kinds: Collection[type[Fact]]) -> Iterator[tuple[str, str]]:
    """The files whose SQL was read by its words, for want of a grammar or of a dialect; no hole, but told."""
    if not any(kind.__module__ == "gate.facts.query" for kind in kinds):
        return
    from gate.facts.grammars import missing
    from gate.facts.query import Query

    for source in sources:
        queries = repo.of(Query, source.path)
        if queries and source.language in _WITH_GRAMMARS and (said := missing(source.language)):
            yield source.path, said
        lines = sorted({query.place.line for query in queries if query.worded})
        if lines:
            yield source.path, f"the SQL on {_numbers(lines)} is of no dialect known here, so it was read by its words"


def _numbers(lines: Sequence[int]) -> str:
    """`line 3`, `lines 3, 5 and 9`; of many the first few and their number."""
    if len(lines) > _NAMED:
        return f"lines {', '.join(map(str, lines[:_NAMED]))} and {len(lines) - _NAMED} more"
    *most, last = map(str, lines)
    return f"lines {', '.join(most)} and {last}" if most else f"line {last}"


def _judge(check: Check[Any], changed: Iterable[str], repo: Repo) -> Iterator[Spotted]:
    own = [path for path in changed if not (check.everywhere and repo.indexes(check.kind, path))]
    facts = repo[check.kind] if check.everywhere else ()
    for fact in (*facts, *_facts(check, own, repo)):
        for hit in check.look(fact, repo):
            yield Spotted(check.rule, hit, fact.place.path)


def _facts(check: Check[Any], changed: Iterable[str], repo: Repo) -> Iterator[Fact]:
    return (fact for path in changed for fact in repo.of(check.kind, path))


def _counted(check: Check[Any], changed: Iterable[str], repo: Repo) -> Counter[str]:
    """How many facts a rule looked at, by kind; what several rules look at is counted once."""
    count = sum(1 for _ in _facts(check, changed, repo))
    return Counter({check.kind.__name__.lower(): count} if count else {})


scanner: Scanner = Native()
