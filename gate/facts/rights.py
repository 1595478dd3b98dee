"""Who may do what, where a program writes it down: tables of roles and permissions, lists of scopes, roles a route asks for."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts import guardwords
from gate.facts.guard import unwrapped
from gate.facts.guardtest import tested
from gate.facts.jsrights import SUFFIXES, of_script
from gate.facts.reading import Node, Reading, reading
from gate.facts.spelling import last, spelled
from gate.nodes import children, walk
from gate.paths import kind
from gate.source import Place, Source

_TABLE = lazy.regex(r"(?i)(?:^|_)(?:roles?|perms?|permissions?|scopes?|acl|capabilities|privileges)(?:_|$)")
_SHOWN = lazy.regex(r"(?i)colou?r|label|icon|choice|display|handler|message|text|title|template|order|prefix|url|form")
"""What such a table is about, rather than who may."""
_CLASS = lazy.regex(r"(?:Role|Perm|Permission|Scope|Privilege|Capability)s?(?:Enum|Type|Name)?$")
_ROLE = lazy.regex(r"(?i)(?:^|[._])(?:role|roles|group|kind|user_type|account_type)$")
_KEYWORDS = frozenset({"perms", "permissions", "scopes", "roles", "required_permissions", "allowed_roles"})
_RIGHT = lazy.regex(r"[\w.:*/@-]{1,80}")
"""A right has a name; what is written for people has spaces."""
_FILES = lazy.regex(
    r"(?:\.rego|\.cedar|(?:^|/)(?:firestore|storage|database)\.rules(?:\.json)?|(?:^|/)\w*polic(?:y|ies)\w*\.csv)$"
)
_REMARK = lazy.regex(r"\s*(?:#|//).*$")


@dataclass(frozen=True)
class Rights:
    """A table, and the rights it gives: each as the keys that lead to it and its name."""

    place: Place
    table: str
    given: frozenset[str]
    meant: frozenset[str] = frozenset()
    """The same, with the names of the file's own lists replaced by what they hold."""
    asked: bool = False
    """Whether it is a route or a check that names whom it lets pass: fewer of them are stricter."""

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[re.Pattern[str]] = lazy.regex(
        r"(?i)(?:roles?|perms?|permissions?|scopes?|acl|capabilities|privileges)\w*\s*(?::[^=\n]{1,80})?=\s*(?:frozenset|set\b|[\[{(])"
        r"|\bclass \w*(?:role|perm|scope|privilege|capabilit)|^\s*@\w[\w.]*\(\s*(?:[\"'\[(]|\*?[A-Z_]{2})|\b\w*(?:Role|Perm\w*|Scope)\.[A-Z]|(?:Depends|Security)\(\s*\w+\(|Need\(|\b(?:role|group|kind)\b[^\n]{0,9}(?:in|!=|==)[ \b]|\b(?:allow|permit|forbid)\b|^p,|(?:roles?|permissions?|scopes?|authorize|restrictto|can|may|permit|gate|require|ensure|needs?)\w*\(\s*\[?\s*[\"']",
        re.MULTILINE,
    )

    @classmethod
    def find(cls, source: Source) -> Iterator["Rights"]:
        if kind(source.path) in {"test", "dev"}:
            return
        if _FILES.search(source.path):
            said = {" ".join(_REMARK.sub("", line).split()) for line in source.lines}
            yield cls(
                Place.at(source.path, 1), source.path.rpartition("/")[2], frozenset(said - {""}), frozenset(said - {""})
            )
        elif source.language in {"javascript", "typescript"}:
            for line, about, roles in of_script(source):
                yield cls(Place.at(source.path, line), about, roles, roles, asked=True)
        elif source.language == "python":
            file = reading(source)
            for one in file.of(ast.Assign, ast.AnnAssign, ast.Call, ast.FunctionDef, ast.AsyncFunctionDef):
                yield from _of(cls, file, one)


def may_hold(path: str) -> bool:
    """Whether a file of this path can hold such a table."""
    return path.endswith((".py", *SUFFIXES)) or bool(_FILES.search(path))


def _asks_role(name: str) -> bool:
    return guardwords.of_decorator(name) == "access" and not guardwords.only_login(name)


def _of(cls: type[Rights], file: Reading, one: Node) -> Iterator[Rights]:
    node = one.node
    if isinstance(node, ast.Call):
        if last(spelled(node.func)) == "Permission" and any(map(_is_need, node.args)):  # of Flask-Principal
            owner = one.parent.node if one.parent and isinstance(one.parent.node, ast.Assign) else node
            name = spelled(owner.targets[0]) if isinstance(owner, ast.Assign) else "Permission"
            yield from _table(
                cls,
                file,
                node,
                f"{one.where}.{name}".lstrip("."),
                ast.Tuple(elts=[arg for need in node.args if isinstance(need, ast.Call) for arg in need.args]),
            )
        for word in node.keywords:
            named = node.args[0] if node.args and isinstance(node.args[0], ast.Constant) else None
            if word.arg in _KEYWORDS and named is not None and isinstance(word.value, _LISTS):
                yield from _table(cls, file, node, f"{spelled(node.func)}({named.value!r})", word.value)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        listed = [part for asked in _asking(node) for part in (*asked.args, *(word.value for word in asked.keywords))]
        if listed:
            yield from _table(cls, file, node, f"{one.where}.{node.name}".lstrip("."), ast.Tuple(elts=listed))
        compared = [
            one
            for part in walk(node)
            if isinstance(part, ast.If) and any(tested(part, (), frozenset()))
            for one in _roles(part.test)
        ]
        if compared:
            yield from _table(cls, file, node, f"{one.where}.{node.name}".lstrip("."), ast.Tuple(elts=compared))
    elif not isinstance(one.function, ast.FunctionDef) and node.value is not None:
        yield from _assigned(cls, file, one)


