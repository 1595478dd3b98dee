"""Conditions that all names in a collection are known ones: `set(fields) - COLUMNS`, `all(key in COLUMNS for key in fields)`."""

import ast
from collections.abc import Sequence

from gate.facts import cleaning, propagate
from gate.facts.bindings import last_name
from gate.facts.frame import Env, Frame, again, place
from gate.facts.names import constant
from gate.facts.value import DECLARED, Atoms, Value, marked
from gate.nodes import walk

_OURS = {"self", "attr", "global", "call"}
_MANY = 20
_COPIES = frozenset({"set", "list", "frozenset", "sorted", "tuple"})
_COMPREHENSION = ast.ListComp | ast.SetComp | ast.GeneratorExp


def is_ours(atoms: Atoms) -> bool:
    """Whether none of these is what an outsider, or a caller, writes."""
    return all(atom.kind in _OURS for atom in atoms)


def is_closed(frame: Frame, node: ast.expr, held: ast.expr) -> bool:
    """Whether nobody outside can put anything into a collection, and it is not made of what is looked for in it."""
    found = again(frame, node)
    return constant(node) is None and is_ours(found.atoms) and not made_of(frame, found, again(frame, held))


def made_of(frame: Frame, found: Value, held: Value) -> bool:
    """Whether a value is what a call gave that was handed another: `clean(name)` may well be `name`."""
    origins = {(atom.kind, atom.name, atom.line) for atom in held.atoms}
    numbers = [int(atom.name) for atom in found.atoms if atom.kind == "call"]
    given = (argument.value.atoms for number in numbers[:_MANY] for argument in frame.calls[number].arguments)
    return any((atom.kind, atom.name, atom.line) in origins for atoms in given for atom in atoms)


def subset(frame: Frame, test: ast.expr) -> tuple[Env, Env]:
    """What is known of the names in a collection where a condition holds, and where it does not."""
    match test:
        case ast.BinOp(left=held, op=ast.Sub(), right=known):
            return {}, _named(frame, held, known)
        case ast.Call(func=ast.Attribute(value=held, attr="difference"), args=[known]):
            return {}, _named(frame, held, known)
        case ast.Call(func=ast.Attribute(value=held, attr="issubset"), args=[known]):
            return _named(frame, held, known), {}
        case ast.Compare(left=held, ops=[ast.LtE() | ast.Lt()], comparators=[known]) if _copied(held) is not held:
            return _named(frame, held, known), {}
        case ast.Call(func=ast.Name(id="any" | "all" as asks), args=[ast.GeneratorExp() | ast.ListComp() as each]):
            told = _declared(frame, _asked(frame, each.elt, each.generators, outside=asks == "any"))
            return ({}, told) if asks == "any" else (told, {})
        case ast.ListComp() | ast.SetComp() if len(test.generators[0].ifs) == 1:
            return {}, _declared(frame, _asked(frame, test.generators[0].ifs[0], test.generators, outside=True))
    return {}, {}


def changed(body: Sequence[ast.stmt]) -> frozenset[str]:
    """The variables that statements set, or put something into, or a part of which they set."""
    inside = [node for statement in body for node in walk(statement)]
    return frozenset(name for node in inside if _changes(node) and (name := _variable(node)))


def _changes(node: ast.AST) -> bool:
    asked = node.func if isinstance(node, ast.Call) else None
    puts = isinstance(asked, ast.Attribute) and asked.attr in propagate.PUTS_IN
    return puts or isinstance(getattr(node, "ctx", None), ast.Store)


def _variable(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call | ast.Starred):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def root(key: str) -> str:
    """The variable that a path such as `job.code` begins with."""
    return key.replace("[", ".").partition(".")[0]


def left_by(frame: Frame, loop: ast.For | ast.AsyncFor) -> Env:
    """What is known behind `for key in fields: if key not in COLUMNS: raise`, or where such a key is taken out."""
    tests = [part.test for part in loop.body if isinstance(part, ast.If) and _refuses(part.body)]
    if any(isinstance(node, ast.Continue) for part in loop.body for node in walk(part)):
        return {}
    held = {key: found for test in tests for key, found in left_behind(frame, test, loop).items()}
    return {key: found for key, found in held.items() if root(key) not in changed(loop.body)} if held else {}


def left_behind(frame: Frame, test: ast.expr, loop: ast.For | ast.AsyncFor) -> Env:
    """What is known behind a loop if a condition was asked in each of its turns, and held in none."""
    part = ast.comprehension(loop.target, loop.iter, [], 0)
    return _declared(frame, _asked(frame, test, [part], outside=True))


def _refuses(body: Sequence[ast.stmt]) -> bool:
    match body[-1]:
        case ast.Raise() | ast.Return() | ast.Delete():
            return True
        case ast.Expr(value=ast.Call(func=function)):
            return last_name(function) == "pop" or bool(cleaning.LEAVES.fullmatch(last_name(function)))
    return False


def _asked(frame: Frame, test: ast.expr, loops: Sequence[ast.comprehension], *, outside: bool) -> ast.expr | None:
    """The collection whose every name is asked for among known ones: `key in COLUMNS`, or `key not in` where `outside`."""
    target = (
        loops[0].target.elts[0] if isinstance(loops[0].target, ast.Tuple) and loops[0].target.elts else loops[0].target
    )
    match test, target:
        case ast.Compare(left=ast.Name(id=asked), ops=[operator], comparators=[known]), ast.Name(id=name):
            right = isinstance(operator, ast.NotIn if outside else ast.In) and asked == name and len(loops) == 1
            held = _copied(loops[0].iter)
            return held if right and is_closed(frame, known, held) else None
    return None


def _named(frame: Frame, held: ast.expr, known: ast.expr) -> Env:
    return _declared(frame, _copied(held)) if is_closed(frame, known, _copied(held)) else {}


def _copied(node: ast.expr) -> ast.expr:
    """What `set(fields)`, `fields.keys()` and `fields.items()` are made of."""
    match node:
        case ast.Call(func=ast.Name(id=name), args=[inner]) if name in _COPIES:
            return _copied(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr="keys" | "items"), args=[]):
            return inner
    return node


def _declared(frame: Frame, held: ast.expr | None) -> Env:
    key = place(held) if held is not None else None
    if held is None or key is None:
        return {}
    found = again(frame, held)
    return {key: found._replace(atoms=marked(found.atoms, DECLARED))} if found.atoms else {}
