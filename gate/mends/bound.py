"""A query put together from text, with its values bound instead."""

import ast
import re
from typing import TYPE_CHECKING

from gate import lazy
from gate.mends.calls import named
from gate.mends.shell import HOLE, part
from gate.source import Source

if TYPE_CHECKING:
    import libcst as cst

_MARKS = {"sqlite3": "?", **dict.fromkeys(("psycopg", "psycopg2", "pymysql", "MySQLdb"), "%s")}
"""How a driver wants the place of a value written (PEP 249, `paramstyle`)."""
_VALUE = lazy.regex(
    rf"(?i)(?P<lead>[=<>]|\blike\s|\blimit\s|\boffset\s|[(,])(?P<space>\s*)(?P<quote>'?){HOLE}(?P=quote)"
    r"(?=\s*(?:[,);]|$|(?:and|or|order|group|limit|offset|returning)\b))"
)
_LIST = lazy.regex(r"(?i)\bvalues\s*\([^()]*$")
_OTHER = lazy.regex(r'[%?\\"{}]')
"""What would have to be written differently, or is part of a value already."""

Built = tuple[str, list[str]]
"""A text with holes, and the expressions that fill them."""


def parameterized(call: "cst.Call", source: Source) -> "cst.Call | None":
    """`execute(f"... = '{x}'")` as `execute("... = %s", (x,))`; None where what is put in may be no value."""
    import libcst as cst

    mark, one = _mark(source), call.args[0] if len(call.args) == 1 else None
    fit = isinstance(call.func, cst.Attribute) and named(call, "execute")
    if not (mark and fit and one) or one.keyword or one.star:
        return None
    text, values = _built(one.value) or ("", [])
    query = _VALUE.sub(lambda found: _bound(found, mark), text)
    if not values or HOLE in query or _OTHER.search(text):
        return None
    quotes = '"""' if "\n" in query else '"'
    tail = "," if len(values) == 1 else ""
    whole = cst.parse_expression(f"execute({quotes}{query}{quotes}, ({', '.join(values)}{tail}))")
    return call.with_changes(args=whole.args) if isinstance(whole, cst.Call) else None


def _bound(found: re.Match[str], mark: str) -> str:
    """The mark in the place of a value; a name in a list of columns is none, nor is what may be a whole list."""
    before, after = found.string[: found.end("lead")], found.string[found.end() :].lstrip()
    listed = found["lead"] in {"(", ","}
    fit = not listed or (_LIST.search(before) and not (found["lead"] == "(" and after.startswith(")")))
    return f"{found['lead']}{found['space']}{mark}" if fit else found[0]


def _mark(source: Source) -> str:
    """The mark of the one driver the file imports; empty when there are several or none."""
    body = source.tree.body if source.tree else []
    names = [alias.name for node in body if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module or "" for node in body if isinstance(node, ast.ImportFrom)]
    marks = {_MARKS[top] for name in names if (top := name.partition(".")[0]) in _MARKS}
    return marks.pop() if len(marks) == 1 else ""


def _built(query: "cst.BaseExpression") -> Built | None:
    """An f-string, a sum of texts and values, or a text and what `%` puts into it."""
    import libcst as cst

    if isinstance(query, cst.FormattedString) and "r" not in query.prefix:
        parts = [part(one) for one in query.parts]
        return "".join(text for text, _ in parts), [value for _, value in parts if value]
    if not isinstance(query, cst.BinaryOperation):
        return None
    if isinstance(query.operator, cst.Modulo) and isinstance(query.left, cst.SimpleString):
        right = query.right
        values = [one.value for one in right.elements] if isinstance(right, cst.Tuple) else [right]
        text = query.left.raw_value.replace("%s", HOLE)
        return (text, [_code(value) for value in values]) if text.count(HOLE) == len(values) else None
    return _sum(query) if isinstance(query.operator, cst.Add) else None


def _sum(query: "cst.BaseExpression") -> Built:
    import libcst as cst

    if isinstance(query, cst.BinaryOperation) and isinstance(query.operator, cst.Add):
        (left, first), (right, second) = _sum(query.left), _sum(query.right)
        return left + right, first + second
    return (query.raw_value, []) if isinstance(query, cst.SimpleString) else (HOLE, [_code(query)])


def _code(value: "cst.BaseExpression") -> str:
    """The expression; of `str(x)`, which a query put together wants and a bound value does not, `x`."""
    import libcst as cst

    if isinstance(value, cst.Call) and named(value, "str") and len(value.args) == 1:
        value = value.args[0].value
    return cst.Module([]).code_for_node(value)
