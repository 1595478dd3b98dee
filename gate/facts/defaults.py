"""What an expression comes to where the environment says nothing: `os.getenv("X", "*").split(",")` is `["*"]`."""

import ast
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from gate import lazy
from gate.facts.names import names
from gate.nodes import walk
from gate.source import Source

UNKNOWN: Final = object()
"""Stands for what literals and defaults do not tell."""

_MAX_DEPTH = 12
_MAX_TEXT = 2_000
_READS = lazy.regex(r"(?:os\.)?(?:environ\.get|getenv)|(?:\w+\.)*(?:env|environ|config|conf)(?:\.(?:str|bool|list|int|get|"
                    r"get_bool|get_value|url|json))?|(?:decouple|environs|environ)\.[\w.]+|(?:\w+\.)*\w*(?:get_env|env_bool|env_flag"
                    r"|bool_env|bool_from_env|env_var|get_bool|env_list|getenv)\w*", re.IGNORECASE)  # fmt: skip
"""Functions that read a setting by name, and take what it is where nobody sets it."""
_TO_BOOL = lazy.regex(r"(?i)_?(?:str_?to_?bool|str2bool|to_bool|as_?bool|parse_bool\w*|is_true|truthy|bool)")
_NO = frozenset({"", "0", "false", "f", "no", "n", "off", "none", "null"})
_TEXTS = frozenset({"lower", "upper", "strip", "casefold", "title", "capitalize", "lstrip", "rstrip"})
_SAME = frozenset({"list", "tuple", "set", "sorted", "frozenset", "str", "SecretStr", "cast", "copy"})


@lru_cache(maxsize=256)
def bound(source: Source) -> Mapping[str, ast.expr]:
    """Names, attributes and keys a file binds once, by their last part, and what to."""
    found: dict[str, ast.expr] = {}
    lost: set[str] = set()
    for node in walk(source.tree) if source.tree else ():
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            name, value = last(node.targets[0]), node.value
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            name, value = last(node.target), node.value
        elif isinstance(node, ast.AugAssign):
            name, value = last(node.target), None
        elif isinstance(node, ast.arg):
            name, value = node.arg, None
        else:
            continue
        if value is None or name in found:
            lost.add(name)
        else:
            found[name] = value
    return {name: value for name, value in found.items() if name not in lost}


def last(node: ast.AST) -> str:
    """The last part of a name: `b` for `b`, `a.b` and `a["b"]`; "" for what has none."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            return name
    return ""


def default(node: ast.AST | None, source: Source, depth: int = 0) -> object:
    """The value of an expression in a file; lists may hold `UNKNOWN`, which is also the whole where nothing is known."""
    if node is None or depth > _MAX_DEPTH:
        return UNKNOWN
    match node:
        case ast.Constant(value=held):
            return held
        case ast.Name() | ast.Attribute():
            return default(bound(source).get(last(node)), source, depth + 1)
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return [default(part, source, depth + 1) for part in parts]
        case ast.ListComp(generators=[ast.comprehension(iter=whole)]) | ast.NamedExpr(value=whole):
            return default(whole, source, depth + 1)
        case ast.Call():
            return _called(node, source, depth + 1)
    return _computed(node, source, depth + 1)


def _computed(node: ast.AST, source: Source, depth: int) -> object:
    match node:
        case ast.JoinedStr(values=[ast.Constant(value=written)]):
            return written
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _sum(default(left, source, depth), default(right, source, depth))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            value = default(operand, source, depth)
            return UNKNOWN if value is UNKNOWN else not value
        case ast.BoolOp(op=op, values=parts):
            return _either([default(part, source, depth) for part in parts], any_of=isinstance(op, ast.Or))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compared(default(left, source, depth), op, default(right, source, depth))
        case ast.IfExp(test=test, body=body, orelse=other):
            chosen = default(test, source, depth)
            return UNKNOWN if chosen is UNKNOWN else default(body if chosen else other, source, depth)
    return UNKNOWN


def _called(node: ast.Call, source: Source, depth: int) -> object:
    name = last(node.func)
    given = {keyword.arg: keyword.value for keyword in node.keywords}
    if name == "Field":
        made = given.get("default_factory")
        first = node.args[0] if node.args else None
        return default(made.body if isinstance(made, ast.Lambda) else given.get("default", first), source, depth)
    if isinstance(node.func, ast.Attribute) and (name in _TEXTS or name == "split"):
        return _text(default(node.func.value, source, depth), name, node, source)
    if reads(node, source):
        said = given.get("default", node.args[1] if len(node.args) > 1 else None)
        value = None if said is None else default(said, source, depth)
        return _as_bool(value) if _casts(node, given) else value
    if not node.args or node.keywords:
        return UNKNOWN
    value = default(node.args[-1] if name == "map" else node.args[0], source, depth)
    if name == "bool":
        return UNKNOWN if value is UNKNOWN else bool(value)
    if name in _SAME or name == "map":
        return value
    return _as_bool(value) if _TO_BOOL.fullmatch(name) else UNKNOWN


def reads(node: ast.AST, source: Source) -> str:
    """The name of the setting a call reads from the environment; "" for any other expression."""
    if not isinstance(node, ast.Call) or not node.args:
        return ""
    key = node.args[0]
    known = isinstance(key, ast.Constant) and isinstance(key.value, str) and key.value
    return str(known) if known and _READS.fullmatch(names(source).of(node.func)) else ""


def _casts(node: ast.Call, given: Mapping[str | None, ast.expr]) -> bool:
    return bool(re.search(r"(?i)bool|flag", last(given.get("cast", node.func))))


def _as_bool(value: object) -> object:
    """As the usual helpers read a text."""
    return value.strip().lower() not in _NO if isinstance(value, str) else value


def _text(value: object, name: str, node: ast.Call, source: Source) -> object:
    if not isinstance(value, str):
        return UNKNOWN
    if name == "split":
        mark = default(node.args[0], source) if node.args else None
        return value.split(mark) if mark is None or (isinstance(mark, str) and mark) else UNKNOWN
    return getattr(value, name)()


def _sum(one: object, two: object) -> object:
    if isinstance(one, str) and isinstance(two, str):
        return (one + two)[:_MAX_TEXT]
    if isinstance(one, list) or isinstance(two, list):
        return [*(one if isinstance(one, list) else [UNKNOWN]), *(two if isinstance(two, list) else [UNKNOWN])][
            :_MAX_TEXT
        ]
    return UNKNOWN


def _either(values: list[object], *, any_of: bool) -> object:
    """What `or`, else `and`, makes of values."""
    for value in values:
        if value is UNKNOWN or bool(value) == any_of:
            return value
    return values[-1]


def _compared(one: object, op: ast.cmpop, two: object) -> object:
    if one is UNKNOWN or two is UNKNOWN:
        return UNKNOWN
    match op:
        case ast.Eq() | ast.Is():
            return one == two
        case ast.NotEq() | ast.IsNot():
            return one != two
        case ast.In() if isinstance(two, list | str) and (isinstance(one, str) or isinstance(two, list)):
            return one in two
        case ast.NotIn() if isinstance(two, list | str) and (isinstance(one, str) or isinstance(two, list)):
            return one not in two
    return UNKNOWN
