"""Guards that stand over many routes at once: of routers, of settings, of middleware and hooks."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from gate import lazy
from gate.facts import guardwords
from gate.facts.guard import depends, elements, of_keywords, unwrapped
from gate.facts.guardsaid import said_in
from gate.facts.guardtest import refuses
from gate.facts.guardwords import Guard
from gate.facts.names import constant
from gate.facts.reading import Function, Node, Reading
from gate.facts.spelling import last, spelled
from gate.nodes import walk
from gate.source import Place

_ROUTERS = (
    "Router",
    "FastAPI",
    "NinjaAPI",
    "Blueprint",
    "Flask",
    "Starlette",
    "Quart",
    "Sanic",
    "Litestar",
    "Namespace",
)
_HOOKS = frozenset({"before_request", "before_app_request", "on_request", "middleware"})
_HOOKING = _HOOKS | {"hook"}
_SETTING = frozenset({"middleware", "rest_framework"})
_INJECTS = frozenset({"Depends", "Security"})
_AGAINST_FORGERY = frozenset({"xsrf_cookies", "csrf"})
_MIDDLEWARE = frozenset({"MIDDLEWARE", "MIDDLEWARE_CLASSES", "DJANGO_MIDDLEWARE", "middlewares"})
_NAMES = (ast.Name, ast.Attribute)
_WRAPS = lazy.regex(r"(?:^|\.)(?:path|re_path|url)$")


_REGISTERS = frozenset((
    "before_request", "before_app_request", "on_request", "middleware", "include_router", "add_router", "csrf", "exempt", "xsrf_cookies",
    "path(", "url(",
))  # fmt: skip
"""What a file holds that puts a guard before routes by calling something."""


@dataclass(frozen=True)
class Registered:
    """A router, an alias, or the module itself, with its guards."""

    place: Place
    name: str
    form: str
    guards: tuple[Guard, ...]
    route: str = ""


def registered(file: Reading) -> Iterator[Registered]:
    module: list[Guard] = []
    routers: list[Registered] = []
    calls = (ast.Call,) if ")(" in file.source.text or said_in(file.source, _REGISTERS) else ()
    hooks = (ast.FunctionDef, ast.AsyncFunctionDef) if said_in(file.source, _HOOKING) else ()
    settings = said_in(file.source, _SETTING)
    for one in file.of(ast.Assign, ast.AnnAssign, ast.AugAssign, *calls, *hooks):
        if isinstance(one.node, ast.Call):
            module += _call(file, one)
        elif isinstance(one.node, Function):
            module += _hook(file, one.node)
        elif one.node.value is not None:
            if not isinstance(one.node, ast.AugAssign):
                routers += _assigned(file, one)
            module += _settings(file, one) if settings else ()
    yield from _nested(file, routers)
    yield Registered(Place.at(file.source.path, module[0].line if module else 1), "", "module", tuple(module))


def _nested(file: Reading, routers: Sequence[Registered]) -> Iterator[Registered]:
    """Routers with the guards of those that include them here: `router.include_router(operator)`."""
    held = {one.name: one.guards for one in routers if one.guards}
    around: dict[str, tuple[Guard, ...]] = {}
    for one in file.of(ast.Call) if held else ():
        if last(spelled(one.node.func)) == "include_router" and one.node.args:
            outer, inner = spelled(one.node.func).rpartition(".")[0], spelled(one.node.args[0])
            around[inner] = (*around.get(inner, ()), *held.get(outer, ()))
    yield from (replace(one, guards=(*one.guards, *around.get(one.name, ()))) for one in routers)


def _assigned(file: Reading, one: Node) -> Iterator[Registered]:
    target = one.node.targets[0] if isinstance(one.node, ast.Assign) else one.node.target
    value = one.node.value
    if not isinstance(target, ast.Name | ast.Attribute):
        return
    if isinstance(value, ast.Call) and spelled(value.func).endswith(_ROUTERS):
        held = tuple(of_keywords(file, value, one.where))
        prefix = next((constant(word.value) for word in value.keywords if word.arg in {"prefix", "url_prefix"}), None)
        yield Registered(file.place(one.node), spelled(target), "router", held, prefix or "")
    elif isinstance(value, ast.Subscript) and not one.where:
        asked = [part for part in walk(value) if isinstance(part, ast.Call) and last(spelled(part.func)) in _INJECTS]
        if asked:
            guards = tuple(guard for part in asked for guard in depends(part))
            yield Registered(file.place(one.node), spelled(target), "alias", guards)


def _settings(file: Reading, one: Node) -> Iterator[Guard]:
    """`MIDDLEWARE` and `REST_FRAMEWORK` of Django's settings."""
    target = one.node.targets[0] if isinstance(one.node, ast.Assign) else one.node.target
    name = last(spelled(target))
    if name in _MIDDLEWARE:
        yield from _named(one.node.value)
    elif name == "REST_FRAMEWORK" and isinstance(one.node.value, ast.Dict):
        for key, value in zip(one.node.value.keys, one.node.value.values, strict=True):
            if key is not None and constant(key) == "DEFAULT_PERMISSION_CLASSES":
                yield from _defaults(file, value, one.where)
            elif key is not None and constant(key) == "DEFAULT_THROTTLE_CLASSES":
                yield from _defaults(file, value, one.where, "throttle_classes")
            elif key is not None and constant(key) == "DEFAULT_THROTTLE_RATES" and isinstance(value, ast.Dict):
                yield from _rates(value)


