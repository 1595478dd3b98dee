"""What takes a query out of its tenant: managers that do not scope, contexts that switch scoping off, mighty keys."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate.facts import jstext
from gate.facts.bindings import Function, last_name
from gate.facts.filters import MODEL
from gate.facts.role import role
from gate.nodes import walk
from gate.source import Place, Source

_SERVICE = re.compile(r"(?i)service_?role(?:_?key)?|supabase_?(?:service|secret)_?key")
_CLIENT = re.compile(r"\bcreateClient\s*(?:<[^<>()]{0,100}>)?\s*\([^;]{0,300}?(?i:service_?role|supabase_?secret_?key)")
_MANAGERS = frozenset(
    {"_base_manager", "all_objects", "objects_unscoped", "unscoped_objects", "unscoped", "all_tenants"}
)
_OFF = frozenset(
    {"scopes_disabled", "unscoped", "unset_current_tenant", "tenant_context_disabled", "disable_tenant_filter"}
)
_SETS = frozenset({"set_current_tenant", "set_tenant", "activate_tenant", "set_current_organization"})
_READS_ALL = re.compile(r"\.objects\.\w+\(|\bselect\(|\.query\(")
_NAMES_SOME = re.compile(
    r"\.(?:filter|get|exclude|where|filter_by|aget|get_or_create|create|update_or_create)\(|get_object_or_404\("
)
_OPTIONS = frozenset(
    {"include_all_tenants", "skip_visibility_filter", "skip_tenant_filter", "bypass_tenant", "all_tenants"}
)


@dataclass(frozen=True)
class Unscoping:
    """One such place. `how` is a phrase; `model` is the model whose manager it is, "" where it is for all."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"}) | jstext.LANGUAGES
    hint: ClassVar[re.Pattern[str]] = re.compile(
        "|".join(sorted({*_MANAGERS, *_OFF, *_SETS, *_OPTIONS}))
        + r"|schema_context|new_session|createClient|create_client"
    )

    place: Place
    how: str
    model: str
    role: str
    scope: str
    wide: bool = True
    """What runs without the scope asks for rows and names none, or is not seen."""

    @classmethod
    def find(cls, source: Source) -> Iterable["Unscoping"]:
        if source.language in jstext.LANGUAGES:
            for found in _CLIENT.finditer(source.text):
                line = source.text.count("\n", 0, found.start()) + 1
                yield cls(Place.at(source.path, line), "a key of the service role", "", role(source.path), "")
            return
        for node in walk(source.tree) if source.tree is not None else ():
            for how, model in _said(node, source):
                line = node.lineno  # type: ignore[attr-defined]
                scope = source.scope(line)
                place = Place.at(source.path, line, node.end_lineno)  # type: ignore[attr-defined]
                yield cls(place, how, model, role(source.path, scope), scope, _is_wide(line, source))


def _said(node: ast.AST, source: Source) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Attribute) and node.attr in _MANAGERS and MODEL.fullmatch(last_name(node.value)):
        yield f"`{node.attr}`", last_name(node.value)
    if not isinstance(node, ast.Call):
        return
    name, first = last_name(node.func), node.args[0] if node.args else None
    nothing = isinstance(first, ast.Constant) and first.value is None
    if name in _OFF and not (isinstance(node.func, ast.Attribute) and MODEL.fullmatch(last_name(node.func.value))):
        yield f"`{name}()`", ""
    elif name in _SETS and nothing:
        yield f"`{name}(None)`", ""
    elif name == "schema_context" and isinstance(first, ast.Constant) and first.value == "public":
        yield '`schema_context("public")`', ""
    elif name == "new_session" and isinstance(node.func, ast.Attribute) and _is_tenants(source):
        yield "`new_session()`, which is no tenant's", ""
    elif name in {"create_client", "acreate_client"} and any(_SERVICE.search(ast.unparse(one)) for one in _given(node)):
        yield "a key of the service role", ""
    on = [
        k.arg
        for k in node.keywords
        if k.arg in _OPTIONS and isinstance(k.value, ast.Constant) and k.value.value is True
    ]
    yield from ((f"`{option}=True`", "") for option in on)


def _is_wide(line: int, source: Source) -> bool:
    """Whether the block that a `with` of this line opens, or the function it decorates, reads all rows of a model."""
    for node in walk(source.tree) if source.tree is not None else ():
        head = [one.context_expr for one in node.items] if isinstance(node, ast.With | ast.AsyncWith) else []
        head += node.decorator_list if isinstance(node, Function) else []
        if any(one.lineno <= line <= (one.end_lineno or 0) for one in head):
            text = "\n".join(source.lines[node.lineno - 1 : node.end_lineno])  # type: ignore[attr-defined]
            return _READS_ALL.search(text) is not None and _NAMES_SOME.search(text) is None
    return True


def _given(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(k.value for k in call.keywords)]


def _is_tenants(source: Source) -> bool:
    return "new_tenant_session" in source.text or "sqlalchemy_tenants" in source.text
