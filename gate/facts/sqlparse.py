"""sqlglot, boxed in: loaded when the first statement needs it, never fed what makes it slow, never let to fail.

sqlglot is pure Python and recursive: forty nested parentheses exhaust the usual stack, a chain of 800 subscripts
takes it seconds. What is too large or too deep for it is read by words instead.
"""

import logging
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gate import lazy

MAX_STATEMENT = 64_000
"""Longer statements (characters) are not parsed."""
MAX_FILE = 300_000
"""How much SQL (characters) of one file is parsed: about two seconds' worth."""

_LONG = 5_000
"""Statements of this length (characters) are tried in two dialects only."""
_DEEP = 200
_SUBSCRIPTS = 100
_UNARY = lazy.regex(r"(?i)(?:\b(?:not|case|select|end|when|all)\b\s*|[-+~!]\s*){60}")
_WRAPPED = lazy.regex(
    r"(?is)\s*(?:explain\s*(?:\([^()]*\)|(?:analy[sz]e|verbose|query\s+plan|extended|format\s*=\s*\w+)\b|\s)*"
    r"|prepare\s+\w+\s*(?:\([^()]*\)\s*)?as\s|declare\s+\w+\s.{0,100}?\bcursor\b.{0,60}?\bfor\s|return\s+query\s|perform\s(?=\s*\*)"
    r"|for\s+\w+\s+in\s+(?=select|with|delete|update|insert))"
)
_COPIED = lazy.regex(r"(?is)\s*copy\s*\((.*)\)\s*to\b.*")


def tree(sql: str, dialect: str = "") -> Any:
    """The syntax tree (sqlglot's) of one statement without placeholders; None when it is not read as a whole.

    `dialect` is what to try first. PostgreSQL, MySQL, SQLite, BigQuery and T-SQL follow.
    """
    sql = unwrapped(sql)
    if len(sql) > MAX_STATEMENT or is_too_deep(sql):
        return None
    dialects = dict.fromkeys((dialect or _dialect(sql), "postgres", "sqlite", "mysql", "bigquery", "tsql"))
    for name in list(dialects)[: None if len(sql) < _LONG else 2]:
        found = _parsed(sql, name)
        if found is not None:
            return found
    return None


def unwrapped(sql: str) -> str:
    """The statement inside `EXPLAIN`, `PREPARE`, `DECLARE CURSOR FOR`, `COPY (...) TO`, lines kept."""
    copied = _COPIED.fullmatch(sql)
    if copied:
        return "\n" * sql.count("\n", 0, copied.start(1)) + copied[1]
    wrapped = _WRAPPED.match(sql)
    return "\n" * sql.count("\n", 0, wrapped.end()) + sql[wrapped.end() :] if wrapped else sql


def _dialect(sql: str) -> str:
    if re.search(r"`[\w-]+\.[\w-]+|`[\w-]+`\.`", sql) and "-" in sql:
        return "bigquery"
    if "`" in sql:
        return "mysql"
    return "tsql" if re.search(r"(?i)\[\w+\]\.\[|\btop\s*\(?\d|\bfrom\s+\[", sql) else "postgres"


def is_too_deep(sql: str) -> bool:
    """Whether a parser would take too long, or end, over what lies in what."""
    if sql.count("[") > _SUBSCRIPTS or (sql.count("(") > 40 and _nesting(sql) > _DEEP):
        return True
    return _UNARY.search(sql) is not None


def _nesting(sql: str) -> int:
    depth = deepest = 0
    for mark in re.findall(r"[()]", sql):
        depth += 1 if mark == "(" else -1
        deepest = max(deepest, depth)
    return deepest


def _parsed(sql: str, dialect: str) -> Any:
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    with _quiet():
        try:
            found = [one for one in sqlglot.parse(sql, dialect=dialect) if one is not None]
        except (SqlglotError, RecursionError, *_ITS_OWN):
            return None
    return found[0] if len(found) == 1 and not isinstance(found[0], exp.Command) else None


_ITS_OWN = (ValueError, AssertionError, AttributeError, TypeError, KeyError, IndexError)
"""What sqlglot raises over text it was not made for."""


@contextmanager
def _quiet() -> Iterator[None]:
    """Room for its recursion, and no word to the log."""
    logger = logging.getLogger("sqlglot")
    silent, limit = logger.disabled, sys.getrecursionlimit()
    logger.disabled = True
    sys.setrecursionlimit(max(limit, 10_000))
    try:
        yield
    finally:
        logger.disabled = silent
        sys.setrecursionlimit(limit)
