"""Tables: their names and columns, as models, migrations and SQL scripts state them."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import ClassVar

from gate import lazy
from gate.facts import jstable, pointers
from gate.facts.bindings import last_name
from gate.facts.columns import bracketed, first_word, parts
from gate.hint import Hint
from gate.nodes import children
from gate.source import Place, Source

_CREATE = lazy.regex(
    r"(?i)\bcreate\s+(?:unlogged\s+|foreign\s+)?table\s+(?:if\s+not\s+exists\s+)?[\"`\[]?(?:\w+[\"`\]]?\.[\"`\[]?)?(\w+)[\"`\]]?\s*\("
)
_ALTER = lazy.regex(
    r"(?i)\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?[\"`\[]?(?:\w+[\"`\]]?\.[\"`\[]?)?(\w+)[\"`\]]?\s+([^;]{1,400})"
)
_ADD = lazy.regex(
    r"(?i)\badd\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?[\"`\[]?(?!constraint\b|primary\b|foreign\b|unique\b|check\b)(\w+)"
)
_SECURE = lazy.regex(r"(?i)\b(?:enable|force)\s+row\s+level\s+security")
_POLICY = lazy.regex(r"(?i)\bcreate\s+policy\s+\S+\s+on\s+[\"`]?(?:\w+[\"`]?\.[\"`]?)?(\w+)[\"`]?([^;]{0,600})")
_NO_COLUMN = frozenset(
    {"constraint", "primary", "foreign", "unique", "check", "like", "key", "index", "exclude", "period"}
)
_SINGLE = lazy.regex(r"(?i)\bcheck\s*\(\s*\(?\s*[\"`]?\w+[\"`]?\s*=\s*(?:'[^']{0,20}'|\d+|true)\s*\)")

_FIELD = lazy.regex(r"Column|mapped_column|relationship|\w*Field|ForeignKey|OneToOneField|\w*Key|Relationship")
_POINTER = lazy.regex(r"(?:\w*ForeignKey\w*|OneToOneField|ParentalKey)")
_WORD = lazy.regex(r"[A-Z]?[a-z\d_]+|[A-Z]+(?![a-z])")
_GUARDS = lazy.regex(r"(?i)\w*(?:tenant|scoped|organi[sz]ation|workspace|account)\w*(?:manager|queryset)\w*")


@dataclass(frozen=True)
class Table:
    """What one place says of a table.

    `name` is the table's own, lower case, "" for a mixin or abstract model. `model` is the class, "" in SQL. `columns`
    are lower case. `bases` are the classes it takes further columns from. `secured`: row-level security is switched
    on. `policy` are the words of a policy on it. `guarded`: the model's manager scopes by itself. `single`: a
    constraint lets it have one row only. `points` are the tables, or their models, that each row must point to; `loose` are columns of a model that may be
    empty.
    """

    languages: ClassVar[frozenset[str]] = frozenset({"python", "sql"}) | jstable.LANGUAGES
    hint: ClassVar[Hint] = Hint(
        Hint.of(
            ("create", r"(?<!\wcreate)\s{1,9}(?:(?:\w{1,9}\s{1,9})?table|policy)\b"), ("alter", r"(?<!\walter)\s{1,9}table\b"),
            "__tablename__", ("models", r"\.\w*(?:field|key)\("), ("column", r"(?<!\wcolumn)\("), ("mapped_column", r"\("),
            ("table", "=true"), ("create_table", r"\("), ("add_column", r"\("), ("foreignkeyfield", r"\("),
        ).parts
        + jstable.HINT.parts
    )  # fmt: skip

    place: Place
    name: str
    model: str
    columns: tuple[str, ...]
    bases: tuple[str, ...] = ()
    secured: bool = False
    policy: tuple[str, ...] = ()
    guarded: bool = False
    single: bool = False
    points: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()

    @classmethod
    def find(cls, source: Source) -> Iterable["Table"]:
        """Read the SQL of a file by its words, and the classes and migrations of a Python file by their calls."""
        found = list(_in_sql(source)) if source.language in {"python", "sql"} else list(_in_schema(source))
        if source.tree is not None:
            found += _in_python(source, source.tree)
        return sorted(found, key=lambda table: (table.place, table.name, table.model))


def _in_schema(source: Source) -> Iterator[Table]:
    for one in jstable.stated(source):
        line = source.text.count("\n", 0, one.start) + 1
        yield Table(Place.at(source.path, line), one.name, one.model, one.columns, points=one.points)


def _in_sql(source: Source) -> Iterator[Table]:
    text = source.text
    for found in _CREATE.finditer(text):
        body = bracketed(text, found.end() - 1)
        said = [part for part in parts(body) if first_word(part) not in _NO_COLUMN]
        columns = tuple(dict.fromkeys(name for part in said if (name := first_word(part))))
        points = tuple(target for part in said if (target := pointers.in_sql(part)))
        single = _SINGLE.search(body) is not None
        yield Table(_at(source, found), found[1].lower(), "", columns, single=single, points=points)
    for found in _ALTER.finditer(text):
        columns = tuple(name.lower() for name in _ADD.findall(found[2]))
        secured = _SECURE.search(found[2]) is not None
        if columns or secured:
            yield Table(_at(source, found), found[1].lower(), "", columns, secured=secured)
    for found in _POLICY.finditer(text):
        words = tuple(sorted({word.lower() for word in re.findall(r"\w+", found[2])}))[:40]
        yield Table(_at(source, found), found[1].lower(), "", (), policy=words)


def _at(source: Source, found: re.Match[str]) -> Place:
    return Place.at(source.path, source.text.count("\n", 0, found.start()) + 1)


def _in_python(source: Source, tree: ast.Module) -> Iterator[Table]:
    stack: list[ast.AST] = list(tree.body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.ClassDef):
            table = _model(source, node)
            if table is not None:
                yield table
        if isinstance(node, ast.stmt):
            stack += [child for child in children(node) if isinstance(child, ast.stmt)]
        call = node.value if isinstance(node, ast.Expr | ast.Assign) else None
        call = call.value if isinstance(call, ast.Await) else call
        if isinstance(call, ast.Call) and (table := _called(source, call)):
            yield table


def _called(source: Source, call: ast.Call) -> Table | None:
    """`op.create_table("orders", Column("id"))`, `op.add_column("orders", Column(...))`, `Table("orders", ...)`."""
    if last_name(call.func) not in {"create_table", "add_column", "Table"} or not call.args:
        return None
    name = call.args[0]
    if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
        return None
    columns = [
        str(one.args[0].value).lower()
        for one in call.args[1:]
        if isinstance(one, ast.Call)
        and last_name(one.func) == "Column"
        and one.args
        and isinstance(one.args[0], ast.Constant)
    ]
    return Table(Place.at(source.path, call.lineno), name.value.lower(), "", tuple(columns)) if columns else None


def _model(source: Source, node: ast.ClassDef) -> Table | None:
    columns: list[str] = []
    for statement in node.body:
        columns += _field(statement)
    named = _constant(node, "__tablename__")
    django = any(isinstance(base, ast.Attribute) and base.attr == "Model" for base in node.bases) or _has_fields(node)
    sqlmodel = any(keyword.arg == "table" for keyword in node.keywords)
    if not columns and not named:
        return None
    if sqlmodel:
        columns += [
            s.target.id.lower() for s in node.body if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
        ]
    meta = next((one for one in node.body if isinstance(one, ast.ClassDef) and one.name == "Meta"), None)
    named = named or (_constant(meta, "db_table") if meta else "") or (node.name.lower() if sqlmodel else "")
    abstract = meta is not None and _is_true(meta, "abstract")
    abstract = abstract or _is_true(node, "__abstract__") or node.name.endswith("Mixin")
    if django and not named and not abstract:
        named = f"{_app(source.path)}_{node.name}"
    if not named and not abstract and _is_mapped(source, node):
        named = node.name
    made = [one.value for one in node.body if isinstance(one, ast.Assign) and isinstance(one.value, ast.Call)]
    guarded = any(_scopes(one, node.name) for one in made)
    bases = tuple(last_name(base) for base in node.bases if last_name(base))
    return Table(
        Place.at(source.path, node.lineno),
        named.lower(),
        node.name,
        tuple(dict.fromkeys(columns)),
        bases,
        guarded=guarded,
        points=tuple(pointers.in_class(node)),
        loose=tuple(pointers.loose(node)),
    )


def _scopes(made: ast.Call, model: str) -> bool:
    """Whether it makes a manager that keeps to a tenant, by its name; `AccountManager` of `Account` says only whose it is."""
    func = made.func
    if isinstance(func, ast.Call) and isinstance(func.func, ast.Attribute) and func.func.attr == "from_queryset":
        func = func.func.value
    words, own = (_WORD.findall(name) for name in (last_name(func), model))
    pairs = zip(words, own, strict=False)
    shared = len(list(takewhile(lambda pair: pair[0] == pair[1], pairs)))
    return bool(_GUARDS.fullmatch("".join(words[shared:])))


def _has_fields(node: ast.ClassDef) -> bool:
    """Whether it has `models.TextField()` and the like, as Django's models have whatever they are made from."""
    values = (one.value for one in node.body if isinstance(one, ast.Assign) and isinstance(one.value, ast.Call))
    return any(isinstance(one.func, ast.Attribute) and last_name(one.func.value) == "models" for one in values)


