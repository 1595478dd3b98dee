"""Queries written in the words of an object mapper: Django, SQLAlchemy, SQLModel, peewee, Tortoise.

Read from the chain of calls alone: `Order.objects.filter(tenant=t).delete()` deletes from `Order` what `tenant` binds.
A call nobody knows may filter, so it makes the answer unknown.
"""

import ast
from collections.abc import Iterator

from gate import lazy
from gate.facts import postgrest
from gate.facts.bindings import last_name
from gate.facts.chains import Step, chain, is_inner, runs, spelled_out
from gate.facts.filters import MODEL
from gate.facts.links import WRITES, Found, query
from gate.facts.names import names
from gate.facts.rowkey import by_key
from gate.facts.sqltext import words
from gate.facts.strings import Put, puts, render
from gate.hint import Hint
from gate.nodes import walk
from gate.source import Source

HINT = Hint(
    Hint.of(
        "_default_manager", "_base_manager", "get_object_or_404", "get_list_or_404", (".objects", r"\b"), (".query", r"\b"),
        *((f"{verb}(", rf"(?<!\w{verb}\()") for verb in ("select", "delete", "update")),
    ).parts,
    (
        lazy.regex(r"\.get(?:_one|_or_404)?\(\s*[A-Z]"),
        lazy.regex(r"[A-Z]\w+\.(?:get(?:_or_none|_by_id)?|filter|all)\("),
    ),
)  # fmt: skip
WRITE_HINT = Hint(
    (),
    (
        lazy.regex(
            r"delete(?:(?:(?<=\.delete)|(?<=\.adelete))\(\s*(?:\)|\w+\s*=)|(?<=_raw_delete)"
            r"|(?<!\wdelete)(?:\(\s*(?:\w+\.)?[A-Z]|\s+as\s+\w)|(?<![\w.]delete)\(\s*\w)"
        ),
        lazy.regex(
            r"update(?:(?:(?<=\.update)|(?<=\.aupdate))\(\s*(?:\w+\s*=|\*\*|\{)"
            r"|(?<!\wupdate)(?:\(\s*(?:\w+\.)?[A-Z]|\s+as\s+\w)|(?<![\w.]update)\(\s*\w|\(\)\s*\.)"
        ),
        lazy.regex(r"select\((?<!\wselect\()\s*(?:(?:\w+\.)?(?:text|literal_column)\(\s*)?['\"]\*"),
    ),
)
"""A file that does not match holds no write and no star."""
_MANAGERS = frozenset({"objects", "_default_manager", "_base_manager", "all_objects", "unscoped", "unfiltered"})
_CORE = lazy.regex(r"(?:sqlalchemy|sqlmodel)\.(?:\w+\.)*(select|delete|update)")
_STARRED = frozenset({"sqlalchemy", "sqlmodel"})
_BY_KEY = frozenset({"get", "get_one", "get_or_404", "first_or_404"})
_READS = (
    _MANAGERS
    | _BY_KEY
    | words("query select get_object_or_404 get_list_or_404 aget_object_or_404 get_or_none get_by_id filter all")
)


def found(source: Source, *, reads: bool) -> Iterator[Found]:
    """The queries of a Python file: writes and stars, and, if `reads`, the others too."""
    spelled = _constructors(source)
    for put in puts(source):
        if isinstance(put.node, ast.Call) and not is_inner(put):
            root, steps = chain(put.node)
            first = last_name(root.func) if isinstance(root, ast.Call) else ""
            said = {spelled.get(first, first), *(step.name for step in steps if not _is_item(step))}
            kept = isinstance(root, ast.Name) and len(steps) == 1 and _runs_itself(steps[0])
            if not (said & WRITES.keys() or kept or (said & _READS and (reads or "select" in said))):
                continue
            one = _read(put, *spelled_out(root, steps, put.scope), source)
            if one is not None and (reads or one.star or one.verb != "select"):
                yield one


def _is_item(step: Step) -> bool:
    """`get("name")` of a mapping: no key of a row is written out as text."""
    first = step.call.args[0] if step.call and step.call.args else None
    return step.name == "get" and isinstance(first, ast.Constant) and isinstance(first.value, str)


