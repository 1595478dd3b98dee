"""Queries of JavaScript that asked for rows of who calls, and ask for any now: `where: { id, userId }` became `where: { id }`."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gate import lazy
from gate.facts.comment import js_code
from gate.facts.jscheck import functions, is_read, told
from gate.source import Place, Source

CALLER = (
    r"(?:(?<![\w$.])(?:[\w$]+\.)*(?:user|session|auth|viewer|identity|claims|credentials|jwtPayload|currentUser|principal|account)\b(?:[?!]?\.[\w$]+!?)*"
    r"|(?<![\w$.])(?:current)?[uU]ser_?[iI]d\b|\bc\.get\(['\"](?:user\w*|jwtPayload|session)['\"]\)(?:[?!]?\.[\w$]+)*)"
)
_COLUMN = r"[\w$]*(?:[uU]ser|[oO]wner|[aA]uthor|[cC]ustomer|[aA]ccount|[mM]ember|[cC]reat(?:ed|or)|[tT]enant|[oO]rg|[tT]eam|[wW]orkspace)[\w$]*"
_BOUND = lazy.regex(
    rf"(?<![\w$.'\"])['\"]?({_COLUMN})['\"]?\s*:\s*{CALLER}|\beq\(\s*[\w$]+\.({_COLUMN})\s*,\s*{CALLER}"
    rf"|\(\s*['\"`](?:\w+\.)?({_COLUMN})['\"`]\s*,\s*(?:['\"`]=['\"`]\s*,\s*)?{CALLER}|[{{,]\s*([uU]serId|ownerId)\s*(?=[,}}])"
    rf"|\b(?:WHERE|AND|where|and)\s+(?:\w+\.)?\"?({_COLUMN})\"?\s*=\s*(?:\$\d|\$\{{|\?|:\w|@\w)"
)
_WORDS = ("where", "WHERE", "find", "eq(", "delete", "update", "query", "filter", "match")
_ASKED = lazy.regex(
    r"\b(?:where|find\w*|delete\w*|remove\w*|update\w*|count\w*|exists)\s*[:(]|\b(?:WHERE|AND)\b|\b(?:and|eq)\("
)
_WRITTEN = lazy.regex(
    r"\b(?:data|create\w*|insert\w*|values|set|save|log\w*|info|warn|debug|emit|send\w*|json|render|push|add\w*|track\w*|sign|notify\w*|include|select|orderBy)\s*[:(]"
)
"""What is told who calls, and looks nothing up by it."""
_QUERY = lazy.regex(r"\bwhere\b|\bWHERE\b|\bfind\w*\(")
_TELLS = lazy.regex(r"(?:\bconsole|\b\w*[lL]og(?:ger)?)\.\w+\(.*")
_OF_CALLER = lazy.regex(CALLER)
_NEAR = 160


@dataclass(frozen=True)
class Unfiltered:
    """A function, and the column by which it asked for rows of who calls."""

    place: Place
    name: str
    column: str


def unfiltered(before: Source, after: Source) -> Iterator[Unfiltered]:
    """The functions of both sides that asked for rows of who calls, and do so no more."""
    if before.text == after.text or not (is_read(after) and any(word in before.text for word in _WORDS)):
        return
    if not any(map(_BOUND.search, Counter(before.lines) - Counter(after.lines))):
        return
    olds, news = _bodies(before), _bodies(after)
    for name in olds.keys() & news.keys():
        old, (line, new) = olds[name][1], news[name]
        if old != new and (gone := _gone(old, new)) and len(told(after)) <= len(told(before)):
            yield Unfiltered(Place.at(after.path, line), name, gone)


def _gone(old: str, new: str) -> str:
    """The column of a query that is not bound to who calls any more, where nothing new speaks of them; "" for none."""
    was, now = _bound(old), _bound(new)
    lost = sorted((was - now).keys())
    if not lost or now - was or len(_QUERY.findall(new)) < len(_QUERY.findall(old)):
        return ""
    fresh = Counter(_TELLS.sub("", line).strip() for line in new.split("\n"))
    fresh -= Counter(line.strip() for line in old.split("\n"))
    return "" if any(map(_OF_CALLER.search, fresh)) else lost[0]


def _bound(text: str) -> Counter[str]:
    """The columns that the queries of a function bind to who calls."""
    found = Counter[str]()
    for one in _BOUND.finditer(text):
        before = text[max(0, one.start() - _NEAR) : one.start() + 1]
        asked, written = (max((m.start() for m in kind.finditer(before)), default=-1) for kind in (_ASKED, _WRITTEN))
        if asked > written or one[5]:
            found[next(filter(None, one.groups()))] += 1
    return found


@lru_cache(maxsize=16)
def _bodies(source: Source) -> dict[str, tuple[int, str]]:
    """The functions of a file by their names, where one name is one function's: the line each begins on, and its text."""
    lines = js_code(source.text).split("\n")
    found = functions(source.text)
    named = Counter(name for name, _, _ in found)
    return {name: (first, "\n".join(lines[first - 1 : last])) for name, first, last in found if named[name] == 1}
