"""TLS contexts of Python's `ssl`: what one asks of the other end."""

import ast
from functools import lru_cache

from gate import lazy
from gate.facts.reading import Node, Reading
from gate.facts.spelling import last, spelled

_NONE = lazy.regex(r"(?:^|\.)CERT_NONE$")
_UNASKED = frozenset({"PROTOCOL_TLS", "PROTOCOL_SSLv23", "PROTOCOL_TLSv1", "PROTOCOL_TLSv1_1", "PROTOCOL_TLSv1_2",
                      "PROTOCOL_SSLv2", "PROTOCOL_SSLv3"})  # fmt: skip
"""Protocols of `SSLContext` under which it asks for no certificate unless told to."""


def context(file: Reading, one: Node) -> str:
    """A context that nobody tells to ask for certificates afterwards; a server's asks nobody."""
    protocol = file.argument(one, "protocol", 0)
    said = last(file.meaning(protocol, one.where)) if protocol is not None else "PROTOCOL_TLS"
    if said not in _UNASKED:
        return ""
    said_of = told(file, one)
    if not said_of:
        return f"`ssl.SSLContext({said})`, which asks for no certificate,"
    only = said_of == {"verify_mode"} and not file.source.text.count("check_hostname")
    return f"`ssl.SSLContext({said})`, which asks for a certificate but not for whose," if only else ""


def told(file: Reading, one: Node) -> set[str]:
    """What is set afterwards on a context that was just made; whether it is set to the right thing is judged there."""
    statement = one.statement
    names = {spelled(target) for target in statement.targets} if isinstance(statement, ast.Assign) else set()
    return {attr for name in names for attr in _set_on(file).get(name, ())}


@lru_cache(maxsize=64)
def _set_on(file: Reading) -> dict[str, set[str]]:
    """By name, what is set or loaded on a context of that name."""
    found: dict[str, set[str]] = {}
    for one in file.of(ast.Attribute):
        if one.node.attr in {"verify_mode", "load_cert_chain", "wrap_bio", "check_hostname"}:
            found.setdefault(spelled(one.node.value), set()).add(one.node.attr)
    return found


def also_none(file: Reading, target: ast.Attribute, one: Node) -> bool:
    """Whether the same context is told to take any certificate; one finding is enough for both."""
    return (one.where, f"{spelled(target.value)}.verify_mode") in _nones(file)


def also_asked(file: Reading, one: Node) -> bool:
    """Whether the same function tells the same context to ask after all, in some case."""
    names = {spelled(target) for target in one.node.targets if isinstance(target, ast.Attribute)}
    others = (other for other in file.of(ast.Assign) if other.where == one.where)
    return any(
        spelled(target) in names
        and spelled(target).endswith(".verify_mode")
        and spelled(other.node.value).endswith("CERT_REQUIRED")
        for other in others
        for target in other.node.targets
    )


@lru_cache(maxsize=64)
def _nones(file: Reading) -> frozenset[tuple[str, str]]:
    """The contexts that take any certificate, by function and name."""
    return frozenset(
        (one.where, spelled(target))
        for one in file.of(ast.Assign)
        for target in one.node.targets
        if isinstance(target, ast.Attribute)
        and target.attr == "verify_mode"
        and is_none(file, one.node.value, one.where)
    )


def comes_to(file: Reading, node: ast.expr, where: str, *, off: object) -> bool:
    value = file.literal(node, where)
    if off is None:
        return value is None or (isinstance(value, str) and value.lower() == "none") or is_none(file, node, where)
    return type(value) in {bool, int} and value == off


def is_none(file: Reading, node: ast.expr, where: str) -> bool:
    return bool(_NONE.search(file.meaning(node, where))) or file.literal(node, where) == "CERT_NONE"
