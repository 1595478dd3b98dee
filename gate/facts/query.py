"""Queries: each SQL statement of a .sql file or a Python string, and each write said in an object mapper's words."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts import jschains, jsscope, jstext, orm, sqlguess, sqlwords
from gate.facts.links import Found
from gate.facts.placeholders import HOLE, Plain, plain
from gate.facts.role import role
from gate.facts.scoping import Relation, relations
from gate.facts.sqlparse import MAX_FILE, MAX_STATEMENT, is_too_deep, tree
from gate.facts.sqlwrites import Write, counts, loose, reads_none, wide, writes
from gate.facts.stars import Escape, escape
from gate.facts.statements import LANGUAGES, Statement, statements
from gate.hint import Hint
from gate.source import Place, Source

_READS_VARIABLES = lazy.regex(r"(?m)^\s*(?:import|from) (?:duckdb|pandasql)\b")
_FRAME = lazy.regex(
    r"\b(\w+)\s*:\s*(?:Union\[)?(?:\w+\.)*(?:DataFrame|LazyFrame)\b|\b(\w+)\s*=\s*(?:pd|pl|pa|pandas|polars|pyarrow)\.|\b(df)\b"
)
_TEMPORARY = lazy.regex(
    r"(?i)\bcreate\s+(?:or\s+replace\s+)?(?:global\s+|local\s+)?temp(?:orary)?\s+table\s+(?:if\s+not\s+exists\s+)?[\"`]?(\w+)"
)
_READS = lazy.regex(r"(?i)\b(?:select|table|returning|delete|update)\b")
_UNSAID = lazy.regex(r"\{\w*\}|[\N{HORIZONTAL ELLIPSIS}.]+")
"""A name that is filled in when the program runs, by `format` or another way."""
_HOLE = lazy.regex(r"gp[hv]_\d+")
_AS_QUERY = lazy.regex(r"(?i)\bas\b[\s(]*(?:select|with|table)\b")
_CHANGES = frozenset({"alter", "drop", "grant", "revoke", "set", "reset", "truncate", "execute"})
"""Verbs of statements that read and write no rows; see `gate.facts.ddl`."""
_WRAPPERS = frozenset({"with", "explain", "prepare", "declare", "copy", "table"})


@dataclass(frozen=True)
class Star:
    """A star that reaches what the statement returns or writes; `tables` are what it takes every column of.

    `returning`: of `RETURNING *`. `trimmed`: columns are left out by name. `kept`: a view or table keeps them.
    """

    place: Place
    tables: tuple[str, ...]
    returning: bool
    trimmed: bool
    kept: bool


@dataclass(frozen=True)
class Query:
    """A statement sent to a database.

    `verb` is its first word, lower case. `form` is "sql" or "orm"; a relation of an ORM query is a model's name.
    `shape` is the statement with its values, spacing and case made even. `scope` is the function around it.
    `role` is what the place is for (see `gate.facts.role`). `complete`: all of it is seen, so that what is not
    there is missing. `parsed` is False where it was read by its words alone.
    """

    languages: ClassVar[frozenset[str]] = LANGUAGES
    hint: ClassVar[Hint] = Hint(sqlguess.HINT.parts, (*orm.WRITE_HINT.exact, jschains.HINT))

    place: Place
    verb: str
    form: str
    shape: str
    scope: str
    role: str
    complete: bool
    parsed: bool
    relations: tuple[Relation, ...]
    writes: tuple[Write, ...]
    star: Star | None
    loose: str | None = None
    """The table a SELECT reads whatever its condition says; see `gate.facts.sqlwrites.loose`."""
    wide: str | None = None
    """The table a SELECT returns every row of; see `gate.facts.sqlwrites.wide`."""
    cut: bool = False
    """It is too long or too deep to be parsed, or behind too much other SQL, so it was read by its words."""
    worded: bool = False
    """No dialect parses it, so it was read by its words as well."""
    pasted: bool = False
    """A value of the program stands between quotes of it; see `gate.facts.statements.Statement`."""
    counts: bool = False
    """It gives nothing but how many rows there are."""

    @classmethod
    def find(cls, source: Source) -> Iterable["Query"]:
        """Read a file; .sql files are read as scripts, programs string by string and chain by chain."""
        found = list(_queries(source, statements(source)))
        if source.language == "sql":
            return found
        return sorted([*found, *_in_chains(source)], key=lambda query: (query.place, query.verb))


def _frames(source: Source) -> set[str]:
    """Variables that hold data frames, where a library lets SQL read them as tables of that name."""
    found = _FRAME.findall(source.text) if _READS_VARIABLES.search(source.text) else []
    return {name.lower() for names in found for name in names if name}


def _queries(source: Source, texts: Iterable[Statement]) -> Iterator[Query]:
    temporary = {name.lower() for name in _TEMPORARY.findall(source.text)}
    frames = temporary | _frames(source)
    budget = MAX_FILE
    for text in texts:
        budget -= len(text.text)
        query = _query(source, text, temporary, frames, parse=budget > 0)
        if query is not None:
            yield query


def _query(source: Source, text: Statement, temporary: set[str], frames: set[str], *, parse: bool) -> Query | None:
    verb = sqlguess.verb(text.text)
    if not verb or verb in _CHANGES or (verb == "create" and not _AS_QUERY.search(text.text)):
        return None
    long = len(text.text) > MAX_STATEMENT
    said = Plain(text.text[:MAX_STATEMENT], opaque=True) if long else plain(text.text)
    reads = verb != "insert" or not long  # the rows of a long INSERT say nothing more
    reads = reads and _READS.search(said.sql) is not None
    cut = reads and (not parse or long or is_too_deep(said.sql))
    parsed = tree(said.sql) if reads and not cut else None
    scope = jsscope.scope(source, text.place.line)
    where = role(source.path, scope, templated=text.templated)
    where = "migration" if where == "app" and text.changes else where
    complete = text.complete and not said.opaque
    verb = str(getattr(parsed, "key", verb)) if verb in _WRAPPERS else verb
    star, found, written = _analysed(parsed, said, text, verb)
    return Query(
        text.place, verb, "sql", _shape(said.sql), scope, where, complete, parsed is not None, found,
        tuple(write for write in written if write.table not in temporary),
        None if star is None or (star.tables and frames.issuperset(name.lower() for name in star.tables)) else star,
        _table(loose, parsed), _table(wide, parsed), cut, reads and not cut and parsed is None, text.pasted, counts(parsed),
    )  # fmt: skip


def _table(of: Callable[[object], str | None], parsed: object) -> str | None:
    try:
        return of(parsed) if parsed is not None else None
    except RecursionError:
        return None  # the statement is read by its words, see below


def _analysed(
    parsed: object, said: Plain, text: Statement, verb: str
) -> tuple[Star | None, tuple[Relation, ...], tuple[Write, ...]]:
    kept = verb in {"create", "insert"}
    try:
        if reads_none(parsed):
            return None, (), ()
        if parsed is not None:
            star = escape(parsed)
            return (
                _star(star, text, kept=kept) if star else None,
                relations(parsed, routine=text.routine),
                tuple(_moved(write, text) for write in writes(parsed)),
            )
    except RecursionError:
        pass  # deeper than the parser's own tree: read it by its words, as what does not parse
    star, wide = sqlwords.presence(said.sql)
    return (
        _star(star, text, kept=kept) if star else None,
        (),
        (_moved(wide, text),) if wide else (),
    )


def _moved(write: Write, text: Statement) -> Write:
    line = text.place.line + write.line - 1 if text.exact else text.place.line
    return Write(write.verb, write.table, write.schema, write.limits, line)


def _star(found: Escape, text: Statement, *, kept: bool) -> Star:
    first, last = found.lines
    start = text.place.line - 1
    place = text.place
    if text.exact and first > 0:
        place = Place.at(text.place.path, start + first, min(start + last, text.place.end_line))
    tables = tuple(_HOLE.sub("\N{HORIZONTAL ELLIPSIS}", name.strip()) for name in dict.fromkeys(found.tables))
    tables = tuple("" if _UNSAID.fullmatch(name) else name for name in tables)
    return Star(place, tables, found.returning, found.trimmed, kept)


def _shape(sql: str) -> str:
    even = re.sub(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b|\bgp[vh]_\d+\b", "?", sql[:4000].replace(HOLE, "?"))
    return " ".join(even.lower().split())


def _in_chains(source: Source) -> Iterator[Query]:
    if source.language in jstext.LANGUAGES:
        built = jschains.built(source) if jschains.HINT.search(source.text) else ()
        yield from (of_chain(source, found) for found in built)
    elif source.language == "python" and orm.WRITE_HINT.search(source.text):
        yield from (of_chain(source, found) for found in orm.found(source, reads=False))


def of_chain(source: Source, found: Found) -> Query:
    """A query in an object mapper's words as one like the others."""
    place = Place.at(source.path, found.line, found.end_line)
    scope = jsscope.scope(source, place.line)
    relation = Relation(found.model, "", found.scoped, found.partly, found.known, found.bypassed)
    write = Write(found.verb, found.model, "", found.limits, place.line)
    tables = (found.model,) if found.model else ()
    star = Star(place, tables, returning=False, trimmed=False, kept=False) if found.star else None
    written = () if found.verb == "select" else (write,)
    return Query(
        place=place, verb=found.verb, form="orm", shape=" ".join(source.snippet(place).split())[:4000], scope=scope,
        role=role(source.path, scope), complete=found.runs, parsed=True,
        relations=(relation,) if found.model else (), writes=written, star=star,
    )  # fmt: skip
