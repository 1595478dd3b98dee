"""How values flow through the expressions of one function."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from gate.facts import propagate, runners, sources
from gate.facts.names import Names, constant
from gate.facts.summary import Argument, Call, Class, Reached
from gate.facts.value import (
    BEHIND,
    CHOSEN,
    CLEAN,
    NO_NAMES,
    NONE,
    PREFIXED,
    QUOTED,
    SIGNED,
    Atom,
    Value,
    atoms_of,
    few,
    made,
    marked,
    member,
    read,
    union,
    unmarked,
    without,
)  # fmt: skip

Env = dict[str, Value]
_NAMESPACES = {"builtins.globals", "builtins.locals", "builtins.vars"}
_MAX_CALLS = 3_000


@dataclass
class Frame:
    """The reading of one function, from its first statement to its last."""

    name: str
    names: Names
    class_named: Callable[[str], Class | None]
    """The classes of this file, by full dotted name."""
    web: bool
    """The file speaks of a web framework."""
    env: Env = field(default_factory=dict)
    """What variables and paths such as `job.code` hold at this point."""
    around: Env = field(default_factory=dict)
    """What the variables of the enclosing function hold."""
    globals: Env = field(default_factory=dict)
    ever: Env = field(default_factory=dict)
    """All that a variable ever held."""
    calls: list[Call] = field(default_factory=list)
    reached: list[Reached] = field(default_factory=list)
    returned: list[Value] = field(default_factory=list)
    stores: list[tuple[str, Value, int]] = field(default_factory=list)
    leaving: list[list[Env]] = field(default_factory=list)
    """By loop: what variables hold where it is left early."""
    nested: "list[tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, str, Env]]" = field(default_factory=list)
    looping: int = 0
    last: dict[int, Value] = field(default_factory=dict)
    """What each expression gave when it was last read."""

    def bind(self, name: str, value: Value) -> None:
        """A variable is set: what was known of its parts is over."""
        for key in [key for key in self.env if key.startswith((name + ".", name + "["))] if self.parts else ():
            del self.env[key]
        self.env[name] = value
        self.ever[name] = union([self.ever[name], value]) if name in self.ever else value

    parts: bool = False
    """Some path longer than a variable's name is known."""


def value(frame: Frame, node: ast.AST | None) -> Value:
    """What an expression gives; calls and sinks in it are noted in the frame."""
    if node is None:
        return CLEAN
    key = place(node)
    known = frame.env.get(key) if key is not None else None
    found = known if known is not None else _READERS.get(type(node), _parts)(frame, node)
    frame.last[id(node)] = found
    return found


def again(frame: Frame, node: ast.AST) -> Value:
    """What an expression gave when it was last read; reading it anew at each level would take for ever."""
    return frame.last.get(id(node), CLEAN)


def place(node: ast.AST) -> str | None:
    """A variable, or attributes and constant keys of one, as text: `job.code`, `body['op']`."""
    trail: list[str] = []
    while True:
        if isinstance(node, ast.Name):
            return node.id + "".join(reversed(trail))
        if isinstance(node, ast.Attribute):
            trail.append("." + node.attr)
            node = node.value
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            trail.append(f"[{node.slice.value!r}]")
            node = node.value
        elif isinstance(node, ast.Call) and _is_get(node):
            trail.append(f"[{node.args[0].value!r}]")  # type: ignore[attr-defined]
            node = node.func.value  # type: ignore[attr-defined]
        else:
            return None


def elements(found: Value) -> Value:
    """What iterating over a value gives."""
    return replace(found, atoms=unmarked(found.atoms, BEHIND), program=False)


def assign(frame: Frame, target: ast.AST, found: Value, written: ast.AST | None = None) -> None:
    """Bind a target; `written` is the expression, for targets that take it apart."""
    if isinstance(target, ast.Name):
        frame.bind(target.id, found)
        _bind_parts(frame, target.id, written)
    elif isinstance(target, ast.Starred):
        assign(frame, target.value, found)
    elif isinstance(target, ast.Tuple | ast.List):
        pairs = _pairs(target, written)
        for index, part in enumerate(target.elts):
            given = pairs[index] if pairs else None
            assign(frame, part, again(frame, given) if given is not None else elements(found), given)
    elif isinstance(target, ast.Attribute | ast.Subscript):
        _store(frame, target, found)


