"""Calls that say who may pass, and what is made of it when they refuse."""

import ast
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from gate import lazy
from gate.facts.reading import Node
from gate.facts.spelling import spelled
from gate.facts.wording import words
from gate.nodes import walk

VERIFIES = lazy.regex(
    r"(?i)(?:^|[._])(?:verify|validate|check|authenticate|authorize|require)_?\w*(?:sig|hmac|token|auth|perm|access|cred|jwt|request|role|scope|webhook|admin|password|key)|construct_event$|"
    r"compare_digest$|is_valid_(?:request|signature|token)$|has_perms?$|check_password(?:_hash)?$|verify_(?:password|signature|header|token|request)$|can_(?:read|write|access|edit|view|delete)$|"
    r"^(?:verify|self\.verify|self\._verify)$|verify_oauth2_token$|constant_time_compare$|(?:^|\.)jwt\.decode$"
)
ANSWERS = lazy.regex(
    r"(?i)compare_digest$|constant_time_compare$|is_valid_request$|is_valid_signature$|has_perms?$|(?:^|\.)check_password(?:_hash)?$|^verify_password$|is_authenticated$|checkpw$|can_(?:read|write|access|edit|view|delete)$"
)
"""Calls that answer yes or no, and raise nothing."""
_ASKS = frozenset({"verify", "validate", "check", "authenticate", "authorize", "authorise", "is", "has", "can", "require", "ensure",
                   "verified", "valid", "allowed", "enforce"})  # fmt: skip
_ABOUT = frozenset({
    "signature", "sig", "signatures", "hmac", "webhook", "token", "auth", "permission", "permissions", "perm", "access", "credentials", "jwt",
    "request", "scope", "scopes", "role", "roles", "admin", "authenticated", "authorized", "authorised", "allowed", "apikey", "key",
    "password", "otp", "totp", "session", "user", "owner", "permitted",
})  # fmt: skip
_OPTIONAL = lazy.regex(
    r"(?i)exists|optional|maybe|_or_none|anonymous|try_|get_auth|load_|_if_|refresh|expire|needs|parse|extract|create|setup|is_secure|configured|enabled|email|cache|format|changed|expired|schema|type|syntax"
)


def guards(one: Node) -> bool:
    """Whether the function around says by its name that it verifies, or decides who may."""
    names = one.where.split(".")
    own = next((name for name in reversed(names) if name), "")
    if _OPTIONAL.search(own):
        return False
    parts = words(own)
    return bool(frozenset(parts[:2]) & _ASKS and frozenset(parts) & _ABOUT) or own in {
        "authenticate",
        "authorize",
        "verify",
    }


@lru_cache(maxsize=256)
def raises(function: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and "abort" in spelled(node.func))
        for node in walk(function)
    )


def goes_on(body: Sequence[ast.stmt]) -> bool:
    """Whether a handler only logs, or does nothing at all."""
    return all(
        isinstance(part, ast.Pass)
        or (isinstance(part, ast.Expr) and (not isinstance(part.value, ast.Call) or _logs(part.value)))
        for part in body
    )


def _logs(call: ast.Call) -> bool:
    return bool(
        re.search(
            r"(?i)^(?:self\.)?_?(?:log|logger|logging|print|warnings?|app\.logger|current_app\.logger|LOG|structlog)\b",
            spelled(call.func),
        )
    )


def names_in(node: ast.AST) -> frozenset[str]:
    """The variables an expression speaks of."""
    return frozenset(part.id for part in walk(node) if isinstance(part, ast.Name))


def compared(one: Node, asked: frozenset[str]) -> Iterator[ast.expr]:
    """What variables must equal, or be among, for the function around to come as far as this: `if x != y: raise`."""
    for part in walk(one.function) if one.function is not None else ():
        if not isinstance(part, ast.If) or part.lineno >= one.node.lineno:
            continue
        match part.test, part.body[-1]:
            case ast.Compare(
                left=left, ops=[ast.NotEq() | ast.NotIn()], comparators=[other]
            ), ast.Raise() | ast.Return():
                if asked & names_in(left) and not asked & names_in(other):
                    yield other


def refuses(node: ast.stmt, function: ast.AST) -> bool:
    """`raise`, `return False`, and `return None` where something else is given back otherwise."""
    if not isinstance(node, ast.Return):
        return isinstance(node, ast.Raise)
    if _is_nothing(node.value):
        return any(isinstance(one, ast.Return) and not _is_nothing(one.value) for one in walk(function))
    return isinstance(node.value, ast.Constant) and not node.value.value


def _is_nothing(node: ast.expr | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)
