"""`SELECT *` with the columns the schema of the repository gives the table."""

import re

from gate.fact import Repo
from gate.facts.table import Table
from gate.mends.statement import narrowed
from gate.rule import Mend, Place
from gate.source import Source

_STAR = re.compile(r"(?i)\bselect\s+(\*)\s+from\s+\"?(\w+)\"?(?!\s*[,.(]|\w|\s+(?:as\s+)?\w+\s*,)")
_MORE = re.compile(r"(?i)\b(join|union|intersect|except)\b")
_MOST = 20


def named(source: Source, place: Place, repo: Repo) -> Mend | None:
    """Name the columns; None where the statement takes them from more than one table, or the table is not known."""
    text = source.snippet(place)
    found = list(_STAR.finditer(text))
    if len(found) != 1 or _MORE.search(text) or text.count("*") != 1:
        return None
    columns = _columns(found[0][2].lower(), repo)
    if not columns or len(columns) > _MOST:
        return None
    start, end = found[0].span(1)
    return narrowed(source, place, f"{text[:start]}{', '.join(columns)}{text[end:]}")


def _columns(table: str, repo: Repo) -> tuple[str, ...]:
    """The columns of the one SQL statement that creates a table, and nothing when there are more or other ones."""
    said = [one for one in repo[Table] if one.name == table]
    return said[0].columns if len(said) == 1 and not said[0].model else ()
