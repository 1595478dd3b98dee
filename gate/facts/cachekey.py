"""Values put into a cache all tenants share, and what their keys are made of."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from gate import lazy
from gate.facts.assigned import assigned
from gate.facts.bindings import Function, Scope, last_name
from gate.facts.cachewords import CACHES, KEYED, SHARED, WHOSE
from gate.facts.jstext import LANGUAGES
from gate.facts.placeholders import HOLE
from gate.facts.role import role
from gate.facts.strings import Put, puts, render
from gate.hint import Hint
from gate.nodes import walk
from gate.source import Place, Source

_METHODS = frozenset(
    {"get", "set", "get_or_set", "add", "setex", "aget", "aset", "aget_or_set", "setnx", "get_or_create"}
)
_HOLDERS = frozenset({"self", "cls", "app", "current_app", "state", "extensions", "settings", "core", "utils"})
"""What holds a cache that is everybody's."""
_REDIS = lazy.regex(r"(?i)\br\s*(?::[^=\n]+)?=\s*(?:await\s+)?[\w.]*(?:redis|valkey)")
_FETCHES = frozenset({"fetchall", "fetchone", "fetchmany"})
_AMBIENT = lazy.regex(
    r"(?:get_)?current_(?:tenant|user|org(?:ani[sz]ation)?|workspace|account|company|team)|get_tenant"
)


@dataclass(frozen=True)
class CacheKey:
    """A key that is written out and names nobody, where the function around knows for whom it works.

    `text` is the key, a hole shown as "…". `whose` is the name by which the function knows. `derived`: the value is
    made from that.
    """

    languages: ClassVar[frozenset[str]] = frozenset({"python"}) | LANGUAGES
    hint: ClassVar[Hint] = Hint.of(
        *((word, r"[\w\[\]\"']{0,40}\.(?:a?(?:get|set|add)|wrap|remember|put)") for word in ("cache", "redis", "valkey", "memcache")), "import redis", "from redis", "unstable_cache",
    )  # fmt: skip

    place: Place
    text: str
    whose: str
    derived: bool
    role: str
    scope: str

    @classmethod
    def find(cls, source: Source) -> Iterable["CacheKey"]:
        if source.language in LANGUAGES:
            from gate.facts import jscaches, jsunits

            for one in jscaches.keys(source):
                scope = jsunits.unit(source, one.line).name
                place = Place.at(source.path, one.line, one.end_line)
                yield cls(place, one.text, one.whose, one.derived, role(source.path, scope), scope)
            return
        for put in puts(source):
            if isinstance(put.node, ast.Call) and isinstance(put.scope.node, Function):
                yield from cls._of(source, put, put.node, put.scope.node)

    @classmethod
    def _of(
        cls, source: Source, put: Put, call: ast.Call, function: ast.FunctionDef | ast.AsyncFunctionDef
    ) -> Iterator["CacheKey"]:
        if not is_cache(call, source) or not call.args or _is_entry(call, put.scope):
            return
        text = _nobodys(call.args[0], put.scope)
        whose = _known(function) if text else ""
        if text and whose:
            place = Place.at(source.path, call.lineno, call.end_lineno)
            scope = source.scope(place.line)
            yield cls(place, text.replace(HOLE, "\N{HORIZONTAL ELLIPSIS}"), whose, _is_derived(call, put.scope, function),
                      role(source.path, scope), scope)  # fmt: skip


def is_cache(call: ast.Call, source: Source) -> bool:
    """Whether a call reads or writes a cache that all tenants share."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _METHODS:
        return False
    owner = call.func.value.value if isinstance(call.func.value, ast.Subscript) else call.func.value
    name = last_name(owner)
    if isinstance(owner, ast.Attribute) and last_name(owner.value) not in _HOLDERS:
        return False  # `event.cache` is the event's own
    return CACHES.fullmatch(name) is not None or (name == "r" and _REDIS.search(source.text) is not None)


def _is_entry(call: ast.Call, scope: Scope) -> bool:
    """Whether what is called a cache is one entry of it, or its settings: `cache = await get_cache(key)`."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else call
    bound = scope.lookup(owner.id) if isinstance(owner, ast.Name) else None
    bound = bound.value if isinstance(bound, ast.Await) else bound
    if isinstance(bound, ast.Subscript):
        return last_name(bound.value) != "caches"
    known = isinstance(bound, ast.Call) and bound.args and last_name(bound.func).startswith("get_")
    return bool(known) or (isinstance(owner, ast.Subscript) and last_name(owner.value) == "CACHES")


