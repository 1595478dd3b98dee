"""What is in a folder: rules, items, scanners and reports are found by where they lie."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gate.rule import Check, Compare, Item, Rule, Section, Severity

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
    return tuple(thing for module in _modules() for thing in vars(module).values() if isinstance(thing, Check))


@cache
def compares() -> tuple[Compare, ...]:
    """Our rules that look at the change itself."""
    return tuple(thing for module in _modules() for thing in vars(module).values() if isinstance(thing, Compare))


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule of ours, by id."""
    python = [module.rule for module in _modules()]
    return {rule.id: rule for rule in sorted([*python, *patterns()], key=lambda rule: rule.id)}


@cache
def patterns() -> Mapping[Rule, list[dict[str, Any]]]:
    """Our rules written as semgrep patterns: the rule, and the semgrep rules it consists of."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the first is ten times as fast, where it is built
    found = {}
    for path in sorted(RULES.glob("*/*.yml")):
        page = loader(path.read_text(encoding="utf-8")).get_single_data()
        found[_pattern(path, page)] = page["rules"]
    return found


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


def _pattern(path: Path, page: dict[str, Any]) -> Rule:
    texts = {name: str(page[name]).strip() for name in ("title", "why", "fix")}
    return Rule(
        f"{path.parent.name}/{path.stem}", texts["title"], Severity(str(page["severity"])),
        tuple(page["cwes"]), texts["why"], texts["fix"], path.parent.name,
        page["bad"], page["good"], page.get("misses", ()),
    )  # fmt: skip


@cache
def _modules() -> tuple[ModuleType, ...]:
    return tuple(_imported())


def _imported() -> Iterator[ModuleType]:
    for path in sorted(RULES.glob("*/[!_]*.py")):
        yield _load(path, f"rules.{path.parent.name}.{path.stem}")


def _load(path: Path, name: str) -> ModuleType:
    """A module by its file: installed, the rules are no package of their own."""
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} cannot be loaded")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
