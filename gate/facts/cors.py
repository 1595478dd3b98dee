"""Which origins may read answers with the caller's credentials (CORS), in Python."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.defaults import UNKNOWN, bound, default, last
from gate.facts.names import Names, names
from gate.facts.placed import Around, Function, assigned, placed, text
from gate.hint import Hint
from gate.source import Place, Source

_MIDDLEWARE = lazy.regex(r"(?:^|\.)(?:CORSMiddleware|CORSConfig|add_cors_middleware|cors_middleware)$")
_WORDED = lazy.regex(r"quart_cors\.\w*cors|socketio\.(?:Async)?Server|flask_socketio\.SocketIO")
_FLASK = lazy.regex(r"(?:^|\.)(?:CORS|cross_origin)$")
_ANY = lazy.regex(
    r"\^?(?:\(?\.[*+]\)?|(?:https?|https\??|\(https?\|http\)|\(http\|https\)|https\?)\??:(?:\\?/){2}\(?\.[*+]\)?)\$?"
)
"""Patterns that every origin, or every secure one, matches."""
_ENDS = lazy.regex(r"(?:\$|\\Z)\)*$|:\d+/?$")
"""How a pattern ends that is held against the whole of an origin; the library asks for its beginning only."""
_ORIGIN = "access-control-allow-origin"
_CREDENTIALS = "access-control-allow-credentials"
_TESTED = lazy.regex(r"(?i)\bin\b|==|match|startswith|endswith|allow|valid|check|trusted|is_|debug")
_DJANGO_ALL = frozenset({"CORS_ALLOW_ALL_ORIGINS", "CORS_ORIGIN_ALLOW_ALL"})
_MAX_HOPS = 4


@dataclass(frozen=True)
class Cors:
    """Who is answered with credentials.

    `how` is "any" origin, by a wildcard, or the one that asks, by "echo"; "socket" where any page may open a connection.
    """

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[Hint] = Hint.of("cors", "cross_origin", "allow_origin", "allow-origin", "check_origin")

    place: Place
    how: str
    name: str
    setting: str
    """The dotted name the origins come from, where this file does not tell them."""

    @classmethod
    def find(cls, source: Source) -> Iterable["Cors"]:
        table = names(source)
        headers: dict[Function | None, dict[str, tuple[ast.AST, ast.expr, Around]]] = {}
        for node, around in placed(source.tree):
            if isinstance(node, ast.Call):
                yield from _called(node, source, table)
            if isinstance(node, ast.FunctionDef) and node.name == "check_origin" and _says_yes(node):
                yield Cors(Place.at(source.path, node.lineno), "socket", "check_origin", "")
            for key, value in _headers(node):
                scope = around.functions[-1] if around.functions else None
                headers.setdefault(scope, {}).setdefault(key, (node, value, around))
        yield from _settings(source)
        for scope, said in headers.items():
            yield from _by_hand(said, scope, source)


def _says_yes(node: ast.FunctionDef) -> bool:
    """Whether a method of Tornado's `WebSocketHandler` lets every page in: all it does is to say so."""
    body = [part for part in node.body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))]
    match body:
        case [ast.Return(value=ast.Constant(value=True))]:
            return [arg.arg for arg in node.args.args][:1] == ["self"] and not node.decorator_list
    return False


def _called(node: ast.Call, source: Source, table: Names) -> Iterator[Cors]:
    name = table.of(node.func)
    held = [table.of(argument) for argument in node.args[:1]]
    given = {word.arg: word.value for word in node.keywords if word.arg}
    for word in node.keywords:
        whole = bound(source).get(last(word.value), word.value) if word.arg is None else None
        given |= _pairs(whole)
    if any(_MIDDLEWARE.search(one) for one in (name, *held)):
        if default(given.get("allow_credentials"), source) in (True, "*"):
            yield from _found(node, source, given.get("allow_origins"), given.get("allow_origin_regex"), table)
    elif _FLASK.search(name):
        yield from _flask(node, given, source, table)
    elif _WORDED.fullmatch(name):
        origins = given.get("allow_origin", given.get("cors_allowed_origins"))
        if any(default(given.get(word), source) is True for word in ("allow_credentials", "cors_credentials")):
            yield from _found(node, source, origins, None, table)
    elif name.endswith(("aiohttp_cors.setup", "cors.add")):
        yield from _aiohttp(node, source)


def _found(
    node: ast.Call, source: Source, origins: ast.expr | None, pattern: ast.expr | None, table: Names
) -> Iterator[Cors]:
    place = Place.at(source.path, node.lineno, node.end_lineno)
    said, regex = default(origins, source), default(pattern, source)
    if _is_any(said) or (isinstance(regex, str) and _ANY.fullmatch(regex)):
        yield Cors(place, "any", last(node.func), "")
    elif said is UNKNOWN and isinstance(origins, ast.Name | ast.Attribute):
        yield Cors(place, "", last(node.func), table.of(origins))


def _flask(node: ast.Call, given: Mapping[str, ast.expr], source: Source, table: Names) -> Iterator[Cors]:
    """flask-cors answers all origins unless it is told which, for the whole application or by path."""
    resources = given.get("resources")
    parts = [part for part in resources.values if isinstance(part, ast.Dict)] if isinstance(resources, ast.Dict) else []
    for part in [_pairs(part) for part in parts] or [{}]:
        whole = {**given, **part}
        if default(whole.get("supports_credentials"), source) is not True:
            continue
        origins = whole.get("origins", ast.Constant(value="*"))
        yield from _found(node, source, origins, origins, table)


