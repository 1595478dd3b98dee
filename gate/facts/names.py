"""Which thing a name means: imports, aliases and definitions of one module, read as Python reads them."""

import ast
import builtins
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from gate.source import Source

if TYPE_CHECKING:
    import libcst as cst

_BUILTINS = frozenset(dir(builtins))
_IMPORTERS = {"builtins.__import__", "importlib.import_module", "importlib.__import__"}
_GLOBALS = {"builtins.globals", "builtins.locals", "builtins.vars"}
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


@dataclass(frozen=True, eq=False)
class Names:
    """The names of one module: `sp.run` is `subprocess.run` where `import subprocess as sp` was said."""

    module: str
    """The dotted name of the module by its path: `app.service` for `app/service.py`."""
    local: Mapping[str, str]
    """Names bound by imports, definitions and plain aliases, anywhere in the file, and what they mean."""
    stars: tuple[str, ...]
    """Modules of which everything is imported."""
    patched: Mapping[str, str] = field(default_factory=dict)
    """What this file puts in the place of an attribute of a module or class: `json.loads = evaluate`."""

    def resolve(self, dotted: str) -> str:
        """The full meaning of a dotted name; an unknown first name stands for itself."""
        head, dot, rest = dotted.partition(".")
        if head in self.local:
            return self.local[head] + dot + rest
        if head == "__builtins__":
            return f"builtins{dot}{rest}"
        return f"builtins.{dotted}" if head in _BUILTINS else dotted

    def of(self, node: "ast.AST | cst.CSTNode") -> str:
        """The full dotted name an expression means, "" for one that is no name.

        `getattr(os, "system")`, `__import__("os").system`, `vars(os)["system"]` and
        `sys.modules["os"].system` all mean `os.system`.
        """
        return _meaning(node if isinstance(node, ast.AST) else _from_libcst(node), self)


@lru_cache(maxsize=8192)
def names(source: Source) -> Names:
    """The names of a Python file; one that does not parse has none."""
    found = Names(module_name(source.path), {}, ())
    if source.tree is None:
        return found
    local: dict[str, str] = {}
    stars: list[str] = []
    package = found.module if source.path.endswith("__init__.py") else found.module.rpartition(".")[0]
    patched: dict[str, str] = {}
    table = Names(found.module, local, ())
    for statement, depth in statements(source.tree.body):
        for name, meaning in _bound(statement, package, table, outermost=depth == 0):
            if name == "*":
                stars.append(meaning)
            elif depth == 0 or name not in local:
                local[name] = meaning
        patched.update(_patches(statement, table))
    return Names(found.module, local, tuple(stars), patched)


def _patches(node: ast.stmt, table: Names) -> Iterator[tuple[str, str]]:
    """The attributes of what is imported or defined here that a statement replaces by something with a name."""
    if not isinstance(node, ast.Assign):
        return
    meaning = _meaning(node.value, table) if isinstance(node.value, ast.Name | ast.Attribute) else ""
    for target in node.targets if meaning else ():
        owner = target.value if isinstance(target, ast.Attribute) else None
        if isinstance(target, ast.Attribute) and isinstance(owner, ast.Name) and owner.id in table.local:
            yield f"{table.resolve(owner.id)}.{target.attr}", meaning


def module_name(path: str) -> str:
    """`app/service.py` is `app.service`, `app/__init__.py` is `app`."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def constant(node: ast.AST | None) -> str | None:
    """The text of a string that is written out, be it in pieces; None for any other expression."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    parts: list[str | None] = [None]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts = [constant(node.left), constant(node.right)]
    elif isinstance(node, ast.JoinedStr):
        parts = [constant(part) for part in node.values]
    elif _is_join(node):
        parts = [constant(part) for part in node.args[0].elts]  # type: ignore[union-attr]
    known = [part for part in parts if part is not None]
    return "".join(known) if len(known) == len(parts) else None


def _is_join(node: ast.AST | None) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "join"
        and constant(node.func.value) == ""
        and len(node.args) == 1
        and isinstance(node.args[0], ast.List | ast.Tuple)
    )


def statements(body: Sequence[ast.stmt]) -> Iterator[tuple[ast.stmt, int]]:
    """Every statement in the order of the text, with how many functions and classes lie around it."""
    stack: list[tuple[ast.AST, int]] = [(child, 0) for child in reversed(body)]
    while stack:
        node, depth = stack.pop()
        if isinstance(node, ast.stmt):
            yield node, depth
        inner = depth + isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        stack += [(child, inner) for child in reversed(list(inside(node)))]


