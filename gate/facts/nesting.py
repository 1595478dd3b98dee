"""Functions and classes that are defined within what is read: read later, with the variables as they are there."""

import ast
from collections.abc import Callable

from gate.facts import effects
from gate.facts.certain import forget
from gate.facts.frame import Env, Frame, call_at, value
from gate.facts.summary import Argument
from gate.facts.value import CLEAN, Value


def _define(frame: Frame, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """A function in a function: read later, with the variables as they are here."""
    forget(frame, [node])
    name = f"{frame.name}.{node.name}" if not frame.name.endswith(".<module>") else f"{frame.names.module}.{node.name}"
    if not frame.name.endswith(".<module>"):
        frame.nested.append((node, name, {**frame.env, **_defaults(frame, node.args)}))
    if outside := effects.outer(node):
        frame.unsure |= outside
        frame.setters[name] = node
        effects.apply(frame, node)
    _decorate(frame, node, name)
    frame.bind(node.name, Value(names=frozenset({name})))


def _defaults(frame: Frame, given: ast.arguments) -> Env:
    """What parameters hold when they are left out, under a name of their own."""
    named = [arg.arg for arg in (*given.posonlyargs, *given.args)][-len(given.defaults) :] if given.defaults else []
    pairs = [*zip(named, given.defaults, strict=True), *zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    return {f"{getattr(arg, 'arg', arg)}=": value(frame, default) for arg, default in pairs if default is not None}


def _decorate(frame: Frame, node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> None:
    """`@decorator` calls the decorator with the function."""
    for decorator in node.decorator_list:
        made = value(frame, decorator)
        call_at(frame, decorator, made.names, [Argument("0", Value(names=frozenset({name})))], CLEAN)


def _class(frame: Frame, node: ast.ClassDef) -> None:
    for part in node.body:
        if isinstance(part, ast.Assign | ast.AnnAssign | ast.Expr):
            value(frame, part.value)
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef) and frame.name.endswith(".<module>"):
            _decorate(frame, part, f"{frame.names.module}.{node.name}.{part.name}")
    if not frame.name.endswith(".<module>"):
        frame.bind(node.name, Value(names=frozenset({f"{frame.name}.{node.name}"})))


STEPS: dict[type, Callable[..., None]] = {
    ast.FunctionDef: _define, ast.AsyncFunctionDef: _define, ast.ClassDef: _class,
}  # fmt: skip
