"""The function around a query: whether it answers a request, whose ids it looks up, and what it asks of who may."""

import ast
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from gate import lazy
from gate.fact import Repo
from gate.facts.authority import AUTHENTICATES, BACKGROUND, BATCH, is_authority
from gate.facts.bindings import Function, last_name
from gate.facts.injected import injected
from gate.facts.jsaround import JsAround
from gate.facts.jstext import LANGUAGES
from gate.facts.jsunits import unit
from gate.facts.sqltext import words
from gate.nodes import walk
from gate.source import Place, Source

_INTERNAL = lazy.regex(r"(?i)(?:^|[/_-])(?:admin|internal|staff|superuser)(?:[/_-]|$)")
_TENANTS = lazy.regex(
    r"(?i)tenant|organi[sz]ation|workspace|scoped|restrict|permission|owner|staff|admin|superuser|member"
)
_ROUTES = words("route get post put patch delete head options websocket api_view action api_route view_config endpoint")
_VIEWS = lazy.regex(r"\w*(?:View|ViewSet|Resource|Endpoint|APIView|Handler|Controller)")
_METHODS = words(
    "get post put patch delete head list retrieve create update destroy partial_update dispatch get_queryset get_object get_context_data form_valid"
)
_NOT_SENT = words(
    "self cls db session request req user current_user conn connection cursor cur tenant org organization workspace account "
    "response background_tasks info root page limit offset settings config service repo repository client"
)
_USERS = lazy.regex(
    r"(?i)(?:\w+_)?(?:user|request|tenant|organi[sz]ation|org|workspace|account|principal|member|identity|viewer|actor)"
)
_FETCHES = words(
    "get get_one first one one_or_none first_or_404 get_or_404 get_or_none scalar scalar_one scalar_one_or_none"
)
"""What brings one row."""
_SHOWS = lazy.regex(
    r"(?i)render\w*|redirect|reverse|url_for|log|info|debug|warning|error|print|\w*Response|jsonify|messages?"
)


@dataclass(frozen=True, eq=False)
class Around:
    """The innermost function, else class, around a query; `outer` is the class it stands in."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | None
    outer: ast.ClassDef | None
    place: Place

    @cached_property
    def answers_request(self) -> bool:
        """Whether it is a route, a view, or a view's method."""
        if self.node is None:
            return False
        if isinstance(self.node, ast.ClassDef):
            return _is_view(self.node)
        named = {last_name(one.func if isinstance(one, ast.Call) else one) for one in self.node.decorator_list}
        if named & _ROUTES or any(argument.arg in {"request", "info"} for argument in self.node.args.args):
            return True
        uses = any(
            isinstance(one, ast.Attribute) and one.attr in {"request", "kwargs"} and last_name(one.value) == "self"
            for one in self._own
        )
        return self.outer is not None and (uses or (self.node.name in _METHODS and _is_view(self.outer)))

    @cached_property
    def is_for_view(self) -> bool:
        """Whether it says what a view shows, whatever is asked for."""
        return isinstance(self.node, ast.ClassDef) or (self.node is not None and self.node.name == "get_queryset")

    @cached_property
    def is_background(self) -> bool:
        """Whether it is run by a clock, a queue or an operator, for all tenants at once."""
        decorators = self.node.decorator_list if self.node else []
        named = [part for one in decorators for part in _names(one)]
        made = [last_name(base) for base in self.outer.bases] if self.outer else []
        batch = BATCH.search(self.place.path) is not None or "BaseCommand" in made
        return batch or any(BACKGROUND.search(name) for name in named)

    @cached_property
    def _own(self) -> tuple[ast.AST, ...]:
        """What the function does, the query itself left out."""
        body = self.node.body if self.node is not None else []
        return tuple(node for part in body for node in walk(part) if not self._is_query(node))

    def _is_query(self, node: ast.AST) -> bool:
        return self.place.line <= getattr(node, "lineno", 0) <= self.place.end_line

    @cached_property
    def knows_user(self) -> bool:
        """Whether somebody must be signed in to come here."""
        parts = [self.node, self.outer] if self.node else []
        return any(
            AUTHENTICATES.fullmatch(name) or name in {"user", "User"} for part in parts if part for name in _head(part)
        ) or any(last_name(node) in {"user", "current_user"} for node in self._own)

    @cached_property
    def asks(self) -> bool:
        """Whether a name in it, in its decorators or its class speaks of permission."""
        heads = [name for part in (self.node, self.outer) if part for name in _head(part)]
        body = (last_name(node) for node in self._own if isinstance(node, ast.Name | ast.Attribute))
        if any(is_authority(name) for name in [*heads, *body]):
            return True
        return self.outer is not None and any(_TENANTS.search(last_name(base)) for base in self.outer.bases)

    def compares(self, columns: Collection[str]) -> bool:
        """Whether it compares whose a row is, or binds one of these columns elsewhere."""
        found = False
        for node in self._own:
            if isinstance(node, ast.Compare):
                ends = [one.attr for one in (node.left, *node.comparators) if isinstance(one, ast.Attribute)]
                if any(end.lower() in columns for end in ends) or len(ends) > len(set(ends)):
                    return True
            elif isinstance(node, ast.Call) and last_name(node.func)[:1].islower():  # a class only takes what it keeps
                found = found or any(keyword.arg in columns for keyword in node.keywords)
        return found

    @cached_property
    def tells_user(self) -> bool:
        """Whether what was looked up, or its key, goes with the user into a function that may judge them."""
        known = self._found | self.sent
        told = (node for node in self._own if isinstance(node, ast.Call) and _is_about(node, known))
        return any(map(_names_user, (*told, *self._takers)))

    @cached_property
    def _takers(self) -> tuple[ast.Call, ...]:
        """The functions that are handed what the query brings as it comes: `owned(await session.get(Order, key), user)`."""
        body = self.node.body if self.node is not None else []
        calls = [node for part in body for node in walk(part) if isinstance(node, ast.Call) and self._is_query(node)]
        keys = {id(inner) for call in calls if _brings(call) for one in call.args for inner in walk(one)}
        known = (call for call in calls if isinstance(call.func, ast.Name) and id(call) not in keys)
        return tuple(call for call in known if any(map(_brings, call.args)))

    @cached_property
    def _found(self) -> frozenset[str]:
        """The names the query's rows are kept under."""
        body = self.node.body if self.node is not None else []
        assigns = (
            node for part in body for node in walk(part) if isinstance(node, ast.Assign) and self._is_query(node)
        )
        return frozenset(last_name(target) for node in assigns for target in node.targets)

    @cached_property
    def sent(self) -> frozenset[str]:
        """The names in the query whose values the caller sent."""
        if not isinstance(self.node, Function):
            return frozenset()
        sent = {one.arg for one in (*self.node.args.args, *self.node.args.kwonlyargs)} - _NOT_SENT
        told = {"kwargs", "request"}
        for node in walk(self.node):
            if isinstance(node, ast.Assign) and any(last_name(one) in sent | told for one in walk(node.value)):
                sent |= {last_name(target) for target in node.targets if not self._is_query(node)}
        query = [node for part in self.node.body for node in walk(part) if self._is_query(node)]
        loaded = {id(found) for node in query if (found := self._loaded(node)) is not None}
        named = {node.id for node in query if isinstance(node, ast.Name) and id(node) not in loaded}
        held = {node.attr for node in query if isinstance(node, ast.Attribute)}
        return frozenset((named & (sent | told)) | (held & told))

    def _loaded(self, node: ast.AST) -> ast.Name | None:
        """`current` in `current.session.id`, where `Depends(require_login)` found it: the key is that of a row it has looked up."""
        match node:
            case ast.Attribute(value=ast.Attribute(value=ast.Name() as name)) if isinstance(self.node, Function):
                return name if name.id in injected(self.node) else None
        return None


