"""Whether what a route uses counts the tries, where that is written in another place than the route."""

import ast
from collections.abc import Iterator, Sequence

from gate.fact import Repo
from gate.facts.module import module
from gate.facts.onetime import counts
from gate.facts.program import program
from gate.facts.summary import Function
from gate.source import Place

_EVERYWHERE = (
    "SlowAPIMiddleware",
    "RateLimitMiddleware",
    "DEFAULT_THROTTLE_CLASSES",
    "AxesMiddleware",
    "ACCOUNT_RATE_LIMITS",
    "FailedLoginMiddleware",
    "application_limits",
    "default_limits",
)
"""What limits every route of a program."""
_MAX_CALLED = 40
_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def counted(helpers: Sequence[str], place: Place, repo: Repo) -> bool:
    """Whether all routes are limited, or one of these functions, classes or objects speaks of tries or of a limit.

    So may a method that the route at this place calls: `manager.login(name, password)`.
    """
    if any(next(repo.mentioning(word), None) for word in _EVERYWHERE):
        return True
    written = (node for dotted in helpers for node in _written(dotted, repo))
    return any(map(counts, written)) or any(map(counts, _methods(place, repo)))


def _methods(place: Place, repo: Repo) -> Iterator[ast.AST]:
    """The methods that the function at a place calls on objects whose class is known."""
    source = repo.source(place.path)
    file = module(source) if source is not None else None
    routes = [one for one in file.family(file.around(place.line)) if one.line == place.line] if file else []
    called = sorted({callee for route in routes for call in route.calls for callee in call.callees})
    for target in (target for callee in called[:_MAX_CALLED] for target in program(repo).project.targets(callee)):
        own = repo.source(target.path) if isinstance(target, Function) and target.owner else None
        node = module(own).node(target.name, target.line) if own is not None and isinstance(target, Function) else None
        yield from [node] if node is not None else []


def _written(dotted: str, repo: Repo) -> Iterator[ast.AST]:
    """What a dotted name is bound to, at the outermost level of the file it lies in."""
    path, inner = program(repo).project.split(dotted)
    source = repo.source(path) if path else None
    name = inner.partition(".")[0]
    for node in source.tree.body if source and source.tree and name else ():
        if isinstance(node, _DEFINES) and node.name == name:
            yield node
        elif isinstance(node, ast.Assign) and any(isinstance(one, ast.Name) and one.id == name for one in node.targets):
            yield node.value
