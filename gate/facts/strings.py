"""The texts a Python file builds: literals joined, formatted and filled in, with a hole for what is not written out."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from gate.facts.placeholders import HOLE
from gate.source import Source

MAX_TEXT = 64_000
_DEEP = 40
_SAME = frozenset({"dedent", "cleandoc", "strip", "lstrip", "rstrip", "encode", "decode", "SQL", "text", "Composed"})
_PERCENT = re.compile(r"%(?:\(\w*\))?[#0 +-]*[\d*]*(?:\.\d+)?[a-zA-Z]|%%")
_FIELD = re.compile(r"\{\{|\}\}|\{[^{}]*\}")
_DOLLAR = re.compile(r"\$\$|\$\w+|\$\{\w+\}")

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Scope:
    """The names of a module, class or function; read only when something in it needs them."""

    def __init__(self, node: ast.AST, outer: "Scope | None") -> None:
        self.node = node
        self.outer = outer

    @cached_property
    def _names(self) -> tuple[dict[str, ast.expr], set[str], set[str]]:
        """What is bound once, what is bound to several things, and what becomes part of a larger text."""
        values: dict[str, ast.expr] = {}
        many: set[str] = set()
        grown: set[str] = set()
        local = isinstance(self.node, Function)
        for one in _own(self.node):
            _note(one, values, many)
            grown.update(_grown(one) if local else ())
        if not local:  # anybody in the file may build on it
            grown.update(name for one in ast.walk(self._module) for name in _grown(one))
        return values, many, grown

    @property
    def _module(self) -> ast.AST:
        return self.node if self.outer is None else self.outer._module  # noqa: SLF001

    def lookup(self, name: str) -> ast.expr | None:
        """What a name is bound to, if to one thing only."""
        scope: Scope | None = self
        while scope is not None:
            values, many, _ = scope._names  # noqa: SLF001
            if name in values or name in many:
                return None if name in many else values[name]
            scope = scope.outer
        return None

    @cached_property
    def handed(self) -> Mapping[str, frozenset[str]]:
        """The calls in this scope that each name is an argument of, by the last part of their names."""
        found: dict[str, set[str]] = {}
        for node in ast.walk(self.node):
            if isinstance(node, ast.Call):
                for argument in [*node.args, *(k.value for k in node.keywords)]:
                    if isinstance(argument, ast.Name):
                        found.setdefault(argument.id, set()).add(last_name(node.func))
        return {name: frozenset(calls) for name, calls in found.items()}

    def is_whole(self, name: str) -> bool:
        """Whether the text a name is bound to stays as it is: nothing is added, it is part of nothing."""
        values, many, grown = self._names
        if name in values or name in many:
            return name not in many and name not in grown
        return self.outer is None or self.outer.is_whole(name)


@dataclass(frozen=True, eq=False)
class Put:
    """An expression and where it is put: the call or name it is handed to, and the scope it stands in."""

    node: ast.expr
    parents: tuple[ast.AST, ...]
    """From the expression outwards to its statement."""
    scope: Scope


def last_name(node: ast.AST) -> str:
    """`execute` for `self.db.execute` and for `execute`; "" for what has no name."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def is_text(node: ast.AST) -> bool:
    """Whether an expression may be text that is at least partly written out."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | bytes)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add | ast.Mod)
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr in {
            "format",
            "format_map",
            "join",
            "substitute",
            "safe_substitute",
        }
    return isinstance(node, ast.JoinedStr) or type(node).__name__ == "TemplateStr"


def render(node: ast.AST | None, scope: Scope, deep: int = 0) -> str | None:
    """The text an expression makes, with holes; None for one that is no text as far as anybody can tell."""
    if node is None or deep > _DEEP:
        return None
    if isinstance(node, ast.Constant):
        value = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        return value[:MAX_TEXT] if isinstance(value, str) else None
    if isinstance(node, ast.Name):
        bound = scope.lookup(node.id)
        return None if bound is None or isinstance(bound, ast.Name) else render(bound, scope, deep + 8)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}:
        bound = scope.lookup(node.attr)
        return None if bound is None else render(bound, scope, deep + 8)
    if isinstance(node, ast.NamedExpr):
        return render(node.value, scope, deep + 1)
    if isinstance(node, ast.BinOp):
        return _operated(node, scope, deep)
    if isinstance(node, ast.Call):
        return _called(node, scope, deep)
    values = getattr(node, "values", None)
    if values is not None and (isinstance(node, ast.JoinedStr) or type(node).__name__ == "TemplateStr"):
        return "".join(_or_hole(part, scope, deep) for part in values)[:MAX_TEXT]
    return None


def _or_hole(node: ast.AST, scope: Scope, deep: int) -> str:
    if isinstance(node, ast.FormattedValue) or type(node).__name__ == "Interpolation":
        node = getattr(node, "value")  # noqa: B009  TemplateStr has no type in older typesheds
    said = render(node, scope, deep + 1)
    return HOLE if said is None else said


def _operated(node: ast.BinOp, scope: Scope, deep: int) -> str | None:
    if isinstance(node.op, ast.Mod):
        text = render(node.left, scope, deep + 1)
        return None if text is None else _PERCENT.sub(lambda found: "%" if found[0] == "%%" else HOLE, text)
    if not isinstance(node.op, ast.Add):
        return None
    parts = [render(part, scope, deep + 1) for part in operands(node)]
    if all(part is None for part in parts):
        return None
    return "".join(HOLE if part is None else part for part in parts)[:MAX_TEXT]


def operands(node: ast.expr) -> list[ast.expr]:
    """The operands of a chain of `+`, however long, left to right."""
    found: list[ast.expr] = []
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        found.append(node.right)
        node = node.left
    return [node, *reversed(found)]


def _called(node: ast.Call, scope: Scope, deep: int) -> str | None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
    if name in {"format", "format_map"}:
        text = render(receiver, scope, deep + 1)
        filled = {k.arg: render(k.value, scope, deep + 8) for k in node.keywords if k.arg}
        return None if text is None else _FIELD.sub(lambda found: _field(found[0], filled), text)[:MAX_TEXT]
    if name in {"substitute", "safe_substitute"} and isinstance(receiver, ast.Call) and receiver.args:
        text = render(receiver.args[0], scope, deep + 1)
        return None if text is None else _DOLLAR.sub(lambda found: "$" if found[0] == "$$" else HOLE, text)
    if name == "join" and len(node.args) == 1:
        return _join(render(receiver, scope, deep + 1), node.args[0], scope, deep)
    if name not in _SAME:
        return None
    inner = node.args[0] if node.args and name in {"dedent", "cleandoc", "SQL", "text", "Composed"} else receiver
    return render(inner, scope, deep + 1)


def _field(found: str, filled: Mapping[str, str | None]) -> str:
    if found in {"{{", "}}"}:
        return found[0]
    return filled.get(found[1:-1]) or HOLE


def _join(by: str | None, items: ast.expr, scope: Scope, deep: int) -> str | None:
    if isinstance(items, ast.Name):
        items = scope.lookup(items.id) or items
    if by is None or not isinstance(items, ast.List | ast.Tuple):
        return None
    return by.join(_or_hole(item, scope, deep) for item in items.elts)[:MAX_TEXT]


@lru_cache(maxsize=4)
def puts(source: Source) -> tuple[Put, ...]:
    """Every call and every outermost text expression of a Python file, docstrings and bare strings left out."""
    return tuple(_puts(source.tree)) if source.tree is not None else ()


def _puts(tree: ast.Module) -> Iterator[Put]:
    stack: list[tuple[ast.AST, tuple[ast.AST, ...], Scope]] = [(tree, (), Scope(tree, None))]
    while stack:
        node, parents, scope = stack.pop()
        children: Iterator[ast.AST] = ast.iter_child_nodes(node)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.expr) and is_text(node):
            yield Put(node, parents, scope)
            children = _unread(node)
        elif isinstance(node, ast.Call):
            yield Put(node, parents, scope)
        inner = Scope(node, scope) if isinstance(node, ast.ClassDef | Function) else scope
        around = () if hasattr(node, "body") and isinstance(node, ast.stmt) else (node, *parents)[:12]
        stack += [(child, around, inner) for child in reversed(list(children))]


def _unread(node: ast.expr) -> Iterator[ast.AST]:
    """The parts of a text expression that may hold texts of their own."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for part in operands(node):
            yield from [part] if not isinstance(part, ast.Constant) else []
    else:
        yield from (child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.Constant))


