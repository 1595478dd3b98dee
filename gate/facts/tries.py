"""Whether what a route uses counts the tries, where that is written in another place than the route."""

import ast
from collections.abc import Iterator, Sequence

from gate.fact import Repo
from gate.facts.onetime import counts
from gate.facts.program import program

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
_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def counted(helpers: Sequence[str], repo: Repo) -> bool:
    """Whether all routes are limited, or one of these functions, classes or objects speaks of tries or of a limit."""
    if any(next(repo.mentioning(word), None) for word in _EVERYWHERE):
        return True
    return any(counts(node) for dotted in helpers for node in _written(dotted, repo))


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
