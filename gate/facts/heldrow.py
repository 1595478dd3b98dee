"""Queries that name a row by the key of one the function already holds: `Order.objects.filter(pk=order.pk).update(...)`.

Whoever found that row said whose it was, or should have, and is judged there. A parameter of what answers a request may
be what the caller sent, and so may what is made of it by a class: neither is a row that was found.
"""

import ast
from collections.abc import Iterator

from gate.facts.around import Around
from gate.facts.bindings import Function, last_name
from gate.nodes import walk

_KEYS = frozenset({"pk", "id"})


def names_held_row(near: Around) -> bool:
    """Whether all the keys in the query around which this stands are those of rows that were found before it."""
    body = near.node.body if isinstance(near.node, Function) else []
    nodes = [node for part in body for node in walk(part)]
    inside = [node for node in nodes if near.place.line <= getattr(node, "lineno", 0) <= near.place.end_line]
    keys = [value for node in inside for value in _keys(node)]
    held = _held(near, nodes) if keys else frozenset()
    return bool(keys) and all(_owner(key) in held for key in keys)


def _keys(node: ast.AST) -> Iterator[ast.expr]:
    """What a key is compared with: `filter(pk=order.pk)`, `where(Order.id == order.id)`."""
    if isinstance(node, ast.keyword) and node.arg in _KEYS:
        yield node.value
    elif isinstance(node, ast.Compare) and isinstance(node.left, ast.Attribute) and node.left.attr in _KEYS:
        yield from node.comparators


def _owner(key: ast.expr) -> str:
    """`order` of `order.pk`, and "" for what is no row's key."""
    match key:
        case ast.Attribute(value=ast.Name(id=name), attr=attr) if attr in _KEYS:
            return name
    return ""


def _held(near: Around, nodes: list[ast.AST]) -> frozenset[str]:
    """The variables that hold a row in every statement that sets them; of a function no request calls, its parameters too."""
    node = near.node
    given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs] if isinstance(node, Function) else []
    found, other = set[str](), {one.arg for one in given if near.answers_request}
    for one in nodes:
        for target, value in _set(one):
            (found if _is_found(value) else other).add(target)
    return frozenset((found | {one.arg for one in given}) - other)


def _set(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The variables a node sets, each with its value; one whose key is set holds nothing that was found."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from ((one.id, value) for one in targets if isinstance(one, ast.Name))
            yield from ((_owner(one), one) for one in targets if isinstance(one, ast.Attribute))
        case (
            ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            | ast.NamedExpr(target=ast.Name(id=name), value=value)
        ):
            yield name, value
        case ast.For(target=ast.Name(id=name), iter=value) | ast.AsyncFor(target=ast.Name(id=name), iter=value):
            yield name, value


def _is_found(value: ast.expr) -> bool:
    """Whether a function gives it, not a class: `self.get_object()`, `await find(request, pk)`."""
    value = value.value if isinstance(value, ast.Await) else value
    return isinstance(value, ast.Call) and last_name(value.func).lstrip("_")[:1].islower()
