"""Orders that only state something: that a guard is optional, that something need not be checked, that there is no point in it."""

from collections.abc import Sequence

from gate.facts.commandgrammar import BREAKS, Word, bare, guard, is_other, single, thing_of
from gate.facts.directivewords import (
    ADVERBS,
    BEFORE,
    CARRIES,
    CLEANS,
    DENIES,
    EMPTY,
    GUARDS,
    MODALS,
    NEEDLESS,
    OFF,
    STOPS,
)


def of_state(words: Sequence[Word], at: int) -> str:
    """What need not be: "reviews are optional", "signatures need not be verified", "warnings can be ignored"."""
    if words[at].text not in {"is", "are", "be"}:
        return ""
    start = next((one for one in range(at - 1, -1, -1) if words[one].text in BREAKS), -1) + 1
    helpers = [one for one in range(start, at) if words[one].text in MODALS | DENIES]
    end = helpers[0] if helpers else at
    thing = tuple(word.text for word in words[start:end] if word.text not in EMPTY)
    kind = (guard(thing) if not STOPS.intersection(thing) else "") or _of_passive(words, start, at)
    behind = [word.text for word in words[at + 1 : at + 5] if word.text not in ADVERBS | EMPTY]
    if words[start].text == "no" and start < at:
        return _of_none(words, start, at)
    if not kind and thing and thing[0].endswith("ing") and bare(thing[0]) in GUARDS - {"filter"}:
        kind = "check"
    if not kind or not behind or is_other(words, start, at + 6):
        return ""
    denied = (sum(words[one].text in DENIES for one in helpers) + (behind[0] == "not")) % 2 == 1
    state = next((one for one in behind if one != "not"), "")
    if words[at].text == "be":
        return kind if helpers and (bare(state) in OFF) != denied and (denied is False or bare(state) in GUARDS) else ""
    return (
        kind if (state in NEEDLESS) != denied and (not denied or state in {"needed", "required", "necessary"}) else ""
    )


def _of_passive(words: Sequence[Word], start: int, at: int) -> str:
    """What is to be done to none of them: "it does not need to be sanitized", "must not be limited to one tenant"."""
    denied = sum(word.text in DENIES for word in words[start:at]) % 2 == 1
    deed = bare(words[at + 1].text) if words[at].text == "be" and at + 1 < len(words) else ""
    if not denied or (deed in GUARDS and words[at + 1].text == deed):
        return ""
    if deed in {"limit", "restrict", "scope", "filter"}:
        return "filter" if BEFORE["filter"] & {single(word.text) for word in words[at + 2 : at + 7]} else ""
    return "guard" if deed in CLEANS - {"check", "inspect", "scan"} else ""


def _of_none(words: Sequence[Word], start: int, at: int) -> str:
    """What is said to be needed by nobody: "no confirmation is needed", and nothing behind that says for what."""
    ends = at + 2 >= len(words) or words[at + 2].text in BREAKS
    if words[at + 1 : at + 2] and words[at + 1].text in {"needed", "required", "necessary"} and ends:
        thing, rest = thing_of(words[:at], start + 1)
        deed = bare(thing[0]) if thing else ""
        return "" if is_other(words, start, rest) else guard(thing) or ("guard" if deed in CLEANS else "")
    return ""


def of_point(words: Sequence[Word], at: int) -> str:
    """What there is "no point in": reviewing, testing."""
    if [word.text for word in words[max(0, at - 2) : at]] not in (["no", "point"], ["no", "sense"], ["no", "use"]):
        return ""
    thing, rest = thing_of(words, at + 1)
    deed = bare(thing[0]) if thing else ""
    if words[at].text != "in" or deed not in GUARDS | CARRIES or is_other(words, at, rest):
        return ""
    return guard(thing[1:]) or ("check" if deed in {"review", "test", "ask", "wait", "lint", "scan"} else "")
