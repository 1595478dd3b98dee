"""What the arguments of a filter say: `filter(tenant=t, pk=pk)`, `where(Order.tenant_id == t)`, `Q(a=1) | Q(b=2)`."""

import ast
import re
from itertools import product

from gate.facts.bindings import last_name
from gate.facts.sqltree import ALWAYS, Witness, is_credential

MODEL = re.compile(r"[A-Z]\w*[a-z]\w*")
"""How a model is spelled."""

_EVERY = re.compile(r"(?:pk|id)__(?:gt|gte|isnull|ne)")


def filtered(call: ast.Call, *, excludes: bool) -> tuple[set[Witness], bool, bool]:
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
    columns = [end for end in ends if isinstance(end, ast.Attribute) and MODEL.fullmatch(last_name(end.value))]
    if not isinstance(node.ops[0], ast.Eq) or len(columns) != 1:
        return set(), True
    name = columns[0].attr
    return {ALWAYS if is_credential(name) else frozenset({name.lower()})}, True


def _called(node: ast.Call, deep: int) -> tuple[set[Witness], bool]:
    name = last_name(node.func)
    if name == "Q":
        found, sure, _ = filtered(node, excludes=False)
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
