"""Which cases of a `match` may be taken."""

import ast

from gate.facts.certain import outcome
from gate.facts.frame import Frame


def cases_of(frame: Frame, node: ast.Match) -> list[ast.match_case]:
    """The cases that may be taken: of a known subject, the one that fits."""
    known = outcome(frame, node.subject)
    if known is None or any(case.guard for case in node.cases):
        return node.cases
    for case in node.cases:
        fits = _fits(frame, case.pattern, known)
        if fits is None:
            return node.cases
        if fits:
            return [case]
    return []


def _fits(frame: Frame, pattern: ast.pattern, known: object) -> bool | None:
    match pattern:
        case ast.MatchValue(value=written):
            expected = outcome(frame, written)
            return None if expected is None else expected == known
        case ast.MatchOr(patterns=patterns):
            found = [_fits(frame, one, known) for one in patterns]
            return True if True in found else None if None in found else False
        case ast.MatchAs(pattern=None):
            return True
    return None


def is_number(pattern: ast.AST) -> bool:
    """`case int(count)`."""
    return isinstance(pattern, ast.MatchClass) and getattr(pattern.cls, "id", "") in {"int", "float", "bool"}
