"""A statement that does not parse, read by its words: what it says can be told, what it leaves out cannot."""

from gate import lazy
from gate.facts.sqlparse import unwrapped
from gate.facts.sqlwrites import Write
from gate.facts.stars import Escape

_NAME = r"[\"`\[]?(?:\w+[\"`\]]?\.[\"`\[]?)?(\w+)"
_STAR = lazy.regex(r"(?i)\s*select\s+(?:all\s+|distinct\s+)?(?:top\s+\d+\s+)?(?:\w+\.)?\*\s*(?:,|from\b)")
_WIDE = lazy.regex(rf"(?i)\s*(delete\s+from|update)\s+(?:only\s+)?{_NAME}")
_NARROW = lazy.regex(r"(?i)\b(?:where|join|limit|using)\b")
_FROM = lazy.regex(rf"(?i)\bfrom\s+{_NAME}")


def presence(sql: str) -> tuple[Escape | None, Write | None]:
    """The star right after its SELECT, and the write that has no word a condition could begin with."""
    sql = unwrapped(sql)
    line = 1 + sql.count("\n", 0, len(sql) - len(sql.lstrip()))
    star = Escape((line, line), tuple(_FROM.findall(sql)[:1])) if _STAR.match(sql) else None
    wide = _WIDE.match(sql)
    if wide is None or _NARROW.search(sql) or wide[2].startswith("gp"):
        return star, None
    return star, Write(wide[1].split()[0].lower(), wide[2].lower(), "", "", line)
