"""Power that callers claim by themselves: a cookie, header or parameter says who is an administrator."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from gate import lazy
from gate.facts.massassign import is_body
from gate.facts.names import Names, names
from gate.facts.placed import Around, Function, answers, assigned, placed, text
from gate.facts.spelling import last, spelled
from gate.hint import Hint
from gate.nodes import walk
from gate.paths import kind
from gate.source import Place, Source

_FLAG = lazy.regex(
    r"(?i)(?:http[-_])?(?:x[-_])?(?:is|user)?[-_]?(?:admin|administrator|super[-_]?user|super[-_]?admin|staff)"
)
_ROLE = lazy.regex(r"(?i)(?:http[-_])?(?:x[-_])?(?:user|account)?[-_]?roles?")
_SENT = lazy.regex(r"(?:^|\.)req(?:uest)?\.(?:cookies|COOKIES|headers|META)$")
"""What a caller writes itself, and nobody signs."""
_KINDS = {"Cookie": "cookie", "Header": "header"}
_YES = frozenset({"1", "true", "True", "yes", "on", "y", True})
_SIGN_UP = lazy.regex(
    r"(?i)(?:^|[/_.-])(?:register(?:_?user)?|registration|sign[-_]?up|create[-_]?account)(?:$|[/_.-])"
)
_KNOWN = lazy.regex(
    r"(?i)login_required|current_?user|request\.user\b|\bg\.user|session\.get|has_(?:perm|role)|\brequire"
)
_DENIES = lazy.regex(r"\braise\b|\babort\(|\b40[13]\b|[Ff]orbidden|PermissionDenied")
_MAX_HOPS = 3


@dataclass(frozen=True)
class ClaimedRole:
    """A place where what a caller says of itself decides what it may do; `how` is "cookie", "header", "parameter" or "sign-up"."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of("admin", "superuser", "staff", "role")

    place: Place
    how: str
    key: str

    @classmethod
    def find(cls, source: Source) -> Iterable["ClaimedRole"]:
        if kind(source.path) in {"test", "dev"}:
            return
        table = names(source)
        for node, around in placed(source.tree):
            for how, key, at in _claims(node, around, table):
                yield cls(Place.at(source.path, at.lineno), how, key)


def _claims(node: ast.AST, around: Around, table: Names) -> Iterator[tuple[str, str, ast.expr]]:
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) if around.functions and answers(around, table):
            yield from _tested(test, node, around)
        case ast.FunctionDef() | ast.AsyncFunctionDef() if _signs_up(node):
            yield from _chosen(node, replace(around, functions=(*around.functions, node)))


def _tested(test: ast.expr, branch: ast.If | ast.IfExp, around: Around) -> Iterator[tuple[str, str, ast.expr]]:
    if "compare_digest(" in text(test):  # a gateway shows a secret of its own
        return
    for part in _parts(test, around):
        asked, wanted = _asked(part)
        how, key = read(asked, around)
        if (how in _KINDS.values() and _is_power(key)) or (
            how == "parameter" and _FLAG.fullmatch(key) and wanted and not _refuses(test, branch)
        ):
            yield how, key, test


def _parts(test: ast.expr, around: Around) -> Iterator[ast.expr]:
    """The questions a condition is put together of; a name may hold one."""
    match test:
        case ast.BoolOp(values=values):
            for value in values:
                yield from _parts(value, around)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            yield from _parts(inner, around)
        case ast.Name(id=name):
            said = assigned(around.functions[-1]).get(name, ())
            yield said[0] if len(said) == 1 and isinstance(said[0], ast.Compare) else test
        case _:
            yield test


def _asked(part: ast.expr) -> tuple[ast.expr, bool]:
    """What a question is about, and whether it is answered by yes."""
    match part:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() | ast.In() | ast.NotIn() as op], comparators=[right]):
            constant, other = (left, right) if isinstance(left, ast.Constant) else (right, left)
            yes = isinstance(op, ast.Eq) and isinstance(constant, ast.Constant) and constant.value in _YES
            return other, yes or isinstance(op, ast.In)
        case ast.Compare():
            return ast.Constant(None), False
    return part, True