def call_at(
    frame: Frame, node: ast.expr | ast.stmt, callees: Iterable[str], given: Iterable[Argument], origin: Value
) -> Atom:
    """Note a call and give the origin that its result is."""
    number = len(frame.calls)
    if number < _MAX_CALLS:
        end = node.end_lineno or node.lineno
        first = constant(node.args[0]) if isinstance(node, ast.Call) and node.args else None
        call = Call(node.lineno, end, few(callees), tuple(given), origin.atoms, number, first or "")
        frame.calls.append(call)
    return Atom("call", str(number))


def _is_get(node: ast.Call) -> bool:
    return (
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "get"
        and len(node.args) == 1
        and isinstance(node.args[0], ast.Constant)
    )


def _bind_parts(frame: Frame, name: str, written: ast.AST | None) -> None:
    if isinstance(written, ast.Dict):
        for key, part in zip(written.keys, written.values, strict=True):
            if isinstance(key, ast.Constant):
                frame.env[f"{name}[{key.value!r}]"] = again(frame, part)
                frame.parts = True


def _pairs(target: ast.Tuple | ast.List, written: ast.AST | None) -> list[ast.expr] | None:
    if not isinstance(written, ast.Tuple | ast.List) or len(written.elts) != len(target.elts):
        return None
    starred = any(isinstance(part, ast.Starred) for part in (*target.elts, *written.elts))
    return None if starred else written.elts


def _store(frame: Frame, target: ast.Attribute | ast.Subscript, found: Value) -> None:
    key, base = place(target), value(frame, target.value)
    if key is not None:
        frame.env[key] = found
        frame.parts = True
    for atom in base.atoms:
        if atom.kind == "self" and isinstance(target, ast.Attribute):
            frame.stores.append((f"{atom.name}.{target.attr}", found, target.lineno))
        elif atom.kind == "attr" and isinstance(target, ast.Subscript):
            frame.stores.append((atom.name, found, target.lineno))
    widen(frame, target.value, found)


