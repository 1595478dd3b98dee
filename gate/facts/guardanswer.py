"""What functions answer that say who may: what they ask for it, and whether they ask at all."""

import ast
from collections.abc import Iterator

from gate import lazy
from gate.facts.guardwords import Guard
from gate.facts.reached import settled
from gate.facts.spelling import spelled
from gate.nodes import walk

_PREDICATE = lazy.regex(
    r"(?i)^_?(?:test_func$|authenticate$|(?:can|may|user_(?:can|may|has)|allows?|authori[sz]ed?)(?:_\w+)?$|is_(?:admin|owner|staff|operator|moderator|editor|curator|reviewer|approver|allowed|authori[sz]ed|permitted|superuser|member)"
    r"|has_\w*(?:perm|access|role|scope)|check_\w*(?:perm|access))"
)
_ANSWERS = (ast.BoolOp, ast.Compare, ast.Call, ast.Attribute, ast.UnaryOp)
_WHO = lazy.regex(r"(?i)session|user|auth|token|log(?:ged)?_?in|cookie|account|member|credential")
_TO_LOGIN = lazy.regex(r"(?i)log[ _-]?in|sign[ _-]?in|authenticat")


def only_says_yes(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """`return True`, and nothing before it; `return [AllowAny()]` and `return owns or True` likewise."""
    body = [part for part in node.body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))]
    if len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None:
        return bool(body) and all(isinstance(part, ast.Pass) for part in body)
    if isinstance(body[0].value, ast.BoolOp):
        return settled(None, body[0].value) is True
    said = ast.unparse(body[0].value)
    return said in {"True", "[]", "()", "[AllowAny()]", "[permissions.AllowAny()]"}


def does_nothing(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """`pass`, `return`, a docstring: nothing that could refuse."""
    return all(
        isinstance(part, ast.Pass)
        or (isinstance(part, ast.Expr | ast.Return) and isinstance(part.value, ast.Constant | None))
        for part in node.body
    )


def of_predicate(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Guard]:
    """What a function answers whose name says that it tells who may."""
    for part in node.body if _PREDICATE.search(node.name) or _asks_of_user(node) else ():
        if isinstance(part, ast.Return) and isinstance(part.value, _ANSWERS):
            yield Guard(part.lineno, "access", "predicate", node.name, canonical(part.value))


def _asks_of_user(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """`def is_editor(user)`."""
    first = node.args.args[0].arg if node.args.args else ""
    return node.name.startswith(("is_", "has_")) and first in {"user", "request", "member", "account", "actor"}


def canonical(test: ast.expr) -> str:
    """A condition, the order of its parts left out of account."""
    if isinstance(test, ast.BoolOp):
        parts = sorted(
            f"({canonical(part)})" if isinstance(part, ast.BoolOp) else canonical(part) for part in test.values
        )
        return (" and " if isinstance(test.op, ast.And) else " or ").join(parts)
    return ast.unparse(test)


def sends_to_login(node: ast.FunctionDef | ast.AsyncFunctionDef, said: str) -> bool:
    """Whether a decorator calls what it stands above under a condition, and sends all others to sign in; `said` is its text."""
    if not _TO_LOGIN.search(said):
        return False
    functions = [part for part in walk(node) if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)]
    wrapped = {arg.arg for part in functions for arg in part.args.args}
    for part in functions:
        last = part.body[-1]
        away = (
            isinstance(last, ast.Return) and isinstance(last.value, ast.Call) and "redirect" in spelled(last.value.func)
        )
        inside = (
            (one for one in part.body[:-1] if isinstance(one, ast.If) and _asks_who(one.test, part)) if away else ()
        )
        calls = (one for test in inside for step in test.body for one in walk(step) if isinstance(one, ast.Call))
        if any(spelled(one.func) in wrapped for one in calls):
            return True
    return False


def _asks_who(test: ast.expr, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a condition is about who calls: by its own words, or by those of what its names are bound to."""
    names = {one.id for one in walk(test) if isinstance(one, ast.Name)}
    bound = (one for one in walk(function) if isinstance(one, ast.Assign) and names & set(map(spelled, one.targets)))
    return any(_WHO.search(ast.unparse(one)) for one in (test, *(one.value for one in bound)))
