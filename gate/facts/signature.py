"""What functions and classes say of their parameters and attributes."""

import ast
from collections.abc import Iterator
from dataclasses import replace

from gate.facts import runners
from gate.facts.names import Names, statements
from gate.facts.summary import ITEMS, PAIRS, Class, Param
from gate.facts.value import few

_MANY = 20
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_BOUNDS = frozenset({"pattern", "regex", "gt", "ge", "lt", "le"})


def params(names: Names, node: Definition) -> Iterator[Param]:
    """The parameters of a function in the order they are written."""
    given = node.args
    positional = [*given.posonlyargs, *given.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(given.defaults)) + list(given.defaults)
    pairs = [*zip(positional, defaults, strict=True), *zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    for index, (arg, default) in enumerate(pairs):
        yield _param(names, arg, default, positional=index < len(positional))
    for rest, kind in ((given.vararg, ITEMS), (given.kwarg, PAIRS)):
        if rest is not None:
            yield replace(_param(names, rest, None, positional=False), rest=kind)


def switched_off(node: Definition) -> Iterator[str]:
    """Parameters whose default is False or None."""
    given = node.args
    positional = [*given.posonlyargs, *given.args]
    late = positional[len(positional) - len(given.defaults) :]
    for arg, default in (
        *zip(late, given.defaults, strict=True),
        *zip(given.kwonlyargs, given.kw_defaults, strict=True),
    ):
        if isinstance(default, ast.Constant) and not default.value:
            yield arg.arg


def aliases(names: Names, tree: ast.Module) -> dict[str, Param]:
    """Names a file gives to annotations and defaults, as parameters that have them: `Dep = Annotated[Session, Depends(f)]`."""
    found = {}
    for part in tree.body:
        match part:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Subscript() as said)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Subscript() as said)
            ):
                found[name] = _param(names, ast.arg(name, said), None, positional=False)
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as said)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.Call() as said)
            ):
                inner = said.args[1] if names.of(said.func) == "typing.cast" and len(said.args) > 1 else said
                told = _param(names, ast.arg(name), inner, positional=False)
                found |= {name: told} if told.depends or told.pattern else {}
    return found


def read_class(names: Names, name: str, node: ast.ClassDef) -> Class:
    """A class by its own text."""
    types: dict[str, frozenset[str]] = {}
    fields = []
    holds: dict[str, frozenset[str]] = {}
    for part in node.body:
        said = _named(names, part.value) if isinstance(part, ast.Assign) else frozenset()
        if said and isinstance(part, ast.Assign):
            holds.update((target.id, said) for target in part.targets if isinstance(target, ast.Name))
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            fields.append(part.target.id)
            types[part.target.id] = _field_type(names, part)
        elif isinstance(part, ast.Assign) and isinstance(part.value, ast.Call) and not said:
            made = few([names.of(part.value.func)])
            types.update((target.id, made) for target in part.targets if isinstance(target, ast.Name))
        elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            types.update({key: kind for key, kind in _set_types(names, part) if key not in types})
            holds.update(_set_names(names, part))
    bases = [names.of(base.value if isinstance(base, ast.Subscript) else base) for base in node.bases]
    known = {key: kind - {""} for key, kind in types.items() if kind - {""}}
    return Class(name, tuple(base for base in bases if base), known, tuple(fields), holds)


def _named(names: Names, node: ast.expr) -> frozenset[str]:
    """The things an expression names: `run`, `os.system`, `{"run": os.system}`, `staticmethod(run)`."""
    match node:
        case ast.Dict(values=parts) | ast.List(elts=parts) | ast.Tuple(elts=parts):
            return few(name for part in parts[:_MANY] for name in _named(names, part))
        case ast.Call(func=ast.Name(id="staticmethod" | "partial"), args=[inner, *_]):
            return _named(names, inner)
        case ast.Name() | ast.Attribute():
            return few([names.of(node)]) - {""}
    return frozenset()


def is_static(node: Definition) -> bool:
    """Whether a method takes no `self`."""
    return _is_marked(node, "staticmethod")


def is_of_class(node: Definition) -> bool:
    """Whether a method takes its class in place of `self`."""
    return _is_marked(node, "classmethod")


