"""What the database of advisories costs, beside its limits; `make bench` prints it.

No network is asked: the records are made up, about as many and as large as those of PyPI and npm (20,000 advisories, a
tenth of which list their versions one by one as PyPI's do; 300,000 malicious packages), in two zips as OSV publishes
them. Then a lock file of 1,500 packages, one in ten vulnerable, is read and audited from a warm database, medians of
five runs.
"""

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.limits import row
from gate.advisories.fetch import take_in
from gate.advisories.place import index, present
from gate.cache import Cache
from gate.fact import Repo
from gate.scanners._audit import audited
from gate.scanners._manifests import pin, read
from gate.source import Source
from tests.examples import Memory

ADVISORIES, MALICIOUS, PACKAGES = 20_000, 300_000, 1_500
BUILD, SIZE, AUDIT = 120.0, 30_000_000, 0.5
"""The limits: seconds, bytes, seconds."""
RUNS = 5
_TEXT = "What is wrong with it, at some length, as such texts go. " * 40
_WORDS = "core data node react lite fast auth token http cli kit js py async web cloud graph query form log".split()


def name(number: int) -> str:
    """A name as long as such names are."""
    chosen = random.Random(number)
    return f"{chosen.choice(_WORDS)}-{chosen.choice(_WORDS)}-{number:x}"


def advisory(number: int) -> dict[str, object]:
    ecosystem, kind = ("npm", "SEMVER") if number % 4 else ("PyPI", "ECOSYSTEM")
    events = [{"introduced": "0"}, {"fixed": f"1.{number % 50}.3"}, {"introduced": "2.0.0"}, {"fixed": "2.4.1"}]
    listed = [f"1.{minor}.{patch}" for minor in range(number % 50) for patch in range(3)] if number % 10 == 0 else []
    return {
        "id": f"GHSA-{number:04x}-aaaa-{number:04x}", "modified": "2099-01-01T00:00:00Z", "details": _TEXT,
        "aliases": [f"CVE-2099-{number:05}"], "summary": "Something is wrong with it",
        "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"}],
        "database_specific": {"severity": "HIGH"}, "references": [{"type": "WEB", "url": "https://example.com"}] * 5,
        "affected": [
            {"package": {"ecosystem": ecosystem, "name": name(number)}, "versions": listed,
             "ranges": [{"type": kind, "events": events}]}
        ],
    }  # fmt: skip


def malicious(number: int) -> dict[str, object]:
    ecosystem = "npm" if number % 10 else "PyPI"
    return {
        "id": f"MAL-{2022 + number % 5}-{number}", "modified": "2099-01-01T00:00:00Z", "details": _TEXT[:400],
        "summary": f"Malicious code in {name(number)} ({ecosystem})", "credits": [{"name": "x", "type": "FINDER"}],
        "affected": [
            {"package": {"ecosystem": ecosystem, "name": f"{name(number)}-x"},
             "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]}
        ],
    }  # fmt: skip


def published(folder: Path) -> list[Path]:
    """The records as OSV publishes them: a zip for each ecosystem, one file a record."""
    paths = [folder / "PyPI.zip", folder / "npm.zip"]
    zips = {path.stem: zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) for path in paths}
    for one in _records():
        affected = one["affected"]
        ecosystem = affected[0]["package"]["ecosystem"]  # type: ignore[index]
        zips[ecosystem].writestr(f"{one['id']}.json", json.dumps(one))
    for archive in zips.values():
        archive.close()
    return paths


def _records() -> Iterator[dict[str, object]]:
    yield from map(advisory, range(ADVISORIES))
    yield from map(malicious, range(MALICIOUS))


def npm_lock() -> Source:
    packages = {
        f"node_modules/{one}": {
            "version": version, "integrity": f"sha512-{'a' * 86}==",
            "resolved": f"https://npm.example.com/{one}/-/{one}-{version}.tgz",
        }
        for number in range(PACKAGES)
        for one, version in [(name(number), "1.0.0" if number % 10 == 1 else "3.0.0")]
    }  # fmt: skip
    return Source("package-lock.json", json.dumps({"lockfileVersion": 3, "packages": packages}, indent=2))


def pnpm_lock() -> Source:
    """Version 9: what the project asks for, what there is, and what of it needs what."""
    keys = [f"{name(n)}@{_npm_version(n)}" for n in range(PACKAGES)]
    asked = "".join(
        f"      {one.partition('@')[0]}:\n        specifier: ^1\n        version: {one.partition('@')[2]}\n"
        for one in keys[::10]
    )
    held = "".join(
        f"  {one}:\n    resolution: {{integrity: sha512-{'a' * 86}}}\n    engines: {{node: '>=18'}}\n\n" for one in keys
    )
    needs = "".join(
        f"  {one}:\n    dependencies:\n      {other.replace('@', ': ')}\n\n"
        for one, other in zip(keys, [*keys[1:], keys[0]], strict=True)
    )
    text = f"importers:\n\n  .:\n    dependencies:\n{asked}\npackages:\n\n{held}snapshots:\n\n{needs}"
    return Source("pnpm-lock.yaml", f"lockfileVersion: '9.0'\n\n{text}")


