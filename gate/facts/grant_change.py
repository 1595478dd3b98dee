"""Statements of policies that grant more than they did: a condition is gone or lets more in, a denial is gone."""

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice

from gate.facts.grant import UNREAD, Condition, Statement

_MATCHING = ("like", "arn", "ipaddress")
"""Operators that take a pattern or a network, and not one value."""
_IF_SENT = "ifexists"
_GITHUB = "token.actions.githubusercontent.com:sub"
_MANY = 500
"""Statements of one change; beyond that nobody reads what is said of them."""


@dataclass(frozen=True)
class Placed:
    """A statement, and the file it lies in."""

    path: str
    one: Statement


@dataclass(frozen=True)
class Widened:
    """What grants more, where, `how`, and the condition or the actions that show it."""

    path: str
    line: int
    how: str
    value: str


def widened(olds: Sequence[Placed], news: Sequence[Placed]) -> Iterator[Widened]:
    """What the statements of one side grant that those of the other did not."""
    if max(len(olds), len(news)) > _MANY:
        return
    gone, fresh = _without(olds, news), _without(news, olds)
    by_actions = _by_actions(gone)
    for new in fresh:
        if not (new.one.denies or UNREAD in new.one.conditions):
            yield from islice(_looser(_before(by_actions, new), new), 1)
    yield from _allowed(gone, fresh, news)


def _without(some: Sequence[Placed], others: Iterable[Placed]) -> list[Placed]:
    """Those of which the other side holds none that says the same; where it lies does not matter."""
    same = {_said(each.one) for each in others}
    return [each for each in some if _said(each.one) not in same]


def _said(one: Statement) -> tuple[object, ...]:
    return one.denies, one.inverted, _actions(one), frozenset(one.resources), _asked(one)


def _asked(one: Statement) -> frozenset[tuple[str, str, frozenset[str]]]:
    return frozenset((each.operator.lower(), each.key.lower(), frozenset(each.values)) for each in one.conditions)


def _actions(one: Statement) -> frozenset[str]:
    return frozenset(action.lower() for action in one.actions)


def _by_actions(some: Iterable[Placed]) -> Mapping[frozenset[str], list[Placed]]:
    held = defaultdict(list)
    for each in some:
        if not each.one.denies:
            held[_actions(each.one)].append(each)
    return held


def _before(held: Mapping[frozenset[str], list[Placed]], new: Placed) -> list[Statement]:
    """What a statement was before: that of its name, or those which allowed the same on the same."""
    same = held.get(_actions(new.one), [])
    named = [each.one for each in same if each.one.sid and each.one.sid == new.one.sid]
    alike = [each.one for each in same if set(each.one.resources) == set(new.one.resources)]
    here = [each.one for each in same if each.path == new.path]
    return named or alike or (here if len(here) == 1 else [])


def _looser(before: Sequence[Statement], new: Placed) -> Iterator[Widened]:
    """The conditions that all a statement may have been asked for, and that are gone or let more in."""
    now = {each.key.lower(): each for each in new.one.conditions}
    for was in before[0].conditions if before and not any(UNREAD in one.conditions for one in before) else ():
        if any(was.key.lower() not in {each.key.lower() for each in one.conditions} for one in before):
            continue
        kept = now.get(was.key.lower())
        if kept is None:
            how = "repository" if was.key.lower() == _GITHUB and not _negates(was) else "condition"
            yield Widened(new.path, new.one.line, how, was.key)
        elif wider := _wider(was, kept):
            yield Widened(new.path, new.one.line, wider[0], wider[1])


def _negates(one: Condition) -> bool:
    return "not" in one.operator.lower()


def _wider(was: Condition, now: Condition) -> tuple[str, str] | None:
    """How a condition on the same key lets more in, and what shows it; None where it does not."""
    operator, before = now.operator.lower(), was.operator.lower()
    if operator.endswith(_IF_SENT) and not before.endswith(_IF_SENT):
        return "sent", now.key
    if _negates(was) or _negates(now) or not any(word in operator for word in _MATCHING):
        return None
    wide = (value for value in now.values for other in was.values if value not in was.values and _covers(value, other))
    return next((("value", value) for value in wide), None)


def _covers(wide: str, narrow: str) -> bool:
    """`0.0.0.0/0` lets in what `203.0.113.0/24` did, and more; so does `repo:acme/*` for a branch of one of them."""
    try:
        networks = ipaddress.ip_network(wide, strict=False), ipaddress.ip_network(narrow, strict=False)
    except ValueError:
        return wide != narrow and fnmatchcase(narrow, wide.replace("[", "[[]"))
    return networks[0].version == networks[1].version and networks[0].supernet_of(networks[1])  # type: ignore[arg-type]


def _allowed(gone: Iterable[Placed], fresh: Sequence[Placed], news: Sequence[Placed]) -> Iterator[Widened]:
    """What was denied, and is no more, while the policy is still there."""
    lines = {each.path: each.one.line for each in reversed(news)}
    for old in gone:
        if not old.one.denies or old.path not in lines or old.one.inverted:
            continue
        still = [each.one for each in fresh if each.one.denies]
        if any(one.inverted or (one.sid and one.sid == old.one.sid) for one in still):
            continue
        left = [action for action in old.one.actions if not _denied(action, still)]
        if left:
            yield Widened(old.path, lines[old.path], "denial", left[0])


def _denied(action: str, still: Iterable[Statement]) -> bool:
    return any(fnmatchcase(action.lower(), other) for one in still for other in _actions(one))
