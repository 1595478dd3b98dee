"""Guards of routes in JavaScript and TypeScript, as their lines say: middleware of Express, decorators of Nest."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from gate.paths import kind
from gate.source import Place, Source

_NAME = (
    r"(?:require|ensure|check|verify|is|has)_?(?:Auth\w*|Login|LoggedIn|Admin\w*|Owner\w*|Role\w*|Perm\w*|Scope\w*|Token\w*|User|Signature\w*|Jwt\w*|Session|Access\w*|Csrf\w*)"
    r"|authenticate\w*|authorize\w*|auth(?:Middleware|Guard|Required)?|protect(?:Route|ed)?|csrf\w*|rateLimit\w*|\w*[lL]imiter|passport\.authenticate|jwtCheck|\w*(?:Auth|Role|Jwt|Permission)\w*Guard"
    r"|requiresAuth|withAuth|isLoggedIn|adminOnly|checkJwt|expressJwt"
)
_GUARD = re.compile(rf"(?<![\w.])({_NAME})(?![\w])")
_EXPRESS = re.compile(
    r"\b(\w*(?:app|router|routes|api|server)\w*)\.(get|post|put|patch|delete|all)\(\s*([\"'`])([^\"'`\n]{0,200})\3\s*,",
    re.IGNORECASE,
)
_HANDLER = re.compile(r"=>|\bfunction\b|\)\s*;|\basync\b")
_USE = re.compile(r"\b\w+\.use\(([^;{}]{0,300})")
_NEST = re.compile(r"@UseGuards\(([^)]{0,200})\)")
_NEST_VERB = re.compile(r"@(Get|Post|Put|Patch|Delete|All|Mutation|Controller)\(")
_NAMED = re.compile(r"(?:(?:public|private|async|static|export|default|abstract|class)\s+)*(\w+)")
_REACH = 400
"""How far behind the path of a route its middleware is looked for, in characters."""


@dataclass(frozen=True)
class JsRoute:
    """A route of a file, and the names of the guards before it; `name` is "use" for what stands before many."""

    languages: ClassVar[frozenset[str]] = frozenset({"javascript", "typescript"})
    hint: ClassVar[re.Pattern[str]] = re.compile(
        r"\.(?:get|post|put|patch|delete|all|use)\(|@(?:UseGuards|Controller|Get|Post|Put|Patch|Delete|All|Mutation)\("
    )

    place: Place
    name: str
    guards: frozenset[str]

    @classmethod
    def find(cls, source: Source) -> Iterator["JsRoute"]:
        if kind(source.path) != "production":
            return
        text = _plain(source.text)
        for found in _EXPRESS.finditer(source.text):
            if text[found.start()] != " ":
                names = _before_handler(text[found.end() : found.end() + _REACH])
                yield cls(_at(source, found.start()), f"{found[2].upper()} {found[4]}", names)
        for found in _USE.finditer(text):
            yield cls(_at(source, found.start()), "use", frozenset(_GUARD.findall(found[1])))
        yield from _nest(cls, source, text)


def _plain(text: str) -> str:
    """The text with its comments blanked, each character where it was."""
    return re.sub(
        r"/\*.*?\*/|(?<![:\"'`])//[^\n]*", lambda found: re.sub(r"[^\n]", " ", found[0]), text, flags=re.DOTALL
    )


def _before_handler(text: str) -> frozenset[str]:
    end = _HANDLER.search(text)
    return frozenset(_GUARD.findall(text[: end.start()] if end else text))


def _at(source: Source, offset: int) -> Place:
    return Place.at(source.path, source.text.count("\n", 0, offset) + 1)


def _nest(cls: type[JsRoute], source: Source, text: str) -> Iterator[JsRoute]:
    """Each method of a controller, and the controller itself, with the guards among the decorators above it."""
    above: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        said = line.strip()
        if said.startswith("@"):
            above.append((number, said))
        elif above and above[-1][1].count("(") > above[-1][1].count(")"):
            above[-1] = above[-1][0], f"{above[-1][1]} {said}"
        elif said:
            yield from _decorated(cls, source, above, said)
            above = []


def _decorated(cls: type[JsRoute], source: Source, above: list[tuple[int, str]], said: str) -> Iterator[JsRoute]:
    named = _NAMED.match(said)
    whole = " ".join(text for _, text in above)
    guards = frozenset(word for found in _NEST.findall(whole) for word in re.findall(r"\w+", found))
    for number, text in above:
        verb = _NEST_VERB.match(text)
        if verb and named:
            yield cls(Place.at(source.path, number), f"{verb[1]} {named[1]}", guards)
            return
