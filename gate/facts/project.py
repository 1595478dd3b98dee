"""All Python files of a tree as one program: what a dotted name leads to, and who calls a function."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any

from gate import paths
from gate.fact import Repo
from gate.facts import sources
from gate.facts.imported import imported
from gate.facts.module import Module, module
from gate.facts.names import module_name
from gate.facts.summary import RECEIVER, Argument, Call, Class, Function, Reached
from gate.facts.value import Value

Target = Function | Class | str
"""What a name leads to: something of this tree, or the full name of something outside of it."""

_MAX_STEPS = 8
_MAX_RESULTS = 4
_MAX_CALLING_FILES = 300
_MAX_USING_FILES = 12
_MAX_BASES = 60


class Project:
    """The functions of one tree, read when a search first leads to them."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self._targets: dict[str, tuple[Target, ...]] = {}
        self._callers: dict[str, tuple[tuple[Function, Call, tuple[Argument, ...]], ...]] = {}
        self._read: dict[str, Module | None] = {}
        self._modules: dict[str, str | None] = {}
        self._imported_by: dict[str, tuple[str, ...]] = {}
        self._matching: dict[str, bool] = {}
        self._ancestors: dict[str, tuple[str, ...]] = {}
        self.routes: dict[tuple[str, int, str], tuple[Any, ...]] = {}
        """The ways to a sink, once searched for."""
        self._reported: set[tuple[str, ...]] = set()
        self.incomplete: set[str] = set()
        """Functions with more callers than are looked at."""

    @cached_property
    def _paths(self) -> dict[str, list[str]]:
        """Python files by the last part of their module's name."""
        found = defaultdict(list)
        for path in self._python:
            found[module_name(path).rpartition(".")[2]].append(path)
        return found

    @cached_property
    def _python(self) -> tuple[str, ...]:
        return tuple(path for path in self.repo.paths if path.endswith(".py"))

    @cached_property
    def _importers(self) -> dict[str, list[str]]:
        """Files by the dotted names they import."""
        found = defaultdict(list)
        for path in self._python:
            source = self.repo.source(path)
            for name in imported(source) if source else ():
                found[name].append(path)
        return found

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
        head, rest = self._split(dotted)
        found = self.module(head) if head else None
        if found is None:
            yield dotted
            return
        if rest:
            yield from self._member(found, rest.split("."), steps)

    def _split(self, dotted: str) -> tuple[str | None, str]:
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
            yield from self.targets(".".join([name.removesuffix("()"), *parts[1:]]), steps + 1)

    def class_named(self, name: str) -> Class | None:
        return next((target for target in self.targets(name) if isinstance(target, Class)), None)

    def ancestors(self, name: str) -> tuple[str, ...]:
        """The bases of a class and theirs; those outside of the tree by name."""
        if name not in self._ancestors:
            waiting, seen = [name], [name]
            while waiting and len(seen) < _MAX_BASES:
                kind = self.class_named(waiting.pop())
                targets = [target for base in (kind.bases if kind else ()) for target in self.targets(base)]
                new = [full for target in targets if (full := _full(target)) not in seen]
                seen += new
                waiting += new
            self._ancestors[name] = tuple(seen[1:])
        return self._ancestors[name]

    def method(self, owner: str, name: str) -> Function | None:
        """A method of a class or of its bases."""
        for kind in (owner, *self.ancestors(owner)):
            path, _ = self._split(kind)
            found = self.module(path) if path else None
            if found and f"{kind}.{name}" in found.definitions.functions:
                return found.function(f"{kind}.{name}")
        return None

    def methods(self, owner: str) -> Iterator[Function]:
        """The methods of a class and of its bases."""
        for kind in (owner, *self.ancestors(owner)):
            path, _ = self._split(kind)
            found = self.module(path) if path else None
            for name, (_, holder) in found.definitions.functions.items() if found else ():
                if holder == kind and (function := found.function(name) if found else None):
                    yield function

    def first(self, sink: Reached, function: Function, entry: Function) -> bool:
        """Whether this way to a sink is asked about for the first time; many functions may lie on one way."""
        key = (function.name, str(sink.line), sink.kind, entry.name)
        new = key not in self._reported
        self._reported.add(key)
        return new

    def registrations(self, function: Function) -> Iterator[Call]:
        """Calls at the top level of files that are given a function by its name."""
        for path in self._files_calling(function, function.short):
            found = self.module(path)
            for call in found.top.calls if found else ():
                if any(self._leads(n, {function.name}) for a in call.arguments for n in a.value.names):
                    yield call

    def stores(self, owner: str, name: str) -> Iterator[tuple[Function, Value, int]]:
        """What methods of a class put into an attribute."""
        path, _ = self._split(owner)
        found = self.module(path) if path else None
        for function in found.mentioning([name]) if found else ():
            for attribute, stored, line in function.stores:
                if attribute == f"{owner}.{name}":
                    yield function, stored, line

    def callers(self, function: Function) -> tuple[tuple[Function, Call, tuple[Argument, ...]], ...]:
        """The calls of a function: who makes them, and with which arguments."""
        if function.name not in self._callers:
            self._callers[function.name] = tuple(self._find_callers(function))
        return self._callers[function.name]

    def _find_callers(self, function: Function) -> Iterator[tuple[Function, Call, tuple[Argument, ...]]]:
        makes = function.short == "__init__"
        word = function.owner.rpartition(".")[2] if makes else function.short
        names = {
            function.name,
            *(f"{owner}.{function.short}" for owner in self.ancestors(function.owner) if function.owner),
        }
        if makes:
            names = {function.owner}
        for path in self._files_calling(function, word):
            found = self.module(path)
            if found is None:
                continue
            for calling in found.mentioning(_names_for(found, word)):
                yield from self._calls(calling, names, word)

    def calling(self, function: Function, text: re.Pattern[str]) -> Iterator[Function]:
        """The functions that call one, in those files whose text matches."""
        word = function.short
        fitting = (path for path in self._files_calling(function, word) if self._matches(path, text))
        for path in islice(fitting, _MAX_USING_FILES):
            found = self.module(path)
            for calling in found.mentioning(_names_for(found, word), text) if found else ():
                if any(word in n and self._leads(n, {function.name}) for call in calling.calls for n in call.callees):
                    yield calling

    def _matches(self, path: str, text: re.Pattern[str]) -> bool:
        if path not in self._matching:
            source = self.repo.source(path)
            self._matching[path] = source is not None and text.search(source.text) is not None
        return self._matching[path]

    def _calls(
        self, calling: Function, names: set[str], word: str
    ) -> Iterator[tuple[Function, Call, tuple[Argument, ...]]]:
        for call in calling.calls:
            if any(word in callee and self._leads(callee, names) for callee in call.callees):
                yield calling, call, call.arguments
            for argument in call.arguments:
                if not argument.value.atoms and any(word in n and self._leads(n, names) for n in argument.value.names):
                    yield from self._handed_on(call, argument)

    def _leads(self, callee: str, names: set[str]) -> bool:
        if callee in names:
            return True
        if callee.startswith("builtins.") or "." not in callee:
            return False
        return any(not isinstance(target, str) and target.name in names for target in self.targets(callee))

    def _handed_on(self, call: Call, argument: Argument) -> Iterator[tuple[Function, Call, tuple[Argument, ...]]]:
        """A function is given to another, a decorator most often: the calls that one makes of it."""
        for target in (target for callee in call.callees for target in self.targets(callee)):
            if not isinstance(target, Function):
                continue
            taken = parameter(target, argument)
            found = self.module(target.path)
            for inner in found.family(target.name) if found and taken else ():
                for made in inner.calls:
                    if any(atom.kind in {"param", "free"} and atom.name == taken for atom in made.origin):
                        yield inner, made, made.arguments

    def _files_calling(self, function: Function, word: str) -> list[str]:
        """The function's own file, and those that import its module, be it through another."""
        seen = {function.path: None}
        waiting = [function.path]
        for _ in range(3):
            found = [path for each in waiting for path in self._importing(each) if path not in seen]
            holding = [path for path in found if path.endswith("__init__.py") or self._mentions(path, word)]
            seen.update(dict.fromkeys(holding))
            waiting = holding
        tested = paths.kind(function.path) == "test"  # no outsider comes in through a test
        files = [path for path in seen if (tested or paths.kind(path) != "test") and self._mentions(path, word)]
        if len(files) > _MAX_CALLING_FILES:
            self.incomplete.add(function.name)
        return files[:_MAX_CALLING_FILES]

    def _mentions(self, path: str, word: str) -> bool:
        source = self.repo.source(path)
        return source is not None and word in source.text

    def _importing(self, path: str) -> tuple[str, ...]:
        """The files that import a module by any of the names it may go by."""
        if path not in self._imported_by:
            parts = module_name(path).split(".")
            names = [".".join(parts[start:]) for start in range(len(parts))]
            self._imported_by[path] = tuple(dict.fromkeys(p for name in names for p in self._importers.get(name, ())))
        return self._imported_by[path]


def parameter(function: Function, argument: Argument) -> str | None:
    """The parameter an argument is handed to."""
    if argument.name == RECEIVER:
        return None
    names = [param.name for param in function.params if param.positional]
    if function.owner and names and not any(d.name == "builtins.staticmethod" for d in function.decorators):
        names = names[1:]
    if argument.name.isdigit():
        index = int(argument.name)
        rest = next((param.name for param in function.params if param.rest and param.name), None)
        return names[index] if index < len(names) else rest
    said = [param.name for param in function.params if param.name == argument.name]
    return said[0] if said else next((param.name for param in function.params[::-1] if param.rest), None)


def _names_for(found: Module, word: str) -> set[str]:
    """What a file may call something: its name, or another the file has for it."""
    return {word, *(name for name, meaning in found.names.local.items() if meaning.rpartition(".")[2] == word)}


def _full(target: Target) -> str:
    return target if isinstance(target, str) else target.name


@lru_cache(maxsize=2)
def project(repo: Repo) -> Project:
    return Project(repo)
