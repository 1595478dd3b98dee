"""Who may do what, where a program writes it down: tables of roles and permissions, lists of scopes, roles a route asks for."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate.facts import guardwords
from gate.facts.guard import unwrapped
from gate.facts.reading import Node, Reading, reading
from gate.facts.spelling import last, spelled
from gate.nodes import children
from gate.paths import kind
from gate.source import Place, Source

_TABLE = re.compile(r"(?i)(?:^|_)(?:roles?|perms?|permissions?|scopes?|acl|capabilities|privileges)(?:_|$)")
_SHOWN = re.compile(r"(?i)colou?r|label|icon|choice|display|handler|message|text|title|template|order|prefix|url|form")
"""What such a table is about, rather than who may."""
_CLASS = re.compile(r"(?:Role|Perm|Permission|Scope|Privilege|Capability)s?(?:Enum|Type|Name)?$")
_KEYWORDS = frozenset({"perms", "permissions", "scopes", "roles", "required_permissions", "allowed_roles"})
_RIGHT = re.compile(r"[\w.:*/@-]{1,80}")
"""A right has a name; what is written for people has spaces."""
_FILES = re.compile(r"(?:\.rego|\.cedar|(?:^|/)\w*polic(?:y|ies)\w*\.csv)$")
_REMARK = re.compile(r"\s*(?:#|//).*$")


@dataclass(frozen=True)
class Rights:
    """A table, and the rights it gives: each as the keys that lead to it and its name."""

    place: Place
    table: str
    given: frozenset[str]

    languages: ClassVar[frozenset[str]] = frozenset({""})
    hint: ClassVar[re.Pattern[str]] = re.compile(
        r"(?i)(?:roles?|perms?|permissions?|scopes?|acl|capabilities|privileges)\w*\s*(?::[^=\n]{1,80})?=\s*(?:frozenset|set\b|[\[{(])"
        r"|\bclass \w*(?:role|perm|scope|privilege|capabilit)|^\s*@\w[\w.]*\(\s*[\"'\[(]|\b(?:allow|permit|forbid)\b|^p,",
        re.MULTILINE,
    )

    @classmethod
    def find(cls, source: Source) -> Iterator["Rights"]:
        if kind(source.path) in {"test", "dev"}:
            return
        if _FILES.search(source.path):
            said = {" ".join(_REMARK.sub("", line).split()) for line in source.lines}
            yield cls(Place.at(source.path, 1), source.path.rpartition("/")[2], frozenset(said - {""}))
        elif source.language == "python":
            file = reading(source)
            for one in file.of(ast.Assign, ast.AnnAssign, ast.Call, ast.FunctionDef, ast.AsyncFunctionDef):
                yield from _of(cls, file, one)


def may_hold(path: str) -> bool:
    """Whether a file of this path can hold such a table."""
    return path.endswith(".py") or bool(_FILES.search(path))


def _asks_role(name: str) -> bool:
    return guardwords.of_decorator(name) == "access" and not guardwords.only_login(name)


def _of(cls: type[Rights], file: Reading, one: Node) -> Iterator[Rights]:
    node = one.node
    if isinstance(node, ast.Call):
        for word in node.keywords:
            named = node.args[0] if node.args and isinstance(node.args[0], ast.Constant) else None
            if word.arg in _KEYWORDS and named is not None and isinstance(word.value, _LISTS):
                yield from _table(cls, file, node, f"{spelled(node.func)}({named.value!r})", word.value)
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        for part in node.decorator_list:
            if isinstance(part, ast.Call) and _asks_role(spelled(unwrapped(part))):
                listed = ast.Tuple(elts=[*part.args, *(word.value for word in part.keywords)])
                yield from _table(cls, file, node, f"{one.where}.{node.name}".lstrip("."), listed)
    elif not isinstance(one.function, ast.FunctionDef) and node.value is not None:
        yield from _assigned(cls, file, one)


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
    yield cls(file.place(node), name, given)


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
