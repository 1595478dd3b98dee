"""Refusals that are caught and forgotten."""

import ast
import builtins
import re
from collections.abc import Iterator

from gate import lazy
from gate.facts.reading import Node
from gate.facts.spelling import last, spelled
from gate.facts.unheeded import Found
from gate.facts.verdict import ANSWERS, VERIFIES, goes_on, guards, refuses
from gate.nodes import walk

_REFUSALS = lazy.regex(
    r"(?i)signature|jwt|permission|httpexception|unauthori[sz]ed|forbidden|authentication|invalidtoken|verification|exception|error$|credential"
)
_DENIALS = lazy.regex(
    r"(?i)permission|forbidden|unauthori|denied|authentication|HTTPException|"
    r"invalid_?(?:signature|token|credential|api_?key|login|password|user)"
)
_RIGHTS = lazy.regex(
    r"(?i)(?:['\"](?:roles?|scopes?|groups?|permissions?)['\"]: |\b(?:roles?|scopes?|groups?|permissions?)=)"
    r"[\[{(]*['\"](?:super)?(?:admin\w*|root|owner|service|system|superuser|\*)|is_(?:admin|superuser|staff)(?:['\"]: |=)True"
)
"""Rights that an answer gives: `{"role": "admin"}`, `User(is_admin=True)`."""
_UNREACHED = lazy.regex(
    r"(?i)connection|time_?out|request_?exception|httperror|clienterror|unavailable|^oserror$|socket"
)
"""Errors of a service that was to be asked and did not answer."""
_LIMITS = lazy.regex(r"(?i)rate|limit|throttl|quota|url|link|email|domain")
"""Functions that count, or look at an address; where nothing can be counted, serving on is a choice."""
_PARSES = lazy.regex(r"json\.loads|get_json|\.json\(\)|Event\.construct_from|parse_obj|model_validate")


def swallowed(one: Node, function: ast.AST) -> Found | None:
    """`try: verify() except Exception: pass`, and whatever follows runs."""
    body = one.node.body
    verifies = next((name for part in body for name in _checks(part)), "")
    raised = [name for part in body for node in walk(part) for name in _denial(node)] if guards(one) else []
    if one.node.finalbody:
        return None
    for handler in one.node.handlers:
        caught = ast.unparse(handler.type) if handler.type else "Exception"
        if not _REFUSALS.search(caught) or re.search(
            r"(?i)import|key_?error|attribute|notfound|does_?not|expired", caught
        ):
            continue
        denies = any(_catches(caught, name) for name in raised)
        if goes_on(handler.body) and (denies or (verifies and _consequence(one, function))):
            return "swallowed", verifies or "the refusal", handler
        unverified = any(
            "verify_signature" in ast.unparse(part) and "False" in ast.unparse(part)
            for part in handler.body
            if not isinstance(part, ast.Expr)  # what is only logged lets nobody in
        )
        yes = (
            isinstance(handler.body[-1], ast.Return)
            and isinstance(handler.body[-1].value, ast.Constant)
            and handler.body[-1].value.value is True
        )
        instead = verifies and any(
            isinstance(part, ast.Assign) and _PARSES.search(ast.unparse(part.value)) for part in handler.body
        )
        sure = bool(verifies) or denies or caught in {"Exception", "BaseException"}
        asked = _UNREACHED.search(caught) and not _LIMITS.search(one.where)
        if yes and guards(one) and not (verifies or denies) and (sure or asked):
            return "assumed", "the check", handler
        named = verifies and _RIGHTS.search(ast.unparse(handler.body[-1]))
        if (
            unverified
            or instead
            or (named and isinstance(handler.body[-1], ast.Return))
            or (yes and guards(one) and sure)
        ):
            return "swallowed", verifies or "the refusal", handler
    return None


def suppressed(one: Node, function: ast.AST) -> Found | None:
    """`with suppress(Exception): verify()`, and whatever follows runs."""
    body = one.node.body
    calls = [item.context_expr for item in one.node.items if isinstance(item.context_expr, ast.Call)]
    caught = [ast.unparse(arg) for call in calls if last(spelled(call.func)) == "suppress" for arg in call.args]
    verifies = next((name for part in body for name in _checks(part)), "")
    forgotten = any(_REFUSALS.search(name) for name in caught) and verifies and _consequence(one, function)
    return ("swallowed", verifies, one.node) if forgotten else None


def _checks(part: ast.AST) -> Iterator[str]:
    """Calls that refuse by raising, as a statement by themselves or for the value of it."""
    for node in walk(part):
        if isinstance(node, ast.Call) and VERIFIES.search(name := spelled(node.func)) and not ANSWERS.search(name):
            yield last(name)


def _catches(caught: str, raised: str) -> bool:
    """Whether a handler may get what is raised: `ValueError` gets nobody's `PermissionDenied`."""
    known = [getattr(builtins, name, None) for name in re.findall(r"\w+", caught)]
    kinds = tuple(kind for kind in known if isinstance(kind, type))
    own = getattr(builtins, raised, None)
    return len(kinds) < len(known) or issubclass(own if isinstance(own, type) else Exception, kinds)


def _denial(node: ast.AST) -> Iterator[str]:
    """The name of the exception by which a statement turns a caller away."""
    if isinstance(node, ast.Raise) and node.exc is not None and _DENIALS.search(ast.unparse(node.exc)[:100]):
        yield spelled(node.exc.func if isinstance(node.exc, ast.Call) else node.exc)


def _consequence(one: Node, function: ast.AST) -> bool:
    """Whether the function goes on after the try as if all were well: it ends by returning something done."""
    end = one.node.end_lineno or 0
    after = [node for node in getattr(function, "body", ()) if node.lineno > end]
    holds = one.node in getattr(function, "body", ())
    direct = any(isinstance(part, ast.Assign | ast.Return) for part in one.node.body)
    assigned = direct or any(_keeps(node) for part in one.node.body for node in walk(part))
    return holds and bool(after) and not (assigned or isinstance(after[0], ast.If) or refuses(after[0], function))


def _keeps(node: ast.AST) -> bool:
    """Whether what a check answers is kept, or given back."""
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign | ast.Return) else None
    return value is not None and any(True for _ in _checks(value))
