"""What is known of the function a condition stands in: its names, its literals, and what the request brought."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import libcst as cst

from gate.facts.folding import Folded, Known, fold
from gate.facts.wording import deciding

REQUEST = frozenset({"request", "req", "websocket", "ws", "environ", "event", "headers", "http_request", "_request"})
_STORES = frozenset({
    "headers", "args", "GET", "POST", "form", "forms", "values", "cookies", "COOKIES", "META", "query_params", "json", "data",
    "params", "query", "environ", "body", "get_json", "cleaned_data", "validated_data", "headerlist", "queryParams",
    "get_argument", "get_header", "get_cookie", "queryStringParameters", "json_body", "getheader",
})  # fmt: skip
_GIVEN = frozenset({"headers", "environ", "event", "payload", "body", "data", "params", "query", "form", "credentials",
                    "creds", "form_data", "scope", "login", "credential", "args", "info", "auth",
                    "authorization"})  # fmt: skip
_MAX_FOLDS = 5


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


def holder(node: cst.BaseExpression, scope: Scope, seen: set[str] | None = None) -> bool:
    """Whether an expression is something the request brought, such as its headers.

    `seen` are the names that have been asked about: each is followed once, however many ways lead to it.
    """
    seen = set() if seen is None else seen
    if isinstance(node, cst.Call) and dotted(node) in {"dict", "Headers", "QueryParams"} and node.args:
        return holder(node.args[0].value, scope, seen)
    path = dotted(node).split(".")
    if "os" in path or "response" in path or "resp" in path:
        return False
    if path[-1] in {"cleaned_data", "validated_data", "query_params", "queryStringParameters", "invocation_metadata"}:
        return True
    if frozenset(path) & REQUEST and (frozenset(path) & _STORES or len(path) == 1):
        return True
    if path[0] in scope.params:
        return len(path) == 1 and (scope.route or path[0] in _GIVEN)
    known = [] if path[0] in seen else scope.local.get(path[0], [])
    seen.add(path[0])
    return any(not isinstance(value, cst.Name) and holder(value, scope, seen) for value in known)
