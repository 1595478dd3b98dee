"""What a change does to the checks within functions of JavaScript: they are gone, or callers get past them."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gate import lazy
from gate.fact import Repo
from gate.facts.comment import js_code
from gate.facts.jscheck import CHECK, NEVER, WHO, JsCheck, is_read, plain, told
from gate.facts.jsguard import GUARD, inverse
from gate.facts.linenumber import line_at
from gate.source import Place, Source

Edits = Sequence[tuple[Source | None, Source | None]]
_TAKES_PLACE = lazy.regex(
    r"(?i)user|owner|owned|session|auth|perm|role|guard|polic|\bcan|require|assert|ensure|check|verif|allow|protect|tenant|\borg|safe|member|admin|valid|access|login|middleware"
)
_TELLS = lazy.regex(r"(?:\bconsole|\b\w*[lL]og(?:ger)?)\.\w+\(.*|\bnext\(.*")
_DECORATES = lazy.regex(r"^\s*@\w*(?:Guard|Role|Auth|Polic|Perm|Access|Scope)", re.IGNORECASE)
_STRICTER = lazy.regex(r"(?<![\w$.])(?!(?:public|protected|private|auth\w*|base)[pP]rocedure)[a-z]\w*Procedure\b\s*\.")
"""A procedure of tRPC that is made for more than having signed in; it stands in a line that is new."""
_SENT = lazy.regex(
    r"\b(?:req|request|ctx|c)\.(?:query|headers?|cookies|body|get)\b|searchParams|\b(?:headers|cookies)\(\)"
)
_SETTING = lazy.regex(r"\bprocess\.env\b|import\.meta\.env|\b(?:config|settings|flags?)\.\w|\benv\.[A-Z]")
_PROOF = lazy.regex(
    r"(?i)token|secret|signature|sig\b|hmac|key\b|auth|session|password|admin|role|isOwner|verif|valid|NODE_ENV"
)
_SWITCH = lazy.regex(
    r"!?\s*(?:options|opts)\.\w+|!?\s*process\.env\.(?!NODE_ENV\b)\w+(?:\s*[!=]==?\s*(?:'[^']*'|\w+))?"
)
_NOT_GIVEN = lazy.regex(r"^\s*!|[!=]==?\s*(?:undefined|null)|\.length\b|typeof")
_EXIT = lazy.regex(
    r"(?<![\w$.])if\s*\(((?:[^()]|\((?:[^()]|\([^()]*\))*\)){1,160})\)\s*(\{[^{}]{0,300}\}|return[^;\n]{0,120})"
)
_LEAVES = lazy.regex(r"\breturn\b(?!\s*(?:;|\}|$))|\bnext\(\s*\)|await ")
_PATHS = lazy.regex(r"\b(?:req|request|ctx|c)\.(?:path|url|originalUrl)\b|\bpathname\b")
_BEGINS = lazy.regex(r"\.startsWith\(|\.includes\(\s*['\"]|\.match\(|\.test\(")
_HARMLESS = lazy.regex(
    r"(?i)error|invalid|missing|bad|40\d|422|redirect|forbid|unauthor|denied|throw|fail|null\b|undefined|NotFound"
)


_GIVES_UP = lazy.regex(
    r"\s*(?:return\b(?:[^({]*|\s*\{(?:\s*\w+:\s*(?:null|\[\]|true|false|\d+|'[^']*'|\"[^\"]*\"),?)*\s*\})|[\w.]+\s*=\s*(?:null|undefined|false|true|\d+|\{\}|'[^']*'|\"[^\"]*\"))\s*;?\s*$"
)
"""A line that puts nothing in the place of a check."""
_ASKS_MORE = lazy.regex(r"(?i)role|admin|owner|perm|scope|staff|\.includes\(|\w[.\w?]*id\)? !==? ")
_THERE = lazy.regex(r"(?:![\w.?]+(?: \|\| )?)+")
DECIDES = lazy.regex(
    r"\b(?:canActivate|(?:can|may)[A-Z]\w*|(?:has|check)(?:Permission|Role|Access|Scope)\w*|is(?:Admin|Owner|Allowed|Authori[sz]ed|Member)\w*)\b"
)
_ARROW = lazy.regex(
    r"(?m)^[ \t]*(?:export\s+)?(?:const|let|var)\s+((?:is|can|may|has|allow|only)[A-Z]\w*)\s*=[^\n]{0,200}=>\s*(?![\s{])([^;\n]{1,200}?)\)*;?[ \t]*$"
)
_YES = lazy.regex(r".*\|\|\s*(?:true|!0)\s*\)?$|^!0$")
RETURN = lazy.regex(r"\breturn\s+([^;\n]+)")
_AWAITED = lazy.regex(
    r"(?m)^[ \t]*await\s+((?![\w$.?]*(?i:verif|auth|session|load|get|find|fetch|read|valid|parse|connect|init|check|require|ensure|log|next|lock|wait|sleep))[\w$]+(?:\??\.[\w$]+)+)\("
)
"""A call that is waited for, and of whose answer nothing is made: it does something."""
_EFFECT = lazy.regex(
    r"([\w$.?]+\.(?:delete|remove|destroy|cancel|refund|charge|update|save|publish|transfer|drop|ban|approve|create)\w*)\("
)
_BOTH = 2
"""How often a name is there that both sides have once."""


@dataclass(frozen=True)
class Change:
    """A function whose check is gone (`way` is ""), or can be gone around."""

    place: Place
    name: str
    check: str
    way: str = ""


def lost(before: Source, after: Source, base: Repo) -> Iterator[Change]:
    """Functions both sides have, of which one asked who may, and the other does not; `JsRoute` has handlers of routes."""
    fresh = set(after.lines) - set(before.lines)
    if any(GUARD.search(_TELLS.sub("", line)) or _DECORATES.search(line) or _STRICTER.search(line) for line in fresh):
        return
    left = {check for _, check in told(after)}
    for old, new in pairs(before, after, base):
        gone = [check for check in old.checks if check not in new.checks and check not in left]
        added = set(new.text.split("\n")) - set(old.text.split("\n"))
        idle = (line for line in added if any(check in plain(line) for check in gone))
        added = {line for line in added if not NEVER.search(line) and not _GIVES_UP.match(line)} - {*idle}
        if " " in old.name or not gone:
            continue
        if len(new.checks) < len(old.checks) and not any(map(_takes_place, added)):
            yield Change(new.place, new.name, gone[0])
        elif turned := _turned(gone, new.checks):
            yield Change(place_of(new, turned), new.name, gone[0], turned)
        elif lesser := _lesser(gone, [check for check in new.checks if check not in old.checks], added):
            yield Change(place_of(new, lesser), new.name, gone[0], lesser)


def _takes_place(line: str) -> bool:
    """Whether a new line may ask what a check asked; what is only written to a log, or handed on, asks nothing."""
    return bool(_TAKES_PLACE.search(_TELLS.sub("", line)))


def _turned(gone: Sequence[str], now: Sequence[str]) -> str:
    """The check that turns away whom another let in: `owns && !id`, where it was `!owns`."""
    opposites = {inverse(f"if ({check})")[4:-1] for check in gone} - set(gone)
    return next((one for one in now if not opposites.isdisjoint(_parts(one)) and one not in gone), "")


def _lesser(gone: Sequence[str], fresh: Sequence[str], added: set[str]) -> str:
    """The check that asks only whether somebody is there, where another asked which role or whose row."""
    more = [check for check in gone if _ASKS_MORE.search(check)]
    rest = (line for line in added if not CHECK.search(line) and not any(check in plain(line) for check in fresh))
    if len(more) != len(fresh) or any(map(_TAKES_PLACE.search, rest)):
        return ""
    return next((check for check in fresh if _THERE.fullmatch(check)), "")


def emptied(before: Source, after: Source, base: Repo) -> Iterator[Change]:
    """Functions by which others decide who may, and which now only say yes."""
    if not DECIDES.search(before.text):
        return
    olds = {one.name: one for one in base.of(JsCheck, before.path) if DECIDES.fullmatch(one.name)}
    for new in JsCheck.find(after) if olds else ():
        old = olds.get(new.name)
        said = [{_YES.sub("true", way) for way in RETURN.findall(js_code(one.text))} for one in (old, new) if one]
        if old and old.text != new.text and said[1] == {"true"} != said[0] and not said[0] <= {"true", "false"}:
            yield Change(new.place, new.name, next(iter(sorted(said[0] - {"true", "false"}))))


def granted(before: Source, after: Source) -> Iterator[Change]:
    """Arrows by which others decide who may, and which now only say yes: `const isEditor = rule()(() => true)`."""
    if before.text == after.text or not (is_read(before) and is_read(after)):
        return
    olds = {found[1]: found[2] for found in _ARROW.finditer(js_code(before.text))}
    text = js_code(after.text) if olds else ""
    for found in _ARROW.finditer(text):
        was = olds.get(found[1], "")
        if _YES.sub("true", found[2]) == "true" != _YES.sub("true", was) and WHO.search(was):
            yield Change(Place.at(after.path, line_at(text, found.start())), found[1], was)


def late(before: Source, after: Source, base: Repo) -> Iterator[Change]:
    """Functions that do now what a check stood before, and make the check when it is done."""
    for old, new in pairs(before, after, base):
        for check in set(old.checks) & set(new.checks) - {"catch"}:
            was, now = _done(old, check), _done(new, check)
            moved = sorted((was[1] - was[0]) & (now[0] - now[1]))
            if moved:
                yield Change(place_of(new, check), new.name, check, moved[0])
                break


def _done(one: JsCheck, check: str) -> tuple[set[str], set[str]]:
    """What is done before a check, and what behind it."""
    at = next((found.start() for found in CHECK.finditer(one.text) if plain(found[1]) == check), len(one.text))
    parts = (one.text[:at], one.text[at:])
    before, behind = ({*_EFFECT.findall(part), *_AWAITED.findall(part)} for part in parts)
    return before, behind


def gained(edits: Edits, base: Repo, head: Repo) -> set[str]:
    """The files in which functions ask more than they did."""
    counts = {
        after.path: _asked(head, after) - (_asked(base, before) if before else 0) for before, after in edits if after
    }
    return {path for path, more in counts.items() if more > 0}


def _asked(repo: Repo, source: Source) -> int:
    return sum(len(one.checks) for one in repo.of(JsCheck, source.path))


def passed(before: Source, after: Source, base: Repo) -> Iterator[Change]:
    """Functions whose check is made only where nothing was sent, or set, that leads past it."""
    for old, new in pairs(before, after, base):
        for check in new.checks:
            wider = next((one for one in old.checks if _parts(one) < _parts(check) or _sure(one) < _parts(check)), None)
            extra = sorted(_parts(check) - _parts(wider) - _sure(wider)) if wider else []
            if extra and all(opens(part) or _may_lack(part, check, new) for part in extra):
                yield Change(place_of(new, check), new.name, wider or "", extra[0])
                break
        else:
            yield from _left(old, new)


def _left(old: JsCheck, new: JsCheck) -> Iterator[Change]:
    first = next((found.start() for found in CHECK.finditer(new.text) if plain(found[1]) in old.checks), 0)
    for found in _EXIT.finditer(new.text, 0, first):
        condition, body = plain(found[1]), found[2]
        before = plain(old.text[: _begins(old, new)])
        longer = _PATHS.search(condition) and _BEGINS.search(condition) and not _BEGINS.search(before)
        if condition in before or not (longer or (opens(condition) and not _NOT_GIVEN.search(condition))):
            continue
        if _LEAVES.search(body) and not _HARMLESS.search(body):
            line = new.place.line + new.text.count("\n", 0, found.start())
            yield Change(Place.at(new.place.path, line), new.name, plain(CHECK.search(new.text, first)[1]), condition)  # type: ignore[index]
            return


def _begins(old: JsCheck, new: JsCheck) -> int:
    """Where in the old text the first check stands that the new one has too."""
    return next((found.start() for found in CHECK.finditer(old.text) if plain(found[1]) in new.checks), 0)


def place_of(one: JsCheck, check: str) -> Place:
    """Where a function makes a check; its first line if that is not found."""
    found = next((found.start() for found in CHECK.finditer(one.text) if plain(found[1]) == check), -1)
    at = one.text.find(check[:-1]) if check.endswith("()") else found
    return Place.at(one.place.path, one.place.line + (one.text.count("\n", 0, at) if at >= 0 else 0))


def _parts(condition: str) -> frozenset[str]:
    return frozenset(part.strip() for part in condition.split("&&"))


def _sure(condition: str) -> frozenset[str]:
    """The parts of a condition, as they are written where what they speak of is there for sure: `a.role` for `a?.role`."""
    return frozenset(part.replace("?.", ".") for part in _parts(condition))


def _may_lack(part: str, check: str, new: JsCheck) -> bool:
    """Whether a check is made only where something was found, `member && member.role !== 'OWNER'`, and nobody asks for that."""
    return part.isidentifier() and f"{part}." in check and f"!{part}" not in new.text and f"{part} ==" not in new.text


def opens(condition: str) -> bool:
    """Whether it hangs on what a caller sends, or on a setting, and asks for no proof."""
    if _SWITCH.fullmatch(condition):
        return True
    return bool(_SENT.search(condition) or _SETTING.search(condition)) and not _PROOF.search(condition)


@lru_cache(maxsize=64)
def pairs(before: Source, after: Source, base: Repo) -> tuple[tuple[JsCheck, JsCheck], ...]:
    """The functions that ask something in the base, and what became of them."""
    return tuple(_paired(before, after, base))


def _paired(before: Source, after: Source, base: Repo) -> Iterator[tuple[JsCheck, JsCheck]]:
    olds = base.of(JsCheck, before.path) if told(before) else ()
    news = list(JsCheck.find(after)) if any(one.checks for one in olds) else []  # those that ask nothing any more, too
    named = Counter(one.name for one in (*olds, *news))
    by_name = {one.name: one for one in news if named[one.name] <= _BOTH}
    for old in olds:
        if old.checks and old.name in by_name and by_name[old.name].text != old.text:
            yield old, by_name[old.name]