def _note(one: ast.AST, values: dict[str, ast.expr], many: set[str]) -> None:
    """Take down what a node binds."""
    if isinstance(one, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        for target in one.targets if isinstance(one, ast.Assign) else [one.target]:
            _bind(target, one.value, values, many)
    elif isinstance(one, ast.AugAssign):
        many.add(getattr(one.target, "id", getattr(one.target, "attr", "")))
    elif isinstance(one, ast.For | ast.AsyncFor | ast.comprehension):
        many.update(name.id for name in ast.walk(one.target) if isinstance(name, ast.Name))
    elif isinstance(one, ast.arg):
        many.add(one.arg)
    elif isinstance(one, ast.Global | ast.Nonlocal):
        many.update(one.names)


def _bind(target: ast.expr, value: ast.expr | None, values: dict[str, ast.expr], many: set[str]) -> None:
    name = target.id if isinstance(target, ast.Name) else ""
    if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
        name = target.attr
    if not name:
        many.update(one.id for one in ast.walk(target) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store))
    elif name in values or value is None:
        many.add(name)
    else:
        values[name] = value


def _grown(node: ast.expr) -> Iterator[str]:
    """Names that become part of a larger text here."""
    parts: list[ast.AST] = []
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        parts = [node.left, node.right] if isinstance(node.op, ast.Add) else [node.left]
    elif isinstance(node, ast.JoinedStr):
        parts = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    elif isinstance(node, ast.List | ast.Tuple):
        parts = list(node.elts)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        builds = node.func.attr in {"append", "extend", "join", "format", "insert"}
        parts = [*node.args, *(k.value for k in node.keywords)] if builds else []
        parts += [node.func.value] if node.func.attr in {"format", "replace", "append", "extend"} else []
    for part in parts:
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
            yield part.attr


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """Everything in a scope, inner functions and classes left out but for their names and what they read."""
    stack = list(ast.iter_child_nodes(node))
    while stack:
        one = stack.pop()
        yield one
        if not isinstance(one, ast.ClassDef | Function):
            stack += ast.iter_child_nodes(one)
