"""Guards that ask what they did through functions the change only gave other names: `scopes=Owner.get_scopes()`, `scopes=Owner.scopes()`."""

import ast
from collections.abc import Iterator

from gate import lazy
from gate.facts.guardshape import node_of
from gate.facts.guardsides import Sides
from gate.facts.guardtree import Found, GuardTree
from gate.facts.guardwords import Guard

_WORD = lazy.regex(r"\w+")
_PARTS = lazy.regex(r"(\w+)")


def is_renamed(sides: Sides, lost: Guard, now: Guard) -> bool:
    """Whether two guards differ by nothing but names of functions that do, word for word and in their place, what the others did.

    The same words in another file or class may mean something else there.
    """
    before, after = _PARTS.split(lost.text), _PARTS.split(now.text)
    if len(before) != len(after):
        return False
    differing = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    return bool(differing) and all(_is_same(sides, one, other) for one, other in differing)


def _is_same(sides: Sides, old: str, new: str) -> bool:
    if not (_WORD.fullmatch(old) and _WORD.fullmatch(new)):
        return False
    was, now = set(_made(sides.base, old)), set(_made(sides.head, new))
    return bool(now) and now <= was


def _made(tree: GuardTree, name: str) -> Iterator[tuple[str, str, str]]:
    """The file and the class of each function of that name in the tree, and what it takes and does."""
    for path in tree.repo.mentioning(f"def {name}("):
        for unit in tree.units(path).values():
            node = node_of(tree, Found(path, unit)) if unit.short == name else None
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, unit.owner, "\n".join(map(ast.unparse, (node.args, *node.body)))
