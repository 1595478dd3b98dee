"""The words by which code may use what lies outside of it: variables that are not its own, attributes, and texts."""

import ast
from collections.abc import Iterable, Iterator

from gate import lazy
from gate.nodes import children, walk

_WORD = lazy.regex(r"\w+")
_NAMING = lazy.regex(r"[\w.:]{1,200}")
"""Texts that may name something of the program."""
_SCOPES = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip


def uses(node: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """The words of a function, its decorators and defaults."""
    own = _bound(node)
    outside = [*node.decorator_list, *node.args.defaults, *(part for part in node.args.kw_defaults if part)]
    return _words(node.body, own) | _words([node.args, *outside, *([node.returns] if node.returns else [])])


def hands(node: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """The words by which a function may hand on what lies outside of it: in another place than where it is called."""
    own = _bound(node)
    parts = [part for each in (*node.body, node.args) for part in walk(each)]
    called = {id(part.func) for part in parts if isinstance(part, ast.Call)}
    return frozenset(word for part in parts if id(part) not in called for word in _named(part, own))


def _words(nodes: Iterable[ast.AST], own: frozenset[str] = frozenset()) -> frozenset[str]:
    return frozenset(word for node in nodes for part in walk(node) for word in _named(part, own))


def _named(node: ast.AST, own: frozenset[str]) -> Iterable[str]:
    match node:
        case ast.Name(id=name):
            return () if name in own else (name,)
        case ast.Attribute(attr=name):
            return (name,)
        case ast.Constant(value=str(text)):
            return _WORD.findall(text) if _NAMING.fullmatch(text) else ()
        case ast.alias(name=name, asname=other):
            return (*name.split("."), other or name)
        case ast.Global(names=shared) | ast.Nonlocal(names=shared):
            return shared
    return ()


def _bound(node: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """The parameters and variables of a function; what it shares with others, or imports, is not its own."""
    given = node.args
    params = [*given.posonlyargs, *given.args, *given.kwonlyargs, *filter(None, (given.vararg, given.kwarg))]
    own, shared = {param.arg for param in params}, {"cls"}  # that is the class around it
    for part in _inside(node):
        match part:
            case ast.Name(id=name, ctx=ast.Store()):
                own.add(name)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                shared |= {*names}
            case ast.alias(name=name, asname=other):
                shared.add(other or name.partition(".")[0])
    return frozenset(own - shared)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """All of a function but what lies in functions, classes and comprehensions within it, whose variables are their own."""
    waiting = list(children(node))
    while waiting:
        part = waiting.pop()
        yield part
        if not isinstance(part, _SCOPES):
            waiting += children(part)
