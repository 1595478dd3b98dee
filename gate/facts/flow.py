"""How values flow through expressions."""

import ast

from gate import lazy
from gate.facts import propagate, sequences, sources, texts
from gate.facts.assignment import assign, assign_each
from gate.facts.certain import outcome
from gate.facts.commands import command_line
from gate.facts.frame import Env, Frame, Readers, again, as_part, expressions, free, part_of, text, value
from gate.facts.located import LOCATES
from gate.facts.names import constant
from gate.facts.narrow import narrowed
from gate.facts.value import (
    ANY,
    BEHIND,
    CHOSEN,
    CLEAN,
    CONTEXTS,
    DECLARED,
    HOST,
    NAMED,
    NONE,
    SETTLED,
    SHAPED,
    Atom,
    Atoms,
    Value,
    atoms_of,
    few,
    made,
    marked,
    member,
    mixed,
    picked,
    put,
    read,
    union,
    unmarked,
    without,
)  # fmt: skip
from gate.nodes import walk

_PATH = lazy.regex(r"pathlib\.(?:Pure)?(?:Posix|Windows)?Path\(\)$")
_UPLOADS = lazy.regex(r"\brequest\.FILES$|\.(?:cleaned|validated)_data$")
"""Django keeps no more than the last part of what a file is called (django.core.files.uploadedfile)."""
_LAST_PART = {"name", "stem", "suffix"}
_NAMESPACES = {"builtins.globals", "builtins.locals", "builtins.vars"}


def _name(frame: Frame, node: ast.Name) -> Value:
    frame.unset.add(node.id)
    if node.id in frame.around:
        return free(node.id, frame.around[node.id])
    known = frame.globals.get(node.id)
    meaning = frame.names.resolve(node.id)
    stars = () if "." in meaning else (f"{star}.{meaning}" for star in frame.names.stars)
    names = frozenset({meaning, *stars})
    if known is not None:
        names = known.names or names
    fed = known is not None and (known.atoms or node.id in frame.rebound)
    outside = frozenset({Atom("global", f"{frame.names.module}.{node.id}")}) if fed else NONE
    return Value(outside, names, told=known is not None and known.told and node.id.isupper() and not fed)


def _attribute(frame: Frame, node: ast.Attribute) -> Value:
    base = value(frame, node.value)
    found = attribute(frame, base, node.attr, node.lineno)
    if isinstance(base.known, str) and not found.names:  # `fill = "{}".format` is called later
        return found._replace(names=frozenset({f"builtins.str.{node.attr}"}))
    return found


def attribute(frame: Frame, base: Value, name: str, line: int) -> Value:
    """An attribute of a value; reading some of them is a source."""
    if name == "__call__" and base.names and not any(owner.endswith("()") for owner in base.names):
        return base
    if not base.names and not base.atoms:  # most often nothing is known of it
        return Value(told=base.told)
    names = few(owner if _is_above(owner, name) else _member(owner, name) for owner in base.names)
    if patched := frame.names.patched:
        names |= {patched[one] for one in names & patched.keys()}
    owners = [frame.class_named(owner.removesuffix("()")) for owner in base.names]
    typed = few(kind for owner in owners if owner for kind in owner.types.get(name, ()))
    atoms = frozenset(
        Atom("attr", f"{atom.name}.{name}") if atom.kind == "self" else atom
        for atom in read(frozenset(a for a in base.atoms if a.kind != "self"), name)
        | frozenset(a for a in base.atoms if a.kind == "self")
    )
    fed = frozenset(Atom(kind, said, line=line) for said in names if (kind := sources.source_of(said)))
    atoms |= {Atom("global", f"{owner}.{name}") for owner in base.names & CONTEXTS}
    if any(atom.kind in {"request", "llm"} for atom in atoms) and name in propagate.HARMLESS:
        atoms = NONE
    if name in _LAST_PART and any(_PATH.match(owner) or _UPLOADS.search(owner) for owner in base.names):
        atoms = marked(atoms, NAMED)
    if name in LOCATES:
        atoms = marked(atoms, HOST)
    held = few(thing for owner in owners if owner for thing in owner.holds.get(name, ()))
    return Value(atoms | fed, (made(typed) | held) or names, told=base.told or bool(fed))


def _is_above(owner: str, name: str) -> bool:
    """Whether it is the folder a path lies in, which is a path again; so are those around it, by their number."""
    return name in {"parent", "parents"} and _PATH.match(owner) is not None


def _member(owner: str, name: str) -> str:
    """The name of an attribute; what a built-in function is bound to is `builtins`."""
    return "builtins" if name == "__self__" and owner.startswith("builtins.") else member(owner, name)


def _subscript(frame: Frame, node: ast.Subscript) -> Value:
    if (kept := _local(frame, node)) is not None:
        return kept
    base, index = value(frame, node.value), value(frame, node.slice)
    if base.items is not None and isinstance(node.slice, ast.Slice):
        return base._replace(items=sequences.slice_of(frame, base.items, node.slice), known=None)
    if base.items is not None and (element := sequences.element(frame, base.items, node.slice)) is not None:
        return as_part(frame, node, element)
    named = frame.names.of(node)
    if named and not base.atoms:
        return Value(names=frozenset({named}))
    key = text(node.slice, index)
    if key is not None and (part := part_of(frame, node.value, key)) is not None:
        return part
    if key is None and index.atoms and _is_namespace(frame, node.value, base):
        return Value(marked(index.atoms, CHOSEN))
    atoms = read(base.atoms, key) if key is not None else mixed(_at(base.atoms, outcome(frame, node.slice)))
    return as_part(frame, node, Value(unmarked(atoms, SHAPED), base.names, told=base.told))


