"""Files and folders that everybody on the machine may write to."""

import ast
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.defaults import bound, last
from gate.facts.names import names
from gate.facts.variables import IMAGE
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_CHMOD = frozenset({"chmod", "fchmod", "lchmod"})
_COMMAND = lazy.regex(r"\bchmod\s+(?:-\w+\s+|--\w+\s+)*(?P<mode>0?[0-7]{3}|[ugoa]*\+[rwxX]+)(?=[\s\"'])")
_WORDS = lazy.regex(r"(?:\w*[oa]\w*|)\+\w*w\w*")
_LOOSE = stat.S_IWOTH
_MAX_LINE = 1_000
_MAX_DEPTH = 6


@dataclass(frozen=True)
class OpenMode:
    """A mode that lets others write; `how` says which, as it is written."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[Hint] = Hint.of("chmod", "umask")

    place: Place
    how: str

    @classmethod
    def find(cls, source: Source) -> Iterable["OpenMode"]:
        if kind(source.path) == "test":
            return
        found = _python(source) if source.language == "python" else _text(source)
        for line, end_line, how in found:
            yield cls(Place.at(source.path, line, end_line), how)


def _python(source: Source) -> Iterator[tuple[int, int, str]]:
    parts = walk(source.tree) if source.tree else []
    alone = {id(node.value) for node in parts if isinstance(node, ast.Expr)}
    for node in parts:
        if isinstance(node, ast.Call) and (how := _called(node, source, kept=id(node) not in alone)):
            yield node.lineno, node.end_lineno or node.lineno, how


def _called(node: ast.Call, source: Source, *, kept: bool) -> str:
    name = names(source).of(node.func)
    given = next((word.value for word in node.keywords if word.arg == "mode"), None)
    if last(node.func) in _CHMOD:
        mode = given or (node.args[0 if len(node.args) == 1 else 1] if node.args else None)
        return ast.unparse(node) if _opens(_bits(mode, source)) else ""
    if name == "os.umask" and not kept:  # who keeps the answer asks for the umask, and puts it back
        return ast.unparse(node) if [getattr(arg, "value", None) for arg in node.args] == [0] else ""
    return ""


def _opens(mode: int) -> bool:
    """Whether others may write; in a folder with the sticky bit they may not touch what is not theirs."""
    return bool(mode & _LOOSE) and not mode & stat.S_ISVTX


def _bits(node: ast.expr | None, source: Source, depth: int = 0) -> int:
    """The bits of a mode that are certainly set."""
    if depth > _MAX_DEPTH:
        return 0
    match node:
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            return value
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _bits(left, source, depth + 1) | _bits(right, source, depth + 1)
        case ast.Attribute() | ast.Name():
            name = names(source).of(node)
            if name.startswith("stat.S_I"):
                return int(getattr(stat, name.removeprefix("stat."), 0))
            return _bits(bound(source).get(last(node)), source, depth + 1)
    return 0


def _text(source: Source) -> Iterator[tuple[int, int, str]]:
    """Commands in scripts and in what an image is built by."""
    if source.language != "shell" and not IMAGE.search(source.path):
        return
    for number, line in enumerate(source.lines, 1):
        if len(line) > _MAX_LINE or line.lstrip().startswith("#"):
            continue
        for found in _COMMAND.finditer(line + " "):
            mode = found["mode"]
            if _opens(int(mode, 8)) if mode.isdigit() else bool(_WORDS.fullmatch(mode)):
                yield number, number, found[0].strip()
