"""Routes of JavaScript and TypeScript that change things, or are for administrators, and ask nobody who calls."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import ClassVar

from gate import lazy
from gate.fact import Repo
from gate.facts.comment import js_code
from gate.facts.jscheck import functions, is_read
from gate.facts.jsguard import EXACTLY, GATEKEEPER, JsRoute
from gate.facts.publicity import is_public
from gate.source import Place, Source

_CHANGES = lazy.regex(r"(?i)^(?:delete|del|put|patch)\b")
_RULING = lazy.regex(r"(?i)(?:^|[/_. -])(?:admins?|staff|superusers?|back_?office|moderators?)(?:[/_. -]|$)")
_FILE = lazy.regex(r"\.\w{2,4}$")
"""A path that ends like a file's: what a page needs before anybody has signed in."""
ASKS = lazy.regex(
    r"(?i)\b(?:req|request|ctx|c|context|event|info|this|socket)\s*\??\.\s*(?:_?user|session|auth|account|userId|uid|jwt|token|locals|state|viewer|principal|identity|claims|is[A-Z]\w*)\b"
    r"|\.get\(\s*[\"'`](?:user|session|auth|authorization|x-api-key|jwt)|\bauth\w*\s*\(|\bheaders\b[^\n]{0,20}authori[sz]ation|\b(?:current|session|auth|logged)_?user\b"
    r"|\bget_?(?:server)?_?(?:session|auth|user|token|current\w*|account|viewer|me)\b|\b(?:require|assert|ensure|check|verify|validate|protect|enforce|authoriz|authenticat|guard|with)_?(?:auth|user|session|login|logged|admin|owner|role|perm|access|token|scope|can|member|signature|secret|api_?key|is)\w*"
    r"|\bsession\b|\bcookies\s*\(|\bjwt\b|\bbearer\b|\bpermission|\bability\b|\bcan\(|\bapi_?key\b|\bsecret\b|\btoken\b|\b40[13]\b|unauthori[sz]ed|forbidden|\bclerk|supabase\.auth|\bauthorize|\bauthenticate|\bme\(|\bowner_?id\b|\bcurrentUser\b"
)
"""What says who calls: from then on it is a question of what they may do."""
_PLAIN = lazy.regex(
    r"(?i)^(?:express|json|urlencoded|raw|text|static|cors|helmet|compression|morgan|logger|\w*log|validat\w*|\w*valid\w*|schema|celebrate|joi|zod|body|param|query|check|upload\w*|multer|single|array|fields|any|none"
    r"|bodyParser|async\w*|catch\w*|wrap\w*|handle\w*|try\w*|cache\w*|\w*cache|limit\w*|\w*limiter|rateLimit\w*|timeout|async|await|function|const|new|this|true|false|null|undefined|req|res|next|request|reply|ctx|c|path|join|resolve|__dirname|dirname|process|env|app|router|server)$"
)
"""What stands before handlers and asks nobody."""
_CALL = lazy.regex(r"\b(\w+)\([^()]*\)")
_TEXT = lazy.regex(r"\"[^\"\n]*\"|'[^'\n]*'|`[^`]*`")
_WORD = lazy.regex(r"[\w$]+")
_ROUTER = lazy.regex(r"(?i)\brout\w*\.use\(")
_SHORT = 2
_NO_ROUTES = ("use", "matcher", "shield", "Controller ")
_BODY = 3_000
"""How much of a handler is read, in characters."""


