"""The names of a scope: what each is bound to, and what becomes of it. Read only when something asks."""

import ast
from collections.abc import Iterator, Mapping
from functools import cached_property

from gate.nodes import children, walk

Function = ast.FunctionDef | ast.AsyncFunctionDef


def last_name(node: ast.AST) -> str:
    """`execute` for `self.db.execute` and for `execute`; "" for what has no name."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


class Scope:
    """The names of a module, class or function; read only when something in it needs them."""

    def __init__(self, node: ast.AST, outer: "Scope | None") -> None:
        self.node = node
        self.outer = outer

    @cached_property
    def binds(self) -> tuple[dict[str, ast.expr], set[str]]:
        """What is bound once, and what is bound to several things."""
        values: dict[str, ast.expr] = {}
        many: set[str] = set()
        for one in _own(self.node):
            _note(one, values, many)
        return values, many

    @cached_property
    def grown(self) -> frozenset[str]:
        """What becomes part of a larger text: here for a function's names, anywhere in the file for others."""
        if self.outer is not None and not isinstance(self.node, Function):
            return self.outer.grown
        nodes = _own(self.node) if self.outer is not None else walk(self.node)
        return frozenset(name for one in nodes for name in _grown(one))

    def lookup(self, name: str) -> ast.expr | None:
        """What a name is bound to, if to one thing only."""
        scope: Scope | None = self
        while scope is not None:
            values, many = scope.binds
            if name in values or name in many:
                return None if name in many else values[name]
            scope = scope.outer
        return None

    @cached_property
    def handed(self) -> Mapping[str, frozenset[str]]:
        """The calls in this scope that each name is an argument of, by the last part of their names."""
        found: dict[str, set[str]] = {}
        for node in walk(self.node):
            if isinstance(node, ast.Call):
                for argument in [*node.args, *(k.value for k in node.keywords)]:
                    if isinstance(argument, ast.Name):
                        found.setdefault(argument.id, set()).add(last_name(node.func))
        return {name: frozenset(calls) for name, calls in found.items()}

    @cached_property
    def chained(self) -> Mapping[str, tuple[ast.Call, ...]]:
        """The calls in this scope of what each name holds: `rows.order_by("id").first()`."""
        found: dict[str, list[ast.Call]] = {}
        for node in walk(self.node):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                root = node.func.value
                while isinstance(root, ast.Attribute | ast.Call):
                    root = root.value if isinstance(root, ast.Attribute) else root.func
                if isinstance(root, ast.Name):
                    found.setdefault(root.id, []).append(node)
        return {name: tuple(calls) for name, calls in found.items()}

    @cached_property
    def returned(self) -> frozenset[str]:
        """The names this scope returns as they are."""
        return frozenset(
            node.value.id
            for node in walk(self.node)
            if isinstance(node, ast.Return) and isinstance(node.value, ast.Name)
        )

    def is_whole(self, name: str) -> bool:
        """Whether the text a name is bound to stays as it is: nothing is added, it is part of nothing."""
        values, many = self.binds
        if name in values or name in many:
            return name not in many and name not in self.grown
        return self.outer is None or self.outer.is_whole(name)


def _note(one: ast.AST, values: dict[str, ast.expr], many: set[str]) -> None:
    """Take down what a node binds."""
    if isinstance(one, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        for target in one.targets if isinstance(one, ast.Assign) else [one.target]:
            _bind(target, one.value, values, many)
    elif isinstance(one, ast.AugAssign):
        many.add(getattr(one.target, "id", getattr(one.target, "attr", "")))
    elif isinstance(one, ast.For | ast.AsyncFor | ast.comprehension):
        many.update(name.id for name in walk(one.target) if isinstance(name, ast.Name))
    elif isinstance(one, ast.arg):
        many.add(one.arg)
    elif isinstance(one, ast.Global | ast.Nonlocal):
        many.update(one.names)


def _bind(target: ast.expr, value: ast.expr | None, values: dict[str, ast.expr], many: set[str]) -> None:
    name = target.id if isinstance(target, ast.Name) else ""
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
        name = target.attr
    if not name:
        many.update(one.id for one in walk(target) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))
    elif name in values or value is None:
        many.add(name)
    else:
        values[name] = value


def _grown(node: ast.AST) -> Iterator[str]:
    """Names that become part of a larger text here."""
    parts: list[ast.AST] = []
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        parts = [node.left, node.right] if isinstance(node.op, ast.Add) else [node.left]
    elif isinstance(node, ast.JoinedStr):
        parts = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    elif isinstance(node, ast.List | ast.Tuple):
        parts = list(node.elts)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        builds = node.func.attr in {"append", "extend", "format", "insert"}
        parts = [*node.args, *(k.value for k in node.keywords)] if builds else []
        parts += [node.func.value] if node.func.attr in {"format", "replace", "append", "extend"} else []
    for part in parts:
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
            yield part.attr


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Everything in a scope, inner functions and classes left out but for their names and what they read."""
    stack = [*children(node)]
    while stack:
        one = stack.pop()
        yield one
        if not isinstance(one, ast.ClassDef | Function):
            stack += children(one)
