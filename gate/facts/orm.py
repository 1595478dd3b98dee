"""Queries written in the words of an object mapper: Django, SQLAlchemy, SQLModel, peewee, Tortoise.

Read from the chain of calls alone: `Order.objects.filter(tenant=t).delete()` deletes from `Order` what `tenant` binds.
A call nobody knows may filter, so it makes the answer unknown.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from gate.facts.names import Names, names
from gate.facts.scoping import ALWAYS, Witness, is_credential
from gate.facts.strings import Put, Scope, last_name, puts, render
from gate.source import Source

HINT = re.compile(
    r"\.objects\b|_default_manager\b|_base_manager\b|get_(?:object|list)_or_404|\.query\b|\b(?:select|delete|update)\(|\.filter\(|\.all\(\)"
)
_MANAGERS = frozenset({"objects", "_default_manager", "_base_manager", "all_objects", "unscoped", "unfiltered"})
_PLAIN = frozenset(
    "all order_by using select_related prefetch_related only defer distinct reverse annotate alias select_for_update iterator values "
    "values_list count exists first last delete update adelete aupdate acount aexists afirst alast aiterator _raw_delete execute "
    "execution_options options with_for_update yield_per returning group_by add_columns fetchall scalars scalar one one_or_none all_ "
    "with_only_columns select_from limit offset join outerjoin join_from query unique partitions tuples get_queryset".split()
)
_FILTERS = frozenset("filter get exclude aget where filter_by having".split())
_WRITES = {"delete": "delete", "adelete": "delete", "_raw_delete": "delete", "update": "update", "aupdate": "update"}
_RUNNERS = frozenset(
    "execute exec scalars scalar stream stream_scalars fetch_all fetch_one fetch_val fetchall iterate aexecute".split()
)
_MODEL = re.compile(r"[A-Z]\w*[a-z]\w*")
_EVERY = re.compile(r"(?:pk|id)__(?:gt|gte|isnull|ne)")


@dataclass(frozen=True)
class Step:
    """One link of a chain: an attribute, and the call of it if it is called."""

    name: str
    call: ast.Call | None


@dataclass(frozen=True)
class Found:
    """A query in an object mapper's words. `limits` is that of `sqlwrites.Write`."""

    node: ast.expr
    verb: str
    model: str
    scoped: tuple[tuple[str, ...], ...]
    known: bool
    limits: str
    runs: bool
    star: bool = False


def found(source: Source) -> Iterator[Found]:
    """Every such query of a Python file."""
    meaning = names(source)
    for put in puts(source):
        if isinstance(put.node, ast.Call) and not _is_inner(put):
            one = _read(put, meaning)
            if one is not None:
                yield one


def _is_inner(put: Put) -> bool:
    """Whether the chain goes on to a further call."""
    node: ast.AST = put.node
    for parent in put.parents:
        if isinstance(parent, ast.Call):
            return parent.func is node
        if not isinstance(parent, ast.Attribute | ast.Subscript | ast.Await):
            return False
        node = parent
    return False


def _chain(node: ast.expr, scope: Scope, deep: int = 0) -> tuple[ast.expr, list[Step]]:
    """What a chain starts from, and its links in order; a name bound once stands for what it is bound to."""
    steps: list[Step] = []
    while True:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            steps.append(Step(node.func.attr, node))
            node = node.func.value
        elif isinstance(node, ast.Attribute):
            steps.append(Step(node.attr, None))
            node = node.value
        elif isinstance(node, ast.Subscript):
            steps.append(Step("[]", None))
            node = node.value
        elif isinstance(node, ast.Await):
            node = node.value
        else:
            break
    if isinstance(node, ast.Name) and deep < 3 and steps:
        bound = scope.lookup(node.id)
        if isinstance(bound, ast.Call | ast.Attribute):
            root, before = _chain(bound, scope, deep + 1)
            return root, [*before, *reversed(steps)]
    return node, steps[::-1]


def _read(put: Put, meaning: Names) -> Found | None:
    assert isinstance(put.node, ast.Call)  # noqa: S101  `found` asks for calls only
    root, steps = _chain(put.node, put.scope)
    return (
        _django(put, root, steps)
        or _session(put, root, steps)
        or _core(put, root, steps, meaning)
        or _shortcut(put, root, steps)
        or _active_record(put, root, steps)
    )


