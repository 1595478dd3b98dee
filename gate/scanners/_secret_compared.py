"""Passwords and keys that code compares what it is given with: by operators, methods and functions.

Loaded by the worker only.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gate import lazy

if TYPE_CHECKING or __package__:
    from gate.scanners import _secret_looks as looks
else:  # the worker loads it first, under this name
    import _secret_looks as looks

Span = tuple[int, int]

_TEXT = r"""(?:[bBrRuU]{1,2}(?=["']))?(?P<quote>["'`])(?P<value>[^"'`\s]{5,200})(?P=quote)"""
_TURNED = lazy.regex(rf"{_TEXT}\s{{0,3}}(?:={{2,3}}|!={{1,2}})\s{{0,3}}(?P<other>[^\s&|;:{{}}]{{2,120}})")
_EQUAL = lazy.regex(rf"(?P<other>[\w.$\]\"'\[\]()-]{{1,80}}+)\s{{0,3}}={{2,3}}\s{{0,3}}{_TEXT}")
_FETCHED = lazy.regex(
    rf"""["'](?P<other>[\w-]{{2,40}})["'],\s?[^\n()=]{{1,20}}\)\s{{1,3}}[!=]={{1,2}}\s{{1,3}}{_TEXT}"""
)
"""What was asked for with something to stand in for it: `get("password", "") == "x"`."""
_EQUALS = "[eE]quals(?:IgnoreCase)?"
_GIVEN = lazy.regex(rf"(?P<other>[\w.$]{{2,80}}(?:\(\))?)\.(?:{_EQUALS}|eql\?)\s?\(\s{{0,3}}{_TEXT}")
_ASKED = lazy.regex(rf"{_TEXT}\.(?:{_EQUALS}|eql\?)\s?\((?P<other>[^\n]{{2,120}})")
_CALLED = lazy.regex(
    r"\b(?:(?P<safe>compare_digest|constant_time_compare|(?:fixed_length_)?secure_compare|safe_str_cmp|hash_equals|timingSafeEqual"
    r"|[cC]onstantTime(?:Compare|Equals|AreEqual)|FixedTimeEquals|MessageDigest\.isEqual)"
    r"|(?:Objects|StringUtils|[sS]tring)\.(?:[eE]quals|Compare)|strcmp|strcasecmp)\s?\((?P<given>[^\n]{4,240})"
)
_LISTED = lazy.regex(r"(?P<other>[\w.$]{2,80}+)\s{1,3}in\s{1,3}[(\[{](?P<given>[^()\[\]{}\n]{7,240})[)\]}]")
_EACH = lazy.regex(_TEXT)
_NAME = lazy.regex(r"[A-Za-z_$][\w-]{1,60}")
_SIGNS_IN = lazy.regex(
    r"""(?i)\b\w{0,20}(?:user|login|name|u)\b["'\])]{0,3}\s{0,3}={2,3}\s{0,3}["'](?:admin\w{0,10}|root|superuser)["']"""
)
_TURNS = lazy.regex(r"[\"'`]\s?[=!]=")


def in_line(line: str, lower: str) -> Iterator[Span]:
    """Where a line holds what a password or key is compared with; most compare nothing, which is seen at once."""
    if "==" in line or "!=" in line:
        yield from _sided(line)
    if "equals" in lower or "eql?" in lower:
        yield from _named(line, _GIVEN)
        yield from _named(line, _ASKED)
    if "equal" in lower or "cmp" in lower or "compare" in lower or (" in " in lower and _lists(lower)):
        yield from _handed(line)


def _lists(lower: str) -> bool:
    return " in (" in lower or " in [" in lower or " in {" in lower


def _sided(line: str) -> Iterator[Span]:
    """`"x" == password`, and a password without a name beside the user called admin; the other way round is a pair."""
    if _TURNS.search(line):
        yield from _named(line, _TURNED)
    if ("admin" in line or "root" in line) and _SIGNS_IN.search(line):
        for match in _EQUAL.finditer(line):
            if looks.password(match["value"]):
                yield match.span("value")
    if ") ==" in line or ") !=" in line:
        yield from _named(line, _FETCHED)


def _named(line: str, pattern: re.Pattern[str]) -> Iterator[Span]:
    for match in pattern.finditer(line):
        if _is_one(_kind(match["other"]), match["value"]):
            yield match.span("value")


def _handed(line: str) -> Iterator[Span]:
    """What a function compares in as long a time whatever it is, is a secret by that; others say so by a name."""
    for match in (*_CALLED.finditer(line), *_LISTED.finditer(line)):
        beside = match.groupdict()
        named = _kind(beside.get("other") or match["given"])
        kind = named or ("key" if beside.get("safe") else "")
        for each in _EACH.finditer(line, match.start("given"), match.end("given")):
            if kind and _is_one(kind, each["value"]) and not looks.named(each["value"]):
                yield each.span("value")


def _kind(text: str) -> str:
    """What is compared, by the names in it: a "password", a "key", or neither."""
    kinds = [looks.named(name) for name in _NAME.findall(text)]
    return "password" if "password" in kinds else "key" if "key" in kinds else ""


def _is_one(kind: str, value: str) -> bool:
    if kind == "password":
        return looks.password(value)
    return kind == "key" and looks.key(value)
