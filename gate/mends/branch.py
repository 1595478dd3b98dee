"""A branch that lets callers in by a value in the code: without it."""

import ast

from gate.fact import Repo
from gate.facts.branch import Branch
from gate.mends.statement import statements
from gate.rule import Mend, Place
from gate.source import Source


def deleted(source: Source, place: Place, _repo: Repo) -> Mend | None:
    """Delete the `if` that begins on the line and asks for nothing but this equality; its block must go on without it.

    Without an `if key != "...": abort()` everybody would be let in, so that one stays; so does a comparison with a
    setting, which is right but for the value it has in the code.
    """
    if any(one.place.line == place.line and (one.unset or one.elsewhere) for one in Branch.find(source)):
        return None
    found = next(((one, block) for one, block in statements(source, place) if one.lineno == place.line), None)
    if found is None:
        return None
    branch, block = found
    alone = isinstance(branch, ast.If) and _is_equality(branch.test) and not branch.orelse
    begins = source.lines[branch.lineno - 1].lstrip().startswith("if ")  # and not as `elif`
    if not (alone and begins and len(block) > 1):
        return None
    return Mend(Place(source.path, branch.lineno, branch.end_lineno or branch.lineno), "")


def _is_equality(test: ast.expr) -> bool:
    return isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)
