"""What Python files import from outside of the repository, with no other way to go on without it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.distributions import is_standard
from gate.source import Place, Source


@dataclass(frozen=True)
class Import:
    """An import of a top-level module that does not come with Python, and that is needed."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[re.Pattern[str]] = lazy.regex(r"\bimport\b")

    place: Place
    module: str

    @classmethod
    def find(cls, source: Source) -> Iterator["Import"]:
        seen: set[str] = set()
        for node in _needed(source.tree) if source.tree else ():
            for name in _modules(node):
                if name not in seen and not is_standard(name):
                    seen.add(name)
                    yield cls(Place.at(source.path, node.lineno), name)


def _needed(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports of a file, but for those in a `try`, whose failure is thought of, or under a condition."""
    stack: list[ast.AST] = [tree]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.With):
            stack += reversed(node.body)


def _modules(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name.partition(".")[0] for alias in node.names)
    elif not node.level and node.module:
        yield node.module.partition(".")[0]
