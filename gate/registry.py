"""What is in a folder: rules, items, scanners and reports are found by where they lie."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gate.index import Entry, Index, Interest, keep, kept, met
from gate.rule import Check, Compare, Item, Rule, Section, Severity, Source

if TYPE_CHECKING:
    from gate.scanner import Scanner

_HERE = Path(__file__).parent
RULES = next(folder for folder in (_HERE / "rules", _HERE.parent / "rules") if folder.is_dir())
"""The rules: inside the package once installed, beside it in the repository."""


@cache
def items() -> Mapping[str, Item]:
    """The checklist, in the order it is shown."""
    found = [
        module.item
        for path in sorted(RULES.glob("*/__init__.py"))
        for module in [_load(path, f"rules.{path.parent.name}")]
    ]
    order = list(Section)
    return {item.id: item for item in sorted(found, key=lambda item: (order.index(item.section), item.id))}


@cache
def checks() -> tuple[Check[Any], ...]:
    """Our rules that look at facts of a tree."""
    return tuple(check for name in _names() for check in checks_of(name))


def checks_of(name: str) -> tuple[Check[Any], ...]:
    """Those of one rule."""
    return tuple(thing for thing in vars(_module(name)).values() if isinstance(thing, Check))


def checks_reading(sources: Collection[Source]) -> tuple[Check[Any], ...]:
    """Those that have something to read in these files, and those that look everywhere; no others are loaded."""
    found = met((one for entry in index().entries for one in entry.interests), sources)
    entries = (entry for entry in index().entries if not found.isdisjoint(entry.interests))
    return tuple(check for entry in entries for check in checks_of(entry.rule))


@cache
def compares() -> tuple[Compare, ...]:
    """Our rules that look at the change itself."""
    return tuple(compare for entry in index().entries if entry.compares for compare in _compares_of(entry.rule))


@cache
def index() -> Index:
    """What our rules read, without loading them where that is known from an earlier run."""
    found = kept(RULES)
    if found is None:
        found = Index(tuple(_entry(name) for name in _names()), dict(_pages()))
        keep(RULES, found)
    return found


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule of ours, by id."""
    return {rule.id: rule for rule in sorted([*map(rule, _names()), *patterns()], key=lambda rule: rule.id)}


def rule(name: str) -> Rule:
    """A rule of ours that is written in Python, by its id."""
    found: Rule = _module(name).rule
    return found


@cache
def patterns() -> Mapping[Rule, list[dict[str, Any]]]:
    """Our rules written as semgrep patterns: the rule, and the semgrep rules it consists of."""
    return {_pattern(name, page): page["rules"] for name, page in index().pages.items()}


@cache
def scanners() -> Mapping[str, "Scanner"]:
    """The scanners, by name."""
    found = [import_module(f"gate.scanners.{path.stem}").scanner for path in sorted(_HERE.glob("scanners/[!_]*.py"))]
    return {scanner.name: scanner for scanner in found}


def every_rule() -> list[Rule]:
    """Our rules and the tools', by id."""
    return sorted((r for s in scanners().values() for r in s.rules()), key=lambda rule: rule.id)


def report(name: str) -> ModuleType:
    return import_module(f"gate.reports.{name}")


def item_for(cwes: tuple[int, ...]) -> str:
    """The item that answers for a weakness; what none claims belongs to `execution`, the widest."""
    for cwe in cwes:
        for item in items().values():
            if cwe in item.cwes:
                return item.id
    return "execution"


def _pages() -> Iterator[tuple[str, dict[str, Any]]]:
    """The rules written as semgrep patterns, by id, with what the lists hold that they name."""
    shared = _read(RULES / "shared.yml")
    for path in sorted(RULES.glob("*/*.yml")):
        page = _read(path)
        yield (
            f"{path.parent.name}/{path.stem}",
            {**page, "rules": [_spelled_out(part, shared) for part in page["rules"]]},
        )


def _read(path: Path) -> dict[str, Any]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the first is ten times as fast, where it is built
    return dict(loader(path.read_text(encoding="utf-8")).get_single_data())


_LISTS = frozenset({"pattern-sources", "pattern-sanitizers", "pattern-propagators", "pattern-sinks"})


def _spelled_out(part: dict[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
    """A semgrep rule with what the lists hold that it names, and the words a file must have for them to match."""
    metadata = part.get("metadata", {})
    spelled = {**part, "metadata": {**metadata, "hints": [*metadata.get("hints", ()), *_words(part, shared)]}}
    for key in _LISTS & part.keys():
        spelled[key] = _unnamed(part[key], shared)
    return spelled


def _words(part: dict[str, Any], shared: Mapping[str, Any]) -> Iterator[str]:
    sources = part.get("pattern-sources", ())
    if sources and all(isinstance(one, str) for one in sources):
        yield "|".join(shared[name]["hint"] for name in sources)


def _unnamed(entries: list[Any], shared: Mapping[str, Any]) -> list[Any]:
    return [one for entry in entries for one in (shared[entry]["patterns"] if isinstance(entry, str) else [entry])]


def _pattern(name: str, page: dict[str, Any]) -> Rule:
    texts = {part: str(page[part]).strip() for part in ("title", "why", "fix")}
    return Rule(
        name, texts["title"], Severity(str(page["severity"])),
        tuple(page["cwes"]), texts["why"], texts["fix"], name.partition("/")[0],
        page["bad"], page["good"], page.get("misses", ()),
    )  # fmt: skip


def _names() -> Iterator[str]:
    """The ids of the rules written in Python."""
    return (f"{path.parent.name}/{path.stem}" for path in sorted(RULES.glob("*/[!_]*.py")))


def _entry(name: str) -> Entry:
    return Entry(name, tuple(map(Interest.of, checks_of(name))), bool(_compares_of(name)))


def _compares_of(name: str) -> list[Compare]:
    return [thing for thing in vars(_module(name)).values() if isinstance(thing, Compare)]


@cache
def _module(name: str) -> ModuleType:
    return _load(RULES / f"{name}.py", f"rules.{name.replace('/', '.')}")


def _load(path: Path, name: str) -> ModuleType:
    """A module by its file: installed, the rules are no package of their own."""
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
