"""Statements that change the database itself: its tables and roles, who may what, and whose rows are seen."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts import sqlguess
from gate.facts.bindings import last_name
from gate.facts.placeholders import HOLE
from gate.facts.role import role
from gate.facts.sqltext import pieces, words
from gate.facts.statements import LANGUAGES, Statement, statements
from gate.facts.strings import puts
from gate.hint import Hint
from gate.source import Place, Source

MOST = 2_000
"""How many words of one statement are kept."""

_VERBS = words("alter create drop grant revoke set reset truncate execute select")
_WORD = lazy.regex(rf"%\(\w+\)s|%[sIL]|\$\d+|[\w{HOLE}@]+|::|[<>=!~#&|?*/+-]+|\S")
_ADJECTIVES = words(
    "or replace global local temp temporary unlogged materialized recursive external foreign unique only if not exists"
)
_TEMPORARY = words("temp temporary local")
_CALLS = lazy.regex(r"(?:create|drop)_(?:table|all)\(")
_FILLER = lazy.regex(r"(?i)%[sIL]|\{\w*\}?|\$\d+|%\(\w+\)s")


@dataclass(frozen=True)
class Ddl:
    """One such statement.

    `verb` is its first word and `what` the kind of thing it is about ("table", "policy", "role", "" where it says
    none), both lower case. `schema` and `name` are that thing's, lower case, "" where the program fills them in.
    `said` are the words behind the name, lower case but for strings, a quoted name in its quotes, a body as "$$".
    `role` is what the place is for, see `gate.facts.role`; `scope` the function around it. `whole`: all is told.
    `pasted`: a value of the program's is written into it; see `gate.facts.statements.Statement`.
    """

    languages: ClassVar[frozenset[str]] = LANGUAGES
    hint: ClassVar[Hint] = Hint(sqlguess.DDL_HINT.parts, (_CALLS,))

    place: Place
    verb: str
    what: str
    schema: str
    name: str
    said: tuple[str, ...]
    role: str
    scope: str
    temporary: bool = False
    whole: bool = True
    pasted: bool = False

    @classmethod
    def find(cls, source: Source) -> Iterable["Ddl"]:
        """Read the statements of a file by their words, those a stored routine executes from a string too."""
        for text in statements(source):
            verb = sqlguess.verb(text.text)
            if verb in _VERBS:
                yield from _read(source, text, verb)
        if source.language == "python" and _CALLS.search(source.text):
            yield from _called(source)

    def has(self, *run: str) -> bool:
        """Whether these words stand in it side by side."""
        return find_run(self.said, run) >= 0


def find_run(said: Sequence[str], run: Sequence[str]) -> int:
    """Where these words stand side by side; -1 for nowhere."""
    wanted = tuple(run)
    return next((at for at in range(len(said) - len(run) + 1) if tuple(said[at : at + len(run)]) == wanted), -1)


def bare(word: str) -> str:
    """A name without its quotes, lower case; "" for one the program fills in."""
    return "" if HOLE in word or _FILLER.fullmatch(word) else word.strip('"`[]').lower()


def named(said: Sequence[str], at: int = 0) -> tuple[str, str, int]:
    """The schema and the name of a thing at this word, and where the words behind it begin."""
    parts = [bare(said[at])] if at < len(said) else [""]
    at += 1
    while at + 1 < len(said) and said[at] == ".":
        parts.append(bare(said[at + 1]))
        at += 2
    return (parts[-2] if len(parts) > 1 else ""), parts[-1], at


def tokens(text: str) -> list[str]:
    """The words of a statement, its comments left out."""
    found: list[str] = []
    for piece in pieces(text):
        said = text[piece.start : piece.end]
        if piece.kind == "code":
            found += (word.lower() for word in _WORD.findall(said) if word != ";")
        elif piece.kind in {"string", "name"}:
            given = piece.kind == "string" and found[-1:] in (["by"], ["password"])  # a fact is remembered
            found.append("''" if given else said[:200] if piece.kind == "string" else said.lower())
        elif piece.kind == "body":
            found.append("$$")
        if len(found) > MOST:
            break
    return found


def _read(source: Source, text: Statement, verb: str) -> Iterator[Ddl]:
    said = tokens(text.text)
    if verb == "execute":
        inner = next((word[1:-1] for word in said if word.startswith("'")), "")
        said = tokens(inner)
        verb = said[0] if said else ""
    if verb in _VERBS and (verb != "select" or any(word == "set_config" for word in said[:4])):
        while said and said[0] == "(":
            said.pop(0)
        yield _told(source, text, verb, said)


def _told(source: Source, text: Statement, verb: str, said: list[str]) -> Ddl:
    what, at, temporary = _kind(verb, said)
    schema, name, after = named(said, at) if what and " " not in what.removeprefix("materialized ") else ("", "", at)
    scope = source.scope(text.place.line)
    return Ddl(
        text.place, verb, what, schema, name, tuple(said[after:MOST]), role(source.path, scope, templated=text.templated),
        scope, temporary, len(said) <= MOST, text.pasted,
    )  # fmt: skip


def _kind(verb: str, said: list[str]) -> tuple[str, int, bool]:
    """What kind of thing a statement is about, where its name stands, and whether it is for the session only."""
    if verb not in {"alter", "create", "drop", "truncate"}:
        return "", 1, False
    at, before = 1, set[str]()
    while at < len(said) and said[at] in _ADJECTIVES:
        before.add(said[at])
        at += 1
    what = said[at] if at < len(said) else ""
    if verb == "truncate":
        at = at + 1 if what == "table" else at
        what = "table"
    elif what in {"default", "owned"}:
        what, at = f"{what} {said[at + 1]}" if at + 1 < len(said) else what, at + 2
    else:
        at += 1
    while at < len(said) and said[at] in {"if", "not", "exists", "only", "concurrently"}:
        at += 1
    what = f"materialized {what}" if "materialized" in before else what
    return what, at, not _TEMPORARY.isdisjoint(before) or said[at : at + 1] == ["#"]


def _called(source: Source) -> Iterator[Ddl]:
    """`op.create_table("notes", Column("id", ...))`, `op.drop_table("notes")`, `Base.metadata.drop_all(engine)`."""
    for put in puts(source):
        call = put.node
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        verb, _, what = call.func.attr.partition("_")
        first = call.args[0] if call.args else None
        name = first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else ""
        everything = (verb, what) == ("drop", "all") and last_name(call.func.value) in {"metadata", "db"}
        if everything or (
            what == "table" and verb in {"create", "drop"} and last_name(call.func.value) in {"op", "batch_op"}
        ):
            place = Place.at(source.path, call.lineno, call.end_lineno)
            scope = source.scope(place.line)
            said = ("(", *_columns(call), ")") if verb == "create" else ()
            where = role(source.path, scope)
            where = "migration" if where == "app" and not everything else where  # it is Alembic's
            yield Ddl(place, verb, "everything" if everything else "table", "", name.lower(), said, where, scope)


def _columns(call: ast.Call) -> Iterator[str]:
    """The names of the columns a migration gives a table."""
    for one in call.args[1:]:
        first = one.args[0] if isinstance(one, ast.Call) and one.args else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value.lower()
