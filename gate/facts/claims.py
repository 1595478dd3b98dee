"""What is done with the claims of a token that nobody verified."""

import ast
from collections.abc import Iterator
from functools import lru_cache

from gate import lazy
from gate.facts.reading import Node
from gate.facts.spelling import last, spelled
from gate.facts.wording import deciding
from gate.nodes import walk

_ROUTING = frozenset(
    {"iss", "kid", "exp", "iat", "tid", "org", "org_id", "aud", "typ", "nbf", "jti", "alg", "azp", "appid"}
)
"""Claims by which a key is chosen or a log line labelled; nobody gets in by them."""
_POWERS = frozenset(
    {"role", "roles", "scope", "scopes", "permissions", "is_admin", "admin", "sub", "user_id", "groups", "is_superuser"}
)
_VERIFIES = lazy.regex(r"(?i)verif|valid|decode|authentic|introspect|check|unsign")
_LOOKUP = lazy.regex(
    r"(?i)(?:user|account|member|principal)\w*\.(?:\w+\.)*(?:get|find|filter|query|load|first|objects)|(?:get|find|load|fetch)_\w*(?:user|account|member)"
)
_SAFE_NAME = lazy.regex(
    r"(?i)unverif|unsafe|insecure|peek|inspect|without_verif|no_verif|debug|expir|introspect|is_jwt|parse_jwt|preview"
)


def trusted(one: Node) -> str:
    """Say "unverified" when a caller gets in by these claims, "peek" when that is open, "" when they decide nothing."""
    function = one.function
    if function is None:
        return "peek"
    if _verified_too(one, function):
        return ""
    used = list(_uses(one, function))
    keys = {key for key, _ in used if key}
    whole = [how for key, how in used if not key]
    if used and not whole and keys <= _ROUTING:
        return ""
    auth = deciding(tuple(one.where.split("."))) == 2 and not _SAFE_NAME.search(one.where)
    returned = any(how == "return" for _, how in used)
    gets_in = any(how == "lookup" for _, how in used) or any(key in _POWERS and how == "branch" for key, how in used)
    direct = "id_token" in ast.unparse(one.node)  # came over TLS from whoever issued it (OpenID Connect Core, 3.1.3.7)
    return "unverified" if (gets_in or (auth and (returned or not used))) and not direct else "peek"


def _verified_too(one: Node, function: ast.AST) -> bool:
    """Whether the same token is verified in the same function."""
    tokens = {
        spelled(arg) for arg in (*one.node.args[:1], *(w.value for w in one.node.keywords if w.arg in {"jwt", "token"}))
    }
    source = {name.partition(".")[0] for name in tokens}
    failed = _failed(one, function)
    return any(
        call is not one.node and id(call) not in failed and not given.isdisjoint(tokens | source)
        for call, given in _verifying(function)
    )


def _failed(one: Node, function: ast.AST) -> frozenset[int]:
    """What has been tried where a token is read in `except`: whether it was verified there, it was in vain."""
    parents, _ = _index(function)
    node: ast.AST | None = one.node
    tried: list[ast.stmt] = []
    while node is not None:
        above = parents.get(node)
        tried += above.body if isinstance(node, ast.ExceptHandler) and isinstance(above, ast.Try) else []
        node = above
    return frozenset(id(part) for statement in tried for part in walk(statement))


@lru_cache(maxsize=256)
def _verifying(function: ast.AST) -> tuple[tuple[ast.Call, frozenset[str]], ...]:
    """The calls that verify something, by their names, and what they are given."""
    found = []
    for node in walk(function):
        name = spelled(node.func) if isinstance(node, ast.Call) else ""
        if not isinstance(node, ast.Call) or not _VERIFIES.search(last(name)) or "unverified" in name or "b64" in name:
            continue
        if "verify_signature" not in ast.unparse(node):
            given = (*node.args, *(word.value for word in node.keywords))
            found.append((node, frozenset(spelled(arg) for arg in given)))
    return tuple(found)


def _uses(one: Node, function: ast.AST) -> Iterator[tuple[str, str]]:
    """Each use of the claims: the key that is read ("" for all of them), and "branch", "lookup", "return" or "other"."""
    parents, loads = _index(function)
    held: list[ast.AST] = [one.node]
    statement = one.statement
    names = {spelled(target) for target in getattr(statement, "targets", ())} if _is_all(statement, one.node) else set()
    after = getattr(statement, "lineno", 0)
    held += [node for name in sorted(names) for node in loads.get(name, ()) if node.lineno > after]
    for node in held:
        if node is one.node and names:
            continue
        key, top = _read(node, parents)
        yield key, _how(top, parents)


@lru_cache(maxsize=256)
def _index(function: ast.AST) -> tuple[dict[ast.AST, ast.AST], dict[str, list[ast.Name]]]:
    """What each node lies in, and where each name is read."""
    parents: dict[ast.AST, ast.AST] = {}
    loads: dict[str, list[ast.Name]] = {}
    for parent in walk(function):
        parents |= dict.fromkeys(ast.iter_child_nodes(parent), parent)
        if isinstance(parent, ast.Name) and isinstance(parent.ctx, ast.Load):
            loads.setdefault(parent.id, []).append(parent)
    return parents, loads


def _is_all(statement: ast.AST | None, call: ast.AST) -> bool:
    value = getattr(statement, "value", None)
    return isinstance(statement, ast.Assign) and (
        value is call or (isinstance(value, ast.Await) and value.value is call)
    )


def _read(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> tuple[str, ast.AST]:
    parent = parents.get(node)
    match parent:
        case ast.Subscript(slice=ast.Constant(value=str() as key)) if parent.value is node:
            return key, parent
        case ast.Attribute(attr="get"):
            call = parents.get(parent)
            if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant):
                return str(call.args[0].value), call
    return "", node


def _how(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> str:
    while True:
        parent = parents.get(node)
        match parent:
            case ast.Return():
                return "return"
            case ast.Compare() | ast.If() | ast.IfExp():
                return "branch"
            case ast.Call(func=func) if node is not func and _LOOKUP.search(spelled(func)):
                return "lookup"
            case None | ast.stmt():
                return "other"
        node = parent