def _runs_itself(step: Step) -> bool:
    """`query.execute()`, as in peewee."""
    return step.name == "execute" and step.call is not None and not step.call.args


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
        or _shortcut(put, root, steps)
        or _table(put)
        or postgrest.read(put, steps)
        or _active_record(put, root, steps)
    )


def _django(put: Put, root: ast.expr, steps: list[Step]) -> Found | None:
    """`Order.objects.filter(...)`, `Order._default_manager...`."""
    trail = [last_name(root), *(step.name for step in steps)]
    for index, name in enumerate(trail[1:], 1):
        if name in _MANAGERS and steps[index - 1].call is None and MODEL.fullmatch(trail[index - 1]):
            after = steps[index:]
            return query(put, trail[index - 1], after) if after else None
    return None


def _session(put: Put, root: ast.expr, steps: list[Step]) -> Found | None:
    """`session.query(Order)...`, `Order.query...`."""
    trail = [last_name(root), *(step.name for step in steps)]
    if steps and _is_own_method(steps[-1]):
        return None
    for index, step in enumerate(steps):
        if step.name == "query" and step.call is None and MODEL.fullmatch(trail[index]) and steps[index + 1 :]:
            return query(put, trail[index], _ended(steps[index + 1 :]))
        if step.name == "query" and step.call is not None and (model := _entity(step.call)):  # here `all` reads
            return query(put, model, _ended(steps[index + 1 :]))
    return None


def _is_own_method(step: Step) -> bool:
    """`Bill.query.delete(project, key)`: the mapper's own takes nothing but how to synchronize the session."""
    return step.name == "delete" and step.call is not None and len(step.call.args) > 1


def _ended(steps: list[Step]) -> list[Step]:
    """The links of a session's query, where `all` reads the rows at once, and `get` takes a key."""
    read: list[Step] = []
    for step in steps:
        keyed = step.name in _BY_KEY and step.call is not None and step.call.args
        read.append(by_key(step.call, step.call.args[0]) if step.call and keyed else step)
    return [*read[:-1], Step("one", read[-1].call)] if read and read[-1].name == "all" else read


def _core(put: Put, root: ast.expr, steps: list[Step], source: Source) -> Found | None:
    """`select(Order).where(...)`, `sa.delete(Order)`, `delete(orders)` of a table that has no model."""
    first = root if isinstance(root, ast.Call) else next((step.call for step in steps if step.call), None)
    verb = _constructor(first, source) if first is not None else ""
    if first is None or not verb:
        return None
    after = steps if first is root else steps[[step.call for step in steps].index(first) + 1 :]
    if verb == "update" and not after and _is_handed_rows(put):
        return None
    if verb == "select" and any(render(argument, put.scope) == "*" for argument in first.args):
        return Found(put.node.lineno, put.node.end_lineno or 0, "select", "", star=True)
    table = first.args[0].id if verb != "select" and first.args and isinstance(first.args[0], ast.Name) else ""
    model = _entity(first) or (table if _is_table(table, put) else "")
    return query(put, model, after, runs=verb == "select" or runs(put), verb=verb) if model else None


def _is_handed_rows(put: Put) -> bool:
    """`session.execute(update(Order), rows)` changes the rows that are listed, each by its key.

    https://docs.sqlalchemy.org/en/20/orm/queryguide/dml.html#orm-bulk-update-by-primary-key
    """
    run = put.parents[0] if put.parents else None
    return isinstance(run, ast.Call) and len(run.args) + len(run.keywords) > 1


def _constructor(call: ast.Call, source: Source) -> str:
    known = names(source)
    found = _CORE.fullmatch(known.of(call.func))
    if found is None and isinstance(call.func, ast.Name) and _STARRED.intersection(known.stars):
        return call.func.id if call.func.id in {"select", "delete", "update"} else ""
    return found[1] if found else ""


def _is_table(name: str, put: Put) -> bool:
    bound = put.scope.lookup(name) if name else None
    return isinstance(bound, ast.Call) and last_name(bound.func) == "Table"


