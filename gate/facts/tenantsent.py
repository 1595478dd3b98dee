"""Tenants that the caller names: an id from the request that decides whose rows a function reads or writes."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate.facts.bindings import Function, last_name
from gate.facts.cachekey import is_cache
from gate.facts.reading import reading
from gate.facts.role import role
from gate.hint import Hint
from gate.nodes import walk
from gate.source import Place, Source

TENANT = re.compile(r"(?i)(?:tenant|org|organi[sz]ation|workspace|account|company)(?:_?id|_uuid)?")
"""How the column of a tenant, or its id in a request, is named."""
_HEADER = re.compile(r"(?i)x-?(?:tenant|org(?:ani[sz]ation)?|workspace|account)(?:-?id)?")
_SENT = frozenset(
    {"GET", "POST", "data", "query_params", "json", "args", "form", "values", "headers", "META", "params", "COOKIES"}
)
_NOT_BODIES = re.compile(r"(?i)(?:\w*_)?(?:user|ctx|context|principal|tenant|org|session|db|request|claims|token|auth|self|cls|settings|config|identity|membership|member|account|company|workspace|organi[sz]ation)")  # fmt: skip
_ROUTES = frozenset({"get", "post", "put", "patch", "delete", "route", "api_route", "api_view"})
_ASKS = frozenset({
    "filter", "get", "aget", "create", "acreate", "exclude", "filter_by", "get_or_create", "update_or_create", "where",
    "get_object_or_404", "get_list_or_404", "get_or_none", "insert", "values", "delete_where", "first",
})  # fmt: skip
"""Calls whose keywords name columns; so do those of a model."""
_RUNS = frozenset({"execute", "fetch", "fetchrow", "fetchval", "fetch_all", "fetch_one", "executemany"})
_OWN = re.compile(
    r"(?i)(?:request\.(?:user\.)?|(?:current_)?user\.|principal\.|ctx\.|g\.)(?:tenant|org|organi[sz]ation|workspace|account|company)\w*"
)
_DEPENDS = frozenset({"Depends", "Security", "Inject", "Provide"})
_FOUND = re.compile(r"(?:Current|Active|Authori[sz]ed|Verified)[A-Z]\w*|\w*(?:Dep|Dependency)")
"""How a type is named that stands for what a dependency finds out."""
_CASTS = frozenset({"int", "str", "UUID"})
_HOPS = 2
_Unit = ast.FunctionDef | ast.AsyncFunctionDef | ast.Module


@dataclass(frozen=True)
class TenantSent:
    """A place where such an id counts. `told` is what the caller sends, `own` the caller's own tenant, "" if unknown."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of(
        *((word, r"(?:_?id|_uuid)?[\"':,)=\]]") for word in ("tenant", "org", "organization", "organisation", "workspace", "account", "company")),
        "x-tenant", "x-org", "x-workspace", "x-account",
    )  # fmt: skip

    place: Place
    told: str
    own: str
    role: str

    @classmethod
    def find(cls, source: Source) -> Iterable["TenantSent"]:
        file = reading(source)
        for one in file.of(ast.Call, ast.Compare):
            values = _value(one.node, source)
            unit: _Unit | None = (one.function or source.tree) if values else None
            if unit is not None and (told := _told(values, unit)):
                where = role(source.path, source.scope(one.node.lineno))
                yield cls(file.place(one.node), told, _own(unit, source), where)


def _own(node: _Unit, source: Source) -> str:
    """The caller's own tenant, as a function speaks of it; "" for none."""
    lines = source.lines[node.lineno - 1 : node.end_lineno] if isinstance(node, Function) else ()
    found = _OWN.search("\n".join(lines))
    return found[0] if found else ""


def _params(node: _Unit) -> frozenset[str]:
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
        and (TENANT.fullmatch(one.arg) or (one.arg not in filled and not _NOT_BODIES.fullmatch(one.arg)))
    )


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


def _told(values: list[ast.expr], unit: _Unit) -> str:
    """What the caller sends in one of these; "" for nothing."""
    sent = _params(unit)
    inner = [one for value in values for node in walk(value) for one in (node, *_kept(node, unit))]
    return next((found for one in inner if (found := _sent(one, sent))), "")


def _kept(node: ast.AST, unit: _Unit, deep: int = 0) -> Iterator[ast.AST]:
    """What a name in it is set to, where that is what was sent, or a text made of it, and nothing else."""
    if not isinstance(node, ast.Name) or deep > _HOPS:
        return
    assigns = [
        one for one in walk(unit) if isinstance(one, ast.Assign) and any(last_name(t) == node.id for t in one.targets)
    ]
    if len(assigns) == 1:
        value = _plain(assigns[0].value)
        inner = walk(value) if isinstance(value, ast.JoinedStr | ast.BinOp) else [value]
        for one in inner:
            yield one
            yield from _kept(one, unit, deep + 1)


def _plain(node: ast.expr) -> ast.expr:
    """`int(request.GET["org"])` is what was sent, too."""
    cast = isinstance(node, ast.Call) and last_name(node.func) in _CASTS and len(node.args) == 1
    return node.args[0] if isinstance(node, ast.Call) and cast else node


def _value(node: ast.AST, source: Source) -> list[ast.expr]:
    """What a node binds the column of a tenant to, or the key of a value in a cache."""
    if isinstance(node, ast.Call):
        if is_cache(node, source):
            return node.args[:1]
        asks = last_name(node.func) in _ASKS or last_name(node.func)[:1].isupper()
        bound = [k.value for k in node.keywords if asks and k.arg and TENANT.fullmatch(k.arg)]
        return bound + ([*node.args[1:]] if last_name(node.func) in _RUNS and _says_tenant(node) else [])
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq):
        ends = (node.left, node.comparators[0])
        if (
            isinstance(ends[0], ast.Attribute)
            and TENANT.fullmatch(ends[0].attr)
            and last_name(ends[0].value)[:1].isupper()
        ):
            return [ends[1]]
    return []


def _says_tenant(call: ast.Call) -> bool:
    first = next((one.value for one in walk(call.args[0]) if isinstance(one, ast.Constant)), "") if call.args else ""
    return (
        isinstance(first, str)
        and re.search(r"(?i)\b(?:app\.)?(?:tenant|org|organi[sz]ation|workspace|account|company)(?:_id)?\b", first)
        is not None
    )


def _sent(node: ast.AST, sent: frozenset[str]) -> str:
    """What the caller sends, as it is written: `request.GET["tenant_id"]`, `body.tenant_id`, a route's `tenant_id`."""
    if isinstance(node, ast.Name) and node.id in sent and TENANT.fullmatch(node.id):
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
