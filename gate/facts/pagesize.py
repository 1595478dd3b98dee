"""How many rows an answer holds, where whoever asks says it and nothing caps it."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import ClassVar

from gate import lazy
from gate.facts.assigned import assigned
from gate.facts.bindings import Function, last_name
from gate.facts.chains import RUNNERS
from gate.facts.jschains import blanked, line_at
from gate.facts.jstext import LANGUAGES
from gate.facts.jsunits import unit
from gate.facts.reading import Node, reading
from gate.facts.role import role
from gate.facts.unparsed import unparsed
from gate.hint import Hint
from gate.nodes import walk
from gate.source import Place, Source

_SIZE = lazy.regex(r"(?i)limit|page_?size|per_?page|take|first|max_?results|num_?results|top|rows|count|size")
_ROUTES = frozenset({"get", "post", "route", "api_route", "api_view"})
_HOLDERS = frozenset({"GET", "args", "query_params", "query"})
_CAPS = frozenset({"le", "lt"})
_CASTS = frozenset({"int", "float"})
_SQL = lazy.regex(r"(?i)\blimit\s+(?:%s|%\(|\$\d|:\w|\?|\{)")
_TAKES = lazy.regex(
    r"(?:\b(?:take|limit)\s*:|\.(?:limit|take|top)\()\s*(?P<value>(?:[^,{}()\n]|\([^()\n]*\))+)"
    r"|[{,]\s*(?P<short>take|limit)\s*(?=[,}])"
)
_MOST = 500
"""How many are read in one file."""
_FINDS = lazy.regex(r"\.find\w*\(\s*\{(?:(?!\}\s*\))[^;])*\Z")
"""The beginning of a query whose options are still open."""
_KEY = lazy.regex(r"\b(?:req|request|ctx|c)\.query\.(?P<key>\w+)|\bsearchParams\.get\(\s*['\"](?P<got>\w+)['\"]")
_KEPT = lazy.regex(
    r"\b(?:const|let|var)\s+(?P<name>\w+)\s*(?::\s*\w+\s*)?=\s*(?:(?:Number|parseInt|String)\(|\+)*\s*(?:req|request|ctx|c)\.query\.(?P<key>\w+)"
)
_TAKEN = lazy.regex(r"\b(?:const|let|var)\s*\{(?P<names>[^{}]{0,200})\}\s*=\s*(?:req|request|ctx|c)\.query\b")


@dataclass(frozen=True)
class PageSize:
    """A query that takes as many rows as `told`, which comes from the caller, says."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"}) | LANGUAGES
    hint: ClassVar[Hint] = Hint.of(
        (".limit", r"\("), ("limit", r"\s+(?:%|\$|:|\?|\{)"), ("take", r"\s*:"), ("page_size", r"\b"), ("per_page", r"\b"), ("limit", r"\s*:\s*int"),
    )  # fmt: skip

    place: Place
    told: str
    role: str

    @classmethod
    def find(cls, source: Source) -> Iterable["PageSize"]:
        if source.language in LANGUAGES:
            yield from (cls(Place.at(source.path, line), told, role(source.path)) for line, told in _taken(source))
            return
        file = reading(source)
        for one in file.of(ast.Call, ast.Subscript):
            told = next((name for value in _wanted(one) if (name := _sent(value, one.function))), "")
            if told and not _is_capped(told, one.function):
                yield cls(file.place(one.node), told, role(source.path, source.scope(one.node.lineno)))


def _wanted(one: Node) -> Iterator[ast.expr]:
    """What says how many rows a query takes."""
    node = one.node
    if isinstance(one.function, Function) and isinstance(node, ast.Call):
        if last_name(node.func) == "limit":
            yield from node.args[:1]
        elif last_name(node.func) in RUNNERS | {"fetch", "fetchrow"} and _SQL.search(unparsed(node)[:4_000]):
            yield from (part for argument in node.args[1:] for part in walk(argument) if isinstance(part, ast.expr))
    elif isinstance(one.function, Function) and _is_page(node):
        upper = node.slice.upper
        yield from (upper.left, upper.right) if isinstance(upper, ast.BinOp) else (upper,)


def _is_page(node: ast.Subscript) -> bool:
    """`Note.objects.order_by("id")[:size]`."""
    cut = isinstance(node.slice, ast.Slice) and node.slice.upper is not None
    return cut and re.search(r"\.objects\b|\.query\b|\.filter\(|\.order_by\(", unparsed(node.value)) is not None


