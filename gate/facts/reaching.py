"""Which modules a file reaches for: what it imports, and what it calls of that."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.fact import Wrapper
from gate.facts import jstext
from gate.facts.names import module_name, names
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import glob
from gate.source import Place, Source

__all__ = ["Reaching", "Wrapper", "may_reach"]

_SCRIPT = lazy.regex(r"""\b(?:from|import|require|import\()\s*\(?\s*["']([@\w][\w./@-]*)["']""")
_LOADERS = frozenset({"importlib.import_module", "builtins.__import__", "importlib.__import__"})


@dataclass(frozen=True)
class Reaching:
    """A module, or a name within one, that a file imports or calls: `openai`, `sqlalchemy.create_engine`."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"}) | jstext.LANGUAGES
    hint: ClassVar[Hint] = Hint.of("import", "require")

    place: Place
    name: str

    @classmethod
    def find(cls, source: Source) -> Iterable["Reaching"]:
        if source.language in jstext.LANGUAGES:
            for found in _SCRIPT.finditer(source.text):
                yield cls(Place.at(source.path, source.text.count("\n", 0, found.start()) + 1), found[1])
            return
        seen = set()
        for node in walk(source.tree) if source.tree is not None else ():
            for name in _reached(node, source):
                found_at = (node.lineno, name)  # type: ignore[attr-defined]
                if found_at not in seen:
                    seen.add(found_at)
                    yield cls(Place.at(source.path, node.lineno), name)  # type: ignore[attr-defined]


def _reached(node: ast.AST, source: Source) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = _absolute(node, source)
        yield from (base if alias.name == "*" else f"{base}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Call):
        name = names(source).of(node.func)
        first = node.args[0] if node.args else None
        if name in _LOADERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value
        elif isinstance(node.func, ast.Attribute) and "." in name and not name.startswith("builtins."):
            yield name


def _absolute(node: ast.ImportFrom, source: Source) -> str:
    if not node.level:
        return node.module or ""
    parts = module_name(source.path).split(".")
    package = parts if source.path.endswith("__init__.py") else parts[:-1]
    kept = package[: len(package) - node.level + 1]
    return ".".join([*kept, *([node.module] if node.module else [])])


def may_reach(path: str, wrapper: Wrapper) -> bool:
    """Whether a path is the wrapper itself, a part of it, or an exception to it."""
    own = module_name(path) if path.endswith(".py") else re.sub(r"\.\w+$", "", path).replace("/", ".")
    wanted = wrapper.use.replace("/", ".")
    return f".{own}.".find(f".{wanted}.") >= 0 or any(glob(pattern).fullmatch(path) for pattern in wrapper.allow)
