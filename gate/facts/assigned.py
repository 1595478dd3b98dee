"""What the names of a function are set to, gathered once for all who ask."""

import ast
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from gate.facts.bindings import last_name
from gate.nodes import walk


@lru_cache(maxsize=256)
def assigned(unit: ast.AST) -> Mapping[str, Sequence[ast.expr]]:
    """Every value that a name, or the last part of a dotted one, is given there."""
    found: dict[str, list[ast.expr]] = defaultdict(list)
    for one in walk(unit):
        if isinstance(one, ast.Assign | ast.NamedExpr):
            for target in one.targets if isinstance(one, ast.Assign) else [one.target]:
                found[last_name(target)].append(one.value)
    return found
