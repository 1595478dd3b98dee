"""Routes that objects of JavaScript state, and what each of them says stands before it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gate import lazy
from gate.facts.jschains import closed
from gate.hint import folded

_OBJECT = lazy.regex(r"\b(?:\w*(?:app|router|server|fastify)\w*)\.route\(\s*\[?\s*\{", re.IGNORECASE)
_NEXT = lazy.regex(r"\s*,\s*\{")
_METHOD = lazy.regex(r"\bmethod\s*:\s*(\[[^\]]*\]|[\"'][A-Za-z*]+[\"'])")
_URL = lazy.regex(r"\b(?:url|path)\s*:\s*[\"'`]([^\"'`\n]+)[\"'`]")
_AUTH = lazy.regex(r"\bauth\s*:")
_KEPT_BY = lazy.regex(r"\bauth\s*:\s*(?!false\b|null\b|undefined\b)([\"'\w{\[])")
_OPEN = lazy.regex(r"\bauth\s*:\s*false\b|\bmode\s*:\s*[\"'](?:try|optional)[\"']")
"""What lets strangers pass, whatever hapi asks by default."""
_SCOPE = lazy.regex(r"\bscope\s*:\s*(?!false\b|null\b|undefined\b|\[\s*\])")
_HANDLER = lazy.regex(r"\bhandler\s*(?::\s*(?:async\s*)?(?:function\b\s*)?)?\([^()]{0,120}\)\s*(?:=>\s*)?(?=\{)")
_DEFAULT = lazy.regex(r"\bserver\.auth\.default\(\s*(?!null\b|undefined\b)[^\s)]")
_PROCEDURE = lazy.regex(r"(?<![\w$.])([\w$]+)\s*:\s*(\w*[pP]rocedure)\b(?!\s*\()")
_ANYBODY = lazy.regex(r"(?i)^(?:public|base|open|unauth\w*|anon\w*)?procedure$")
_SHIELD = lazy.regex(r"\bshield\s*(?:<[^<>()]{0,80}>)?(?=\(\s*\{)")
_FIELD = lazy.regex(
    r"([\w$*\"']+)\s*:\s*(\{|[\w$.]+\s*\((?:[^(){}]|\([^(){}]*\))*\)|[^,{}]+?(?=[,}]|$))|([{}])|(?<=[{,])\s*([\w$]+)\s*(?=[,}])"
)
_WORD = lazy.regex(r"[\w$]+")
_LETS = frozenset({"allow", "and", "or", "not", "chain", "race", "true", ""})
_LONG = 2_000
"""How much of a route that an object states is read, in characters."""


@dataclass(frozen=True)
class Stated:
    """A route, the text in which its guards are named, and what else keeps callers out."""

    start: int
    name: str
    path: str = ""
    given: str = ""
    kept: frozenset[str] = frozenset()


def stated(text: str) -> Iterator[Stated]:
    yield from _objects(text) if ".route(" in folded(text) else ()
    for found in _PROCEDURE.finditer(text) if "rocedure" in text else ():
        kept = frozenset[str]() if _ANYBODY.match(found[2]) else frozenset({found[2]})
        yield Stated(found.start(), f"procedure {found[1]}", kept=kept)
    for found in _SHIELD.finditer(text) if "shield" in text else ():
        yield from _fields(text[: closed(text, found.end())], found.end() + text[found.end() :].index("{"))
    for found in _DEFAULT.finditer(text) if ".auth.default(" in text else ():
        yield Stated(found.start(), "use", kept=frozenset({"auth.default"}))


def _objects(text: str) -> Iterator[Stated]:
    """The routes of `server.route({...})`, and each of `server.route([{...}, {...}])`."""
    for found in _OBJECT.finditer(text):
        at: int | None = found.end() - 1
        while at is not None:
            end = closed(text, at)
            yield from _object(text[at : min(end, at + _LONG)], at)
            after = _NEXT.match(text, end)
            at = after.end() - 1 if after and end > at else None


def _object(given: str, start: int) -> Iterator[Stated]:
    method, url = _METHOD.search(given), _URL.search(given)
    kept = {"auth"} if _KEPT_BY.search(given) and not _OPEN.search(given) else set()
    kept |= {"scope"} if kept and _SCOPE.search(given) else set()
    if method and url:
        name = f"{' '.join(re.findall(r'[A-Za-z*]+', method[1])).upper()} {url[1]}"
        path = "" if _OPEN.search(given) else url[1]
        yield Stated(start, name, path, _AUTH.sub(" ", _without_body(given)), frozenset(kept))


def _without_body(given: str) -> str:
    """What an object says of a route; what its handler does is none of it."""
    found = _HANDLER.search(given)
    opens = given.find("{", found.end()) if found else -1
    return given[: found.start()] + given[closed(given, opens) :] if found and opens >= 0 else given


def _fields(text: str, at: int) -> Iterator[Stated]:
    """The rules of graphql-shield, by the fields they stand before."""
    outer: list[str] = []
    for found in _FIELD.finditer(text, at + 1):
        if found[3] == "}":
            outer = outer[:-1]
        elif found[2] == "{":
            outer.append(found[1])
        elif found[1] or found[4]:
            rules = frozenset(_WORD.findall(found[2] or found[4])) - _LETS
            yield Stated(found.start(), ".".join(("shield", *outer, found[1] or found[4])), kept=rules)
