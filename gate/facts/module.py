"""One Python file as the flow search sees it: its functions and classes, each read when first asked for."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from gate import lazy
from gate.facts import calls, flow, judging, operators, sources, steps
from gate.facts.defined import Definitions, definitions
from gate.facts.frame import Env, Frame, free, value
from gate.facts.mentions import Mentions
from gate.facts.names import Names, constant, names, statements
from gate.facts.signature import Definition, aliases, is_of_class, is_static, params, read_class, switched_off
from gate.facts.summary import Class, Decorator, Function, Judged, Param, merged
from gate.facts.value import CLEAN, Atom, Value, made, union
from gate.nodes import walk
from gate.source import Source

_GLOBAL = lazy.regex(r"^[ \t]+global[ \t]+([^\n#;]+)", re.MULTILINE)
_FILLED = lazy.regex(r"^[ \t]+(?:await )?(\w+)\.(?:put|put_nowait|set|append|appendleft)\(", re.MULTILINE)
"""Queues, lists and context variables that a function may put something in."""
_YIELDS = ast.Yield | ast.YieldFrom
_READERS = {**flow.READERS, **calls.READERS, **operators.READERS}
_Told = tuple[Frame, ast.Module | Definition, str, tuple[Param, ...], int, str]
"""What makes a function: its reading, its definition, its class, its parameters, its line, and the function around."""


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
        return definitions(self.source.tree or ast.Module([], []), self.names.module)

    def class_named(self, name: str) -> Class | None:
        """A class by its full dotted name."""
        if name not in self._classes and name in self.definitions.classes:
            self._classes[name] = self._local_bases(read_class(self.names, name, self.definitions.classes[name]))
        return self._classes.get(name)

    def _local_bases(self, kind: Class) -> Class:
        """A class with the full names of bases that are defined beside it, in a function."""
        beside = kind.name.rpartition(".")[0]
        full = (f"{beside}.{base}" for base in kind.bases)
        pairs = zip(kind.bases, full, strict=True)
        return replace(kind, bases=tuple(own if own in self.definitions.classes else base for base, own in pairs))

    @cached_property
    def aliases(self) -> Mapping[str, Param]:
        """What the names for annotations stand for."""
        return aliases(self.names, self.source.tree or ast.Module([], []))

    @cached_property
    def _classes(self) -> dict[str, Class]:
        return {}

    @cached_property
    def _statements(self) -> Frame:
        """The statements outside of functions, read."""
        tree = self.source.tree or ast.Module([], [])
        frame = Frame(f"{self.names.module}.<module>", self.names, self.class_named, _READERS, self.web, node=tree)
        _read(frame, tree)
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
    def texts(self) -> Mapping[str, str]:
        """By variable in capitals that is set once, to a text: the text; other modules leave such a one alone."""
        tree = self.source.tree or ast.Module([], [])
        held = {one.id: text for part in tree.body for one, text in _texts(part) if one.id.isupper()}
        stored = (part for part in walk(tree) if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load))
        times = Counter(part.id for part in stored) if held else Counter()
        own = {name for name in held if self.names.local.get(name) == f"{self.names.module}.{name}"}
        return {name: held[name] for name in own - self._rebound if times[name] == 1}

    @cached_property
    def set_outside(self) -> frozenset[str]:
        """What the statements outside of functions set, and functions that say `global`."""
        tree = self.source.tree or ast.Module([], [])
        parts = (part for part, depth in statements(tree.body) if depth == 0)
        targets = (one for part in parts for one in getattr(part, "targets", [getattr(part, "target", None)]))
        return frozenset(one.id for one in targets if isinstance(one, ast.Name)) | self._rebound

    @cached_property
    def _rebound(self) -> frozenset[str]:
        said = _GLOBAL.findall(self.source.text)
        named = (name.strip() for names in said for name in names.split(","))
        return frozenset(named) | frozenset(_FILLED.findall(self.source.text))

    @cached_property
    def _lambdas(self) -> Mapping[str, Function]:
        return {told[0].name: self._function(*told) for told in self._nested(self._statements, "")}

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

    def mentioning(
        self, words: Iterable[str], also: re.Pattern[str] | None = None, *, handing: bool = False
    ) -> Iterator[Function]:
        """The functions that may use what any of these words names, and those around or within them.

        `also` is a pattern their text must match as well; where they are `handing` it on, calling it is not enough.
        """
        if also is None:
            yield from self.family("<module>")
        for name in self._mentions.of(words, also, handing=handing):
            yield from self._family(name).values()

    @cached_property
    def _mentions(self) -> Mentions:
        return Mentions(self.source, self.definitions)

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
            frames = self._frames(node, name, owner, {}, "")
            self._families[name] = {told[0].name: self._function(*told) for told in frames}
        return self._families[name]

    def around(self, line: int) -> str:
        """The function around a line that lies in no other, or the method of a class in one; "" outside of all."""
        held = self.definitions.functions.items()
        spans = ((node.lineno, name) for name, (node, _) in held if node.lineno <= line <= (node.end_lineno or 0))
        return max(spans, default=(0, ""))[1]

    def frames(self, name: str) -> Iterator[Frame]:
        """The readings of a function that lies in no other, and of those defined in it; of the top level for ""."""
        if not name:
            yield self._statements
            return
        node, owner = self.definitions.functions[name]
        yield from (told[0] for told in self._frames(node, name, owner, {}, ""))

    def node(self, name: str, line: int) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """Where a function is written, be it in another; None for a lambda."""
        if name in self.definitions.functions:
            return self.definitions.functions[name][0]
        outermost = self._outermost(name)
        inner = walk(self.definitions.functions[outermost][0]) if outermost else []
        fitting = (part for part in inner if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef))
        return next((part for part in fitting if part.lineno == line and part.name == name.rpartition(".")[2]), None)

    def verdicts(self, name: str, *, awaited: bool) -> Mapping[str, Judged]:
        """What a function that lies in no other lets pass of its parameters; nothing of one that is not run by a call."""
        if name not in self.definitions.functions:
            return {}
        node, owner = self.definitions.functions[name]
        runs = isinstance(node, ast.AsyncFunctionDef) is awaited and not any(isinstance(p, _YIELDS) for p in walk(node))
        if name not in self._verdicts:
            frame, _, _, given, *_ = next(self._frames(node, name, owner, {}, "", judges=True))
            self._verdicts[name] = judging.judged(frame, given)
        return self._verdicts[name] if runs else {}

    @cached_property
    def _verdicts(self) -> dict[str, Mapping[str, Judged]]:
        return {}

    def _frames(
        self, node: Definition, name: str, owner: str, around: Env, outer: str, *, judges: bool = False
    ) -> Iterator[_Told]:
        frame = Frame(
            name,
            self.names,
            self.class_named,
            _READERS,
            self.web,
            around=dict(around),
            globals=self.variables,
            texts=self.texts,
            rebound=self._rebound,
            node=node,
            judges=judges or judging.is_judge(name.rpartition(".")[2]) or (bool(owner) and judging.validates(node)),
        )
        given = tuple(params(self.names, node))
        frame.options = frozenset(switched_off(node))
        for index, param in enumerate(given):
            frame.around.pop(param.name, None)
            first = self._initial(param, owner if index == 0 and not outer else "", node)
            if param.runs and not first.names:
                first = first._replace(names=param.runs)
            default = around.get(f"{param.name}=")
            frame.env[param.name] = union([first, free(f"{param.name}=", default)]) if default else first
        _read(frame, node)
        yield frame, node, owner, given, node.lineno, outer
        yield from self._nested(frame, name)

    def _nested(self, frame: Frame, outer: str) -> Iterator[_Told]:
        seen = set()
        for node, name, then in frame.nested:
            if (id(node)) not in seen and frame.name.count(".<") + name.count(".") < 40:
                seen.add(id(node))
                seen_from_here = {key: free(key, found) for key, found in frame.around.items()}
                moved = {
                    key: held._replace(told=False)
                    for key, held in then.items()
                    if held.settled and not frame.stays(key)
                }
                around = {**seen_from_here, **frame.ever, **then, **moved} if outer else {}
                yield from self._frames(node, name, "", around, outer)

    def _initial(self, param: Param, owner: str, node: Definition) -> Value:
        if owner and not is_static(node):
            return Value(
                frozenset({Atom("self", owner)}), frozenset({owner}) if is_of_class(node) else made([owner]), told=True
            )
        names = made(param.annotation)
        if not names and param.name in {"request", "req"} and self.web:
            names = frozenset({"?request"})
        return Value(frozenset({Atom("param", param.name)}), names, told=True)

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
            tuple(frame.stores), dict(frame.around), outer, frame.deep,
            judging.judged(frame, params), judging.idle(frame, params),
        )  # fmt: skip

    def _decorator(self, frame: Frame, node: ast.expr) -> Decorator:
        called = node if isinstance(node, ast.Call) else None
        function = called.func if called else node
        meant = sorted(value(frame, function).names) or [self.names.of(function)]
        first = called.args[0] if called and called.args else None
        return Decorator(meant[0], constant(first) or "")


def _texts(part: ast.stmt) -> Iterator[tuple[ast.Name, str]]:
    """`SCRIPT = "ls"`."""
    if isinstance(part, ast.Assign | ast.AnnAssign) and (text := constant(part.value)):
        targets = part.targets if isinstance(part, ast.Assign) else [part.target]
        yield from ((target, text) for target in targets if isinstance(target, ast.Name))


def _read(frame: Frame, node: ast.Module | Definition) -> None:
    try:
        if isinstance(node, ast.Lambda):
            frame.returned.append(value(frame, node.body))
        elif steps.run(frame, node.body):
            judging.note_answer(frame, None)
    except RecursionError:
        frame.deep = True


@lru_cache(maxsize=8192)
def module(source: Source) -> Module:
    return Module(source)
