"""Caches and answers that are kept, as JavaScript has them; see `gate.facts.cachekey` and `gate.facts.keptanswer` for Python."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from gate import lazy
from gate.facts.cachewords import KEYED, SHARED, WHOSE
from gate.facts.jschains import blanked, closed, line_at
from gate.facts.jssent import body_of
from gate.facts.jsunits import Unit, unit
from gate.facts.jswhere import column, parts
from gate.source import Source

_CACHES = lazy.regex(
    r"(?i)(?:this\.)?(?:[\w$]+\.)*(?:\w*cache|\w*redis\w*|\w*valkey\w*|memcached?|kv|\w*lru)(?:client|manager)?"
)
_METHODS = frozenset(
    {"get", "set", "setex", "setEx", "wrap", "getOrSet", "remember", "put", "fetch", "SETEX", "psetex", "hget", "hset"}
)
_CALL = lazy.regex(r"(?<![\w$.])(?P<root>[\w$]+(?:\.[\w$]+)*)\.(?P<name>[\w$]+)\s*(?:<[^<>()]{0,80}>)?(?=\()")
_UNSTABLE = lazy.regex(r"\bunstable_cache\s*(?:<[^<>()]{0,80}>)?(?=\()")
_LITERAL = lazy.regex(r"\s*(['\"`]).*\1\s*\Z|\s*['\"`][^'\"`]*['\"`]\s*\+.*\Z", re.DOTALL)
_HOLE = lazy.regex(r"\$\{([^{}]*)\}")
_WORD = lazy.regex(r"[A-Za-z_$][\w$]*")
_NAMED = r"(?:tenant|org|organi[sz]ation|workspace|account|company|team|customer)(?:_?[iI]d|Slug|Uuid)?"
_SESSION = lazy.regex(
    rf"\b(?:req|request|ctx|context|c|locals|event)\??\.(?:(?:user|auth|session)(?:\??\.\w+)*\??\.(?:{_NAMED}|id|sub|email)|{_NAMED})\b"
    rf"|\b(?:session|currentUser|user|profile|viewer|me)(?:\??\.\w+)?\??\.(?:{_NAMED}|id|sub|email)\b"
)
_CALLER = lazy.regex(rf"(?i)(?:current_?)?(?:{_NAMED}|(?:user|member|viewer)(?:_?id)?)")
_TAKEN = lazy.regex(r"\b(?:const|let|var)\s*\{(?P<names>[^{}]{0,200})\}\s*=\s*(?:await\s+)?(?P<call>[\w$.]+)\(")
_ASKED = lazy.regex(r"(?i)\w*(?:session|auth|user|viewer|identity|tenant|org|workspace|member|context)\w*")
_PARAMETERS = lazy.regex(
    r"(?:\bfunction\b[^()]*|\basync\b\s*|[\w$]+\s*(?:=\s*)?)\(([^()]*)\)\s*(?::[^{}=]{0,80})?(?:=>)?\s*\{"
)
_HEADER = lazy.regex(
    r"(?i)['\"](?:[\w-]*cache-control|surrogate-control)['\"]\s*(?:\]\s*=|[,:])\s*(?:value\s*:\s*)?['\"`](?P<said>[^'\"`]*)['\"`]"
)
_PUBLIC = lazy.regex(r"(?i)\bpublic\b|s-maxage")
_APART = lazy.regex(r"(?i)['\"]vary['\"]|no-store|\bprivate\b|\.vary\(")
_STATIC = lazy.regex(
    r"(?i)readfile|sendfile|\.(?:svg|css|js|png|ico|html|woff2?)\b|static|asset|createReadStream|\.buffer\b"
)
_MOST = 300
"""How many calls are read in one file."""
_FEW = 6
_NOISE = frozenset({"JSON", "stringify", "await", "const", "let", "return", "true", "false", "null", "new", "async"})
_ROUTE = lazy.regex(r"(?i)\b(?:apicache\.middleware|\w*cache(?:middleware|response|route|seconds)?)\(\s*['\"]?\d")


@dataclass(frozen=True)
class Key:
    """A key that names nobody, in a function that knows for whom it works; see `CacheKey`."""

    line: int
    end_line: int
    text: str
    whose: str
    derived: bool


@dataclass(frozen=True)
class Answer:
    """An answer that is made for one caller and kept for others; see `KeptAnswer`."""

    line: int
    how: str
    whose: str


def is_cache(root: str, name: str) -> bool:
    """`redis.get(...)`, `this.cacheManager.set(...)`."""
    return name in _METHODS and _CACHES.fullmatch(root) is not None


def keys(source: Source) -> Iterator[Key]:
    """The keys of a file that are written out and the same for everybody."""
    code = blanked(source.text)
    calls = (
        one for one in _CALL.finditer(code) if is_cache(one["root"], one["name"]) and not SHARED.search(one["root"])
    )
    for one in islice(calls, _MOST):
        yield from _key(source, code, one)
    for one in islice(_UNSTABLE.finditer(code), _MOST):
        yield from _unstable(source, code, one)


def _key(source: Source, code: str, one: re.Match[str]) -> Iterator[Key]:
    line, given, end = _given(code, one)
    around = unit(source, line)
    body = body_of(source, around) if around.name else ""
    text = (
        _nobodys(given[0], body)
        if given and not re.search(rf"\b(?:const|let|var)\s+{re.escape(one['root'])}\b", body)
        else ""
    )
    whose = _whose(source, around, body) if text else ""
    if whose:
        yield Key(line, line + code.count("\n", one.start(), end), text, whose, _is_derived(given[1:], whose, body))


def _unstable(source: Source, code: str, one: re.Match[str]) -> Iterator[Key]:
    """`unstable_cache(() => ticketsOf(orgId), ["tickets"])`: what is closed over is no part of the key."""
    line, given, end = _given(code, one)
    if not given:
        return
    around = unit(source, line)
    own = re.match(r"\s*(?:async\s*)?(?:function\b[^()]*)?\(?([^()=]*)\)?", given[0])
    said = (
        _nobodys(given[1].strip("[] \n"), "")
        if len(given) > 1 and given[1].strip("[] \n")
        else "\N{HORIZONTAL ELLIPSIS}"
    )
    whose = (
        _whose(source, around, body_of(source, around))
        if around.name
        else next((f[0] for f in _SESSION.finditer(given[0])), "")
    )
    if said and whose and not _names(own[1] if own else "") and _speaks(given[0], whose):
        yield Key(line, line + code.count("\n", one.start(), end), said, whose, derived=True)


def _given(code: str, one: re.Match[str]) -> tuple[int, list[str], int]:
    """The line of a call, its arguments, and where it ends."""
    end = closed(code, one.end())
    return line_at(code, one.start()), parts(code[one.end() + 1 : end - 1]), end


def _nobodys(key: str, body: str) -> str:
    """The text of a key that tells no one from another; "" for any other."""
    key = key.strip()
    if re.fullmatch(r"[\w$]+", key):
        found = re.findall(rf"\b(?:const|let|var)\s+{re.escape(key)}\s*(?::\s*\w+\s*)?=\s*([^;\n]+)", body)
        key = found[0].strip() if len(found) == 1 else ""
    if not _LITERAL.match(key):
        return ""
    holes = [word for hole in _HOLE.findall(key) for word in _WORD.findall(hole)]
    holes += [word for part in key.split("+")[1:] for word in _WORD.findall(re.sub(r"['\"`][^'\"`]*['\"`]", "", part))]
    text = _HOLE.sub("\N{HORIZONTAL ELLIPSIS}", key.strip("'\"` "))
    bare = re.sub(r"[^A-Za-z]", "", text)
    known = any(WHOSE.search(column(word)) or KEYED.search(column(word)) for word in holes) or _names(text)
    return "" if known or not bare or SHARED.search(text) else text


def _names(text: str) -> bool:
    return any(WHOSE.search(column(word)) for word in _WORD.findall(text))


@lru_cache(maxsize=64)
def _whose(source: Source, around: Unit, body: str) -> str:
    """The name by which a function knows for whom it works; "" for none."""
    given = _PARAMETERS.search(source.lines[around.first - 1])
    names = [word for word in _WORD.findall(given[1]) if _CALLER.fullmatch(word)] if given else []
    return _session(body) or (names[0] if names else "")


@lru_cache(maxsize=64)
def _session(body: str) -> str:
    """The same of what the session tells."""
    for taken in _TAKEN.finditer(body):
        asked = _ASKED.fullmatch(taken["call"].rpartition(".")[2])
        named: list[str] = [word for word in _WORD.findall(taken["names"]) if _CALLER.fullmatch(word)]
        if asked and named:
            return named[-1]
    found = _SESSION.search(body)
    return found[0].replace("?", "") if found else ""


def _is_derived(given: list[str], whose: str, body: str, hops: int = 2) -> bool:
    """Whether what is put in is made from what the function knows of its caller."""
    if any(_speaks(value, whose) for value in given):
        return True
    names = {name for value in given for name in _WORD.findall(value)} - _NOISE if hops else set()
    made = [
        text
        for name in sorted(names)[:_FEW]
        for text in re.findall(
            rf"(?<![\w$.]){re.escape(name)}\b(?:[\w$,\s]{{0,80}}[\]}}])?\s*(?::[^=;\n]{{1,60}})?=(?![=>])\s*([^;]{{1,600}})",
            body,
        )
    ]
    return bool(made) and _is_derived(made[:_FEW], whose, body, hops - 1)


def _speaks(text: str, whose: str) -> bool:
    return re.search(rf"(?<![\w$]){re.escape(whose)}\b", text.replace("?", "")) is not None


def answers(source: Source) -> Iterator[Answer]:
    """The answers of a file that caches on the way keep, and the session decides."""
    code = blanked(source.text)
    found = [
        (one, "public")
        for one in _HEADER.finditer(code)
        if _PUBLIC.search(one["said"]) and not _APART.search(one["said"])
    ]
    for one, how in (*found[:_MOST], *((one, "cached") for one in islice(_ROUTE.finditer(code), _MOST))):
        line = line_at(code, one.start())
        around = unit(source, line if how == "public" else line + code[one.start() :].partition("{")[0].count("\n"))
        body = body_of(source, around) if around.name else ""
        whose = _session(body)
        near = code[max(0, one.start() - 300) : one.end() + 300]
        if whose and not _APART.search(body) and not _STATIC.search(near):
            yield Answer(line, how, whose)
