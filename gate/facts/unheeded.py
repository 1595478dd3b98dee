"""Answers of a check that nobody heeds."""

import ast
import re
from collections.abc import Sequence

from gate.facts.reading import Function, Node, Reading
from gate.facts.spelling import last, spelled
from gate.facts.verdict import ANSWERS, VERIFIES, goes_on, raises, refuses
from gate.nodes import walk

Found = tuple[str, str, ast.AST]
"""What is wrong, the name of what is not heeded, and where."""


def dropped(file: Reading, one: Node, value: ast.expr) -> Found | None:
    """An answer nobody looks at."""
    value = value.value if isinstance(value, ast.Await) else value
    said = (
        spelled(value.func)
        if isinstance(value, ast.Call)
        else spelled(value)
        if isinstance(value, ast.Attribute)
        else ""
    )
    if (
        not said
        or not ANSWERS.search(said)
        or (isinstance(value, ast.Attribute) and not said.endswith("user.is_authenticated"))
    ):
        return None
    if isinstance(value, ast.Call) and re.search(r"check|password", last(said)) and _takes_time(value):
        return None
    tried = any(
        isinstance(outer.node, ast.Try | ast.With) for outer in one.around if not isinstance(outer.node, Function)
    )
    body = getattr(one.parent and one.parent.node, "body", [])
    behind = body[body.index(one.node) + 1 :] if isinstance(body, list) and one.node in body else []
    if behind and isinstance(value, ast.Call) and _takes_time(value) and refuses(behind[0], one.function):
        return None  # `compare_digest(dummy, key)`, so that nobody can tell by the time it takes
    return None if tried or _has_no_answer(file, last(said)) else ("dropped", last(said), one.node)


def _takes_time(call: ast.Call) -> bool:
    """Whether a password is checked against nothing, so that an unknown account takes as long as a known one."""
    return any(
        isinstance(arg, ast.Constant) or re.search(r"(?i:dummy|fake)|DEFAULT|^[A-Z_]{6,}$", spelled(arg))
        for arg in call.args
    )


def _has_no_answer(file: Reading, name: str) -> bool:
    """Whether a function of this name in the file raises instead of answering, or gives nothing back."""
    own = (one.node for one in file.of(ast.FunctionDef, ast.AsyncFunctionDef) if one.node.name == name)
    return any(raises(function) or not _gives_back(function) for function in own)


def _gives_back(function: ast.AST) -> bool:
    return any(isinstance(node, ast.Return) and node.value is not None for node in walk(function))


def always(values: Sequence[ast.expr], node: ast.AST) -> Found | None:
    first, rest = values[0], values[-1]
    name = spelled(first.func) if isinstance(first, ast.Call) else ""
    yes = isinstance(rest, ast.Constant) and rest.value is True
    return ("always", last(name), node) if yes and name and (VERIFIES.search(name) or ANSWERS.search(name)) else None


def logged(one: Node, function: ast.AST) -> Found | None:
    """`if not verify(...): logger.warning(...)`, and on it goes."""
    test = one.node.test
    if not isinstance(test, ast.UnaryOp) or not isinstance(test.op, ast.Not) or one.node.orelse:
        return None
    asked = test.operand.value if isinstance(test.operand, ast.Await) else test.operand
    name = spelled(asked.func) if isinstance(asked, ast.Call) else ""
    if not name or not (VERIFIES.search(name) or ANSWERS.search(name)) or not goes_on(one.node.body):
        return None
    following = [part for part in getattr(function, "body", ()) if part.lineno > (one.node.end_lineno or 0)]
    proceeds = one.node in getattr(function, "body", ()) and bool(following)
    answers = proceeds and isinstance(following[0], ast.Return) and isinstance(following[0].value, ast.Constant | None)
    return ("logged", last(name), test) if proceeds and not answers else None
