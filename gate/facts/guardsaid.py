"""Words a function has to say to make a check at all; they are looked for before its statements are read."""

import ast
from functools import lru_cache

from gate.hint import folded, longest_word
from gate.source import Source

ASKING = frozenset((
    "auth", "perm", "forbid", "deni", "deny", "401", "403", "404", "allow", "access", "login", "log_in", "check", "verif", "valid",
    "require", "ensure", "assert", "enforce", "demand", "construct_event", "compare", "csrf", "sign", "hmac", "webhook", "user",
    "owner", "tenant", "account", "identity", "member", "principal", "viewer", "actor", "customer", "admin", "staff", "role",
    "insufficient", "notfound", "not_found", "exist", "privilege", "polic", "acl", "rbac", "guard", "secret", "token", "def test_func",
    "def can_", "def may_", "def is_", "def has_", "status", "close(",
))  # fmt: skip
"""Words of which each check has some, in its condition, its refusal or its name."""
REFUSING = frozenset((
    "permission", "forbidden", "authori", "authenticat", "denied", "insufficient", "invalid", "401", "403", "handle_no", "login", "deny",
    "log_in", "csrf", "no_access", "noaccess", "signature",
))  # fmt: skip
"""Words of which each refusal has some."""


def says(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef, words: frozenset[str]) -> bool:
    """Whether one of these words, in any case, stands in a function; those its file does not hold are not looked for."""
    held = said_in(source, words)
    if not held:
        return False
    said = "\n".join(_lines(source)[node.lineno - 1 : node.end_lineno])
    return any(word in said for word in held)


@lru_cache(maxsize=4096)
def said_in(source: Source, words: frozenset[str]) -> tuple[str, ...]:
    """Those of some words that may stand in a file, in any case: of `def is_` it is known that the file has `is_`."""
    said = _words(source)
    return tuple(word for word in words if longest_word(word) in said)


@lru_cache(maxsize=1024)
def _words(source: Source) -> str:
    """What stands between blanks in a file, each once: a quarter of its text, to be looked through for word after word."""
    return "\n".join(set(folded(source.text).split()))


@lru_cache(maxsize=64)
def _lines(source: Source) -> list[str]:
    return folded(source.text).split("\n")
