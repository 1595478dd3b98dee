"""What a function says of a name: that it is the key of an entry elsewhere, or of a type that shows stars.

Another function, a comment or a text says nothing of it.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from gate.nodes import children
from gate.source import Source

_STARS = frozenset({"SecretStr", "SecretBytes"})
"""Types of Pydantic that print as stars."""
_Scope = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class _Said:
    """Of one function, or of what stands in none: the names that are keys there, that show stars, and whether they are opened."""

    keys: frozenset[str]
    starred: frozenset[str]
    opened: bool


_NOTHING = _Said(frozenset(), frozenset(), opened=False)


def is_key(source: Source, line: int, name: str) -> bool:
    """Whether the function on a line takes an entry by this name: `secrets[secret_key] = value`."""
    return name in _of(source, line).keys


def shows_stars(source: Source, line: int, name: str) -> bool:
    """Whether it is of a type that shows stars there, and nothing there asks for what is behind them."""
    said = _of(source, line)
    return name in said.starred and not said.opened


def _of(source: Source, line: int) -> _Said:
    owners, said = _scopes(source)
    return said.get(owners.get(line, 0), _NOTHING)


@lru_cache(maxsize=32)
def _scopes(source: Source) -> tuple[Mapping[int, int], Mapping[int, _Said]]:
    """For each line the innermost function, by the line it begins on, 0 for none; and what each says."""
    owners: dict[int, int] = {}
    said: dict[int, _Said] = {}
    waiting: list[tuple[ast.AST, int]] = [(source.tree, 0)] if source.tree else []
    while waiting:
        scope, begins = waiting.pop()
        inner = _read(scope, begins, said)
        for one in inner:
            owners.update(dict.fromkeys(range(one.lineno, (one.end_lineno or one.lineno) + 1), one.lineno))
        waiting += [(one, one.lineno) for one in inner]
    return owners, said


def _read(scope: ast.AST, begins: int, said: dict[int, _Said]) -> list[_Scope]:
    """Read what belongs to a function itself; the functions in it, outer ones first."""
    inner: list[_Scope] = []
    keys, starred, opened = set[str](), set[str](), False
    waiting = [*children(scope)]
    for node in waiting:  # it grows meanwhile
        if isinstance(node, _Scope):
            inner.append(node)
            continue
        waiting += children(node)
        match node:
            case ast.Subscript(slice=ast.Name(id=name)):
                keys.add(name)
            case ast.arg(arg=name, annotation=of) | ast.AnnAssign(target=ast.Name(id=name), annotation=of) if (
                _is_starred(of)
            ):
                starred.add(name)
            case ast.Attribute(attr="get_secret_value"):
                opened = True
    said[begins] = _Said(frozenset(keys), frozenset(starred), opened=opened)
    return inner


def _is_starred(annotation: ast.expr | None) -> bool:
    """`SecretStr`, `pydantic.SecretStr`, `SecretStr | None`, `Optional[SecretStr]`."""
    waiting: list[ast.AST] = [annotation] if annotation is not None else []
    for node in waiting:
        waiting += children(node)
        if getattr(node, "id", getattr(node, "attr", "")) in _STARS:
            return True
    return False
