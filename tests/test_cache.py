"""What is remembered comes back as it was, and never from a folder others can write."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.cache import Cache, dump, load
from gate.rule import Hit, Hop, Place, Severity


@dataclass(frozen=True)
class Nested:
    name: str
    count: int | None
    flags: frozenset[str]
    pair: tuple[int, str]
    places: tuple[Place, ...]


PLACES = st.builds(Place, st.text(), st.integers(), st.integers())


@given(st.builds(Nested, st.text(), st.none() | st.integers(), st.frozensets(st.text()), st.tuples(st.integers(), st.text()),
                 st.lists(PLACES).map(tuple)))  # fmt: skip
def test_facts_survive_the_cache(value):
    cache = Cache(None)
    cache.put("k", value)
    assert load(Nested, cache.get("k")) == value


@given(st.builds(Hit, PLACES, st.text(), st.lists(st.builds(Hop, PLACES, st.text())).map(tuple), st.text(),
                 st.lists(st.tuples(st.integers(), st.integers(), st.integers())).map(tuple),
                 st.none() | st.sampled_from(Severity)))  # fmt: skip
def test_hits_survive_the_cache(hit):
    assert load(Hit, dump(hit)) == hit


def test_values_outlive_the_run(tmp_path):
    first = Cache(tmp_path / "c")
    first.put("k", [1, 2])
    first.save()
    again = Cache(tmp_path / "c")
    assert again.get("k") == [1, 2]
    assert again.mark("x") == first.mark("x")


def test_a_folder_others_can_write_is_not_trusted(tmp_path):
    (tmp_path / "c").mkdir(mode=0o777)
    (tmp_path / "c").chmod(0o777)
    cache = Cache(tmp_path / "c")
    cache.put("k", 1)
    cache.save()
    assert not cache.writable
    assert Cache(tmp_path / "c").get("k") is None


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_a_broken_cache_costs_time_and_nothing_else(tmp_path, content):
    folder = tmp_path / "c"
    folder.mkdir(mode=0o700)
    (folder / "cache.sqlite").write_bytes(content)
    cache = Cache(folder)
    cache.put("k", 1)
    cache.save()
    assert cache.get("k") in {1, None}


def test_marks_need_the_key(tmp_path):
    assert Cache(tmp_path / "a").mark("secret") != Cache(tmp_path / "b").mark("secret")
