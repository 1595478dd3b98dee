"""How long gate takes, side by side with the tools it runs. `make bench` prints a table of ratios, not promises.

A full scan of a change of 20 files, in which every tool has work, against each tool alone in three ways: as gate runs
it, as `gate scan --only TOOL`, and by its own command line; then the hook, with one staged file in a small and in a
large tree, importing the command line, and what twice the tree and twice the change cost gate's own rules. But for
"as gate runs it", each is a process measured from outside. Medians of five runs. pip-audit asks a local
set of advisories, so that no network is measured.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from gate import registry
from gate.cache import Cache
from gate.change import read_change
from gate.fact import Repo
from gate.git import Git
from gate.intake import take_in
from gate.policy import Policy
from gate.scanners.semgrep import Semgrep

RUNS = 5
GROWTH = (100, 200, 400)
LARGE = 5_000
"""Files of the large tree."""
GATE = [sys.executable, "-m", "gate"]
HOOK = [*GATE, "scan", "--staged", "--profile", "commit", "--quiet"]
MODULE = '''"""Part {number} of a made-up web application."""

from flask import Blueprint, g, jsonify, request

from app.pool import cursor

bp = Blueprint("part{number}", __name__)
'''
VIEW = '''

@bp.get("/part{number}/{view}/<int:key>")
def view_{view}(key):
    """Show one row."""
    with cursor() as cur:
        cur.execute("SELECT id, name FROM things WHERE tenant_id = %s AND id = %s", (g.tenant, key))
        row = cur.fetchone()
    wanted = request.args.get("fields", "id,name").split(",")
    return jsonify({{name: row[name] for name in wanted if name in row}})
'''

HELPER = '''

def helper_{view}(rows, limit={view}):
    """Sum what is asked for."""
    found = [row for row in rows if row.get("amount", 0) > limit]
    if not found:
        return {{"count": 0, "total": 0}}
    return {{"count": len(found), "total": sum(row["amount"] for row in found)}}
'''
ROUTES = """const router = require("express").Router();
const { execFile } = require("child_process");
const store = require("./store");
"""
ROUTE = """
router.get("/part{number}/{view}/:key", async (request, response) => {{
  const rows = await store.find("things", {{ key: request.params.key, tenant: request.tenant }});
  execFile("convert", ["-resize", "64x64", "in.png", "out.png"]);
  response.json(rows.map((row) => ({{ id: row.id, name: row.name }})));
}});
"""
TABLE = "CREATE TABLE part{number}_{view} (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, name text);\n"


def written(number: int, parts: int) -> tuple[str, str]:
    """The path and text of one file: of twenty, thirteen are Python, four JavaScript, two SQL, one pins packages."""
    if number % 20 == 19:
        return "requirements.txt", "".join(f"made-up-{part}=={part}.1\n" for part in range(parts))
    if number % 20 >= 17:
        return f"migrations/{number}.sql", "".join(TABLE.format(number=number, view=view) for view in range(parts))
    if number % 20 >= 13:
        return f"web/part{number}.js", ROUTES + "".join(ROUTE.format(number=number, view=view) for view in range(parts))
    kinds = (VIEW if view % 5 == 0 else HELPER for view in range(parts))
    body = "".join(kind.format(number=number, view=view) for view, kind in enumerate(kinds))
    return f"app/part{number}.py", MODULE.format(number=number) + body


def advisories(folder: Path) -> None:
    """A local set that pip-audit is asked about; nothing in it is about what the change pins."""
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2"}]}]
    for number in range(100):
        affected = [{"package": {"ecosystem": "PyPI", "name": f"unasked-{number}"}, "ranges": ranges}]
        record = {"id": f"PYSEC-2099-{number}", "modified": "2099-01-01T00:00:00Z", "affected": affected}
        (folder / f"{number}.json").write_text(json.dumps(record))


def write(folder: Path, files: int, parts: int) -> None:
    for number in range(files):
        path, text = written(number, parts)
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)


def repository(folder: Path, files: int, changed: int, parts: int = 24) -> None:
    """A repository of `files` files on main; a branch that adds to `changed` of them; one file staged on top."""
    run(["git", "init", "--quiet", "--initial-branch=main", "."], folder)
    write(folder, files, parts)
    commit(folder, "base")
    run(["git", "checkout", "--quiet", "-b", "change"], folder)
    write(folder, changed, parts + 1)
    commit(folder, "change")
    write(folder, 1, parts + 2)
    run(["git", "add", "--all"], folder)


def commit(folder: Path, message: str) -> None:
    who = ("-c", "user.name=bench", "-c", "user.email=bench@example.com")
    run(["git", "add", "--all"], folder)
    run(["git", *who, "commit", "--quiet", "--no-verify", "--message", message], folder)


def run(command: Sequence[str], folder: Path, *, fine: Sequence[int] = (0,)) -> None:
    """Run a command; one that ends with any other status than a `fine` one ends the measurement."""
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
    if done.returncode not in fine or "Traceback" in done.stderr:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")


def median(command: Sequence[str], folder: Path) -> float:
    """Seconds of wall time, median of `RUNS`."""
    took = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run(command, folder)
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def alone(name: str, folder: Path) -> float:
    """One scanner on the head side of the change, in this process, nothing beside it; seconds, median."""
    scanner, took = registry.scanners()[name], []
    for _ in range(RUNS):
        with Git(folder) as git:
            change = read_change(git, "main", "change")
            sources = [s for s in take_in(change, Policy()).sources.values() if scanner.wants(s)]
            if not sources:
                return 0.0
            start = time.perf_counter()
            scanner.scan(sources, Repo(change.head, Cache(None)))
            took.append(time.perf_counter() - start)
    return statistics.median(took)


def by_hand(folder: Path, patterns: Path) -> dict[str, list[str]]:
    """The command lines of the tools that need no network, as a team without gate would write them."""
    patterns.write_text(Semgrep().compiled, encoding="utf-8")
    quiet = ("--quiet", "--metrics=off", "--disable-version-check")
    return {
        "bandit": ["bandit", "--quiet", "--recursive", str(folder / "app")],
        "detect-secrets": ["detect-secrets", "scan", str(folder)],
        "semgrep": ["semgrep", "scan", *quiet, "--config", str(patterns), str(folder)],
    }


def row(what: str, took: float, beside: str = "") -> None:
    print(f"{what:58} {took:7.2f} s  {beside}".rstrip(), flush=True)


def compare(how: str, tools: Mapping[str, float], whole: float) -> None:
    """One row a tool, with what the full scan is beside it; the slowest, which bounds it, is marked."""
    slowest = max(tools, key=lambda tool: tools[tool])
    for tool, took in sorted(tools.items(), key=lambda pair: pair[1]):
        beside = f"the full scan is {whole / took:5.2f} x this" if took else ""
        row(f"  {tool}, {how}", took, beside + (", the slowest" if tool == slowest else ""))


def full() -> None:
    """The full scan of 20 files beside the tools."""
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as known:
        folder = Path(name)
        repository(folder, 20, 20)
        advisories(Path(known))
        os.environ["GATE_ADVISORIES"] = known
        scan = [*GATE, "scan", "--base", "main", "--head", "change", "--no-cache", "--quiet"]
        whole = median(scan, folder)
        row("gate scan, all tools, a change of 20 files", whole)
        compare("as gate runs it", {tool: alone(tool, folder) for tool in registry.scanners()}, whole)
        compare(
            "gate scan --only", {tool: median([*scan, "--only", tool], folder) for tool in registry.scanners()}, whole
        )
        lines = by_hand(folder, Path(known, "patterns.json"))
        compare("its own command line", {tool: median(line, folder) for tool, line in lines.items()}, whole)
        row("gate scan --staged --profile commit, 1 of 20 files", median([*HOOK, "--no-cache"], folder))


def large() -> None:
    """One changed file in a large tree: what is new to gate, and what it remembers."""
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as memory:
        folder = Path(name)
        repository(folder, LARGE, 1, parts=8)
        os.environ["XDG_CACHE_HOME"] = memory
        forgetful = median([*HOOK, "--no-cache"], folder)
        row(f"gate scan --staged --profile commit, 1 of {LARGE:,} files", forgetful, "nothing remembered")
        run(HOOK, folder)
        warm = median(HOOK, folder)
        row("  again", warm, f"{warm / forgetful:.2f} x of that: the rest of the tree is remembered")


def start() -> None:
    """Importing the command line."""
    empty = median([sys.executable, "-c", "pass"], Path())
    took = median([sys.executable, "-c", "import gate.cli"], Path())
    row("import gate.cli", took - empty, "above an empty Python")


def growth() -> None:
    """Twice the tree and twice the change should take gate's own rules twice as long."""
    before = 0.0
    for files in GROWTH:
        with tempfile.TemporaryDirectory() as name:
            repository(Path(name), files, files)
            scan = [*GATE, "scan", "--base", "main", "--head", "change", "--no-cache", "--quiet", "--only", "gate"]
            took = median(scan, Path(name))
        row(
            f"gate scan --only gate, a change of {files} files",
            took,
            f"{took / before:.2f} x half of it" if before else "",
        )
        before = took


def main() -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed gate is compiled already
    for measure in (full, large, start, growth):
        measure()


if __name__ == "__main__":
    main()