def _named(listed: ast.expr) -> Iterator[Guard]:
    """The middleware a list names, as text or as what it is."""
    for part in walk(listed):
        said = constant(part) if isinstance(part, ast.Constant) else spelled(part) if isinstance(part, _NAMES) else None
        if said and (kind := guardwords.of_middleware(said)):
            yield Guard(getattr(part, "lineno", listed.lineno), kind, "middleware", last(said), last(said))
        elif said and isinstance(part, _NAMES):  # one that turns callers away, if the tree holds it
            yield Guard(part.lineno, "access", "hook", said, said, sure=False)


def _rates(listed: ast.Dict) -> Iterator[Guard]:
    for key, value in zip(listed.keys, listed.values, strict=True):
        scope, rate = constant(key) if key is not None else None, constant(value)
        if scope and rate:
            yield Guard(value.lineno, "rate", "default", scope, f"{scope} {rate}")


def _defaults(file: Reading, value: ast.expr, where: str, word: str = "permission_classes") -> Iterator[Guard]:
    for guard in elements(file, value, word, where):
        name = last(guard.name)
        if name not in guardwords.OPEN_CLASSES:
            yield Guard(guard.line, guard.kind, "default", name, f"default {name}")


def _call(file: Reading, one: Node) -> Iterator[Guard]:
    call, name = one.node, spelled(one.node.func)
    short = last(name)
    if (
        short in _HOOKS and call.args and isinstance(call.args[0], ast.Call)
    ):  # `bp.before_request(login_required(none))`
        asks = spelled(unwrapped(call.args[0]))
        if kind := guardwords.of_decorator(asks):
            yield Guard(call.lineno, kind, "hook", asks, f"{name}({last(asks)})")
    elif isinstance(call.func, ast.Call) and call.args and (kind := guardwords.of_decorator(spelled(call.func.func))):
        yield Guard(
            call.lineno, kind, "hook", spelled(call.args[0]), f"{spelled(call.args[0])}.{ast.unparse(call.func)}"
        )
    elif short in {"append", "insert", "extend"} and last(name.rpartition(".")[0]) in _MIDDLEWARE and call.args:
        yield from _named(call.args[-1])
    elif listed := next((word.value for word in call.keywords if word.arg in {"middlewares", "middleware"}), None):
        yield from _named(listed)
    elif short in {"include_router", "add_router"} and call.args:
        about = call.args[0] if short == "include_router" else call.args[-1]
        for guard in of_keywords(file, call, one.where):
            yield Guard(call.lineno, guard.kind, "include", spelled(about), guard.text, guard.sure)
    elif exempted := guardwords.EXEMPT.get(name, "") if call.args and isinstance(call.args[0], ast.Name) else "":
        about = spelled(call.args[0])
        yield Guard(call.lineno, exempted, "exempt", about, f"{name}({about})")
    elif short in {"add_middleware", "Middleware"} and call.args:
        used = last(spelled(unwrapped(call.args[0])))
        if kind := guardwords.of_middleware(used):
            yield Guard(call.lineno, kind, "middleware", used, ast.unparse(call) if kind == "rate" else used)
    elif (short in {"CSRFProtect", "CsrfProtect"} and call.args) or (short == "init_app" and "csrf" in name.lower()):
        yield Guard(call.lineno, "csrf", "middleware", "CSRFProtect", "CSRFProtect")
    elif short in _HOOKS and call.args and isinstance(call.args[0], ast.Name):
        sure = bool(guardwords.of_decorator(call.args[0].id))
        yield Guard(call.lineno, "access", "hook", call.args[0].id, f"{name}({call.args[0].id})", sure)
    elif any(word.arg in _AGAINST_FORGERY and constant_true(word.value) for word in call.keywords):
        yield Guard(call.lineno, "csrf", "middleware", short, f"{short}, of its own site's requests only")
    elif _WRAPS.search(name) and len(call.args) > 1 and isinstance(call.args[1], ast.Call):
        yield from _wrapped(call.args[1])


def constant_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def _wrapped(node: ast.Call) -> Iterator[Guard]:
    """`path("x", login_required(view))`."""
    inner: ast.expr = node
    while isinstance(inner, ast.Call) and inner.args:
        name = spelled(unwrapped(inner))
        if kind := guardwords.of_decorator(name):
            about = inner.args[0]
            while isinstance(about, ast.Call):
                about = about.args[0] if about.args else about.func
            said = spelled(about).removesuffix(".as_view")
            yield Guard(node.lineno, kind, "wrap", last(said), f"{last(name)}({last(said)})")
        inner = inner.args[0]


def _hook(file: Reading, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Guard]:
    for part in node.decorator_list:
        name = spelled(unwrapped(part))
        first = part.args[0] if isinstance(part, ast.Call) and part.args else None
        hooks = last(name) in _HOOKS or (
            last(name) == "hook" and constant(first) == "before_request" if first else False
        )
        if hooks and "." in name and not file.names.of(unwrapped(part)).startswith("aiohttp."):
            called = [spelled(one.func) for one in walk(node) if isinstance(one, ast.Call)]
            above = (spelled(unwrapped(one)) for one in node.decorator_list)
            asks = (
                refuses(file, node) or any(map(guardwords.of_call, called)) or any(map(guardwords.of_decorator, above))
            )
            yield Guard(node.lineno, "access", "hook", node.name, f"{name}({node.name})", sure=asks)
            if any(guardwords.of_decorator(one) == "rate" for one in (node.name, *called)):
                yield Guard(node.lineno, "rate", "hook", node.name, f"{name}({node.name}), which counts")
