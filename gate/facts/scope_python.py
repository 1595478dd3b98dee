"""Scopes in Python: keywords, keys, names and known calls."""

import ast
from collections.abc import Iterator, Mapping

from gate import lazy
from gate.facts.fallback import fallback
from gate.facts.folding import fold
from gate.facts.scope import named
from gate.nodes import walk
from gate.source import Source

_POSITION = {
    "from_client_secrets_file": 1, "from_client_config": 1, "acquire_token_interactive": 0, "acquire_token_silent": 0,
    "acquire_token_for_client": 0, "acquire_token_by_authorization_code": 1, "get_authorization_request_url": 0,
    "initiate_auth_code_flow": 0, "acquire_token_by_username_password": 2, "initiate_device_flow": 0,
    "acquire_token_on_behalf_of": 1, "with_scopes": 0, "from_json_keyfile_name": 1, "flow_from_clientsecrets": 1,
    "create_permission_url": 0, "from_authorized_user_file": 1, "from_authorized_user_info": 1,
}  # fmt: skip
"""Calls that take scopes by position, and which it is."""
_CHECKS = lazy.regex(
    r"(?i)has_|check|validat|verif|assert|missing|revoke|fixture|filter|exclude|(?:^|_)requires?d?(?:_|$)"
)
_ADDS = frozenset({"append", "extend", "add", "update", "insert"})
_KEEPS = frozenset(
    {"join", "list", "set", "tuple", "frozenset", "sorted", "quote", "quote_plus", "field", "Field", "custom"}
)
"""Calls that hold what they are given."""
_EXTENTS = frozenset({"full", "all"})
_OF_TOKENS = lazy.regex(
    r"(?i)token|client|grant|audience|redirect|response_type|^(?:aud|sub|iss|exp|iat|jti|code|state)$"
)
_MAX_HOPS = 5
_BINDS = (
    ast.Call, ast.Dict, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.NamedExpr, ast.FunctionDef, ast.AsyncFunctionDef,
)  # fmt: skip

Written = tuple[str, str, int]


def written(source: Source) -> Iterator[Written]:
    """Every text in the position of a scope: what it is bound to, the text, its line."""
    nodes = walk(source.tree) if source.tree else []
    bound = _bound(nodes)
    for node in nodes:
        for name, value in _positions(node) if isinstance(node, _BINDS) else ():
            yield from ((name, text, line) for text, line in _texts(value, bound, 0))


def _positions(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Call(func=func, args=args, keywords=keywords):
            yield from _called(_last(func), func, args, keywords)
        case ast.Dict(keys=keys, values=values):
            said = {one.value for one in keys if isinstance(one, ast.Constant) and isinstance(one.value, str)}
            for key, value in zip(keys, values, strict=True):
                name = key.value if isinstance(key, ast.Constant) else None
                if isinstance(name, str) and named(name) and not _is_extent(name, value, said):
                    yield name, value
        case ast.Assign(targets=targets, value=value):
            yield from ((_name(target), value) for target in targets if named(_name(target)))
        case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.AugAssign(target=target, value=value):
            if named(_name(target)):
                yield _name(target), value
        case ast.NamedExpr(target=ast.Name(id=name), value=value) if named(name):
            yield name, value
        case ast.FunctionDef(args=given) | ast.AsyncFunctionDef(args=given):
            last = [*given.posonlyargs, *given.args][-len(given.defaults) :] if given.defaults else []
            pairs = [*zip(last, given.defaults, strict=True), *zip(given.kwonlyargs, given.kw_defaults, strict=True)]
            yield from ((arg.arg, value) for arg, value in pairs if value is not None and named(arg.arg))


def _is_extent(name: str, value: ast.expr, said: set[str]) -> bool:
    """Whether a report says how much it covers: `{"scope": "full", "count": 3}` beside nothing of a token or its client."""
    words = {text for text, _ in _texts(value, {}, 0)}
    return (
        name == "scope" and len(said) > 2 and not _EXTENTS.isdisjoint(words) and not any(map(_OF_TOKENS.search, said))
    )


def _called(
    name: str, func: ast.expr, args: list[ast.expr], keywords: list[ast.keyword]
) -> Iterator[tuple[str, ast.expr]]:
    if _CHECKS.search(name):
        return
    yield from ((word.arg, word.value) for word in keywords if word.arg and named(word.arg))
    owner = func.value if isinstance(func, ast.Attribute) and name == "all" else func
    if _name(owner) == "Permissions" and _administers(name, keywords):
        yield "permissions", ast.copy_location(ast.Constant("administrator"), func)
    place = _POSITION.get(name)
    if place is not None and len(args) > place:
        yield "scopes", args[place]
    if name in _ADDS and isinstance(func, ast.Attribute) and named(_name(func.value)):
        yield from ((_name(func.value), value) for value in args[-1:])


def _administers(name: str, keywords: list[ast.keyword]) -> bool:
    """`discord.Permissions(administrator=True)` and `discord.Permissions.all()` ask for everything."""
    told = (word.value for word in keywords if word.arg == "administrator")
    return name == "all" or any(isinstance(value, ast.Constant) and value.value is True for value in told)


def _texts(node: ast.expr, bound: Mapping[str, ast.expr], hops: int) -> Iterator[tuple[str, int]]:
    """The texts an expression holds; a mapping's are its keys."""
    if hops > _MAX_HOPS:
        return
    parts: list[ast.expr] = []
    match node:
        case ast.Constant(value=str() as text):
            yield text, node.lineno
        case ast.JoinedStr(values=pieces):
            parts = list(pieces)
        case ast.BinOp():
            folded = fold(node, {})
            if folded and not folded.many:
                yield folded.leaves[0], node.lineno
            else:
                parts = [node.left, node.right]
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
            pass
        case ast.Dict(keys=keys):
            parts = [key for key in keys if key is not None]
        case ast.IfExp(body=body, orelse=other):
            parts = [body, other]
        case ast.BoolOp(values=parts):
            pass
        case ast.Starred(value=value) | ast.Await(value=value):
            parts = [value]
        case ast.Lambda(body=body):
            parts = [body]
        case ast.Call() if (default := fallback(node)) is not None:
            parts = [default]
        case ast.Call(func=func, args=args, keywords=keywords):
            parts = [*args, *(word.value for word in keywords if word.arg in {"default", "default_factory"})]
            if isinstance(func, ast.Attribute) and func.attr in {"split", "strip"}:
                parts = [func.value]
            elif _last(func) not in _KEEPS:
                parts = []
        case ast.Name(id=name) if name in bound:
            parts = [bound[name]]
        case ast.Attribute(attr=name) if name in bound:
            parts = [bound[name]]
    for part in parts:
        yield from _texts(part, bound, hops + 1)


def _bound(nodes: list[ast.AST]) -> dict[str, ast.expr]:
    """Names bound once in the file."""
    found: dict[str, ast.expr] = {}
    twice = set()
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and (name := _name(node.targets[0])):
            if name in found:
                twice.add(name)
            found[name] = node.value
    return {name: value for name, value in found.items() if name not in twice}


def _name(node: ast.expr) -> str:
    """The last name of what is assigned to: `client.scope`, `params["scope"]`, `SCOPES`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            return name
    return ""


def _last(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
