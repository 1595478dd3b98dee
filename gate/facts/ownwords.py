"""Where Python speaks of whose rows are meant: columns that are bound, and callers that are told to others."""

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache

from gate import lazy
from gate.facts.bindings import last_name
from gate.facts.callersent import TENANT
from gate.facts.chains import RUNNERS
from gate.facts.sqltext import words
from gate.facts.unparsed import unparsed
from gate.nodes import walk

_OWNERS = words(
    "user_id user owner_id owner created_by_id created_by author_id author member_id profile_id userid ownerid"
)
_TAKES = words(
    "filter get aget filter_by where Q exclude get_or_none get_object_or_404 get_list_or_404 dict update find find_one delete count"
)
_SAID = lazy.regex(
    r"(?i)(?<![?&/\w])(?:\w+\.)?[\"`]?(\w+)[\"`]?\s*(?:=|\bin\b)\s*\(?\s*(?:%[s(]|\$\d|:\w|\?|@\w|any\b)"
)
_OPEN = lazy.regex(r"(?i)\b(?:and|where)\s+(?:\w+\.)?(\w+)\s*=\s*'?$")
"""Text whose value is put in behind it."""
_PARAMETERS = lazy.regex(r"(?i)(?:\w*_)?(?:params?|args|values|binds?|parameters)")
_OWN = lazy.regex(r"(?i)(?:current_)?(?:user|tenant|org|organi[sz]ation|workspace|account|company|member\w*|principal)")
_SHOWS = lazy.regex(
    r"(?i)render\w*|redirect|log|info|debug|warning|error|print|\w*Response|jsonify|messages?|Depends|audit\w*|track\w*|getattr"
)


def is_owner(column: str) -> bool:
    """Whether a column says whose a row is."""
    return TENANT.fullmatch(column) is not None or column in _OWNERS


def columns_of(parts: Iterable[ast.AST]) -> set[str]:
    """The columns of owners that some of these parts bind."""
    return {column for part in parts for column in bound_by(walk(part))}


def bound_by(nodes: Sequence[ast.AST]) -> set[str]:
    """The same of nodes, each on its own."""
    return {column for one in _speaking(nodes) for column in _bound(one) if is_owner(column)}


@lru_cache(maxsize=64)
def speaking(unit: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[ast.AST, ...]:
    """The nodes of a function that may bind a column, or tell something to somebody."""
    return tuple(_speaking([one for statement in unit.body for one in walk(statement)]))


def _speaking(nodes: Sequence[ast.AST]) -> Iterator[ast.AST]:
    values = {id(one) for node in nodes for one in _values(node)}
    kinds = (ast.Call, ast.Compare, ast.Dict, ast.Assign, ast.Constant)
    return (one for one in nodes if isinstance(one, kinds) and id(one) not in values)


def says_owner(node: ast.AST, apart: Collection[str]) -> bool:
    """Whether a node binds the column of an owner, or tells one to a function; see `tells_owner`."""
    return any(map(is_owner, _bound(node))) or (isinstance(node, ast.Call) and _tells(node, apart))


def _values(node: ast.AST) -> Iterable[ast.AST]:
    """The values of a statement's parameters: `execute(sql, {"tenant_id": key})` binds what `sql` says, no more."""
    if isinstance(node, ast.Call) and last_name(node.func) in RUNNERS:
        return node.args[1:]
    holds = isinstance(node, ast.Assign) and any(_PARAMETERS.fullmatch(last_name(one)) for one in node.targets)
    return [node.value] if isinstance(node, ast.Assign) and holds else ()


def _bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Call(func=func, keywords=keywords) if last_name(func) in _TAKES:
            yield from (word for one in keywords if one.arg for word in one.arg.lower().split("__"))
        case ast.Call(func=ast.Attribute(attr="in_", value=ast.Attribute(attr=attr))):
            yield attr.lower()
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            yield from (one.attr.lower() for one in (left, right) if isinstance(one, ast.Attribute) and _is_column(one))
        case ast.Dict(keys=keys):
            yield from (
                one.value.lower() for one in keys if isinstance(one, ast.Constant) and isinstance(one.value, str)
            )
        case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=str(key)))]):
            yield key.lower()
        case ast.Constant(value=str(text)) if len(text) < 4_000:
            yield from (name.lower() for name in (*_SAID.findall(text), *_OPEN.findall(text)))


def bound_to(node: ast.AST) -> Iterator[ast.expr]:
    """What the column of a tenant is bound to."""
    match node:
        case ast.Call(keywords=keywords):
            yield from (one.value for one in keywords if one.arg and any(map(TENANT.fullmatch, one.arg.split("__"))))
        case ast.Compare(left=ast.Attribute(attr=attr), ops=[ast.Eq()], comparators=[right]) if TENANT.fullmatch(attr):
            yield right
        case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=str(key)))], value=value) if TENANT.fullmatch(
            key
        ):
            yield value


def _is_column(node: ast.Attribute) -> bool:
    """`Note.tenant_id`, and `notes.c.tenant_id`."""
    return last_name(node.value)[:1].isupper() or last_name(node.value) == "c"


def tells_owner(nodes: Sequence[ast.AST], apart: Collection[str] = ()) -> bool:
    """Whether the caller, or its tenant, is told to a function that may judge, or rows are reached through it.

    `apart` are values that are told without telling that.
    """
    return any(_tells(one, apart) for one in nodes if isinstance(one, ast.Call))


def _tells(call: ast.Call, apart: Collection[str]) -> bool:
    if isinstance(call.func, ast.Attribute) and _is_reached(call.func.value):
        return True
    given = [one for one in (*call.args, *(one.value for one in call.keywords)) if unparsed(one) not in apart]
    return not _SHOWS.fullmatch(last_name(call.func)) and any(_OWN.fullmatch(last_name(one)) for one in given)


def _is_reached(node: ast.expr) -> bool:
    """`request.user.org.invoice_set`: an attribute of what an owner has."""
    while isinstance(node, ast.Attribute):
        node = node.value
        if isinstance(node, ast.Attribute | ast.Name) and _OWN.fullmatch(last_name(node)):
            return True
    return False
