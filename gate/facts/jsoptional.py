"""Conditions on a tenant that JavaScript adds only where a value is there; see `gate.facts.optionalscope` for Python."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from gate import lazy
from gate.facts.authority import is_authority
from gate.facts.callersent import TENANT
from gate.facts.jschains import blanked, closed, line_at
from gate.facts.jssent import names_tenant, sent
from gate.facts.jsunits import unit
from gate.facts.jswhere import column
from gate.facts.ownwords import is_owner
from gate.source import Source

_IF = lazy.regex(r"\bif\s*(?=\()")
_STATEMENT = lazy.regex(r"\s*([^;{}\n]+)")
_ELSE = lazy.regex(r"\s*else\b\s*")
_EMPTY = r"(?:undefined|null|['\"`](?:all|\*)?['\"`])"
_SUBJECT = r"(?:String\()?(?P<subject>[\w$]+(?:(?:\?|!)?\.[\w$]+|\[['\"][\w-]+['\"]\]|\.get\(['\"][\w-]+['\"]\))*)\)?"
_PRESENCE = lazy.regex(rf"[\s(]*(?P<not>!(?!!))?(?:!!)?\s*{_SUBJECT}\s*(?:(?P<by>[!=])==?\s*{_EMPTY})?[\s)]*")
_CHOICE = lazy.regex(
    rf"(?<![\w$.])(?P<not>!(?!!))?{_SUBJECT}\s*(?:(?P<by>[!=])==?\s*{_EMPTY}\s*)?(?P<how>\?(?![.?:])|&&)\s*(?=[\[{{(\w'\"`])"
)
_WORD = lazy.regex(r"[A-Za-z_$][\w$-]*")
_BINDS = lazy.regex(
    r"[\[.]\s*['\"]?(?P<set>[\w$]+)['\"]?\s*\]?\s*=(?!=)|(?P<key>[\w$]+)['\"]?\s*:(?!:)|[{,]\s*(?P<short>[\w$]+)\s*(?=[,}])"
    r"|\(\s*['\"`](?:\w+\.)?(?P<named>\w+)['\"`]\s*,|\b(?:eq|inArray)\(\s*[\w$]+\.(?P<column>[\w$]+)"
    r"|\b[\"`]?(?P<sql>\w+)[\"`]?\s*(?:=|\bin\b)\s*\(?\s*(?:[:?@]|\$\{?|ANY\b|['\"`]\s*\+)"
)
_ADDS = lazy.regex(
    r"\b([\w$]+)\s*=\s*\1\b|\+=|\.(?:push|set|append)\(|[\w$\]]\.[\w$]+\s*=(?!=)|\[['\"]\w+['\"]\]\s*="
    r"|\b(?:q|qb|query\w*|builder|stmt)\.(?:where|andWhere|eq)\("
)
"""What adds a condition to something that is asked further down."""
_QUERY = lazy.regex(r"\b(?:find\w*|select|from|query|count|aggregate)\s*\(")
_MOST = 200
_READ = 1_000
"""How many are judged, and looked at, in one file."""
_OWN = lazy.regex(
    r"\b(?:req|request|ctx|context|session|locals)\??\.(?:user|auth|session|tenant|org|account|workspace)\b|\b(?:session|currentUser|user)\b"
)
_TAKEN = lazy.regex(r"\b(?:const|let|var)\s*\{[^{}]*\}\s*(?::[^=;]{1,80})?=(?!=)")
_TELLS = lazy.regex(r"(?<![\w$.])(?P<called>[\w$.]+)\((?P<given>[^()]*)\)")
_SHOWS = lazy.regex(r"(?:res|reply|console|logger|log|Response|NextResponse)\b.*|String|Number|if|\w*[lL]og\w*")


@dataclass(frozen=True)
class Optional:
    """A condition that is added at times; `first` and `last` are the lines of the function around."""

    line: int
    end_line: int
    column: str
    told: str
    sent: bool
    first: int
    last: int


def found(source: Source) -> Iterator[Optional]:
    """Every such condition of a file."""
    code = blanked(source.text)
    lines = code.split("\n")
    for subject, start, end in (*islice(_ifs(code), _MOST), *islice(_choices(code), _MOST)):
        line, last = line_at(code, start), line_at(code, end)
        around = unit(source, line)
        if not around.name:
            continue
        bound = sorted(filter(TENANT.fullmatch, binds(code[start:end])))
        told = sent(source, around).told(subject)
        rest = "\n".join([*lines[around.first : line - 1], *lines[last : around.last]])
        if bound and not any(map(is_owner, binds(rest))) and not _tells(rest):
            yield Optional(line, last, bound[0], told or subject, bool(told), around.first, around.last)


def _ifs(code: str) -> Iterator[tuple[str, int, int]]:
    """`if (orgId) where.orgId = orgId`: what must be there, and where it stands."""
    for one in islice(_IF.finditer(code), _READ):
        end = closed(code, one.end())
        test = code[one.end() + 1 : end - 1]
        subject, there = _asked(test)
        if not subject or _asks(test):
            continue
        body = _block(code, end)
        other_at = _ELSE.match(code, body)
        other = _block(code, other_at.end()) if other_at else body
        arms = (code[end:body], code[other_at.end() : other] if other_at else "")
        with_it, without = arms if there else arms[::-1]
        kept = _ADDS.search(with_it) or _QUERY.search(without)
        if kept and any(map(is_owner, binds(with_it))) and not _is_closed(without):
            yield subject, one.start(), body if there else other


def _choices(code: str) -> Iterator[tuple[str, int, int]]:
    """`...(orgId && { orgId })`, `orgId ? { orgId } : {}`."""
    for one in islice(_CHOICE.finditer(code), _READ):
        subject = one["subject"]
        if not names_tenant(_last(subject)) or one["not"] or one["by"] == "=":
            continue
        end = _part(code, one.end())
        other = re.match(r"\s*:\s*", code[end:]) if one["how"] == "?" else None
        without = code[end + other.end() : _part(code, end + other.end())] if other else ""
        if any(map(is_owner, binds(code[one.end() - 1 : end]))) and not _is_closed(without):
            yield subject, one.start(), end


def _asked(test: str) -> tuple[str, bool]:
    """What a test asks for, and whether it holds where that is there; "" for another test."""
    for part in re.split(r"&&|\|\|", test):
        found_ = _PRESENCE.fullmatch(part)
        if found_ and names_tenant(_last(found_["subject"])):
            return found_["subject"], bool(found_["not"]) is (found_["by"] == "=")
    return "", True


def _last(subject: str) -> str:
    words = _WORD.findall(subject)
    return words[-1] if words else ""


def _asks(test: str) -> bool:
    return any(is_authority(column(word)) for word in _WORD.findall(test))


def _block(code: str, at: int) -> int:
    """Where the statement behind an `if` ends."""
    brace = re.match(r"\s*(?=\{)", code[at : at + 80])
    if brace:
        return closed(code, at + brace.end())
    end, depth = at, 0
    while end < len(code) and not (depth <= 0 and code[end] in ";}") and end < at + 600:
        depth += (code[end] in "([{") - (code[end] in ")]}")
        end += 1
    return end


def _part(code: str, at: int) -> int:
    """Where an arm of a choice ends."""
    end, depth = at, 0
    while end < len(code) and end < at + 400:
        mark = code[end]
        depth += (mark in "([{") - (mark in ")]}")
        if depth < 0 or (depth == 0 and mark in ",;:\n" and end > at):
            break
        end += 1
    return end


def binds(text: str) -> set[str]:
    """The columns that a text sets, names as keys, or compares in SQL; what is taken out of something binds nothing."""
    text = _TAKEN.sub("", text)
    return {column(next(filter(None, one.groups()))) for one in _BINDS.finditer(text)}


def _is_closed(text: str) -> bool:
    """Whether an error is answered there, or something else says whose rows are meant."""
    return (
        bool(re.search(r"\bthrow\b|\breturn\b|\bnotFound\(|\bredirect\(", text))
        or any(map(is_owner, binds(text)))
        or _OWN.search(text) is not None
    )


def _tells(text: str) -> bool:
    """Whether the caller is told to a function that may judge."""
    return any(not _SHOWS.fullmatch(one["called"]) and _OWN.search(one["given"]) for one in _TELLS.finditer(text))
