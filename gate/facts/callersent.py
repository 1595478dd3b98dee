"""Ids of tenants that come with a request: what a caller sends, as a Python function speaks of it."""

import ast
from collections.abc import Iterator, Sequence
from functools import lru_cache

from gate import lazy
from gate.facts.assigned import assigned
from gate.facts.bindings import Function, last_name
from gate.nodes import walk

TENANT = lazy.regex(r"(?i)(?:tenant|org|organi[sz]ation|workspace|account|company)(?:_?id|_uuid)?")
"""How the column of a tenant, or its id in a request, is named."""
_HEADER = lazy.regex(r"(?i)(?:http_)?x[-_]?(?:tenant|org(?:ani[sz]ation)?|workspace|account|company)(?:[-_]?id)?")
_SENT = frozenset(
    {"GET", "POST", "data", "query_params", "json", "args", "form", "values", "headers", "META", "params", "COOKIES"}
)
_NOT_BODIES = lazy.regex(r"(?i)(?:\w*_)?(?:user|me|viewer|caller|actor|profile|ctx|context|principal|tenant|org|session|db|request|claims|token|auth|self|cls|settings|config|identity|membership|member|account|company|workspace|organi[sz]ation)")  # fmt: skip
_ROUTES = frozenset({"get", "post", "put", "patch", "delete", "route", "api_route", "api_view"})
_DEPENDS = frozenset({"Depends", "Security", "Inject", "Provide"})
_FOUND = lazy.regex(r"(?:Current|Active|Authori[sz]ed|Verified)[A-Z]\w*|\w*(?:Dep|Dependency)")
"""How a type is named that stands for what a dependency finds out."""
_CASTS = frozenset({"int", "str", "UUID"})
_HOPS = 2
Unit = ast.FunctionDef | ast.AsyncFunctionDef | ast.Module


@lru_cache(maxsize=256)
def _params(node: Unit) -> frozenset[str]:
    """The parameters of a route that the caller fills in: an id of a tenant, or a body that may hold one."""
    if not isinstance(node, Function):
        return frozenset()
    routed = any(isinstance(one, ast.Call) and last_name(one.func) in _ROUTES for one in node.decorator_list)
    if not routed:
        return frozenset()
    filled = _defaults(node)
    given = [*node.args.args, *node.args.kwonlyargs]
    return frozenset(
        one.arg
        for one in given
        if not _is_found(one, filled.get(one.arg))
        and (_is_id(one.arg) or (one.arg not in filled and not _NOT_BODIES.fullmatch(one.arg)))
    )


def _is_id(name: str) -> bool:
    """`org_id`, and `x_org_id` of a header."""
    return TENANT.fullmatch(name.removeprefix("x_")) is not None


def _defaults(node: ast.FunctionDef | ast.AsyncFunctionDef) -> dict[str, ast.expr | None]:
    positional = node.args.args[len(node.args.args) - len(node.args.defaults) :]
    pairs = [
        *zip(positional, node.args.defaults, strict=True),
        *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True),
    ]
    return {one.arg: default for one, default in pairs if default is not None or one in positional}


def _is_found(given: ast.arg, default: ast.expr | None) -> bool:
    """Whether a dependency answers for a parameter: the caller does not fill it in, and who wrote it could ask."""
    said = [node for part in (default, given.annotation) if part is not None for node in walk(part)]
    named = {last_name(node) for node in said if isinstance(node, ast.Name | ast.Attribute)}
    return not named.isdisjoint(_DEPENDS) or any(_FOUND.fullmatch(name) for name in named)


def sent_id(values: Sequence[ast.expr], unit: Unit) -> str:
    """What the caller sends in one of these; "" for nothing."""
    sent = _params(unit)
    inner = [one for value in values for node in walk(value) for one in (node, *_kept(node, unit))]
    return next((found for one in inner if (found := _sent(one, sent))), "")


def _kept(node: ast.AST, unit: Unit, deep: int = 0) -> Iterator[ast.AST]:
    """What a name in it is set to, where that is what was sent, or a text made of it, and nothing else."""
    if not isinstance(node, ast.Name) or deep > _HOPS:
        return
    values = assigned(unit).get(node.id, ())
    if len(values) == 1:
        value = _plain(values[0])
        inner = walk(value) if isinstance(value, ast.JoinedStr | ast.BinOp) else [value]
        for one in inner:
            yield one
            yield from _kept(one, unit, deep + 1)


def _plain(node: ast.expr) -> ast.expr:
    """`int(request.GET["org"])` is what was sent, too."""
    cast = isinstance(node, ast.Call) and last_name(node.func) in _CASTS and len(node.args) == 1
    return node.args[0] if isinstance(node, ast.Call) and cast else node


def _sent(node: ast.AST, sent: frozenset[str]) -> str:
    """What the caller sends, as it is written: `request.GET["tenant_id"]`, `body.tenant_id`, a route's `tenant_id`."""
    if isinstance(node, ast.Name) and node.id in sent and _is_id(node.id):
        return node.id
    if isinstance(node, ast.Attribute) and last_name(node.value) in sent and TENANT.fullmatch(node.attr):
        return f"{last_name(node.value)}.{node.attr}"
    key = node.slice if isinstance(node, ast.Subscript) else None
    holder = node.value if isinstance(node, ast.Subscript) else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get" and node.args:
        key, holder = node.args[0], node.func.value
    if holder is None or not isinstance(key, ast.Constant) or not isinstance(key.value, str):
        return ""
    named = TENANT.fullmatch(key.value) or _HEADER.fullmatch(key.value)
    request = isinstance(holder, ast.Attribute) and last_name(holder.value) in {"request", "req"}
    return f"{last_name(holder)}[{key.value}]" if named and request and last_name(holder) in _SENT else ""
