"""The function around a place: whether it answers a request, and whether it speaks of who may."""

import ast
import re
from collections.abc import Iterator

from gate.fact import Repo
from gate.facts.bindings import Function, last_name
from gate.facts.sqltext import words
from gate.nodes import walk
from gate.source import Place

_AUTHORITY = re.compile(
    r"(?i)perm|authori[sz]|owner|access|allowed|forbid|can_|check_|verify|ensure_|tenant|organi[sz]ation|workspace|company|"
    r"(?:^|_)(?:org|team|user|account)(?:_id)?$"
)
_ROUTES = words("route get post put patch delete head options websocket api_view action api_route")


def is_checked(repo: Repo, place: Place) -> bool:
    """Whether the code of the function around a place speaks of permission, ownership or the tenant."""
    function = _function(repo, place)
    return function is not None and any(_AUTHORITY.search(name) for name in _identifiers(function))


def answers_request(repo: Repo, place: Place) -> bool:
    """Whether the function around a place is handed a request, is a route, or is a view's method."""
    function = _function(repo, place)
    if function is None:
        return False
    decorators = (one.func if isinstance(one, ast.Call) else one for one in function.decorator_list)
    if any(isinstance(one, ast.Attribute) and one.attr in _ROUTES for one in decorators):
        return True
    views = {"request", "kwargs"}
    if any(argument.arg in {"request", "info"} for argument in function.args.args):
        return True
    return _is_method(repo, place, function) and any(
        isinstance(node, ast.Attribute) and node.attr in views and last_name(node.value) == "self"
        for node in walk(function)
    )


def _function(repo: Repo, place: Place) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    source = repo.source(place.path)
    if source is None or source.tree is None:
        return None
    found = None
    for node in walk(source.tree):  # wider functions come first
        if isinstance(node, Function) and node.lineno <= place.line <= (node.end_lineno or 0):
            found = node
    return found


def _is_method(repo: Repo, place: Place, function: ast.AST) -> bool:
    source = repo.source(place.path)
    classes = [node for node in walk(source.tree) if isinstance(node, ast.ClassDef)] if source and source.tree else []
    return any(function in node.body for node in classes)


def _identifiers(node: ast.AST) -> Iterator[str]:
    for one in walk(node):
        name = getattr(one, "attr", None) or getattr(one, "id", None) or getattr(one, "arg", None)
        if isinstance(name, str):
            yield name
