"""Whether a check that took the place of another keeps out all that the other did, and more."""

_ONLY_IF = "only if "


def refuses_more(was: str, now: str) -> bool:
    """Whether one of several conditions that all had to hold before a caller was refused is gone, or one that let some in."""
    allows = was.startswith(_ONLY_IF)
    word, other = (" or ", " and ") if allows else (" and ", " or ")
    before, after = (set(text.removeprefix(_ONLY_IF).split(word)) for text in (was, now))
    return (
        allows == now.startswith(_ONLY_IF) and after < before and other not in was and "(" not in was.replace("()", "")
    )
