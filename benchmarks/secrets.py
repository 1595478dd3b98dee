"""How many lines a second are read for secrets: the standard library, and gate itself, full of names of secrets.

Processor time of this process on one core, the best of five runs, since all that disturbs a run makes it slower. It is
what the worker does with a text it has read; a password stands behind every tenth file, so that some are found.
"""

import sys
import sysconfig
import time
from collections.abc import Iterable
from pathlib import Path

from gate.scanners._secrets_worker import look

TOP = Path(__file__).resolve().parent.parent
OWN = [TOP / folder for folder in ("gate", "rules", "tests", "docs")]
STANDARD = [
    Path(sysconfig.get_path("stdlib")) / name
    for name in ("asyncio", "email", "http", "json", "logging", "urllib", "xml")
]
SUFFIXES = frozenset({".py", ".md", ".yml", ".json", ".toml"})
RUNS = 5
WANTED = 100_000
"""Lines a second that the project promises itself on one core that nothing else keeps busy."""


def texts(folders: Iterable[Path]) -> list[tuple[str, str]]:
    """Names and texts of the files, a password behind every tenth."""
    files = sorted(path for folder in folders for path in folder.rglob("*") if _counts(path))
    secret = "db_" + "password = 'Kx7" + "mQ2vTz9'\n"
    return [(path.name, path.read_text(encoding="utf-8") + secret * (at % 10 == 0)) for at, path in enumerate(files)]


def _counts(path: Path) -> bool:
    """Whether somebody wrote it: what gate keeps beside its rules is one line of 280,000 characters."""
    return path.suffix in SUFFIXES and "__pycache__" not in path.parts


def measured(read: list[tuple[str, str]]) -> tuple[float, int]:
    """Seconds for all of them, and how many secrets were found."""
    start = time.process_time()
    found = sum(len(look(name, text)[0]) for name, text in read)
    return time.process_time() - start, found


def report(what: str, read: list[tuple[str, str]]) -> None:
    lines = sum(text.count("\n") for _, text in read)
    seconds, found = min(measured(read) for _ in range(RUNS))
    pace = f"{lines / seconds:>9,.0f} lines a second (wanted {WANTED:,})"
    sys.stdout.write(f"secrets, {what:24} {lines:>9,} lines, {found:>5,} found, {pace}\n")


if __name__ == "__main__":
    report("the standard library", texts(STANDARD))
    report("gate's own source", texts(OWN))
