"""index: whether the packages a change is the first to ask for exist, and how old they are.

Only new names, and new versions of known ones, are asked about, of the index that the base policy or whoever runs gate
has chosen, a few at a time; never of one that the change names. It is off unless the base policy turns it on, since it
tells the index which packages a repository is about to use. An index that does not answer leaves a hole.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fnmatch import fnmatchcase

from gate.coverage import Looked, Row
from gate.fact import Lookup
from gate.facts.declared import dependencies, is_lock, manifests
from gate.facts.dependency import Dependency
from gate.facts.indexes import IndexSetting
from gate.facts.manifest import is_manifest
from gate.facts.popular import near
from gate.facts.reserved import INDEX, Reserved, reserves
from gate.lookup import Known
from gate.rule import Hit, Repo, Rule, Severity, Source
from gate.scanner import Scanned, Scanner, Spotted
from gate.scanners._index_answers import Answers, Name, answers
from gate.scanners._index_rules import RULES

MAX_NAMES = 150
"""Names that are asked about in one run; a hole tells of more."""
_LISTS = {"PyPI": "pypi", "npm": "npm"}
_OFF = "whether new packages exist was not asked of an index (`lookup` under [dependencies] in gate.toml)"
_FILES = (".npmrc", ".yarnrc", ".yarnrc.yml", "pip.conf", "uv.toml", "poetry.toml", "bunfig.toml")
"""Where a repository names indexes beside its manifests."""


class Names:
    name = "index"
    compares = True
    profiles = frozenset({"full"})
    items = frozenset({"dependencies"})

    def version(self) -> str:
        return "1"

    def key(self) -> str | None:
        return None  # what an index has changes

    def wants(self, source: Source) -> bool:
        return is_manifest(source)

    def rule(self, name: str) -> Rule:
        return RULES[name]

    def rules(self) -> Sequence[Rule]:
        return list(RULES.values())

    def scan(self, sources: Sequence[Source], repo: Repo) -> Scanned:
        """Ask about what these manifests are the first to ask for."""
        settings, asked = repo.settings.lookup, _news(sources, repo)
        if repo.earlier is None or not settings.on:
            return Scanned(rows=tuple(_off(sources, asked)))
        kept = {name: f"it comes from `{host}`, which is not asked" for name, host in _kept(asked, repo).items()}
        chosen = dict([pair for pair in asked.items() if pair[0] not in kept][:MAX_NAMES])
        said = answers(list(chosen), settings, repo.store)
        if said.missing and (elsewhere := _elsewhere(repo)):
            said.silent |= dict.fromkeys(
                said.missing, f"not on the index; it may be on `{elsewhere}`, which is not asked"
            )
            said.missing.clear()
        over = dict.fromkeys([name for name in asked if name not in chosen], f"more than {MAX_NAMES} names") | kept
        spotted = [spot for name, places in chosen.items() for spot in _judged(name, places, said, settings)]
        rows = _rows({**said.silent, **over}, asked)
        return Scanned(tuple(spotted), tuple(rows), {"dependencies": {"name": len(chosen)}})


def _news(sources: Sequence[Source], repo: Repo) -> dict[Name, list[Dependency]]:
    """The packages of an index that no manifest of the earlier tree has in that version, those without it first."""
    olds = list(dependencies(repo.earlier)) if repo.earlier else []
    names, versions = {_name(one) for one in olds}, {(_name(one), one.version) for one in olds}
    found: dict[Name, list[Dependency]] = {}
    for source in sorted(sources, key=lambda source: (is_lock(source.path), source.path)):
        for one in repo.of(Dependency, source.path):
            new = _name(one) not in names or (one.version and (_name(one), one.version) not in versions)
            if one.name and not one.origin and one.ecosystem in _LISTS and new:
                found.setdefault(_name(one), []).append(one)
    return dict(sorted(found.items(), key=lambda pair: pair[0] in names))


def _kept(asked: Collection[Name], repo: Repo) -> dict[Name, str]:
    """The packages that a file of either tree takes from an index of its own: no other is told their names."""
    trees = [tree for tree in (repo, repo.earlier) if tree is not None]
    rows = [one for tree in trees for path in tree.paths if reserves(path) for one in tree.of(Reserved, path)]
    bound = [(one.ecosystem, one.pattern, one.host) for one in rows if one.kind == INDEX]
    matched = ((name, host) for name in asked for ecosystem, pattern, host in bound if _binds(name, ecosystem, pattern))
    return {name: host or "an index of its own" for name, host in matched}


def _binds(name: Name, ecosystem: str, pattern: str) -> bool:
    return name[0] == ecosystem and pattern != "*" and fnmatchcase(name[1], pattern)


def _name(one: Dependency) -> Name:
    return one.ecosystem, one.name


def _elsewhere(repo: Repo) -> str:
    """The host of an index that the repository itself names, and that may have what the asked one has not."""
    settings = (one for path in (*manifests(repo), *_FILES) if path in repo for one in repo.of(IndexSetting, path))
    return next(
        (one.host or one.url for one in settings if not one.is_default and one.kind in {"main", "extra", "links"}), ""
    )


def _judged(name: Name, places: Sequence[Dependency], said: Answers, settings: Lookup) -> Iterator[Spotted]:
    first = places[0]
    private = any(fnmatchcase(name[1], pattern) for pattern in settings.private)
    if name in said.missing and not private:
        told = f"`{name[1][:80]}` does not exist on the index. If a model made it up, whoever takes it runs code here."
        yield _spot("missing_package", first, told)
    if name not in said.known:
        return
    index, known = said.known[name]
    if private and index.url != settings.private_index.rstrip("/") and (index.is_public or settings.private_index):
        told = f"`{name[1][:80]}` is a private name, says the policy, and `{index.host}` has a package of that name."
        yield _spot("public_private_name", first, told)
        return
    if known.first and _is_younger(known.first, settings.young_name, settings):
        yield _young(first, known)
    for one in {one.version: one for one in reversed(places) if one.version}.values():
        yield from _of_release(one, known, settings)


def _young(one: Dependency, known: Known) -> Spotted:
    other, how = near(one.name, _LISTS[one.ecosystem])
    like = f", and looks like `{other}` ({how})" if other else ""
    said = f"`{one.name[:80]}` has been on the index since {known.first} only{like}. Is it known who is behind it?"
    return _spot("young_package", one, said, Severity.HIGH if other else None)


def _of_release(one: Dependency, known: Known, settings: Lookup) -> Iterator[Spotted]:
    found = next((release for release in known.releases if release.version == one.version), None)
    if known.releases and found is None:
        said = (
            f"`{one.name[:80]}` has no version {one.version} on the index; its newest is {known.releases[-1].version}."
        )
        yield _spot("missing_release", one, said)
    if found and found.withdrawn:
        yield _spot(
            "withdrawn_release", one, f"`{one.name[:80]}` {one.version[:40]} has been withdrawn by its authors."
        )
    if found and found.day and found.day != known.first and _is_younger(found.day, settings.young_release, settings):
        yield _spot(
            "young_release",
            one,
            f"`{one.name[:80]}` {one.version[:40]} was published on {found.day}; wait some days with it.",
        )


def _is_younger(day: str, days: int, settings: Lookup) -> bool:
    try:
        return date.fromisoformat(day) > settings.today - timedelta(days)
    except (ValueError, OverflowError):
        return False


def _spot(rule: str, one: Dependency, message: str, severity: Severity | None = None) -> Spotted:
    return Spotted(RULES[rule], Hit(one.place, message, detail=f"{one.name} {one.version}".strip(), severity=severity))


def _off(sources: Sequence[Source], asked: Mapping[Name, Sequence[Dependency]]) -> Iterator[Row]:
    """Without leave to ask, nothing was looked at; where there is something new, that is told."""
    new = {one.place.path for places in asked.values() for one in places[:1]}
    for source in sources:
        yield Row(source.path, Names.name, Looked.PARTIAL if source.path in new else Looked.SKIPPED, _OFF)


def _rows(silent: Mapping[Name, str], asked: Mapping[Name, Sequence[Dependency]]) -> Iterator[Row]:
    """What was not answered, by the file that asks for it."""
    by_path: dict[str, list[str]] = {}
    for name, reason in silent.items():
        by_path.setdefault(asked[name][0].place.path, []).append(f"{name[1][:60]} ({reason})")
    for path, missing in by_path.items():
        first = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if missing[5:] else "")
        yield Row(path, Names.name, Looked.PARTIAL, f"{len(missing)} not looked up: {first}", hole=True)


scanner: Scanner = Names()
