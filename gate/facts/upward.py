"""Conditions that keep a normalized path below whatever folder it is joined to."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator

from gate.facts.frame import Env, Frame, again, place
from gate.facts.located import vetted
from gate.facts.names import constant
from gate.facts.value import CONTAINED, RESOLVED

_ABSOLUTE = frozenset({"os.path.isabs", "posixpath.isabs"})
_PARENT = frozenset({"os.pardir", "os.path.pardir"})
_UP, _ROOT = frozenset({"..", "../"}), "/"


def stays(frame: Frame, tests: Iterable[ast.expr]) -> Env:
    """What is known where none of these tests holds: `path.startswith("..") or os.path.isabs(path)`.

    `normpath` leaves `..` at the beginning of a path alone (docs.python.org, os.path), so both together say that it leads
    down; one of them does not, nor do both of a path that is not normalized.
    """
    asked: dict[str, set[str]] = defaultdict(set)
    known: Env = {}
    for node, begins in (one for test in tests for one in _asked(frame, test)):
        key, atoms = place(node), again(frame, node).atoms
        if key is None or not atoms or not all(RESOLVED in atom.marks for atom in atoms):
            continue
        asked[key].add(begins)
        if _ROOT in asked[key] and not _UP.isdisjoint(asked[key]):
            known |= vetted(frame, node, CONTAINED)
    return known


def _asked(frame: Frame, test: ast.expr) -> Iterator[tuple[ast.expr, str]]:
    """The paths a test asks how they begin, and what with."""
    match test:
        case ast.Call(func=ast.Attribute(value=path, attr="startswith"), args=[said]):
            for part in said.elts if isinstance(said, ast.Tuple) else [said]:
                yield path, ".." if again(frame, part).names & _PARENT else constant(part) or ""
        case ast.Call(func=func, args=[path]) if again(frame, func).names & _ABSOLUTE:
            yield path, _ROOT
