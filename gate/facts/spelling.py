"""Expressions as they are spelled: the names along them, and in them."""

import ast
from collections.abc import Iterator

from gate.nodes import children


def spelled(node: ast.AST | None) -> str:
    """The names along an expression, `self.client.get`, `settings[...]` as `settings`; "?" for what has none."""
    trail: list[str] = []
    while isinstance(node, ast.Attribute):
        trail.append(node.attr)
        node = node.value
    trail.append(node.id if isinstance(node, ast.Name) else "?")
    return ".".join(reversed(trail)) if len(trail) > 1 else trail[0]


def last(name: str) -> str:
    """`get` of `requests.Session().get`."""
    return name.removesuffix("()").rpartition(".")[2]


def texts(node: ast.AST) -> Iterator[str]:
    """Every name, attribute, keyword and text in an expression."""
    stack = [node]
    while stack:
        one = stack.pop()
        match one:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str() as name):
                yield name
            case ast.Constant(value=str() as name):
                yield name
        stack += children(one)
