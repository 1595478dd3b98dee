"""What decorators, parameters, bases and attributes say of who may pass."""

import ast
from collections.abc import Iterator, Sequence

from gate.facts import guardwords
from gate.facts.guardanswer import does_nothing, only_says_yes
from gate.facts.guardsaid import said_in
from gate.facts.guardtest import in_body, refuses
from gate.facts.guardwords import Guard
from gate.facts.names import constant
from gate.facts.reached import settled
from gate.facts.reading import Function, Node, Reading
from gate.facts.spelling import last, spelled
from gate.nodes import walk

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def unwrapped(node: ast.expr) -> ast.expr:
    """The function of a decorator that is called."""
    return node.func if isinstance(node, ast.Call) else node


def of_decorators(file: Reading, node: Definition, where: str) -> Iterator[Guard]:
    others = _one_of_several(node) if isinstance(node, ast.ClassDef) else frozenset[str]()
    for part in node.decorator_list:
        yield from decorating(file, part, where, others)


def _one_of_several(node: ast.ClassDef) -> frozenset[str]:
    """The methods of a view that answer, where there are several: what stands around one guards none of the others."""
    held = _ANSWERING & {part.name for part in node.body if isinstance(part, Function)}
    said = [ast.unparse(part) for part in node.decorator_list if len(held) > 1]
    apart = {name for name in held if not any(f"name='{name}'" in one for one in said)}
    return held if len(held) > 1 and apart else frozenset()


def of_class_around(file: Reading, node: ast.ClassDef, name: str, where: str) -> Iterator[Guard]:
    """What a class puts around one of its methods: `@method_decorator(login_required, name="delete")`."""
    if name not in _one_of_several(node):
        return
    for part in (one for one in node.decorator_list if isinstance(one, ast.Call)):
        said = [constant(word.value) for word in part.keywords if word.arg == "name"]
        if last(spelled(part.func)) == "method_decorator" and said == [name]:
            yield from decorating(file, part, where)


_INJECTING = frozenset({"depends", "security"})
_EXEMPTING = frozenset({"exempt", "not_required", "anonymous", "stronghold"})
_UNASKED = frozenset({"options", "head", "trace", "http_method_not_allowed"})
"""Methods of a view that do nothing: a decorator around one of them guards none of the others."""
_ANSWERING = frozenset({"get", "post", "put", "patch", "delete"})
_NO_GUARDS = frozenset(
    "property staticmethod classmethod dataclass contextmanager cached_property lru_cache cache wraps override overload".split()
)


def decorating(file: Reading, part: ast.expr, where: str, others: frozenset[str] = frozenset()) -> Iterator[Guard]:
    """What one decorator asks; of one that nothing is known about, a guard that is not sure."""
    name = spelled(unwrapped(part))
    if isinstance(part, ast.Call):
        if last(name) == "method_decorator" and part.args:
            around = next((constant(word.value) for word in part.keywords if word.arg == "name"), None)
            if around in _UNASKED | others:
                return
            inner = part.args[0]
            for one in inner.elts if isinstance(inner, ast.List | ast.Tuple) else [inner]:
                yield from decorating(file, one, where)
            return
        if last(name) == "before" and part.args:  # of falcon: `@falcon.before(require_admin)`
            hooked = spelled(unwrapped(part.args[0]))
            kind = guardwords.of_decorator(hooked)
            yield Guard(part.lineno, kind or "access", "decorator", hooked, ast.unparse(part), sure=bool(kind))
            return
        if last(name) in {"permission_classes", "throttle_classes"} and part.args:
            yield from elements(file, part.args[0], last(name), where)
            return
        yield from of_keywords(file, part, where)
    if exempt := _exempt(file, part, name):
        yield Guard(part.lineno, guardwords.EXEMPT[exempt], "exempt", exempt, exempt)
        return
    meant = name if "?" not in name else file.names.of(unwrapped(part))
    kind = guardwords.of_decorator(meant)
    if kind and not is_empty(part):
        yield Guard(part.lineno, kind, "decorator", meant, ast.unparse(part))
    elif (
        not kind and name.isidentifier() and name not in _NO_GUARDS
    ):  # one that turns callers away, if the tree holds it
        yield Guard(part.lineno, "access", "decorator", meant, ast.unparse(part), sure=False)


def _exempt(file: Reading, part: ast.expr, name: str) -> str:
    """The exemption a decorator of this name is; "" for any other."""
    held = said_in(file.source, _EXEMPTING)
    full = file.names.of(unwrapped(part)) if held else ""
    exempt = (one for one in guardwords.EXEMPT if one in {name, full} or ("." not in one and last(name) == one))
    return next(exempt, "") if held else ""


