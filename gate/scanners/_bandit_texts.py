"""What a text in Python code is put together from, and which parts of it may hold anything.

Names are followed to what the function binds them to, and no further.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from gate import lazy

_MOST_STEPS = 8
_CLOSED = frozenset(
    "int float bool len round abs ord hex getpid getuid getcwd time quote cmd_quote list2cmdline "
    "shell_quote shlex_quote sh_quote quote_arg shell_escape escape_shell_arg".split()
)
"""Functions that give nothing a shell or a database would take for more than one word."""
_TEMPORARY = frozenset({"mkdtemp", "gettempdir", "NamedTemporaryFile", "TemporaryDirectory"})
"""Functions that give something a name of their own, but for how it begins and ends."""
_KEEPS = frozenset(
    "str format join strip lstrip rstrip removeprefix removesuffix lower upper replace abspath dirname basename "
    "realpath normpath expanduser Path resolve".split()
)
"""Functions that give what they are given, in another form."""
_NUMBERS = lazy.regex(r"%%|%[-+ #0-9.*]*[diouxXeEfFgG]")
_CONVERSION = lazy.regex(r"%(?!%)")


@dataclass(frozen=True)
class Names:
    """What the names of a function are bound to, all of it; None is anything, such as an argument."""

    bound: Mapping[str, list[ast.expr | None]]
    known: dict[str, bool]
    """Names that were found to be fixed or not; one that is being asked about is not."""

    def fixed(self, name: str, steps: int) -> bool:
        """Whether a name only ever holds what is fixed."""
        if name not in self.known:
            self.known[name] = False
            self.known[name] = name in self.bound and all(_keeps_fixed(one, self, steps) for one in self.bound[name])
        return self.known[name]


def unsure(value: ast.expr, names: Names, steps: int = 0) -> list[ast.expr]:
    """The parts of a text that may hold anything."""
    if steps > _MOST_STEPS:
        return [value]
    found, left = [], [value]
    while left:
        part = left.pop()
        inside = pieces(part)
        left += inside
        if not inside and not _fixed(part, names, steps + 1):
            found.append(part)
    return found


def _fixed(value: ast.expr, names: Names, steps: int) -> bool:
    """Whether a part is a literal, a number, a constant by its name, quoted, or made of such."""
    inside: list[ast.expr] = []
    match value:
        case ast.Constant() | ast.JoinedStr(values=[]):
            pass
        case ast.Name(id=name) | ast.Attribute(attr=name) if name.isupper() or name == "__file__":
            pass
        case ast.Attribute(value=ast.Name(id="sys"), attr="executable"):
            pass
        case ast.GeneratorExp(elt=ast.Constant()) | ast.ListComp(elt=ast.Constant()):
            pass
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name), attr="name"):  # of a temporary file
            return names.fixed(name, steps)
        case ast.Subscript(value=table):
            return last_name(table).isupper()
        case ast.IfExp(body=body, orelse=orelse):
            inside = [body, orelse]
        case ast.List(elts=parts) | ast.Tuple(elts=parts):
            inside = parts
        case ast.BinOp(left=left, op=ast.Mult()):
            inside = [left]
        case ast.Call() if last_name(value) in _TEMPORARY:
            inside = [*value.args, *(word.value for word in value.keywords)]
        case ast.Call() if last_name(value) in _KEEPS:
            inside = [*_receiver(value), *value.args]
        case _:
            return isinstance(value, ast.Call) and last_name(value) in _CLOSED
    return not any(unsure(part, names, steps) for part in inside)


def _receiver(call: ast.Call) -> list[ast.expr]:
    """What a method is called on, when that is a value and no module."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return [] if owner is None or last_name(owner) in {"os", "path", "pathlib"} else [owner]


def _keeps_fixed(value: ast.expr | None, names: Names, steps: int) -> bool:
    """Whether a name bound to this stays what it is; a list may grow."""
    grows = isinstance(value, ast.List | ast.ListComp)
    return value is not None and not grows and not unsure(value, names, steps)


def pieces(value: ast.expr) -> list[ast.expr]:
    """What a string is put together from; nothing for what is not put together."""
    match value:
        case ast.JoinedStr(values=parts):
            return [_interpolated(part) for part in parts]
        case ast.BinOp(left=left, op=ast.Mod(), right=right):
            if isinstance(left, ast.Constant) and isinstance(left.value, str) and _only_numbers(left.value):
                return [left]
            return [left, *(right.elts if isinstance(right, ast.Tuple) else [right])]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [left, right]
        case ast.Call(func=ast.Attribute(value=text, attr="format"), args=given, keywords=words):
            return [text, *given, *(word.value for word in words)]
    return []


def _interpolated(part: ast.expr) -> ast.expr:
    """The value in an interpolation; of one that is formatted as a number, the format."""
    if not isinstance(part, ast.FormattedValue):
        return part
    spec = ast.unparse(part.format_spec) if part.format_spec else ""
    return ast.Constant(spec) if re.search(r"[dxXeEfF]['\"]$", spec) else part.value


def _only_numbers(text: str) -> bool:
    return not _CONVERSION.search(_NUMBERS.sub("", text))


@lru_cache(maxsize=64)
def names_of(function: ast.AST) -> Names:
    """The names a function, or a module, binds anywhere in it."""
    found: dict[str, list[ast.expr | None]] = defaultdict(list)
    plain: set[int] = set()
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name) as target], value=value):
                found[name].append(value)
                plain.add(id(target))
            case ast.AnnAssign(target=ast.Name(id=name) as target, value=ast.expr() as value):
                found[name].append(value)
                plain.add(id(target))
            case ast.withitem(context_expr=value, optional_vars=ast.Name(id=name) as target):
                found[name].append(value)
                plain.add(id(target))
            case (
                ast.For(target=ast.Name(id=name) as target, iter=value)
                | ast.comprehension(target=ast.Name(id=name) as target, iter=value)
            ):
                found[name].append(ast.Tuple(value.elts) if isinstance(value, ast.List | ast.Set) else value)
                plain.add(id(target))
            case ast.arg(arg=name, annotation=annotation):
                number = isinstance(annotation, ast.Name) and annotation.id in {"int", "float", "bool"}
                found[name].append(ast.Constant(0) if number else None)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                for name in names:
                    found[name].append(None)
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in plain:
            found[node.id].append(None)
    return Names(found, {})


def last_name(value: ast.expr) -> str:
    """The last name in `a.b.c` or `a.b.c()`."""
    named = value.func if isinstance(value, ast.Call) else value
    return named.attr if isinstance(named, ast.Attribute) else named.id if isinstance(named, ast.Name) else ""