def widen(frame: Frame, node: ast.AST, found: Value) -> None:
    """Something is put into what `node` names."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if not found.atoms or not isinstance(node, ast.Name) or node.id not in frame.env:
        return
    old = frame.env[node.id]
    if not any(atom.kind == "self" for atom in old.atoms) and not any(sources.is_request(name) for name in old.names):
        put = marked(found.atoms, BEHIND) if old.program else found.atoms
        frame.env[node.id] = frame.ever[node.id] = replace(old, atoms=old.atoms | put)


def _name(frame: Frame, node: ast.Name) -> Value:
    if node.id in frame.around:
        return free(node.id, frame.around[node.id])
    known = frame.globals.get(node.id)
    meaning = frame.names.resolve(node.id)
    stars = () if "." in meaning else (f"{star}.{meaning}" for star in frame.names.stars)
    names = frozenset({meaning, *stars})
    if known is not None:
        names = known.names or names
    outside = frozenset({Atom("global", meaning)}) if known is not None and known.atoms else NONE
    return Value(outside, names)


def free(name: str, found: Value) -> Value:
    """A variable of the enclosing function, as seen from the function within."""
    kept = frozenset(atom for atom in found.atoms if atom.kind == "self")
    outside = frozenset({Atom("free", name)}) if found.atoms - kept else NONE
    return Value(kept | outside, found.names, found.program)


def _attribute(frame: Frame, node: ast.Attribute) -> Value:
    base = value(frame, node.value)
    return attribute(frame, base, node.attr, node.lineno)


def attribute(frame: Frame, base: Value, name: str, line: int) -> Value:
    """An attribute of a value; reading some of them is a source."""
    names = few(member(owner, name) for owner in base.names)
    owners = [frame.class_named(owner.removesuffix("()")) for owner in base.names]
    typed = few(kind for owner in owners if owner for kind in owner.types.get(name, ()))
    atoms = frozenset(
        Atom("attr", f"{atom.name}.{name}") if atom.kind == "self" else atom
        for atom in read(frozenset(a for a in base.atoms if a.kind != "self"), name)
        | frozenset(a for a in base.atoms if a.kind == "self")
    )
    fed = frozenset(Atom(kind, said, line=line) for said in names if (kind := sources.source_of(said)))
    if any(atom.kind in {"request", "llm"} for atom in atoms) and name in propagate.HARMLESS:
        atoms = NONE
    return Value(atoms | fed, made(typed) or names)


def _subscript(frame: Frame, node: ast.Subscript) -> Value:
    base, index = value(frame, node.value), value(frame, node.slice)
    named = frame.names.of(node)
    if named and not base.atoms:
        return Value(names=frozenset({named}))
    key = constant(node.slice)
    if key is None and index.atoms and _is_namespace(frame, node.value, base):
        return Value(marked(index.atoms, CHOSEN))
    atoms = read(base.atoms, key or "") if key is not None else unmarked(without(base.atoms, CHOSEN), BEHIND)
    return Value(unmarked(atoms, PREFIXED + QUOTED), base.names)


def _is_namespace(frame: Frame, node: ast.AST, base: Value) -> bool:
    if isinstance(node, ast.Attribute) and node.attr == "__dict__":
        return True
    called = isinstance(node, ast.Call) and not _NAMESPACES.isdisjoint(again(frame, node.func).names)
    return called or "sys.modules" in base.names or "builtins" in base.names


def _call(frame: Frame, node: ast.Call) -> Value:
    from gate.facts.calls import called

    return called(frame, node)


def _binop(frame: Frame, node: ast.BinOp) -> Value:
    left, right = value(frame, node.left), value(frame, node.right)
    if isinstance(node.op, ast.Add) and left.program:
        return replace(left, atoms=left.atoms | marked(right.atoms, BEHIND))
    if isinstance(node.op, ast.BitOr):
        return union([left, right])
    if not isinstance(node.op, ast.Add | ast.Mod | ast.Div | ast.Mult):
        return CLEAN
    within = isinstance(node.op, ast.Div) and not left.atoms  # a path below a known folder
    behind = unmarked(right.atoms, BEHIND)
    behind = marked(behind, PREFIXED) if within else behind_text(constant(node.left), behind)
    return Value(without(unmarked(left.atoms, BEHIND) | behind, CHOSEN), left.names if within else NO_NAMES)


def behind_text(prefix: str | None, atoms: frozenset[Atom]) -> frozenset[Atom]:
    """Origins of text that is put behind constant text."""
    text = (prefix or "").split("%")[0].split("{")[0]
    if len(text) < 3 or runners.RUNS.search(text):
        return unmarked(atoms, PREFIXED)
    return marked(atoms, PREFIXED)


def _joined(frame: Frame, node: ast.JoinedStr) -> Value:
    first = constant(node.values[0]) if node.values else None
    atoms = atoms_of(value(frame, part) for part in node.values)
    return Value(behind_text(first, unmarked(without(atoms, CHOSEN), BEHIND)))


def _formatted(frame: Frame, node: ast.FormattedValue) -> Value:
    return union([value(frame, node.value), value(frame, node.format_spec)])


def _list(frame: Frame, node: ast.List | ast.Tuple) -> Value:
    return command_line(frame, node.elts)


def command_line(frame: Frame, parts: list[ast.expr]) -> Value:
    """A list; what stands behind a constant program in it is an argument, unless an interpreter runs it."""
    given = [value(frame, part) for part in parts]
    texts = [_word(part, given[index]) for index, part in enumerate(parts)]
    runs = _runs_from(texts)
    constant_program = bool(texts) and bool(texts[0])
    atoms: frozenset[Atom] = NONE
    for index, found in enumerate(given):
        behind = index > 0 and index < runs and not isinstance(parts[0], ast.Starred)
        atoms |= marked(found.atoms, BEHIND) if behind else found.atoms
    names = few(name for found in given for name in found.names)
    return Value(atoms, names, constant_program and runs > len(texts))


def _word(node: ast.expr, found: Value) -> str:
    text = constant(node)
    return "python" if text is None and "sys.executable" in found.names else text or ""


def _runs_from(words: list[str]) -> int:
    """The index behind `sh -c`, where words start to be run; beyond the end if none are."""
    for index, word in enumerate(words):
        if runners.INTERPRETERS.match(word):
            flags = (i for i in range(index + 1, len(words)) if runners.COMMAND_FLAGS.match(words[i]))
            return next(flags, len(words)) + 1
    return len(words) + 1


def _dict(frame: Frame, node: ast.Dict) -> Value:
    given = [value(frame, part) for part in (*node.values, *node.keys)]
    return Value(unmarked(without(atoms_of(given), CHOSEN), BEHIND), few(n for v in given for n in v.names))


def _comprehension(frame: Frame, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Value:
    from gate.facts.narrow import narrowed

    before = dict(frame.env)
    for part in node.generators:
        assign(frame, part.target, elements(value(frame, part.iter)))
        for test in part.ifs:
            value(frame, test)
            frame.env.update(narrowed(frame, test)[0])
    made = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    found = union([value(frame, part) for part in made])
    frame.env = before
    return replace(found, atoms=without(found.atoms, CHOSEN))


def _ifexp(frame: Frame, node: ast.IfExp) -> Value:
    from gate.facts.narrow import narrowed

    value(frame, node.test)
    then, other = narrowed(frame, node.test)
    return union([_under(frame, node.body, then), _under(frame, node.orelse, other)])


def _under(frame: Frame, node: ast.expr, known: Env) -> Value:
    before = frame.env
    frame.env = {**before, **known}
    found = value(frame, node)
    frame.env = before
    return found


def _boolop(frame: Frame, node: ast.BoolOp) -> Value:
    from gate.facts.narrow import narrowed

    before, found = frame.env, []
    frame.env = dict(before)
    for part in node.values:
        found.append(value(frame, part))
        frame.env.update(narrowed(frame, part)[0 if isinstance(node.op, ast.And) else 1])
    walrus = [n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)]
    frame.env = {**before, **{name: frame.env[name] for name in walrus if name in frame.env}}
    return union(found)


def _walrus(frame: Frame, node: ast.NamedExpr) -> Value:
    found = value(frame, node.value)
    assign(frame, node.target, found, node.value)
    return found


def _lambda(frame: Frame, node: ast.Lambda) -> Value:
    name = f"{frame.name}.<lambda:{node.lineno}:{node.col_offset}>"
    frame.nested.append((node, name, dict(frame.env)))
    return Value(names=frozenset({name}))


def _yield(frame: Frame, node: ast.Yield | ast.YieldFrom) -> Value:
    frame.returned.append(value(frame, node.value))
    return CLEAN


def _clean(frame: Frame, node: ast.AST) -> Value:
    """A truth value or a number: its parts are still read for calls."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            value(frame, child)
    return CLEAN


