"""Classes that are only there to be extended: their methods answer as those of the classes made from them."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from gate.facts.bindings import last_name
from gate.facts.guardtree import Found, GuardTree
from gate.facts.spelling import last
from gate.nodes import walk
from gate.source import Source


@lru_cache(maxsize=256)
def kept_by_heirs(tree: GuardTree, path: str, owner: str) -> bool:
    """Whether nothing routes a class itself, and each class made from it has a guard."""
    name = last(owner)
    paths = sorted({path, *tree.repo.mentioning(name)})
    heirs = [one for each in paths for one in _heirs(tree, each, name)]
    if not heirs or not all(any(guard.kind == "access" for guard in tree.of_class(one)) for one in heirs):
        return False
    sources = (tree.repo.source(each) for each in paths)
    return not any(_is_named(source, name) for source in sources if source is not None)


def _heirs(tree: GuardTree, path: str, name: str) -> Iterator[Found]:
    classes = (unit for unit in tree.units(path).values() if unit.form == "class")
    return (Found(path, unit) for unit in classes if name in map(last, unit.bases))


def _is_named(source: Source, name: str) -> bool:
    """Whether a file speaks of a class for more than to extend it; a text may name it as well: `"views.EditView"`."""
    if source.tree is None:
        return True
    classes = (node for node in walk(source.tree) if isinstance(node, ast.ClassDef))
    bases = {id(part) for node in classes for base in node.bases for part in walk(base)}
    return any(_says(node, name) for node in walk(source.tree) if id(node) not in bases)


def _says(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Constant(value=str() as text):
            return re.search(rf"\b{name}\b", text) is not None
        case ast.alias(name=imported, asname=str()):
            return last(imported) == name  # under another name nobody can tell what becomes of it
        case ast.Name() | ast.Attribute():
            return last_name(node) == name
    return False
