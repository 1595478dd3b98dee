"""What a condition asks about: a key of the request, a credential, or an account, by whatever road it came."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import libcst as cst

from gate.facts.folding import Folded, Known, fold
from gate.facts.wording import Kind, deciding, kind, words

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
_REQUEST = frozenset({"request", "req", "websocket", "ws", "environ", "event", "headers", "http_request", "_request"})
_STORES = frozenset({
    "headers", "args", "GET", "POST", "form", "values", "cookies", "COOKIES", "META", "query_params", "json", "data",
    "params", "query", "environ", "body", "get_json", "cleaned_data", "validated_data", "headerlist", "queryParams",
    "get_argument", "get_header", "get_cookie", "queryStringParameters", "json_body", "getheader",
})  # fmt: skip
_GIVEN = frozenset({"headers", "environ", "event", "payload", "body", "data", "params", "query", "form", "credentials",
                    "creds", "form_data", "scope", "login", "credential", "args", "info", "auth",
                    "authorization"})  # fmt: skip
_OWN = frozenset({"self", "cls", "user", "current_user", "account", "obj", "instance", "settings", "config", "conf",
                  "row", "response", "resp", "os", "env", "session", "app", "model", "client", "db"})  # fmt: skip
_USERS = frozenset({"user", "current_user", "account", "principal", "member", "identity"})
_MAX_HOPS = 12
_MAX_FOLDS = 5
_MAX_SEEN = 300


@dataclass(frozen=True)
class Subject:
    """What is compared. `request` says that the caller sent it for certain."""

    name: str
    kind: Kind
    request: bool


@dataclass(eq=False)
class Scope:
    """What is known of the function a condition stands in, and of those around it."""

    names: tuple[str, ...]
    constants: Known
    route: bool = False
    params: dict[str, str] = field(default_factory=dict)
    """Parameters, and the key of the request each is read from; "" for any other."""
    outer: frozenset[str] = frozenset()
    """Parameters of the functions around: what a decorator wraps."""
    local: dict[str, list[cst.BaseExpression]] = field(default_factory=dict)
    denies: int = 0
    """How many statements of the function turn the caller away."""

    @property
    def deciding(self) -> int:
        return deciding(self.names)

    def value(self, node: cst.BaseExpression) -> cst.BaseExpression | None:
        """What a name bound once stands for."""
        known = self.local.get(node.value, []) if isinstance(node, cst.Name) else []
        return known[0] if len(known) == 1 else None

    def literal(self, node: cst.BaseExpression) -> Folded | None:
        """The literal an expression comes to, here."""
        tree = expression(node)
        return fold(tree, _View(self)) if tree is not None else None


class _View(Mapping[str, Folded]):
    """Names as literals: those bound once here to one, then those of the file."""

    def __init__(self, scope: Scope, hops: int = 0) -> None:
        self._scope, self._hops = scope, hops

    def __getitem__(self, name: str) -> Folded:
        owner, _, last = name.rpartition(".")
        if owner in {"self", "cls"}:
            name = next(
                (f"{outer}.{last}" for outer in self._scope.names if f"{outer}.{last}" in self._scope.constants), ""
            )
        known = self._scope.local.get(name)
        if known is None and name not in self._scope.params:
            return self._scope.constants[name]
        if known is None or len(known) != 1 or self._hops > _MAX_FOLDS:
            raise KeyError(name)
        tree = expression(known[0])
        folded = fold(tree, _View(self._scope, self._hops + 1)) if tree is not None else None
        if folded is None:
            raise KeyError(name)
        return folded

    def __iter__(self) -> Iterator[str]:
        return iter(self._scope.constants)

    def __len__(self) -> int:
        return len(self._scope.constants)


def expression(node: cst.CSTNode) -> ast.expr | None:
    """A libcst expression as the stdlib's, to be computed with."""
    try:
        return ast.parse(f"({cst.Module([]).code_for_node(node)})", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def dotted(node: cst.CSTNode) -> str:
    """The names along an expression: `self.request.headers.get(...)` is "self.request.headers.get"."""
    trail: list[str] = []
    while True:
        if isinstance(node, cst.Attribute):
            trail.append(node.attr.value)
            node = node.value
        elif isinstance(node, cst.Call):
            node = node.func
        elif isinstance(node, cst.Subscript):
            node = node.value
        elif isinstance(node, cst.Await):
            node = node.expression
        else:
            return ".".join(reversed([*trail, node.value] if isinstance(node, cst.Name) else trail))


def text(node: cst.BaseExpression, scope: Scope) -> str:
    """A key that is written out; "" for any other."""
    folded = scope.literal(node)
    return folded.leaves[0] if folded and not folded.many else ""


def holder(node: cst.BaseExpression, scope: Scope, seen: frozenset[str] = frozenset()) -> bool:
    """Whether an expression is something the request brought, such as its headers; `seen` are names on the way."""
    if isinstance(node, cst.Call) and dotted(node) in {"dict", "Headers", "QueryParams"} and node.args:
        return holder(node.args[0].value, scope, seen)
    path = dotted(node).split(".")
    if "os" in path or "response" in path or "resp" in path:
        return False
    if path[-1] in {"cleaned_data", "validated_data", "query_params", "queryStringParameters"}:
        return True
    if frozenset(path) & _REQUEST and (frozenset(path) & _STORES or len(path) == 1):
        return True
    if path[0] in scope.params:
        return len(path) == 1 and (scope.route or path[0] in _GIVEN)
    known = [] if path[0] in seen else scope.local.get(path[0], [])
    return any(not isinstance(value, cst.Name) and holder(value, scope, seen | {path[0]}) for value in known)


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
    request = root in _REQUEST or path[:2] == ["self", "request"]
    if owner in _USERS or "user" in words(owner):
        return Subject(last, Kind.ACCOUNT, request=False) if kind(last, request=False) is Kind.ACCOUNT else None
    if root in _OWN and not request:
        return None
    found = kind(last, request=False)
    sent = request and owner in {"authorization", "auth"}
    given = root in scope.params or root in scope.local or root in _REQUEST or sent
    plain = given and bool(words(last)) and found in {Kind.CREDENTIAL, Kind.ACCOUNT}
    return Subject(last, found, request=sent) if plain and found else None
