"""Functions, classes, routers and modules, and what keeps callers out of each: the guard model of all rules about access."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from gate.facts import sources
from gate.facts.guard import is_empty, of_annotation, of_class, of_class_around, of_decorators, of_parameters, unwrapped
from gate.facts.guardanswer import only_says_yes
from gate.facts.guardlist import Registered, registered
from gate.facts.guardput import put_around
from gate.facts.guardsaid import ASKING, says
from gate.facts.guardtest import calls_of, in_body, refuses
from gate.facts.guardwords import Guard
from gate.facts.names import constant
from gate.facts.reading import Function, Node, Reading, reading
from gate.facts.spelling import last, spelled
from gate.paths import kind
from gate.source import Place, Source

_VIEWS = re.compile(
    r"(?:^|\.)\w*(?:View|ViewSet|Resource|Handler|Endpoint|Controller|APIView|MethodView|Mutation|Viewset|WebsocketConsumer)\w*$"
)
_FIRST = frozenset({"request", "req", "websocket", "info", "_request"})
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "websocket", "head", "options"})
_WRITES = frozenset({"post", "put", "patch", "delete", "websocket", "mutation"})
_METHOD_VERBS = {"create": "post", "update": "put", "partial_update": "patch", "destroy": "delete", "form_valid": "post",
                 "perform_create": "post", "perform_update": "put", "perform_destroy": "delete", "mutate": "mutation", "connect": "get",
                 "list": "get", "retrieve": "get"}  # fmt: skip


@dataclass(frozen=True)
class Guarded:
    """Something callers reach, or that keeps them from it."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[re.Pattern[str]] = re.compile("")

    place: Place
    name: str
    """The dotted name within its file; "" for the file itself."""
    form: str
    """"function", "class", "router", "alias" (of an annotation) or "module"."""
    guards: tuple[Guard, ...] = ()
    uses: frozenset[str] = frozenset()
    """The names of its decorators, dependencies and bases, and of what it calls."""
    owner: str = ""
    """The class around."""
    router: str = ""
    """What a route is registered on."""
    route: str = ""
    """Its path; of a router, what its paths begin with."""
    verbs: frozenset[str] = frozenset()
    answers: bool = False
    """Whether outsiders call it."""
    bases: tuple[str, ...] = ()
    annotations: tuple[str, ...] = ()
    refuses: bool = False
    """Whether it turns callers away."""
    opens: bool = False
    """Whether it does nothing but say yes."""

    @property
    def short(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def writes(self) -> bool:
        return bool(self.verbs & _WRITES)

    @property
    def keeps(self) -> bool:
        """Whether it holds what may be a guard by its name or by what it is; of a call that stands alone nobody can say that."""
        return any(guard.sure or guard.how != "call" for guard in self.guards)

    @classmethod
    def find(cls, source: Source) -> Iterator["Guarded"]:
        yield from units(source)


@lru_cache(maxsize=1024)
def units(source: Source) -> tuple[Guarded, ...]:
    """All of a file; what is only for tests, for work or for migrations keeps nobody out."""
    if kind(source.path) in {"test", "dev", "migration"}:
        return ()
    file = reading(source)
    functions = (_function(file, one) for one in file.of(*_FUNCTIONS))
    classes = (_class(file, one) for one in file.of(ast.ClassDef))
    return (*functions, *classes, *(_registered(made) for made in registered(file)))


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
OWN = "permission_classes"
"""What takes the place of the permissions of the class and the program, and is added to none of them."""


def _function(file: Reading, one: Node) -> Guarded:
    node, name = one.node, f"{one.where}.{one.node.name}".lstrip(".")
    owner = one.parent.node if one.parent and isinstance(one.parent.node, ast.ClassDef) else None
    router, route, verbs = _routed(file, node)
    inside = in_body(file, node, name) if says(file.source, node, ASKING) else ()
    outside = of_decorators(file, node, one.where) if node.decorator_list else ()
    above = of_class_around(file, owner, node.name, one.where) if owner is not None and owner.decorator_list else ()
    held = (*outside, *above, *of_parameters(file, node, name), *inside, *put_around(file, node, one.where))
    uses = {guard.name for guard in held if guard.how != "test"}
    uses |= {spelled(unwrapped(part)) for part in node.decorator_list if not is_empty(part)}
    if any(word.arg == OWN for part in node.decorator_list if isinstance(part, ast.Call) for word in part.keywords):
        uses.add(OWN)
    verb = _METHOD_VERBS.get(node.name, node.name if node.name in _VERBS else "") if owner is not None else ""
    views = owner is not None and _is_view(file, owner) and (bool(verb) or node.name in sources.VERBS)
    first = [arg.arg for arg in node.args.args if arg.arg not in {"self", "cls", "root"}][:1]
    answers = bool(router or verbs) or views or (owner is None and bool(_FIRST & set(first)))
    return Guarded(
        file.place(node), name, "function", held, frozenset(uses | calls_of(file, node, name)),
        owner=one.where if owner is not None else "", router=router, route=route,
        verbs=verbs or (frozenset({verb}) if views and verb else frozenset()), answers=answers,
        annotations=tuple(of_annotation(file, node)), refuses=refuses(file, node), opens=only_says_yes(node),
    )  # fmt: skip


def _class(file: Reading, one: Node) -> Guarded:
    node, name = one.node, f"{one.where}.{one.node.name}".lstrip(".")
    held = (*of_decorators(file, node, one.where), *of_class(file, node, name))
    bases = tuple(file.names.of(base.value if isinstance(base, ast.Subscript) else base) for base in node.bases)
    uses = {last(base) for base in bases} | {guard.name for guard in held}
    uses |= {spelled(unwrapped(part)) for part in node.decorator_list}
    uses |= {part.name for part in node.body if isinstance(part, Function)}
    uses |= (
        {OWN} if any(isinstance(part, ast.Assign) and spelled(part.targets[0]) == OWN for part in node.body) else set()
    )
    answers = _is_view(file, node)
    return Guarded(file.place(node), name, "class", held, frozenset(uses), answers=answers, bases=bases)


def _registered(made: Registered) -> Guarded:
    uses = frozenset(guard.name for guard in made.guards)
    return Guarded(made.place, made.name, made.form, made.guards, uses, route=made.route)


@lru_cache(maxsize=1024)
def _is_view(file: Reading, node: ast.ClassDef) -> bool:
    """Whether the methods of a class answer requests, as its name and its bases say."""
    names = [file.names.of(base) or spelled(base) for base in node.bases]
    return any(sources.view(name) or _VIEWS.search(name) for name in names) or node.name == "Mutation"


def _routed(file: Reading, node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, str, frozenset[str]]:
    """What a function is registered on, at which path, and for which verbs."""
    for part in node.decorator_list:
        call = part if isinstance(part, ast.Call) else None
        name = spelled(unwrapped(part))
        meant = file.names.of(unwrapped(part)) or name
        if sources.resolver(meant):
            return "", "", frozenset({"mutation"} if last(name) == "mutation" else {"get"})
        if last(name) == "action" and call is not None:
            return "", "", _methods(call) or frozenset({"get"})
        made = meant if sources.route(meant) else file.meaning(unwrapped(part), "").replace("()", "")
        if sources.tool(made):
            return name.rpartition(".")[0], "", frozenset({"tool"})
        if call is not None and sources.route(made) and not meant.startswith("django"):
            verb = last(name).removeprefix("http_")
            path = constant(call.args[0]) if call.args else None
            verbs = _methods(call) or frozenset({verb} if verb in _VERBS else {"get"})
            return name.rpartition(".")[0] or "?", path or "", verbs
        if last(name) == "api_view" and call is not None:
            return "", "", _methods(call) or frozenset({"get"})
    return "", "", frozenset()


def _methods(call: ast.Call) -> frozenset[str]:
    """`methods=["POST"]`, and the list that `api_view` is given."""
    given = [word.value for word in call.keywords if word.arg in {"methods", "method"}]
    given += [part for part in call.args if isinstance(part, ast.List | ast.Tuple)]
    said = [part.value for one in given for part in ast.walk(one) if isinstance(part, ast.Constant)]
    return frozenset(word.lower() for word in said if isinstance(word, str) and word.lower() in _VERBS)
