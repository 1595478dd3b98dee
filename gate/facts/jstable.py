"""Tables as schemas of JavaScript's object mappers state them: Prisma, Drizzle, TypeORM, Sequelize, Knex's migrations."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gate import lazy
from gate.facts.jswhere import column, pairs
from gate.hint import Hint
from gate.source import Source

LANGUAGES = frozenset({"javascript", "typescript", "prisma"})
HINT = Hint.of(
    *((f"{store}table", r"(?:creator)?\(") for store in ("pg", "mysql", "sqlite", "singlestore")), ("entity", r"\("),
    ("init", r"\(\s*\{"), ("define", r"\(\s*['\"]"), ("createtable", r"\(\s*['\"]"), ("model", r"\s+\w+\s*\{"),
)  # fmt: skip
_PRISMA = lazy.regex(r"(?m)^model\s+(\w+)\s*\{((?://[^\n]*|[^{}\"]|\"[^\"\n]*\")*+)\}")
_MAP = lazy.regex(r"@@map\(\s*(?:name:\s*)?\"([^\"]+)\"")
_FIELD = lazy.regex(r"(?m)^\s*([A-Za-z]\w*)\s+[A-Z]\w*")
_RELATION = lazy.regex(r"(?m)^\s*\w+\s+(\w+)\s+@relation\([^)\n]*fields\s*:")
_DRIZZLE = lazy.regex(
    r"\b(?:const|let)\s+(\w+)\s*=\s*(?:\w+\.)?(?:(?:pg|mysql|sqlite|singlestore)Table|createTable)\(\s*['\"`](\w+)['\"`]\s*,"
)
_INIT = lazy.regex(r"\b([A-Z]\w*)\.init\(\s*(?=\{)")
_DEFINE = lazy.regex(r"\.define(?:<[^<>()]*>)?\(\s*['\"](\w+)['\"]\s*,\s*(?=\{)")
_ENTITY = lazy.regex(
    r"@Entity\(([^()]*)\)\s*(?:@\w+\([^()]*(?:\([^()]*\)[^()]*)*\)\s*)*export\s+(?:default\s+)?(?:abstract\s+)?class\s+(\w+)[^{]*(?=\{)"
)
_MEMBER = lazy.regex(
    r"@(?:\w*Column|ManyToOne|OneToOne)\((?:[^()]|\([^()]*(?:\([^()]*\)[^()]*)*\))*\)\s*(?:@\w+\((?:[^()]|\([^()]*\))*\)\s*)*"
    r"(?:(?:public|protected|readonly|declare)\s+)*(\w+)\s*[?!]?\s*:"
)
_KNEX = lazy.regex(r"\.createTable\(\s*['\"`](\w+)['\"`]\s*,[^{]{0,80}(?=\{)")
_KNEX_COLUMN = lazy.regex(r"\b\w+\.\w+\(\s*['\"`](\w+)['\"`]")
_NAMED = lazy.regex(r"['\"`](\w+)['\"`]")
_BRACE = lazy.regex(r"[{}]")
_BODY = 20_000


@dataclass(frozen=True)
class Stated:
    """A table: its name, the name queries have for it, its columns, and where that is said."""

    name: str
    model: str
    columns: tuple[str, ...]
    start: int
    points: tuple[str, ...] = ()


def stated(source: Source) -> Iterator[Stated]:
    """Read a file by the shapes of its schema's calls."""
    text = source.text
    if source.language == "prisma":
        yield from _prisma(text)
        return
    for found in _DRIZZLE.finditer(text):
        yield _of(found[2], found[1], _keys(text, found.end()), found.start())
    for found in (*_INIT.finditer(text), *_DEFINE.finditer(text)):
        yield _of(f"{found[1].lower()}s", found[1], _keys(text, found.end()), found.start())
    for found in _ENTITY.finditer(text):
        named = _NAMED.search(found[1])
        yield _of(named[1] if named else found[2], found[2], _MEMBER.findall(_body(text, found.end())), found.start())
    for found in _KNEX.finditer(text):
        yield _of(found[1], "", _KNEX_COLUMN.findall(_body(text, found.end())), found.start())


def _prisma(text: str) -> Iterator[Stated]:
    for found in _PRISMA.finditer(text):
        mapped = _MAP.search(found[2])
        model = found[1][:1].lower() + found[1][1:]
        one = _of(mapped[1] if mapped else found[1], model, _FIELD.findall(found[2]), found.start())
        yield replace(one, points=tuple(target.lower() for target in _RELATION.findall(found[2])))


def _of(name: str, model: str, columns: list[str], start: int) -> Stated:
    return Stated(name.lower(), model, tuple(dict.fromkeys(column(one) for one in columns)), start)


def _keys(text: str, at: int) -> list[str]:
    start = text.find("{", at, at + 200)
    return [name for name, _ in pairs(_body(text, start)) if name] if start >= 0 else []


def _body(text: str, start: int) -> str:
    """What stands between a brace and its partner, both included."""
    depth = 0
    for mark in _BRACE.finditer(text, start, start + _BODY):
        depth += 1 if mark[0] == "{" else -1
        if depth == 0:
            return text[start : mark.end()]
    return text[start : start + _BODY]
