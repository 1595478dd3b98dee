"""Auditing small trees held in memory, with advisories that are made up."""

import json
from collections.abc import Mapping
from pathlib import Path

import yaml

from gate.cache import Cache
from gate.facts.manifest import manifest
from gate.rule import Repo, Source
from gate.scanner import Scanned
from gate.scanners.packages import scanner
from tests import examples
from tests.examples import Memory

RECORDS: dict[str, tuple[str, list[dict[str, str]], list[str]]] = {
    "PYSEC-2099-1": ("jinja2", [{"introduced": "0"}, {"fixed": "2.11.3"}], ["CVE-2099-1", "GHSA-aaaa"]),
    "GHSA-aaaa": ("Jinja2", [{"introduced": "2.0"}, {"fixed": "2.11.3"}], ["CVE-2099-1"]),
    "PYSEC-2099-2": ("jinja2", [{"introduced": "0"}, {"fixed": "2.0"}, {"introduced": "2.5"}, {"fixed": "3.1.4"}], []),
    "PYSEC-2099-3": ("flask_admin", [{"introduced": "0"}, {"last_affected": "1.5"}], []),
    "MAL-2099-4": ("evil-thing", [{"introduced": "0"}], []),
    "GHSA-npm1": ("npm:left-pad", [{"introduced": "1.0.0"}, {"fixed": "1.3.0"}], ["CVE-2099-7"]),
    "MAL-2099-5": ("npm:@s/x", [{"introduced": "0"}], []),
}


def record(name: str) -> dict[str, object]:
    package, events, aliases = RECORDS[name]
    ecosystem = "npm" if package.startswith("npm:") else "PyPI"
    ranges = [{"type": "SEMVER" if ecosystem == "npm" else "ECOSYSTEM", "events": events}]
    affected = [{"package": {"ecosystem": ecosystem, "name": package.removeprefix("npm:")}, "ranges": ranges}]
    rated = {"database_specific": {"severity": "LOW"}} if name == "GHSA-npm1" else {}
    return {"id": name, "aliases": aliases, "summary": "made up", "affected": affected, **rated}


def write_advisories(folder: Path) -> None:
    """A local set of advisories, in JSON and YAML."""
    (folder / "vulns").mkdir(parents=True)
    for name in RECORDS:
        text = yaml.safe_dump(record(name)) if name == "PYSEC-2099-2" else json.dumps(record(name))
        (folder / "vulns" / f"{name}{'.yaml' if name == 'PYSEC-2099-2' else '.json'}").write_text(text)


def scan(files: Mapping[str, str], *changed: str) -> Scanned:
    """The scan of a tree nothing is known of before."""
    repo = examples.repo(files)
    sources = [source for path in (changed or files) if (source := repo.source(path))]
    return scanner.scan([source for source in sources if scanner.wants(source)], repo)


def found(scanned: Scanned) -> list[tuple[str, int, str]]:
    return sorted((one.hit.place.path, one.hit.place.line, one.hit.detail) for one in scanned.spotted)


def asked(path: str, text: str) -> list[tuple[str, str, int]]:
    """Names, pinned versions and lines in a manifest."""
    return [(one.name, one.version, one.place.line) for one in manifest(Source(path, text)).dependencies]


def lock(name: str, version: str, source: str = 'source = { registry = "https://index.example.com/simple" }') -> str:
    return f'version = 1\n[[package]]\nversion = "{version}"\nname = "{name}"\n{source}\n'


def npm_lock(packages: Mapping[str, str]) -> str:
    rows = {f"node_modules/{name}": {"version": version} for name, version in packages.items()}
    return json.dumps({"lockfileVersion": 3, "packages": rows}, indent=1)


def compared(before: Mapping[str, str], after: Mapping[str, str]) -> Scanned:
    """The scan of what two trees differ in, as the pipeline asks for it."""
    base, head = examples.repo(before), examples.repo(after)
    changed = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    olds = {path: source for path in changed if (source := base.source(path))}
    news = {path: source for path in changed if (source := head.source(path))}
    was = Repo(Memory(before), Cache(None), known=olds)
    repo = Repo(Memory(after), Cache(None), known=news, earlier=was)
    return scanner.scan([source for source in news.values() if scanner.wants(source)], repo)


def told(scanned: Scanned) -> list[str]:
    return [spot.hit.message.partition("fixes it.")[2].strip() for spot in scanned.spotted]
