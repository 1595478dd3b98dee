"""What a call gives: what went into it, an instance of what was called, or what another function returns."""

import ast
from collections.abc import Sequence

from gate import lazy
from gate.facts import cleaning, propagate, receivers, runners, sources
from gate.facts.converted import as_number, makes_member
from gate.facts.frame import Frame, call_at
from gate.facts.methods import all_of, is_choice, of_method, put_in
from gate.facts.names import constant
from gate.facts.options import set_up
from gate.facts.summary import RECEIVER, Argument
from gate.facts.texts import is_markup, put_into_markup
from gate.facts.value import (
    CLEAN,
    DECLARED,
    JOINED,
    LED,
    NO_NAMES,
    NONE,
    PARSED,
    SETTLED,
    TEXT,
    Atom,
    Atoms,
    Value,
    atoms_of,
    few,
    iterated,
    made,
    marked,
    mixed,
    unmarked,
)  # fmt: skip

_WRAPPERS = lazy.regex(r"(?i)(?:^|[._])(?:wrap\w*|\w*request\w*|\w*params?|\w*inputs?)$")
_STAYS_PATH = lazy.regex(
    r"pathlib\.(?:Pure)?(?:Posix|Windows)?Path(?:\(\))?\.(?:expanduser|joinpath|with_name|with_stem|with_suffix|relative_to|readlink)$"
)
"""What gives a path again."""
_JOINS = frozenset(
    {"os.path.join", "posixpath.join", "ntpath.join", "pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath"}
)
_REPLACES = frozenset({"re.sub", "regex.sub"})
_WRAPS = frozenset({"functools.partial", "asgiref.sync.sync_to_async"})


def result(frame: Frame, node: ast.Call, receiver: Value, function: Value, given: Sequence[Argument]) -> Value:
    """What comes out of a call."""
    found = _result(frame, node, receiver, function, given)
    return found._replace(atoms=marked(found.atoms, DECLARED)) if _lists_fields(node, receiver, function) else found


def _lists_fields(node: ast.Call, receiver: Value, function: Value) -> bool:
    """Whether a call turns an object into a dictionary of its fields; `request.GET.dict()` holds what was sent."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    asked = name in propagate.LISTS_FIELDS and not any(atom.kind in {"request", "llm"} for atom in receiver.atoms)
    return asked or bool(function.names & propagate.FIELDS_OF)


def _result(frame: Frame, node: ast.Call, receiver: Value, function: Value, given: Sequence[Argument]) -> Value:
    fed = frozenset(
        Atom(kind, name, line=node.lineno) for name in sorted(function.names) if (kind := sources.source_of(name))
    )
    if not fed and sources.sounds_like_model(node.func, {part.arg or "" for part in node.keywords}):
        fed = frozenset({Atom("llm", "openai.create", line=node.lineno)})
    if _asks_model(node, function, given):
        fed |= {Atom("llm", name, line=node.lineno) for name in function.names}
    if fed:
        asked = {call_at(frame, node, function.names, given, CLEAN)} if any(map(_is_wrapped, fed)) else NONE
        return Value(fed | asked, made(function.names), told=True)
    if wrapped := _wrapping(function, given):
        return Value(frozenset({call_at(frame, node, function.names, given, CLEAN)}), wrapped | made(function.names))
    if (number := as_number(node, receiver, given)) is not None:
        return number
    if function.names and all(propagate.closes(name) for name in function.names):
        held = made(filter(propagate.digests, function.names))
        return Value(names=held, told=all(propagate.counts(name) for name in function.names))
    if makes_member(frame, function.names):
        return Value(names=made(function.names), told=True)
    if function.names == {"typing.cast"} and len(given) > 1:
        return given[1].value
    if given and function.names & _WRAPS:
        return _wrapped(given)
    pattern = constant(node.args[0]) if node.args and function.names & _REPLACES else None
    if pattern is not None and (left := cleaning.left_by(pattern)) is not None:
        return _cleaned(CLEAN, given, function, left) if left else SETTLED
    if marks := cleaning.marks_of(function.names):
        return _cleaned(receiver, given, function, marks)
    whole = _is_told(receiver, function, given, node)
    if whole and not (function.names or receiver.atoms or any(argument.value.atoms for argument in given)):
        return SETTLED
    passed = NONE if _chooses(node) else _through(function.names, given)
    if isinstance(node.func, ast.Attribute) and node.func.attr in propagate.FORMATS and is_markup(receiver):
        return put_into_markup([receiver, *(argument.value for argument in given)])
    if isinstance(node.func, ast.Attribute):
        own, added = of_method(frame, node, node.func, receiver, given)
        if node.func.attr in propagate.OF_TEXT:
            own, added = _as_text(function, own), _as_text(function, added)
        asked = frozenset(atom for atom in own if function.names and atom.kind not in {"request", "llm"})
        passed |= (own - asked) | added
        given = (*given, Argument(RECEIVER, Value(asked)))
    else:
        asked = NONE
    named = (
        set_up(node, function, given)
        or _module(frame, node)
        or _path_again(function)
        or made(function.names) | _looked_up(frame, node, receiver)
    )
    known = any(propagate.through(name) or runners.known(name) or receivers.known(name) for name in function.names)
    if known or (not function.names and (passed or (_chooses(node) and receiver.told))):
        return Value(passed | asked, named, told=whole)
    plain = frozenset(atom for atom in function.atoms if atom.kind in {"param", "free", "call"})
    return Value(
        passed | {call_at(frame, node, function.names, given, function._replace(atoms=plain))}, named, told=True
    )


def _as_text(function: Value, atoms: Atoms) -> Atoms:
    """What a method of text gives; of a class that may be the program's own, what it gives is asked of it."""
    known = all(name.startswith("builtins.") for name in function.names)
    sure = frozenset(atom for atom in atoms if known or atom.kind in {"request", "llm"})
    return (atoms - sure) | marked(sure, TEXT)


