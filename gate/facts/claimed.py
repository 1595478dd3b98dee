"""Who a caller is, where a program took that from something proved and takes it from what the caller says now."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gate import lazy
from gate.facts.bundled import is_bundled
from gate.facts.comment import code, js_code
from gate.source import Place, Source

_WHO = r"(?:x-)?(?:user|account|tenant|org|role|claims|email|uid|sub|member|identity|principal|customer|team|workspace)[\w-]*"
_HELD = lazy.regex(
    rf"(?i)(?:headers?|cookies?)\b[^=]{{0,20}}[\[(.]\s*[\"']{_WHO}[\"']|\bget_?(?:header|cookie)\(\s*[\"']{_WHO}[\"']"
    rf"|\b(?:req|request|ctx|c|headers\(\))\.(?:get|header)\(\s*[\"']x-{_WHO}[\"']|\bheaders\.x_{_WHO}|\bcookies\.{_WHO}\b"
)
"""A header or a plain cookie that says who calls."""
_SENT = lazy.regex(
    rf"(?i)\b(?:searchParams|get_argument|query_params)\b[^=]{{0,20}}[\[(.]\s*[\"']?{_WHO}\b"
    rf"|\b(?:req|request|ctx|c|event)\.(?:\w+\.){{0,2}}(?:query|args|(?-i:GET|POST)|body|json|form|params|values|data)\b[^=]{{0,12}}[\[(.]\s*[\"']?{_WHO}\b"
)
"""A parameter of the request that does."""
_PROVED = lazy.regex(
    r"(?i)secure_?cookie|signed|unsign|verif|decod|decrypt|jwt|token|api_?key|hmac|signature|sessions?\b[.\[(]|serializer"
)
_SESSION = lazy.regex(
    r"(?i)session|require_?user|current_?user|get_?user\b|authenticate|claims|identity|\bauth\b|\.user\b"
)
_LONG = 500
_MOST = 50
"""Values of one name that are compared; each is compared with each."""
_OR = lazy.regex(r"\|\||\bor\b|\?\?")
_SETS = lazy.regex(
    r"(?i)(?:^|[\s{;(,])((?:[\w$]+\.)*[\w$]*(?:user|tenant|account|claims|principal|identity|org|member|role|raw|uid)[\w$]*|[\w$]+\[[\"']user\w*[\"']\])"
    r"(?:\s*:\s*[\w.\[\]<> |]+)?\s*=(?!=)\s*(.+)"
)
MAY = lazy.regex(r"(?i)header|cookie|searchparams|query|\bargs\b|\.get\(|get_argument|body|json")


@dataclass(frozen=True)
class Claimed:
    """The line that believes what the caller says of himself, and what told who calls before."""

    place: Place
    said: str
    before: str


def claimed(before: Source, after: Source) -> Iterator[Claimed]:
    """Where one file takes from the caller's own words who calls, which in the base was proved."""
    if before.text == after.text or is_bundled(after) or is_bundled(before) or not MAY.search(after.text):
        return
    if not any(_HELD.search(line) or _SENT.search(line) for line in Counter(after.lines) - Counter(before.lines)):
        return
    olds, news = _lines(before), _lines(after)
    gone, fresh = Counter(olds) - Counter(news), Counter(news) - Counter(olds)
    was = _sets(olds)
    proved = next((line.strip() for line in gone if _PROVED.search(line)), "")
    for number, line in enumerate(news, 1):
        found = _SETS.search(line) if line in fresh else None
        if found and (proof := _proof(found, was.get(_plain(found[1]), ()), proved)):
            yield Claimed(Place.at(after.path, number), found[2].strip(), proof)


def _lines(source: Source) -> Sequence[str]:
    lines = code(source) if source.language == "python" else js_code(source.text).split("\n")
    return [line if len(line) < _LONG else "" for line in lines]


def _sets(lines: Sequence[str]) -> Mapping[str, list[str]]:
    """By what is set, what it is given."""
    held: dict[str, list[str]] = {}
    for found in filter(None, map(_SETS.search, lines)):
        told = held.setdefault(_plain(found[1]), [])
        told += [found[2].strip()] if len(told) < _MOST else []
    return held


def _plain(target: str) -> str:
    return target.replace("_", "").lower()


def _proof(found: re.Match[str], was: Sequence[str], proved: str) -> str:
    """What proved before who calls, where that is only said now; "" where it is not. `proved` is a line that is gone."""
    ways = [way for way in _OR.split(found[2]) if not _is_proved(way)]
    held, said = any(map(_HELD.search, ways)), found[2]
    if not held and not any(map(_SENT.search, ways)):
        return ""
    if was:  # the same thing was set before
        return next((one for one in was if one != said.strip() and _told(one)), "")
    return proved if held else ""


def _told(text: str) -> bool:
    """Whether it is somebody that was proved, or looked up, and no word of the caller's."""
    return _is_proved(text) or (bool(_SESSION.search(text)) and not (_HELD.search(text) or _SENT.search(text)))


def _is_proved(text: str) -> bool:
    return bool(_PROVED.search(text))
