"""Whether a check that took the place of another asks less than it did."""

import re
from collections.abc import Sequence

from gate import lazy
from gate.facts import guardwords
from gate.facts.guardcall import AWAITED, UNAWAITED, is_caller
from gate.facts.guarded import Guarded
from gate.facts.guardstricter import refuses_more
from gate.facts.guardtree import is_role
from gate.facts.guardwords import Guard, only_login

_ONLY_IF = "only if "
_OPPOSITE = {" < ": " > ", " <= ": " >= ", " != ": " == ", " not in ": " in ", " is not ": " is "}
_PRIVILEGED = lazy.regex(
    r"(?i)is_(?:admin|staff|superuser|owner)|has_\w*(?:perm|role|scope)|\.(?:admin|superuser|staff)\b"
    r"|groups\.filter\(|groups__name|[\"'](?:\w*admin\w*|owner|staff|superuser|manager|finance|root|moderator|editor)[\"']"
)
_SIGNED_IN = lazy.regex(
    r"(?i)(?:not )?(?:bool\()?(?:(?:[\w.]+\.)?(?:is_authenticated|is_anonymous|(?:current_)?user|session|logged_in|user_id)"
    r"|[\w.]*session(?:\.get\(|\[)[\"']\w+[\"'][)\]])\)?(?: is (?:not )?None)?"
)
_ALL_OF = lazy.regex(
    r"(?i)(?:^|\.)(?:requires|permissions?_required|scopes?_required|requires?_(?:scopes?|permissions?|all_\w+)|Security|has_permissions?)$"
)
_OWNED = lazy.regex(r"^[^=]*\.\w+ == [^=]*user\b|user\b[^=]* == [^=]*\.\w+$")
_SENT = lazy.regex(
    r"(?i)not (?:header|auth(?:orization|_header)?|token|credentials?|signature|api_?key|cookie|bearer)|(?:header|token|credentials?|signature|api_?key) is None"
)
_RANKS = ("is_superuser", "is_admin", "is_staff", "is_active", "is_authenticated")
_WRITES = lazy.regex(r"(?<=[.:_\"'])(?:delete|change|add|edit|write|update|create|manage|admin)(?=[_:\"'])")
_READS = lazy.regex(r"(?<=[.:_\"'])(?:view|read|list)(?=[_:\"'])")
_RIGHT = lazy.regex(r"\.(?:is|has|can)_\w+(?:\([^()]*\))?")
_DOTTED = lazy.regex(r"(?<![\w.\"'])[A-Za-z_]\w*(?:\.\w+)+(?!\w*\()")
_NUMBER = lazy.regex(r"(?<![\w.])\d+(?![\w.])")
_DIFFER = lazy.regex(r" (?:!=|not in) ")
_THERE = lazy.regex(r"not ([^ ]+)|(.+) is None")
INSIDE = frozenset({"call", "test", "predicate"})
_CALLED = lazy.regex(r"([\w.]+)\(")
_MUCH = 10
_SPANS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_EVERYBODY = lazy.regex(r"(?i)\*|any(?:one|body)|every(?:one|body)|public|anonymous")
_ROLE_WORD = lazy.regex(r"(?i)\b(?:roles?|permissions?|perms?|scopes?|groups?)=")
_TEXT = lazy.regex(r"""["']([^"']+)["']""")


def inverted(was: str, now: str) -> bool:
    """Whether those who were let in are now refused, and the others let in."""
    (one, yes), (other, no) = _polarity(was), _polarity(now)
    return (one == other and yes is not no) or _turned(was, now)


def _turned(was: str, now: str) -> bool:
    """Whether one of several conditions asks the opposite, and the others are as they were."""
    for word in (" and ", " or "):
        before, after = (set(text.removeprefix(_ONLY_IF).split(word)) for text in (was, now))
        gone, fresh = before - after, after - before
        if len(before) > 1 and len(gone) == len(fresh) == 1 and was.startswith(_ONLY_IF) == now.startswith(_ONLY_IF):
            one, other = gone.pop(), fresh.pop()
            return not any(f" {mark} " in one + other for mark in ("and", "or")) and inverted(one, other)
    return False


def _polarity(text: str) -> tuple[str, bool]:
    """A condition without its negation, and whether callers are refused where it holds."""
    refused = not text.startswith(_ONLY_IF)
    text = text.removeprefix(_ONLY_IF)
    if " and " in text or " or " in text:
        return text, refused
    if text.startswith("not "):
        text = text.removeprefix("not ")
        return text[1:-1] if text.startswith("(") else text, not refused
    for word, opposite in _OPPOSITE.items():
        if word in text:
            return text.replace(word, opposite, 1), not refused
    return text, refused


def signed_in(text: str) -> bool:
    """Whether all a condition asks is that somebody has signed in."""
    return all(map(_SIGNED_IN.fullmatch, re.split(" and | or ", text)))


def asks_presence(text: str) -> bool:
    """`not header`: whether nothing but that something was sent is asked."""
    return bool(_SENT.fullmatch(text))


