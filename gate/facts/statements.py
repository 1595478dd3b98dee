"""The SQL a file holds, statement by statement: scripts, and the strings of programs in seven languages."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from gate import lazy
from gate.facts import hosttext, jstext, sqlguess
from gate.facts.bindings import last_name
from gate.facts.growth import grown
from gate.facts.placeholders import HOLE, holes
from gate.facts.sqltext import pieces, script, split
from gate.facts.strings import Put, is_text, operands, puts, render
from gate.facts.usage import Use, use
from gate.source import Place, Source

LANGUAGES = frozenset({"python", "sql"}) | jstext.LANGUAGES | hosttext.LANGUAGES
"""What SQL is looked for in."""
_OPEN = lazy.regex(r"(?i)(?:\b(?:where|and|or|on|set|from|by|in|values)|[,(=])\s*$")

_SETS = lazy.regex(rf"(?i)\s*set\s+(?:local\s+|session\s+)?[\w.\"]+\s*(?:=|\bto\b)\s*{HOLE}")
_CHANGES = lazy.regex(r"(?i)\balter\s+table\b[^;]*\b(?:add|drop|alter|rename)\b")


@dataclass(frozen=True)
class Statement:
    """SQL and where it stands: its first line in the file, and its last; `exact`: every line of it is one there.

    `pasted`: a value that is no constant of the program's stands between quotes.
    """

    text: str
    place: Place
    exact: bool
    complete: bool
    routine: bool = False
    templated: bool = False
    changes: bool = False
    """It stands in one text with statements that change tables, and none of it comes from elsewhere."""
    pasted: bool = False


@lru_cache(maxsize=4)
def statements(source: Source) -> tuple[Statement, ...]:
    """Read a file in its own language."""
    if source.language == "sql":
        return tuple(_in_script(source))
    if not sqlguess.HINT.search(source.text) and not sqlguess.DDL_HINT.search(source.text):
        return ()
    if source.language == "python":
        return tuple(_in_strings(source))
    return tuple(
        _in_texts(
            source, hosttext.texts(source) if source.language in hosttext.LANGUAGES else jstext.texts(source.text)
        )
    )


def _in_script(source: Source) -> Iterator[Statement]:
    text = script(source.text)
    templated = text is not source.text
    line, at = 1, 0
    for statement in sorted(split(holes(text)), key=lambda one: one.start):
        said = statement.text[sqlguess.opening(statement.text) :]
        start = statement.start + len(statement.text) - len(said)
        line, at = line + text.count("\n", at, start), start
        place = Place.at(source.path, line, line + said.rstrip().count("\n"))
        yield Statement(said.rstrip(), place, exact=True, complete=True, routine=statement.routine, templated=templated)


def _in_strings(source: Source) -> Iterator[Statement]:
    for put in puts(source):
        if is_text(put.node) and _opens_as_sql(put.node):
            yield from _said(source, put)


def _in_texts(source: Source, texts: Iterable[jstext.Text]) -> Iterator[Statement]:
    for one in texts:
        if sqlguess.is_sql(one.text, score=one.score, sure=one.sure):
            place = Place.at(source.path, one.line, one.end_line)
            exact = one.end_line - one.line == one.text.count("\n")
            pasted = _is_pasted(one.text)
            yield Statement(one.text, place, exact, one.whole and not _OPEN.search(one.text), pasted=pasted)


def _said(source: Source, put: Put) -> Iterator[Statement]:
    more = grown(put)
    text = more.text if more else render(put.node, put.scope)
    if text is None or not (sqlguess.verb(text) or sqlguess.is_script(text)):
        return
    found = use(put)
    found = replace(found, whole=more.sure) if more else found
    if not sqlguess.is_sql(text, score=found.score, sure=found.sure):
        return
    place = Place.at(source.path, put.node.lineno, put.node.end_lineno)
    exact = place.end_line - place.line == text.count("\n")
    changes = ";" in text and HOLE not in text and _CHANGES.search(text) is not None
    for statement in split(text) if ";" in text else [None]:
        said = statement.text.strip() if statement else text
        offset = statement.start + statement.text.index(said) if statement else 0
        start = place.line + (text.count("\n", 0, offset) if exact else 0)
        own = Place.at(source.path, start, start + said.count("\n")) if exact else place
        if sqlguess.verb(said):
            pasted = found.whole and _is_pasted(said) and not _is_constant(put.node)
            yield Statement(said, own, exact, _is_whole(said, found), pasted=pasted, changes=changes)


def _is_pasted(text: str) -> bool:
    """Whether a hole stands between the quotes of a value, or is what a setting is set to, which no driver binds."""
    strings = (text[piece.start : piece.end] for piece in pieces(text) if piece.kind == "string")
    return HOLE in text and (any(HOLE in said for said in strings) or _SETS.match(text) is not None)


def _is_constant(node: ast.expr) -> bool:
    """Whether all that is put into a text are constants by their names, such as `Plan.FREE`, their `value`, or numbers."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        parts = node.right.elts if isinstance(node.right, ast.Tuple) else [node.right]
    elif isinstance(node, ast.BinOp):
        parts = operands(node)
    elif isinstance(node, ast.JoinedStr):
        parts = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    else:
        parts = [*node.args, *(one.value for one in node.keywords)] if isinstance(node, ast.Call) else [node]
    return all(_has_constant_name(part) for part in parts)


def _has_constant_name(node: ast.expr) -> bool:
    if isinstance(node, ast.Attribute) and node.attr in {"value", "name"}:
        node = node.value
    if isinstance(node, ast.Call):
        return last_name(node.func) in {"int", "UUID"}
    name = last_name(node)
    return isinstance(node, ast.Constant) or name.isupper() or name.startswith("__") or name == "db_table"


def _is_whole(text: str, found: Use) -> bool:
    return found.whole and not _OPEN.search(text)


def _opens_as_sql(node: ast.expr) -> bool:
    """Whether a text may open with a verb; one that opens with a name may."""
    while True:
        if isinstance(node, ast.BinOp):
            node = node.left
        elif isinstance(node, ast.JoinedStr) and node.values:
            node = node.values[0]
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr != "join":
            node = node.func.value
        elif isinstance(node, ast.Constant):
            value = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
            return not isinstance(value, str) or sqlguess.may_open(value)
        else:
            return True