def _is_mapped(source: Source, node: ast.ClassDef) -> bool:
    """A model of peewee or Tortoise, or one of SQLAlchemy whose base names its table."""
    small = re.search(r"\b(?:peewee|tortoise)\b", source.text) is not None
    if small and any(last_name(base).endswith("Model") for base in node.bases):
        return True
    calls = (
        one.value
        for one in node.body
        if isinstance(one, ast.Assign | ast.AnnAssign) and isinstance(one.value, ast.Call)
    )
    keyed = any(last_name(one.func) in {"Column", "mapped_column"} and _is_key(one) for one in calls)
    return keyed and bool(node.bases)


def _is_key(call: ast.Call) -> bool:
    return any(keyword.arg == "primary_key" for keyword in call.keywords)


def _field(statement: ast.stmt) -> Iterator[str]:
    """The column a statement of a class body declares; a foreign key is known by both its names."""
    target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
    value = getattr(statement, "value", None)
    if not isinstance(target, ast.Name) or not isinstance(statement, ast.Assign | ast.AnnAssign):
        return
    call = last_name(value.func) if isinstance(value, ast.Call) else ""
    mapped = isinstance(statement, ast.AnnAssign) and ast.unparse(statement.annotation).startswith("Mapped[")
    if call == "relationship" or not (mapped or _FIELD.fullmatch(call)):
        return
    name = target.id.lower()
    yield name
    first = value.args[0] if isinstance(value, ast.Call) and value.args else None
    if isinstance(first, ast.Constant) and isinstance(first.value, str) and call in {"Column", "mapped_column"}:
        yield first.value.lower()
    if _POINTER.fullmatch(call) and call != "ForeignKeyConstraint":
        yield f"{name}_id"


def _constant(node: ast.ClassDef, name: str) -> str:
    for one in node.body:
        if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant) and last_name(one.targets[0]) == name:
            return str(one.value.value)
    return ""


def _is_true(node: ast.ClassDef, name: str) -> bool:
    return _constant(node, name) == "True"


def _app(path: str) -> str:
    """The Django app a path belongs to: `billing` for `billing/models.py` and `billing/models/invoice.py`."""
    parts = path.split("/")[:-1]
    while parts and parts[-1] == "models":
        parts.pop()
    return parts[-1] if parts else ""