@dataclass(frozen=True)
class JsOpen:
    """A route that asks nobody; `asking` counts those of its file that do, and `ruling` says that it is for administrators."""

    languages: ClassVar[frozenset[str]] = frozenset({"javascript", "typescript"})
    hint: ClassVar[re.Pattern[str]] = JsRoute.hint

    place: Place
    name: str
    asking: int
    ruling: bool

    @classmethod
    def find(cls, source: Source) -> Iterator["JsOpen"]:
        if not is_read(source):
            return
        routes = sorted(JsRoute.find(source), key=lambda route: route.place)
        if any(route.name.startswith("Controller ") and route.guards for route in routes):
            return
        asked = [*_asked(routes, bodies(routes, source))]
        asking = sum(asks and not _is_for_all(route) for route, _, asks in asked)
        for route, text, asks in asked:
            ruling = bool(_RULING.search(route.path or source.path)) and not _FILE.search(route.path)
            changes = bool(_CHANGES.match(route.name)) or (route.name.startswith("procedure ") and ".mutation(" in text)
            served = not route.name.startswith(_NO_ROUTES)
            if served and not asks and (changes or ruling) and not _is_for_all(route):
                yield cls(route.place, route.name, asking, ruling)


def _is_for_all(route: JsRoute) -> bool:
    return is_public(route.path, route.name.partition(" ")[2])


def _asked(routes: Sequence[JsRoute], texts: Sequence[str]) -> Iterator[tuple[JsRoute, str, bool]]:
    """Each route, what it does, and whether it or what is used before it may ask who calls."""
    kept: set[str] = set()
    for route, text in zip(routes, texts, strict=True):
        asks = bool(_before(route, text))
        if route.name == "use" or (asks and route.name.startswith("ALL ")):
            kept |= {route.path.rstrip("*").rstrip("/")} if asks else set()
            continue
        below = not kept.isdisjoint(_above(route.path)) or bool(kept and not route.path)
        yield route, text, asks or below or bool(ASKS.search(text))


def _above(path: str) -> Iterator[str]:
    """The paths that what is used before a route may be used for: its own, those above it, and the whole."""
    yield from (path + EXACTLY, path, "")
    yield from (path[:at] for at, sign in enumerate(path) if sign == "/")


def bodies(routes: Sequence[JsRoute], source: Source) -> list[str]:
    """What each route does: its own lines up to the next route, or the function of the file that handles it."""
    spans = {name: (first, last) for name, first, last in functions(source.text)}
    lines = js_code(source.text).split("\n")
    starts = sorted({route.place.line for route in routes})
    ends = dict(zip(starts, [*(start - 1 for start in starts[1:]), len(lines)], strict=False))
    found = []
    for route in routes:
        first, last = spans.get(route.handler, (route.place.line, max(route.place.line, ends[route.place.line])))
        found.append("\n".join(lines[first - 1 : last])[:_BODY])
    return found


def _before(route: JsRoute, body: str) -> frozenset[str]:
    """What stands before a route that may ask who calls; what those are given who ask nobody is none of it."""
    said = _CALL.sub(lambda call: "" if _PLAIN.match(call[1]) else call[0], _TEXT.sub("", body))
    return route.guards | {name for name in route.given & {*_WORD.findall(said)} if not _PLAIN.match(name)}


@dataclass(frozen=True)
class Used:
    """What a file puts before routes: `names` are what it is given besides guards."""

    place: Place
    names: frozenset[str]
    everywhere: bool

    def stands_before(self, one: JsOpen) -> bool:
        """Whether it may stand before a route of another file: before all of the program, or before that file's router."""
        if self.everywhere:
            return True
        path = PurePosixPath(one.place.path)
        stem = (path.parent.name if path.stem == "index" else path.stem).partition(".")[0].lower()
        return any(stem in name.lower() or name.lower() in stem for name in self.names if len(name) > _SHORT)


def used(source: Source, routes: Sequence[JsRoute]) -> Iterator[Used]:
    """The calls of `use` in a file that put a guard, or what may be one, before routes."""
    for route in routes:
        names = frozenset(name for name in route.given if not _PLAIN.match(name)) - route.guards
        if route.name == "use" and (route.guards or len(names) > 1):
            line = source.lines[route.place.line - 1]
            whole = not _ROUTER.search(line) and bool(route.guards) and not names
            yield Used(route.place, names, whole)


def gatekeepers(repo: Repo) -> bool:
    """Whether middleware of Next asks who calls."""
    sources = (repo.source(path) for path in repo.paths if GATEKEEPER.search(path))
    return any(source is not None and ASKS.search(source.text) for source in sources)
