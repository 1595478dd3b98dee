"""What the statements of a file bind to which names, function by function."""

import ast
from collections.abc import Iterator

from gate.facts.spelling import spelled

BINDS = (
    ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.AugAssign, ast.For, ast.AsyncFor, ast.comprehension, ast.withitem,
    ast.FunctionDef, ast.AsyncFunctionDef,
)  # fmt: skip
"""What may bind a name."""
ANYTHING = ast.Constant(Ellipsis)
"""What a parameter, or the target of a loop, is bound to."""


def bindings(node: ast.AST, where: str) -> Iterator[tuple[str, str, ast.expr]]:
    """The function, the name and the expression of everything a node binds; `where` is the function it stands in."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _targets(target, value, where)
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.NamedExpr(target=target, value=value):
            yield from _targets(target, value, where)
        case ast.AugAssign(target=target):
            yield from _targets(target, ANYTHING, where)
        case ast.For(target=target) | ast.AsyncFor(target=target) | ast.comprehension(target=target):
            yield from _targets(target, ANYTHING, where)
        case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
            yield from _targets(target, value, where)
        case ast.FunctionDef(args=given) | ast.AsyncFunctionDef(args=given):
            inner = f"{where}.{node.name}" if where else node.name
            for arg in (*given.posonlyargs, *given.args, *given.kwonlyargs):
                kind = arg.annotation
                typed = isinstance(kind, ast.Name | ast.Attribute)
                yield inner, arg.arg, ast.Call(kind, [], []) if typed and kind else ANYTHING


def _targets(target: ast.expr, value: ast.expr, where: str) -> Iterator[tuple[str, str, ast.expr]]:
    match target:
        case ast.Name(id=name):
            yield where, name, value
        case ast.Attribute():
            name = spelled(target)
            owner = where.rpartition(".")[0] if name.startswith("self.") else where
            yield owner, name, value
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            given = value.elts if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(parts) else None
            for index, part in enumerate(parts):
                yield from _targets(part, given[index] if given else ANYTHING, where)
