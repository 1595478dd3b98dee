"""What is known inside a function: what its parameters and its names stand for."""

from collections.abc import Iterator

import libcst as cst

from gate import lazy
from gate.facts.granting import blocks, code, denial, simple
from gate.facts.known import Scope, dotted
from gate.facts.wording import kind

_ROUTES = lazy.regex(r"\b(route|get|post|put|patch|delete|api_route|websocket|api_view|action|view_config|expose)$")
_EXPECTED = lazy.regex(r"(?i)(expected|valid|correct|shared|stored|configured|reference|actual)(_|$)")
"""Parameters that hold what a credential is compared with."""
_HEADERS = frozenset({"Header", "Query", "Cookie", "Form", "Body"})


def inside(node: cst.FunctionDef, outer: Scope) -> Scope:
    """What is known inside a function: its parameters, and what its names are bound to."""
    route = any(_ROUTES.search(dotted(d.decorator)) for d in node.decorators)
    params = [*node.params.posonly_params, *node.params.params, *node.params.kwonly_params]
    keys = {param.name.value: _sent(param, route=route) for param in params}
    scope = Scope(
        (*outer.names, node.name.value), outer.constants, route or (outer.route and bool(keys)), keys,
        outer.outer | frozenset(outer.params), dict(outer.local),
    )  # fmt: skip
    for name, value in _bound(node.body):
        scope.local.setdefault(name, []).append(value)
    for name in keys:
        scope.local[name] = [*scope.local[name], cst.Name(name)] if name in scope.local else []
    for param in params:
        if param.default is not None and _EXPECTED.match(param.name.value):
            scope.local[param.name.value].append(param.default)
    scope.local = {name: values for name, values in scope.local.items() if values}
    scope.denies = sum(denial(part) for part in simple(node.body.body))
    return scope


def _sent(param: cst.Param, *, route: bool) -> str:
    """The key of the request a parameter is read from; "" if it is not."""
    name = param.name.value
    said = code(param.annotation.annotation) if param.annotation else ""
    calls = [part for part in (param.default, _annotated(param)) if isinstance(part, cst.Call)]
    for call in calls:
        last = dotted(call.func).rpartition(".")[2]
        if last in _HEADERS:
            alias = [arg.value for arg in call.args if arg.keyword and arg.keyword.value == "alias"]
            written = alias and isinstance(alias[0], cst.SimpleString) and alias[0].raw_value
            return str(written or name)
        if last in {"Depends", "Security"}:
            return ""
    plain = route and name not in {"self", "request", "db", "session"} and "Depends" not in said
    return name if plain else ""


def _annotated(param: cst.Param) -> cst.BaseExpression | None:
    match param.annotation:
        case cst.Annotation(
            annotation=cst.Subscript(slice=[_, cst.SubscriptElement(slice=cst.Index(value=value)), *_])
        ):
            return value
    return None


def _bound(body: cst.BaseSuite) -> Iterator[tuple[str, cst.BaseExpression]]:
    """Names and what they are bound to, in a function without those inside it."""
    for small in simple([body]):
        match small:
            case cst.Assign(targets=targets, value=value):
                for target in targets:
                    yield from _targets(target.target, value)
            case cst.AnnAssign(target=cst.Name(value=name), value=cst.BaseExpression() as value):
                yield name, value
            case cst.AugAssign(target=cst.Name(value=name), value=value):
                yield name, value
    yield from _targeted(body, anywhere=":=" in code(body))


def _targeted(body: cst.CSTNode, *, anywhere: bool) -> Iterator[tuple[str, cst.BaseExpression]]:
    """What loops and walruses bind; the latter stand `anywhere` in expressions."""
    stack = [body]
    while stack:
        part = stack.pop()
        match part:
            case cst.FunctionDef() | cst.ClassDef() | cst.Lambda():
                continue
            case cst.NamedExpr(target=cst.Name(value=name), value=value):
                yield name, value
            case cst.For(target=cst.Name(value=name), iter=value):
                yield name, value
        stack += reversed(part.children if anywhere else list(blocks(part)))


def _targets(target: cst.BaseExpression, value: cst.BaseExpression) -> Iterator[tuple[str, cst.BaseExpression]]:
    if isinstance(target, cst.Name):
        yield target.value, value
    elif isinstance(target, cst.Tuple):
        same = isinstance(value, cst.Tuple) and len(value.elements) == len(target.elements)
        for index, part in enumerate(target.elements):
            if same and isinstance(value, cst.Tuple):
                yield from _targets(part.value, value.elements[index].value)
            elif not isinstance(part.value, cst.Name) or _credential_part(
                part.value.value, index, len(target.elements)
            ):
                yield from _targets(part.value, value)


def _credential_part(name: str, index: int, count: int) -> bool:
    """Of `scheme, token = header.split()` the last is the credential; of more parts, what is called so."""
    return kind(name, request=False) is not None or (count == 2 and index == 1)
