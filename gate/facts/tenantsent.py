"""Tenants that the caller names: an id from the request that decides whose rows a function reads or writes."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from gate import lazy
from gate.facts.assigned import assigned
from gate.facts.bindings import Function, last_name
from gate.facts.cachekey import is_cache
from gate.facts.callersent import TENANT, Unit, sent_id
from gate.facts.chains import chain
from gate.facts.jstext import LANGUAGES
from gate.facts.reading import Node, reading
from gate.facts.role import role
from gate.facts.unparsed import unparsed
from gate.hint import Hint
from gate.nodes import walk
from gate.source import Place, Source

_ASKS = frozenset({
    "filter", "get", "aget", "create", "acreate", "exclude", "filter_by", "get_or_create", "update_or_create", "where",
    "get_object_or_404", "get_list_or_404", "get_or_none", "insert", "values", "delete_where", "first",
})  # fmt: skip
"""Calls whose keywords name columns; so do those of a model."""
_RUNS = frozenset({"execute", "fetch", "fetchrow", "fetchval", "fetch_all", "fetch_one", "executemany"})
_OWN = lazy.regex(
    r"(?i)(?:request\.(?:user\.)?|(?:current_)?user\.|principal\.|ctx\.|g\.)(?:tenant|org|organi[sz]ation|workspace|account|company)\w*"
)
_USER = lazy.regex(r"\b(?:current_)?user\b")


@dataclass(frozen=True)
class TenantSent:
    """A place where such an id counts. `told` is what the caller sends, `own` the caller's own tenant, "" if unknown."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"}) | LANGUAGES
    hint: ClassVar[Hint] = Hint.of(
        *((word, r"(?:_?id|_uuid)?[\"':,)=\]]") for word in ("tenant", "org", "organization", "organisation", "workspace", "account", "company")),
        "x-tenant", "x-org", "x-workspace", "x-account",
    )  # fmt: skip

    place: Place
    told: str
    own: str
    role: str
    table: str = ""
    """The table of a query of JavaScript, where it is written out."""

    @classmethod
    def find(cls, source: Source) -> Iterable["TenantSent"]:
        if source.language in LANGUAGES:
            yield from cls._in_javascript(source)
            return
        file = reading(source)
        for one in file.of(ast.Call, ast.Compare):
            values = _value(one.node, source)
            unit: Unit | None = (one.function or source.tree) if values else None
            if (
                unit is not None
                and (told := sent_id(values, unit))
                and not _narrows(one, unit)
                and not _is_compared(values, unit)
            ):
                where = role(source.path, source.scope(one.node.lineno))
                yield cls(file.place(one.node), told, _own(unit, source), where)

    @classmethod
    def _in_javascript(cls, source: Source) -> Iterator["TenantSent"]:
        from gate.facts import jstenantsent, jsunits

        for one in jstenantsent.found(source):
            where = role(source.path, jsunits.unit(source, one.line).name)
            yield cls(Place.at(source.path, one.line, one.end_line), one.told, one.own, where, one.table)


@lru_cache(maxsize=64)
def _own(node: Unit, source: Source) -> str:
    """The caller's own tenant, as a function speaks of it; "" for none."""
    lines = source.lines[node.lineno - 1 : node.end_lineno] if isinstance(node, Function) else ()
    found = _OWN.search("\n".join(lines))
    return found[0] if found else ""


def _narrows(one: Node, unit: Unit) -> bool:
    """Whether the rows are already those of the user: `rows = request.user.orders.all()`, then `rows.filter(org=org)`."""
    calls = (part.node for part in (one, *one.around) if isinstance(part.node, ast.Call))
    roots = {last_name(chain(call)[0]) for call in calls if isinstance(call.func, ast.Attribute)} - {
        "request",
        "self",
        "",
    }
    return any(_is_users(root, unit) for root in roots)


def _is_compared(values: list[ast.expr], unit: Unit) -> bool:
    """Whether the value is looked for among what is the user's: `if tenant not in tenants_of(user)`."""
    return any(isinstance(one, ast.Name) and one.id in _compared(unit) for value in values for one in walk(value))


@lru_cache(maxsize=64)
def _compared(unit: Unit) -> frozenset[str]:
    """The names a function compares with something of the user's."""
    compares = [one for one in walk(unit) if isinstance(one, ast.Compare) and _USER.search(unparsed(one))]
    return frozenset(last_name(end) for one in compares for end in (one.left, *one.comparators)) - {""}


@lru_cache(maxsize=256)
def _is_users(name: str, unit: Unit) -> bool:
    """Whether what a name holds is made from the user."""
    return any(_USER.search(unparsed(value)) for value in assigned(unit).get(name, ()))


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
