"""Class-based views that show a whole model: `queryset = Order.objects.all()` where nothing says whose orders."""

import ast
from collections.abc import Iterator, Mapping

from gate.facts.bindings import Scope, last_name
from gate.facts.chains import chain
from gate.facts.filters import MODEL
from gate.facts.links import Found, query
from gate.facts.sqltext import words
from gate.facts.sqltree import is_open
from gate.facts.strings import Put
from gate.hint import Hint
from gate.nodes import walk
from gate.source import Source

HINT = Hint.of(*((word, r"\b") for word in "viewset apiview detailview updateview deleteview listview".split()))
_SHOWS = words(
    "ModelViewSet ReadOnlyModelViewSet GenericViewSet RetrieveAPIView ListAPIView UpdateAPIView DestroyAPIView "
    "RetrieveUpdateAPIView RetrieveDestroyAPIView RetrieveUpdateDestroyAPIView ListCreateAPIView DetailView UpdateView "
    "DeleteView ListView"
)
_NEUTRAL = words(
    "LoginRequiredMixin SuccessMessageMixin ListModelMixin CreateModelMixin RetrieveModelMixin UpdateModelMixin "
    "DestroyModelMixin View object"
)
_GUARDS = words(
    "get_queryset get_object filter_queryset test_func dispatch check_permissions check_object_permissions has_permission "
    "initial get permission_required http_method_names"
)
_ANYBODY = words("AllowAny IsAuthenticated IsAuthenticatedOrReadOnly")
_FILTERS = words("DjangoFilterBackend SearchFilter OrderingFilter")


def found(source: Source) -> Iterator[Found]:
    """The models whose rows a view of this file shows to whoever may call it."""
    if source.tree is None or not HINT.search(source.text):
        return
    classes = {node.name: node for node in walk(source.tree) if isinstance(node, ast.ClassDef)}
    for node in classes.values():
        if _SHOWS & _bases(node, classes) and not _is_guarded(node, classes):
            yield from _shown(node)


def _bases(node: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> frozenset[str]:
    """The names of all it is made from, as far as this file tells."""
    names, todo = set[str](), [node]
    while todo:
        for base in todo.pop().bases:
            name = last_name(base)
            if name not in names:
                names.add(name)
                todo += [classes[name]] if name in classes else []
    return frozenset(names)


def _is_guarded(node: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> bool:
    """Whether it, or what it is made from, may say whose rows; a class nobody knows may."""
    bases = _bases(node, classes)
    made = [node, *(classes[name] for name in bases if name in classes)]
    if not bases <= _SHOWS | _NEUTRAL | classes.keys():
        return True
    return any(_guards(statement) for one in made for statement in one.body)


def _guards(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        return statement.name in _GUARDS
    if not isinstance(statement, ast.Assign):
        return False
    name = last_name(statement.targets[0])
    said = {last_name(one) for one in walk(statement.value) if isinstance(one, ast.Name | ast.Attribute)}
    if name in {"permission_classes", "filter_backends"}:
        return not said - {"permissions", "filters", "rest_framework", "django_filters"} <= _ANYBODY | _FILTERS
    keyed = name == "lookup_field" and isinstance(statement.value, ast.Constant)
    return name in _GUARDS or (keyed and is_open(str(getattr(statement.value, "value", ""))))


def _shown(node: ast.ClassDef) -> Iterator[Found]:
    for statement in node.body:
        if not isinstance(statement, ast.Assign) or last_name(statement.targets[0]) not in {"queryset", "model"}:
            continue
        root, steps = chain(statement.value)
        if isinstance(root, ast.Name) and MODEL.fullmatch(root.id):
            put = Put(statement.value, None, Scope(node, None))
            shown = query(put, root.id, steps[1:] if steps and steps[0].name == "objects" else steps)
            yield from [shown] if shown else []
            return
