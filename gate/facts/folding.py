"""What a file's literals come to: constants of modules and classes, added, joined, decoded."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from gate import lazy
from gate.facts.fallback import fallback
from gate.facts.names import names
from gate.nodes import walk
from gate.source import Source

OPAQUE = "a value only running the code would tell"
"""Stands for what is computed from literals alone by a call, such as `b64decode("...")`."""

IMPORTED = "\0"
"""Begins the full name of a constant of another module, whose value only that module tells."""

_PURE = frozenset({
    "b64decode", "urlsafe_b64decode", "b64encode", "fromhex", "unhexlify", "hexlify", "join", "encode", "decode",
    "lower", "upper", "strip", "replace", "removeprefix", "removesuffix", "format", "str", "bytes", "bytearray",
    "chr", "reversed", "sorted", "md5", "sha1", "sha256", "sha512", "hexdigest", "digest", "hash", "SecretStr",
    "get_secret_value",
})  # fmt: skip
_KEEPS_EMPTY = frozenset({"encode", "decode", "strip", "lower", "upper"})
_HOLDERS = frozenset({"set", "frozenset", "tuple", "list", "dict", "MappingProxyType"})
_LOOKS = frozenset({"get", "pop", "values", "items", "keys"})
_OWNED = lazy.regex(r"\b(?:([A-Za-z_]\w*)\.([A-Z][A-Z0-9_]{2,})|(settings|config|conf)\.([a-z]\w{2,}))\b(?!\()")
_MAX_DEPTH = 30
_MAX_LEAVES = 500

Span = tuple[int, int, int]
"""A line (from 1), and the columns (from 0, end exclusive) of a literal on it."""


@dataclass(frozen=True)
class Folded:
    """The text of one literal, or of all those a collection holds.

    A dictionary's leaves are its keys, and `held` is what it maps them to. `spans` is where a constant is written.
    """

    leaves: tuple[str, ...]
    many: bool = False
    spans: tuple[Span, ...] = ()
    held: tuple[str, ...] = ()
    table: bool = False
    unset: bool = False
    """It is what a setting comes to where nobody sets it."""

    @property
    def elements(self) -> "Folded | None":
        """What looking something up in it brings; None when it is no collection of literals."""
        found = self.held or self.leaves
        return replace(self, leaves=found, held=()) if self.many and (self.held or not self.table) else None


Known = Mapping[str, Folded]


def constants(source: Source) -> dict[str, Folded]:
    """Names a file binds to literals: `NAME`, `Class.NAME`. One that is bound again is no constant."""
    found: dict[str, Folded] = {}
    lost: set[str] = set()
    for prefix, name, value in _bindings(source.tree.body if source.tree else [], ""):
        folded = fold(value, found)
        if folded is None or prefix + name in found:
            lost.add(prefix + name)
        else:
            spans = () if isinstance(value, ast.Name) else tuple(spans_of(fallback(value) or value, source))
            found[prefix + name] = replace(folded, spans=(*spans, *folded.spans))
    return {name: folded for name, folded in found.items() if name not in lost}


def imports(source: Source) -> dict[str, Folded]:
    """Names in capitals that come from other modules, as they are written here: `KEY`, `config.KEY`."""
    table = names(source)
    said = {name for name in table.local if name.isupper()}
    pairs = {(found[1] or found[3], found[2] or found[4]) for found in _OWNED.finditer(source.text)}
    owned = {f"{owner}.{name}" for owner, name in pairs if owner in table.local}
    meant = {name: table.resolve(name) for name in said | owned}
    here = f"{table.module}."
    return {
        name: Folded((IMPORTED + full,)) for name, full in meant.items() if "." in full and not full.startswith(here)
    }


def fold(node: ast.expr, known: Known, depth: int = 0) -> Folded | None:
    """The literal an expression comes to, or None where that needs more than literals."""
    if depth > _MAX_DEPTH:
        return None
    match node:
        case ast.Constant(value=str() | bytes() | int() as value) if not isinstance(value, bool):
            text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
            return Folded((text,))
        case ast.Name(id=name):
            return known.get(name)
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return known.get(f"{owner}.{name}")
        case ast.NamedExpr(value=value) | ast.FormattedValue(value=value):
            return fold(value, known, depth + 1)
        case ast.JoinedStr(values=parts):
            return _joined([fold(part, known, depth + 1) for part in parts])
        case ast.BinOp(left=left, right=right):
            return _joined([fold(left, known, depth + 1), fold(right, known, depth + 1)])
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            return _collected([fold(part, known, depth + 1) for part in parts])
        case ast.Dict(keys=keys, values=values):
            return _table([fold(key, known, depth + 1) if key else None for key in keys],
                          [fold(value, known, depth + 1) for value in values])  # fmt: skip
        case ast.Subscript(value=value):
            whole = fold(value, known, depth + 1)
            return whole and whole.elements
        case ast.Call() if (called := _called(node, known, depth)) is not None:
            return called
    default = fallback(node)
    unset = fold(default, known, depth + 1) if default is not None else None
    return unset and replace(unset, unset=True)


def _called(node: ast.Call, known: Known, depth: int) -> Folded | None:
    last = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    given = [fold(part, known, depth + 1) for part in (*node.args, *(k.value for k in node.keywords))]
    if isinstance(node.func, ast.Attribute) and last in _LOOKS:
        whole = fold(node.func.value, known, depth + 1)
        return whole and whole.elements if last != "keys" else whole
    if last in _HOLDERS:
        return given[0] if len(given) == 1 else None
    if last not in _PURE or None in given:
        return None
    receiver = None
    if isinstance(node.func, ast.Attribute):
        owner = node.func.value
        plain = isinstance(owner, ast.Name) and owner.id in {"base64", "bytes", "binascii", "hashlib"}
        receiver = None if plain else fold(owner, known, depth + 1)
        given += [] if plain else [receiver]
    joined = _joined(given)
    empty = receiver is not None and not any(receiver.leaves) and last in _KEEPS_EMPTY  # `"".encode("utf-8")`
    return joined and Folded(("" if empty else OPAQUE,), spans=joined.spans, unset=joined.unset)


def _joined(parts: list[Folded | None]) -> Folded | None:
    whole = [part for part in parts if part]
    if not whole or len(whole) != len(parts):
        return None
    text = "".join(leaf for part in whole for leaf in part.leaves)[:1_000]
    unset = any(part.unset for part in whole)
    return Folded((text,), spans=tuple(span for part in whole for span in part.spans), unset=unset)


def _collected(parts: list[Folded | None]) -> Folded | None:
    whole = [part for part in parts if part]
    if not whole or len(whole) != len(parts):
        return None
    leaves = tuple(leaf for part in whole for leaf in part.leaves)
    return Folded(leaves[:_MAX_LEAVES], many=True, spans=tuple(span for part in whole for span in part.spans))


def _table(keys: list[Folded | None], values: list[Folded | None]) -> Folded | None:
    """A dictionary counts by its keys; what it maps them to may be anything."""
    named = _collected(keys)
    if named is None:
        return None
    held = tuple(leaf for value in values if value for leaf in (value.held if value.table else value.leaves))
    spans = (*named.spans, *(span for value in values if value for span in value.spans))
    return Folded(named.leaves, True, spans, held[:_MAX_LEAVES], table=True)  # noqa: FBT003


def _bindings(body: Iterable[ast.stmt], prefix: str) -> Iterator[tuple[str, str, ast.expr]]:
    for statement in body:
        match statement:
            case ast.Assign(targets=targets, value=value):
                yield from ((prefix, t.id, value) for t in targets if isinstance(t, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield prefix, name, value
            case ast.ClassDef(name=name) if not prefix:
                yield from _bindings(statement.body, f"{name}.")
                yield from ((f"{name}.", *kept) for kept in _kept(statement))
            case ast.If() | ast.Try():
                yield from _bindings([*statement.body, *statement.orelse], prefix)


def _kept(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    """What the methods of a class set attributes of `self` to."""
    methods = (part for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef))
    for part in (part for method in methods for part in walk(method)):
        match part:
            case (
                ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=value)
                | ast.AnnAssign(target=ast.Attribute(value=ast.Name(id="self"), attr=name), value=ast.expr() as value)
            ):
                yield name, value


def spans_of(node: ast.AST, source: Source) -> Iterator[Span]:
    """Where the literals of an expression stand; the whole line where columns cannot be trusted."""
    for part in walk(node):
        if isinstance(part, ast.Constant | ast.JoinedStr) and part.end_lineno and part.end_col_offset is not None:
            for number in range(part.lineno, part.end_lineno + 1):
                text = source.lines[number - 1]
                start = _column(text, part.col_offset) if number == part.lineno else 0
                end = _column(text, part.end_col_offset) if number == part.end_lineno else len(text)
                sure = text[start:end].strip() and not source.problem
                yield (number, start, end) if sure else (number, 0, len(text))


def _column(text: str, offset: int) -> int:
    """A column in characters, of an offset in UTF-8 bytes."""
    return offset if text.isascii() else len(text.encode(errors="replace")[:offset].decode(errors="ignore"))
