"""Python in files that no scanner takes for Python, and files that Python runs unasked."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar

from gate import lazy
from gate.hint import Hint
from gate.paths import kind
from gate.source import Place, Source

_RUNS = lazy.regex(
    r"\b(?:eval|exec|__import__|compile)\(|\bos\.(?:system|popen|exec\w*|spawn\w*)\(|\b(?:subprocess|pty|pickle|marshal|ctypes|socket)\.\w+\("
)
_STARTS = frozenset({"sitecustomize.py", "usercustomize.py"})
_INSTALLED = lazy.regex(
    r"import (?:_virtualenv|_distutils_hack|a1_coverage|__editable___\w+(?:; __editable___\w+\.install\(\))?)"
)
"""Whole lines that installers write; what begins like one may go on in any way."""
_CYTHON = frozenset({".pyx", ".pxi", ".pxd"})
_LONG = 200_000


@dataclass(frozen=True)
class UnseenCode:
    """Code nobody looks at. `how` is "starts" (with Python itself) or "hidden" (in a file that is none of Python's)."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[Hint] = Hint.of("import ")

    place: Place
    how: str
    text: str

    @classmethod
    def find(cls, source: Source) -> Iterator["UnseenCode"]:
        path = PurePosixPath(source.path)
        if kind(f"{source.path}.py") != "production" and path.suffix != ".pth":
            return
        if path.name in _STARTS:
            yield cls(Place.at(source.path, 1), "starts", path.name)
        elif path.suffix == ".pth":
            for number, line in enumerate(source.lines, 1):
                if line.startswith(("import ", "import\t")) and not _INSTALLED.fullmatch(
                    line.strip()
                ):  # the others name folders
                    yield cls(Place.at(source.path, number), "starts", line.strip()[:80])
        elif not source.language and (found := _RUNS.search(source.text)) and _is_python(source, path.suffix):
            first = source.text.count("\n", 0, found.start()) + 1
            yield cls(Place.at(source.path, first), "hidden", found[0].rstrip("("))


def _is_python(source: Source, suffix: str) -> bool:
    if suffix in _CYTHON:
        return True
    try:
        tree = ast.parse(source.text) if len(source.text) < _LONG else None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return tree is not None and any(isinstance(part, ast.Import | ast.ImportFrom) for part in tree.body)
