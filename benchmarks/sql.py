"""What reading SQL and learning of tenants costs: files without SQL, and the schema of a tree of 200,000 lines.

Processor time of this process, medians of five runs. The limits that are printed beside are what the project wants to
stay under on one core that nothing else keeps busy.
"""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from gate.cache import Cache
from gate.change import Tree
from gate.fact import Fact, Repo
from gate.facts.cachekey import CacheKey
from gate.facts.ddl import Ddl
from gate.facts.keptanswer import KeptAnswer
from gate.facts.query import Query
from gate.facts.table import Table
from gate.facts.tenancy import tenancy
from gate.facts.tenantsent import TenantSent
from gate.facts.unscoping import Unscoping
from gate.git import Git
from gate.source import Source

RUNS = 5
KINDS: tuple[type[Fact], ...] = (Query, Ddl, Table, CacheKey, KeptAnswer, TenantSent, Unscoping)
CODE = '''
def helper_{number}(rows, limit={number}):
    """Sum what is asked for, and leave out what is too small to matter."""
    found = [row for row in rows if row.get("amount", 0) > limit]
    if not found:
        return {{"count": 0, "total": 0}}
    return {{"count": len(found), "total": sum(row["amount"] for row in found)}}

'''
MODEL = """
class Thing{number}(models.Model):
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    name = models.TextField()
    amount = models.IntegerField(default=0)
    created = models.DateTimeField(auto_now_add=True)

"""
VIEW = """
def view_{number}(request, key):
    return render(request, "thing.html", {{"thing": Thing{number}.objects.get(tenant=request.tenant, pk=key)}})

"""
TABLE = "CREATE TABLE part{number} (id uuid PRIMARY KEY, tenant_id uuid NOT NULL, name text);\n"
LINES = 200_000


def median(measured: Callable[[], float]) -> float:
    return statistics.median(measured() for _ in range(RUNS))


def without_sql() -> float:
    """Milliseconds a thousand lines that hold no SQL; parsing them, which other rules need too, is left out."""
    text = "from django.db import models\n" + "".join(CODE.format(number=number) for number in range(20))
    sources = [Source(f"app/part{number}.py", f"{text}\nX = {number}\n") for number in range(50)]
    lines = sum(len(source.lines) for source in sources)
    for source in sources:
        source.tree  # noqa: B018  parsed once, and kept
    start = time.process_time()
    for source in sources:
        for kind in KINDS:
            if kind.hint.search(source.text):
                list(kind.find(source))
    return (time.process_time() - start) * 1e6 / lines


def tree(folder: Path) -> None:
    """A repository of `LINES` lines: of ten files seven hold code, one models, one views, one migrations."""
    kinds = [CODE] * 7 + [MODEL, VIEW, TABLE]
    written = number = 0
    while written < LINES:
        kind = kinds[number % 10]
        text = "".join(kind.format(number=number * 100 + part) for part in range(20 if kind is not TABLE else 5))
        path = folder / (f"db/{number}.sql" if kind is TABLE else f"app{number % 40}/part{number}.py")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        written, number = written + text.count("\n"), number + 1
    who = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    for command in (["init", "--quiet"], ["add", "--all"], [*who, "commit", "--quiet", "--message", "base"]):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)


def schema(folder: Path, cache: Cache) -> float:
    """Seconds to know every table of the tree."""
    with Git(folder) as git:
        repo = Repo(Tree(git, git.commit("HEAD")), cache)
        start = time.process_time()
        found = repo[Table]
        took = time.process_time() - start
    assert found
    cache.save()
    return took


def learnt(folder: Path, cache: Cache) -> float:
    """Seconds to know whose rows each table holds, and what every query says of it."""
    with Git(folder) as git:
        repo = Repo(Tree(git, git.commit("HEAD")), cache)
        start = time.process_time()
        found = tenancy(repo)
        took = time.process_time() - start
    assert found.owned
    cache.save()
    return took


def row(what: str, took: float, unit: str, wanted: str = "") -> None:
    print(f"{what:58} {took:7.2f} {unit:2}  {f'wanted: under {wanted}' if wanted else ''}".rstrip(), flush=True)


def main() -> None:
    row("SQL and tenancy, 1,000 lines of Python without SQL", median(without_sql), "ms", "10")
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as memory:
        folder = Path(name)
        tree(folder)
        os.environ["XDG_CACHE_HOME"] = memory
        row("the schema of a tree of 200,000 lines", median(lambda: schema(folder, Cache(None))), "s", "1")
        schema(folder, Cache.default(folder))
        again = median(lambda: schema(folder, Cache.default(folder)))
        row("  again, remembered", again * 1e3, "ms", "50")
        row("whose rows they are, and what every query says", learnt(folder, Cache.default(folder)), "s")
        row("  again, remembered", learnt(folder, Cache.default(folder)), "s")


if __name__ == "__main__":
    main()
