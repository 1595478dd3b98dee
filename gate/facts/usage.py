"""Where a text is put, and what that says of it: a driver runs it, a label shows it."""

import ast
from dataclasses import dataclass

from gate import lazy
from gate.facts.bindings import Function, Scope, last_name
from gate.facts.sqltext import words
from gate.facts.strings import Put

STRONG = words(
    "execute executemany executescript execute_batch execute_values mogrify copy_expert fetchrow fetchval "
    "fetchone fetchall fetchmany exec_driver_sql text literal_column DDL from_statement RawSQL RunSQL "
    "read_sql read_sql_query read_gbq read_database read_database_uri fetch_one fetch_all fetch_val "
    "execute_sql execute_query execute_query_dict execute_script cursor raw query_and_wait scalar scalars "
    "stream aexecute execute_many iterate execute_insert execute_fetchall"
)
_WEAK = words("query run sql fetch SQL select get prepare exec bulk_query op_execute text_query runQuery do_query")
_NAMES = lazy.regex(r"(?i)(?:^|_)(?:sql|query|queries|stmt|statement|dml|ddl|q)\d*(?:_|$)")
_SHOWN = words(
    "help help_text label description verbose_name title message msg detail summary placeholder tooltip doc "
    "error reason _ gettext gettext_lazy ngettext pgettext ugettext print debug info warning warn error "
    "exception critical log skip fail add_argument Option Argument Field write echo secho join"
)
_SHAPERS = words(
    "text SQL dedent cleandoc strip lstrip rstrip encode DDL literal_column Composed TextClause sql_text sa_text"
)


@dataclass(frozen=True)
class Use:
    """`sink`: the call it is handed to. `score`: see `sqlguess.is_sql`. `whole`: nothing is added to the text."""

    sink: str
    score: int
    sure: bool
    whole: bool


def use(put: Put) -> Use:
    """Read where a text stands."""
    for parent in put.parents:
        if isinstance(parent, ast.Call):
            name = last_name(parent.func)
            if name in _SHAPERS and not _is_runner(parent):
                inner = _outer_use(put, parent)
                return Use(inner.sink or name, max(inner.score, 3), name in STRONG or inner.sure, inner.whole)
            return _handed(name, put)
        if isinstance(parent, ast.keyword) or _is_list_to_run(parent, put):
            continue
        if isinstance(parent, ast.Raise):
            return Use("", -3, sure=False, whole=False)
        if isinstance(parent, ast.Assign | ast.AnnAssign | ast.NamedExpr):
            return _named(parent, put)
        if isinstance(parent, ast.IfExp | ast.BoolOp | ast.Await | ast.Starred):
            continue
        break
    return Use("", 0, sure=False, whole=False)


def _is_list_to_run(node: ast.AST, put: Put) -> bool:
    """The list of `RunSQL(["...", "..."])`."""
    around = next((link[1] for link in put.links() if link[0] is node), None)
    return isinstance(node, ast.List) and around is not None and last_name(getattr(around[0], "func", node)) == "RunSQL"


def _outer_use(put: Put, call: ast.Call) -> Use:
    around = next((link[1] for link in put.links() if link[0] is call), None)
    return use(Put(call, around, put.scope)) if around else Use("", 0, sure=False, whole=False)


def _is_runner(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr == "text" and not call.args


def _handed(name: str, put: Put) -> Use:
    keyword = next((parent.arg or "" for parent in put.parents[:2] if isinstance(parent, ast.keyword)), "")
    if keyword == "reverse_sql":  # runs when a migration is taken back
        return Use(name, -9, sure=False, whole=False)
    if name in STRONG:
        return Use(name, 3, sure=True, whole=True)
    if _NAMES.search(keyword):
        return Use(name, 3, sure=False, whole=True)
    if name in _SHOWN or keyword in _SHOWN or name.endswith(("Error", "Exception", "Warning")):
        return Use(name, -3, sure=False, whole=False)
    name = name.lstrip("_")
    weak = name in _WEAK or _NAMES.search(name) is not None
    return Use(name, 2 if weak else 0, sure=False, whole=weak)


def _named(node: ast.Assign | ast.AnnAssign | ast.NamedExpr, put: Put) -> Use:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    name = getattr(target, "id", getattr(target, "attr", ""))
    if name in _SHOWN:
        return Use("", -3, sure=False, whole=False)
    direct = put.parents[0] is node or (len(put.parents) > 1 and isinstance(put.parents[0], ast.Call))
    whole = bool(name) and direct and put.scope.is_whole(name)
    sink = _sink_of(name, put.scope) if whole else ""
    constant = name.isupper() and not isinstance(put.scope.node, Function)
    score = 3 if sink or _NAMES.search(name) else int(constant)
    return Use(sink, score, sure=bool(sink), whole=whole)


def _sink_of(name: str, scope: Scope) -> str:
    """The driver's call a name is handed to in its own scope."""
    return next(iter(sorted(scope.handed.get(name, frozenset()) & STRONG)), "")