def _django(put: Put, root: ast.expr, steps: list[Step]) -> Found | None:
    """`Order.objects.filter(...)`, `Order._default_manager...`."""
    trail = [last_name(root), *(step.name for step in steps)]
    for index, name in enumerate(trail[1:], 1):
        if name in _MANAGERS and steps[index - 1].call is None and _MODEL.fullmatch(trail[index - 1]):
            after = steps[index:]
            return _query(put, trail[index - 1], after, runs=True) if after else None
    return None


def _session(put: Put, root: ast.expr, steps: list[Step]) -> Found | None:
    """`session.query(Order)...`, `Order.query...`."""
    trail = [last_name(root), *(step.name for step in steps)]
    for index, step in enumerate(steps):
        if step.name == "query" and step.call is None and _MODEL.fullmatch(trail[index]) and steps[index + 1 :]:
            return _query(put, trail[index], steps[index + 1 :], runs=True)
        if step.name == "query" and step.call is not None and (model := _entity(step.call)):
            return _query(put, model, steps[index + 1 :], runs=True)
    return None


def _core(put: Put, root: ast.expr, steps: list[Step], meaning: Names) -> Found | None:
    """`select(Order).where(...)`, `sa.delete(Order)`."""
    first = root if isinstance(root, ast.Call) else next((step.call for step in steps if step.call), None)
    if first is None or last_name(first.func) not in {"select", "delete", "update"}:
        return None
    module = meaning.of(first.func).split(".")[0]
    if module not in {"sqlalchemy", "sqlmodel"}:
        return None
    verb = last_name(first.func)
    after = steps if first is root else steps[[step.call for step in steps].index(first) + 1 :]
    if verb == "select" and any(render(argument, put.scope) == "*" for argument in first.args):
        return Found(put.node, "select", "", (), known=False, limits="", runs=True, star=True)
    model = _entity(first)
    return _query(put, model, after, runs=_runs(put), verb=verb) if model else None


def _shortcut(put: Put, root: ast.expr, steps: list[Step]) -> Found | None:
    """`get_object_or_404(Order, pk=pk)`."""
    call = put.node
    if (
        not isinstance(call, ast.Call)
        or last_name(call.func) not in {"get_object_or_404", "get_list_or_404"}
        or not call.args
    ):
        return None
    model = call.args[0]
    if not isinstance(model, ast.Name) or not _MODEL.fullmatch(model.id):
        return None
    keys = ast.Call(func=call.func, args=call.args[1:], keywords=call.keywords)
    return _query(put, model.id, [Step("filter", keys)], runs=True)


def _active_record(put: Put, root: ast.expr, steps: list[Step]) -> Found | None:
    """peewee's `Order.delete().execute()`, Tortoise's `Order.all().delete()`."""
    model = last_name(root)
    if (
        not isinstance(root, ast.Name)
        or not _MODEL.fullmatch(model)
        or len(steps) < 2
        or any(s.call is None for s in steps)
    ):
        return None
    if steps[0].name in {"delete", "update"} and steps[-1].name == "execute":
        return _query(put, model, steps[1:], runs=True, verb=steps[0].name)
    if steps[0].name in {"all", "filter"} and steps[-1].name in {"delete", "update"}:
        return _query(put, model, steps, runs=True)
    return None


def _entity(call: ast.Call) -> str:
    """The model a query starts from: `Order` in `select(Order)`, `query(Order.id)`."""
    for argument in call.args[:1]:
        if isinstance(argument, ast.Name) and _MODEL.fullmatch(argument.id):
            return argument.id
        if isinstance(argument, ast.Attribute):
            owner = last_name(argument.value)
            own = argument.attr if _MODEL.fullmatch(argument.attr) else owner
            return own if _MODEL.fullmatch(own) else ""
    return ""


def _runs(put: Put) -> bool:
    """Whether a statement is run as it stands: handed to the session, or by a name that is."""
    for parent in put.parents:
        if isinstance(parent, ast.Call):
            return last_name(parent.func) in _RUNNERS
        if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
            name = parent.targets[0].id
            return put.scope.is_whole(name) and bool(put.scope.handed.get(name, frozenset()) & _RUNNERS)
        if not isinstance(parent, ast.Await | ast.keyword):
            return False
    return False


