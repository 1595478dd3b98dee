"""Tests that cross tenants: what tries a route with the rows of somebody else, and sees it refuse."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gate import lazy
from gate.fact import Repo
from gate.facts.guarded import Guarded
from gate.facts.linenumber import line_at
from gate.facts.tenancy import tenancy
from gate.paths import kind
from gate.source import Place, Source, language

_TEST = lazy.regex(r"^[ \t]*(?:async\s+)?def\s+(test\w*)|\b(?:it|test)(?:\.\w+)?\(\s*[\"'`]([^\"'`\n]*)", re.MULTILINE)
_SOMEBODY_ELSE = lazy.regex(
    r"(?i)(?:other|another|foreign|second|different|wrong|someone_?else|not_?my|rival)s?[_' ]?(?:s_|s )?(?:user|tenant|org|organi[sz]ation|account|team|owner|client|customer|workspace|company|member)"
    r"|(?:user|tenant|org|account|team|owner|client|customer|workspace)_?(?:b|2|two)(?![a-z0-9])"
    r"|cross[_ -]?(?:tenant|org|account|user)|non[_ -]?(?:owner|member)|not[_ ](?:the )?owner|outsider|stranger|intruder|attacker|mallory|belongs? to (?:an)?other|somebody|someone_else"
)
_REFUSED = lazy.regex(
    r"(?i)\b40[134]\b|forbidden|not_?found|denied|unauthori[sz]ed|DoesNotExist|raises\(|rejects|toThrow|not in\b|== \[\]|\bempty\b|count\(\) == 0|toHaveLength\(0|toEqual\(\[\]"
)
_LANGUAGES = frozenset({"python", "javascript", "typescript"})
_COMMON = frozenset(
    "get list post put patch delete create update index show detail read remove add edit retrieve destroy".split()
)
_SEGMENT = lazy.regex(r"[A-Za-z][\w-]{2,}")
_MOST_TESTS = 400
"""Files of tests that are read, the first of them in order."""


@dataclass(frozen=True)
class Trial:
    """A route that reads rows of tenants or owners, and the test that tries it with those of somebody else."""

    route: Guarded
    tables: tuple[str, ...]
    test: Place | None
    name: str = ""


def trials(route: Guarded, head: Repo) -> Iterator[Trial]:
    """At most one for a route; none where it reads no rows that have an owner."""
    tables = tuple(sorted(_owned(route, head)))
    if tables:
        found = next(_tests(_words(route, tables), head), None)
        yield Trial(route, tables, found[0] if found else None, found[1] if found else "")


def _owned(route: Guarded, head: Repo) -> set[str]:
    path, first, last = route.place.path, route.place.line, route.place.end_line
    return {
        table
        for table, uses in tenancy(head).uses.items()
        for use in uses
        if use.query.place.path == path and first <= use.query.place.line <= last
    }


def _words(route: Guarded, tables: tuple[str, ...]) -> frozenset[str]:
    """What a test of the route speaks of: its function, the last word of its path, or the table."""
    segments = _SEGMENT.findall(re.sub(r"<[^>]*>|\{[^}]*\}", "", route.route))
    said = {route.short, *segments[-1:], *(table.rpartition(".")[2] for table in tables)}
    return frozenset(word.lower().removesuffix("s") for word in said - _COMMON)


def _tests(words: frozenset[str], head: Repo) -> Iterator[tuple[Place, str]]:
    for source in _sources(head):
        text = source.text.lower()
        if any(word in text for word in words):  # most files speak of other things
            yield from ((one.place, one.name) for one in _crossing(source) if any(word in one.text for word in words))


@lru_cache(maxsize=2)
def _sources(head: Repo) -> tuple[Source, ...]:
    paths = [path for path in sorted(head.paths) if kind(path) == "test" and language(path) in _LANGUAGES][:_MOST_TESTS]
    head.read_ahead(paths)
    return tuple(source for path in paths if (source := head.source(path)) is not None)


@dataclass(frozen=True)
class _Crossing:
    place: Place
    name: str
    text: str


@lru_cache(maxsize=_MOST_TESTS)
def _crossing(source: Source) -> tuple[_Crossing, ...]:
    """The tests of a file that cross tenants."""
    found = list(_TEST.finditer(source.text)) if _SOMEBODY_ELSE.search(source.text) else []
    ends = [*(one.start() for one in found[1:]), len(source.text)]
    texts = ((one, source.text[one.start() : end]) for one, end in zip(found, ends, strict=False))
    crossing = ((one, text) for one, text in texts if _SOMEBODY_ELSE.search(text) and _REFUSED.search(text))
    return tuple(
        _Crossing(Place.at(source.path, _line(source, one)), one[1] or one[2], text.lower()) for one, text in crossing
    )


def _line(source: Source, one: re.Match[str]) -> int:
    return line_at(source.text, one.start(1 if one[1] else 2))
