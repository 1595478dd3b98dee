"""Where a node stands: in which functions and classes, and under which conditions."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from gate import lazy
from gate.facts import sources
from gate.facts.names import Names
from gate.facts.spelling import last, spelled
from gate.nodes import children, walk

Function = ast.FunctionDef | ast.AsyncFunctionDef
_REQUESTS = frozenset({"request", "req", "websocket"})
_VIEWS = lazy.regex(r"(?:View|ViewSet|Resource|Handler|Endpoint|Controller|APIView|MethodView)\w*$")
_NAME = lazy.regex(r"__name__")
_MAX_VALUES = 5
_SCOPES = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If, ast.ExceptHandler})
"""What stands around its parts, and is named in `Around`."""


@dataclass(frozen=True)
class Around:
    """What stands around a node, outermost first."""

    functions: tuple[Function, ...] = ()
    classes: tuple[ast.ClassDef, ...] = ()
    tests: tuple[ast.expr, ...] = ()
    handlers: tuple[ast.ExceptHandler, ...] = ()

    @property
    def in_script(self) -> bool:
        """Whether it only runs where the file is started by itself: under `__main__`, or in `main`."""
        started = any(_NAME.search(text(test)) for test in self.tests)
        return started or any(function.name in {"main", "_main"} for function in self.functions)


@lru_cache(maxsize=4096)
def text(node: ast.AST) -> str:
    """The code of a node; the same condition is asked about from all that stands under it."""
    return ast.unparse(node)


@lru_cache(maxsize=256)
def assigned(function: Function) -> Mapping[str, tuple[ast.expr, ...]]:
    """What the names of a function, and of those in it, are set to."""
    found: dict[str, tuple[ast.expr, ...]] = {}
    for node in walk(function):
        for target in node.targets if isinstance(node, ast.Assign) else ():
            if isinstance(target, ast.Name) and isinstance(node, ast.Assign):
                found[target.id] = (*found.get(target.id, ()), node.value)[:_MAX_VALUES]
    return found


@lru_cache(maxsize=256)
def placed(tree: ast.AST | None) -> tuple[tuple[ast.AST, Around], ...]:
    """Every node of a tree in the order of the text, and what stands around it; nothing where there is no tree."""
    found: list[tuple[ast.AST, Around]] = []
    stack = [(tree, Around())] if tree is not None else []
    while stack:
        node, around = stack.pop()
        found.append((node, around))
        inner = _within(node, around) if type(node) in _SCOPES else around
        test = node.test if inner is not around and isinstance(node, ast.If) else None
        stack += [(child, around if child is test else inner) for child in reversed(children(node))]
    return tuple(found)


def _within(node: ast.AST, around: Around) -> Around:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return replace(around, functions=(*around.functions, node), tests=(), handlers=())
        case ast.ClassDef():
            return replace(around, classes=(*around.classes, node))
        case ast.If(test=test):
            return replace(around, tests=(*around.tests, test))
        case ast.ExceptHandler():
            return replace(around, handlers=(*around.handlers, node))
    return around


_HANDLES = frozenset({"errorhandler", "app_errorhandler", "exception_handler"})
"""Decorators of functions that answer where something failed."""


def answers(around: Around, names: Names) -> bool:
    """Whether a request is answered here: in a route, a view's method, or a function that is handed the request."""
    for function in around.functions:
        called = (part.func if isinstance(part, ast.Call) else part for part in function.decorator_list)
        if any(sources.route(names.of(part)) or last(spelled(part)) in _HANDLES for part in called):
            return True
        if _REQUESTS & {arg.arg for arg in function.args.args[:2]} and function.name != "__init__":
            return True
        verb = function.name in sources.VERBS and bool(around.classes)
        if verb and any(_VIEWS.search(names.of(base)) for base in around.classes[-1].bases):
            return True
    return False
