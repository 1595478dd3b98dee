"""Functions of JavaScript and TypeScript, and what each asks before it goes on: conditions that turn callers away, and calls that do."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from gate import lazy
from gate.facts.bundled import is_bundled
from gate.facts.comment import js_code
from gate.facts.jsscope import blanked
from gate.facts.linenumber import line_at
from gate.hint import Hint, folded
from gate.paths import kind
from gate.source import Place, Source

CHECK = lazy.regex(
    r"\bif\s*\(((?:[^()]|\((?:[^()]|\((?:[^()]|\([^()]*+\))*+\))*+\)){1,200}+)\)\s*\{?(?:[(,]\s*\{[^{}]{0,120}\}|(?!\bif\b)[^;}]){0,240}?"
    r"(?:\b40[13]\b|[Uu]nauthori[sz]ed|UNAUTHORI[SZ]ED|[Ff]orbidden|FORBIDDEN|[Aa]ccess ?[Dd]enied|[Nn]ot (?:allowed|permitted)|[Uu]nauthenticated|UNAUTHENTICATED|[Aa]uth(?:entication|ori[sz]ation)Error|redirect\(\s*(?:\w+,\s*|new URL\(\s*)?[\"'`]/?(?:auth/)?(?:log|sign)-?in)"
)
_REFUSALS = (
    "401", "403", "unauthori", "forbidden", "access denied", "accessdenied", "not allowed", "not permitted", "unauthenticated",
    "authenticationerror", "authorizationerror", "authorisationerror", "redirect(",
)  # fmt: skip
"""Some word of these, in any case, stands wherever a condition or a handler of errors turns callers away; they are found faster."""
WHO = lazy.regex(
    r"(?i)user|session|auth|owner|role|admin|token|permission|tenant|\borg|member|\bcan[A-Z]|\bcan\(|allowed|signature|account"
    r"|self\b|mine\b|belongs|creator|created_?by"
)
_HIDDEN = lazy.regex(
    r"\bif\s*\(((?:[^()]|\((?:[^()]|\([^()]*+\))*+\)){1,160}+)\)\s*\{?[^;}]{0,80}?(?:\b404\b|[nN]otFound|NOT_FOUND)"
)
"""Whose row it is, of which others are told that it is not there."""
_OF_CALLER = lazy.regex(
    r"\b\w+\??\.\w*(?:[iI]d|[oO]wner|[aA]uthor|[uU]ser|[cC]ustomer|[aA]ccount)(?:\.toString\(\))?\s*!==?\s*[\w.?]*(?:\b(?:user|session|auth|viewer|principal|claims)\b|jwtPayload\b|\(['\"](?:user|session|auth|jwtPayload)['\"]\))"
    r"|!\w+\??\.\w+\??\.(?:includes|has|some)\((?:[^()]|\([^()]*\)){0,60}\b(?:user|session|auth|viewer|principal|claims)\b"
)
_EITHER = lazy.regex(r"\breturn\s+([^;?{}]{1,160})\?\s*(?:await\s+)?next\(\)\s*:[^;]{0,80}\b40[13]\b")
"""`return allowed ? next() : res.status(403).end()`."""
_PASSES = lazy.regex(
    r"\bif\s*\(((?:[^()]|\((?:[^()]|\([^()]*+\))*+\)){1,160}+)\)\s*\{?\s*return\s+(?:await\s+)?next\(\);?\s*\}?\s*(?:else\s*\{?\s*)?(?:return\s+)?[^;{}]{0,80}?"
    r"(?:\b40[13]\b|[uU]nauthori[sz]ed|[fF]orbidden|redirect\(\s*[\"'`]/?(?:auth/)?(?:log|sign)-?in)"
)
"""`if (req.isAuthenticated()) return next()`, and all others are sent to sign in."""
_CATCH = lazy.regex(
    r"(?i)(?:verif|jwt|session|token|auth)[^}]{0,200}(?:\}[^{}]{0,80})?\}\s*catch\s*(?:\(\w+\)\s*)?\{[^{}]{0,80}?(?:\([^()]*\))?[^{}]{0,40}?(?:\b40[13]\b|unauthori[sz]ed|forbidden)"
)
"""What is said to callers whose token does not hold."""
_CALL = lazy.regex(
    r"((?:require|ensure|assert|check|verify|authorize|enforce|authenticate)_?(?:Auth\w*|Login\w*|LoggedIn\w*|Is\w+|Admin\w*|Owner\w*|Role\w*|Perm\w*"
    r"|Scope\w*|User\w*|Session\w*|Access\w*|Can\w*|Member\w*|Own\w*|Mine\w*|Belongs\w*)|authorize|auth\.protect)\s*\("
)
_NO_CALL = lazy.regex(r"(?:[\w$]|function\s*)\Z")
"""What stands before a name that is declared, or is the rest of a longer one; asked apart, as a pattern that begins with words is fast."""
_NEAR = 20
NEVER = lazy.regex(r"(?:^|&&|\bif\s*\()\s*\(*\s*(?:false|0)\b(?!\s*[=!<>|])")
_HELD_BY = lazy.regex(
    r"(?<![\w$])([\w$]+)\s*[:=]\s*(?:async\s*)?(?:\([^()]{0,200}\)\s*(?::[^=;{}]{0,80})?=>\s*)?[\w$.]*(?:[mM]iddleware|[hH]andler|[wW]rap\w*|catchAsync|\bfp)(?:<[^<>()]{0,80}>)?\(\s*(?:async\s*)?$"
)
"""A function that something makes middleware of, as in `session = createMiddleware(async (c, next)`."""
_CURRIED = lazy.regex(
    r"(?<![\w$])([\w$]+)\s*[:=]\s*(?:async\s*)?\([^()]{0,200}\)\s*(?::[^=;{}]{0,80})?=>\s*(?:async\s*)?$"
)
"""A function that makes the middleware, as in `requireRole = (role) => (req, res, next)`."""
_NEXT = lazy.regex(r"^([ \t]*)(?:return\s+)?(?:await\s+)?next\(\s*\)\s*;?\s*$", re.MULTILINE)
_BRACE = lazy.regex(r"[{}]")
_EXTENDS = lazy.regex(r"\bextends\s+[\w$.]+\s*$")
_ENDS = lazy.regex(r"[ \t\r]*(?:\n|$)")
_TYPED = lazy.regex(r"(?:\)\s*:\s*[^{}()=;]{1,120}|\))\s*(?:=>)?\s*$")
_NAMED = lazy.regex(r"(?<![\w$])([\w$]+)\s*(?:<[^<>()]{0,80}>)?\s*(?:[:=]\s*(?:async\s*)?(?:function\b\s*\*?\s*)?)?$")
_ROUTED = lazy.regex(
    r"\.(get|post|put|patch|delete|all|decorate)\(\s*[\"'`]([^\"'`]*)[\"'`]\s*,.*\{\s*$|\.(use)\(\s*(?:[\"'`]([^\"'`]*)[\"'`]\s*,\s*)?(?:async\s*)?(?:function\s*)?\(.*\{\s*$"
    r"|\b(serve|onRequest|onCall)\(\s*(?:\{[^{}]*\}\s*,\s*)?(?:async\s*)?\(.*\{\s*$"
)
_CHAINED = lazy.regex(
    r"([\w$]+)\s*[:=]\s*(?:[\w$]+\.)*[\w$]*(?:[pP]rocedure|[aA]ction|[cC]lient)\w*\b(?:(?![:=]\s*[\w$.]*[pP]rocedure)[^;])*\.(?:mutation|query|subscription|action|handler|use)\(\s*(?:async\s*)?$"
)
"""A function that is the last link of a chain, as in `remove: protectedProcedure.input(...).mutation(async`."""
_LINK = lazy.regex(r"\.(?:mutation|query|subscription|action|handler|use)\(\s*(?:async\s*)?$")
_SHORT, _LONG = 40, 200
_OF_NONE = frozenset(("", *"{}(=;"))
"""What ends the text before a brace that begins the body of no function."""
_NO_NAMES = frozenset("if for while switch catch with return function await typeof super constructor async".split())
_BEFORE = 500
_LENGTHY = 300
"""Lines of what holds functions rather than being one."""


@dataclass(frozen=True)
class JsCheck:
    """A function, and how it turns callers away."""

    languages: ClassVar[frozenset[str]] = frozenset({"javascript", "typescript"})
    hint: ClassVar[Hint] = Hint.of(
        "401", "403", "404", "notfound", "not_found", "forbidden", "unauthori", "denied", "not allowed", "not permitted", "login", "sign", "require", "ensure",
        "assert", "check", "verify", "authorize", "enforce", "authenticate", "protect", "canactivate",
    )  # fmt: skip

    place: Place
    name: str
    """Its name; the verb and the path of a handler in the call of its route."""
    checks: tuple[str, ...]
    """The conditions and the calls by which it turns callers away."""
    text: str

    @classmethod
    def find(cls, source: Source) -> Iterator["JsCheck"]:
        yield from _checks(source)


@lru_cache(maxsize=512)
def _checks(source: Source) -> tuple[JsCheck, ...]:
    """The functions of a file; several rules ask for those of both sides of a change."""
    if not is_read(source):
        return ()
    lines, found = js_code(source.text).split("\n"), told(source)
    places = [line for line, _ in found]
    return tuple(
        JsCheck(
            Place.at(source.path, first, last),
            name,
            tuple(check for _, check in found[bisect_left(places, first) : bisect_right(places, last)]),
            "\n".join(lines[first - 1 : last]),
        )
        for name, first, last in functions(source.text)
        if last - first <= _LENGTHY
    )


@lru_cache(maxsize=1024)
def told(source: Source) -> tuple[tuple[int, str], ...]:
    """How a file turns callers away, in the order of its lines."""
    return tuple(sorted(asked(js_code(source.text)))) if is_read(source) else ()


def is_read(source: Source) -> bool:
    """Whether it is code that somebody wrote to run, and no bundle."""
    return source.language in JsCheck.languages and kind(source.path) == "production" and not is_bundled(source)


@lru_cache(maxsize=512)
def functions(text: str) -> tuple[tuple[str, int, int], ...]:
    """Each function that has a name, its first and its last line; a handler in the call of its route is named by that."""
    plain_text, opened, found = blanked(text), list[tuple[str, int, bool]](), list[tuple[str, int, int]]()
    lines, line, read = text.split("\n"), 1, 0
    for brace in _BRACE.finditer(plain_text):
        line, read = line + plain_text.count("\n", read, brace.start()), brace.start()
        if brace[0] == "{":
            ends = _ENDS.match(plain_text, brace.end()) is not None
            opened.append((_named(plain_text[max(0, brace.start() - _BEFORE) : brace.start()]), line, ends))
        elif opened:
            name, first, ends = opened.pop()
            routed = None if name or not ends else _ROUTED.search(lines[first - 1])
            name = routed[5] or f"{routed[1] or routed[3]} {routed[2] or routed[4] or ''}" if routed else name
            name = name.removeprefix("decorate ")  # of Fastify, a function by that name
            found += [(name, first, line)] if name else []
    return tuple(found)


def _named(head: str) -> str:
    """The name of the function whose body begins behind this text."""
    typed = _TYPED.search(head) if head.rstrip()[-1:] not in _OF_NONE else None
    if typed is None:
        return ""
    at, depth = typed.start(), 0
    while at >= 0:
        depth += {")": 1, "(": -1}.get(head[at], 0)
        if depth == 0:
            break
        at -= 1
    links = [_NAMED]
    if head[: max(0, at)].rstrip().removesuffix("async").rstrip().endswith("("):
        links.append(_HELD_BY)
    if head[: max(0, at)].rstrip().removesuffix("async").rstrip().endswith("=>"):
        links.append(_CURRIED)
    if _LINK.search(head, max(0, at - _SHORT), max(0, at)):
        links.append(_CHAINED)
    if _EXTENDS.search(head, 0, max(0, at)):
        return ""
    for pattern in links if at > 0 else ():
        said = pattern.search(head, 0, at)
        if said is not None and said[1] not in _NO_NAMES:
            return said[1]
    return ""


def asked(text: str) -> Iterator[tuple[int, str]]:
    """By which conditions and calls a text turns callers away, and on which of its lines."""
    said = folded(text)
    refuses = any(word in said for word in _REFUSALS)
    for found in CHECK.finditer(text) if refuses else ():
        if asks(found[1]) and not _comes_late(text, found.start()):
            yield line_at(text, found.start()), plain(found[1])
    yield from ((line_at(text, start), plain(condition)) for start, condition in hidden(text))
    for found in _EITHER.finditer(text) if "next()" in text else ():
        yield line_at(text, found.start()), plain(f"!({found[1].strip()})")
    for found in _PASSES.finditer(text) if "next()" in text else ():
        yield line_at(text, found.start()), plain(f"!({found[1]})")
    for found in _CATCH.finditer(text) if refuses and "catch" in said else ():
        yield line_at(text, found.end()), "catch"
    for found in _CALL.finditer(text):
        if not _NO_CALL.search(text, max(0, found.start() - _NEAR), found.start()):
            yield line_at(text, found.start()), f"{found[1]}()"


def hidden(text: str) -> Iterator[tuple[int, str]]:
    """Where callers are told that there is no such row, as it is not theirs, and by which conditions."""
    for found in _HIDDEN.finditer(text) if "404" in text or "otFound" in text or "NOT_FOUND" in text else ():
        if _OF_CALLER.search(found[1]):
            yield found.start(), found[1]


def asks(condition: str) -> bool:
    """Whether a condition can hold at all; who turns callers away by it does not ask of anything but who calls."""
    return not NEVER.search(condition)


def _comes_late(text: str, at: int) -> bool:
    """Whether the line before a check has handed the request on, in the same block."""
    line = text.rfind("\n", 0, at) + 1
    passed = next(iter([*_NEXT.finditer(text, max(0, line - _LONG), line)][-1:]), None)
    return (
        passed is not None
        and not text[passed.end() : line].strip()
        and text[line:at].strip() == ""
        and passed[1] == text[line:at]
    )


def plain(condition: str) -> str:
    """A condition in one line, with one kind of quotes."""
    return " ".join(condition.replace('"', "'").split())
