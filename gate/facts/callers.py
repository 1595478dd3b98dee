"""Who calls a function, anywhere in a tree."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import cached_property
from itertools import islice

from gate import paths
from gate.facts import registries
from gate.facts.arguments import parameter
from gate.facts.imported import imported
from gate.facts.mentions import WORD
from gate.facts.module import Module
from gate.facts.names import module_name
from gate.facts.project import Project
from gate.facts.summary import ITEMS, PAIRS, Argument, Call, Function

Calling = tuple[Function, Call, tuple[Argument, ...]]
"""A function, a call it makes, and the arguments it hands over there."""

_MAX_CALLING_FILES = 300
_MAX_USING_FILES = 12


class Callers:
    """The calls of functions, found by who imports what and read when first asked for."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._known: dict[str, tuple[Calling, ...]] = {}
        self._imported_by: dict[str, tuple[str, ...]] = {}
        self._calling: dict[tuple[str, frozenset[str]], list[str]] = {}
        self._words: dict[str, frozenset[str]] = {}
        self._matching: dict[re.Pattern[str], list[str]] = {}
        self._registering: dict[str, tuple[Call, ...]] = {}
        self._handings: dict[tuple[str, str], list[tuple[Call, frozenset[str]]]] = {}

    @cached_property
    def _importers(self) -> dict[str, list[str]]:
        """Files by the dotted names they import."""
        found = defaultdict(list)
        self.project.repo.read_ahead(self.project.files)
        for path in self.project.files:
            source = self.project.repo.source(path)
            for name in imported(source) if source else ():
                found[name].append(path)
        return found

    def registrations(self, function: Function) -> tuple[Call, ...]:
        """Calls that are given a function by its name, as routers are."""
        if function.name not in self._registering:
            self._registering[function.name] = tuple(self._registered(function))
        return self._registering[function.name]

    def _registered(self, function: Function) -> Iterator[Call]:
        if function.short.startswith("__"):  # what Python calls by itself is handed to nobody
            return
        for path in self._files_calling(function, {function.short}):
            for call, names in self._handing(path, function.short):
                if any(function.short in name and self._leads(name, {function.name}) for name in names):
                    yield call

    def _handing(self, path: str, word: str) -> list[tuple[Call, frozenset[str]]]:
        """The calls in a file that may be given something of this name, each with the names it is given."""
        if (path, word) not in self._handings:
            found = self.project.module(path)
            calls = [call for each in found.mentioning({word}, handing=True) for call in each.calls] if found else []
            given = [(call, frozenset(n for a in call.arguments for n in a.value.names)) for call in calls]
            self._handings[path, word] = [(call, names) for call, names in given if names]
        return self._handings[path, word]

    def of(self, function: Function) -> tuple[Calling, ...]:
        """The calls of a function: who makes them, and with which arguments."""
        if function.name not in self._known:
            self._known[function.name] = ()  # a decorator may stand before what it holds
            self._known[function.name] = (*self._find(function), *self._by_another_way(function))
        return self._known[function.name]

    def _find(self, function: Function) -> Iterator[Calling]:
        makes = function.short in {"__init__", "__new__"}
        word = function.owner.rpartition(".")[2] if makes or function.short.startswith("__") else function.short
        names = {
            function.name,
            *(f"{owner}.{function.short}" for owner in self.project.ancestors(function.owner) if function.owner),
        }
        if makes:
            names = {function.owner}
        if function.outer and not function.short.startswith("<"):  # what `maker()` gives back may be called as it is
            names |= {f"{function.outer}.__call__", f"{function.outer}()"}
        words = self._aliases(
            function.path, {word, *self._held_in(function), *function.outer.rpartition(".")[2:]} - {""}
        )
        for path in self._files_calling(function, words):
            found = self.project.module(path)
            if found is None:
                continue
            said = _names_for(found, words) | ({"cls"} if makes else set())
            for calling in found.mentioning(said):
                yield from self._calls(calling, names, words)
        if function.short.startswith("<") and (
            own := self.project.module(function.path)
        ):  # a lambda, called where it stands
            for calling in own.family(function.outer):
                yield from self._calls(calling, names, {function.short})

    def _by_another_way(self, function: Function) -> Iterator[Calling]:
        """The calls out of a table, and of the function it is a kind of."""
        for keeper, table in dict.fromkeys(registries.tables(self.project, function, self.registrations(function))):
            names = {table, f"{table}.get.__call__", f"{table}.pop.__call__"}
            words = {table.rpartition(".")[2]}
            for path in self._files_calling(keeper, words):
                found = self.project.module(path)
                for calling in found.mentioning(words) if found else ():
                    yield from self._calls(calling, names, words)
        for target in registries.overloaded(self.project, function):
            yield from self.of(target)

    def decorating(self, function: Function, then: Function | None) -> Iterator[Calling]:
        """The calls of what a decorator's inner function stands for; not where `then`, which it calls, is that itself."""
        found = self.project.module(function.path)
        outer = found.function(function.outer) if found and function.outer else None
        if outer is None or function.name not in outer.returned.names or (then and registries.is_under(then, outer)):
            return
        for target in registries.wrapped(self.project, outer, [call for _, call, _ in self.of(outer)]):
            yield from self.of(target)

    def _aliases(self, path: str, words: set[str]) -> set[str]:
        """The words, and what packages call the same things: `from .calc import evaluate as compute`."""
        packages = [
            each for each in self._importing(path) if each.endswith("__init__.py") and self._mentions(each, words)
        ]
        return words.union(*(_names_for(found, words) for each in packages if (found := self.project.module(each))))

    def _held_in(self, function: Function) -> Iterator[str]:
        """Variables of a module that hold a function: a lambda's name, a table of functions."""
        found = self.project.module(function.path)
        for name, held in found.variables.items() if found else ():
            if function.name in held.names or f"{function.owner}()" in held.names:
                yield name

    def calling(self, function: Function, text: re.Pattern[str]) -> Iterator[Function]:
        """The functions that call one, in those files whose text matches."""
        word = function.short
        holding = {path for path in self._files_matching(text) if self._mentions(path, {word})}
        fitting = (path for path in self._files_calling(function, {word}) if path in holding) if holding else ()
        for path in islice(fitting, _MAX_USING_FILES):
            found = self.project.module(path)
            for calling in found.mentioning(_names_for(found, {word}), text) if found else ():
                if any(word in n and self._leads(n, {function.name}) for call in calling.calls for n in call.callees):
                    yield calling

    def _files_matching(self, text: re.Pattern[str]) -> list[str]:
        if text not in self._matching:
            self.project.repo.read_ahead(self.project.files)
            sources = ((path, self.project.repo.source(path)) for path in self.project.files)
            self._matching[text] = [path for path, source in sources if source and text.search(source.text)]
        return self._matching[text]

    def _calls(self, calling: Function, names: set[str], words: set[str]) -> Iterator[Calling]:
        for call in calling.calls:
            if any(_says(callee, words) and self._leads(callee, names) for callee in call.callees):
                yield calling, call, _unpacked(call)
            for argument in call.arguments:
                held = argument.value
                if not held.atoms and any(_says(n, words) and self._leads(n, names) for n in held.names):
                    yield from self._handed_on(call, argument)

    def _leads(self, callee: str, names: set[str]) -> bool:
        if callee in names:
            return True
        if callee.startswith("builtins.") or "." not in callee:
            return False
        return any(not isinstance(target, str) and target.name in names for target in self.project.targets(callee))

    def _handed_on(self, call: Call, argument: Argument) -> Iterator[Calling]:
        """A function is given to another, a decorator most often: the calls that one makes of it."""
        for target in (target for callee in call.callees for target in self.project.targets(callee)):
            if not isinstance(target, Function):
                continue
            taken = parameter(target, argument)
            found = self.project.module(target.path)
            for inner in found.family(target.name) if found and taken else ():
                for made in inner.calls:
                    if any(atom.kind in {"param", "free"} and atom.name == taken for atom in made.origin):
                        yield inner, made, made.arguments

    def _files_calling(self, function: Function, words: set[str]) -> list[str]:
        """The function's own file, and those that import its module, be it through another."""
        key = function.path, frozenset(words)
        if key not in self._calling:
            self._calling[key] = self._find_files(*key)
        return self._calling[key]

    def _find_files(self, start: str, words: Collection[str]) -> list[str]:
        seen = {start: None}
        waiting = [start]
        for _ in range(3):
            found = [path for each in waiting for path in self._importing(each) if path not in seen]
            holding = [path for path in found if path.endswith("__init__.py") or self._mentions(path, words)]
            seen.update(dict.fromkeys(holding))
            waiting = holding
        tested = paths.kind(start) == "test"  # no outsider comes in through a test
        files = [path for path in seen if (tested or paths.kind(path) != "test") and self._mentions(path, words)]
        return files[:_MAX_CALLING_FILES]

    def _mentions(self, path: str, words: Collection[str]) -> bool:
        if path not in self._words:
            source = self.project.repo.source(path)
            self._words[path] = frozenset(WORD.findall(source.text) if source else ())
        return not self._words[path].isdisjoint(words)

    def _importing(self, path: str) -> tuple[str, ...]:
        """The files that import a module by any of the names it may go by."""
        if path not in self._imported_by:
            parts = module_name(path).split(".")
            names = [".".join(parts[start:]) for start in range(len(parts))]
            self._imported_by[path] = tuple(dict.fromkeys(p for name in names for p in self._importers.get(name, ())))
        return self._imported_by[path]


def _unpacked(call: Call) -> tuple[Argument, ...]:
    """`task.apply_async((text,), kwargs={...})` hands its function what is in the collections."""
    if not any(callee.endswith((".apply_async", ".signature", ".subtask")) for callee in call.callees):
        return call.arguments
    kinds = {"0": ITEMS, "args": ITEMS, "1": PAIRS, "kwargs": PAIRS}
    return tuple(Argument(kinds[a.name], a.value) for a in call.arguments if a.name in kinds)


def _says(text: str, words: set[str]) -> bool:
    return any(word in text for word in words)


def _names_for(found: Module, words: set[str]) -> set[str]:
    """What a file may call something: its name, or another the file has for it."""
    return words | {name for name, meaning in found.names.local.items() if meaning.rpartition(".")[2] in words}
