"""Small questions about sqlglot's trees, and what names of columns say."""

from collections.abc import Iterator
from typing import Any

from gate import lazy

Witness = frozenset[str]
ALWAYS: Witness = frozenset()

_CREDENTIAL = lazy.regex(
    r"(?i)(?:e?mail|email_address|username|login|token|\w+_token|\w+_token_hash|token_hash|api_key\w*|key_hash|session_(?:id|key)|"
    r"invite_code|code|uuid|public_id|external_id|stripe_\w+|webhook_\w+|slug|secret\w*|nonce|state|subdomain|domain\w*|host|hostname)"
)
_SHARED = lazy.regex(
    r"(?i)(?:is_)?(?:public|published|global|shared|system|builtin|default|template)|visibility|privacy"
)
VARIABLE = lazy.regex(r"(?i)(?:gp[vh]_\d+|[pv]_\w+|_\w+|in_\w+|arg_\w+)")


def is_credential(column: str) -> bool:
    """Whether who can name a value of this column was told it."""
    return _CREDENTIAL.fullmatch(column) is not None


def is_open(column: str) -> bool:
    """Whether who can name a value of this column is meant to reach its row, or its rows are meant for all."""
    return is_credential(column) or _SHARED.fullmatch(column) is not None


def bare(node: Any) -> Any:
    from sqlglot import exp

    while isinstance(node, exp.Cast | exp.Paren):
        node = node.this
    return node


def conjuncts(node: Any) -> Iterator[Any]:
    from sqlglot import exp

    return _flat(node, exp.And)


def disjuncts(node: Any) -> Iterator[Any]:
    from sqlglot import exp

    return _flat(node, exp.Or)


def _flat(node: Any, kind: Any) -> Iterator[Any]:
    """The operands of a chain of one operator, however long, left to right."""
    stack = [node]
    while stack:
        one = stack.pop().unnest()
        if isinstance(one, kind):
            stack += [one.expression, one.this]
        else:
            yield one
