"""Guards that stand where they do nothing: above what registers the function, or named and never called."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts import guardwords, sources
from gate.facts.guard import unwrapped
from gate.facts.reading import Node, Reading, reading
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.paths import kind
from gate.source import Place, Source

_REGISTERS = frozenset({"route", "get", "post", "put", "patch", "delete", "websocket", "api_route", "head", "options"})
_DECLARES = lazy.regex(
    r"(?:django|pyramid|rest_framework|cherrypy|webargs|discord|flask_appbuilder|flask_classful|flask_admin|click|typer|celery)\b"
)
"""Packages whose decorators only mark a function; what is registered later is guarded, wherever the guard stands."""
_DRF = frozenset({"permission_classes", "authentication_classes", "throttle_classes"})
_PROVIDES = lazy.regex(r"(?:get_(?:current_)?\w*user\w*|require_\w+|verify_\w+|current_(?:active_)?user|check_\w+)$")
_FASTAPI = lazy.regex(r"(?:^|\.)(?:\w*Router|FastAPI|include_router|get|post|put|patch|delete|api_route)$")


@dataclass(frozen=True)
class IdleGuard:
    """A guard that guards nothing. `what` is "above" (the registration), "behind" (a view) or "uncalled" (no `Depends` around it)."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of("@", "dependencies", "fastapi", "django.views")

    place: Place
    what: str
    name: str
    route: str

    @classmethod
    def find(cls, source: Source) -> Iterator["IdleGuard"]:
        if kind(source.path) in {"test", "migration"}:
            return
        file = reading(source)
        for one in file.of(ast.FunctionDef, ast.AsyncFunctionDef):
            yield from (
                cls(file.place(node), *rest) for node, *rest in (*_above(file, one.node), *_uncalled(file, one))
            )
        for one in file.of(ast.ClassDef):
            yield from (cls(file.place(node), "behind", name, view) for node, name, view in _behind(file, one.node))
        if "fastapi" in source.text:
            for one in file.calls():
                yield from (cls(file.place(node), "uncalled", name, "") for node, name in _listed(file, one))


def _behind(file: Reading, node: ast.ClassDef) -> Iterator[tuple[ast.AST, str, str]]:
    """A mixin that stands behind a view of Django, whose `dispatch` answers and calls no other."""
    meant = [file.names.of(base) for base in node.bases]
    views = [index for index, name in enumerate(meant) if name.startswith("django.views.") and name.endswith("View")]
    for base in node.bases[views[0] + 1 :] if views else ():
        if guardwords.of_base(spelled(base)):
            yield base, last(spelled(base)), last(spelled(node.bases[views[0]]))


def _above(file: Reading, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[ast.AST, str, str, str]]:
    routes = [index for index, part in enumerate(node.decorator_list) if _registers(file, part)]
    for part in node.decorator_list[: routes[-1]] if routes else ():
        name = spelled(unwrapped(part))
        drf = last(spelled(unwrapped(node.decorator_list[routes[-1]]))) == "api_view"
        idle = last(name) in _DRF if drf else bool(guardwords.of_decorator(name)) and not _registers(file, part)
        if idle:
            yield part, "above", name, spelled(unwrapped(node.decorator_list[routes[-1]]))


def _registers(file: Reading, part: ast.expr) -> bool:
    """Whether a decorator hands the function as it is at that moment to a router."""
    if not isinstance(part, ast.Call):
        return False
    name = spelled(part.func)
    meant = file.meaning(part.func, "").replace("()", "")
    if last(name) == "api_view":
        return True
    return (
        last(name) in _REGISTERS and not _DECLARES.match(meant) and sources.route(meant if "?" not in meant else name)
    )


def _uncalled(file: Reading, one: Node) -> Iterator[tuple[ast.AST, str, str, str]]:
    """`user=get_current_user` in a route of FastAPI: the function itself is the value, and it is never called."""
    node = one.node
    routed = any(
        _registers(file, part) and last(spelled(unwrapped(part))) != "api_view" for part in node.decorator_list
    )
    if not routed or "fastapi" not in file.source.text:
        return
    given = node.args
    for default in (*given.defaults, *(part for part in given.kw_defaults if part is not None)):
        if isinstance(default, ast.Name | ast.Attribute) and _is_function(file, default, one.where):
            yield default, "uncalled", spelled(default), node.name


def _is_function(file: Reading, node: ast.expr, where: str) -> bool:
    name = last(spelled(node))
    return bool(_PROVIDES.match(name)) and file.value(node, where) is None


def _listed(file: Reading, one: Node) -> Iterator[tuple[ast.AST, str]]:
    """`dependencies=[require_admin]`."""
    value = file.given(one).get("dependencies") if _FASTAPI.search(spelled(one.node.func)) else None
    for part in value.elts if isinstance(value, ast.List | ast.Tuple) else ():
        if isinstance(part, ast.Name | ast.Attribute) and _is_function(file, part, one.where):
            yield part, spelled(part)
