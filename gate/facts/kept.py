"""What becomes of a query that is kept under a name: which links are added to it later, and who else may add some."""

import ast
from dataclasses import dataclass

from gate import lazy
from gate.facts.bindings import Function, last_name
from gate.facts.chains import RUNNERS, Step, chain
from gate.facts.sqltext import words
from gate.facts.strings import Put

_READERS = RUNNERS | words(
    "list len set tuple sorted enumerate iter reversed sum any all paginate paginate_queryset apaginate Paginator "
    "render values_list dict map zip min max next jsonify"
)
_LOOKUPS = frozenset({"get_object_or_404", "get_list_or_404", "aget_object_or_404"})
_SHOWS = lazy.regex(r"\w+(?:Serializer|Schema|Response|Out|Read|Table|Page)")
_FOR_VIEWS = frozenset({"get_queryset", "get_object"})
_HOLDS = ast.Assign | ast.AnnAssign | ast.NamedExpr


@dataclass(frozen=True)
class Kept:
    """`steps`: the links added later, `always` or at times. `known`: nobody else may add one."""

    steps: tuple[Step, ...]
    known: bool
    always: bool = False


def kept(put: Put, *, rows: bool = False) -> Kept:
    """Follow a query through its function; one that is used up where it stands has no later links.

    `rows`: it gives no objects, but values of columns that are named, which nobody who is handed them narrows.
    """
    parent = put.parents[0] if put.parents else None
    if isinstance(parent, ast.Return):
        return Kept((), known=_is_for_view(put))
    if isinstance(parent, _HOLDS):
        target = parent.targets[0] if isinstance(parent, ast.Assign) else parent.target
        return _followed(put, target.id, rows=rows) if isinstance(target, ast.Name) else Kept((), known=False)
    if isinstance(parent, ast.Call) and last_name(parent.func) in _LOOKUPS:
        keys = ast.Call(func=parent.func, args=parent.args[1:], keywords=parent.keywords)
        return Kept((Step("get", keys),), known=True, always=True)
    if isinstance(parent, ast.Call):
        return Kept((), known=rows or _reads(last_name(parent.func)))
    return Kept((), known=not isinstance(parent, ast.keyword))


def _is_for_view(put: Put) -> bool:
    return isinstance(put.scope.node, Function) and put.scope.node.name in _FOR_VIEWS


def _followed(put: Put, name: str, *, rows: bool) -> Kept:
    scope = put.scope
    if not isinstance(scope.node, Function):
        return Kept((), known=False)
    chains = scope.chained.get(name, ())
    if chains and scope.lookup(name) is not None:
        return Kept((), known=False)  # each of those chains is read with this one in front of it
    steps = [step for call in chains for step in chain(call)[1]]
    read = rows or all(_reads(call) for call in scope.handed.get(name, ()))
    return Kept(tuple(steps), known=read and (name not in scope.returned or _is_for_view(put)))


def _reads(call: str) -> bool:
    return not call or call in _READERS or _SHOWS.fullmatch(call) is not None
