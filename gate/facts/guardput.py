"""Decorators that a function puts around the view it is given: `return login_required(permission("staff")(view))`."""

import ast
from collections.abc import Sequence

from gate.facts.guard import decorating
from gate.facts.guardcall import own
from gate.facts.guardwords import Guard
from gate.facts.reading import Reading

_VIEWS = frozenset("view view_func view_function func function fn f handler endpoint callback cls wrapped".split())
"""What decorators call what they are given."""


def put_around(file: Reading, node: ast.FunctionDef | ast.AsyncFunctionDef, where: str) -> Sequence[Guard]:
    """The guards around what a function gives back, where that is what it was given, and it gives back nothing else."""
    ends = node.body[-1]
    value = ends.value if isinstance(ends, ast.Return) else None
    if not isinstance(value, ast.Call):
        return ()
    given, held = _VIEWS & {arg.arg for arg in node.args.args}, list[Guard]()
    while given and isinstance(value, ast.Call) and len(value.args) == 1 and not value.keywords:
        held += decorating(file, value.func, where)
        value = value.args[0]
    whole = isinstance(value, ast.Name) and value.id in given and bool(held)
    return held if whole and sum(isinstance(part, ast.Return) for part in own(node)) == 1 else ()