def is_empty(part: ast.expr) -> bool:
    """`jwt_required(optional=True)`, `requires([])` and `user_passes_test(lambda user: True)` let strangers pass."""
    given = part.args[0] if isinstance(part, ast.Call) and len(part.args) == 1 else None
    if isinstance(given, ast.List | ast.Tuple | ast.Set) and not given.elts:
        return True
    if isinstance(given, ast.Lambda) and settled(None, given.body):
        return True
    words = part.keywords if isinstance(part, ast.Call) else []
    said = {word.arg: word.value.value for word in words if isinstance(word.value, ast.Constant)}
    return said.get("optional") is True or said.get("block") is False


def of_keywords(file: Reading, call: ast.Call, where: str) -> Iterator[Guard]:
    """What `dependencies=[...]` and the like say in the registration of a route or router."""
    for word, value in file.given(Node(call, None, where)).items():
        if word == "extensions":  # of strawberry: `PermissionExtension(permissions=[IsAdmin()])`
            for one in value.elts if isinstance(value, ast.List | ast.Tuple) else ():
                yield from of_keywords(file, one, where) if isinstance(one, ast.Call) else ()
        elif word == "route_class" and isinstance(value, ast.Name | ast.Attribute):  # of FastAPI; most only log or time
            name = spelled(value)
            yield Guard(value.lineno, "access", "dependency", name, f"route_class={name}", sure=False)
        elif word in guardwords.KEYWORDS:
            yield from elements(file, value, word, where)


def elements(file: Reading, value: ast.expr, word: str, where: str) -> Iterator[Guard]:
    """Each guard of a list, as far as it is one: `[IsAuthenticated, IsAdmin]`, `[Depends(require_admin)]`."""
    known = file.value(value, where) if isinstance(value, ast.Name | ast.Attribute) else None
    value = known if isinstance(known, ast.List | ast.Tuple) else value
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        yield from elements(file, value.left, word, where)
        yield from elements(file, value.right, word, where)
        return
    for part in value.elts if isinstance(value, ast.List | ast.Tuple | ast.Set) else [value]:
        yield from _element(part, word)


def _element(part: ast.expr, word: str) -> Iterator[Guard]:
    if isinstance(part, ast.Call) and last(spelled(part.func)) in {"Depends", "Security"}:
        yield from depends(part)
        return
    if isinstance(part, ast.Constant):
        if isinstance(part.value, str) and part.value:
            yield Guard(part.lineno, _kept(word, part.value), "class", part.value, f"{word}: {part.value}")
        return
    name = spelled(unwrapped(part))
    if word == "dependencies" or (last(name) in guardwords.OPEN_CLASSES | {"?"} and not isinstance(part, ast.BinOp)):
        return
    text = ast.unparse(part)
    if isinstance(part, ast.BinOp) or "." in name or name:
        kind = guardwords.of_decorator(name) if word in {"decorators", "method_decorators"} else _kept(word, name)
        if not kind:  # one that turns callers away, if the tree holds it
            yield Guard(part.lineno, "access", "decorator", name, f"{word}: {text}", sure=False)
        if kind and not any(open_ in text for open_ in guardwords.OPEN_CLASSES):
            yield Guard(part.lineno, kind, "class", last(name) if "?" not in name else text, f"{word}: {text}")


def _kept(word: str, name: str) -> str:
    return "rate" if "throttle" in word or "Throttle" in name else "access"


def depends(call: ast.Call) -> Iterator[Guard]:
    """`Depends(require_admin)`; `Depends(Roles("admin"))` goes by the name of what makes it."""
    if not call.args:
        return
    name = spelled(unwrapped(call.args[0]))
    scoped = any(word.arg == "scopes" and ast.unparse(word.value) not in {"[]", "()"} for word in call.keywords)
    kind = guardwords.of_dependency(name)
    text = ast.unparse(call).replace("fastapi.", "")
    yield Guard(call.lineno, kind or "access", "dependency", name, text, sure=bool(kind) or scoped)


def of_parameters(file: Reading, node: ast.FunctionDef | ast.AsyncFunctionDef, where: str) -> Iterator[Guard]:
    if not said_in(file.source, _INJECTING):
        return
    given = node.args
    parts = [*given.defaults, *(one for one in given.kw_defaults if one)]
    parts += [arg.annotation for arg in (*given.posonlyargs, *given.args, *given.kwonlyargs) if arg.annotation]
    for part in parts:
        yield from _injected(file, part, where)


