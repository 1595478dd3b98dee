"""Asking indexes about many names: a few at a time, each once a day, within a time that all of them share."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from time import monotonic

from gate.cache import key, load
from gate.fact import Lookup, Store
from gate.lookup import Index, Known, UnansweredError, ask, configured

SECONDS = 45.0
"""How long all questions may take."""
AT_ONCE = 4
_CONTROL = {"PyPI": "pip", "npm": "npm"}
"""A name that every whole index has: where it is missing too, the index tells nothing."""

Name = tuple[str, str]
"""An ecosystem and a name in it."""


@dataclass
class Answers:
    """What the indexes said, by name."""

    known: dict[Name, tuple[Index, Known]] = field(default_factory=dict)
    missing: set[Name] = field(default_factory=set)
    silent: dict[Name, str] = field(default_factory=dict)


def answers(names: Sequence[Name], settings: Lookup, store: Store) -> Answers:
    said, end = Answers(), monotonic() + SECONDS
    indexes = {one: configured(one, settings.indexes.get(one, "")) for one in {name[0] for name in names}}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = {name: pool.submit(_asked, name, indexes[name[0]], settings, store, end) for name in names}
    for name, future in asked.items():
        try:
            found = future.result()
        except UnansweredError as error:
            said.silent[name] = str(error)
        else:
            said.missing.add(name) if found is None else said.known.update({name: found})
    for ecosystem in {name[0] for name in said.missing}:
        if not any(name[0] == ecosystem for name in said.known) and not _is_whole(indexes[ecosystem]):
            gone = {name for name in said.missing if name[0] == ecosystem}
            said.missing -= gone
            said.silent |= dict.fromkeys(
                gone, f"`{indexes[ecosystem][0].host}` has none of the names, known ones neither"
            )
    return said


def _asked(
    name: Name, indexes: Sequence[Index], settings: Lookup, store: Store, end: float
) -> tuple[Index, Known] | None:
    """The first index that has a name, with what it knows; None where all say that they have not."""
    if not indexes:
        raise UnansweredError(
            f"neither the policy nor {_CONTROL[name[0]]}, which is not installed, says which index to ask"
        )
    problem: UnansweredError | None = None
    for index in indexes:
        if monotonic() > end:
            raise UnansweredError(f"the indexes took more than {SECONDS:g} seconds")
        try:
            known = _remembered(index, name[1], settings.today, store)
        except UnansweredError as error:
            problem = error
            continue
        if known:
            return index, known
    if problem:
        raise problem
    return None


def _remembered(index: Index, name: str, today: date, store: Store) -> Known | None:
    """What an index knows of a name, asked once a day; that it does not know one is asked again."""
    at = key("index", index.url, name, today.isoformat())
    if (stored := store.get(at)) is not None:
        return load(Known, stored)
    known = ask(index, name)
    if known:
        store.put(at, known)
    return known


def _is_whole(indexes: Sequence[Index]) -> bool:
    try:
        return any(ask(index, _CONTROL[index.ecosystem]) for index in indexes)
    except UnansweredError:
        return False
