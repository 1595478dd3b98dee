"""Files that callers send, and that are kept under the name and ending they came with, unseen."""

import ast
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from gate import lazy
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_SENT = lazy.regex(r"\brequest\.(?:files|FILES|post|form)\b")
_TYPED = lazy.regex(r"\bUploadFile\b")
_TOLD = frozenset({"filename", "name", "raw_filename"})
"""What an upload says it is called."""
_CHECKS = lazy.regex(
    r"(?i)valid|check|allow|permit|verif|scan|sniff|detect|guess|magic|ensure|assert|imghdr|Image\.open|supported|accept"
)
_PLAIN = frozenset(
    {"bool", "len", "isinstance", "hasattr", "str", "exists", "isfile", "is_file", "isdir", "is_dir", "read", "chunks"}
)
"""Calls in a condition that say nothing of what was sent."""
_WRITES = lazy.regex(r"[wax]")
_STORES = lazy.regex(r"(?i)storage|fs$")
_PASSES = 4


@dataclass(frozen=True)
class Upload:
    """A place where a file is stored under the name its sender gave it; `how` names the function that does."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of("uploadfile", "request.files", "request.post()", "request.form()")

    place: Place
    how: str

    @classmethod
    def find(cls, source: Source) -> Iterator[Self]:
        if source.tree is None or kind(source.path) == "test":
            return
        for node in walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield from (cls(Place.at(source.path, one.lineno, one.end_lineno), how) for one, how in _kept(node))


def _kept(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[ast.Call, str]]:
    parts = list(walk(function))
    uploads = _uploads(function, parts)
    if not uploads and not _SENT.search(ast.unparse(function)):
        return
    named = _closure(parts, lambda value, found: _mentions_name(value, uploads, found))
    stores = _closure(
        parts, lambda value, _: isinstance(value, ast.Call) and bool(_STORES.search(last(_reached(value))))
    )
    found = [(one, how) for one in parts if isinstance(one, ast.Call) and (how := _stores(one, uploads, named, stores))]
    taken = uploads | _closure(parts, lambda value, found: _mentions(value, uploads | found)) if found else uploads
    if found and not any(_judges(one, taken) for one in parts):
        yield from found


def _uploads(function: ast.FunctionDef | ast.AsyncFunctionDef, parts: list[ast.AST]) -> frozenset[str]:
    """The variables that hold what was sent."""
    args = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    typed = {arg.arg for arg in args if arg.annotation is not None and _TYPED.search(ast.unparse(arg.annotation))}
    return frozenset(typed) | _closure(parts, lambda value, found: _is_upload(value, typed | found))


def _reached(node: ast.AST) -> str:
    """The names along `request.files["a"]` and `request.files.getlist("a")`; "" for other expressions."""
    while isinstance(node, ast.Call | ast.Subscript | ast.Await):
        node = node.func if isinstance(node, ast.Call) else node.value
    return spelled(node)


def _bindings(parts: list[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for part in parts:
        match part:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=value):
                yield from ((target.id, value) for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                yield name, value
            case ast.For(target=ast.Name(id=name), iter=value):
                yield name, value
            case ast.withitem(optional_vars=ast.Name(id=name), context_expr=value):
                yield name, value


def _closure(parts: list[ast.AST], holds: Callable[[ast.AST, frozenset[str]], bool]) -> frozenset[str]:
    """The variables that are bound to what holds something, through a few others."""
    found: frozenset[str] = frozenset()
    for _ in range(_PASSES):
        more = frozenset(target for target, value in _bindings(parts) if target not in found and holds(value, found))
        if not more:
            break
        found |= more
    return found


def _mentions(node: ast.AST, names: frozenset[str]) -> bool:
    return any(isinstance(part, ast.Name) and part.id in names for part in walk(node))


def _mentions_name(node: ast.AST, uploads: frozenset[str], named: frozenset[str]) -> bool:
    return any(
        (isinstance(part, ast.Name) and part.id in named)
        or (isinstance(part, ast.Attribute) and part.attr in _TOLD and _is_upload(part.value, uploads))
        for part in walk(node)
    )


def _is_upload(node: ast.AST, uploads: Collection[str]) -> bool:
    return _reached(node).partition(".")[0] in uploads or bool(_SENT.search(_reached(node)))


def _stores(node: ast.Call, uploads: frozenset[str], named: frozenset[str], stores: Collection[str]) -> str:
    """The function that keeps a file under a name of its sender's; "" for other calls."""
    func, where = last(spelled(node.func)), node.args[0] if node.args else None
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    if func == "save" and owner is not None and where is not None and _mentions_name(where, uploads, named):
        store = last(_reached(owner))
        return "save" if store in stores or _STORES.search(store) or _is_upload(owner, uploads) else ""
    if (
        func == "open"
        and where is not None
        and _writes(node, 1 if owner is None or spelled(owner) == "aiofiles" else 0)
    ):
        path = owner if owner is not None and spelled(owner) not in {"aiofiles", "io", "anyio"} else where
        return "open" if _mentions_name(path, uploads, named) else ""
    if func == "write_bytes" and owner is not None and _mentions_name(owner, uploads, named):
        return "write_bytes"
    return ""


def _writes(node: ast.Call, position: int) -> bool:
    told = [word.value for word in node.keywords if word.arg == "mode"] + node.args[position : position + 1]
    return any(isinstance(mode, ast.Constant) and _WRITES.search(str(mode.value)) for mode in told)


def _judges(node: ast.AST, names: frozenset[str]) -> bool:
    """Whether something looks at what was sent: its ending, its type, its size, or what is in it."""
    if isinstance(node, ast.Call) and _CHECKS.search(spelled(node.func)):
        return True
    if not isinstance(node, ast.If | ast.IfExp | ast.While | ast.Assert | ast.Match):
        return False
    test = node.subject if isinstance(node, ast.Match) else node.test
    return any(_looks(part, names) for part in walk(test))


def _looks(part: ast.AST, names: frozenset[str]) -> bool:
    """A comparison, or a question asked by a function, about what was sent or anything taken of it."""
    match part:
        case ast.Compare(comparators=[ast.Constant(value=None | "")]):
            return False
        case ast.Compare():
            return _mentions(part, names)
        case ast.Call(func=func):
            return last(spelled(func)) not in _PLAIN and _mentions(part, names)
    return False
