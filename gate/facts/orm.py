"""Queries written in the words of an object mapper: Django, SQLAlchemy, SQLModel, peewee, Tortoise.

Read from the chain of calls alone: `Order.objects.filter(tenant=t).delete()` deletes from `Order` what `tenant` binds.
A call nobody knows may filter, so it makes the answer unknown.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gate.fact import Hint
from gate.facts.bindings import last_name
from gate.facts.chains import Step, chain, is_built_on, is_inner, runs, spelled_out
from gate.facts.filters import MODEL, filtered
from gate.facts.names import names
from gate.facts.sqltext import words
from gate.facts.strings import Put, puts, render
from gate.source import Source

if TYPE_CHECKING:
    from gate.facts.sqltree import Witness

HINT = re.compile(
    r"\.objects\b|_default_manager\b|_base_manager\b|get_(?:object|list)_or_404|\.query\b|\b(?:select|delete|update)\("
    r"|\.get(?:_one)?\(\s*[A-Z]"
)
WRITE_HINT = Hint(
    (),
    (
        re.compile(
            r"delete(?:(?:(?<=\.delete)|(?<=\.adelete))\(\s*(?:\)|\w+\s*=)|(?<=_raw_delete)"
            r"|(?<!\wdelete)(?:\(\s*(?:\w+\.)?[A-Z]|\s+as\s+\w))"
        ),
        re.compile(
            r"update(?:(?:(?<=\.update)|(?<=\.aupdate))\(\s*(?:\w+\s*=|\*\*|\{)"
            r"|(?<!\wupdate)(?:\(\s*(?:\w+\.)?[A-Z]|\s+as\s+\w))"
        ),
        re.compile(r"select\((?<!\wselect\()\s*(?:(?:\w+\.)?(?:text|literal_column)\(\s*)?['\"]\*"),
    ),
)
"""A file that does not match holds no write and no star."""
_MANAGERS = frozenset({"objects", "_default_manager", "_base_manager", "all_objects", "unscoped", "unfiltered"})
_PLAIN = words(
    "all order_by using select_related prefetch_related only defer distinct reverse annotate alias "
    "select_for_update iterator values values_list count exists first last delete update adelete aupdate "
    "acount aexists afirst alast aiterator _raw_delete execute execution_options options with_for_update "
    "yield_per returning group_by add_columns fetchall scalars scalar one one_or_none all_ with_only_columns "
    "select_from limit offset join outerjoin join_from query unique partitions tuples get_queryset"
)
_CORE = re.compile(r"(?:sqlalchemy|sqlmodel)\.(?:\w+\.)*(select|delete|update)")
_FILTERS = words("filter get exclude aget where filter_by having")
_WRITES = {"delete": "delete", "adelete": "delete", "_raw_delete": "delete", "update": "update", "aupdate": "update"}
_READS = _MANAGERS | {"query", "select", "get_object_or_404", "get_list_or_404", "get", "get_one"}
_ENDS = words(
    "get aget first last exists count one one_or_none scalar scalar_one scalars execute exec fetchall "
    "get_or_404 first_or_404"
)


@dataclass(frozen=True)
class Found:
    """A query in an object mapper's words. `limits` is that of `sqlwrites.Write`."""

    node: ast.expr
    verb: str
    model: str
    scoped: tuple[tuple[str, ...], ...]
    partly: tuple[str, ...]
    known: bool
    limits: str
    runs: bool
    star: bool = False


def found(source: Source, *, reads: bool) -> Iterator[Found]:
    """The queries of a Python file: writes and stars, and, if `reads`, the others too."""
    spelled = _constructors(source)
    for put in puts(source):
        if isinstance(put.node, ast.Call) and not is_inner(put):
            root, steps = chain(put.node)
            first = last_name(root.func) if isinstance(root, ast.Call) else ""
            said = {spelled.get(first, first), *(step.name for step in steps)}
            if not (said & _WRITES.keys() or (said & _READS and (reads or "select" in said))):
                continue
            one = _read(put, *spelled_out(root, steps, put.scope), source)
            if one is not None and (reads or one.star or one.verb != "select"):
                yield one


def _constructors(source: Source) -> dict[str, str]:
    """Names of this file that mean SQLAlchemy's `select`, `delete` or `update`."""
    if "sqlalchemy" not in source.text and "sqlmodel" not in source.text:
        return {}
    local = names(source).local
    return {name: found[1] for name, meaning in local.items() if (found := _CORE.fullmatch(meaning))}


def _read(put: Put, root: ast.expr, steps: list[Step], source: Source) -> Found | None:
    return (
        _django(put, root, steps)
        or _session(put, root, steps)
        or _core(put, root, steps, source)
        or _shortcut(put)
        or _active_record(put, root, steps)
    )


def _django(put: Put, root: ast.expr, steps: list[Step]) -> Found | None:
    """`Order.objects.filter(...)`, `Order._default_manager...`."""
    trail = [last_name(root), *(step.name for step in steps)]
    for index, name in enumerate(trail[1:], 1):
        if name in _MANAGERS and steps[index - 1].call is None and MODEL.fullmatch(trail[index - 1]):
            after = steps[index:]
            return _query(put, trail[index - 1], after) if after else None
    return None