def _inner(frame: Frame, node: ast.Await | ast.Starred) -> Value:
    return value(frame, node.value)


def _parts(frame: Frame, node: ast.AST) -> Value:
    return union([value(frame, child) for child in _expressions(node)])


def _expressions(node: ast.AST) -> Iterator[ast.expr]:
    return (child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr))


_READERS: dict[type, Callable[..., Value]] = {
    ast.Name: _name, ast.Attribute: _attribute, ast.Subscript: _subscript, ast.Call: _call, ast.BinOp: _binop,
    ast.JoinedStr: _joined, ast.FormattedValue: _formatted, ast.List: _list, ast.Tuple: _list, ast.Dict: _dict,
    ast.ListComp: _comprehension, ast.SetComp: _comprehension, ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension, ast.IfExp: _ifexp, ast.BoolOp: _boolop, ast.NamedExpr: _walrus,
    ast.Lambda: _lambda, ast.Yield: _yield, ast.YieldFrom: _yield, ast.Compare: _clean, ast.UnaryOp: _clean,
    ast.Slice: _clean, ast.Constant: _clean, ast.Await: _inner, ast.Starred: _inner,
}  # fmt: skip

__all__ = ["SIGNED", "Frame", "assign", "attribute", "call_at", "command_line", "elements", "place", "value", "widen"]
