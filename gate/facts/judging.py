"""Functions that say whether text is allowed: what is known of it where they say yes, as far as their code tells."""

import ast
from collections.abc import Iterable, Mapping

from gate.facts import cleaning
from gate.facts.frame import Env, Frame
from gate.facts.narrow import narrowed
from gate.facts.summary import Judged, Param
from gate.facts.value import CONTAINED, Atom, Atoms, Value, marked
from gate.nodes import walk

_OWN = frozenset({"self", "cls"})
_DECIDES = (ast.If, ast.IfExp, ast.Raise, ast.Assert, ast.Try, ast.While, ast.For, ast.With, ast.Match, ast.Await)


def is_judge(name: str) -> bool:
    """Whether a function says by its name that it tells what is allowed, raises for what is not, or cleans it."""
    return bool(cleaning.VOUCHES.search(name) or cleaning.STOPS.search(name)) or cleaning.says_it_cleans(name)


def validates(node: ast.AST) -> bool:
    """Whether a method is one that a model has its fields judged by: `@field_validator("host")`."""
    return any("validator" in ast.unparse(part) for part in getattr(node, "decorator_list", ()))


def note_answer(frame: Frame, node: ast.expr | None) -> None:
    """What is known where a function gives this answer, and where that comes to no."""
    if not frame.judges:
        return
    if node is None or isinstance(node, ast.Constant):
        given = node.value if isinstance(node, ast.Constant) else None
        frame.answers.append((bool(given), given is None, dict(frame.env)))
    else:
        then, other = narrowed(frame, node)
        frame.answers += [(True, False, {**frame.env, **then}), (False, None, {**frame.env, **other})]


def judged(frame: Frame, params: Iterable[Param]) -> Mapping[str, Judged]:
    """By parameter, what it may still be, by what the answer is; none where it is set anew."""
    ends = [env for _, _, env in frame.answers]
    yes, no = ([env for said, _, env in frame.answers if said is wanted] or ends for wanted in (True, False))
    found = [env for _, none, env in frame.answers if none is not True] or ends
    missing = [env for _, none, env in frame.answers if none is not False] or ends
    held = (param.name for param in params if ends and param.name not in _OWN and param.name not in frame.ever)
    return {name: Judged(*(_left(name, each) for each in (yes, no, found, missing, ends))) for name in held}


def _left(name: str, ends: list[Env]) -> Atoms:
    """What a parameter may be at any of these ends; what was made of it, and lies where it may, tells of it as well."""
    left: set[Atom] = set()
    for env in ends:
        made = [_of(name, held) for held in env.values()]
        lies = any(atoms and all(CONTAINED in atom.marks for atom in atoms) for atoms in made)
        left |= marked(_of(name, env[name]), CONTAINED) if lies else _of(name, env[name])
    return frozenset(left)


def _of(name: str, held: Value) -> Atoms:
    return frozenset(atom for atom in held.atoms if (atom.kind, atom.name) == ("param", name))


def idle(frame: Frame, params: Iterable[Param]) -> frozenset[str]:
    """Parameters that such a function does not look at, or does not answer by: `def is_safe(path): return True`."""
    if not frame.judges:
        return frozenset()
    inside = walk(frame.node)
    given = [node.value for node in inside if isinstance(node, ast.Return)]
    bare = {id(node) for node in given if isinstance(node, ast.Name)}
    read = {node.id for node in inside if isinstance(node, ast.Name) and id(node) not in bare}
    agrees = given and all(isinstance(node, ast.Constant) and node.value for node in given)
    if agrees and not any(isinstance(node, _DECIDES) for node in inside):
        read = set()
    return frozenset(param.name for param in params if param.name not in read)
