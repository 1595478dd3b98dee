"""The texts a Python file builds: literals joined, formatted and filled in, with a hole for what is not written out."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gate import lazy
from gate.facts.bindings import Scope
from gate.facts.placeholders import HOLE
from gate.facts.sqlparse import MAX_STATEMENT
from gate.nodes import children
from gate.source import Source

MAX_TEXT = MAX_STATEMENT + 1
"""One character more than is parsed, so that a text that was cut here is known to be."""
_DEEP = 40
_FAR = 12
_WRAPS = frozenset({"dedent", "cleandoc", "SQL", "text", "Composed", "literal_column", "Identifier"})
_SAME = (
    frozenset({"dedent", "cleandoc", "strip", "lstrip", "rstrip", "encode", "decode", "SQL", "text", "Composed"})
    | _WRAPS
)
_BUILDS = frozenset({"format", "format_map", "join", "substitute", "safe_substitute"})
_PERCENT = lazy.regex(r"%(?:\(\w*\))?[#0 +-]*[\d*]*(?:\.\d+)?[a-zA-Z]|%%")
_FIELD = lazy.regex(r"\{\{|\}\}|\{[^{}]*\}")
_DOLLAR = lazy.regex(r"\$\$|\$\w+|\$\{\w+\}")


Link = tuple[ast.AST, "Link | None"]
"""A node and what is around it, outwards to its statement."""


@dataclass(frozen=True, eq=False)
class Put:
    """An expression and where it is put: the call or name it is handed to, and the scope it stands in."""

    node: ast.expr
    around: "Link | None"
    scope: Scope

    @property
    def parents(self) -> tuple[ast.AST, ...]:
        """What is around the expression, outwards to its statement."""
        return tuple(node for node, _ in self.links())

    def links(self) -> "Iterator[Link]":
        link = self.around
        for _ in range(_FAR):
            if link is None:
                return
            yield link
            link = link[1]


def is_text(node: ast.AST) -> bool:
    """Whether an expression may be text that is at least partly written out."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str | bytes)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add | ast.Mod)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in _BUILDS or (node.func.attr in _SAME and is_text(node.func.value))
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
    if isinstance(node, ast.IfExp | ast.BoolOp):
        arms = node.values if isinstance(node, ast.BoolOp) else [node.body, node.orelse]
        return "*" if any(render(arm, scope, deep + 8) == "*" for arm in arms[:8]) else None  # of a choice, the worst
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
        node = getattr(node, "value", node)
    said = render(node, scope, deep + 1)
    return HOLE if said is None else said


def _operated(node: ast.BinOp, scope: Scope, deep: int) -> str | None:
    if isinstance(node.op, ast.Mod):
        text = render(node.left, scope, deep + 1)
        return None if text is None else _percent(text, node.right, scope, deep)
    if not isinstance(node.op, ast.Add):
        return None
    parts = [render(part, scope, deep + 1) for part in operands(node)]
    if all(part is None for part in parts):
        return None
    return "".join(HOLE if part is None else part for part in parts)[:MAX_TEXT]


def _percent(text: str, right: ast.expr, scope: Scope, deep: int) -> str:
    """The text with its conversions filled in by what is written out."""
    values = right.elts[:20] if isinstance(right, ast.Tuple) else [] if isinstance(right, ast.Dict) else [right]
    filled = iter([render(value, scope, deep + 8) or HOLE for value in values])
    return _PERCENT.sub(lambda found: "%" if found[0] == "%%" else next(filled, HOLE), text)[:MAX_TEXT]


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
        return None if text is None else _formatted(text, node, scope, deep)
    if name in {"substitute", "safe_substitute"} and isinstance(receiver, ast.Call) and receiver.args:
        text = render(receiver.args[0], scope, deep + 1)
        return None if text is None else _DOLLAR.sub(lambda found: "$" if found[0] == "$$" else HOLE, text)
    if name == "join" and len(node.args) == 1:
        return _join(render(receiver, scope, deep + 1), node.args[0], scope, deep)
    if name not in _SAME:
        return None
    inner = node.args[0] if node.args and name in _WRAPS else receiver
    return render(inner, scope, deep + 1)


def _formatted(text: str, call: ast.Call, scope: Scope, deep: int) -> str:
    """The text with its fields filled in by what is written out, at most a few of them."""
    filled = {k.arg: render(k.value, scope, deep + 8) for k in call.keywords[:20] if k.arg}
    filled |= {str(index): render(one, scope, deep + 8) for index, one in enumerate(call.args[:20])}
    unnamed = iter(range(MAX_TEXT))

    def field(found: re.Match[str]) -> str:
        if found[0] in {"{{", "}}"}:
            return found[0][0]
        name = re.split(r"[!:.\[]", found[0][1:-1])[0] or str(next(unnamed))
        return filled.get(name) or HOLE

    return _FIELD.sub(field, text)[:MAX_TEXT]


def _join(by: str | None, items: ast.expr, scope: Scope, deep: int) -> str | None:
    more = ""
    if isinstance(items, ast.Name):
        more = "" if scope.is_whole(items.id) else f" {HOLE}"
        items = scope.lookup(items.id) or items
    if by is None or not isinstance(items, ast.List | ast.Tuple):
        return None
    return by.join(_or_hole(item, scope, deep) for item in items.elts)[:MAX_TEXT] + more


_SCOPES = frozenset({ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef})


@lru_cache(maxsize=256)
def puts(source: Source) -> tuple[Put, ...]:
    """Every call and every outermost text expression of a Python file, docstrings and bare strings left out."""
    return tuple(_puts(source.tree)) if source.tree is not None else ()


def _puts(tree: ast.Module) -> Iterator[Put]:
    stack: list[tuple[ast.AST, Link | None, Scope]] = [(tree, None, Scope(tree, None))]
    while stack:
        node, around, scope = stack.pop()
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        parts = children(node)
        if not parts and not isinstance(node, ast.Constant):
            continue
        if isinstance(node, ast.expr):
            if is_text(node):
                parts = tuple(_unread(node))
                yield Put(node, around, scope)
            elif isinstance(node, ast.Call):
                yield Put(node, around, scope)
        elif type(node) in _SCOPES:
            scope = Scope(node, scope)
        link = None if isinstance(node, ast.stmt) and hasattr(node, "body") else (node, around)
        stack += [(child, link, scope) for child in reversed(parts) if not isinstance(child, ast.Name)]


def _unread(node: ast.expr) -> Iterator[ast.AST]:
    """The parts of a text expression that may hold texts of their own."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for part in operands(node):
            yield from [part] if not isinstance(part, ast.Constant) else []
    else:
        yield from (child for child in children(node) if not isinstance(child, ast.Constant))