def _refuses(test: ast.expr, branch: ast.If | ast.IfExp) -> bool:
    """Whether the branch asks who the caller is as well, or is where it is sent away."""
    inner = branch.body if isinstance(branch.body, list) else [branch.body]
    return bool(re.search(r"user\.|session|has_perm", text(test))) or any(_DENIES.search(text(one)) for one in inner)


def read(node: ast.expr, around: Around, hops: int = 0) -> tuple[str, str]:
    """Where a value was sent, and under which key: ("cookie", "admin")."""
    match node:
        case ast.Name(id=name) if hops < _MAX_HOPS:
            said = assigned(around.functions[-1]).get(name, ())
            return read(said[0], around, hops + 1) if len(said) == 1 else _given(around.functions[-1], name, said)
        case ast.NamedExpr(value=inner):
            return read(inner, around, hops)
        case ast.Call(func=ast.Attribute(attr="get_cookie"), args=[ast.Constant(value=str() as key), *_], keywords=[]):
            return "cookie", key
        case (
            ast.Call(func=ast.Attribute(value=inner, attr="lower" | "strip" | "upper"))
            | ast.Call(func=ast.Name(id="str" | "int" | "bool"), args=[inner])
        ):
            return read(inner, around, hops)
        case (
            ast.Call(func=ast.Attribute(value=owner, attr="get"), args=[ast.Constant(value=str() as key), *_])
            | ast.Subscript(value=owner, slice=ast.Constant(value=str() as key))
        ):
            if _SENT.search(where := spelled(owner)):
                return "cookie" if "cookie" in where.lower() else "header", key
            return ("parameter", key) if is_body(owner, around) else ("", "")
    return "", ""


def _given(function: Function, name: str, said: tuple[ast.expr, ...]) -> tuple[str, str]:
    """What a framework reads for a parameter: `x_role: str = Header()`."""
    args = function.args
    every = [*args.posonlyargs, *args.args]
    pairs = [*zip(every[len(every) - len(args.defaults) :], args.defaults, strict=True),
             *zip(args.kwonlyargs, args.kw_defaults, strict=True)]  # fmt: skip
    for arg, default in pairs:
        if arg.arg == name and not said and isinstance(default, ast.Call):
            return _KINDS.get(last(spelled(default.func)), ""), name
    return "", ""


def _signs_up(node: Function) -> bool:
    """Whether somebody makes an account of its own there, and nobody is asked who it is."""
    paths = (part.value for one in node.decorator_list for part in walk(one) if isinstance(part, ast.Constant))
    public = any(_SIGN_UP.search(str(name)) for name in (node.name, *paths))
    return public and not _KNOWN.search(text(node))


def _chosen(node: Function, around: Around) -> Iterator[tuple[str, str, ast.expr]]:
    """The roles that are read from what somebody sends to sign up, unless they are compared with a list."""
    bodies = {arg.arg for arg in (*node.args.args, *node.args.kwonlyargs) if arg.annotation is not None}
    listed = {key for part in walk(node) if isinstance(part, ast.Compare) for key in _compared(part)}
    for part in walk(node):
        match part:
            case ast.keyword(value=ast.Attribute(value=ast.Name(id=name), attr=key) as at) if name in bodies:
                pass
            case ast.Call() | ast.Subscript() as at:
                _, key = read(at, around)
            case _:
                continue
        if _is_power(key) and key not in listed:
            yield "sign-up", key, at


def _compared(part: ast.Compare) -> Iterator[str]:
    """The names and keys that are looked for in a list."""
    if isinstance(part.ops[0], ast.In | ast.NotIn) and not isinstance(part.left, ast.Constant):
        for inner in walk(part.left):
            match inner:
                case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str() as name):
                    yield name


def _is_power(key: str) -> bool:
    return bool(_FLAG.fullmatch(key) or _ROLE.fullmatch(key))
