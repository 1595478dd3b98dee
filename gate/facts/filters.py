"""What the arguments of a filter say: `filter(tenant=t, pk=pk)`, `where(Order.tenant_id == t)`, `Q(a=1) | Q(b=2)`."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from gate import lazy
from gate.facts.bindings import last_name
from gate.facts.sqltext import words
from gate.facts.sqltree import ALWAYS, Witness, is_credential, is_open
from gate.nodes import walk

MODEL = lazy.regex(r"[A-Z]\w*[a-z]\w*")
"""How a model is spelled."""

_COMPARES = words("gt gte lt lte ne isnull contains icontains range startswith istartswith endswith regex iregex")
_SENT = words(
    "GET POST data query_params COOKIES FILES args form json values path_params headers META body params view_args"
)
_DENIES = words("notin_ not_in isnot is_not not_")
_CALLERS = frozenset({"current_user", "user"})
_EVERY: dict[str, set[int | None]] = {"gt": {0, -1}, "gte": {0, 1, -1}, "isnull": {False}, "ne": {None, 0, -1}}


@dataclass(frozen=True)
class Said:
    """What a filter says. `bound` are the witnesses. `mentioned` are columns it speaks of without binding them.

    `bypassed` are columns it binds on one side of an OR only. `sure`: all of it is understood. `real`: it leaves some
    rows out.
    """

    bound: frozenset[Witness]
    mentioned: frozenset[str]
    sure: bool
    real: bool
    bypassed: frozenset[str] = frozenset()


def filtered(call: ast.Call, *, excludes: bool) -> Said:
    """Read the arguments of a filter; `excludes`: what they say is what is left out."""
    bound: set[Witness] = set()
    mentioned: set[str] = set()
    sure, real = True, False
    for keyword in call.keywords:
        if keyword.arg is None:
            sure, real = False, True
            continue
        real = real or not _holds_always(keyword, excludes=excludes)
        bound |= _bound(keyword.arg, keyword.value)
        mentioned.update(keyword.arg.lower().split("__"))
    bypassed: set[str] = set()
    for argument in call.args:
        more, known = condition(argument)
        bound |= more
        bypassed |= _bypassed(argument) if known else set()
        mentioned.update(_columns(argument))
        sure, real = sure and known, real or not _is_empty(argument)
    named = {column for witness in bound for column in witness}
    if excludes:  # what is left out says of nobody that the rest is theirs
        return Said(frozenset(), frozenset(), sure, real)
    return Said(frozenset(bound), frozenset(mentioned - named), sure, real, frozenset(bypassed))


def _bypassed(node: ast.expr) -> set[str]:
    """The columns that some arms of an OR bind, and others do not."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        arms = [node.left, node.right]
    elif isinstance(node, ast.Call) and last_name(node.func) == "or_":
        arms = node.args
    else:
        return set()
    return {column for arm in arms if condition(arm)[0] for column in _columns(arm)}


def _holds_always(keyword: ast.keyword, *, excludes: bool) -> bool:
    """`pk__gt=0` holds for every row; `exclude(pk=None)` leaves nothing out."""
    name, _, operator = (keyword.arg or "").partition("__")
    try:
        value = ast.literal_eval(keyword.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    if name not in {"pk", "id"} or not isinstance(value, int | None):
        return False
    return value is None and not operator if excludes else value in _EVERY.get(operator, ())


def _columns(node: ast.expr) -> Iterator[str]:
    """The columns of models a condition speaks of; one that is denied says of nobody that the rest is theirs."""
    denied = {id(inner) for one in walk(node) if _is_denied(one) for inner in walk(one)}
    for one in walk(node):
        if id(one) in denied:
            continue
        if isinstance(one, ast.Attribute) and MODEL.fullmatch(last_name(one.value)):
            yield one.attr.lower()
        elif isinstance(one, ast.keyword) and one.arg:
            yield from one.arg.lower().split("__")


def _is_denied(node: ast.AST) -> bool:
    """`Order.tenant_id != t`, `~Q(tenant=t)`, `Order.tenant_id.notin_(ts)`."""
    if isinstance(node, ast.Compare):
        return isinstance(node.ops[0], ast.NotEq)
    return isinstance(node, ast.UnaryOp) or (isinstance(node, ast.Call) and last_name(node.func) in _DENIES)


def _bound(keyword: str, value: ast.expr) -> set[Witness]:
    """`project__tenant_id__in` binds by each of its parts; `tenant__isnull=True` means the rows everybody shares."""
    parts = [part for part in keyword.split("__") if part not in {"in", "exact", "iexact", "pk", "id"}]
    parts = parts or [keyword.partition("__")[0]]
    if parts[-1] == "isnull" and isinstance(value, ast.Constant) and value.value is True:
        parts.pop()
    elif parts[-1] in _COMPARES:
        return set()
    own = {ALWAYS} if _is_own(value) else _of_view(value)
    known = isinstance(value, ast.Constant)  # `state="stale"` is no secret that somebody was told
    opens = (is_open(part) and not (known and is_credential(part)) for part in parts)
    return own | {ALWAYS if opened else frozenset({part.lower()}) for part, opened in zip(parts, opens, strict=True)}


def _of_view(value: ast.expr) -> set[Witness]:
    """`filter(grantee=self.account)`: what a view holds of a tenant binds under its own name, whatever the column is called."""
    match value:
        case ast.Attribute(value=ast.Name(id="self"), attr=name) if name not in _SENT:
            return {frozenset({name.lower()})}
    return set()


def _is_own(value: ast.expr) -> bool:
    """`request.event`, `self.request.user.team`, `visible(user)`: what the request was found to belong to, not what it sent."""
    if isinstance(value, ast.Call):
        return any(
            _is_own(one) or last_name(one) in _CALLERS for one in (*value.args, *(k.value for k in value.keywords))
        )
    trail: list[str] = []
    while isinstance(value, ast.Attribute):
        trail.append(value.attr)
        value = value.value
    names = [last_name(value), *reversed(trail)]
    if "request" in names[:2]:
        after = names[names.index("request") + 1 :]
        return bool(after) and after[0] not in _SENT
    return names[0] in _CALLERS and len(names) > 1


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
    columns = [end for end in ends if isinstance(end, ast.Attribute) and MODEL.fullmatch(last_name(end.value))]
    if not isinstance(node.ops[0], ast.Eq) or len(columns) != 1:
        return set(), True
    name = columns[0].attr
    other = ends[1] if ends[0] is columns[0] else ends[0]
    return {ALWAYS if is_open(name) or _is_own(other) else frozenset({name.lower()})}, True


def _called(node: ast.Call, deep: int) -> tuple[set[Witness], bool]:
    name = last_name(node.func)
    if name == "Q":
        said = filtered(node, excludes=False)
        return set(said.bound), said.sure
    if name in {"and_", "or_"}:
        return _combined(node.args, deep, either=name == "or_")
    if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Attribute):
        if name == "in_" or (name == "is_" and isinstance(node.args[0] if node.args else None, ast.Constant)):
            column = node.func.value.attr.lower()
            return {ALWAYS if is_open(column) else frozenset({column})}, True
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
            "istartswith",
            "icontains",
            "match",
            "regexp_match",
            "op",
        }
        return set(), name in known
    return set(), name in {"true", "not_", "text"}
