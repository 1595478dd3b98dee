"""Buckets of Supabase Storage that are made, or made to be, public: in SQL, in calls of a client, in its configuration."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from gate import lazy
from gate.facts.comment import code
from gate.facts.jstext import LANGUAGES
from gate.facts.placeholders import plain
from gate.facts.role import role
from gate.facts.sqlparse import tree
from gate.facts.statements import statements
from gate.hint import Hint
from gate.source import Place, Source

_IN_SQL = lazy.regex(r"(?i)\b(?:insert\s+into|update)\s+[\"`]?storage[\"`]?\.[\"`]?buckets\b")
_CALL = lazy.regex(
    r"\b(?:create|update)_?[bB]ucket\s*\(\s*(?:id\s*=\s*)?(?:['\"`]([\w./-]{1,80})['\"`]|[\w.]+)\s*,"
    r"[^;{}]{0,80}\{[^{}]{0,300}?['\"]?public['\"]?\s*:\s*[tT]rue\b"
)
_SECTION = lazy.regex(r"(?m)^\[storage\.buckets\.\"?([\w-]+)\"?\]\s*\n(?:(?!\[)[^\n]*\n)*?\s*public\s*=\s*true\b")

FOR_ALL = lazy.regex(
    r"(?i)avatar|images?|logo|public|assets?|media|banner|thumb|cover|photo|icon|static|cdn|blog|product|gallery|"
    r"pictures?|listing|post|marketing|brand|menu|emoji|sticker|theme|font|profile|meme|screenshot"
)
"""What is put on pages for everybody."""
OWN = lazy.regex(
    r"(?i)invoice|receipt|contract|document|\bdocs?\b|medical|patient|health|report|export|backup|private|statement|"
    r"\bids?\b|kyc|passport|licen[cs]e|resume|\bcvs?\b|payroll|tax|legal|record|confidential|attachment|signature|message"
)
"""What belongs to somebody."""


@dataclass(frozen=True)
class Bucket:
    """A bucket anybody may read. `name` is "" where the program fills it in; `role` is what the place is for."""

    languages: ClassVar[frozenset[str]] = frozenset({"sql", "python", "toml"}) | LANGUAGES
    hint: ClassVar[Hint] = Hint.of("bucket")

    place: Place
    name: str
    role: str

    @classmethod
    def find(cls, source: Source) -> Iterator["Bucket"]:
        where = role(source.path)
        for name, line in _named(source):
            yield cls(Place.at(source.path, line), name, where)


def _named(source: Source) -> Iterator[tuple[str, int]]:
    if source.language == "sql":
        for said in statements(source):
            if _IN_SQL.match(said.text):
                yield from ((name, said.place.line + line - 1) for name, line in _opened(tree(plain(said.text).sql)))
        return
    text = source.text if source.language == "toml" else "\n".join(code(source))
    for found in (_SECTION if source.language == "toml" else _CALL).finditer(text):
        yield found[1] or "", text.count("\n", 0, found.start()) + 1


def _opened(statement: Any) -> Iterator[tuple[str, int]]:
    """The buckets a statement makes public, and the line each stands on."""
    from sqlglot import exp

    if isinstance(statement, exp.Insert) and isinstance(statement.this, exp.Schema):
        columns = [column.name.lower() for column in statement.this.expressions]
        rows = statement.expression.find_all(exp.Tuple) if statement.expression is not None else ()
        for row in rows:
            given = dict(zip(columns, row.expressions, strict=False))
            if _is_true(given.get("public")):
                yield _text(given.get("id") or given.get("name")), _line(row)
    elif isinstance(statement, exp.Update):
        set_to = {one.this.name.lower(): one.expression for one in statement.expressions if isinstance(one, exp.EQ)}
        where = statement.args.get("where")
        named = next((one for one in where.find_all(exp.Literal)), None) if where is not None else None
        if _is_true(set_to.get("public")):
            yield _text(named), 1


def _is_true(node: Any) -> bool:
    return node is not None and node.sql().lower() in {"true", "1", "'t'", "'true'"}


def _text(node: Any) -> str:
    from sqlglot import exp

    return str(node.this) if isinstance(node, exp.Literal) else ""


def _line(row: Any) -> int:
    from sqlglot import exp

    return next((int(one.meta["line"]) for one in row.find_all(exp.Literal) if "line" in one.meta), 1)
