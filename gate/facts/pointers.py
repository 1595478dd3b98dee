"""Which tables a row cannot be without: foreign keys that must be set, as models and SQL state them."""

import ast
from collections.abc import Iterator

from gate import lazy
from gate.facts.bindings import last_name
from gate.nodes import walk

_SQL = lazy.regex(
    r"(?is)\bnot\s+null\b.*\breferences\s+[\"`]?(?:\w+[\"`]?\.[\"`]?)?(\w+)|\breferences\s+[\"`]?(?:\w+[\"`]?\.[\"`]?)?(\w+).*\bnot\s+null\b"
)
_DJANGO = lazy.regex(r"(?:ForeignKey|OneToOneField|ParentalKey|ForeignKeyField)")
_COLUMNS = frozenset({"Column", "mapped_column", "Field"})


def in_sql(part: str) -> str:
    """The table one column of CREATE TABLE must point to, lower case; "" for none."""
    found = _SQL.search(part) if "eferences" in part.lower() else None
    return (found[1] or found[2]).lower() if found else ""


def in_class(node: ast.ClassDef) -> Iterator[str]:
    """The models or tables the rows of a model must point to, lower case."""
    for one in node.body:
        value = one.value if isinstance(one, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Call) and not _may_be_empty(one, value) and (target := _target(value)):
            yield target.lower()


def loose(node: ast.ClassDef) -> Iterator[str]:
    """The columns of a model that may be empty by their own words, lower case, a foreign key by both its names."""
    for one in node.body:
        target = (
            one.targets[0] if isinstance(one, ast.Assign) else one.target if isinstance(one, ast.AnnAssign) else None
        )
        value = one.value if isinstance(one, ast.Assign | ast.AnnAssign) else None
        if isinstance(target, ast.Name) and isinstance(value, ast.Call) and _may_be_empty(one, value):
            yield from (target.id.lower(), f"{target.id.lower()}_id")


def _may_be_empty(statement: ast.stmt, call: ast.Call) -> bool:
    empty = any(
        keyword.arg in {"null", "nullable"} and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        for keyword in call.keywords
    )
    said = ast.unparse(statement.annotation) if isinstance(statement, ast.AnnAssign) else ""
    return empty or "None" in said or "Optional" in said


def _target(call: ast.Call) -> str:
    """`Project` in `ForeignKey(Project)`, `ForeignKey("shop.Project")`, `Column(ForeignKey("project.id"))`."""
    name = last_name(call.func)
    to = next((keyword.value for keyword in call.keywords if keyword.arg in {"to", "foreign_key"}), None)
    if name in _COLUMNS:
        inner = next(
            (one for one in walk(call) if isinstance(one, ast.Call) and last_name(one.func) == "ForeignKey"), None
        )
        first = inner.args[0] if inner is not None and inner.args else to
        return _text(first).rpartition(".")[0].rpartition(".")[2]
    if not _DJANGO.fullmatch(name):
        return ""
    first = to or (call.args[0] if call.args else None)
    return _text(first).rpartition(".")[2]


def _text(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return last_name(node) if node is not None else ""
