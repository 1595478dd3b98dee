"""Checks of JavaScript that still stand and turn fewer callers away: a reason is gone, or a yes is said to more."""

from collections.abc import Iterator

from gate import lazy
from gate.fact import Repo
from gate.facts.comment import js_code
from gate.facts.jscheck import WHO, JsCheck, is_read, plain, told
from gate.facts.jsdetour import DECIDES, RETURN, Change, opens, pairs, place_of
from gate.facts.linenumber import line_at
from gate.source import Place, Source

_MARK = lazy.regex(r"[()\[\]{}]|\|\||&&")
_THERE = lazy.regex(r"!{0,2}[\w.?]+")
_REFUSES = lazy.regex(r"\bif\s*\(([^{};]{1,160})\)\s*\{?\s*return\s+(false|true)\b")
_IDLE = lazy.regex(
    r"(?m)(?:\b(?:const|let|var)\s+|\bexports\.)([\w$]+)\s*(?::[^=;\n]{1,60})?=\s*(?:async\s*)?\([^()]{0,80}\bnext\b[^()]{0,20}\)\s*=>\s*(?:\{\s*)?(?:return\s+)?next\(\)\s*;?\s*(?:\}|$)"
)
_PROVED, _CLAIMED = lazy.regex(r"\.auth\.getUser\("), lazy.regex(r"\.auth\.getSession\(")


def fewer(before: Source, after: Source, base: Repo) -> Iterator[Change]:
    """Functions in which a reason to refuse is gone, while another of the same condition is still there."""
    for old, new in pairs(before, after, base):
        fresh = [check for check in new.checks if check not in old.checks]
        for check in (one for one in old.checks if one not in new.checks):
            lost = [(now, gone) for now in fresh if (gone := _gone(check, now, new.text))]
            if lost:
                yield Change(place_of(new, lost[0][0]), new.name, check, lost[0][1])
                break


def _gone(was: str, now: str, text: str) -> str:
    """The reason to refuse that one condition had and nothing in the function has any more."""
    reasons = _split(was, "||")
    left = [frozenset(_split(one, "&&")) for one in _split(now, "||")]
    lost = [one for one in reasons if not any(frozenset(_split(one, "&&")) <= each for each in left)]
    if not lost or len(lost) == len(reasons):
        return ""
    said = plain(text)
    return next((one for one in lost if WHO.search(one) and one not in said and f"{one.lstrip('!')}?." not in now), "")


def wider(before: Source, after: Source) -> Iterator[Change]:
    """Functions that say who may, and now say yes to whoever is there, or where they said no."""
    if not is_read(after) or before.text == after.text or not DECIDES.search(before.text):
        return
    olds = [one for one in JsCheck.find(before) if DECIDES.fullmatch(one.name)]  # it need not turn anybody away itself
    news = [one for one in JsCheck.find(after) if DECIDES.fullmatch(one.name)] if olds else []
    if [one.name for one in olds] != [one.name for one in news]:
        return
    for old, new in zip(olds, news, strict=True):
        if old.text != new.text and (said := _more(js_code(old.text), js_code(new.text))):
            yield Change(new.place, new.name, *said)


def _more(old: str, new: str) -> tuple[str, str] | None:
    """What was answered, and what is now."""
    was = set(RETURN.findall(old))
    for now in RETURN.findall(new):
        for one in was:
            rest = now.removeprefix(f"{one} || ")
            if rest != now and (_THERE.fullmatch(rest) or opens(rest)):
                return one, now
    no = {condition for condition, said in _REFUSES.findall(old) if said == "false"}
    yes = (condition for condition, said in _REFUSES.findall(new) if said == "true" and condition in no)
    return next(((f"if ({one}) return false", f"if ({one}) return true") for one in yes), None)


def idle(before: Source, after: Source, base: Repo) -> Iterator[Change]:
    """Functions that turned callers away, and of which no more is left than `next()`."""
    if before.text == after.text or not told(before) or not is_read(after):
        return
    text = js_code(after.text)
    names = {found[1]: found.start() for found in _IDLE.finditer(text)} if "next()" in text else {}
    had = {found[1] for found in _IDLE.finditer(js_code(before.text))} if names else set()
    for old in base.of(JsCheck, before.path) if names else ():
        if old.checks and old.name in names.keys() - had:  # else it is given another function further down
            place = Place.at(after.path, line_at(text, names[old.name]))
            yield Change(place, old.name, old.checks[0], "next()")


def unproved(before: Source, after: Source) -> Iterator[int]:
    """The lines where Supabase's server code believes the cookie, and had it verified before; a browser may well do so."""
    if not (is_read(before) and is_read(after)) or "use client" in after.text[:200]:
        return
    old, new = js_code(before.text), js_code(after.text)
    fewer_, more = (len(one.findall(old)) - len(one.findall(new)) for one in (_PROVED, _CLAIMED))
    if fewer_ > 0 > more:
        yield line_at(new, next(_CLAIMED.finditer(new)).start())


def _split(text: str, word: str) -> list[str]:
    """The parts of a condition between some operator that stands in no brackets."""
    text, depth, begin, found = _bare(text), 0, 0, []
    for mark in _MARK.finditer(text):
        depth += (mark[0] in "([{") - (mark[0] in ")]}")
        if depth == 0 and mark[0] == word:
            found.append(text[begin : mark.start()].strip())
            begin = mark.end()
    return [*found, text[begin:].strip()]


def _bare(text: str) -> str:
    """Without the parentheses around all of it."""
    text, depth = text.strip(), 0
    for mark in _MARK.finditer(text):
        depth += (mark[0] in "([{") - (mark[0] in ")]}")
        if depth == 0:
            return text[1:-1] if text.startswith("(") and mark.end() == len(text) else text
    return text
