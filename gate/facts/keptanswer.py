"""Answers that are kept and given to the next caller: cached views, memoized functions, public headers."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.bindings import Function, last_name
from gate.facts.cachewords import WHOSE
from gate.facts.jstext import LANGUAGES
from gate.facts.role import role
from gate.hint import Hint
from gate.nodes import walk
from gate.source import Place, Source

_MEMOS = frozenset({"lru_cache", "cache", "cached", "memoize", "ttl_cache", "alru_cache"})
_APART = lazy.regex(r"vary_on_(?:cookie|headers)|never_cache|vary|no_store|private")
_PUBLIC = lazy.regex(r"(?i)\bpublic\b|s-maxage")
_KEYED = frozenset(
    {
        "key_builder",
        "make_cache_key",
        "key_prefix",
        "query_string",
        "unless",
        "key",
        "key_func",
        "namespace",
        "cache_key",
    }
)
_AMBIENT = lazy.regex(
    r"get_current_(?:tenant|user|org\w*|account|workspace)|current_(?:tenant|user|org|account|workspace)|get_tenant"
)
_HOLDERS = frozenset({"request", "g", "connection", "local", "_thread_locals"})


@dataclass(frozen=True)
class KeptAnswer:
    """A function whose answer is kept for callers it was not made for.

    `how` is what keeps it, "cache_page", "public", "memo" or "cached"; `whose` the name by which the function knows
    for whom it works.
    """

    languages: ClassVar[frozenset[str]] = frozenset({"python"}) | LANGUAGES
    hint: ClassVar[Hint] = Hint.of(
        "cache_page", "cache_control", "lru_cache", "ttl_cache", "memoize", ("@cache", r"\b"), (".cached", r"\("),
        (".cache", r"\(\s*(?:expire|timeout)"), ("@cached", r"\b"), ("setdefault", r"\(\s*[\"']"),
        ("cache-control", r"['\"]"), "patch_cache_control", "surrogate-control", "apicache", ("cache", r"(?:middleware|response|route|seconds)?\(\s*['\"\d]"),
    )  # fmt: skip

    place: Place
    name: str
    how: str
    whose: str
    role: str

    @classmethod
    def find(cls, source: Source) -> Iterable["KeptAnswer"]:
        if source.language in LANGUAGES:
            from gate.facts import jscaches, jsunits

            for one in jscaches.answers(source):
                name = jsunits.unit(source, one.line).name
                yield cls(Place.at(source.path, one.line), name, one.how, one.whose, role(source.path, name))
            return
        nodes = walk(source.tree) if source.tree is not None else []
        classes = {id(part): node for node in nodes if isinstance(node, ast.ClassDef) for part in node.body}
        memos = _memos(source.tree)
        for node in nodes:
            if isinstance(node, Function):
                how = _kept(node, classes.get(id(node)), memos)
                whose = _whose(node, how) if how else ""
                if whose:
                    first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                    place = Place.at(source.path, first, node.lineno)
                    yield cls(place, node.name, how, whose, role(source.path, source.scope(node.lineno)))


def _memos(tree: ast.Module | None) -> frozenset[str]:
    """The names of a module that hold an empty dictionary."""
    body = tree.body if tree is not None else []
    empty = (one for one in body if isinstance(one, ast.Assign | ast.AnnAssign)
             and isinstance(one.value, ast.Dict) and not one.value.keys)  # fmt: skip
    return frozenset(last_name(one.targets[0] if isinstance(one, ast.Assign) else one.target) for one in empty) - {""}


def _kept(node: ast.FunctionDef | ast.AsyncFunctionDef, owner: ast.ClassDef | None, memos: frozenset[str]) -> str:
    """What keeps the answer of a function; "" for nothing, or for what tells callers apart."""
    decorators = [*node.decorator_list, *(owner.decorator_list if owner is not None else ())]
    names = {last_name(one) for decorator in decorators for one in walk(decorator)}
    words = names | {
        one.arg or "" for decorator in decorators for one in walk(decorator) if isinstance(one, ast.keyword)
    }
    if any(_APART.fullmatch(word) for word in words) or words & _KEYED:
        return ""
    if "cache_page" in names:
        return "cache_page"
    for decorator in decorators:
        call = decorator if isinstance(decorator, ast.Call) else None
        name = last_name(call.func if call else decorator)
        if name == "cache_control" and call and any(k.arg == "public" and _is_true(k.value) for k in call.keywords):
            return "public"
        if name in _MEMOS:
            return "cached" if call and any(k.arg in {"expire", "timeout"} for k in call.keywords) else "memo"
    nodes = walk(node)
    if any(_is_header(one) for one in nodes) and not any(_varies(one) for one in nodes):
        return "public"
    return "memo" if any(_is_memo(one, memos) for one in nodes) else ""


def _is_header(node: ast.AST) -> bool:
    """`response["Cache-Control"] = "public, max-age=60"`, `headers={"Cache-Control": ...}`, `patch_cache_control(r, public=True)`."""
    match node:
        case ast.Assign(
            targets=[ast.Subscript(slice=ast.Constant(value=str(key)))], value=ast.Constant(value=str(said))
        ):
            return _is_public(key, said)
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            return any(_is_public(key.value, value.value) for key, value in pairs
                       if isinstance(key, ast.Constant) and isinstance(value, ast.Constant))  # fmt: skip
        case ast.Call(func=func, keywords=keywords) if last_name(func) == "patch_cache_control":
            return any(one.arg == "public" and _is_true(one.value) for one in keywords)
    return False


def _is_public(key: object, said: object) -> bool:
    named = isinstance(key, str) and key.lower().endswith("cache-control")
    return named and isinstance(said, str) and _PUBLIC.search(said) is not None and "private" not in said


def _varies(node: ast.AST) -> bool:
    said = node.value if isinstance(node, ast.Constant) else last_name(node)
    return isinstance(said, str) and said.lower() in {"vary", "patch_vary_headers", "no-store", "private"}


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _is_memo(node: ast.AST, memos: frozenset[str]) -> bool:
    """`_memo.setdefault("plan", ...)` of a dictionary of the module."""
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "setdefault"
        and last_name(node.func.value) in memos and bool(node.args) and isinstance(node.args[0], ast.Constant)
    )  # fmt: skip


def _whose(node: ast.FunctionDef | ast.AsyncFunctionDef, how: str) -> str:
    """The name by which the function knows for whom it works, where what keeps the answer does not see it."""
    given = [one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    sees = how == "memo"  # a memo goes by the arguments
    if sees and any(WHOSE.search(name) or name in {"self", "cls", "request"} for name in given):
        return ""
    if not sees and how == "cached" and (named := next((name for name in given if WHOSE.search(name)), "")):
        return named
    return next((said for part in node.body for one in walk(part) if (said := _ambient(one))), "")


def _ambient(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute) and last_name(node.value) in _HOLDERS and WHOSE.search(node.attr):
        return f"{last_name(node.value)}.{node.attr}"
    name = last_name(node) if isinstance(node, ast.Name) else ""
    return name if _AMBIENT.fullmatch(name) else ""
