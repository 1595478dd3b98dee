"""Records whose every field the request may set: unpacked into a model, or written by name in a loop."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from gate import lazy
from gate.facts.defaults import last
from gate.facts.names import names
from gate.facts.placed import Around, answers, assigned, placed
from gate.nodes import walk
from gate.source import Place, Source

_BODY = lazy.regex(
    r"(?:^|[\s(.])(?:flask\.)?(?:self\.)?(?:request|req)\.(?:json|form|data|POST|GET|args|values|body|query_params|params"
    r"|get_json\(|media|json\()"
)
"""What a request brought, as a whole; a key of it is one value."""
_ROWS = lazy.regex(r"__dict__|\.(?:query|filter|filter_by|where)\b")
"""What `update` is asked of where it takes the fields in a dictionary."""
_SESSION = lazy.regex(r"(?i)session$|^db$")
_TYPED = lazy.regex(r"(?i)schema|request|input|form|serializer|dto|payload|param|query|filter|option|config|command|event|message"
                    r"|context|response|args|spec|validator|typed?dict|info|data$")  # fmt: skip
_WRITES = frozenset({"create", "update", "update_or_create", "get_or_create", "insert", "values", "bulk_create"})
_VIEWS = frozenset({"to_dict", "dict", "copy", "items", "decode"})
"""Methods whose value holds all that their owner holds."""
_ANY = lazy.regex(r"(?:typing\.)?(?:Annotated\[)?(?:typing\.)?(?:dict|Dict)\b")
_MAX_HOPS = 3


@dataclass(frozen=True)
class MassAssign:
    """What takes all fields of a request; `model` is its class where that is told by name only."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[re.Pattern[str]] = lazy.regex(r"\*\*\s*\(?[a-zA-Z]|setattr\(|__dict__|\)\s{0,80}\.update\(")

    place: Place
    how: str
    model: str

    @classmethod
    def find(cls, source: Source) -> Iterable["MassAssign"]:
        table = names(source)
        for node, around in placed(source.tree):
            if isinstance(node, ast.Call | ast.For | ast.AsyncFor) and around.functions and answers(around, table):
                for how, model in _found(node, around):
                    end = node.end_lineno if isinstance(node, ast.Call) else node.lineno
                    yield cls(Place.at(source.path, node.lineno, end), how, model)


def _found(node: ast.Call | ast.For | ast.AsyncFor, around: Around) -> Iterator[tuple[str, str]]:
    if not isinstance(node, ast.Call):
        if is_body(node.iter, around) and _sets(node):
            yield "loop", ""
        return
    unpacked = [word.value for word in node.keywords if word.arg is None and is_body(word.value, around)]
    name = last(node.func)
    if unpacked and name[:1].isupper() and not _TYPED.search(name):
        yield "kept" if node in _kept(around.functions[-1]) else "model", name
    elif (unpacked and name in _WRITES and isinstance(node.func, ast.Attribute)) or (
        name == "update" and _ROWS.search(ast.unparse(node.func)) and any(is_body(a, around) for a in node.args)
    ):
        yield "write", ast.unparse(node.func)[:60]


@lru_cache(maxsize=64)
def _kept(function: ast.AST) -> frozenset[ast.AST]:
    """The calls of a function that make a record: what they give is added to a session, or saves itself."""
    held: dict[str, list[ast.AST]] = defaultdict(list)
    used: set[str] = set()
    found: list[ast.AST] = []
    for node in walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as made):
                held[name].append(made)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="save")):
                used.add(name)
            case ast.Call(func=ast.Attribute(value=owner, attr="add"), args=[given]) if _SESSION.search(last(owner)):
                found.append(given)
                used.add(given.id if isinstance(given, ast.Name) else "")
    return frozenset(found).union(*(held[name] for name in used if name in held))


def is_body(node: ast.AST, around: Around, hops: int = 0) -> bool:
    """Whether an expression is all that the request brought."""
    if hops > _MAX_HOPS:
        return False
    match node:
        case ast.Await(value=inner):
            return is_body(inner, around, hops)
        case ast.Name(id=name):
            said = assigned(around.functions[-1]).get(name, ())
            if not said and _is_free(around.functions[-1].args, name):
                return True
            return len(said) == 1 and is_body(said[0], around, hops + 1)
        case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _VIEWS:
            return is_body(inner, around, hops + 1)
        case ast.Call(func=func, args=[inner, *_]) if last(func) in {"loads", "dict"}:
            return is_body(inner, around, hops + 1)
        case ast.Call(func=ast.Attribute(attr="get_json" | "json") as func):
            return bool(_BODY.search(ast.unparse(func) + "("))
        case ast.BoolOp(values=parts):
            return is_body(parts[0], around, hops)
        case ast.Attribute():
            return bool(_BODY.search(ast.unparse(node) + "("))
    return False


def _is_free(given: ast.arguments, name: str) -> bool:
    """Whether a parameter of a route is any dictionary: `payload: dict = Body(...)`."""
    said = (arg.annotation for arg in (*given.posonlyargs, *given.args, *given.kwonlyargs) if arg.arg == name)
    return any(part is not None and _ANY.match(ast.unparse(part)) for part in said)


def _sets(loop: ast.For | ast.AsyncFor) -> bool:
    """Whether a loop sets attributes by the name the request gives, whatever that is."""
    keys = {name.id for name in ast.walk(loop.target) if isinstance(name, ast.Name)}
    for node in ast.walk(loop):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn) and last(node.left) in keys:
            return False
        if isinstance(node, ast.If) and any(last(c) in keys for c in ast.walk(node.test)) and not _asks_only(node.test):
            return False
    calls = (node for node in ast.walk(loop) if isinstance(node, ast.Call) and last(node.func) == "setattr")
    return any(len(call.args) > 1 and last(call.args[1]) in keys for call in calls)


def _asks_only(test: ast.expr) -> bool:
    """`hasattr` asks whether there is such a field; that does not say who may set it."""
    return isinstance(test, ast.Call) and last(test.func) == "hasattr"