def _is_need(part: ast.expr) -> bool:
    return isinstance(part, ast.Call) and last(spelled(part.func)).endswith("Need")


def _asking(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.Call]:
    """What a function is decorated with, and the makers of what it depends on: `Depends(RequireRole("admin"))`."""
    for part in node.decorator_list:
        if isinstance(part, ast.Call) and (_asks_role(spelled(unwrapped(part))) or any(map(_is_role, part.args))):
            yield part
    defaults = [one for one in (*node.args.defaults, *node.args.kw_defaults) if one]
    notes = [arg.annotation for arg in (*node.args.args, *node.args.kwonlyargs) if arg.annotation]
    for one in (inner for given in (*node.decorator_list, *defaults, *notes) for inner in walk(given)):
        if isinstance(one, ast.Call) and last(spelled(one.func)) in {"Depends", "Security"} and one.args:
            made = one.args[0]
            if isinstance(made, ast.Call) and guardwords.of_dependency(spelled(made.func)) == "access":
                yield made


def _is_role(part: ast.expr) -> bool:
    """`Role.LEAD`, a member of an enumeration."""
    return isinstance(part, ast.Attribute) and bool(_CLASS.search(last(spelled(part.value))))


def _roles(test: ast.expr) -> Iterator[ast.expr]:
    """What a role is compared with: `user.role not in ("librarian", "admin")`."""
    for one in walk(test):
        if isinstance(one, ast.Compare) and any(map(_ROLE.search, _last_words(one.left))):
            yield from one.comparators


def _last_words(node: ast.expr) -> Iterator[str]:
    """`user.role`, `claims["role"]`, `claims.get("role")`."""
    yield spelled(node)
    given = (
        node.slice
        if isinstance(node, ast.Subscript)
        else node.args[0]
        if isinstance(node, ast.Call) and node.args
        else None
    )
    if isinstance(given, ast.Constant):
        yield str(given.value)


_LISTS = (ast.List, ast.Tuple, ast.Set, ast.Dict)


def _assigned(cls: type[Rights], file: Reading, one: Node) -> Iterator[Rights]:
    node = one.node
    name = last(spelled(node.targets[0] if isinstance(node, ast.Assign) else node.target))
    within = last(one.where) if one.where else ""
    listed = isinstance(node.value, ast.Call) and last(spelled(node.value.func)) in {
        "frozenset",
        "set",
        "MappingProxyType",
    }
    value: ast.expr = node.value.args[0] if listed and node.value.args else node.value
    if name in guardwords.LISTS and within != "Meta":  # of a view: who may call it is for the rules about guards
        return
    ours = (_TABLE.search(name) and not _SHOWN.search(name)) or _CLASS.search(within)
    if ours and (isinstance(value, _LISTS) or (_CLASS.search(within) and isinstance(value, ast.Constant))):
        yield from _table(cls, file, node, f"{one.where}.{name}".lstrip("."), value)


def _table(cls: type[Rights], file: Reading, node: ast.stmt | ast.Call, name: str, value: ast.expr) -> Iterator[Rights]:
    given = frozenset(_rights(value, ""))
    named = [one for one in walk(value) if isinstance(one, ast.Name)]
    held = {one.id: part for one in named if (part := _held(file, one)) is not None}
    meant = frozenset(given - held.keys()).union(*(_rights(part, "") for part in held.values()))
    yield cls(file.place(node), name, given, meant, asked=not isinstance(node, ast.Assign | ast.AnnAssign))


def _held(file: Reading, name: ast.Name) -> ast.expr | None:
    """The list a name of the file stands for: `FINANCE = frozenset({"finance", "owner"})`."""
    value = file.value(name, "")
    made = isinstance(value, ast.Call) and last(spelled(value.func)) in {"frozenset", "set", "tuple"} and value.args
    value = value.args[0] if made and isinstance(value, ast.Call) else value
    return value if isinstance(value, ast.List | ast.Tuple | ast.Set | ast.Constant) else None


def _rights(value: ast.AST, key: str) -> Iterator[str]:
    if isinstance(value, ast.Dict):
        for name, given in zip(value.keys, value.values, strict=True):
            yield from _rights(given, f"{key}{_named(name)}: ")
    elif isinstance(value, ast.Constant):
        if isinstance(value.value, str) and _RIGHT.fullmatch(value.value):
            yield key + value.value
    elif isinstance(value, ast.Attribute | ast.Name):
        yield key + spelled(value)
    else:
        for part in children(value):
            yield from _rights(part, key)


def _named(key: ast.expr | None) -> str:
    return str(key.value) if isinstance(key, ast.Constant) else spelled(key) if key is not None else "**"