def _session(put: Put, root: ast.expr, steps: list[Step]) -> Found | None:
    """`session.query(Order)...`, `Order.query...`."""
    trail = [last_name(root), *(step.name for step in steps)]
    for index, step in enumerate(steps):
        if step.name == "query" and step.call is None and MODEL.fullmatch(trail[index]) and steps[index + 1 :]:
            return _query(put, trail[index], _ended(steps[index + 1 :]))
        if step.name == "query" and step.call is not None and (model := _entity(step.call)):  # here `all` reads
            return _query(put, model, _ended(steps[index + 1 :]))
    return None


def _ended(steps: list[Step]) -> list[Step]:
    """The links of a session's query, where `all` reads the rows at once."""
    return [*steps[:-1], Step("one", steps[-1].call)] if steps and steps[-1].name == "all" else steps


def _core(put: Put, root: ast.expr, steps: list[Step], source: Source) -> Found | None:
    """`select(Order).where(...)`, `sa.delete(Order)`."""
    first = root if isinstance(root, ast.Call) else next((step.call for step in steps if step.call), None)
    meaning = _CORE.fullmatch(names(source).of(first.func)) if first is not None else None
    if first is None or meaning is None:
        return None
    verb = meaning[1]
    after = steps if first is root else steps[[step.call for step in steps].index(first) + 1 :]
    if verb == "select" and any(render(argument, put.scope) == "*" for argument in first.args):
        return Found(put.node, "select", "", (), (), known=False, limits="", runs=True, star=True)
    model = _entity(first)
    return _query(put, model, after, runs=runs(put), verb=verb) if model else None


def _shortcut(put: Put) -> Found | None:
    """`get_object_or_404(Order, pk=pk)`, and `session.get(Order, pk)`, which finds a row by its key alone."""
    call = put.node
    model = call.args[0] if isinstance(call, ast.Call) and call.args else None
    if not isinstance(call, ast.Call) or not isinstance(model, ast.Name) or not MODEL.fullmatch(model.id):
        return None
    if last_name(call.func) in {"get", "get_one"} and _is_session(call) and len(call.args) > 1:
        return _query(put, model.id, [Step("one", call)])
    if last_name(call.func) not in {"get_object_or_404", "get_list_or_404"}:
        return None
    keys = ast.Call(func=call.func, args=call.args[1:], keywords=call.keywords)
    return _query(put, model.id, [Step("get", keys)])


def _is_session(call: ast.Call) -> bool:
    owner = last_name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    return owner in {"db", "sess", "s"} or owner.lower().endswith("session")


def _active_record(put: Put, root: ast.expr, steps: list[Step]) -> Found | None:
    """As in peewee's `Order.delete().execute()`, Tortoise's `Order.all().delete()`."""
    model = last_name(root)
    if (
        not isinstance(root, ast.Name)
        or not MODEL.fullmatch(model)
        or len(steps) < 2
        or any(s.call is None for s in steps)
    ):
        return None
    if steps[0].name in {"delete", "update"} and steps[-1].name == "execute":
        return _query(put, model, steps[1:], verb=steps[0].name)
    if steps[0].name in {"all", "filter"} and steps[-1].name in {"delete", "update"}:
        return _query(put, model, steps)
    return None


def _entity(call: ast.Call) -> str:
    """The model a query starts from: `Order` in `select(Order)`, `query(Order.id)`."""
    for argument in call.args[:1]:
        if isinstance(argument, ast.Name) and MODEL.fullmatch(argument.id):
            return argument.id
        if isinstance(argument, ast.Attribute):
            owner = last_name(argument.value)
            own = argument.attr if MODEL.fullmatch(argument.attr) else owner
            return own if MODEL.fullmatch(own) else ""
    return ""


def _query(put: Put, model: str, steps: list[Step], *, runs: bool = True, verb: str = "") -> Found | None:
    """Read what the links say of which rows are meant."""
    witnesses: set[Witness] = set()
    mentioned: set[str] = set()
    known, narrows = True, False
    for step in steps:
        if step.name in {
            "create",
            "bulk_create",
            "get_or_create",
            "update_or_create",
            "acreate",
            "insert",
            "abulk_create",
            "model",
            "raw",
        }:
            return None
        verb = verb or (_WRITES.get(step.name, "") if step.call else "")
        if step.call is None or step.name not in _PLAIN | _FILTERS:
            known, narrows = known and step.name == "[]", True
        elif step.name in _FILTERS:
            said = filtered(step.call, excludes=step.name == "exclude")
            witnesses |= said.bound
            mentioned |= said.mentioned
            known, narrows = known and said.sure, narrows or said.real
        elif step.name in {"join", "outerjoin", "select_from", "join_from"}:
            known = False if step.name == "outerjoin" else known
    last = steps[-1].name if steps else ""
    if (verb or "select") == "select" and last not in _ENDS and is_built_on(put):
        known = False
    scoped = tuple(sorted(tuple(sorted(witness)) for witness in witnesses))[:16]
    return Found(
        put.node, verb or "select", model, scoped, tuple(sorted(mentioned)), known, "where" if narrows else "", runs
    )
