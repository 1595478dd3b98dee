"""Checks and refusals that a switch leaves out."""

import ast
import re
from functools import lru_cache

from gate import lazy
from gate.facts.reading import Node, Reading
from gate.facts.spelling import spelled
from gate.facts.switch import flag
from gate.facts.verdict import ANSWERS, VERIFIES
from gate.facts.wording import deciding
from gate.nodes import walk

_REFUSES = lazy.regex(
    r"(?i)unauthori[sz]ed|forbidden|permission_?denied|PermissionError|not_?authenticated|authentication_?failed|HTTP_40[13]"
)
_SIGNS_IN = lazy.regex(
    r"\b(?:login_user|force_login|jwt\.encode|(?:create|make|issue|generate|mint|sign|encode)_(?:access_|auth_|session_|user_|refresh_)?(?:token|jwt|session))\("
    r"|session\[['\"](?:user|user_?id|uid|username|email|account|logged_in|is_admin|role)['\"]\] = "
)
_ASKED = lazy.regex(
    r"(?i)passw|secret|otp\b|verif|authenticat|check_|signature|hmac|compare_digest|decode\(|\braise |abort\(|current_user|request\.user|40[13]"
)
"""What tells that the caller was asked for something."""


def signs_in(branch: ast.If, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a branch signs its caller in, and nothing before it asks for anything."""
    if not _signs_in(function) or not _SIGNS_IN.search("\n".join(map(ast.unparse, branch.body))):
        return False
    before = [ast.unparse(part) for part in function.body if (part.end_lineno or part.lineno) < branch.lineno]
    asked = "\n".join([*before, ast.unparse(branch.test), *map(ast.unparse, function.decorator_list)])
    return not _ASKED.search(asked)


@lru_cache(maxsize=1024)
def _signs_in(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function signs anybody in, asked once for all its branches."""
    return _SIGNS_IN.search(ast.unparse(function)) is not None


def without_sent(test: ast.expr) -> ast.expr:
    """A condition without what the caller sends, where that is read and nothing more: `DEBUG and request.args.get("as")`."""
    if not isinstance(test, ast.BoolOp) or not isinstance(test.op, ast.And):
        return test
    left = [
        part
        for part in test.values
        if not re.match(r"(?:flask\.)?(?:request|req)\.|self\.request\.", ast.unparse(part))
    ]
    return left[0] if len(left) == 1 else test


def answers(node: ast.expr) -> bool:
    """Whether an expression is a question whose answer says who may pass."""
    return isinstance(node, ast.Call) and bool(ANSWERS.search(spelled(node.func)))


def _is_callers(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    """Whether a caller in the program decides: by a parameter, or by what an object was made with."""
    args = function.args
    return name in {arg.arg for arg in (*args.posonlyargs, *args.args, *args.kwonlyargs)} or bool(
        re.fullmatch(r"(?:self|cls)\.\w+", name)
    )


def unless(file: Reading, one: Node) -> tuple[str, str, ast.AST] | None:
    """`if not SKIP_AUTH and ...: raise`: the refusal, or the check, that a switch leaves out."""
    test, function = one.node.test, one.function
    parts = test.values if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) else [test]
    switched = [part.operand for part in parts if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Not)]
    found = next((each for part in switched if (each := flag(file, part, one.where)) and each[1] == "flag"), None)
    if (
        found is None
        or function is None
        or _is_callers(function, found[0])
        or not (deciding(tuple(one.where.split("."))) or denies(function))
    ):
        return None
    inside = [node for part in one.node.body for node in walk(part)]
    checks = any(isinstance(node, ast.Call) and VERIFIES.search(spelled(node.func)) for node in inside)
    return (found[0], "flag", test) if checks or any(isinstance(node, ast.Raise) for node in inside) else None


@lru_cache(maxsize=256)
def denies(function: ast.AST | None) -> bool:
    """Whether a function turns callers away."""
    for node in walk(function) if function is not None else ():
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value in {401, 403}:
            return True
        name = getattr(node, "attr", None) or getattr(node, "id", None)
        if isinstance(name, str) and _REFUSES.search(name):
            return True
    return False
