"""What takes a query out of its tenant: managers that do not scope, contexts that switch scoping off, mighty keys."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts import jstext
from gate.facts.bindings import Function, last_name
from gate.facts.comment import code
from gate.facts.filters import MODEL
from gate.facts.role import role
from gate.hint import Hint
from gate.nodes import walk
from gate.source import Place, Source

_SERVICE = lazy.regex(r"(?i)service_?role(?:_?key)?|supabase_?(?:service|secret)_?key")
_CLIENT = lazy.regex(r"\bcreateClient\s*(?:<[^<>()]{0,100}>)?\s*\([^;]{0,300}?(?i:service_?role|supabase_?secret_?key)")
_ANSWERS = lazy.regex(
    r"\bDeno\.serve\(|\bserve\(\s*(?:async\s*)?\(?\s*req|\.(?:get|post|put|patch|delete)\(\s*['\"`]/"
    r"|\bexport\s+(?:default\s+)?(?:async\s+)?(?:function|const)\s+(?:GET|POST|PUT|PATCH|DELETE|handler)\b"
)
_SENT = lazy.regex(r"\breq(?:uest)?\.(?:json|formData|body|query|params|nextUrl)\b|\bsearchParams\b|\bURLPattern\b")
_ASKS = lazy.regex(
    r"(?i)\bauth\.(?:getUser|getSession|getClaims)\b|getServerSession|currentUser|\bauth\(\)|verif|constructEvent|signature|session"
    r"|\.headers\.get\(\s*['\"`](?:authorization|x-[\w-]*)|headers(?:\.|\[['\"`])authorization|CRON|secret['\"`)]?\s*[!=]==|require_?auth|with_?auth|is_?admin|\bguard"
)
"""What a file says that finds out who calls; so much as the word is believed."""
_MANAGERS = frozenset(
    {"_base_manager", "all_objects", "objects_unscoped", "unscoped_objects", "unscoped", "all_tenants"}
)
_OFF = frozenset(
    {"scopes_disabled", "unscoped", "unset_current_tenant", "tenant_context_disabled", "disable_tenant_filter"}
)
_SETS = frozenset({"set_current_tenant", "set_tenant", "activate_tenant", "set_current_organization"})
_READS_ALL = lazy.regex(r"\.objects\.\w+\(|\bselect\(|\.query\(")
_NAMES_SOME = lazy.regex(
    r"\.(?:filter|get|exclude|where|filter_by|aget|get_or_create|create|update_or_create)\(|get_object_or_404\("
)
_OPTIONS = frozenset(
    {"include_all_tenants", "skip_visibility_filter", "skip_tenant_filter", "bypass_tenant", "all_tenants"}
)


@dataclass(frozen=True)
class Unscoping:
    """One such place. `how` is a phrase; `model` is the model whose manager it is, "" where it is for all."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"}) | jstext.LANGUAGES
    hint: ClassVar[Hint] = Hint.of(
        *sorted(name.lower() for name in {*_MANAGERS, *_OFF, *_SETS, *_OPTIONS}),
        "schema_context", "new_session", "createclient", "create_client",
    )  # fmt: skip

    place: Place
    how: str
    model: str
    role: str
    scope: str
    wide: bool = True
    """What runs without the scope asks for rows and names none, or is not seen."""
    blind: bool = False
    """It stands in JavaScript that answers requests, takes what they send, and never finds out who calls."""

    @classmethod
    def find(cls, source: Source) -> Iterable["Unscoping"]:
        if source.language in jstext.LANGUAGES:
            yield from cls._clients(source)
            return
        nodes = walk(source.tree) if source.tree is not None else []
        blocks = _blocks(nodes)
        for node in nodes:
            if _declares(blocks.get(getattr(node, "lineno", 0))):
                continue
            for how, model in _said(node, source):
                line = node.lineno  # type: ignore[attr-defined]
                scope = source.scope(line)
                place = Place.at(source.path, line, node.end_lineno)  # type: ignore[attr-defined]
                yield cls(place, how, model, role(source.path, scope), scope, _is_wide(blocks.get(line), source))

    @classmethod
    def _clients(cls, source: Source) -> Iterator["Unscoping"]:
        text = "\n".join(code(source))
        blind = bool(_ANSWERS.search(text) and _SENT.search(text) and not _ASKS.search(text))
        for found in _CLIENT.finditer(text):
            place = Place.at(source.path, text.count("\n", 0, found.start()) + 1)
            yield cls(place, "a key of the service role", "", role(source.path), "", blind=blind)


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


def _blocks(nodes: Sequence[ast.AST]) -> Mapping[int, ast.stmt]:
    """By each line of what opens a `with` or decorates a function, that statement."""
    found: dict[int, ast.stmt] = {}
    for node in nodes:
        head: list[ast.expr] = []
        if isinstance(node, ast.With | ast.AsyncWith):
            head = [one.context_expr for one in node.items]
        elif isinstance(node, Function):
            head = node.decorator_list
        for one in head:
            found.update(dict.fromkeys(range(one.lineno, (one.end_lineno or one.lineno) + 1), node))  # type: ignore[arg-type]
    return found


def _declares(block: ast.stmt | None) -> bool:
    """Whether a block holds nothing but classes and functions, which ask for rows later, when the scope is back."""
    if not isinstance(block, ast.With | ast.AsyncWith):
        return False
    return all(isinstance(part, ast.ClassDef | Function | ast.Import | ast.ImportFrom) for part in block.body)


def _is_wide(block: ast.stmt | None, source: Source) -> bool:
    """Whether a block reads all rows of a model; what runs outside of one is not seen."""
    if block is None:
        return True
    text = "\n".join(source.lines[block.lineno - 1 : block.end_lineno])
    return _READS_ALL.search(text) is not None and _NAMES_SOME.search(text) is None


def _given(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(k.value for k in call.keywords)]


def _is_tenants(source: Source) -> bool:
    return "new_tenant_session" in source.text or "sqlalchemy_tenants" in source.text
