"""`SELECT *` with the columns the schema of the repository gives the table."""

from gate import lazy
from gate.fact import Repo
from gate.facts.ddl import Ddl
from gate.facts.table import Table
from gate.mends.statement import narrowed
from gate.rule import Mend, Place
from gate.source import Source

_STAR = lazy.regex(r"(?i)\bselect\s+(\*)\s+from\s+\"?(\w+)\"?(?!\s*[,.(]|\w|\s+(?:as\s+)?\w+\s*,)")
_MORE = lazy.regex(r"(?i)\b(join|union|intersect|except)\b")
_MOST = 30
_ELSEWHERE = {"alter": frozenset({"drop", "rename"}), "create": frozenset({"like", "inherits", "of"})}
"""Words of statements that take columns away, or have them from another table."""
_SECRET = lazy.regex(r"passw|secret|token|hash|ssn|salt|api_?key|private_?key")


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
    """The columns SQL gives a table: of the statement that creates it and those that add to it.

    Nothing where a model says more, where statements differ, or where one takes a column away or renames it. Columns
    that hold secrets are left out: who needs one should name it.
    """
    said = [one for one in repo[Table] if one.name == table and (one.columns or one.model)]
    known: dict[str, None] = {}
    for one in sorted(said, key=lambda one: -len(one.columns)):
        fresh = [column for column in one.columns if column not in known]
        if one.model or len(fresh) not in {0, len(one.columns)}:
            return ()
        known.update(dict.fromkeys(fresh))
    told = (ddl for ddl in repo[Ddl] if ddl.name == table and ddl.verb in _ELSEWHERE)
    if any(_ELSEWHERE[ddl.verb].intersection(ddl.said) for ddl in told):
        return ()
    return tuple(column for column in known if not _SECRET.search(column))
