"""Routes that sign anybody in: made to try things out, reachable by all."""

import libcst as cst

from gate import lazy
from gate.facts.granting import Effect, effect
from gate.facts.known import Scope, dotted

_NAME = lazy.regex(r"(?i)(dev|test|debug|fake|mock|demo|bypass|back_?door|quick)[-_/]?(auto[-_]?)?"
                   r"(log_?in|sign_?in|auth|token)\b"
                   r"|(log_?in|sign_?in|token)[-_/](dev|test|debug|fake|bypass|magic)\b|\bimpersonate|\blog_?in[-_]?as\b"
                   r"|\bmagic[-_]?log_?in\b|\bauto[-_]?log_?in\b")  # fmt: skip
_CHECKS = lazy.regex(r"(?i)passw|secret|otp|verif|check_|signature|hmac|authenticate|permission|is_admin|is_staff"
                     r"|is_superuser|current_user|request\.user|require|compare_digest|signer|unsign|get_or_404\(token"
                     r"|abort\(40|raise |Depends|Security\(|decode\(")  # fmt: skip
_GUARD = lazy.regex(r"(?i)auth|log_?in|require|permission|admin|staff|user|protect|secure|limit_to|skip_?if|debug_only")


def backdoor(node: cst.FunctionDef, scope: Scope) -> Effect | None:
    """How a route called after a back door signs the caller in without reading any credential."""
    routes = [part.decorator for part in node.decorators if isinstance(part.decorator, cst.Call)]
    paths = [arg.value.raw_value for call in routes for arg in call.args[:1] if isinstance(arg.value, cst.SimpleString)]
    if not scope.route or not any(_NAME.search(name) for name in (node.name.value, *paths)):
        return None
    others = [part.decorator for part in node.decorators if part.decorator not in routes or not _path(part.decorator)]
    guarded = any(_GUARD.search(dotted(part)) for part in others)
    whole = cst.Module([]).code_for_node
    if (
        guarded
        or _CHECKS.search(whole(node.params))
        or _CHECKS.search(whole(node.body))
        or any("Depends" in whole(c) for c in routes)
    ):
        return None
    does = effect(node.body.body, scope)
    if does in {Effect.MINTS, Effect.SETS}:
        return does
    return Effect.MINTS if _mints(node.body, scope) else None


def _path(node: cst.BaseExpression) -> bool:
    """Whether a decorator's first argument is a path."""
    return (
        isinstance(node, cst.Call)
        and bool(node.args)
        and isinstance(node.args[0].value, cst.SimpleString)
        and str(node.args[0].value.raw_value).startswith("/")
    )


def _mints(body: cst.CSTNode, scope: Scope) -> bool:
    stack: list[cst.CSTNode] = [body]
    while stack:
        part = stack.pop()
        if isinstance(part, cst.Call):
            said = effect([cst.SimpleStatementLine([cst.Expr(part)])], scope)
            if said is Effect.MINTS:
                return True
        stack += part.children
    return False