def asks_less(was: str, now: str, *, allows: bool = False) -> bool:
    """Whether a role was asked for, and now only that somebody has signed in. `allows`: it says who may, not who may not."""
    either = " or " if allows or now.startswith(_ONLY_IF) else " and "
    if _asks_presence(was, now, allows=allows) or _of_lower_rank(was, now) or _counts_less(was, now, allows=allows):
        return True
    if _asks_to_read(was, now) or _asks_who(was, now) or _asks_for_fewer(was, now):
        return True
    parts = now.removeprefix(_ONLY_IF).split(either)
    if now.startswith("not (") and " or " in now and not allows:  # `if not (has_perm or is_authenticated): refuse`
        return any(_SIGNED_IN.fullmatch(part) and part not in was for part in now[5:-1].split(" or "))
    asked = _PRIVILEGED.search(was) or (allows and _OWNED.search(was) and _SIGNED_IN.fullmatch(now))
    return bool(asked) and not _PRIVILEGED.search(now) and any(map(_SIGNED_IN.fullmatch, parts))


def _asks_presence(was: str, now: str, *, allows: bool) -> bool:
    """Whether something that was sent had to be right, and now has to be there: `key != known` became `key is None`."""
    there = _THERE.fullmatch(now)
    if there and there[2] and was == f"not {there[2]}" and _RIGHT.search(was):
        return True  # a right that is denied is there as well
    sides = _DIFFER.split(was) if _DIFFER.search(was) else [end for end in was.split(" == ") if "." in end]
    return bool(there) and not allows and len(sides) == 2 and " or " not in was and (there[1] or there[2]) in sides  # type: ignore[index]


def _of_lower_rank(was: str, now: str) -> bool:
    """`user.is_superuser`, and `user.is_staff` after it."""
    ranks = [min((index for index, word in enumerate(_RANKS) if word in text), default=-1) for text in (was, now)]
    return 0 <= ranks[0] < ranks[1] and was.replace(_RANKS[ranks[0]], _RANKS[ranks[1]]) == now


def _asks_to_read(was: str, now: str) -> bool:
    """`has_perm("works.delete_work")`, and `has_perm("works.view_work")` after it."""
    before, after = _WRITES.search(was), _READS.search(now)
    return bool(before and after) and _WRITES.sub("#", was) == _READS.sub("#", now)


def _asks_for_fewer(was: str, now: str) -> bool:
    """`has_perms(["a", "b"])`, and `has_perms(["b"])` after it."""
    before, after = set(_TEXT.findall(was)), set(_TEXT.findall(now))
    return "has_perms(" in was and "has_perms(" in now and bool(after) and after < before


def _asks_who(was: str, now: str) -> bool:
    """`not user.is_host`, and `not user` after it."""
    return bool(_RIGHT.fullmatch(was.removeprefix(now))) and was.startswith(now)


def forgets_caller(was: str, now: str) -> bool:
    """Whether what was compared with the caller is looked at still, and with nobody: `row.owner != user`, `row.owner is None`."""
    before, after = ({part.partition(".")[0] for part in _DOTTED.findall(text)} for text in (was, now))
    said = [part for part in _DOTTED.findall(was) if is_caller(part)]
    return bool(said and after) and after < before and not any(map(is_caller, _DOTTED.findall(now)))


def _counts_less(was: str, now: str, *, allows: bool) -> bool:
    """`user.level < 2`, and `user.level < 0` after it."""
    before, after = _NUMBER.findall(was), _NUMBER.findall(now)
    same = len(before) == len(after) == 1 and _NUMBER.sub("#", was) == _NUMBER.sub("#", now)
    up = bool(same) and (" > " in was or " >= " in was)
    if not same or not (up or " < " in was or " <= " in was):
        return False
    return (int(after[0]) > int(before[0])) if up is not allows else int(after[0]) < int(before[0])


def asks_nobody(was: Guard, now: Guard) -> bool:
    """Whether a guard now names everybody among those it lets pass."""
    fresh = set(_TEXT.findall(now.text)) - set(_TEXT.findall(was.text))
    return was.name == now.name and any(map(_EVERYBODY.fullmatch, fresh))


def asks_any(was: Guard, now: Guard) -> bool:
    """Whether all of several roles had to be held, and now one is enough."""
    before, after = set(_TEXT.findall(was.text)), set(_TEXT.findall(now.text))
    swapped = was.name != now.name == was.name.replace("_required", "_accepted")
    return swapped and len(before) > 1 and before <= after


def asks_login(was: Guard, now: Guard) -> bool:
    """Whether, of `[IsOwner]`, `[IsAuthenticated | IsOwner]` was made: whoever has signed in passes."""
    either = now.text.partition(": ")[2].split(" | ")
    return len(either) > 1 and "|" not in was.text and not only_login(was.name) and any(map(only_login, either))


def asks_either(was: Guard, now: Guard, held: Sequence[Guard]) -> bool:
    """Whether, of `[IsDoctor, IsTreating]`, `[IsDoctor | IsTreating]` was made: one of those that all had to pass is enough."""
    word, _, said = now.text.partition(": ")
    either = said.split(" | ")
    return len(either) > 1 and was.name in either and {f"{word}: {one}" for one in either} <= {one.text for one in held}