def _is_marked(node: Definition, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in getattr(node, "decorator_list", ()))


def _param(names: Names, arg: ast.arg, default: ast.expr | None, *, positional: bool) -> Param:
    hints = _parts(arg.annotation)
    calls = [part for part in (*hints, default) if isinstance(part, ast.Call)]
    depends = [call for call in calls if names.of(call.func).endswith(("Depends", "Security"))]
    annotation = few(names.of(part) for part in hints if not isinstance(part, ast.Call))
    factories = few(names.of(call.args[0]) for call in depends if call.args) or few(["?"] if depends else [])
    said = names.of(default) if isinstance(default, ast.Name | ast.Attribute) else ""
    runs = frozenset({said}) if runners.known(said) else frozenset[str]()
    bounded = any(map(_bounds, calls))
    return Param(arg.arg, annotation - {""}, factories, positional, pattern=bounded, runs=runs, default=said)


def _bounds(call: ast.Call) -> bool:
    """Whether `Query(...)` or `Field(...)` limits what the text may be."""
    return any(keyword.arg in _BOUNDS for keyword in call.keywords)


def _field_type(names: Names, node: ast.AnnAssign) -> frozenset[str]:
    hints = _parts(node.annotation)
    if any(isinstance(part, ast.Call) and _bounds(part) for part in (*hints, node.value)):
        return frozenset({"typing.Literal"})
    return few(names.of(part) for part in hints)


def _set_types(names: Names, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, frozenset[str]]]:
    """The types of `self.x` set in a method, where a constructor or an annotated parameter says them."""
    said = {arg.arg: few(map(names.of, _parts(arg.annotation))) for arg in node.args.args if arg.annotation}
    for part, _ in statements(node.body):
        for target in part.targets if isinstance(part, ast.Assign) else ():
            if not (isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name)):
                continue
            if target.value.id == "self" and isinstance(part, ast.Assign):
                yield target.attr, _made_by(names, part.value, said)


def _set_names(names: Names, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, frozenset[str]]]:
    """The things by name that `self.x` is set to in a method; its parameters are not what they are called after."""
    given = {arg.arg for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}
    for part, _ in statements(node.body):
        for target in part.targets if isinstance(part, ast.Assign) else ():
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
                said = frozenset(name for name in _named(names, part.value) if "." in name)  # type: ignore[attr-defined]
                own = isinstance(part.value, ast.Name) and part.value.id in given  # type: ignore[attr-defined]
                if said and not own:
                    yield target.attr, said


def _made_by(names: Names, node: ast.expr, said: dict[str, frozenset[str]]) -> frozenset[str]:
    if isinstance(node, ast.Call):
        return frozenset({names.of(node.func)})
    if isinstance(node, ast.BoolOp):
        return few(name for part in node.values for name in _made_by(names, part, said))
    if isinstance(node, ast.IfExp):
        return _made_by(names, node.body, said) | _made_by(names, node.orelse, said)
    return said.get(node.id, frozenset()) if isinstance(node, ast.Name) else frozenset()


def _parts(node: ast.expr | None) -> list[ast.expr]:
    """What an annotation speaks of: `Annotated[str | None, Query()]` is `str`, `None` and `Query()`."""
    found: list[ast.expr] = []
    stack = [node] if node is not None else []
    while stack and len(found) < 20:
        part = stack.pop()
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            stack += _written_as_text(part.value)
        elif isinstance(part, ast.BinOp):
            stack += [part.left, part.right]
        elif isinstance(part, ast.Subscript):
            inner = part.slice
            stack += [part.value, *(inner.elts if isinstance(inner, ast.Tuple) else [inner])]
        elif isinstance(part, ast.Name | ast.Attribute | ast.Call):
            found.append(part)
    return found


def _written_as_text(annotation: str) -> list[ast.expr]:
    """An annotation in quotes, where it is a dotted name."""
    parts = annotation.split(".")
    if not all(part.isidentifier() for part in parts) or len(parts) > 20:
        return []
    node: ast.expr = ast.Name(parts[0], ast.Load())
    for part in parts[1:]:
        node = ast.Attribute(node, part, ast.Load())
    return [node]
