"""Which functions may hold a condition that lets a caller pass: a quick look, before they are read for good."""

import ast
from collections.abc import Iterable, Iterator, Mapping

from gate import lazy
from gate.facts.folding import Folded
from gate.nodes import walk

_WORD = lazy.regex(
    r"(?i)token|passw|pwd|passphrase|secret|_key$|[a-z-]key$|^x-|pin$|otp|bearer|auth|debug|bypass|admin|internal|skip|overrid"
    r"|backdoor|magic|superuser|impersonat|sudo|login|mail|user_?name|credential|master|god|jwt|unlock|noauth|upn"
    r"|^(?:pw|psw|key)$|user_?agent|devmode|dev_mode|breakglass|\btest\b|\bdev\b|[-_]test\b|[-_]dev\b|code$"
)
_SPECIFIC = lazy.regex(r"(?i)debug|bypass|backdoor|skip|overrid|superuser|impersonat|god|sudo|magic|internal|master"
                       r"|no_?auth|dev_?mode|break_?glass|unlock")  # fmt: skip
_COMPARES = lazy.regex(
    r"compare|verify|check|^eq$|__eq__|equals|safe_str_cmp|startswith|endswith|match$|contains|^is_$"
)
_RANKS = lazy.regex(r"is_(?:admin|superuser|staff|root|owner)$")
_DOORS = lazy.regex(r"(?i)log_?in|sign_?in|impersonate|(dev|test|debug|fake|demo|quick)[-_/]?(auth|token)")
_PASSES = 3
_ASKING = (ast.Compare, ast.Match, ast.Call, ast.Subscript, ast.If, ast.IfExp, ast.While)
_BINDING = (ast.Assign, ast.AnnAssign, ast.NamedExpr, ast.For, ast.comprehension, ast.arguments)


def suspect(node: ast.FunctionDef | ast.AsyncFunctionDef, known: Mapping[str, Folded]) -> bool:
    """Whether a function compares something that sounds like a credential with what may be a literal."""
    if node.decorator_list and _DOORS.search(node.name + " ".join(_strings(node.decorator_list))):
        return True
    parts = walk(node)
    if _RANKS.match(node.name) and any(isinstance(part, ast.Compare) for part in parts):
        return True
    bound = dict(_bound(part for part in parts if isinstance(part, _BINDING)))
    tied = _tied(bound)
    specific = bool(tied) and any(_SPECIFIC.search(word) for value in bound.values() for word in _words(value))
    asking = (part for part in parts if isinstance(part, _ASKING))
    return any(_asks(part, bound, tied, known, specific=specific) for part in asking)


def _asks(
    part: ast.AST, bound: Mapping[str, object], tied: set[str], known: Mapping[str, Folded], *, specific: bool
) -> bool:
    match part:
        case ast.Compare(left=left, comparators=[right]):
            sides = (left, right)
            return any(_literal(one, bound, known) and _mentions(two, tied) for one, two in (sides, sides[::-1]))
        case ast.Match(subject=asked):
            return _mentions(asked, tied)
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if _COMPARES.search(name):
            return _mentions(part, tied)
        case ast.Call(func=ast.Attribute(value=where, attr="get"), args=[key, *_]):
            return _literal(where, bound, known) and _mentions(key, tied)
        case ast.Subscript(value=where, slice=key):
            return _literal(where, bound, known) and _mentions(key, tied)
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            return any(_SPECIFIC.search(word) for word in _words(test)) or (
                specific and any(isinstance(name, ast.Name) and name.id in tied for name in walk(test))
            )
    return False


def _literal(node: ast.AST, bound: Mapping[str, object], known: Mapping[str, Folded]) -> bool:
    match node:
        case ast.Constant(value=value):
            return isinstance(value, str | bytes | int) and not isinstance(value, bool) and bool(value)
        case ast.Name(id=name):
            return name in known or name in bound
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return f"{owner}.{name}" in known or owner in {"self", "cls"}
        case ast.Attribute():
            return False
        case ast.Call(func=func, args=args):
            receiver = [func.value] if isinstance(func, ast.Attribute) else []
            return any(_literal(part, bound, known) for part in (*receiver, *args))
    return True


def _mentions(node: ast.AST, tied: set[str]) -> bool:
    return any(word in tied or _WORD.search(word) for word in _words(node))


def _words(node: ast.AST) -> Iterator[str]:
    for part in walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr
        else:
            yield from _text(part)


def _strings(nodes: Iterable[object]) -> Iterator[str]:
    for node in nodes:
        for part in walk(node) if isinstance(node, ast.AST) else ():
            yield from _text(part)


def _text(part: ast.AST) -> Iterator[str]:
    """A short string or bytes, as a key may be."""
    value = part.value if isinstance(part, ast.Constant) else None
    if isinstance(value, str | bytes) and len(value) < 60:
        yield value if isinstance(value, str) else value.decode("latin-1")


def _bound(parts: Iterable[ast.AST]) -> Iterator[tuple[str, ast.AST]]:
    for part in parts:
        match part:
            case ast.Assign(targets=targets, value=value):
                yield from ((t.id, value) for target in targets for t in walk(target) if isinstance(t, ast.Name))
            case (
                ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                | ast.NamedExpr(target=ast.Name(id=name), value=value)
            ):
                yield name, value
            case (
                ast.For(target=ast.Name(id=name), iter=value) | ast.comprehension(target=ast.Name(id=name), iter=value)
            ):
                yield name, value
            case ast.arguments(posonlyargs=first, args=given, kwonlyargs=named, defaults=defaults, kw_defaults=others):
                late = [None] * (len(first) + len(given) - len(defaults)) + list(defaults)
                for arg, default in zip([*first, *given, *named], [*late, *others], strict=True):
                    yield arg.arg, ast.Tuple([part for part in (arg.annotation, default) if part is not None])


def _tied(bound: Mapping[str, ast.AST]) -> set[str]:
    """Names bound to something that sounds like a credential, through a few others."""
    tied: set[str] = set()
    for _ in range(_PASSES):
        more = {name for name, value in bound.items() if name not in tied and _mentions(value, tied)}
        if not more:
            break
        tied |= more
    return tied
