"""One Python file as the flow search sees it: its functions and classes, each read when first asked for."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from gate.facts import sources, steps
from gate.facts.flow import Env, Frame, free, value
from gate.facts.names import Names, constant, inside, names, statements
from gate.facts.summary import Class, Decorator, Function, Param, merged
from gate.facts.value import CLEAN, Atom, Value, few, made, union
from gate.source import Source

_BOUNDS = frozenset({"pattern", "regex", "gt", "ge", "lt", "le"})
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Definitions:
    """Where the functions that lie in no other function are, and the classes."""

    functions: Mapping[str, tuple[ast.FunctionDef | ast.AsyncFunctionDef, str]]
    """By dotted name: the definition, and the dotted name of its class."""
    classes: Mapping[str, ast.ClassDef]


@dataclass(frozen=True, eq=False)
class Module:
    source: Source

    @cached_property
    def names(self) -> Names:
        return names(self.source)

    @cached_property
    def web(self) -> bool:
        return bool(sources.WEB.search(self.source.text))

    @cached_property
    def definitions(self) -> Definitions:
        functions: dict[str, tuple[ast.FunctionDef | ast.AsyncFunctionDef, str]] = {}
        classes: dict[str, ast.ClassDef] = {}
        stack: list[tuple[ast.AST, str, str]] = [(self.source.tree or ast.Module([], []), self.names.module, "")]
        while stack:
            node, prefix, owner = stack.pop()
            for child in inside(node):
                if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                    functions[f"{prefix}.{child.name}"] = (child, owner)
                elif isinstance(child, ast.ClassDef):
                    name = f"{prefix}.{child.name}"
                    classes[name] = child
                    stack.append((child, name, name))
                else:
                    stack.append((child, prefix, owner))
        return Definitions(functions, classes)

    def class_named(self, name: str) -> Class | None:
        """A class by its full dotted name."""
        if name not in self._classes and name in self.definitions.classes:
            self._classes[name] = self._class(name, self.definitions.classes[name])
        return self._classes.get(name)

    @cached_property
    def _classes(self) -> dict[str, Class]:
        return {}

    @cached_property
    def _statements(self) -> Frame:
        """The statements outside of functions, read."""
        tree = self.source.tree or ast.Module([], [])
        frame = Frame(f"{self.names.module}.<module>", self.names, self.class_named, self.web)
        steps.run(frame, tree.body)
        return frame

    @cached_property
    def top(self) -> Function:
        """The statements outside of functions, as a function."""
        return self._function(self._statements, self.source.tree or ast.Module([], []), "", (), 1)

    @cached_property
    def variables(self) -> Env:
        """What the variables at the top level ever hold."""
        functions = self.definitions.functions
        held = self._statements.ever.items()
        return {name: found for name, found in held if f"{self.names.module}.{name}" not in functions}

    @cached_property
    def _lambdas(self) -> Mapping[str, Function]:
        return dict(self._nested(self._statements, ""))

    def function(self, name: str) -> Function | None:
        """A function by its full dotted name, nested ones included."""
        if name.endswith(".<module>"):
            return self.top
        outermost = self._outermost(name)
        return self._family(outermost).get(name) if outermost else self._lambdas.get(name)

    def family(self, name: str) -> Iterator[Function]:
        """A function and all that are defined in it."""
        if name.endswith("<module>"):
            return iter([self.top, *self._lambdas.values()])
        outermost = self._outermost(name)
        return iter(self._family(outermost).values()) if outermost else iter(())

    def mentioning(self, words: Iterable[str], also: re.Pattern[str] | None = None) -> Iterator[Function]:
        """The functions in whose text any of the words stands, and those around or within them.

        `also` is a pattern their text must match as well.
        """
        if also is None:
            yield from self.family("<module>")
        for name in dict.fromkeys(name for word in sorted(words) for name in self._holders.get(word, ())):
            if also is None or also.search(self._text(name)):
                yield from self._family(name).values()

    def _text(self, name: str) -> str:
        node, _ = self.definitions.functions[name]
        return "\n".join(self.source.lines[node.lineno - 1 : node.end_lineno])

    @cached_property
    def _holders(self) -> Mapping[str, list[str]]:
        """By word, the functions in whose text it stands."""
        found: dict[str, list[str]] = {}
        for name in self.definitions.functions:
            for word in set(_WORD.findall(self._text(name))):
                found.setdefault(word, []).append(name)
        return found

    def _outermost(self, name: str) -> str | None:
        while name and name not in self.definitions.functions:
            name = name.rpartition(".")[0]
        return name or None

    @cached_property
    def _families(self) -> dict[str, Mapping[str, Function]]:
        return {}

    def _family(self, name: str) -> Mapping[str, Function]:
        """A function and those defined in it."""
        if name not in self._families:
            node, owner = self.definitions.functions[name]
            self._families[name] = dict(self._read(node, name, owner, {}, ""))
        return self._families[name]

    def _read(self, node: Definition, name: str, owner: str, around: Env, outer: str) -> Iterator[tuple[str, Function]]:
        frame = Frame(name, self.names, self.class_named, self.web, around=dict(around), globals=self.variables)
        params = tuple(self._params(node))
        for index, param in enumerate(params):
            frame.around.pop(param.name, None)
            frame.env[param.name] = self._initial(param, owner if index == 0 and not outer else "", node)
        if isinstance(node, ast.Lambda):
            frame.returned.append(value(frame, node.body))
        else:
            steps.run(frame, node.body)
        yield name, self._function(frame, node, owner, params, node.lineno, outer)
        yield from self._nested(frame, name)

    def _nested(self, frame: Frame, outer: str) -> Iterator[tuple[str, Function]]:
        seen = set()
        for node, name, then in frame.nested:
            if (id(node)) not in seen and frame.name.count(".<") + name.count(".") < 40:
                seen.add(id(node))
                seen_from_here = {key: free(key, found) for key, found in frame.around.items()}
                around = {**seen_from_here, **frame.ever, **then} if outer else {}
                yield from self._read(node, name, "", around, outer)

    def _initial(self, param: Param, owner: str, node: Definition) -> Value:
        if owner and not _is_static(node):
            return Value(frozenset({Atom("self", owner)}), made([owner]))
        names = made(param.annotation)
        if not names and param.name in {"request", "req"} and self.web:
            names = frozenset({"?request"})
        return Value(frozenset({Atom("param", param.name)}), names)

    def _function(
        self,
        frame: Frame,
        node: ast.Module | Definition,
        owner: str,
        params: tuple[Param, ...],
        line: int,
        outer: str = "",
    ) -> Function:
        end = getattr(node, "end_lineno", None) or line
        decorators = getattr(node, "decorator_list", ())
        return Function(
            frame.name, self.source.path, line, end, owner, params,
            tuple(self._decorator(frame, part) for part in decorators),
            tuple(frame.calls), merged(frame.reached), union(frame.returned or [CLEAN]),
            tuple(frame.stores), dict(frame.around), outer,
        )  # fmt: skip

    def _decorator(self, frame: Frame, node: ast.expr) -> Decorator:
        called = node if isinstance(node, ast.Call) else None
        function = called.func if called else node
        meant = sorted(value(frame, function).names) or [self.names.of(function)]
        first = called.args[0] if called and called.args else None
        return Decorator(meant[0], constant(first) or "")

    def _params(self, node: Definition) -> Iterator[Param]:
        given = node.args
        positional = [*given.posonlyargs, *given.args]
        defaults: list[ast.expr | None] = [None] * (len(positional) - len(given.defaults)) + list(given.defaults)
        pairs = [*zip(positional, defaults, strict=True), *zip(given.kwonlyargs, given.kw_defaults, strict=True)]
        for index, (arg, default) in enumerate(pairs):
            yield self._param(arg, default, positional=index < len(positional))
        for rest in (given.vararg, given.kwarg):
            if rest is not None:
                yield replace(self._param(rest, None, positional=False), rest=True)

    def _param(self, arg: ast.arg, default: ast.expr | None, *, positional: bool) -> Param:
        hints = _parts(arg.annotation)
        calls = [part for part in (*hints, default) if isinstance(part, ast.Call)]
        depends = [c for c in calls if self.names.of(c.func).endswith(("Depends", "Security"))]
        bounded = any(k.arg in _BOUNDS for c in calls for k in c.keywords)
        annotation = few(self.names.of(part) for part in hints if not isinstance(part, ast.Call))
        factories = few(self.names.of(c.args[0]) for c in depends if c.args) or few(["?"] if depends else [])
        return Param(arg.arg, annotation - {""}, factories, positional, rest=False, pattern=bounded)

    def _class(self, name: str, node: ast.ClassDef) -> Class:
        types: dict[str, frozenset[str]] = {}
        fields = []
        for part in node.body:
            if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                fields.append(part.target.id)
                bounded = any(
                    isinstance(p, ast.Call) and any(k.arg in _BOUNDS for k in p.keywords)
                    for p in (*_parts(part.annotation), part.value)
                )
                types[part.target.id] = few(
                    ["typing.Literal"] if bounded else [self.names.of(p) for p in _parts(part.annotation)]
                )
            elif (
                isinstance(part, ast.Assign)
                and isinstance(part.value, ast.Call)
                and isinstance(part.targets[0], ast.Name)
            ):
                types[part.targets[0].id] = few([self.names.of(part.value.func)])
            elif isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
                types.update({k: v for k, v in self._set_types(part) if k not in types})
        bases = tuple(base for base in (self.names.of(_origin(b)) for b in node.bases) if base)
        return Class(name, bases, {k: v - {""} for k, v in types.items() if v - {""}}, tuple(fields))

    def _set_types(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, frozenset[str]]]:
        """The types of `self.x` set in a method, where a constructor or an annotated parameter says them."""
        said = {
            arg.arg: few(self.names.of(p) for p in _parts(arg.annotation)) for arg in node.args.args if arg.annotation
        }
        for part, _ in statements(node.body):
            if not isinstance(part, ast.Assign):
                continue
            for target in part.targets:
                if (
                    isinstance(target, ast.Attribute)
                    and isinstance(target.value, ast.Name)
                    and target.value.id == "self"
                ):
                    if isinstance(part.value, ast.Call):
                        yield target.attr, frozenset({self.names.of(part.value.func)})
                    elif isinstance(part.value, ast.Name):
                        yield target.attr, said.get(part.value.id, frozenset())


def _is_static(node: Definition) -> bool:
    return any(isinstance(part, ast.Name) and part.id == "staticmethod" for part in getattr(node, "decorator_list", ()))


def _origin(node: ast.expr) -> ast.expr:
    return node.value if isinstance(node, ast.Subscript) else node


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


@lru_cache(maxsize=512)
def module(source: Source) -> Module:
    return Module(source)