def _is_about(call: ast.Call, known: Collection[str]) -> bool:
    """Whether a call is given one of these, or is a method of it."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return any(last_name(one) in known for one in [*_plain(call), *([owner] if isinstance(owner, ast.Name) else [])])


def _names_user(call: ast.Call) -> bool:
    """Whether a call that does more than show things is told who asks."""
    return not _SHOWS.fullmatch(last_name(call.func)) and any(_USERS.fullmatch(last_name(one)) for one in _plain(call))


def _plain(call: ast.Call) -> list[ast.expr]:
    given = (*call.args, *(word.value for word in call.keywords))
    return [one for one in given if isinstance(one, ast.Name | ast.Attribute)]


def _brings(node: ast.expr) -> bool:
    """Whether it is awaited, or what a method gives: a row, unlike the `func.count(key)` of a query that is put together."""
    called = node.value if isinstance(node, ast.Await) else node
    return isinstance(called, ast.Call) and isinstance(called.func, ast.Attribute) and called.func.attr in _FETCHES


def around(repo: Repo, place: Place) -> Around | JsAround:
    """What stands around a place of a Python file or one of JavaScript; nothing around one of another language."""
    source = repo.source(place.path)
    if source is not None and source.language in LANGUAGES:
        return JsAround(source, place, unit(source, place.line))
    found: ast.AST | None = None
    outer: ast.ClassDef | None = None
    for node in _units(source) if source is not None and source.tree is not None else ():
        if node.lineno <= place.line <= (node.end_lineno or 0):
            outer = node if isinstance(node, ast.ClassDef) else outer
            found = node
    return Around(found, None if found is outer else outer, place)  # type: ignore[arg-type]


def decorated(repo: Repo, place: Place) -> Around | JsAround:
    """What stands around a place, or under it where it is a decorator."""
    source = repo.source(place.path)
    for node in _units(source) if source is not None and source.tree is not None else ():
        if any(one.lineno <= place.line <= (one.end_lineno or 0) for one in node.decorator_list):
            return around(repo, Place.at(place.path, node.lineno))
    return around(repo, place)


@lru_cache(maxsize=64)
def _units(source: Source) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, ...]:
    """The functions and classes of a file, wider ones first."""
    return tuple(node for node in walk(source.tree) if isinstance(node, Function | ast.ClassDef)) if source.tree else ()


def _is_view(node: ast.ClassDef) -> bool:
    return any(_VIEWS.fullmatch(last_name(base)) for base in node.bases)


def _head(node: ast.AST) -> Iterator[str]:
    """The names in the decorators and the signature of a function, or the bases and attributes of a class."""
    parts: list[ast.AST] = list(getattr(node, "decorator_list", ()))
    if isinstance(node, ast.ClassDef):
        parts += [*node.bases, *(one for one in node.body if isinstance(one, ast.Assign))]
    elif isinstance(node, Function):
        parts += [*node.args.defaults, *(one for one in node.args.kw_defaults if one)]
        parts += [one.annotation for one in node.args.args if one.annotation]
    for part in parts:
        yield from _names(part)


def _names(node: ast.AST) -> Iterator[str]:
    for one in walk(node):
        if isinstance(one, ast.Name | ast.Attribute):
            yield last_name(one)
        elif isinstance(one, ast.Constant) and isinstance(one.value, str) and _INTERNAL.search(one.value):
            yield "admin"
