"""Checks of JavaScript that turn fewer callers away, or nobody: they hang on how a row is, stand in a branch, or are caught."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from gate import lazy
from gate.fact import Repo
from gate.facts.jscheck import CHECK, WHO, JsCheck, plain
from gate.facts.jsdetour import Change, pairs, place_of
from gate.facts.jsscope import blanked
from gate.source import Place, Source

_MARK = lazy.regex(r"[{}]")
_IF = lazy.regex(r"(?<![\w$.])if\s*\(((?:[^()]|\((?:[^()]|\([^()]*\))*\)){1,160})\)\s*$")
_EXIT = lazy.regex(
    r"(?<![\w$.])if\s*\(((?:[^()]|\((?:[^()]|\([^()]*\))*\)){1,160})\)\s*\{([^{}]{0,400}?\b(?:return|continue)\b[^{}]{0,200})\}"
)
_TRY = lazy.regex(r"\btry\s*$")
_CAUGHT = lazy.regex(r"\}\s*catch\s*(?:\([^()]*\))?\s*\{((?:[^{}]|\{[^{}]*\}){0,600})\}")
_ENDS = lazy.regex(
    r"\b(?:return|throw|next|reject|exit|abort|continue|break|redirect)\b|\b(?:res|reply|response|ctx|c)\.\w|status|[sS]end|[eE]rror\("
)
_DONE = lazy.regex(r"(?:\bawait\s+|^[ \t]*(?:return\s+)?)([\w$]+(?:\??\.[\w$]+)*)\(", re.MULTILINE)
_IDLE = lazy.regex(
    r"(?i)(?:^|\.)(?:get\w*|find\w*|load\w*|fetch\w*|read\w*|log|warn|info|debug|error|json|send|status|end|render|redirect|next|verify\w*|check\w*|require\w*|assert\w*|ensure\w*|valid\w*|parse|if|for|while|switch|catch|connect|init)$"
)
"""What answers, looks up or writes down, and does nothing that a check could stand before."""
_OTHER = lazy.regex(
    r"(?i)public|publish|shared|visib|private|anonymous|guest|listed|\b(?:req|request|ctx|c|session|context)\b|typeof|instanceof|\berr(?:or)?\b|method"
)
_ASKS = lazy.regex(
    r"(?i)assert|ensure|require|check|verify|guard|allow|permit|permission|access|auth|owner|mine|member|role|admin|can[A-Z]|may[A-Z]|limit|csrf|signature|token|secret|forbid|den(?:y|ied)"
)
"""What asks something of the caller, beside those words that say who it is."""
_CALLERS = frozenset("user currentUser session req request ctx c context viewer auth token claims me".split())
_HELD = lazy.regex(r"\b(?:let|var|const)\s+(\w+)\s*(?::[^=;\n]{1,60})?=\s*(?:await\s+)?([\w$.]+)\(([^;\n]*)\)")
_AGAIN = lazy.regex(r"(?m)^[ \t]*(\w+)\s*=\s*(?:await\s+)?([\w$.]+)\(([^;\n]*)\)")


class _Block(NamedTuple):
    """A block around something: what stands before it, and where it ends."""

    head: str
    end: int


def rarer(before: Source, after: Source, base: Repo) -> Iterator[Change]:
    """At most one of each function both sides have."""
    for old, new in pairs(before, after, base):
        changes = (one for look in (_hangs, _wrapped, _early, _caught, _reread) for one in look(old, new))
        found = next((one for one in changes if WHO.search(one.check) or _ASKS.search(one.check)), None)
        if found is not None:
            yield found


def _hangs(old: JsCheck, new: JsCheck) -> Iterator[Change]:
    """`note.locked && note.ownerId !== user.id`, where the second was enough."""
    for check in (one for one in new.checks if one not in old.checks):
        parts = _parts(check)
        wider = next((one for one in old.checks if one not in new.checks and _parts(one) < parts), None)
        extra = sorted(parts - _parts(wider)) if wider else []
        if extra and all(_is_state(part, check) for part in extra):
            yield Change(place_of(new, check), new.name, wider or "", extra[0])


def _parts(condition: str) -> frozenset[str]:
    return frozenset(part.strip() for part in condition.split("&&"))


def _is_state(part: str, check: str) -> bool:
    """Whether a condition has nothing to do with who calls, and is more than that a row is there."""
    bare = part.lstrip("!(").partition(" ")[0]
    there = bare.isidentifier() and f"{bare}." in check
    row, _, rest = part.lstrip("!").partition(".")
    if rest and f"{row}." in check.replace(part, "") and row not in _CALLERS:
        part = rest  # `account.locked` speaks of the row, whatever that is
    return not (there or WHO.search(part) or _OTHER.search(part) or "||" in part)


def _wrapped(old: JsCheck, new: JsCheck) -> Iterator[Change]:
    """A check in a branch that is new, where what it stood before is done all the same behind the branch."""
    for check in (one for one in new.checks if one in old.checks):
        was, now = _around(old, check), _around(new, check)
        held = {block.head for block in was}
        behind = _behind(old, check)
        for block in (one for one in now if one.head not in held and _IF.search(one.head)):
            said = plain(_IF.search(block.head)[1])  # type: ignore[index]
            if _is_state(said, check) and behind & _does(new.text[block.end :]):
                yield Change(place_of(new, check), new.name, check, said)


def _early(old: JsCheck, new: JsCheck) -> Iterator[Change]:
    """What a check stands before is done before it too, where something holds, and the function ends there."""
    for check in (one for one in new.checks if one in old.checks):
        at, behind = _at(new, check), _behind(old, check)
        for found in _EXIT.finditer(new.text, 0, at):
            said = plain(found[1])
            if said not in plain(old.text) and _is_state(said, check) and behind & _does(found[2]):
                line = new.place.line + new.text.count("\n", 0, found.start())
                yield Change(Place.at(new.place.path, line), new.name, check, said)


def _caught(old: JsCheck, new: JsCheck) -> Iterator[Change]:
    """A call that refuses by throwing, and whose refusal a `catch` that is new passes over."""
    for check in (one for one in new.checks if one in old.checks and one.endswith("()")):
        tries = [block for block in _around(new, check) if _TRY.search(block.head)]
        tried = any(_TRY.search(block.head) for block in _around(old, check))
        for block in tries[-1:] if not tried else ():
            handler = _CAUGHT.match(new.text, block.end - 1)
            if handler and not _ENDS.search(handler[1]) and _behind(old, check) & _does(new.text[handler.end() :]):
                yield Change(place_of(new, check), new.name, check, "catch")


def _reread(old: JsCheck, new: JsCheck) -> Iterator[Change]:
    """A name that is given another row when the row it held has been checked."""
    held = {found[1]: found for found in _HELD.finditer(new.text)}
    for found in _AGAIN.finditer(new.text):
        first = held.get(found[1])
        if (
            first is None
            or (first[2], found[1]) != (found[2], first[1])
            or first[3] == found[3]
            or found[0] in old.text
        ):
            continue
        checks = [one for one in new.checks if re.search(rf"\b{re.escape(found[1])}\b", one)]
        places = [_at(new, one) for one in checks]
        if places and first.end() < max(places) < found.start() and found[1] not in found[3]:
            line = new.place.line + new.text.count("\n", 0, found.start(2))
            yield Change(Place.at(new.place.path, line), new.name, checks[-1], f"{found[2]}({found[3]})")


def _at(one: JsCheck, check: str) -> int:
    """Where a function makes a check; its end if that is not found."""
    if check.endswith("()"):
        at = one.text.find(check[:-1])
        return at if at >= 0 else len(one.text)
    return next((found.start() for found in CHECK.finditer(one.text) if plain(found[1]) == check), len(one.text))


def _behind(one: JsCheck, check: str) -> frozenset[str]:
    return _does(one.text[_at(one, check) :])


def _does(text: str) -> frozenset[str]:
    """What is called to do something."""
    return frozenset(name for name in _DONE.findall(text) if not _IDLE.search(name))


def _around(one: JsCheck, check: str) -> list[_Block]:
    """The blocks around a check, the function's own left out, from outside to inside."""
    text, at = blanked(one.text), _at(one, check)
    opened: list[int] = []
    for mark in _MARK.finditer(text, 0, at):
        if mark[0] == "{":
            opened.append(mark.start())
        elif opened:
            opened.pop()
    return [_Block(one.text[max(0, start - 200) : start], _close(text, start)) for start in opened[1:]]


def _close(text: str, start: int) -> int:
    depth = 0
    for mark in _MARK.finditer(text, start):
        depth += 1 if mark[0] == "{" else -1
        if depth == 0:
            return mark.end()
    return len(text)
