"""All Python files of a tree as one program: what a dotted name leads to."""

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

from gate.fact import Repo
from gate.facts import sources
from gate.facts.module import Module, module
from gate.facts.names import module_name
from gate.facts.summary import Class, Function, Param
from gate.facts.value import CONTEXTS, Value

Target = Function | Class | str
"""What a name leads to: something of this tree, or the full name of something outside of it."""

_MAX_STEPS = 8
_MAX_RESULTS = 4
_MAX_BASES = 60
_MAX_CONTEXTS = 20


class Project:
    """The functions of one tree, read when a search first leads to them."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self._targets: dict[str, tuple[Target, ...]] = {}
        self._read: dict[str, Module | None] = {}
        self._modules: dict[str, str | None] = {}
        self._ancestors: dict[str, tuple[str, ...]] = {}
        self._methods: dict[str, tuple[Function, ...]] = {}

    @cached_property
    def _paths(self) -> dict[str, list[str]]:
        """Python files by the last part of their module's name."""
        found = defaultdict(list)
        for path in self.files:
            found[module_name(path).rpartition(".")[2]].append(path)
        return found

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The paths of all Python files."""
        return tuple(path for path in self.repo.paths if path.endswith(".py"))

    def module(self, path: str) -> Module | None:
        """A file's functions; None for one that is not there or does not parse."""
        if path not in self._read:
            source = self.repo.source(path)
            self._read[path] = module(source) if source is not None and source.tree is not None else None
        return self._read[path]

    def path(self, dotted: str) -> str | None:
        """The file of a module; its name may leave out leading folders such as `src`, but no package."""
        if dotted not in self._modules:
            fits = [path for path in self._paths.get(dotted.rpartition(".")[2], ()) if self._is_called(path, dotted)]
            self._modules[dotted] = min(fits, key=lambda path: (len(path), path)) if fits else None
        return self._modules[dotted]

    def _is_called(self, path: str, dotted: str) -> bool:
        whole = module_name(path)
        if whole == dotted:
            return True
        left_out = whole.removesuffix(f".{dotted}")
        return left_out != whole and left_out.replace(".", "/") + "/__init__.py" not in self.repo

    def targets(self, dotted: str, steps: int = 0) -> tuple[Target, ...]:
        """What a dotted name leads to, through re-exports, variables, attributes and base classes."""
        if dotted not in self._targets:
            if steps >= _MAX_STEPS:
                return ()
            self._targets[dotted] = ()  # a name that leads to itself leads nowhere
            self._targets[dotted] = tuple(dict.fromkeys(self._follow(dotted, steps)))
        return self._targets[dotted]

    def _follow(self, dotted: str, steps: int) -> Iterator[Target]:
        head, rest = self.split(dotted)
        found = self.module(head) if head else None
        if found is None:
            yield dotted
            return
        if rest:
            yield from self._member(found, rest.split("."), steps)

    def split(self, dotted: str) -> tuple[str | None, str]:
        """The file a dotted name lies in, and the name within it."""
        parts = dotted.split(".")
        for count in range(len(parts), 0, -1):
            path = self.path(".".join(parts[:count]))
            if path:
                return path, ".".join(parts[count:])
        return None, dotted

    def _member(self, found: Module, parts: list[str], steps: int) -> Iterator[Target]:
        base = found.names.module
        for count in range(len(parts), 0, -1):
            name = ".".join([base, *parts[:count]])
            rest = parts[count:]
            if name in found.definitions.functions or (count == len(parts) and found.function(name) is not None):
                yield from self._of_function(found, name, rest, steps)
                return
            kind = found.class_named(name)
            if kind is not None:
                yield from self._of_class(kind, rest, steps)
                return
        yield from self._of_variable(found, parts, steps)

    def _of_function(self, found: Module, name: str, rest: list[str], steps: int) -> Iterator[Target]:
        function = found.function(name)
        if function is None:
            return
        if not rest or rest[0] in sources.ENQUEUE:
            yield function
            return
        rest = [] if rest == ["__call__"] else rest
        for given in sorted(function.returned.names)[:_MAX_RESULTS]:
            yield from self.targets(".".join([given.removesuffix("()"), *rest]), steps + _MAX_STEPS // 2)

    def _of_class(self, kind: Class, rest: list[str], steps: int) -> Iterator[Target]:
        if not rest:
            yield kind
            return
        method = self.method(kind.name, rest[0])
        if method is not None and len(rest) == 1:
            yield method
            return
        for name in [kind.name, *self.ancestors(kind.name)]:
            owner = self.class_named(name)
            for typed in owner.types.get(rest[0], ()) if owner else ():
                yield from self.targets(".".join([typed, *rest[1:]]), steps + 1)
        for outside in self.ancestors(kind.name):
            if self.class_named(outside) is None:
                yield ".".join([outside, *rest])

    def _of_variable(self, found: Module, parts: list[str], steps: int) -> Iterator[Target]:
        names = set(found.variables[parts[0]].names) if parts[0] in found.variables else set()
        origin = found.names.local.get(parts[0])
        own = f"{found.names.module}.{parts[0]}"
        if origin:
            names.add(origin)
        elif not names:
            names |= {f"{star}.{parts[0]}" for star in found.names.stars}
        for name in sorted(names - {own}):
            asked = parts[1:] or (["__call__"] if name.endswith("()") else [])  # an object that is itself called
            yield from self.targets(".".join([name.removesuffix("()"), *asked]), steps + 1)

    def class_named(self, name: str) -> Class | None:
        return next((target for target in self.targets(name) if isinstance(target, Class)), None)

    def alias(self, dotted: str, steps: int = 0) -> Param | None:
        """A parameter whose annotation is what a name for one stands for, through re-exports."""
        head, rest = self.split(dotted)
        found = self.module(head) if head else None
        if found is None or steps >= _MAX_STEPS:
            return None
        origin = found.names.local.get(rest)
        return found.aliases.get(rest) or (self.alias(origin, steps + 1) if origin else None)

    def providers(self, param: Param) -> frozenset[str]:
        """The functions a web framework calls for a parameter's value, named beside it or by an alias of that."""
        behind = (self.alias(name) for name in (*param.annotation, param.default) if name)
        return param.depends.union(*(alias.depends for alias in behind if alias))

    def ancestors(self, name: str) -> tuple[str, ...]:
        """The bases of a class and theirs; those outside of the tree by name."""
        if name not in self._ancestors:
            waiting, seen = [name], [name]
            while waiting and len(seen) < _MAX_BASES:
                kind = self.class_named(waiting.pop())
                bases = kind.bases if kind else ()
                targets = [target for base in bases for target in (*self.targets(base), *_known(base))]
                new = [full for target in targets if (full := _full(target)) not in seen]
                seen += new
                waiting += new
            self._ancestors[name] = tuple(seen[1:])
        return self._ancestors[name]

    def method(self, owner: str, name: str) -> Function | None:
        """A method of a class or of its bases."""
        for kind in (owner, *self.ancestors(owner)):
            path, _ = self.split(kind)
            found = self.module(path) if path else None
            if found and f"{kind}.{name}" in found.definitions.functions:
                return found.function(f"{kind}.{name}")
        return None

    def methods(self, owner: str) -> tuple[Function, ...]:
        """The methods of a class and of its bases."""
        if owner not in self._methods:
            self._methods[owner] = tuple(self._read_methods(owner))
        return self._methods[owner]

    def _read_methods(self, owner: str) -> Iterator[Function]:
        for kind in (owner, *self.ancestors(owner)):
            path, _ = self.split(kind)
            found = self.module(path) if path else None
            for name, (_, holder) in found.definitions.functions.items() if found else ():
                if holder == kind and (function := found.function(name) if found else None):
                    yield function

    def stores(self, owner: str, name: str) -> Iterator[tuple[Function, Value, int]]:
        """What methods of a class put into an attribute."""
        shared = self._mentioning(f"g.{name}") if owner in CONTEXTS else [self.split(owner)[0]]
        held = (self.module(path) for path in shared if path)
        for function in (each for found in held if found for each in found.mentioning([name])):
            for attribute, stored, line in function.stores:
                if attribute == f"{owner}.{name}":
                    yield function, stored, line

    def _mentioning(self, text: str) -> list[str]:
        """Files in which a text stands."""
        sources = ((path, self.repo.source(path)) for path in self.files)
        return [path for path, source in sources if source is not None and text in source.text][:_MAX_CONTEXTS]


def _known(base: str) -> tuple[str, ...]:
    """A class of a library that answers requests means what it always means, whatever file of the tree has its name."""
    return (base,) if sources.view(base) else ()


def _full(target: Target) -> str:
    return target if isinstance(target, str) else target.name
