"""The parameters of a function that a framework fills in with whoever is signed in: `Depends(require_login)`."""

import ast
from collections.abc import Iterator
from functools import lru_cache

from gate.facts.authority import AUTHENTICATES
from gate.facts.bindings import last_name
from gate.nodes import walk


@lru_cache(maxsize=256)
def injected(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """Their names; what else is asked for by `Depends` may be what the caller sends (fastapi.tiangolo.com, Dependencies)."""
    return frozenset(name for name, part in _said(function.args) if any(map(_authenticates, walk(part))))


def _said(given: ast.arguments) -> Iterator[tuple[str, ast.AST]]:
    """What is written behind each parameter: its annotation, and its default."""
    plain = [*given.posonlyargs, *given.args]
    first = len(plain) - len(given.defaults)
    pairs = [(one.arg, one.annotation) for one in (*plain, *given.kwonlyargs)]
    pairs += [(one.arg, default) for one, default in zip(plain[first:], given.defaults, strict=True)]
    pairs += [(one.arg, default) for one, default in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    yield from ((name, part) for name, part in pairs if part is not None)


def _authenticates(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=func, args=[asked, *_]) if last_name(func) in {"Depends", "Security"}:
            return AUTHENTICATES.fullmatch(last_name(asked)) is not None
    return False
