"""Running the scanners over one side of a change, side by side, and remembering what they said of each blob."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, fields, replace

from gate import __version__
from gate.cache import Cache, key, load
from gate.coverage import Looked, Row
from gate.errors import ToolError
from gate.fact import Repo
from gate.review import Ran
from gate.rule import Hit, Source
from gate.scanner import Scanned, Scanner, Spotted

_SHAPE = ",".join(one.name for one in fields(Hit))
"""What a remembered hit holds: one of another shape, by another gate of the same number, is none."""
_SLOWEST = ("semgrep", "pip-audit")
"""The tools that the end of a scan waits for."""


@dataclass(frozen=True)
class Outcome:
    """What one scanner found on one side, and how it did."""

    ran: Ran
    scanned: Scanned


@dataclass(frozen=True)
class Side:
    """One side of the change, scanned."""

    repo: Repo
    sources: Mapping[str, Source]
    outcomes: tuple[Outcome, ...]

    @property
    def ran(self) -> tuple[Ran, ...]:
        return tuple(outcome.ran for outcome in self.outcomes)

    @property
    def spotted(self) -> Mapping[str, tuple[Spotted, ...]]:
        """What each scanner saw, by its name; scanners that saw nothing are absent."""
        return {o.ran.name: o.scanned.spotted for o in self.outcomes if o.scanned.spotted}

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(row for outcome in self.outcomes for row in outcome.scanned.rows)

    @property
    def seen(self) -> Mapping[str, Mapping[str, int]]:
        return {item: counts for o in self.outcomes for item, counts in o.scanned.seen.items()}

    @property
    def mended(self) -> Mapping[str, tuple[str, ...]]:
        return {item: said for o in self.outcomes for item, said in o.scanned.mended.items()}


def scan(repo: Repo, sources: Mapping[str, Source], scanners: Sequence[Scanner], cache: Cache, jobs: int) -> Side:
    """Give each scanner the files it wants, and wait for all."""
    with ThreadPoolExecutor(max(1, jobs)) as pool:
        return begin(repo, sources, scanners, cache, pool)()


def begin(
    repo: Repo, sources: Mapping[str, Source], scanners: Sequence[Scanner], cache: Cache, pool: Executor
) -> Callable[[], Side]:
    """Start the tools, run gate's own rules, and give back what waits for the tools.

    Tools wait for their own processes in threads, the slowest begins; gate's rules run in this one, where they can be
    stopped.
    """
    wanted = {s: [source for source in sources.values() if s.wants(source)] for s in sorted(scanners, key=_start)}
    waiting = {s.name: pool.submit(_run, s, given, repo, cache) for s, given in wanted.items() if s.name != "gate"}
    own = {s.name: _run(s, given, repo, cache) for s, given in wanted.items() if s.name == "gate"}

    def ended() -> Side:
        done = {**own, **{name: future.result() for name, future in waiting.items()}}
        return Side(repo, sources, tuple(done[name] for name in sorted(done)))

    return ended


def _start(scanner: Scanner) -> int:
    return _SLOWEST.index(scanner.name) if scanner.name in _SLOWEST else len(_SLOWEST)


def _run(scanner: Scanner, wanted: Sequence[Source], repo: Repo, cache: Cache) -> Outcome:
    if not wanted and scanner.name != "gate":
        return Outcome(Ran(scanner.name, "", "ok", "no changed file is its business"), Scanned())
    start = time.perf_counter()
    try:
        version = scanner.version()
        scanned = _remembered(scanner, wanted, repo, cache)
    except (ToolError, OSError) as error:  # the second: no room for the files it was to read
        reason = (isinstance(error, OSError) and error.strerror) or str(error)
        rows = tuple(Row(source.path, scanner.name, Looked.FAILED, reason, hole=True) for source in wanted)
        return Outcome(Ran(scanner.name, "", "failed", reason, time.perf_counter() - start), Scanned(rows=rows))
    exceptions = {row.path for row in scanned.rows}
    clean = tuple(Row(s.path, scanner.name, Looked.SCANNED) for s in wanted if s.path not in exceptions)
    took = time.perf_counter() - start
    return Outcome(Ran(scanner.name, version, "ok", "", took), replace(scanned, rows=scanned.rows + clean))


def _remembered(scanner: Scanner, wanted: Sequence[Source], repo: Repo, cache: Cache) -> Scanned:
    """Scan what is not remembered from an earlier run; a file the scanner had trouble with is never remembered."""
    own = scanner.key()
    if own is None:
        return scanner.scan(wanted, repo)
    said = ("scan", __version__, _SHAPE, scanner.name, own)
    names = {source.path: key(*said, source.path, source.digest) for source in wanted}
    known = {path: stored for path, name in names.items() if (stored := cache.get(name)) is not None}
    fresh = [source for source in wanted if source.path not in known]
    scanned = scanner.scan(fresh, repo) if fresh else Scanned()
    trouble = {row.path for row in scanned.rows}
    found: dict[str, list[list[object]]] = {source.path: [] for source in fresh if source.path not in trouble}
    for spot in scanned.spotted:
        if spot.hit.place.path in found:
            found[spot.hit.place.path].append(_stored(spot))
    for path, rows in found.items():
        cache.put(names[path], rows)
    old = tuple(_restored(scanner, row) for rows in known.values() for row in rows)
    return Scanned(scanned.spotted + old, scanned.rows, scanned.seen)


def _stored(spot: Spotted) -> list[object]:
    return [spot.rule.id.partition("/")[2], spot.hit]


def _restored(scanner: Scanner, row: list[object]) -> Spotted:
    return Spotted(scanner.rule(str(row[0])), load(Hit, row[1]))
