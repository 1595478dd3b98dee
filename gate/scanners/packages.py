"""Known vulnerabilities in the packages a change brings or moves: from a local database, else through pip-audit.

gate reads the manifests itself and gives pip-audit a list of `name==version` lines that gate wrote: left to
itself pip-audit would install what the change asks for, and so run its code.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from gate.errors import ToolError
from gate.facts.dependency import Dependency
from gate.rule import Hit, Hop, Place, Repo, Rule, Severity, Source
from gate.scanner import Scanned, Scanner, Spotted
from gate.scanners._manifests import Before, Pin, Read, concerns, includes, kept, pin, read, row

if TYPE_CHECKING:
    from gate.advisories.audit import Advisory

_SEVERITIES = {"low": Severity.LOW, "medium": Severity.MEDIUM, "critical": Severity.CRITICAL}
_MALICIOUS = "MAL-"
_DEEP = 10
"""Files that include each other and are shown."""
_NAMED = 20
"""Packages the change mends that are named."""


class Packages:
    name = "pip-audit"
    compares = True
    profiles = frozenset({"full"})
    items = frozenset({"dependencies"})

    def version(self) -> str:
        from gate.scanners import _audit

        return _audit.version()

    def key(self) -> str | None:
        return None  # what is known of a package changes, and a file may include others

    def wants(self, source: Source) -> bool:
        return concerns(source)

    def rule(self, name: str) -> Rule:
        return Rule(
            f"{self.name}/{name}", "A dependency has a known vulnerability", Severity.HIGH, (1395,),
            "The flaw is public, and so are ways to use it against whoever runs this version.",
            "Ask for the fixed version; where there is none, leave the package out or shield what it does.",
            "dependencies",
            misses=(
                "Packages that are not locked: what a range leads to is looked up where a lock file says it.",
                "Requirements that a program computes; packages of conda, and GitHub Actions.",
                "What the database does not know yet; without one, packages of npm. Both are told, and are UNKNOWN.",
            ),
        )  # fmt: skip

    def rules(self) -> Sequence[Rule]:
        return [self.rule("known_vulnerability")]

    def scan(self, sources: Sequence[Source], repo: Repo) -> Scanned:
        """Audit the pinned packages that these manifests, and the files they include, bring or move.

        Raises:
            ToolError: Nothing could be looked up.
        """
        whole = [read(source, repo) for source in sources]
        before = Before.of(repo.earlier, whole)
        new = [this.without(before) for this in whole]
        now = {pin(one) for this in whole for one in this.pins}
        gone = before.touched - now
        gone -= kept(repo, whole) if gone else gone
        fresh = {pin(one) for this in new for one in this.pins}
        names = {one[:2] for one in gone}
        known, silent = _looked_up(fresh, gone | {one for one in now if one[:2] in names})
        rows = [told for this in new if (told := row(this, self.name, silent))]
        mended = tuple(_mended(gone, now, known))
        found = [(one, advisory) for one in _places(new) for advisory in known.get(pin(one), ())]
        through = (
            {**includes(sources, repo), **{path: at for this in whole for path, at in this.through.items()}}
            if found
            else {}
        )
        spotted = tuple(self._spot(one, advisory, before, _trace(one, through)) for one, advisory in found)
        seen = {"dependencies": {"pin": len(known.keys() & fresh)}} if known.keys() & fresh else {}
        return Scanned(spotted, tuple(rows), seen, {"dependencies": mended} if mended else {})

    def _spot(self, one: Dependency, advisory: "Advisory", before: Before, trace: tuple[Hop, ...]) -> Spotted:
        said = _message(one, advisory, before)
        hit = Hit(one.place, said, trace, detail=f"{one.name} {advisory.id}", severity=_severity(advisory))
        return Spotted(self.rule("known_vulnerability"), hit)


def _trace(one: Dependency, through: Mapping[str, Place]) -> tuple[Hop, ...]:
    """The lines by which a list comes to be installed: one that is called as prose is weighs as what includes it."""
    hops: list[Hop] = []
    path = one.place.path
    while path in through and len(hops) < _DEEP:
        hops.insert(0, Hop(through[path], f"includes {path[:80]}"))
        path = through[path].path
    return tuple(hops)


def _looked_up(new: set[Pin], old: frozenset[Pin]) -> "tuple[Mapping[Pin, Sequence[Advisory]], Mapping[Pin, str]]":
    """What is known of what is new, and of what tells what was mended; that nobody tells of the latter is no hole."""
    from gate.scanners import _audit

    if not (new or old):
        return {}, {}
    try:
        known, silent = _audit.audited(sorted(new | old))
    except ToolError:
        if new:
            raise
        return {}, {}
    return known, {one: why for one, why in silent.items() if one in new}


def _places(new: Sequence[Read]) -> Mapping[Dependency, None]:
    return dict.fromkeys(one for this in new for one in this.pins)


def _mended(gone: frozenset[Pin], now: set[Pin], known: "Mapping[Pin, Sequence[Advisory]]") -> Iterator[str]:
    """What was known against versions that are gone, and is not against those that came in their place."""
    said = list(_fixes(gone, now, known))
    yield from said[:_NAMED]
    if len(said) > _NAMED:
        count = len(said) - _NAMED
        yield f"The change fixes what is known against {count:,} more package{'s' * (count > 1)}."


def _fixes(gone: frozenset[Pin], now: set[Pin], known: "Mapping[Pin, Sequence[Advisory]]") -> Iterator[str]:
    left: dict[tuple[str, ...], list[Pin]] = defaultdict(list)
    for one in now:
        left[one[:2]].append(one)
    for ecosystem, name, version in sorted(gone):
        others = left[ecosystem, name]
        still = {also for one in others for advisory in known.get(one, ()) for also in advisory.names}
        ids = [_named(one) for one in known.get((ecosystem, name, version), ()) if one.names.isdisjoint(still)]
        if ids:
            to = " or ".join(sorted(one[2] for one in others))
            how = f"moving `{name}` from {version} to {to}" if to else f"leaving out `{name}` {version}"
            yield f"The change fixes {', '.join(ids)} by {how}."


def _named(advisory: "Advisory") -> str:
    return advisory.id + (f" ({', '.join(sorted(advisory.aliases))})" if advisory.aliases else "")


def _message(one: Dependency, advisory: "Advisory", before: Before) -> str:
    if advisory.id.startswith(_MALICIOUS):
        return (
            f"`{one.name}` {one.version} is malicious, says {_named(advisory)}; do not install it.{_how(one, before)}"
        )
    fixed = f"{' or '.join(advisory.fixes)} fixes it" if advisory.fixes else "no fixed version is known"
    grave = f" Its severity is {advisory.rating}{_points(advisory)}." if advisory.rating else ""
    said = f"`{one.name}` {one.version} has the known vulnerability {_named(advisory)}; {fixed}."
    return f"{said}{grave}{_how(one, before)}"


def _points(advisory: "Advisory") -> str:
    return f" (CVSS {advisory.score:.1f})" if advisory.score else ""


def _how(one: Dependency, before: Before) -> str:
    """Whether the change brought the package or moved it; "" where nobody knows what was before."""
    if not before.folders:
        return ""
    olds = before.versions(one)
    return f" This change moves it from {' and '.join(olds)}." if olds else " This change brings it in."


def _severity(advisory: "Advisory") -> Severity:
    """As grave as the advisory says; what no version fixes asks for a look, since there is nothing to move to."""
    if advisory.id.startswith(_MALICIOUS):
        return Severity.CRITICAL
    severity = _SEVERITIES.get(advisory.rating, Severity.HIGH)
    return severity if advisory.fixes else min(severity, Severity.MEDIUM, key=lambda one: one.rank)


scanner: Scanner = Packages()
