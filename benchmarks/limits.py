"""What gate's own rules cost, beside the limits they are held to; `make bench` prints it last.

Processor time of `gate scan --only gate`, so that what else the machine does counts little, less start-up: that of a
change of one line and, for many files of a kind, that of the first alone, which loads the rules that read it. Measured
are a thousand lines of a web application that a change adds; files that hold nothing any rule looks for; and single
files written to be slow to read. Medians of three runs.
"""

import os
import resource
import statistics
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.bench import GATE, HELPER, MODULE, TABLE, VIEW, commit, run

RUNS = 3
SCAN = [*GATE, "scan", "--base", "main", "--head", "change", "--no-cache", "--quiet", "--only", "gate"]
A_THOUSAND_LINES, A_FILE, A_HOSTILE_FILE = 0.150, 0.001, 5.0
"""The limits, in seconds."""
FILES = 50
PLAIN = 400
PROSE = "What this part is about, in words that no rule looks for, and as long as such lines mostly are.\n" * 40
DATA = "\n".join(f"name_{number} = {number}" for number in range(80)) + "\n"


def application(files: int) -> dict[str, str]:
    """New files of a web application: routes, helpers, migrations."""
    kinds = [VIEW if view % 5 == 0 else HELPER for view in range(12)]
    found = {"app/pool.py": "def cursor():\n    return None\n"}
    for number in range(files):
        body = "".join(kind.format(number=number, view=view) for view, kind in enumerate(kinds))
        found[f"app/part{number}.py"] = MODULE.format(number=number) + body
        found[f"migrations/{number}.sql"] = TABLE.format(number=number, view=0)
    return found


def plain(files: int) -> dict[str, str]:
    """Files without a candidate: half are prose, half are data in Python."""
    half = range(files // 2)
    return {f"doc/{n}.md": f"# {n}\n{PROSE}" for n in half} | {f"data/part{n}.py": f"# {n}\n{DATA}" for n in half}


def hostile() -> dict[str, str]:
    """Files, each under the size that is read, on which a careless reader takes forever."""
    head, given = "from flask import request\nfrom db import cur\n", "request.args['a']"
    calls = "".join(f"def f{n}(a):\n    return f{n + 1}(a) + f{n + 2}(a)\n" for n in range(4_000))
    names = "".join(f"a{n} = a{n - 1}\n" for n in range(1, 40_000))
    deep = f"a = {'(' * 180}eval({given}){')' * 180}\n"
    return {
        "calls.py": f"{head}{calls}def view():\n    return f0({given})\n",
        "chain.py": f"{head}q{'.filter(a=1)' * 40_000}\n",
        "deep.py": head + deep + "if a:\n eval(a)\n" * 20_000,
        "joined.py": f"{head}cur.execute('SELECT * FROM t WHERE a = ' " + f"+ 'a' + {given}\\\n" * 15_000 + ")\n",
        "names.py": f"{head}{names}eval(a39999)\n",
        "blanks.sql": f"CREATE{' ' * 400_000}\nSELECT * FROM a, {'(SELECT ' * 5_000}",
        "quotes.js": "const a = `${" * 60_000,
        "spaces.yml": f"on:\n{' ' * 900_000}\njobs:\n" + "a: &a [*a]\n" * 4_000,
    }


def cpu(files: Mapping[str, str]) -> float:
    """Processor time of scanning a change that adds these files, children included; seconds, median."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(["git", "init", "--quiet", "--initial-branch=main", "."], folder)
        lay(folder, {"README.md": "A made-up application.\n"})
        run(["git", "checkout", "--quiet", "-b", "change"], folder)
        lay(folder, {**files, "README.md": "Another made-up application.\n"})
        return statistics.median(once(folder) for _ in range(RUNS))


def lay(folder: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text)
    commit(folder, "files")


def once(folder: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(SCAN, folder, fine=(0, 1, 3))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def row(what: str, took: float, limit: float) -> None:
    over = ", EXCEEDED" if took > limit else ""
    print(f"{what:58} {took * 1000:7.1f} ms  limit {limit * 1000:g} ms{over}", flush=True)


def _lines(files: Mapping[str, str]) -> int:
    return sum(text.count("\n") for text in files.values())


def main() -> None:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    start = cpu({})
    print(f"{'gate scan --only gate, a change of one line':58} {start * 1000:7.1f} ms  start-up, taken off below")
    first, added = application(1), application(FILES)
    lines = _lines(added) - _lines(first)
    row(f"a thousand of {lines:,} new lines", (cpu(added) - cpu(first)) / lines * 1000, A_THOUSAND_LINES)
    row(f"one of {PLAIN} files without candidates", (cpu(plain(PLAIN)) - cpu(plain(2))) / (PLAIN - 2), A_FILE)
    for path, text in hostile().items():
        row(f"a hostile file, {path} ({len(text) // 1000:,} kB)", cpu({path: text}) - start, A_HOSTILE_FILE)


if __name__ == "__main__":
    main()
