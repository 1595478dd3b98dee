"""Whether a check that took the place of another asks less than it did."""

import re

from gate.facts.guardwords import Guard, only_login

_ONLY_IF = "only if "
_OPPOSITE = {" < ": " > ", " <= ": " >= ", " != ": " == ", " not in ": " in ", " is not ": " is "}
_PRIVILEGED = re.compile(
    r"(?i)is_(?:admin|staff|superuser|owner)|has_\w*(?:perm|role|scope)|\.(?:admin|superuser|staff)\b"
    r"|groups\.filter\(|groups__name|[\"'](?:\w*admin\w*|owner|staff|superuser|manager|finance|root|moderator|editor)[\"']"
)
_SIGNED_IN = re.compile(
    r"(?i)(?:not )?(?:bool\()?(?:(?:[\w.]+\.)?(?:is_authenticated|is_anonymous|(?:current_)?user|session|logged_in|user_id)"
    r"|[\w.]*session(?:\.get\(|\[)[\"']\w+[\"'][)\]])\)?(?: is (?:not )?None)?"
)
_ALL_OF = re.compile(
    r"(?i)(?:^|\.)(?:requires|permissions?_required|scopes?_required|requires?_(?:scopes?|permissions?|all_\w+)|Security|has_permissions?)$"
)
_EVERYBODY = re.compile(r"(?i)\*|any(?:one|body)|every(?:one|body)|public|anonymous")
_ROLE_WORD = re.compile(r"(?i)\b(?:roles?|permissions?|perms?|scopes?|groups?)=")
_TEXT = re.compile(r"""["']([^"']+)["']""")


def inverted(was: str, now: str) -> bool:
    """Whether those who were let in are now refused, and the others let in."""
    (one, yes), (other, no) = _polarity(was), _polarity(now)
    return one == other and yes is not no


def _polarity(text: str) -> tuple[str, bool]:
    """A condition without its negation, and whether callers are refused where it holds."""
    refused = not text.startswith(_ONLY_IF)
    text = text.removeprefix(_ONLY_IF)
    if " and " in text or " or " in text:
        return text, refused
    if text.startswith("not "):
        return text.removeprefix("not ").strip("()"), not refused
    for word, opposite in _OPPOSITE.items():
        if word in text:
            return text.replace(word, opposite, 1), not refused
    return text, refused


def asks_less(was: str, now: str, *, allows: bool = False) -> bool:
    """Whether a role was asked for, and now only that somebody has signed in. `allows`: it says who may, not who may not."""
    either = " or " if allows or now.startswith(_ONLY_IF) else " and "
    parts = now.removeprefix(_ONLY_IF).split(either)
    return bool(_PRIVILEGED.search(was)) and not _PRIVILEGED.search(now) and any(map(_SIGNED_IN.fullmatch, parts))


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


def asks_fewer(was: Guard, now: Guard) -> bool:
    """Whether a guard that asks for all it names now names fewer."""
    before, after = set(_TEXT.findall(was.text)), set(_TEXT.findall(now.text))
    called = was.text.partition("(")[0]
    if (
        before and not after and was.name == now.name
    ):  # `@login_required(role="finance")`, and `@login_required` after it
        return bool(_ROLE_WORD.search(was.text))
    return bool(_ALL_OF.search(was.name) or _ALL_OF.search(called)) and bool(after) and after < before