def yarn_lock() -> Source:
    """As Yarn 2 and later write it (berry)."""
    entries = "".join(_berry(name(n), _npm_version(n), name(n + 1)) for n in range(PACKAGES))
    return Source("yarn.lock", f"__metadata:\n  version: 8\n  cacheKey: 10\n\n{entries}")


def _berry(one: str, version: str, needed: str) -> str:
    asked = f'"{one}@npm:^{version}":\n  version: {version}\n  resolution: "{one}@npm:{version}"\n'
    needs = f'  dependencies:\n    {needed}: "npm:^1.0.0"\n  checksum: 10/{"a" * 128}\n'
    return f"{asked}{needs}  languageName: node\n  linkType: hard\n\n"


def _npm_version(number: int) -> str:
    return "1.0.0" if number % 10 == 1 else "3.0.0"


def uv_lock() -> Source:
    packages = (
        f'[[package]]\nname = "{name(number)}"\nversion = "{"1.0.0" if number % 3 else "3.0.0"}"\n'
        'source = { registry = "https://packages.example.com/simple" }\n'
        f'sdist = {{ url = "https://files.example.com/a.tar.gz", hash = "sha256:{"a" * 64}", size = 1 }}\n\n'
        for number in range(PACKAGES)
    )
    return Source("uv.lock", "version = 1\n\n" + "".join(packages))


def once(source: Source) -> tuple[float, int]:
    """Seconds of reading and auditing a lock file, and how many advisories were found."""
    from gate.facts.manifest import manifest

    manifest.cache_clear()
    start = time.perf_counter()
    pins = sorted({pin(one) for one in read(source, Repo(Memory({}), Cache(None))).pins})
    known, silent = audited(pins)
    took = time.perf_counter() - start
    if len(pins) < PACKAGES * 9 // 10 or silent:
        sys.exit(f"{source.path}: {len(pins)} pins, {len(silent)} of which nothing is known")
    return took, sum(map(len, known.values()))


def whole(folder: Path, source: Source) -> float:
    """Seconds of a whole run, with the start of Python and git, over a change that adds the lock file."""
    git = [
        "git",
        "-C",
        str(folder),
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.com",
        "-c",
        "commit.gpgsign=false",
    ]
    if not folder.exists():
        subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(folder)], check=True)
        for path, text in (("README.md", "x\n"), (source.path, source.text)):
            (folder / path).write_text(text, encoding="utf-8")
            subprocess.run([*git, "add", path], check=True)
            subprocess.run([*git, "commit", "--quiet", "--message", path], check=True)
    options = [
        "--repo",
        str(folder),
        "--base",
        "HEAD~1",
        "--head",
        "HEAD",
        "--only",
        "pip-audit",
        "--no-cache",
        "--quiet",
    ]
    command = [sys.executable, "-m", "gate", "scan", *options, "--format", "json", "--output", f"{folder}.json"]
    took = measured(lambda: subprocess.run(command, check=False, capture_output=True))
    if not json.loads(Path(f"{folder}.json").read_text(encoding="utf-8"))["findings"]:
        sys.exit(f"{source.path}: nothing was found")
    return took


def measured(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GATE_ADVISORIES"] = f"{folder}/index.sqlite"
        paths = published(Path(folder))
        packed = sum(path.stat().st_size for path in paths)
        took = measured(lambda: take_in(paths))
        row(f"an index of {ADVISORIES + MALICIOUS:,} records, from {packed / 1e6:.0f} MB of zips", took, BUILD)
        path = present()
        size = path.stat().st_size if path else 0
        print(f"{'its size':58} {size / 1e6:7.1f} MB  limit {SIZE / 1e6:g} MB{', EXCEEDED' if size > SIZE else ''}")
        if path:
            print(f"{'opening it':58} {measured(lambda: index(path)) * 1000:7.1f} ms")
        for source in (npm_lock(), pnpm_lock(), yarn_lock(), uv_lock()):
            runs = [once(source) for _ in range(RUNS)]
            what = f"{PACKAGES:,} packages of {source.path} read and audited, {runs[0][1]} found"
            row(what, statistics.median(took for took, _ in runs), AUDIT)
            spent = statistics.median(whole(Path(folder, f"repository-{source.path}"), source) for _ in range(RUNS))
            print(f"{'  the same by `gate scan --only pip-audit --format json`':58} {spent * 1000:7.1f} ms")
    print(f"{'the most memory':58} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:7.0f} MB")


if __name__ == "__main__":
    main()
