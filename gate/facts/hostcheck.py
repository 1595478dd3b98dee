"""Addresses that are checked as text: by a part, a beginning, an end or a loose pattern."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate import lazy
from gate.facts.defaults import default, last
from gate.facts.pattern import uses
from gate.facts.placed import Around, assigned, placed
from gate.nodes import walk
from gate.source import Place, Source

_TLD = r"(?:com|org|net|edu|gov|io|dev|app|co|ai|cloud|local|internal|test|example|de|uk|eu|fr|nl|us|in|cn|jp)"
_URL = lazy.regex(r"(?i)(?:^|_)(?:\w*ur[li]s?|link|href|redirect\w*|referr?er|origin|callback|next|target|website)$")
_HOST = lazy.regex(r"(?i)(?:^|_)(?:host|hostname|domain|netloc|server_name|fqdn)$")
_DOMAIN = lazy.regex(rf"(?i)(?:https?://)?(?:[\w-]+\.)+{_TLD}/?")
_BEGINS = lazy.regex(rf"(?i)https?://(?:(?:[\w-]+\.)+{_TLD}|localhost|127\.0\.0\.1)")
_ENDS_URL = lazy.regex(rf"(?i)[\w.-]*\.{_TLD}/?")
_ENDS_HOST = lazy.regex(rf"(?i)[\w-][\w.-]*\.{_TLD}")
_UNESCAPED = lazy.regex(rf"(?i)(?<![\\\]*+?.])(?<=[\w)])\.(?=(?:[\w-]+\\?\.)*{_TLD}(?![\w]))(?![*+?{{])")
_OPEN = lazy.regex(rf"(?i)\\\.{_TLD}\)?$")
_CHECKS = lazy.regex(r"(?i)valid|allow|check|safe|trust|verif|permit|is_|match|authori|whitelist|filter|ensure|same")
_REQUESTS = frozenset({"request", "req", "event"})
_STRIPS = frozenset({"lower", "strip", "casefold", "rstrip", "lstrip", "str", "upper", "unquote"})


@dataclass(frozen=True)
class HostCheck:
    """A check of an address that others pass as well; `how` names it, `decides` where it says who may."""

    languages: ClassVar[frozenset[str]] = frozenset({"python"})
    hint: ClassVar[re.Pattern[str]] = lazy.regex(rf"(?i)\.{_TLD}\W|https?://(?:localhost|127)")

    place: Place
    how: str
    value: str
    decides: bool

    @classmethod
    def find(cls, source: Source) -> Iterable["HostCheck"]:
        for node, around, how, value in (*_texts(source), *_patterns(source)):
            named = any(_CHECKS.search(function.name) for function in around.functions)
            yield cls(Place.at(source.path, node.lineno), how, value, named or _is_sent(node, around))


Found = tuple[ast.expr, Around, str, str]


def _is_sent(node: ast.expr, around: Around) -> bool:
    """Whether the function reads what is checked here from a request."""
    asked = {part.id for part in walk(node) if isinstance(part, ast.Name)}
    if asked & _REQUESTS:
        return True
    known = assigned(around.functions[-1]) if around.functions else {}
    values = (value for name in asked for value in known.get(name, ()))
    return any(isinstance(part, ast.Name) and part.id in _REQUESTS for value in values for part in walk(value))


def _texts(source: Source) -> Iterator[Found]:
    for node, around in placed(source.tree):
        match node:
            case ast.Compare(
                left=ast.Constant(value=str() as text), ops=[ast.In() | ast.NotIn()], comparators=[subject]
            ):
                if _DOMAIN.fullmatch(text) and subject_of(subject):
                    yield node, around, "part", text
            case ast.Call(func=ast.Attribute(value=subject, attr="startswith" | "endswith" as verb), args=[given]):
                said = default(given, source)
                ends = [one for one in (said if isinstance(said, list) else [said]) if isinstance(one, str)]
                loose = next((one for one in ends if _is_loose(verb, one, subject_of(subject))), "")
                if loose:
                    yield node, around, verb, loose


def _is_loose(verb: str, text: str, subject: str) -> bool:
    """Whether an address of somebody else's can begin or end like this."""
    if not subject:
        return False
    if verb == "startswith":
        return bool(_BEGINS.fullmatch(text))
    return bool((_ENDS_URL if subject == "url" else _ENDS_HOST).fullmatch(text))


def _patterns(source: Source) -> Iterator[Found]:
    for use in uses(source):
        if use.verb in {"match", "search", "fullmatch"} and use.rest and subject_of(use.rest[-1]):
            if _UNESCAPED.search(use.pattern):
                yield use.node, use.around, "dot", use.pattern
            elif use.verb != "fullmatch" and _OPEN.search(use.pattern):
                yield use.node, use.around, "open", use.pattern


def subject_of(node: ast.expr) -> str:
    """Say "url" or "host" for what is called so, also where it is read from a request by such a key."""
    match node:
        case ast.Call(func=ast.Attribute(attr="get" | "getlist"), args=[ast.Constant(value=str() as key), *_]):
            return _kind(key)
        case ast.Call(func=ast.Attribute(value=inner, attr=name)) if name in _STRIPS:
            return subject_of(inner)
        case ast.Call(func=ast.Name(id=name), args=[inner]) if name in _STRIPS:
            return subject_of(inner)
    return _kind(last(node))


def _kind(name: str) -> str:
    if _HOST.search(name):
        return "host"
    return "url" if _URL.search(name) else ""