def _sent(value: ast.expr, function: ast.FunctionDef | ast.AsyncFunctionDef | None) -> str:
    """The name under which the caller sends a number; "" for another."""
    if function is None:
        return ""
    if isinstance(value, ast.Name):
        if value.id in _given(function):
            return value.id
        kept = assigned(function).get(value.id, ())
        return value.id if len(kept) == 1 and _reads(kept[0]) else ""
    return unparsed(value) if _reads(value) else ""


def _reads(node: ast.expr) -> bool:
    """`int(request.GET.get("limit", 50))`."""
    if isinstance(node, ast.Call) and last_name(node.func) in _CASTS and len(node.args) == 1:
        node = node.args[0]
    if isinstance(node, ast.BoolOp):
        node = node.values[0]
    holder = key = None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
        holder, key = node.func.value, node.args[0]
    elif isinstance(node, ast.Subscript):
        holder, key = node.value, node.slice
    named = isinstance(key, ast.Constant) and isinstance(key.value, str) and _SIZE.fullmatch(key.value)
    return (
        bool(named)
        and isinstance(holder, ast.Attribute)
        and holder.attr in _HOLDERS
        and last_name(holder.value) == "request"
    )


@lru_cache(maxsize=256)
def _given(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """The parameters of a route that say how many, and that nothing at their place caps."""
    if not any(isinstance(one, ast.Call) and last_name(one.func) in _ROUTES for one in function.decorator_list):
        return frozenset()
    given = [*function.args.args, *function.args.kwonlyargs]
    defaults = [*function.args.defaults, *(one for one in function.args.kw_defaults if one)]
    capped = {one.arg for part in (*defaults, *(one.annotation for one in given if one.annotation))
              for node in walk(part) for one in getattr(node, "keywords", ()) if one.arg in _CAPS}  # fmt: skip
    return frozenset(one.arg for one in given if _is_number(one.annotation) and _SIZE.fullmatch(one.arg) and not capped)


def _is_number(annotation: ast.expr | None) -> bool:
    said = unparsed(annotation) if annotation is not None else ""
    return re.fullmatch(r"(?:int|Optional\[int\])(?: \| None)?", said) is not None


@lru_cache(maxsize=256)
def _is_capped(told: str, function: ast.AST) -> bool:
    """Whether something compares the number, takes the smaller of two, or puts another in its place."""
    for one in walk(function):
        speaks = (
            any(last_name(part) == told for part in walk(one))
            if isinstance(one, ast.Compare | ast.Call | ast.Assign)
            else False
        )
        if speaks and (
            isinstance(one, ast.Compare)
            or (isinstance(one, ast.Call) and re.search(r"(?i)min$|clamp|cap|bound|valid", last_name(one.func)))
        ):
            return True
        if isinstance(one, ast.Assign) and told in map(last_name, one.targets) and not _reads(one.value):
            return True
    return False


def _taken(source: Source) -> Iterator[tuple[int, str]]:
    """The same in JavaScript: `take: Number(req.query.limit)`, and the lines it stands on."""
    from gate.facts.jssent import body_of

    code = blanked(source.text)
    for one in islice(_TAKES.finditer(code), _MOST):
        line = line_at(code, one.start())
        if not one[0].startswith(".") and not _FINDS.search(code, max(0, one.start() - 300), one.start()):
            continue
        told = (
            _of_query(one["value"] or one["short"], body_of(source, around))
            if (around := unit(source, line)).name
            else ""
        )
        if told:
            yield line, told


def _locals(names: str) -> Iterator[str]:
    """`{ limit: size = 20 }`: the local names of what says how many."""
    for part in names.split(","):
        key, _, local = part.partition("=")[0].partition(":")
        if _SIZE.fullmatch(key.strip()):
            yield (local or key).strip()


def _of_query(value: str, body: str) -> str:
    read = _KEY.search(value)
    names = {one["name"] for one in _KEPT.finditer(body) if _SIZE.fullmatch(one["key"])}
    for taken in _TAKEN.finditer(body):
        names |= set(_locals(taken["names"]))
    said = (
        (read["key"] or read["got"] or "")
        if read
        else next((word for word in re.findall(r"\w+", value) if word in names), "")
    )
    capped = (
        re.search(rf"Math\.min\(|\bclamp|\b{re.escape(said)}\s*[<>]|[<>]=?\s*{re.escape(said)}\b", body)
        if said
        else None
    )
    return said if _SIZE.fullmatch(said) and not capped and "min(" not in value else ""
