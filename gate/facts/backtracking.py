"""Regular expressions that take for ever on some texts: a repetition that can split one text in many ways."""

import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

_LONGEST = 1_000
_MANY = 12
"""A repetition that may be taken so often counts as one without an end."""
_UNIVERSE = [*map(chr, range(128)), "é"]
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT"})
_PARTED = frozenset({"AT", "ASSERT", "ASSERT_NOT", "GROUPREF", "GROUPREF_EXISTS", "ATOMIC_GROUP", "POSSESSIVE_REPEAT"})
"""What stands between two rounds and may forbid that they share a text; nothing is claimed of it."""

_KINDS: Mapping[str, Callable[[str], bool]] = {
    "DIGIT": str.isdigit, "SPACE": str.isspace, "WORD": lambda text: text.isalnum() or text == "_",
}  # fmt: skip

Item = tuple[Any, Any]
Items = Sequence[Item]


@lru_cache(maxsize=1024)
def explodes(pattern: str, verb: str) -> bool:
    """Whether some text makes a match with this pattern take exponentially long.

    `verb` is the function that matches; `fullmatch` fails where text is left over, so a last repetition is tried in
    all ways. The structure is what Python's own parser makes of the pattern.
    """
    if len(pattern) > _LONGEST:
        return False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed = list(import_module("re._parser").parse(pattern))
        return _search(parsed, fails=verb == "fullmatch")
    except (re.error, RecursionError, OverflowError):
        return False


def _search(items: Items, *, fails: bool) -> bool:
    """Look for such a repetition behind which a match can still fail."""
    for index, item in enumerate(items):
        later = fails or any(not _is_optional(other) for other in items[index + 1 :])
        if _is_endless(item) and later and _is_ambiguous(_body(item)):
            return True
        if any(_search(part, fails=later) for part in _parts(item)):
            return True
    return False


def _is_ambiguous(body: Items) -> bool:
    """Whether two rounds of a repetition may divide a text between them as they like."""
    return any(all(_within(item, held) for item in others) for held, others in _inner(body))


def _inner(items: Items) -> Iterator[tuple[frozenset[str], list[Item]]]:
    """The endless repetitions in one round: the characters each takes, and what else the round must match."""
    for index, item in enumerate(items):
        around = [*items[:index], *items[index + 1 :]]
        if _is_endless(item) and len(_body(item)) == 1 and (held := _characters(_body(item)[0])):
            yield held, around
        elif _name(item) not in _PARTED:
            for part in _parts(item):
                yield from ((held, [*others, *around]) for held, others in _inner(part))


def _within(item: Item, held: frozenset[str]) -> bool:
    """Whether what a round must match besides can be matched by the same characters, or by nothing."""
    if _name(item) in _PARTED:
        return False
    if _is_optional(item):
        return True
    if characters := _characters(item):
        return bool(characters & held)
    return any(all(_within(one, held) for one in part) for part in _parts(item))


def _name(item: Item) -> str:
    return str(item[0])


def _body(item: Item) -> Items:
    return list(item[1][2])


def _is_endless(item: Item) -> bool:
    return _name(item) in _REPEATS and item[1][1] >= _MANY


def _is_optional(item: Item) -> bool:
    """Whether it can match nothing; places in a text, such as its end, can fail."""
    if _name(item) in _REPEATS and item[1][0] == 0:
        return True
    if _name(item) in _PARTED or _characters(item):
        return False
    return any(all(map(_is_optional, part)) for part in _parts(item))


def _parts(item: Item) -> list[list[Item]]:
    """What an item is made of: the ways of an alternative, or the one inside of a group or a repetition."""
    name, held = _name(item), item[1]
    if name in _REPEATS:
        return [list(held[2])]
    if name == "SUBPATTERN":
        return [list(held[3])]
    if name == "BRANCH":
        return [list(part) for part in held[1]]
    return [list(held[1])] if name in {"ASSERT", "ASSERT_NOT"} else []


def _characters(item: Item) -> frozenset[str]:
    """The characters an item that matches one character takes; none for any other item."""
    name, held = _name(item), item[1]
    if name == "SUBPATTERN" and len(held[3]) == 1:
        return _characters(next(iter(held[3])))
    if name == "ANY":
        return frozenset(_UNIVERSE) - {"\n"}
    if name == "LITERAL":
        return frozenset({chr(held) if held < len(_UNIVERSE) - 1 else _UNIVERSE[-1]})
    if name == "NOT_LITERAL":
        return frozenset(_UNIVERSE) - {chr(held)}
    if name != "IN":
        return frozenset()
    found = frozenset(one for part in held for one in _UNIVERSE if _takes(part, one))
    return frozenset(_UNIVERSE) - found if _name(held[0]) == "NEGATE" else found


def _takes(part: Item, one: str) -> bool:
    name, held = _name(part), part[1]
    if name == "LITERAL":
        return bool(ord(one) == held)
    if name == "RANGE":
        return bool(held[0] <= ord(one) <= held[1])
    kind = str(held).removeprefix("CATEGORY_")
    test = _KINDS.get(kind.removeprefix("NOT_"))
    return test is not None and test(one) is not kind.startswith("NOT_")