def _nobodys(key: ast.expr, scope: Scope) -> str:
    """The text of a key that is partly written out and tells no one from another; "" for any other."""
    bound = scope.lookup(key.id) if isinstance(key, ast.Name) else key
    text = render(bound, scope) if bound is not None else None
    if not text or not text.replace(HOLE, "").strip(" :_-/."):
        return ""
    nodes = [inner for one in walk(bound or key) for inner in walk(_behind(one, scope))]
    words = {last_name(one) for one in nodes} - {"format", "join"}
    written = re.split(r"[^A-Za-z]+", text)
    if any(WHOSE.search(word) or KEYED.search(word) for word in words) or any(WHOSE.search(word) for word in written):
        return ""
    return "" if SHARED.search(text) else text


def _behind(node: ast.AST, scope: Scope) -> ast.AST:
    """What a name in a key is bound to, if to one thing only; the node itself for all else."""
    return (scope.lookup(node.id) if isinstance(node, ast.Name) else None) or node


@lru_cache(maxsize=256)
def _known(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The name by which a function knows for whom it works; "" for none."""
    given = [one.arg for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    named = next((name for name in given if WHOSE.search(name)), "")
    return named or next(filter(None, map(_whose, walk(function))), "")


def _whose(node: ast.AST) -> str:
    """`request.user`, `self.request.tenant`, `get_current_tenant()`."""
    if isinstance(node, ast.Attribute) and last_name(node.value) in {"request", "g"} and WHOSE.search(node.attr):
        return f"{last_name(node.value)}.{node.attr}"
    if isinstance(node, ast.Call) and _AMBIENT.fullmatch(last_name(node.func)):
        return f"{last_name(node.func)}()"
    return "current_user" if isinstance(node, ast.Name) and node.id == "current_user" else ""


def _is_derived(call: ast.Call, scope: Scope, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether what is put in is made from what the function knows of its caller."""
    own = _own(function)
    for value in (*call.args[1:], *(k.value for k in call.keywords if k.arg in {"value", "default"})):
        nodes = [inner for one in walk(value) for inner in walk(_behind(one, scope))]
        if any(_whose(one) or (isinstance(one, ast.Name) and one.id in own) for one in nodes):
            return True
        if any(_is_made(one.id, function) for one in nodes if isinstance(one, ast.Name)):
            return True
    return False


@lru_cache(maxsize=256)
def _asks_for_own(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a cursor was asked for what is the caller's: `cur.execute(sql, (g.user.tenant_id,))`."""
    runs = (one for one in walk(function) if isinstance(one, ast.Call) and last_name(one.func) == "execute")
    return any(_whose(one) for call in runs for argument in call.args[1:] for one in walk(argument))


@lru_cache(maxsize=256)
def _own(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """The names of a function for its caller's tenant: parameters, and what it keeps it under."""
    given = [one.arg for one in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    told = frozenset(name for name, values in assigned(function).items() if any(map(_whose, values)))
    return told | {name for name in given if WHOSE.search(name)}


@lru_cache(maxsize=256)
def _is_made(name: str, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether some assignment makes a name from what the function knows of its caller."""
    values = assigned(function).get(name, ())
    if any(isinstance(one, ast.Call) and last_name(one.func) in _FETCHES for one in values):
        return _asks_for_own(function)
    own = _own(function)
    return any(_whose(one) or (isinstance(one, ast.Name) and one.id in own) for value in values for one in walk(value))