def _aiohttp(node: ast.Call, source: Source) -> Iterator[Cors]:
    given = [word.value for word in node.keywords if word.arg == "defaults"] + node.args[1:2]
    for table in given:
        for key, value in _pairs(table).items() if isinstance(table, ast.Dict) else ():
            words = value.keywords if isinstance(value, ast.Call) else []
            if key == "*" and any(w.arg == "allow_credentials" and default(w.value, source) is True for w in words):
                yield Cors(Place.at(source.path, node.lineno, node.end_lineno), "any", last(node.func), "")


def _settings(source: Source) -> Iterator[Cors]:
    """django-cors-headers by its settings, and flask-cors and Sanic by theirs."""
    known = bound(source)
    if default(known.get("CORS_SUPPORTS_CREDENTIALS"), source) is True and _is_any(
        default(known.get("CORS_ORIGINS"), source)
    ):
        yield Cors(Place.at(source.path, known["CORS_ORIGINS"].lineno), "any", "CORS_ORIGINS", "")
    if default(known.get("CORS_ALLOW_CREDENTIALS"), source) is not True:
        return
    for name in sorted(_DJANGO_ALL & known.keys()):
        if default(known[name], source) is True:
            yield Cors(Place.at(source.path, known[name].lineno), "any", name, "")
    for name in ("CORS_ALLOWED_ORIGIN_REGEXES", "CORS_ORIGIN_REGEX_WHITELIST"):
        said = default(known.get(name), source)
        if isinstance(said, list) and any(isinstance(one, str) and _ANY.fullmatch(one) for one in said):
            yield Cors(Place.at(source.path, known[name].lineno), "any", name, "")
        elif isinstance(said, list) and any(isinstance(one, str) and not _ENDS.search(one) for one in said):
            yield Cors(Place.at(source.path, known[name].lineno), "loose", name, "")


def _headers(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The CORS headers a statement or a dictionary sets, by lower-case name."""
    match node:
        case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=str() as key))], value=value):
            yield key.lower(), value
        case ast.Dict():
            yield from ((key.lower(), value) for key, value in _pairs(node).items())
        case ast.Call(func=ast.Attribute(attr="set_header" | "add_header" | "add" | "setdefault" | "append" | "set"),
                      args=[ast.Constant(value=str() as key), value]):  # fmt: skip
            yield key.lower(), value


def _by_hand(
    said: Mapping[str, tuple[ast.AST, ast.expr, Around]], scope: Function | None, source: Source
) -> Iterator[Cors]:
    """Both headers written out: the origin that asked, or a wildcard, beside the credentials."""
    if _ORIGIN not in said or _CREDENTIALS not in said:
        return
    node, value, around = said[_ORIGIN]
    allowed = default(said[_CREDENTIALS][1], source)
    if not (allowed is True or (isinstance(allowed, str) and allowed.lower() == "true")):
        return
    how = "any" if default(value, source) == "*" else "echo" if _is_echo(value, scope, source) else ""
    if how and not any(_TESTED.search(text(test)) for test in around.tests) and not _checks(scope):
        line = getattr(value, "lineno", getattr(node, "lineno", 1))
        yield Cors(Place.at(source.path, line), how, "Access-Control-Allow-Origin", "")


def _is_echo(value: ast.expr, scope: Function | None, source: Source, hops: int = 0) -> bool:
    """Whether a value is the `Origin` header of the request."""
    if hops > _MAX_HOPS:
        return False
    match value:
        case ast.Name(id=name):
            values = assigned(scope).get(name, ()) if scope else ()
            return len(values) == 1 and _is_echo(values[0], scope, source, hops + 1)
        case ast.BoolOp(values=parts):
            return any(_is_echo(part, scope, source, hops + 1) for part in parts)
        case ast.Call(func=ast.Attribute(value=owner, attr="get"), args=[ast.Constant(value=str() as key), *_]):
            return key.lower() in {"origin", "http_origin"} and bool(
                re.search("headers|environ|META", ast.unparse(owner))
            )
        case ast.Subscript(value=owner, slice=ast.Constant(value=str() as key)):
            return key.lower() in {"origin", "http_origin"} and bool(
                re.search("headers|environ|META", ast.unparse(owner))
            )
    return False


def _checks(scope: Function | None) -> bool:
    """Whether the function compares the origin with others, or asks a function about it."""
    asked = (one for one in ast.walk(scope) if isinstance(one, ast.Compare | ast.Call)) if scope else ()
    return any(
        (isinstance(one, ast.Compare) and isinstance(one.ops[0], ast.In | ast.NotIn | ast.Eq | ast.NotEq)
         and "origin" in ast.unparse(one).lower())
        or (isinstance(one, ast.Call) and re.search(r"(?i)origin_?allowed|allowed_?origin|is_\w*origin|check_\w*origin|match$", last(one.func)))
        for one in asked
    )  # fmt: skip


def _is_any(said: object) -> bool:
    return said == "*" or (isinstance(said, list) and any(one == "*" for one in said))


def _pairs(node: ast.expr | None) -> dict[str, ast.expr]:
    """What stands under which key in `{"a": 1}` or `dict(a=1)`; nothing for what is neither."""
    if isinstance(node, ast.Call) and last(node.func) == "dict":
        return {word.arg: word.value for word in node.keywords if word.arg}
    if not isinstance(node, ast.Dict):
        return {}
    pairs = zip(node.keys, node.values, strict=True)
    return {key.value: value for key, value in pairs if isinstance(key, ast.Constant) and isinstance(key.value, str)}
