"""What assignments and methods such as `append` put where."""

import ast

from gate.facts import sequences, sources
from gate.facts.frame import Frame, again, call_at, elements, place, value
from gate.facts.names import constant
from gate.facts.sinks import note_store
from gate.facts.storing import note_set
from gate.facts.summary import Argument
from gate.facts.value import (
    BEHIND,
    CLEAN,
    CONTEXTS,
    DECLARED,
    HELD,
    TEXT,
    Atom,
    Value,
    few,
    keys,
    marked,
    mixed,
    picked,
    put,
    union,
    unmarked,
)
from gate.facts.whole import whole

_OPENS = frozenset({"builtins.open", "io.open", "codecs.open", "os.fdopen", "aiofiles.open"})


def assign(frame: Frame, target: ast.AST, found: Value, written: ast.AST | None = None) -> None:
    """Bind a target; `written` is the expression, for targets that take it apart."""
    if isinstance(target, ast.Name):
        frame.bind(target.id, found)
        if isinstance(written, ast.Name) and written.id != target.id:
            frame.link(target.id, written.id)
        _bind_file(frame, target.id, written)
        _bind_parts(frame, target.id, written)
    elif isinstance(target, ast.Starred):
        assign(frame, target.value, found)
    elif isinstance(target, ast.Tuple | ast.List):
        pairs = _pairs(target, written)
        for index, part in enumerate(target.elts):
            given = pairs[index] if pairs else None
            assign(frame, part, again(frame, given) if given is not None else _one(found, index, target), given)
    elif isinstance(target, ast.Attribute | ast.Subscript):
        _store(frame, target, found)


def _one(found: Value, index: int, target: ast.Tuple | ast.List) -> Value:
    """The value at a position of what is taken apart."""
    if any(isinstance(part, ast.Starred) for part in target.elts):
        return elements(found)
    if found.items is not None and len(found.items) == len(target.elts):
        return found.items[index]
    part = elements(found._replace(atoms=picked(found.atoms, index)))
    return part if index else part._replace(says=found.says)  # `allowed, reason = is_allowed(path)`


def assign_each(frame: Frame, target: ast.expr, collection: ast.expr) -> None:
    """Bind the target of a loop to what iterating over a collection gives; of a dictionary's pairs, each its own."""
    found = value(frame, collection)
    asked = collection.func if isinstance(collection, ast.Call) else None
    if isinstance(asked, ast.Attribute) and asked.attr == "items" and isinstance(target, ast.Tuple | ast.List):
        whole = again(frame, asked.value)
        for part, atoms in zip(
            target.elts, (keys(whole.atoms), marked(put(unmarked(whole.atoms, DECLARED), ""), HELD)), strict=False
        ):
            assign(frame, part, elements(whole._replace(atoms=atoms)))
    elif isinstance(target, ast.Tuple | ast.List) and (columns := _columns(frame, collection)):
        for part, column in zip(target.elts, columns, strict=False):
            assign(frame, part, column)
    elif isinstance(collection, ast.Name | ast.Attribute):
        named = frozenset(atom for atom in found.atoms if not atom.under)  # a dictionary gives its keys
        assign(frame, target, elements(found._replace(atoms=named)))
    else:
        assign(frame, target, elements(found))


def _columns(frame: Frame, collection: ast.expr) -> list[Value]:
    """What `enumerate` and `zip` give at each position."""
    if not isinstance(collection, ast.Call) or any(isinstance(part, ast.Starred) for part in collection.args):
        return []
    names = again(frame, collection.func).names
    if names == {"builtins.enumerate"} and collection.args:
        return [CLEAN, elements(again(frame, collection.args[0]))]
    return [elements(again(frame, part)) for part in collection.args] if names == {"builtins.zip"} else []


def _bind_file(frame: Frame, name: str, written: ast.AST | None) -> None:
    """`name = open(path)`: what is written to the one is found by the other."""
    frame.files.pop(name, None)
    if isinstance(written, ast.Call) and _OPENS & again(frame, written.func).names and written.args:
        text = constant(written.args[0])
        frame.files[name] = place(written.args[0]) or "" if text is None else repr(text)


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
    note_store(frame, target, base, found)
    if isinstance(target, ast.Attribute):
        note_set(frame, target, base, found)
    if sequences.stored(frame, target, found):
        key = None
    elif key is None and isinstance(target, ast.Subscript):
        sequences.drop_parts(frame, target.value)
    if key is not None:
        frame.env[key] = found
        frame.parts = True
    if isinstance(target, ast.Attribute):
        frame.stores += [(f"{name}.{target.attr}", whole(found), target.lineno) for name in base.names & CONTEXTS]
    for atom in base.atoms:
        if atom.kind == "self" and isinstance(target, ast.Attribute):
            frame.stores.append((f"{atom.name}.{target.attr}", whole(found), target.lineno))
        elif atom.kind == "attr" and isinstance(target, ast.Subscript) and not _is_part(target.value, atom):
            held = Value(put(mixed(found.atoms), constant(target.slice) or ""), found.names)
            frame.stores.append((atom.name, held, target.lineno))
    _set(frame, target, base, found)
    widen(frame, target, found)


def _is_part(node: ast.expr, atom: Atom) -> bool:
    """Whether a variable only holds something of an attribute, as a text made of `self.config.port`, and is not itself it."""
    return TEXT in atom.marks or (isinstance(node, ast.Name) and bool(atom.field))


def _set(frame: Frame, target: ast.Attribute | ast.Subscript, base: Value, found: Value) -> None:
    """`job.code = text` and `job["code"] = text` call what a class of this file has for it."""
    name = target.attr if isinstance(target, ast.Attribute) else "__setitem__"
    owners = [owner.removesuffix("()") for owner in base.names if owner.endswith("()")]
    called = [f"{owner}.{name}" for owner in owners if found.atoms and frame.class_named(owner)]
    if called:
        given = [found] if isinstance(target, ast.Attribute) else [again(frame, target.slice), found]
        call_at(frame, target, called, [Argument(str(index), one) for index, one in enumerate(given)], CLEAN)


def widen(frame: Frame, node: ast.AST, found: Value) -> None:
    """Something is put into what `node` names, under the key or attribute it begins with."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        key = node.attr if isinstance(node, ast.Attribute) else constant(node.slice)
        found = found._replace(atoms=put(found.atoms, key or ""))
        node = node.value
    if isinstance(node, ast.Name) and found.atoms and node.id in frame.globals and node.id not in frame.env:
        frame.stores.append((f"{frame.names.module}.{node.id}", found, node.lineno))
    if found.settled or not isinstance(node, ast.Name):
        return
    for name in (node.id, *frame.alike(node.id)):
        if name in frame.env:
            _widen(frame, name, found)


def _widen(frame: Frame, name: str, found: Value) -> None:
    old = frame.env[name]
    if not any(atom.kind == "self" for atom in old.atoms) and not any(sources.is_request(name) for name in old.names):
        added = marked(found.atoms, BEHIND) if old.program else found.atoms
        names = few((*old.names, *found.names)) if frame.name.endswith(".<module>") else old.names
        told = old.told and found.told
        frame.env[name] = frame.ever[name] = old._replace(atoms=old.atoms | added, names=names, told=told)
        if path := frame.files.get(name):
            frame.env[path] = union([frame.env.get(path, CLEAN), Value(put(added, ""))])
