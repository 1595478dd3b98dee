"""What a condition asks about: a key of the request, a credential, or an account, by whatever road it came."""

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from gate.facts.known import REQUEST, Scope, dotted, holder, text
from gate.facts.wording import Kind, kind, words

_GETTERS = frozenset({
    "get", "getlist", "getone", "getfirst", "getall", "pop", "get_argument", "get_query_argument", "get_cookie",
    "get_body_argument", "get_header", "header", "headers", "__getitem__", "setdefault", "param", "cookie",
})  # fmt: skip
_ASKS = frozenset({"get_argument", "get_query_argument", "get_body_argument", "get_header", "get_cookie"})
_SAME = frozenset({
    "strip", "lstrip", "rstrip", "lower", "upper", "casefold", "encode", "decode", "removeprefix", "removesuffix",
    "replace", "split", "rsplit", "partition", "hexdigest", "digest", "get_secret_value", "title", "hex", "join",
})  # fmt: skip
_AROUND = frozenset({
    "str", "bytes", "int", "bool", "repr", "hash", "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "blake2b",
    "blake2s", "unquote", "b64decode", "b64encode", "urlsafe_b64decode", "escape", "force_str", "force_bytes",
    "reversed", "list", "tuple", "SecretStr", "cast", "to_bytes", "to_native", "hexlify", "crc32",
})  # fmt: skip
_OWN = frozenset({"self", "cls", "user", "current_user", "account", "obj", "instance", "settings", "config", "conf",
                  "row", "response", "resp", "os", "env", "session", "app", "model", "client", "db"})  # fmt: skip
_USERS = frozenset({"user", "current_user", "account", "principal", "member", "identity"})
_RANKS = frozenset({("is", "admin"), ("is", "superuser"), ("is", "staff"), ("is", "root"), ("is", "owner")})
_MAX_HOPS = 12
_MAX_SEEN = 300


@dataclass(frozen=True)
class Subject:
    """What is compared. `request` says that the caller sent it for certain."""

    name: str
    kind: Kind
    request: bool


def subject(node: cst.BaseExpression, scope: Scope) -> Subject | None:
    """What an expression is, seen through aliases, casts, slices, hashes and defaults."""
    return _subject(node, scope, set(), 0)


def _subject(node: cst.BaseExpression, scope: Scope, seen: set[int], hops: int) -> Subject | None:
    if hops > _MAX_HOPS or id(node) in seen or len(seen) > _MAX_SEEN:
        return None
    seen.add(id(node))
    if (key := _key(node, scope)) is not None:
        return key
    for inner in _inner(node, scope):
        if (found := _subject(inner, scope, seen, hops + 1)) is not None:
            return found
    return _named(node, scope)


def _inner(node: cst.BaseExpression, scope: Scope) -> Iterator[cst.BaseExpression]:
    """The expressions whose value this one is, but for dress."""
    match node:
        case cst.NamedExpr(value=value) | cst.Await(expression=value):
            yield value
        case cst.Call(func=cst.Attribute(value=value, attr=cst.Name(value=name))) if name in _SAME:
            yield value
            yield from (part.value for part in node.args if name == "join")
        case cst.Call(func=func, args=[cst.Arg(value=value), *_]) if dotted(func).rpartition(".")[2] in _AROUND:
            yield value
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="new")), args=[_, cst.Arg(value=value), *_]):
            yield value
        case cst.Subscript(value=value, slice=[cst.SubscriptElement(slice=index)]) if _cuts(value, index, scope):
            yield value
        case cst.BooleanOperation(left=left, right=right):
            yield from (left, right)
        case cst.IfExp(body=body, orelse=other):
            yield from (body, other)
        case cst.BinaryOperation(left=left, right=right):
            yield from (left, right)
        case cst.FormattedString(parts=parts):
            yield from (part.expression for part in parts if isinstance(part, cst.FormattedStringExpression))
        case cst.Name(value=name):
            yield from scope.local.get(name, [])
        case cst.Attribute(value=value, attr=cst.Name(value="value" | "scheme" | "raw")):
            yield value


def _cuts(value: cst.BaseExpression, index: cst.BaseSlice, scope: Scope) -> bool:
    """Whether a subscript leaves the credential what it is: `token[7:]`, `header.split()[1]`, not `[0]`."""
    if isinstance(index, cst.Slice):
        return True
    if not isinstance(index, cst.Index) or not isinstance(index.value, cst.Integer | cst.UnaryOperation):
        return False
    whole = scope.value(value) or value
    parted = isinstance(whole, cst.Call) and dotted(whole).rpartition(".")[2] in {"split", "partition", "rsplit"}
    return not (parted and isinstance(index.value, cst.Integer) and index.value.value == "0")


def _key(node: cst.BaseExpression, scope: Scope) -> Subject | None:
    """A key read from the request: `request.headers["X-Debug"]`, `(await request.json()).get("token")`."""
    match node:
        case cst.Call(func=cst.Attribute(value=where, attr=cst.Name(value=name)), args=[cst.Arg(value=key), *_]):
            if name not in _GETTERS:
                return None
        case cst.Subscript(value=where, slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
            pass
        case _:
            return None
    name = text(key, scope)
    if not name or name.lstrip("-").isdigit():
        return None
    if dotted(where).rpartition(".")[2] in {"environ", "META"} and not name.startswith("HTTP_"):
        return None  # set by the server, not by the caller
    sent = holder(where, scope) or (isinstance(node, cst.Call) and _asks(node, scope))
    if not sent and not (isinstance(where, cst.Name) and where.value in scope.params and where.value not in _OWN):
        return None
    found = kind(name, request=sent)
    return Subject(name, found, request=sent) if found else None


def _asks(node: cst.Call, scope: Scope) -> bool:
    """`self.get_argument("token")`, `request.header("X-Token")`."""
    return dotted(node).rpartition(".")[2] in _ASKS or holder(node.func, scope)


def _of_itself(path: list[str], scope: Scope) -> Subject | None:
    """`self.name`, where a method says of the account it belongs to whether that is an administrator."""
    asked = bool(scope.names) and words(scope.names[-1]) in _RANKS
    own = path[0] == "self" and len(path) == 2 and (path[1] == "name" or kind(path[1], request=False) is Kind.ACCOUNT)
    return Subject(path[1], Kind.ACCOUNT, request=False) if asked and own else None


def _named(node: cst.BaseExpression, scope: Scope) -> Subject | None:
    if isinstance(node, cst.Name):
        key = scope.params.get(node.value, "")
        found = kind(key or node.value, request=bool(key))
        return Subject(key or node.value, found, request=bool(key)) if found else None
    if not isinstance(node, cst.Attribute):
        return None
    path = dotted(node).split(".")
    if len(path) < 2:
        return None
    root, owner, last = path[0], path[-2], path[-1]
    request = root in REQUEST or path[:2] == ["self", "request"]
    if owner in _USERS or "user" in words(owner):
        return Subject(last, Kind.ACCOUNT, request=False) if kind(last, request=False) is Kind.ACCOUNT else None
    if request and "user_agent" in path:
        return Subject("User-Agent", Kind.SPOOFABLE, request=True)
    if root in _OWN and not request:
        return _of_itself(path, scope)
    found = kind(last, request=False)
    sent = request and owner in {"authorization", "auth"}
    given = root in scope.params or root in scope.local or root in REQUEST or sent
    plain = given and bool(words(last)) and found in {Kind.CREDENTIAL, Kind.ACCOUNT}
    return Subject(last, found, request=sent) if plain and found else None
