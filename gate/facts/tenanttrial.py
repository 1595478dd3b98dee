"""Tests that cross tenants: what tries a route with the rows of somebody else, and sees it refuse."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gate.fact import Repo
from gate.facts.guarded import Guarded
from gate.facts.tenancy import tenancy
from gate.paths import kind
from gate.source import Place, Source, language

_TEST = re.compile(r"^[ \t]*(?:async\s+)?def\s+(test\w*)|\b(?:it|test)(?:\.\w+)?\(\s*[\"'`]([^\"'`\n]*)", re.MULTILINE)
_SOMEBODY_ELSE = re.compile(
    r"(?i)(?:other|another|foreign|second|different|wrong|someone_?else|not_?my|rival)s?[_' ]?(?:s_|s )?(?:user|tenant|org|organi[sz]ation|account|team|owner|client|customer|workspace|company|member)"
    r"|(?:user|tenant|org|account|team|owner|client|customer|workspace)_?(?:b|2|two)(?![a-z0-9])"
    r"|cross[_ -]?(?:tenant|org|account|user)|non[_ -]?(?:owner|member)|not[_ ](?:the )?owner|outsider|stranger|intruder|attacker|mallory|belongs? to (?:an)?other|somebody|someone_else"
)
_REFUSED = re.compile(
    r"(?i)\b40[134]\b|forbidden|not_?found|denied|unauthori[sz]ed|DoesNotExist|raises\(|rejects|toThrow|not in\b|== \[\]|\bempty\b|count\(\) == 0|toHaveLength\(0|toEqual\(\[\]"
)
_LANGUAGES = frozenset({"python", "javascript", "typescript"})
_COMMON = frozenset(
    "get list post put patch delete create update index show detail read remove add edit retrieve destroy".split()
)
_SEGMENT = re.compile(r"[A-Za-z][\w-]{2,}")
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
    return ((one.place, one.name) for one in _crossing(head) if any(word in one.text for word in words))


@dataclass(frozen=True)
class _Crossing:
    place: Place
    name: str
    text: str


@lru_cache(maxsize=2)
def _crossing(head: Repo) -> tuple[_Crossing, ...]:
    """All tests of a tree that cross tenants."""
    paths = [path for path in sorted(head.paths) if kind(path) == "test" and language(path) in _LANGUAGES][:_MOST_TESTS]
    head.read_ahead(paths)
    return tuple(one for path in paths if (source := head.source(path)) for one in _within(source))


def _within(source: Source) -> Iterator[_Crossing]:
    if not _SOMEBODY_ELSE.search(source.text):
        return
    found = list(_TEST.finditer(source.text))
    ends = [*(one.start() for one in found[1:]), len(source.text)]
    for one, end in zip(found, ends, strict=False):
        text = source.text[one.start() : end]
        if _SOMEBODY_ELSE.search(text) and _REFUSED.search(text):
            line = source.text.count("\n", 0, one.start(1 if one[1] else 2)) + 1
            yield _Crossing(Place.at(source.path, line), one[1] or one[2], text.lower())
