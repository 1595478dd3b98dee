"""Guards of routes in JavaScript and TypeScript, as their lines say.

They are middleware of Express, hooks of Fastify, decorators of Nest, matchers of Next, and the conditions by which a handler
turns callers away.
"""

import re
from bisect import bisect, bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar

from gate import lazy
from gate.facts.bundled import is_bundled
from gate.facts.comment import js_code
from gate.facts.jscheck import CHECK, WHO, asks, functions, hidden, told
from gate.facts.jsscope import blanked
from gate.facts.jsstated import stated
from gate.facts.linenumber import line_at
from gate.paths import kind
from gate.source import Place, Source

_NAME = (
    r"(?:require|ensure|assert|check|verify|is|has)_?(?:Auth\w*|Login|LoggedIn|Admin\w*|Owner\w*|Self\w*|Own\w*|Member\w*|Editor|Staff|Super\w*|Manager|Moderator|Team\w*|Org\w*|Tenant\w*|Account\w*|Mfa|Role\w*|Perm\w*|Scope\w*|Token\w*|User|Signature\w*|Jwt\w*|Session|Access\w*|Csrf\w*)"
    r"|authenticate\w*|authorize\w*|auth(?:Middleware|Guard|Required)?|protect(?:Route|ed)?|csrf\w*|csurf|lusca|rateLimit\w*|\w*[lL]imiter|passport\.authenticate|jwtCheck|\w*(?:Auth|Role|Jwt|Permission|Throttl)\w*Guard"
    r"|requiresAuth|withAuth|isLoggedIn|adminOnly|checkJwt|expressJwt|bearerAuth|basicAuth|jwt(?=\()|clerkMiddleware"
)
GUARD = lazy.regex(rf"(?<![\w.])(?:\w+\.(?=auth|verify|require|check|ensure))?({_NAME})(?![\w])")
_LISTS = lazy.regex(
    r"\b(?:const|let|var)\s+(\w*(?:[pP]rotect|[pP]rivate|[aA]uth|[sS]ecure|[gG]uarded|[aA]dmin)\w*)\s*=\s*(?:createRouteMatcher\(\s*)?(\[[^\]]*\])"
)
_MADE = lazy.regex(
    r"\b(?:const|let|var)\s+(\w+)\s*(?::[^=;\n]{0,80})?=\s*(?:await\s+)?(?:new\s+)?(?:[\w.]*\.)?(?:Router|express|Hono|OpenAPIHono|[fF]astify|Koa\w*|Elysia)\s*[(<]"
)
_ROUTE = (
    r"(?:\b(\w*(?:app|router|routes|api|server|fastify|hono{made})\w*){chained})\.(get|post|put|patch|delete|del|all)\(\s*([\"'`])([^\"'`\n]{0,200})\3\s*,"
    r"|\bexport\s+(?:async\s+)?function\s+(GET|POST|PUT|PATCH|DELETE)\s*\("
)
_HANDLER = lazy.regex(r"=>|\bfunction\b|\)\s*;|\basync\b")
_USE = lazy.regex(
    r"(?:\b\w+|(?<=[\s)]))\.use\(\s*(?:([\"'`])(?P<path>[^\"'`\n]*)\1\s*,)?(?P<given>[^;{}]{0,300})"
    r"|\.addHook\(\s*[\"'](?:onRequest|preHandler|preValidation|preParsing)[\"']\s*,(?P<hook>[^;{}]{0,300})"
    r"|\.(?:guard\(\s*\{|onBeforeHandle\()(?P<elysia>[^;]{0,300})"
    r"|\bAPP_GUARD\b[^{}]{0,80}\buseClass:\s*(?P<class>\w+)|\.useGlobalGuards\((?P<global>[^;]{0,200})"
)
_STOPS = lazy.regex(r"^\w+\.use\(|\.(?:guard|onBeforeHandle)\(", re.MULTILINE)
"""What the file puts before routes further down is nothing that the route above it asks."""
_USING = (".use(", ".addHook(", ".guard(", ".onBeforeHandle(", "APP_GUARD", ".useGlobalGuards(")
"""Some word of these stands wherever the pattern matches; they are found faster."""
_LISTED = lazy.regex(
    rf"\b(?:const|let|var)\s+(\w+)\s*(?::[^=;\n]{{1,60}})?=\s*(?:\[([^\[\]]{{0,300}})\]|(\w+)\s*;|((?:[\w$]+\.)*(?:{_NAME}|\w*[mM]iddleware|compose|every|some)(?:<[^<>()]{{0,80}}>)?\([^\n]{{0,200}})|\{{([^{{}}]{{0,200}}\b(?:preHandler|onRequest|preValidation|beforeHandle)\b[^{{}}]{{0,200}})\}})"
)
"""A name the file gives to a list of guards, to a guard, or to what is made of one: `const canRead = authorize("read")`."""
_NEST = lazy.regex(r"@UseGuards\(([^)]{0,200})\)")
_ROLES = lazy.regex(
    r"@((?:Require)?(?:Roles?|Permissions?|Scopes?|Auth(?:enticated|ori[sz]ed?)?|Protected|AdminOnly))\("
)
_OPEN = lazy.regex(r"@((?:Public|SkipAuth|AllowAnonymous|NoAuth|IsPublic|Unprotected|SkipThrottle)\w*)\(")
_NEST_VERB = lazy.regex(r"@(Get|Post|Put|Patch|Delete|All|Mutation|Controller)\(")
_NAMED = lazy.regex(r"(?:(?:public|private|async|static|export|default|abstract|class)\s+)*(\w+)")
_MATCHER = lazy.regex(r"\bmatcher\s*:\s*(\[[^\]]*\]|[\"'`][^\"'`]*[\"'`])")
_QUOTED = lazy.regex(r"[\"'`]([^\"'`]+)[\"'`]")
_STRINGS = lazy.regex(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`\n]*`")
GATEKEEPER = lazy.regex(r"(?:^|/)(?:middleware|proxy)\.[cm]?[jt]s$")
_ASSERT = lazy.regex(r"\b(?:ctx|c|context)\.assert\(([^;]{1,200}?),\s*40[134]\b")
_WORD = lazy.regex(r"(?<![\w$.'\"`])[A-Za-z_$][\w$]*(?![\w$'\"`])")
_PAREN = lazy.regex(r"[()]")
_LENIENT = lazy.regex(r"\b(?:passthrough\s*:\s*true|credentialsRequired\s*:\s*false)\b")
_HANDS_ON = lazy.regex(
    r"\b(?:const|let|var)\s+(\w+)\s*=\s*(?:async\s*)?(?:\([^()]{0,80}\)\s*=>\s*)?\([^()]{0,80}\bnext\b[^()]{0,20}\)\s*=>\s*\{?\s*(?:return\s+)?next\(\)"
)
_HOOKED = lazy.regex(r"\b(?:onB|b)eforeHandle\s*[:(]\s*(\[[^\]]{0,200}\]|[\w$.]+)")
_NO_HOOKS = frozenset({"beforeHandle async", "beforeHandle function"})
_PROVES = lazy.regex(
    r"(?<![\w$.])(?:[\w$]+\.)*(jwtVerify|verifyToken|verifyIdToken|verifySession\w*|authenticate|auth\.getUser|auth\.getClaims)\("
)
"""Calls by which a hook has it proved who calls; they throw, or what they give back is looked at."""
CHECKS = "(checks)"
"""What a function of the file stands for that turns callers away."""
_REACH, _BODY = 400, 3000
"""How far behind the path of a route its middleware, and what its handler asks, are looked for, in characters."""
EXACTLY = "$"
"""What ends the path before which Hono runs middleware for that path alone; Express runs it for all below."""
OPENS = "@"
"""What begins the name of a guard that lifts others, such as `@Public`."""


@dataclass(frozen=True)
class JsRoute:
    """A route of a file, and what stands before it. `name` is "use" for what stands before many, "matcher" for where it does."""

    languages: ClassVar[frozenset[str]] = frozenset({"javascript", "typescript"})
    hint: ClassVar[re.Pattern[str]] = lazy.regex(
        r"\.(?:get|post|put|patch|delete|all|use|addHook|useGlobalGuards)\(|APP_GUARD|\bmatcher\b|export\s+(?:async\s+)?function"
        r"|\.route\(|\bshield\b|\.auth\.default\(|rocedure\b|createRouteMatcher|@(?:UseGuards|Controller|Get|Post|Put|Patch|Delete|All|Mutation)\("
    )

    place: Place
    name: str
    path: str
    guards: frozenset[str]
    given: frozenset[str] = frozenset()
    """What else is given before the handler; the tree says whether it turns callers away."""
    handler: str = ""

    @classmethod
    def find(cls, source: Source) -> Iterator["JsRoute"]:
        if kind(source.path) != "production" or is_bundled(source):
            return
        text = js_code(source.text)
        lists = {name: next(filter(None, held), "") for name, *held in _LISTED.findall(text)} | _own(source, text)
        exact = "Hono" in text
        for found in _USE.finditer(text) if any(word in text for word in _USING) else ():
            given = frozenset(_WORD.findall(found["given"] or ""))
            path = (
                f"{found['path']}{EXACTLY}" if found["path"] and exact and "*" not in found["path"] else found["path"]
            )
            yield cls(_at(source, found.start()), "use", path or "", _used(found, text, lists), given)
        yield from _routes(cls, source, text, lists)
        yield from _linked(cls, source, text, lists)
        yield from _nest(cls, source, text)
        yield from _stated(cls, source, text, lists)
        if GATEKEEPER.search(source.path) and WHO.search(text):
            for found in _MATCHER.finditer(text):
                yield cls(_at(source, found.start()), "matcher", "", frozenset(_QUOTED.findall(found[1])))
            for found in _LISTS.finditer(text):
                yield cls(_at(source, found.start()), f"matcher {found[1]}", "", frozenset(_QUOTED.findall(found[2])))


def effective(routes: Sequence[JsRoute]) -> dict[str, JsRoute]:
    """The routes of a file by their names, each with what stands before it: what is used further down does not."""
    uses = [route for route in routes if route.name == "use" and (route.guards or route.given)]
    found: dict[str, JsRoute] = {}
    for route in routes:
        if not route.name.startswith(("use", "matcher")) or (route.name == "use" and route.path):
            before = [use for use in uses if use.place.line < route.place.line and holds(use.path, route.path)]
            name = route.name if route.name != "use" else f"use {route.path}"
            guards = route.guards.union(*(use.guards for use in before))
            found.setdefault(
                name, replace(route, guards=guards, given=route.given.union(*(use.given for use in before)))
            )
    return found


def holds(prefix: str, path: str) -> bool:
    """Whether what stands before a path stands before another, or before all."""
    if prefix.endswith(EXACTLY):
        return path == prefix.removesuffix(EXACTLY)
    prefix = prefix.rstrip("*")
    return not prefix.strip("/") or path == prefix or path.startswith(prefix.rstrip("/") + "/") or not path


def covers(matcher: str, path: str) -> bool:
    """Whether a matcher of Next's middleware holds for what another holds for; one with a pattern may hold for anything."""
    stem = matcher.partition(":")[0].partition("(")[0].rstrip("/")
    many = ":path*" in matcher or "(" in matcher
    return matcher == path or (many and path.startswith(stem))


def inverse(check: str) -> str:
    """`if (a === b)` of `if (a !== b)`."""
    for one, other in (("!==", "==="), ("!=", "=="), ("===", "!=="), ("==", "!=")):
        if one in check:
            return check.replace(one, other)
    return check.replace("if (!", "if (", 1) if check.startswith("if (!") else check.replace("if (", "if (!", 1)


@lru_cache(maxsize=64)
def _route_pattern(made: tuple[str, ...], *, chained: bool) -> re.Pattern[str]:
    """Calls that register a route, on what is called a router or is made as one in the file; `chained`: or as a link of a chain."""
    said = _ROUTE.replace("{made}", "".join(f"|{name}" for name in made))
    return re.compile(said.replace("{chained}", r"|(?<=[\s)])" if chained else ""), re.IGNORECASE)


def _routes(cls: type[JsRoute], source: Source, text: str, lists: dict[str, str]) -> Iterator[JsRoute]:
    routes = _route_pattern(
        tuple(sorted(set(_MADE.findall(text)))), chained="new Elysia(" in text or "new Hono(" in text
    )
    found = [one for one in routes.finditer(source.text) if text[one.start()] != " "]
    ends = [*(one.start() for one in found[1:]), len(text)]
    for one, end in zip(found, ends, strict=False):
        after = _STOPS.split(text[one.end() : min(end, one.end() + _BODY)], 1)[0]
        whole = text[one.start() : one.end() + len(after)]  # what stands behind the call is of another function
        inside = whole[one.end() - one.start() : len(_closed(blanked(whole)))] if one[2] else after
        checks = {f"if ({' '.join(said.split())})" for said in CHECK.findall(inside) if asks(said)}
        checks |= {f"if ({' '.join(said.split())})" for _, said in hidden(after)}
        name = f"{one[2].upper()} {one[4]}" if one[2] else one[5].upper()
        head = _HANDLER.search(after[:_REACH]) if one[2] else None
        before = after[: head.start()] if head else after[:_REACH] if one[2] else ""
        checks |= {inverse(f"if ({said})") for said in _ASSERT.findall(after) if asks(said)}
        called = {f"{word}()" for word in re.findall(rf"(?<![\w.])({_NAME})\(", after[len(before) :])}
        parts = before.rstrip(");\n \t").split(",")
        given = frozenset(_WORD.findall(",".join(parts[:-1]))) if one[2] else frozenset[str]()
        handler = parts[-1].strip() if one[2] and not parts[-1].isspace() else ""
        guards = _guards(before, lists) | checks | called | _hooked(after)
        yield cls(_at(source, one.start()), name, one[4] or "", guards, given, handler)


_LINKED = lazy.regex(r"\.route\(\s*([\"'`])([^\"'`\n]{1,200})\1\s*\)")
_LINK = lazy.regex(r"\s*\.(get|post|put|patch|delete|all)\(")


def _linked(cls: type[JsRoute], source: Source, text: str, lists: dict[str, str]) -> Iterator[JsRoute]:
    """The links of a chain of Express: `router.route("/docs/:id").get(show).delete(requireAuth, remove)`."""
    for found in _LINKED.finditer(text) if ".route(" in text else ():
        at = found.end()
        while link := _LINK.match(text, at):
            given = _closed(blanked(text[link.start() : link.start() + _BODY]))
            inside = text[link.end() : link.start() + len(given) - 1]
            head = _HANDLER.search(inside)
            before = inside[: head.start()] if head else inside
            parts = before.rstrip().rstrip("(").split(",")
            words = frozenset(_WORD.findall(",".join(parts[:-1])))
            checks = frozenset(f"if ({' '.join(said.split())})" for said in CHECK.findall(inside) if asks(said))
            name = f"{link[1].upper()} {found[2]}"
            handler = "" if head else parts[-1].strip()
            kept = _guards(",".join(parts[:-1]), lists) | checks
            yield cls(_at(source, link.start(1)), name, found[2], kept, words, handler)
            at = link.start() + len(given)


def _stated(cls: type[JsRoute], source: Source, text: str, lists: dict[str, str]) -> Iterator[JsRoute]:
    """Routes that an object states, as Fastify and hapi take them, procedures of tRPC, and fields of graphql-shield."""
    for one in stated(text):
        yield cls(_at(source, one.start), one.name, one.path, _guards(one.given, lists) | one.kept)


def _own(source: Source, text: str) -> dict[str, str]:
    """The functions of a file that turn callers away, as guards; and what is called a guard and only hands on, as none."""
    lines = [line for line, _ in told(source)]
    spans = functions(source.text) if lines else ()
    checking = {
        name for name, first, last in spans if " " not in name and bisect(lines, last) > bisect_left(lines, first)
    }
    return dict.fromkeys(checking, CHECKS) | dict.fromkeys(_HANDS_ON.findall(text) if "next()" in text else (), "")


def _used(found: re.Match[str], text: str, lists: dict[str, str]) -> frozenset[str]:
    """What one call puts before many routes: guards by name, and what a function without one asks."""
    given = next((found[part] for part in ("given", "hook", "elysia", "class", "global") if found[part]), "")
    whole = _closed(text[found.start() : found.start() + _BODY])
    if _LENIENT.search(whole):
        return frozenset()
    own = set[str]()
    if "=>" in whole or "function" in whole or "beforeHandle" in whole:
        own = {f"if ({' '.join(said.split())})" for said in CHECK.findall(whole) if asks(said)}
        own |= {f"{word}()" for word in _PROVES.findall(whole)}
    return _guards(given[: len(whole) - (found.end() - found.start() - len(given))], lists) | own | _hooked(whole)


def _hooked(text: str) -> frozenset[str]:
    """The functions of Elysia that run before a handler, by name: `{ beforeHandle: isSignedIn }`."""
    named = _HOOKED.findall(text) if "eforeHandle" in text else ()
    return frozenset(f"beforeHandle {word}" for said in named for word in re.findall(r"[\w$]+", said)) - _NO_HOOKS


def _closed(text: str) -> str:
    """A call up to where it closes."""
    depth = 0
    for found in _PAREN.finditer(text):
        depth += 1 if found[0] == "(" else -1
        if depth == 0:
            return text[: found.end()]
    return text


def _guards(text: str, lists: dict[str, str]) -> frozenset[str]:
    """The guards a text names, also through a list or another name the file gives them."""
    words = re.findall(r"\b\w+\b", _STRINGS.sub('""', text))
    behind = " ".join(lists[word] for word in words if word in lists)
    idle = {word for word in words if lists.get(word) == ""}
    made = {word for word in words if lists.get(word) == CHECKS}
    return (frozenset(GUARD.findall(f"{text} {behind}")) | made) - idle


def _at(source: Source, offset: int) -> Place:
    return Place.at(source.path, line_at(source.text, offset))


def _nest(cls: type[JsRoute], source: Source, text: str) -> Iterator[JsRoute]:
    """Each method of a controller, and the controller itself, with the guards among the decorators above it."""
    above: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n") if "@" in text else (), 1):
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
    guards = {word for found in _NEST.findall(whole) for word in re.findall(r"\w+", found)}
    guards |= {*_ROLES.findall(whole), *(OPENS + word for word in _OPEN.findall(whole))}
    for number, text in above:
        verb = _NEST_VERB.match(text)
        if verb and named:
            yield cls(Place.at(source.path, number), f"{verb[1]} {named[1]}", "", frozenset(guards))
            return
