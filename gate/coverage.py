"""The coverage ledger: each changed file by each scanner, and what was not looked at."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Looked(StrEnum):
    """How far a scanner got with a file."""

    SCANNED = "scanned"
    PARTIAL = "partial"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, order=True)
class Row:
    """One file under one scanner. `hole` says that somebody should have looked and nobody did."""

    path: str
    scanner: str
    state: Looked
    reason: str = ""
    hole: bool = False


def summary(rows: Iterable[Row]) -> str:
    """One sentence on how much was looked at."""
    ledger = tuple(rows)
    files = {row.path for row in ledger}
    read = {row.path for row in ledger if row.state is Looked.SCANNED}
    holes = {row.path for row in ledger if row.hole}
    scanners = {row.scanner for row in ledger if row.state is Looked.SCANNED}
    if not files:
        return "The change touches no file, so there was nothing to look at."
    said = f"Looked at {len(read)} of {_files(len(files))} with {len(scanners)} scanner{'s' * (len(scanners) != 1)}"
    return said + (f"; {_files(len(holes))} not, or not wholly, read." if holes else ".")


def _files(count: int) -> str:
    return f"{count} file{'s' * (count != 1)}"