def asks_fewer(was: Guard, now: Guard) -> bool:
    """Whether a guard that asks for all it names now names fewer."""
    before, after = set(_TEXT.findall(was.text)), set(_TEXT.findall(now.text))
    called = was.text.partition("(")[0]
    if (
        before and not after and was.name == now.name
    ):  # `@login_required(role="finance")`, and `@login_required` after it
        return bool(_ROLE_WORD.search(was.text))
    return bool(_ALL_OF.search(was.name) or _ALL_OF.search(called)) and bool(after) and after < before


def weaker(lost: Guard, gained: Sequence[Guard], unit: Guarded, held: Sequence[Guard] = ()) -> Guard | None:
    """The guard in place of `lost` that keeps out fewer; None where none does, or it is not known to."""
    for one in gained:
        if lost.how == one.how == "test" and refuses_more(lost.text, one.text):
            continue
        if lost.how == one.how and lost.how in INSIDE and _swapped(lost, one):
            return one
        if lost.kind == one.kind == "rate" and _rate(one.text) >= _MUCH * _rate(lost.text) > 0:
            return one
        if one.how == lost.how == "predicate" and (
            unit.opens or asks_less(lost.text, one.text, allows=True) or inverted(lost.text, one.text)
        ):
            return one
        if one.how == lost.how and (asks_nobody(lost, one) or asks_any(lost, one)):
            return one
        if one.how == lost.how == "class" and (asks_login(lost, one) or asks_either(lost, one, held)):
            return one
        if one.how == lost.how == "call" and _is_dropped(lost, one):
            return one
        if one.how == lost.how == "test" and (inverted(lost.text, one.text) or asks_less(lost.text, one.text)):
            return one
        if one.how == lost.how == "test" and len(gained) == 1 and forgets_caller(lost.text, one.text):
            return one
        if one.how == lost.how == "predicate" and _asks_nothing_of(lost, one, unit):
            return one
        if one.name == lost.name and one.how == lost.how and asks_fewer(lost, one):
            return one
        optional = guardwords.is_optional(one.name) and not guardwords.is_optional(lost.name)
        if one.how == lost.how in {"class", "default"} and optional and _place(one) == _place(lost):
            return one
        if (
            one.how == "dependency" == lost.how
            and optional
            and not any(g.sure and g.how in INSIDE for g in unit.guards)
            and not unit.refuses
        ):
            return one
    logins = [one for one in gained if one.kind == "access"]
    asked = is_role(lost) and names_role(lost) and lost.how in {"decorator", "class", "base", "dependency"}
    lesser = bool(logins) and all(guardwords.only_login(one.name) for one in logins)
    return logins[0] if asked and lesser else None


def _asks_nothing_of(lost: Guard, now: Guard, unit: Guarded) -> bool:
    """Whether who is asked about was looked up, and now it is enough to have signed in."""
    called = set(_CALLED.findall(lost.text))
    return bool(called) and not called & unit.uses and signed_in(now.text) and not signed_in(lost.text)


def _place(guard: Guard) -> str:
    return guard.text.partition(":")[0] if guard.how == "class" else guard.how


_ONLY_SOME = lazy.regex(
    r"(?i)(?:requires?|needs?|only|must_be|ensure)_?(?!auth|log|user|token|session|ident|principal|jwt|active|account|api|key|sign|valid|verif|current|bearer|cred|any|https?|csrf|post\b|get\b|method|db|oauth|cookie|basic|mfa|otp|two|fresh|json|form|param|body|csrf)[a-z]\w+"
)
"""`require_finance`, `needs_editor`: whoever is named so is not everybody who has signed in."""


def names_role(guard: Guard) -> bool:
    """Whether a guard speaks of a role, and not only of who has signed in."""
    return bool(_ONLY_SOME.fullmatch(guard.name.rpartition(".")[2])) or any(
        word in f"{guard.name} {guard.text}".lower()
        for word in ("admin", "role", "perm", "staff", "superuser", "scope", "owner")
    )


def _is_dropped(lost: Guard, now: Guard) -> bool:
    """Whether a check was awaited, and is now made and never run."""
    return lost.text.endswith(AWAITED) and now.text == lost.text.removesuffix(AWAITED) + UNAWAITED


def _swapped(lost: Guard, now: Guard) -> bool:
    """Whether all of several conditions had to hold, and now any is enough."""
    refuses = lost.how == "test" and not lost.text.startswith("only if ")
    before, after = (" or ", " and ") if refuses else (" and ", " or ")
    return before in lost.text and lost.text.replace(before, after) == now.text


def _rate(text: str) -> float:
    """How often a second a limit lets pass, as `"5/minute"` says."""
    found = re.search(r"(\d+)\s*(?:/|per)\s*(\d+)?\s*([smhd])", text)
    said = re.search(r"\b(?:per_\w+|limit|times|max\w*|calls|requests|rate)\s*=\s*(\d+)", text)
    return int(found[1]) / (int(found[2] or 1) * _SPANS[found[3]]) if found else float(said[1]) if said else 0.0
