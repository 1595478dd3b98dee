"""What an index answers, against the algorithm of the OSV schema written down once more, on records made at random.

https://ossf.github.io/osv-schema/#evaluation, with `packaging` for PEP 440 and a comparison of SemVer of the test's own.
"""

import sqlite3
from functools import cmp_to_key

from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import Version

from gate.advisories.audit import audited
from gate.advisories.index import Index, build
from gate.advisories.record import record

SMALL = st.integers(0, 3)


@st.composite
def pep440(draw, *, local=False):
    epoch = draw(st.sampled_from(["", "", "", "1!"]))
    release = ".".join(map(str, draw(st.lists(SMALL, min_size=1, max_size=3))))
    pre = draw(st.sampled_from(["", "", "a0", "b1", "rc1", "rc2"]))
    end = draw(st.sampled_from(["", "", ".post0", ".post1", ".dev0", ".dev1", ".post1.dev1"]))
    return epoch + release + pre + end + (draw(st.sampled_from(["", "", "+cu118", "+1.local"])) if local else "")


@st.composite
def semver(draw, *, build=False):
    number = ".".join(map(str, draw(st.tuples(SMALL, SMALL, SMALL))))
    part = st.sampled_from(["0", "1", "2", "11", "alpha", "beta", "rc", "x-1", "A"])
    pre = draw(st.lists(part, max_size=3))
    return number + ("-" + ".".join(pre) if pre else "") + (draw(st.sampled_from(["", "", "+b.7"])) if build else "")


def precedence(one, other):
    """Items 9 to 11 of SemVer 2.0.0, by the letter."""
    (first, pre), (second, behind) = (text.partition("+")[0].partition("-")[::2] for text in (one, other))
    numbers, others = [[int(part) for part in text.split(".")] for text in (first, second)]
    if numbers != others:
        return -1 if numbers < others else 1
    if not pre or not behind:
        return bool(behind) * 1 - bool(pre) * 1
    for left, right in zip(pre.split("."), behind.split("."), strict=False):
        if left != right:
            if left.isdigit() and right.isdigit():
                return int(left) - int(right)
            if left.isdigit() or right.isdigit():
                return -1 if left.isdigit() else 1
            return -1 if left < right else 1
    return len(pre.split(".")) - len(behind.split("."))


SEMVER = cmp_to_key(precedence)


def key(ecosystem, text):
    return Version(Version(text).public) if ecosystem == "PyPI" else SEMVER(text)


def is_affected(ecosystem, version, affected):
    return any(
        any(_in_range(ecosystem, version, one["events"]) for one in entry.get("ranges", ()))
        or any(key(ecosystem, version) == key(ecosystem, listed) for listed in entry.get("versions", ()))
        for entry in affected
    )


def _in_range(ecosystem, version, events):
    asked = key(ecosystem, version)
    limits = [event["limit"] for event in events if "limit" in event]
    if limits and not any(limit == "*" or asked < key(ecosystem, limit) for limit in limits):
        return False
    vulnerable = False
    for kind, at in sorted(
        ((kind, at) for event in events for kind, at in event.items() if kind != "limit"),
        key=lambda pair: (pair[1] != "0", key(ecosystem, pair[1]) if pair[1] != "0" else 0),
    ):
        if kind == "introduced" and (at == "0" or asked >= key(ecosystem, at)):
            vulnerable = True
        if kind == "fixed" and asked >= key(ecosystem, at):
            vulnerable = False
        if kind == "last_affected" and asked > key(ecosystem, at):
            vulnerable = False
    return vulnerable


@st.composite
def ranges(draw, ecosystem):
    """Events at versions that differ: of two in one the schema does not say which goes first."""
    made = (pep440() if ecosystem == "PyPI" else semver()).filter(lambda text: text != "0")  # which stands before all
    at = draw(st.lists(made, min_size=0, max_size=5, unique_by=Version if ecosystem == "PyPI" else str))
    kinds = st.sampled_from(["introduced", "fixed", "last_affected"])
    events = [{draw(kinds): one} for one in at]
    events += [{"introduced": "0"}] if draw(st.booleans()) or not events else []
    events += [{"limit": draw(st.one_of(st.just("*"), made))} for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2])))]
    kind = "SEMVER" if ecosystem == "npm" and draw(st.booleans()) else "ECOSYSTEM"
    return {"type": kind, "events": draw(st.permutations(events))}


@st.composite
def records(draw, ecosystem):
    made = pep440() if ecosystem == "PyPI" else semver()
    entry = st.fixed_dictionaries(
        {"package": st.just({"ecosystem": ecosystem, "name": "a"})},
        optional={
            "ranges": st.lists(ranges(ecosystem), min_size=1, max_size=2),
            "versions": st.lists(made, min_size=1, max_size=3),
        },
    )
    affected = draw(st.lists(entry, min_size=1, max_size=3))
    other = {"package": {"ecosystem": ecosystem, "name": "b"}, "versions": ["0", "1.0.0", "2.0.0"]}
    withdrawn = {"withdrawn": "2099-01-01T00:00:00Z"} if draw(st.sampled_from([False, False, False, True])) else {}
    return {"id": "X-1", "modified": "2099-01-01T00:00:00Z", "affected": [*affected, other], **withdrawn}


def answers(value, ecosystem, versions):
    db = sqlite3.connect(":memory:")
    build(db, [one for one in [record(value)] if one], "2099-01-01")
    known, silent = audited(Index(db), [(ecosystem, "a", version) for version in versions])
    assert not silent
    return {version: bool(known[ecosystem, "a", version]) for version in versions}


def expected(value, ecosystem, versions):
    affected = [] if "withdrawn" in value else [one for one in value["affected"] if one["package"]["name"] == "a"]
    return {version: is_affected(ecosystem, version, affected) for version in versions}


def held_in(value):
    """The versions of the record itself: those at the edges are where mistakes are made."""
    said = [one for entry in value["affected"] if entry["package"]["name"] == "a" for one in entry.get("ranges", ())]
    return [at for one in said for event in one["events"] for at in event.values() if at not in {"0", "*"}]


@settings(max_examples=300, deadline=None)
@given(records("PyPI"), st.lists(pep440(local=True), min_size=1, max_size=6))
def test_pypi_is_answered_as_the_schema_says(value, versions):
    versions = [*versions, *held_in(value)]
    assert answers(value, "PyPI", versions) == expected(value, "PyPI", versions)


@settings(max_examples=300, deadline=None)
@given(records("npm"), st.lists(semver(build=True), min_size=1, max_size=6))
def test_npm_is_answered_as_the_schema_says(value, versions):
    versions = [*versions, *held_in(value)]
    assert answers(value, "npm", versions) == expected(value, "npm", versions)