def _injected(file: Reading, part: ast.expr, where: str) -> Iterator[Guard]:
    """The dependencies in a default or an annotation, behind a name the file gives it too."""
    known = file.value(part, where.rpartition(".")[0]) if isinstance(part, ast.Name) else None
    for one in walk(known if isinstance(known, ast.Subscript) else part):
        if isinstance(one, ast.Call) and last(spelled(one.func)) in {"Depends", "Security"}:
            yield from depends(one)


def of_annotation(file: Reading, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """The names of annotations, which may stand for dependencies in another file."""
    for arg in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs):
        if isinstance(arg.annotation, ast.Name | ast.Attribute):
            meant = file.names.of(arg.annotation)
            if "." in meant and not meant.startswith(("builtins.", "typing.")):
                yield meant


def of_class(file: Reading, node: ast.ClassDef, where: str) -> Iterator[Guard]:
    for base in node.bases[: _heard(file, node)]:
        name = spelled(base)
        if last(name) in guardwords.OPEN_BASES:
            yield Guard(base.lineno, "access", "exempt", last(name), last(name))
        if kind := guardwords.of_base(name):
            yield Guard(base.lineno, kind, "base", last(name), last(name))
    told = {_target(part): part for part in node.body if isinstance(part, ast.Assign | ast.AnnAssign) and part.value}
    for part in node.body:
        if isinstance(part, Function):
            yield from _method(file, part, where, node.bases)
        elif isinstance(part, ast.Assign | ast.AnnAssign) and part is told.get(_target(part)):  # the last one counts
            yield from _attribute(file, part, where)


def _heard(file: Reading, node: ast.ClassDef) -> int:
    """How many bases have a say: a view of Django answers, and asks none that stands behind it."""
    views = (index for index, base in enumerate(node.bases) if is_answering(file.names.of(base)))
    return next(views, len(node.bases)) + 1


def is_answering(base: str) -> bool:
    return base.startswith("django.views.") and base.endswith("View")


def _target(part: ast.Assign | ast.AnnAssign) -> str:
    """The name of an attribute; what is assigned to several, or to a part of one, goes by its first."""
    return spelled(part.targets[0] if isinstance(part, ast.Assign) else part.target)


_OVERRIDES = frozenset({"has_permission", "test_func"})
STANDS_FIRST = frozenset({"dispatch", "prepare", "initial", "dispatch_request"})
"""Methods that run before those which answer."""


def _method(
    file: Reading, part: ast.FunctionDef | ast.AsyncFunctionDef, where: str, bases: Sequence[ast.expr]
) -> Iterator[Guard]:
    if part.name == "get_queryset" and any(one.how == "lookup" for one in in_body(file, part, f"{where}.{part.name}")):
        yield Guard(part.lineno, "access", "rows", part.name, "def get_queryset, of the caller's rows")
    if part.name == "check_xsrf_cookie" and does_nothing(part):  # of Tornado
        yield Guard(part.lineno, "csrf", "exempt", part.name, f"def {part.name}, which checks nothing")
    decides = part.name in guardwords.METHODS and not only_says_yes(part)
    if part.name in _OVERRIDES and only_says_yes(part) and any(guardwords.of_base(spelled(base)) for base in bases):
        yield Guard(part.lineno, "access", "exempt", part.name, f"def {part.name}, which only says yes")
    before = part.name in {*STANDS_FIRST, "get_object"} and (
        refuses(file, part) or any(one.how == "test" for one in in_body(file, part, f"{where}.{part.name}"))
    )
    if decides or before:
        yield Guard(part.lineno, "access", "method", part.name, f"def {part.name}")


def _tools(listed: ast.Dict) -> Iterator[Guard]:
    """`{"tools.auth_basic.on": True}`: what CherryPy asks before every method of the class."""
    for key, value in zip(listed.keys, listed.values, strict=True):
        said = constant(key) if key is not None else None
        on = isinstance(value, ast.Constant) and value.value is True
        if said and on and said.endswith(".on") and (kind := guardwords.of_middleware(said)):
            yield Guard(value.lineno, kind, "class", said.split(".")[1], said)


def _attribute(file: Reading, part: ast.Assign | ast.AnnAssign, where: str) -> Iterator[Guard]:
    name = _target(part)
    if part.value is None:
        return
    if name == "_cp_config" and isinstance(part.value, ast.Dict):  # of CherryPy
        yield from _tools(part.value)
    elif name in guardwords.LISTS or guardwords.SINGLE.fullmatch(name):
        yield from elements(file, part.value, name, where)
    elif isinstance(part.value, ast.Call) and last(spelled(part.value.func)) in {"Depends", "Security"}:
        yield from depends(part.value)