def _path_again(function: Value) -> frozenset[str]:
    """`Path(text).expanduser()` is a path like the one it was made of."""
    owners = [name.rpartition(".")[0] for name in function.names if _STAYS_PATH.match(name)]
    return made(owners) if len(owners) == len(function.names) else NO_NAMES


def _asks_model(node: ast.Call, function: Value, given: Sequence[Argument]) -> bool:
    """Whether a call sends something to a language model by HTTP, or what was made to be sent to one."""
    address = constant(node.args[0]) if node.args else None
    sent = frozenset(atom.name for argument in given[:1] for atom in argument.value.atoms)
    asked = sources.QUESTION in sent and "urllib.request.urlopen" in function.names
    return asked or (address is not None and any(sources.asks_model(name, address) for name in function.names))


def _is_told(receiver: Value, function: Value, given: Sequence[Argument], node: ast.Call) -> bool:
    """Whether nothing comes out of a call but what goes in: of a method of text, or of a library's function."""
    parts = [argument.value for argument in given]
    if isinstance(node.func, ast.Attribute) and not function.names:
        parts.append(receiver)
    elif not function.names or not all(propagate.tells(name) for name in function.names):
        return False
    return all(part.told for part in (parts[1:] if _chooses(node) else parts))


def _chooses(node: ast.Call) -> bool:
    """`table.get(key, other)`: what the key holds does not come out."""
    return isinstance(node.func, ast.Attribute) and is_choice(node)


def _cleaned(receiver: Value, given: Sequence[Argument], function: Value, marks: str) -> Value:
    """Text, or a path asked for its true place, without what is dangerous in it."""
    atoms = all_of(given) | mixed(frozenset(atom for atom in receiver.atoms if atom.kind != "self"))
    for mark in marks:
        atoms = marked(atoms, mark)
    paths = few(name for name in receiver.names if name.startswith("pathlib."))
    told = all(argument.value.told for argument in given) and (
        receiver.told or not any(name.endswith("()") for name in receiver.names)
    )
    return Value(atoms, paths or made(function.names), told=told)


def _wrapped(given: Sequence[Argument]) -> Value:
    """`partial(f, a)` is `f`, but for the arguments it has."""
    count = sum(argument.name.isdigit() for argument in given) - 1
    return given[0].value._replace(bound=given[0].value.bound + count)


def _wrapping(function: Value, given: Sequence[Argument]) -> frozenset[str]:
    """A function named for it wraps a request; where nobody can look into it, the wrapper gives what the request holds."""
    asked = any(sources.is_request(name) for argument in given for name in argument.value.names)
    return few(f"{name}.?wrapped()" for name in function.names if asked and _WRAPPERS.search(name))


def _is_wrapped(atom: Atom) -> bool:
    """Whether a wrapper of a request is asked: what it does is followed, where its code is there."""
    return ".?wrapped." in atom.name


def _module(frame: Frame, node: ast.Call) -> frozenset[str]:
    """`__import__("os")` is `os`."""
    named = frame.names.of(node)
    return frozenset({named}) if named else frozenset()


def _looked_up(frame: Frame, node: ast.Call, table: Value) -> frozenset[str]:
    """`TABLE.get(name)` gives one of the functions in it."""
    if not (isinstance(node.func, ast.Attribute) and is_choice(node)):
        return NO_NAMES
    itself = frame.names.of(node.func.value)
    return frozenset(name for name in table.names if name != itself and not name.endswith("()"))


def _through(names: frozenset[str], given: Sequence[Argument]) -> Atoms:
    """What library functions pass on; `dict(a=x)` under its keys."""
    if names == {"builtins.dict"}:
        return atoms_of(put_in("update", None, argument) for argument in given)
    if not any(propagate.through(name) for name in names):
        return NONE
    joins = names <= _JOINS
    atoms = all_of(given[:1]) | marked(all_of(given[1:]), JOINED) if joins else unmarked(all_of(given), LED)
    found = unmarked(
        iterated(atoms) if names <= propagate.ITERATES else atoms, "".join(cleaning.undone(name) for name in names)
    )
    return marked(unmarked(found, TEXT), PARSED) if any(map(cleaning.parses, names)) else found
