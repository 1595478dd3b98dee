"""What is installed, what is missing, and the command that mends it."""

import os
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from gate import __version__, registry
from gate.errors import ToolError
from gate.process import run


@dataclass(frozen=True)
class Part:
    """One thing gate works with."""

    name: str
    ok: bool
    state: str
    mend: str = ""


def examine() -> list[Part]:
    """Look at everything a full scan needs."""
    return [
        Part("gate", ok=True, state=f"{__version__} on Python {sys.version.split()[0]}"),
        _git(),
        *(_scanner(name) for name in registry.scanners() if name != "gate"),
        *(_library(name) for name in ("libcst", "sqlglot")),
        _advisories(),
        _cache(),
    ]


def _git() -> Part:
    try:
        return Part("git", ok=True, state=run(["git", "--version"]).stdout.strip().removeprefix("git version "))
    except ToolError as error:
        return Part(
            "git", ok=False, state=str(error), mend="Install git 2.30 or later with your system's package manager."
        )


def _scanner(name: str) -> Part:
    scanner = registry.scanners()[name]
    try:
        found = scanner.version()
    except ToolError as error:
        extra = "diff-gate[full]" if "commit" not in scanner.profiles else "diff-gate"
        return Part(name, ok=False, state=str(error), mend=f"python -m pip install '{extra}'")
    return Part(
        name, ok=True, state=f"{found}, {len(scanner.rules())} rules, profiles {', '.join(sorted(scanner.profiles))}"
    )


def _library(name: str) -> Part:
    try:
        return Part(name, ok=True, state=version(name))
    except PackageNotFoundError:
        return Part(name, ok=False, state="not installed", mend="python -m pip install diff-gate")


def _advisories() -> Part:
    from gate.advisories.place import index, present, stale
    from gate.advisories.record import ECOSYSTEMS

    mend = "gate advisories update, or gate advisories import PATH"
    try:
        path = present()
        facts = index(path).facts if path else None
    except ToolError as error:
        return Part("advisories", ok=False, state=str(error), mend=mend)
    if facts is None:
        return Part(
            "advisories", ok=True, state="no database: npm cannot be audited, PyPI by the live service", mend=mend
        )
    old = next((said for name in ECOSYSTEMS if (said := stale(facts, name))), "")
    count = sum(facts.counts.values()) + sum(facts.malicious.values())
    return Part("advisories", ok=not old, state=old or f"{count:,} records in {path}", mend=mend if old else "")


def _cache() -> Part:
    from gate.cache import Cache

    home = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    if Cache.default().writable:
        return Part("cache", ok=True, state=f"{home}/gate")
    mend = "Make it a folder that only you can write; until then every run starts from nothing."
    return Part("cache", ok=True, state=f"{home}/gate cannot be used", mend=mend)
