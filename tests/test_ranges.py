"""Which versions a record says are affected, held against a second evaluation that shares no code with the first.

The second is the algorithm of the schema (https://ossf.github.io/osv-schema/#evaluation), written down as it stands
there, over comparisons of its own: `packaging` for PyPI, the list of semver.org (item 11) for npm.
"""

import sqlite3
from functools import cmp_to_key
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version

from gate.advisories.audit import audited
from gate.advisories.index import Index, build
from gate.advisories.record import record

PYPI = ("0.0.1 1 1.0 1.0.0 1.0a1 1.0.dev1 1.0rc1 1.0.post1 1!0.5 1!1.0 2.0 2.0b2 10.0 1.10 1.9 2021.1 1.0.post1.dev2 1.0+cu118 "
        "2.0+x.1 1.0a1+y").split()  # fmt: skip
NPM = ("0.0.0 0.0.1 1.0.0 1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.1 2.0.0 2.0.0-0 "
       "10.0.0 1.10.0 1.9.0 1.0.0+build").split()  # fmt: skip


def of_pypi(one: str, other: str) -> int:
    first, second = Version(Version(one).public), Version(other)
    return (first > second) - (first < second)


def of_npm(one: str, other: str) -> int:
    (core, _, before), (core2, _, before2) = (text.partition("+")[0].partition("-") for text in (one, other))
    numbers, numbers2 = [int(part) for part in core.split(".")], [int(part) for part in core2.split(".")]
    if numbers != numbers2:
        return 1 if numbers > numbers2 else -1
    if before == before2 or not (before and before2):
        return 0 if before == before2 else -1 if before else 1
    for part, part2 in zip(before.split("."), before2.split("."), strict=False):
        if part != part2:
            if part.isdigit() and part2.isdigit():
                return 1 if int(part) > int(part2) else -1
            return -1 if part.isdigit() or (not part2.isdigit() and part < part2) else 1
    return 1 if before.count(".") > before2.count(".") else -1


COMPARE = {"PyPI": of_pypi, "npm": of_npm}


def affected(ecosystem: str, said: dict[str, Any], version: str) -> bool:
    def at(text: str) -> int:
        return 1 if text == "0" else COMPARE[ecosystem](version, text)

    def order(one: tuple[str, str], other: tuple[str, str]) -> int:
        if "0" in {one[1], other[1]}:
            return (one[1] != "0") - (other[1] != "0")
        return COMPARE[ecosystem](one[1], other[1])

    for one in said["ranges"]:
        events = [pair for event in one["events"] for pair in event.items()]
        limits = [text for kind, text in events if kind == "limit"]
        inside = False
        for kind, text in sorted((pair for pair in events if pair[0] != "limit"), key=cmp_to_key(order)):
            if kind == "introduced" and at(text) >= 0:
                inside = True
            elif (kind == "fixed" and at(text) >= 0) or (kind == "last_affected" and at(text) > 0):
                inside = False
        if inside and one["type"] != "GIT" and (not limits or any(text == "*" or at(text) < 0 for text in limits)):
            return True
    return any(COMPARE[ecosystem](version, text) == 0 for text in said["versions"])


def known(records: list[dict[str, Any]], *pins: tuple[str, str, str]) -> dict[tuple[str, str, str], bool]:
    db = sqlite3.connect(":memory:")
    build(db, [one for one in map(record, records) if one], "2099-01-01")
    index = Index(db)
    found, _ = audited(index, pins)
    index.close()
    return {pin: bool(advisories) for pin, advisories in found.items()}


@st.composite
def stated(draw, ecosystem: str) -> dict[str, Any]:
    """Ranges with bounds in a sound order, each at a version of its own, in any order of writing."""
    pool = [text for text in (PYPI if ecosystem == "PyPI" else NPM) if "+" not in text]
    ranges = []
    for _ in range(draw(st.integers(0, 3))):
        key = cmp_to_key(COMPARE[ecosystem])
        drawn = sorted(draw(st.lists(st.sampled_from(pool), max_size=4)), key=key)
        bounds = [text for at, text in enumerate(drawn) if not at or key(drawn[at - 1]) < key(text)]
        events = [
            {"introduced" if number % 2 == 0 else draw(st.sampled_from(["fixed", "last_affected"])): text}
            for number, text in enumerate([*(["0"] if draw(st.booleans()) else []), *bounds])
        ]
        if draw(st.integers(0, 4)) == 0:
            events.append({"limit": draw(st.sampled_from(["*", *pool]))})
        kinds = ["SEMVER", "GIT"] if ecosystem == "npm" else ["ECOSYSTEM", "GIT"]
        ranges.append({"type": draw(st.sampled_from([kinds[0], *kinds])), "events": draw(st.permutations(events))})
    return {"ranges": ranges, "versions": draw(st.lists(st.sampled_from(pool), max_size=2))}


@pytest.mark.parametrize("ecosystem", ["PyPI", "npm"])
@settings(max_examples=150)
@given(data=st.data())
def test_both_evaluations_say_the_same(ecosystem, data):
    said = data.draw(stated(ecosystem))
    suffix, written = data.draw(st.sampled_from(["", ":x"])), {"PyPI": "A.b_C", "npm": "A.b_C"}[ecosystem]
    one = {"id": "GHSA-x", "affected": [{"package": {"ecosystem": ecosystem + suffix, "name": written}, **said}]}
    name, versions = ("a-b-c", PYPI) if ecosystem == "PyPI" else (written, NPM)
    pins = [(ecosystem, name, text) for text in versions]
    assert known([one], *pins) == {pin: affected(ecosystem, said, pin[2]) for pin in pins}


def test_commits_alone_leave_it_open():
    package = {
        "package": {"ecosystem": "PyPI", "name": "a"},
        "ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}],
    }
    db = sqlite3.connect(":memory:")
    build(db, [one for one in [record({"id": "GHSA-x", "affected": [package]})] if one], "2099-01-01")
    index = Index(db)
    assert audited(index, [("PyPI", "a", "1.0")])[1] == {
        ("PyPI", "a", "1.0"): "GHSA-x speaks of versions that cannot be compared"
    }
    index.close()