def _table(put: Put) -> Found | None:
    """`conn.execute(orders.delete())`, `Order.__table__.update().values(...)`."""
    root, steps = chain(put.node)
    own = [step for step in steps if step.name != "__table__"]
    name = root.id if isinstance(root, ast.Name) else ""
    if not name or not own or own[0].name not in {"delete", "update"} or own[0].call is None or own[0].call.args:
        return None
    if not runs(put) or own[-1].name == "execute" or _is_any_table(name, put):
        return None
    return query(put, name, own[1:], verb=own[0].name)


def _is_any_table(name: str, put: Put) -> bool:
    """Whether a function is given its table, or takes it out of many, so that nobody can tell which it is."""
    bound = put.scope.lookup(name)
    return name in put.scope.binds[1] or (bound is not None and not _is_table(name, put))


def _shortcut(put: Put, root: ast.expr, steps: list[Step]) -> Found | None:
    """`get_object_or_404(Order, pk=pk)`, and `session.get(Order, pk)`, which finds a row by its key alone."""
    first = root if isinstance(root, ast.Call) else next((step.call for step in steps if step.call), None)
    model = first.args[0] if first is not None and first.args else None
    if first is None or not isinstance(model, ast.Name) or not MODEL.fullmatch(model.id):
        return None
    if first is root and any(step.call is None for step in steps) and root not in walk(put.node):
        return None  # what hangs on a row that was found further up is another table's
    name = last_name(first.func)
    verb = next(
        (WRITES[step.name] for step in steps if step.call and step.call is not first and step.name in WRITES), ""
    )
    if name in _BY_KEY and _is_session(first) and len(first.args) > 1:
        return query(put, model.id, [by_key(first, first.args[1])], verb=verb)
    if name not in {"get_object_or_404", "get_list_or_404", "aget_object_or_404"}:
        return None
    keys = ast.Call(func=first.func, args=first.args[1:], keywords=first.keywords)
    return query(put, model.id, [Step("get", keys)], verb=verb)


def _is_session(call: ast.Call) -> bool:
    owner = last_name(call.func.value) if isinstance(call.func, ast.Attribute) else ""
    return owner in {"db", "sess", "s"} or owner.lower().endswith("session")


def _active_record(put: Put, root: ast.expr, steps: list[Step]) -> Found | None:
    """As in peewee's `Order.delete().execute()`, Tortoise's `Order.all().delete()` and `Order.get(id=key)`."""
    model = last_name(root)
    if not isinstance(root, ast.Name) or not MODEL.fullmatch(model) or not steps or any(s.call is None for s in steps):
        return None
    first, last = steps[0], steps[-1]
    if first.name in {"delete", "update"}:
        return query(put, model, steps[1:], verb=first.name) if last.name == "execute" else None
    if first.name == "get_by_id" and first.call and first.call.args:
        return query(put, model, [by_key(first.call, first.call.args[0]), *steps[1:]])
    if first.name == "select" and len(steps) > 1:
        return query(put, model, _ended(steps[1:]))
    awaited = isinstance(next(iter(put.parents), None), ast.Await)
    if first.name in {"all", "filter"} and (len(steps) > 1 or awaited):
        return query(put, model, [*steps, Step("one", last.call)] if awaited else steps)
    keys = [*first.call.keywords, *first.call.args] if first.call else []
    keyed = first.name in {"get", "get_or_none"} and keys and isinstance(keys[0], ast.keyword | ast.Compare)
    return query(put, model, steps) if keyed else None


def _entity(call: ast.Call) -> str:
    """The model a query starts from: `Order` in `select(Order)`, `query(Order.id)`, `select(func.sum(Order.total))`."""
    for argument in call.args[:1]:
        if isinstance(argument, ast.Name) and MODEL.fullmatch(argument.id):
            return argument.id
        if isinstance(argument, ast.Attribute):
            owner = last_name(argument.value)
            own = argument.attr if MODEL.fullmatch(argument.attr) else owner
            return own if MODEL.fullmatch(own) else ""
        if isinstance(argument, ast.Call) and isinstance(argument.func, ast.Attribute):
            inner = argument.func.value
            return _entity(inner if isinstance(inner, ast.Call) and not argument.args else argument)
    return ""
