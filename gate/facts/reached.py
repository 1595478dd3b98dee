"""Whether a check inside of a function does anything.

It must be reached, its condition must not be settled beforehand, and nobody may swallow its refusal.
"""

import ast
from collections.abc import Mapping, Sequence
from functools import lru_cache

from gate import lazy
from gate.facts.reading import Reading
from gate.nodes import statements, walk

_LEAVES = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_CAUGHT = lazy.regex(
    r"(?i)^(?:Base)?Exception$|permission|forbidden|authori[sz]|authenticat|denied|HTTPException|APIException|signature|login"
)
_ENDS = lazy.regex(
    r"(?i)abort|exit|quit|fail|rais|error(?!s?\.append)|den(?:y|ied)|forbid|refus|reject|redirect|status|close|finish|respon[ds]|write|send|render|unauth|reply|handle|stop|cancel|login"
)
_LOGS = lazy.regex(r"(?i)(?:^|\.)(?:_?log\w*|logging|logger|print|warnings?|messages|capture_exception)(?:\.|$)")


def reached(block: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The statements of a block up to one that leaves it."""
    end = next((index for index, part in enumerate(block) if isinstance(part, _LEAVES)), len(block))
    return list(block[: end + 1])


def settled(file: Reading | None, test: ast.expr, where: str = "") -> bool | None:
    """What a condition comes to whoever calls, as in `False and ...`; None where it depends on something."""
    match test:
        case ast.Constant():
            return bool(test.value)
        case ast.UnaryOp(op=ast.Not()):
            inner = settled(file, test.operand, where)
            return None if inner is None else not inner
        case ast.BoolOp():
            sure = isinstance(test.op, ast.Or)
            parts = [settled(file, part, where) for part in test.values]
            return sure if sure in parts else None if None in parts else not sure
        case ast.Compare(left=left, ops=[op], comparators=[right]) if ast.dump(left) == ast.dump(right):
            return (
                isinstance(op, ast.Eq | ast.Is | ast.GtE | ast.LtE)
                if isinstance(left, ast.Attribute | ast.Name)
                else None
            )
        case ast.Name() if file is not None:
            known = file.value(test, where)
            return bool(known.value) if isinstance(known, ast.Constant) else None
    return None


def parting(node: ast.AST) -> Mapping[ast.stmt, ast.If]:
    """Checks that only leave a `try`, with what its `finally` does then: `try: if claims is None: return`, `finally: ws.close()`."""
    tries = [part for part in statements(node) if isinstance(part, ast.Try) and len(part.finalbody) == 1]
    asked = [(one, part) for part in tries for one in part.body if isinstance(one, ast.If)]
    return {
        one: ast.copy_location(ast.If(one.test, [*one.body[:-1], *part.finalbody, one.body[-1]], one.orelse), one)
        for one, part in asked
        if isinstance(one.body[-1], ast.Return) and one.body[-1].value is None
    }


@lru_cache(maxsize=4096)
def swallowed(node: ast.AST) -> frozenset[ast.Call | ast.If]:
    """The calls and checks whose refusal goes unheeded: `try: check_owner(user)`, `except PermissionDenied: pass`, and on it goes.

    What stands behind the check within the `try` is skipped with it, so only the last statement there counts; a `return` in its
    `finally` forgets whatever was raised.
    """
    tries = [part for part in statements(node) if isinstance(part, ast.Try) and not part.orelse]
    last = [part.body[-1] for part in tries if any(map(_goes_on, part.handlers))]
    last += [step for part in tries if any(isinstance(one, ast.Return) for one in part.finalbody) for step in part.body]
    last += [
        part.body[-1] for part in statements(node) if isinstance(part, ast.With | ast.AsyncWith) and _suppresses(part)
    ]
    return frozenset(one for step in last for one in walk(step) if isinstance(one, ast.Call | ast.If))


def _suppresses(part: ast.With | ast.AsyncWith) -> bool:
    """`with suppress(PermissionDenied):`."""
    calls = (one.context_expr for one in part.items if isinstance(one.context_expr, ast.Call))
    return any(
        ast.unparse(one.func).rpartition(".")[2] == "suppress" and any(map(_is_refusal, one.args)) for one in calls
    )


def _is_refusal(kind: ast.expr) -> bool:
    return bool(_CAUGHT.search(ast.unparse(kind).rpartition(".")[2]))


def _goes_on(handler: ast.ExceptHandler) -> bool:
    """Whether it catches a refusal and does nothing that ends the function."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    caught = handler.type is None or any(kind and _is_refusal(kind) for kind in kinds)
    return caught and all(map(_is_nothing, handler.body))


def _is_nothing(part: ast.stmt) -> bool:
    if isinstance(part, ast.Expr) and isinstance(part.value, ast.Call):
        called = ast.unparse(part.value.func)
        return bool(_LOGS.search(called)) or not _ENDS.search(called)
    if isinstance(part, ast.Assign):  # `user = None`, `claims = {}`
        empty = part.value.value in {None, False, ""} if isinstance(part.value, ast.Constant) else None
        return empty or ast.unparse(part.value) in {"{}", "[]", "()", "set()", "dict()"}
    return isinstance(part, ast.Pass | ast.AugAssign) or (
        isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant)
    )
