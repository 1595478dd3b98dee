"""Checks that turn fewer callers away, as they hang on one thing more: on how a row is, on a flag, on a branch around them."""

from collections.abc import Sequence

from gate import lazy
from gate.facts.checked import Checked, Way
from gate.facts.guardcall import is_caller

_THOUGHT_OF = lazy.regex(
    r"(?i)\b(?:current_|request_|cur_)?user\b|\brequest\b|\bg\.|\bsession\b|admin|staff|superuser|owner|member|\broles?\b|_role|perm(?:s\b|ission)|scope|moderator|manager"
    r"|allow|author|\bauth|token|secret|signature|password|credential|\bcan_|\bmay_|has_(?:perm|access|role)|tenant|\bteam|\borg(?:ani[sz]ation)?\b|created_by|\bapi_?key"
)
"""What asks for another role, or for another proof: whoever writes that lets in somebody they have thought of."""
_FOR_ALL = lazy.regex(r"(?i)public|publish|shared|visib|private|anonymous|guest|everyone|everybody|listed")
"""What a row says itself of who may see it."""
_OF_KIND = lazy.regex(r"\b(?:isinstance|issubclass|hasattr|callable)\(|\bmethod\b|\bself\.instance\b|\bcreated\b")
_JOINED, _COMPARED = lazy.regex(r" (?:and|or) "), lazy.regex(r" (?:!=|==|not in|in) ")
_THERE = lazy.regex(r"(?:not )?([A-Za-z_]\w*)(?: is (?:not )?None)?")
_PART = lazy.regex(r"(?:not )?([\w.]+)\.(\w+(?: .*)?)")
_ACTIVE = lazy.regex(r"[\w.]*\buser\.is_(?:active|authenticated)")
_IDLE = lazy.regex(
    r"(?i)(?:^|\.)(?:abort|\w*redirect\w*|reverse|url_for|str|int|len|_|gettext\w*|log\w*|warn\w*|info|debug|error|print|\w*exception|\w*denied|\w*forbidden|http\w*(?:error|4\d\d))$"
)
"""What is called all the same, and is nothing that a check could stand before."""


def went_along(old: Checked, way: Way) -> bool:
    """Whether what a check stood before went into the branch with it: `if really: check(row); row.delete()`."""
    guarded = {text for text in old.then if not _IDLE.search(text)}
    return way.past is not None and bool(guarded) and not guarded & way.past


def handed_on(check: Checked, way: Way) -> bool:
    """Whether the function ends by calling something else with whom the check compared the owner: that may well ask."""
    ends = {end.removeprefix("only if ") for part in _JOINED.split(check.guard.text) for end in _COMPARED.split(part)}
    return way.leaves is not None and len(ends) > 1 and not ends.isdisjoint(way.leaves.given)


def is_rarer(check: Checked, way: Way) -> bool:
    """Whether a check asks nobody now where something does not hold that has nothing to do with who calls."""
    if way.leaves is not None:
        return False
    if _ACTIVE.fullmatch(way.text):
        return True  # whoever is not even that is asked nothing
    there = _THERE.fullmatch(way.text)
    if there and there[1] in check.guard.text and "." in check.guard.text and not way.text.startswith("not "):
        return False  # without a row there is nothing to guard
    said = _PART.fullmatch(way.text)
    of_row = said is not None and f"{said[1]}." in check.guard.text and not is_caller(said[1])
    text = said[2] if said is not None and of_row else way.text  # `account.locked` speaks of the row, whatever that is
    return not any(one.search(text) for one in (_THOUGHT_OF, _FOR_ALL, _OF_KIND))


def grown(was: frozenset[str], now: frozenset[str]) -> Sequence[tuple[str, str]]:
    """The reasons to refuse that hang on one thing more, each with that: `a != b` of several, and `locked and a != b` after it."""
    fresh = sorted(one for one in now - was if one.startswith("(") and " or " not in one)
    parts = [frozenset(one[1:-1].split(" and ")) for one in fresh]
    gone = sorted(was - now)
    found = [(one, extra) for one in gone for each in parts if one in each for extra in sorted(each - {one})]
    return found if len(found) == len(gone) else ()
