"""Defaults about who may that a change turns round: `claims.get("admin", False)`, and `True` after it."""

import re
from collections.abc import Iterator

from gate import lazy
from gate.facts.linenumber import line_at
from gate.hint import folded
from gate.source import Source

_GIVES = r"\w*(?:is_?admin|principal|superuser|is_?staff|authori[sz]ed|authenticated|permitted|trusted|allow_?(?:anonymous|all|any|guests?|unauth\w*))\w*|admin"
_ASKS = r"\w*(?:require|enforce|verify|check|validate)d?_?\w*(?:auth|login|perm|signature|token|csrf|mfa|role)\w*|auth\w*_?(?:required|enabled)"
_SET = lazy.regex(
    rf"(?i)(?<![\w.])[\"']?(?:(?P<gives>{_GIVES})|(?P<asks>{_ASKS}))[\"']?\s*(?:,|:\s*bool(?:ean)?\s*=|=|:|\?\?|\|\|)\s*[\"']?(?P<value>true|false)\b"
)


_LENIENT = lazy.regex(r"\bauto_error\s*=\s*False\b")
"""A scheme of FastAPI that gives `None` for a caller without credentials, where it refused them."""
_ROLE = lazy.regex(r"""(?i)(?<![\w.])["']?(\w*role)["']?\s*(?:,|\?\?|\|\|)\s*["'](\w+)["']""")
_HIGH = lazy.regex(r"(?i)\w*(?:admin|owner|superuser|staff|root)\w*")
_REFUSES = lazy.regex(r"\braise\b|\b40[13]\b")
_YES_NO = lazy.regex(r"[tT]rue|[fF]alse|TRUE|FALSE")


def flipped(before: Source, after: Source) -> Iterator[tuple[int, str]]:
    """The line and the name of each that now says yes where nobody says anything."""
    fresh = set(after.lines) - set(before.lines)
    if "auto_error" in after.text:
        yield from _lenient(before, after, fresh)
    if "role" in folded(after.text):
        yield from _promoted(before, after, fresh)
    if not any(_YES_NO.search(line) and _SET.search(line) for line in fresh):
        return
    olds, news = _by_name(before.text), _by_name(after.text)
    for name, found in news.items():
        was = olds.get(name, [])
        for old, new in zip(was, found, strict=True) if len(was) == len(found) else ():
            if new["value"].lower() == ("true" if new["gives"] else "false") != old["value"].lower():
                yield line_at(after.text, new.start()), name


def _lenient(before: Source, after: Source, fresh: set[str]) -> Iterator[tuple[int, str]]:
    said = [line for line in fresh if _LENIENT.search(line)]
    known = len(_LENIENT.findall(before.text)) >= len(_LENIENT.findall(after.text))
    if said and not known and not any(map(_REFUSES.search, fresh)):
        yield after.lines.index(said[0]) + 1, "auto_error=False"


def _promoted(before: Source, after: Source, fresh: set[str]) -> Iterator[tuple[int, str]]:
    """A role that is taken where none is named, and may do more than the one before it."""
    if not any(_ROLE.search(line) for line in fresh):
        return
    olds, news = list(_ROLE.finditer(before.text)), list(_ROLE.finditer(after.text))
    for old, new in zip(olds, news, strict=True) if len(olds) == len(news) else ():
        if old[1] == new[1] and _HIGH.fullmatch(new[2]) and not _HIGH.fullmatch(old[2]):
            yield line_at(after.text, new.start()), f"{new[1]}={new[2]}"


def _by_name(text: str) -> dict[str, list[re.Match[str]]]:
    found: dict[str, list[re.Match[str]]] = {}
    for one in _SET.finditer(text):
        found.setdefault(one["gives"] or one["asks"], []).append(one)
    return found