def inside(node: ast.AST) -> Iterator[ast.AST]:
    """The statements right inside of a compound statement, and the handlers and cases that hold more."""
    for name in _BLOCKS:
        yield from getattr(node, name, ())


def _bound(node: ast.stmt, package: str, table: Names, *, outermost: bool) -> Iterator[tuple[str, str]]:
    """The names a statement binds and what they mean; a star is bound to its module."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (alias.asname, alias.name) if alias.asname else (alias.name.partition(".")[0],) * 2
    elif isinstance(node, ast.ImportFrom):
        origin = _origin(node, package)
        for alias in node.names:
            if alias.name == "*":
                yield "*", origin
            else:
                yield alias.asname or alias.name, f"{origin}.{alias.name}".lstrip(".")
    elif outermost and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name, f"{table.module}.{node.name}"
    elif outermost and isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        meaning = _meaning(node.value, table)
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name):
                unknown = isinstance(node.value, ast.Name) and meaning == node.value.id
                yield target.id, meaning if meaning and not unknown else f"{table.module}.{target.id}"


def _origin(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".") if package else []
    kept = parts[: len(parts) - node.level + 1]
    return ".".join([*kept, *([node.module] if node.module else [])])


def _meaning(node: ast.AST, table: Names, steps: int = 6) -> str:
    """`steps` bounds what is read for the sake of a part; only hostile code needs more."""
    trail: list[str] = []
    while steps:
        if isinstance(node, ast.Attribute):
            trail.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Name):
            return _joined(table.resolve(node.id), trail)
        elif (step := _step(node, table, steps - 1)) is None:
            return ""
        else:
            node, name = step
            trail.append(name)
            if isinstance(node, ast.Constant):  # a module named by its text
                return _joined("", trail)
    return ""


def _joined(head: str, trail: list[str]) -> str:
    parts = [head, *(name for name in reversed(trail) if name != "__dict__")]
    return ".".join(part for part in parts if part).replace("builtins.__builtins__", "builtins")


def _step(node: ast.AST, table: Names, steps: int) -> tuple[ast.AST, str] | None:
    """One step inwards of a spelled-out way to reach a name: what is left, and the name it led to."""
    if isinstance(node, ast.NamedExpr):
        return node.value, ""
    if isinstance(node, ast.Subscript):
        return _subscript(node, table, steps)
    if not isinstance(node, ast.Call) or not node.args:
        return None
    if (got := _getter(node, table, steps)) is not None:
        return node.args[0], got
    function = _meaning(node.func, table, steps)
    if function == "builtins.getattr" and len(node.args) > 1 and (name := constant(node.args[1])):
        return node.args[0], name
    if function in _IMPORTERS and (module := constant(node.args[0])):
        return ast.Constant(module), module
    return (node.args[0], "") if function == "builtins.vars" else None


def _getter(node: ast.Call, table: Names, steps: int) -> str | None:
    """The name that `operator.attrgetter("system")(os)` reads."""
    made = node.func
    if isinstance(made, ast.Call) and made.args and _meaning(made.func, table, steps) == "operator.attrgetter":
        return constant(made.args[0])
    return None


def _subscript(node: ast.Subscript, table: Names, steps: int) -> tuple[ast.AST, str] | None:
    key = constant(node.slice)
    if key is None:
        return None
    if _is_globals(node.value, table, steps):
        return ast.Name(key, ast.Load()), ""
    whole = _meaning(node.value, table, steps)
    if whole == "sys.modules":
        return ast.Constant(key), key
    if whole == "builtins" or _is_namespace(node.value, table, steps):
        return node.value, key
    return None


def _is_globals(node: ast.AST, table: Names, steps: int) -> bool:
    """`globals()`, `function.__globals__`: the names of a module."""
    if isinstance(node, ast.Call):
        return not node.args and _meaning(node.func, table, steps) in _GLOBALS
    return isinstance(node, ast.Attribute) and node.attr == "__globals__"


def _is_namespace(node: ast.AST, table: Names, steps: int) -> bool:
    if isinstance(node, ast.Call):
        return _meaning(node.func, table, steps) == "builtins.vars"
    return isinstance(node, ast.Attribute) and node.attr == "__dict__"


def _from_libcst(node: "cst.CSTNode") -> ast.AST:
    import libcst as cst

    try:
        return ast.parse(cst.Module([]).code_for_node(node).strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError):
        return ast.Constant(None)