def _at(atoms: Atoms, index: object) -> Atoms:
    """`shown(a, b)[0]`: the first of the values a function gives, where that is what it gives."""
    return picked(atoms, int(index)) if isinstance(index, int) and index >= 0 else atoms


def _local(frame: Frame, node: ast.Subscript) -> Value | None:
    """`locals()["text"]` is `text`."""
    asked = isinstance(node.value, ast.Call) and not node.value.args and frame.names.of(node.value.func)
    return frame.env.get(constant(node.slice) or "") if asked in {"builtins.locals", "builtins.vars"} else None


def _is_namespace(frame: Frame, node: ast.AST, base: Value) -> bool:
    if isinstance(node, ast.Attribute) and node.attr == "__dict__":
        return True
    called = isinstance(node, ast.Call) and not _NAMESPACES.isdisjoint(again(frame, node.func).names)
    return called or "sys.modules" in base.names or "builtins" in base.names


def _list(frame: Frame, node: ast.List | ast.Tuple) -> Value:
    found = command_line(frame, node.elts)
    return found._replace(atoms=unmarked(found.atoms, DECLARED), items=sequences.items(frame, node.elts))


def _constant(_: Frame, node: ast.Constant) -> Value:
    return Value(known=node.value, told=True) if isinstance(node.value, str | int | float) else SETTLED


def _dict(frame: Frame, node: ast.Dict) -> Value:
    keys = [value(frame, part) if part else SETTLED for part in node.keys]
    given = [value(frame, part) for part in node.values]
    held = (_held(key, found) for key, found in zip(node.keys, given, strict=True))
    atoms = atoms_of([*held, Value(mixed(atoms_of(keys)))])
    told = all(found.told for found in given) and all(key.told for key in keys)
    return Value(atoms, few(n for v in (*given, *keys) for n in v.names), told=told)


def _held(key: ast.expr | None, found: Value) -> Value:
    """What stands in a dictionary, by its key; without one it is a dictionary unpacked."""
    if key is None:
        return Value(unmarked(without(found.atoms, CHOSEN), BEHIND))
    return Value(put(mixed(found.atoms), constant(key) or ANY))


def _comprehension(frame: Frame, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Value:
    before = dict(frame.env)
    for part in node.generators:
        assign_each(frame, part.target, part.iter)
        for test in part.ifs:
            value(frame, test)
            frame.env.update(narrowed(frame, test)[0])
    results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    found = union([value(frame, part) for part in results])
    frame.env = before
    if isinstance(node, ast.DictComp):
        return Value(
            mixed(again(frame, node.key).atoms) | put(mixed(again(frame, node.value).atoms), ANY),
            found.names,
            told=found.told,
        )
    return found._replace(atoms=unmarked(without(found.atoms, CHOSEN), DECLARED), items=None)


def _ifexp(frame: Frame, node: ast.IfExp) -> Value:
    value(frame, node.test)
    certain = outcome(frame, node.test)
    if certain is not None:
        return value(frame, node.body if certain else node.orelse)
    then, other = narrowed(frame, node.test)
    return union([_under(frame, node.body, then), _under(frame, node.orelse, other)])


def _under(frame: Frame, node: ast.expr, known: Env) -> Value:
    before = frame.env
    frame.env = {**before, **known}
    found = value(frame, node)
    frame.env = before
    return found


def _boolop(frame: Frame, node: ast.BoolOp) -> Value:
    before, found = frame.env, []
    frame.env = dict(before)
    for part in node.values:
        found.append(value(frame, part))
        frame.env.update(narrowed(frame, part)[0 if isinstance(node.op, ast.And) else 1])
    walrus = [n.target.id for n in walk(node) if isinstance(n, ast.NamedExpr)]
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
    found = [value(frame, child) for child in expressions(node)]
    return SETTLED if not isinstance(node, ast.Compare) and all(part.settled for part in found) else CLEAN


def _inner(frame: Frame, node: ast.Await | ast.Starred) -> Value:
    return value(frame, node.value)


READERS: Readers = {
    **texts.READERS, ast.Name: _name, ast.Attribute: _attribute, ast.Subscript: _subscript, ast.List: _list, ast.Tuple: _list, ast.Dict: _dict,
    ast.ListComp: _comprehension, ast.SetComp: _comprehension, ast.GeneratorExp: _comprehension,
    ast.DictComp: _comprehension, ast.IfExp: _ifexp, ast.BoolOp: _boolop, ast.NamedExpr: _walrus,
    ast.Lambda: _lambda, ast.Yield: _yield, ast.YieldFrom: _yield, ast.Compare: _clean, ast.UnaryOp: _clean,
    ast.Slice: _clean, ast.Constant: _constant, ast.Await: _inner, ast.Starred: _inner,
}  # fmt: skip