def _query(put: Put, model: str, steps: list[Step], *, runs: bool, verb: str = "") -> Found | None:
    """Read what the links say of which rows are meant."""
    witnesses: set[Witness] = set()
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
            more, sure, real = _filtered(step.call, excludes=step.name == "exclude")
            witnesses |= more
            known, narrows = known and sure, narrows or real
        elif step.name in {"join", "outerjoin", "select_from", "join_from"}:
            known = False if step.name == "outerjoin" else known
    scoped = tuple(sorted(tuple(sorted(witness)) for witness in witnesses))[:16]
    return Found(put.node, verb or "select", model, scoped, known, "where" if narrows else "", runs)


def _filtered(call: ast.Call, *, excludes: bool) -> tuple[set[Witness], bool, bool]:
    """Which columns a filter binds, whether all of it is read, and whether it leaves anything out."""
    found: set[Witness] = set()
    sure = True
    real = False
    for keyword in call.keywords:
        if keyword.arg is None:
            sure, real = False, True
            continue
        real = real or not _EVERY.fullmatch(keyword.arg)
        found |= set() if excludes else _bound(keyword.arg)
    for argument in call.args:
        more, known = condition(argument)
        found |= set() if excludes else more
        sure = sure and known
        real = real or not _is_empty(argument)
    return found, sure, real


def _bound(keyword: str) -> set[Witness]:
    """`project__tenant_id__in` binds by `project`, `tenant_id` and, through it, the tenant."""
    parts = [part for part in keyword.split("__") if part not in {"in", "exact", "iexact", "pk", "id"}] or [keyword]
    if parts[-1] in {"gt", "gte", "lt", "lte", "ne", "isnull", "contains", "icontains", "range", "startswith", "regex"}:
        return set()
    return {ALWAYS if is_credential(part) else frozenset({part.lower()}) for part in parts}


def _is_empty(argument: ast.expr) -> bool:
    """`Q()`, `true()`, `True`, `text("1=1")`: a condition that holds for every row."""
    if isinstance(argument, ast.Call) and last_name(argument.func) in {"Q", "true", "and_"}:
        return not argument.args and not argument.keywords
    if isinstance(argument, ast.Call) and last_name(argument.func) == "text" and argument.args:
        first = argument.args[0]
        return isinstance(first, ast.Constant) and str(first.value).replace(" ", "").lower() in {"1=1", "true", "1"}
    if isinstance(argument, ast.BinOp) and isinstance(argument.op, ast.BitOr):
        return _is_empty(argument.left) or _is_empty(argument.right)
    return isinstance(argument, ast.Constant) and argument.value is True


def condition(node: ast.expr, deep: int = 0) -> tuple[set[Witness], bool]:
    """Which columns a condition binds, and whether all of it is understood."""
    if deep > 20:
        return set(), False
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd | ast.BitOr):
        return _combined([node.left, node.right], deep, either=isinstance(node.op, ast.BitOr))
    if isinstance(node, ast.UnaryOp):
        return set(), True
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _compared(node)
    if isinstance(node, ast.Call):
        return _called(node, deep)
    return set(), isinstance(node, ast.Constant)


def _combined(parts: list[ast.expr], deep: int, *, either: bool) -> tuple[set[Witness], bool]:
    read = [condition(part, deep + 1) for part in parts]
    sure = all(known for _, known in read)
    if not either:
        return set().union(*(found for found, _ in read)), sure
    if len(read) > 6:
        return set(), sure
    arms = [sorted(found, key=sorted)[:3] for found, _ in read]
    return ({frozenset[str]().union(*chosen) for chosen in product(*arms)} if all(arms) else set()), sure


def _compared(node: ast.Compare) -> tuple[set[Witness], bool]:
    ends = (node.left, node.comparators[0])
    columns = [end for end in ends if isinstance(end, ast.Attribute) and _MODEL.fullmatch(last_name(end.value))]
    if not isinstance(node.ops[0], ast.Eq) or len(columns) != 1:
        return set(), True
    name = columns[0].attr
    return {ALWAYS if is_credential(name) else frozenset({name.lower()})}, True


def _called(node: ast.Call, deep: int) -> tuple[set[Witness], bool]:
    name = last_name(node.func)
    if name == "Q":
        found, sure, _ = _filtered(node, excludes=False)
        return found, sure
    if name in {"and_", "or_"}:
        return _combined(node.args, deep, either=name == "or_")
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Attribute):
        if name == "in_":
            return {frozenset({node.func.value.attr.lower()})}, True
        known = {
            "is_",
            "isnot",
            "is_not",
            "like",
            "ilike",
            "contains",
            "between",
            "startswith",
            "notin_",
            "not_in",
            "endswith",
        }
        return set(), name in known
    return set(), name in {"true", "not_", "text"}
