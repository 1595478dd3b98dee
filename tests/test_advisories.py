"""The database of advisories: what records say, what is made of them, how it is asked, and how old it may be."""

import json
import os
import sqlite3
import time
import zipfile
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from gate.advisories import fetch
from gate.advisories.audit import Advisory, audited, merged
from gate.advisories.cvss import rating, score
from gate.advisories.files import texts
from gate.advisories.index import Index, build
from gate.advisories.place import index, present, stale, today
from gate.advisories.record import record
from gate.cli import main
from gate.errors import ToolError, UsageError
from gate.versions import comparable


def semver(text: str) -> Any:
    return comparable("npm", text)


MODIFIED = f"{today().isoformat()}T00:00:00Z"


def osv(name="X-1", package="a", ecosystem="PyPI", *events, versions=(), **more):
    """A record; its range is of the kind that ecosystem has."""
    kind = "SEMVER" if ecosystem == "npm" else "ECOSYSTEM"
    one = {"package": {"ecosystem": ecosystem, "name": package}, "versions": list(versions)}
    if events:
        one["ranges"] = [{"type": kind, "events": list(events)}]
    return {"id": name, "modified": MODIFIED, "affected": [one], **more}


def made(*values: object) -> Index:
    db = sqlite3.connect(":memory:")
    build(db, [one for value in values if (one := record(value))], today().isoformat())
    return Index(db)


def asked(value: object, version: str, ecosystem: str = "PyPI", name: str = "a") -> list[Advisory]:
    pin = (ecosystem, name, version)
    return audited(made(value), [pin])[0][pin]


# Which versions are affected


def affected(version, *events, ecosystem="PyPI", **more):
    return bool(asked(osv("X-1", "a", ecosystem, *events, **more), version, ecosystem))


TWICE = ({"fixed": "2.0"}, {"introduced": "2.5"}, {"introduced": "0"}, {"fixed": "3.0"})


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.0", True), ("1.9.post1", True), ("2.0", False), ("2.0rc1", True), ("2.0.dev1", True), ("2.4", False),
        ("2.5", True), ("2.5rc1", False), ("3.0", False), ("2.0+cu118", False), ("2.5+local.1", True), ("1!0.1", False),
        ("2.0.0", False), ("02.5", True),
    ],
)  # fmt: skip
def test_ranges_of_pypi(version, expected):
    assert affected(version, *TWICE) is expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("1.9.9", True), ("2.0.0", False), ("2.0.0-rc.1", True), ("2.5.0", True), ("2.5.0-alpha", False),
        ("2.5.0+build.7", True), ("2.10.0", True), ("3.0.0", False), ("3.0.0-0", True), ("0.0.0-0", True),
    ],
)  # fmt: skip
def test_ranges_of_npm(version, expected):
    events = ({"introduced": "0"}, {"fixed": "2.0.0"}, {"introduced": "2.5.0"}, {"fixed": "3.0.0"})
    assert affected(version, *events, ecosystem="npm") is expected


def test_semver_is_ordered_as_it_says_itself():
    told = (
        "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0 1.0.1 1.10.0"
    )
    keys = [semver(text) for text in told.split()]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert comparable("npm", "1.0.0+a") == comparable("npm", "v1.0.0+b")


@given(st.tuples(*[st.integers(0, 30)] * 3), st.tuples(*[st.integers(0, 30)] * 3))
def test_semver_agrees_with_the_numbers(one, other):
    assert (one < other) is (semver("{}.{}.{}".format(*one)) < semver("{}.{}.{}".format(*other)))


@pytest.mark.parametrize(
    "text", ["", "1", "1.0", "x", "1.0.0.0", "9" * 5000 + ".0.0", "1.0.0 ", "\x1b[2J", "*", "1.0.0-\n"]
)
@pytest.mark.parametrize("ecosystem", ["PyPI", "npm", "Go"])
def test_what_is_no_version_is_told_from_one(ecosystem, text):
    value = comparable(ecosystem, text)
    assert value is None or text.strip() in {"1", "1.0", "1.0.0.0", "1.0.0"}


def test_last_affected_includes_limits_bound_and_open_ranges_never_end():
    assert affected("1.5", {"introduced": "1.0"}, {"last_affected": "1.5"})
    assert affected("1.5+cu118", {"introduced": "1.0"}, {"last_affected": "1.5"})
    assert not affected("1.5.1", {"introduced": "1.0"}, {"last_affected": "1.5"})
    assert affected("99", {"introduced": "1.0"})
    assert not affected("0.9", {"introduced": "1.0"})
    assert affected("1.0", {"introduced": "0"}, {"limit": "*"})
    assert not affected("2.0", {"introduced": "0"}, {"limit": "2.0"})


def test_epochs_come_first():
    assert affected("1!0.5", {"introduced": "1!0"}, {"fixed": "1!1.0"})
    assert not affected("2.0", {"introduced": "1!0"}, {"fixed": "1!1.0"})
    assert affected("5.0", {"introduced": "0"}, {"fixed": "1!1.0"})


def test_listed_versions_count_beside_ranges_and_local_parts_do_not():
    assert affected("1.0", versions=("1.0.0", "weird"))
    assert affected("1.0+cu118", versions=("1.0",))
    assert not affected("1.1", versions=("1.0",))
    assert affected("9.0", {"introduced": "0"}, {"fixed": "2.0"}, versions=("9.0",))
    assert affected("1.1.0", ecosystem="npm", versions=("1.1.0",))


def test_bounds_that_are_none_leave_it_to_the_list_or_to_nobody():
    assert affected("1.1", {"introduced": "0"}, {"fixed": "2019-x"}, versions=("1.1",))
    assert not affected("1.2", {"introduced": "0"}, {"fixed": "2019-x"}, versions=("1.1",))
    _, silent = audited(made(osv("X-1", "a", "PyPI", {"introduced": "0"}, {"fixed": "2019-x"})), [("PyPI", "a", "1.1")])
    assert silent == {("PyPI", "a", "1.1"): "X-1 speaks of versions that cannot be compared"}


def test_malware_is_so_in_every_version_unless_some_are_named():
    everything = osv("MAL-2099-1")
    assert [asked(everything, version)[0].id for version in ("7", "0.1", "weird")] == ["MAL-2099-1"] * 3
    assert asked(osv("MAL-2099-1", "a", "npm", {"introduced": "0"}), "1.0.0", "npm")
    some = osv("MAL-2099-1", "a", "npm", versions=["1.0.0"])
    assert asked(some, "1.0.0", "npm")
    assert not asked(some, "1.0.1", "npm")
    assert record(osv("X-1")) is None


def test_names_are_canonical_in_pypi_and_as_written_in_npm():
    assert asked(osv("X-1", "Flask_Admin", "PyPI", {"introduced": "0"}), "1", "PyPI", "flask-admin")
    assert not asked(osv("X-1", "A.b", "npm", {"introduced": "0"}), "1.0.0", "npm", "a-b")
    assert asked(osv("X-1", "@S/x", "npm", {"introduced": "0"}), "1.0.0", "npm", "@S/x")
    assert not asked(osv("X-1", "a", "npm", {"introduced": "0"}), "1.0.0", "PyPI")


def test_the_fix_is_the_end_of_the_range_a_version_lies_in():
    assert asked(osv("X-1", "a", "PyPI", *TWICE), "2.6")[0].fixes == ("3.0",)
    assert asked(osv("X-1", "a", "PyPI", *TWICE), "1.0")[0].fixes == ("2.0",)
    late = osv("X-1", "a", "PyPI", {"introduced": "5.0"}, {"fixed": "6.0"}, versions=("4.0",))
    assert asked(late, "4.0")[0].fixes == ("6.0",)


def test_one_flaw_under_several_names_is_one():
    ones = [
        Advisory("PYSEC-1", frozenset({"CVE-1"}), ("2.0",)),
        Advisory("CVE-2", frozenset({"GHSA-b"}), ()),
        Advisory("GHSA-a", frozenset({"CVE-1"}), ("2.1",), "high", 8.1),
        Advisory("GHSA-b", frozenset(), ("3.0",), "low"),
        Advisory("OSV-1", frozenset({"CVE-2", "CVE-1"}), ()),
    ]
    (one,) = merged(ones)
    assert (one.id, one.rating, one.score) == ("PYSEC-1", "high", 8.1)
    assert one.aliases == {"CVE-1", "GHSA-a", "CVE-2", "GHSA-b", "OSV-1"}
    assert one.fixes == ("2.0", "2.1", "3.0")
    assert len(merged(ones[:2])) == 2


@pytest.mark.parametrize(
    ("vector", "points", "word"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, "critical"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1, "medium"),
        ("CVSS:3.0/AV:L/AC:H/PR:L/UI:N/S:U/C:L/I:N/A:N", 2.5, "low"),
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H", 9.9, "critical"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0, ""),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 0.0, ""),
        ("CVSS:3.1/AV:N", 0.0, ""), ("AV:N/AC:L/Au:N/C:P/I:P/A:P", 0.0, ""), ("", 0.0, ""),
    ],
)  # fmt: skip
def test_scores(vector, points, word):
    assert (score(vector), rating(score(vector))) == (points, word)


def test_the_word_of_a_database_goes_before_the_score():
    said = {"severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}]}
    (one,) = asked(osv("X-1", "a", "PyPI", {"introduced": "0"}, **said), "1")
    assert (one.rating, one.score) == ("critical", 9.8)
    (one,) = asked(
        osv("X-1", "a", "PyPI", {"introduced": "0"}, database_specific={"severity": "MODERATE"}, **said), "1"
    )
    assert (one.rating, one.score) == ("medium", 9.8)


# Records of all kinds


@pytest.mark.parametrize(
    "value",
    [3, None, [], {}, {"id": "X-1"}, {"name": "a"}, osv("X-1", "a", "Go", {"introduced": "0"}),
     {**osv("X-1", "a", "PyPI", {"introduced": "0"}), "withdrawn": MODIFIED}],
)  # fmt: skip
def test_what_is_no_record_or_of_no_account(value):
    assert record(value) is None


BROKEN = [
    {"id": "X-1", "affected": [{"package": {"ecosystem": "PyPI"}}]},
    {"id": "X-1", "affected": [{"package": {"ecosystem": "PyPI", "name": ["a"]}}]},
    {"id": "X-1", "affected": [3]},
    {**osv("X-1", "a", "PyPI", {"introduced": "0"}), "id": ["X-1"]},
    osv("X-1\x1b[2J", "a", "PyPI", {"introduced": "0"}),
    osv("X-1", "a", "PyPI", {"introduced": {"a": 1}}),
    osv("X-1", "a", "PyPI", {"introduced": "0"}, severity=3),
    osv("X-1", "a", "PyPI", {"introduced": "0"}, aliases=[["a"]]),
]


@pytest.mark.parametrize("value", BROKEN)
def test_a_record_that_is_not_as_the_schema_has_it_is_told_of(value):
    with pytest.raises(ValueError):  # noqa: PT011  the caller tells of the file
        record(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(["PyPI", "npm", "0", "1.0"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "affected", "package", "ecosystem", "name", "ranges", "type", "events", "introduced", "fixed",
                         "versions", "aliases", "severity", "score", "database_specific", "withdrawn"]), inner, max_size=5),
    max_leaves=25,
)  # fmt: skip


@given(JSON)
def test_no_value_makes_it_fail_otherwise(value):
    try:
        one = record(value)
    except ValueError:
        return
    if one:
        made(value)


# Folders and zips


@pytest.fixture
def target(tmp_path, monkeypatch):
    """Where the index is written."""
    path = tmp_path / "out" / "index.sqlite"
    monkeypatch.setenv("GATE_ADVISORIES", str(path))
    return path


def written(folder: Path, *values: object) -> Path:
    folder.mkdir(exist_ok=True)
    for number, value in enumerate(values):
        (folder / f"{number}.json").write_text(json.dumps(value))
    return folder


def zipped(path: Path, *values: object, name: str = "{}.json") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, value in enumerate(values):
            archive.writestr(name.format(number), json.dumps(value))
    return path


ONE = osv("X-1", "a", "PyPI", {"introduced": "0"}, {"fixed": "2.0"})
TWO = osv("X-2", "b", "npm", {"introduced": "0"})


def run(*arguments: str):
    return CliRunner().invoke(main, ["advisories", *arguments])


def test_folders_and_zips_make_one_index(tmp_path, target):
    done = run(
        "import",
        str(written(tmp_path / "some", ONE)),
        str(zipped(tmp_path / "npm.zip", TWO, osv("MAL-2099-1", "c", "npm"))),
    )
    assert done.exit_code == 0, done.output
    assert "PyPI  1 advisory, 0 malicious packages" in done.output
    assert "npm   1 advisory, 1 malicious package," in done.output
    pins = [("PyPI", "a", "1.0"), ("npm", "b", "1.0.0"), ("npm", "c", "0.0.1"), ("npm", "a", "1.0.0")]
    known, silent = audited(index(target), pins)
    assert [[one.id for one in known[pin]] for pin in pins] == [["X-1"], ["X-2"], ["MAL-2099-1"], []]
    assert silent == {}
    assert list(target.parent.iterdir()) == [target]


def test_a_folder_of_zips_is_read_as_well(tmp_path, target):
    for ecosystem, value in {"PyPI": ONE, "npm": TWO}.items():
        (tmp_path / "cache" / ecosystem).mkdir(parents=True)
        zipped(tmp_path / "cache" / ecosystem / "all.zip", value)
    assert run("import", str(tmp_path / "cache")).exit_code == 0
    assert index(target).facts.counts == {"PyPI": 1, "npm": 1}


def test_a_new_index_takes_the_place_of_the_old(tmp_path, target):
    run("import", str(written(tmp_path / "some", ONE, TWO)))
    digest = index(target).facts.digest
    run("import", str(written(tmp_path / "some", ONE, osv("X-3", "b", "npm", {"introduced": "0"}))))
    assert index(target).facts.digest != digest
    run("import", str(written(tmp_path / "some", ONE, TWO)))
    assert index(target).facts.digest == digest


def test_an_import_that_fails_leaves_the_old_index(tmp_path, target):
    run("import", str(written(tmp_path / "some", ONE, TWO)))
    before = target.read_bytes()
    (tmp_path / "some" / "0.json").write_text("{")
    done = run("import", str(tmp_path / "some"))
    assert done.exit_code == 3
    assert "`0.json`" in done.output
    assert target.read_bytes() == before
    assert list(target.parent.iterdir()) == [target]


def test_a_few_files_that_cannot_be_read_are_told_of(tmp_path, target):
    folder = written(tmp_path / "some", *(osv(f"X-{n}", f"p{n}", "PyPI", {"introduced": "0"}) for n in range(300)), TWO)
    (folder / "x\x1b.json").write_text("{")
    done = run("import", str(folder))
    assert done.exit_code == 0
    assert r"x\x1b.json cannot be read" in done.output
    assert "1 file could not be read" in done.output
    assert "\x1b" not in done.output


def test_records_of_an_export_or_in_yaml(tmp_path, target):
    import yaml

    folder = written(tmp_path / "some", [ONE, 3, None, TWO])
    (folder / "c.yaml").write_text(yaml.safe_dump(osv("X-3", "c", "PyPI", {"introduced": "0"})))
    (folder / "other.json").write_text('{"name": "no record"}')
    (folder / "notes.md").write_text("{")
    assert run("import", str(folder)).exit_code == 0
    assert index(target).facts.counts == {"PyPI": 2, "npm": 1}


@pytest.mark.parametrize("name", ["../../evil.json", "/etc/evil.json", "a\\..\\b.json", "C:evil.json"])
def test_no_name_in_a_zip_is_a_place_to_write(tmp_path, target, name):
    before = set(tmp_path.parent.rglob("*evil*"))
    assert run("import", str(zipped(tmp_path / "a.zip", [ONE, TWO], name=name))).exit_code == 0
    assert set(tmp_path.parent.rglob("*evil*")) == before


def test_a_bomb_is_no_set_of_advisories(tmp_path, target, monkeypatch):
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", b" " * 50_000_000)
    done = run("import", str(tmp_path / "bomb.zip"))
    assert (done.exit_code, "more than 20,000,000 bytes" in done.output) == (3, True)
    monkeypatch.setattr("gate.advisories.files.MAX_ALL", 500)
    done = run("import", str(zipped(tmp_path / "many.zip", *[ONE] * 10)))
    assert (done.exit_code, "holds more than" in done.output) == (3, True)


def test_links_are_not_followed(tmp_path, target):
    folder = written(tmp_path / "some", ONE, TWO)
    secret = written(tmp_path / "elsewhere", osv("X-9", "z", "PyPI", {"introduced": "0"}))
    (folder / "link.json").symlink_to(secret / "0.json")
    (folder / "folder").symlink_to(secret)
    os.mkfifo(folder / "pipe.json")
    assert run("import", str(folder)).exit_code == 0
    assert index(target).facts.counts == {"PyPI": 1, "npm": 1}


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no zip at all", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_zip_is_told_of(tmp_path, target, data):
    (tmp_path / "a.zip").write_bytes(data)
    done = run("import", str(tmp_path / "a.zip"))
    assert done.exit_code == 3
    assert not target.exists()


def test_a_damaged_zip_is_told_of(tmp_path, target):
    path = zipped(tmp_path / "a.zip", *[{**ONE, "details": str(n) * 500} for n in range(50)])
    data = bytearray(path.read_bytes())
    data[200:400] = b"\xff" * 200
    path.write_bytes(data)
    assert run("import", str(path)).exit_code == 3


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"id": "X-1", "affected": ' + "9" * 10_000 + "}", "\ufeff{}", '{"id": NaN}', "nul"],
)
def test_texts_that_are_written_to_do_harm(tmp_path, target, text):
    folder = written(tmp_path / "some", *[ONE] * 250, TWO)
    (folder / "bad.json").write_text(text)
    assert run("import", str(folder)).exit_code == 0


def test_a_list_of_itself_in_yaml_has_no_text(tmp_path, target):
    laughs = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))
    folder = written(tmp_path / "some", *[ONE] * 250, TWO)
    text = "affected:\n- package: {ecosystem: PyPI, name: a}\n  versions: [*a59]\nid: X-7\n"
    (folder / "bad.yaml").write_text(laughs + text)
    before = time.process_time()
    assert run("import", str(folder)).exit_code == 0
    assert index(target).facts.broken == 1
    assert time.process_time() - before < 5


def test_a_key_that_stands_twice_in_a_record_counts_once(tmp_path, target):
    folder = written(tmp_path / "some", ONE, TWO)
    (folder / "twice.json").write_text(json.dumps(osv("X-5", "e", "npm", {"introduced": "0"}))[:-1] + ', "id": "X-6"}')
    assert run("import", str(folder)).exit_code == 0
    known, _ = audited(index(target), [("npm", "e", "1.0.0")])
    assert [one.id for one in known["npm", "e", "1.0.0"]] == ["X-6"]


# Where it lies, and how old it is


def old(days: int) -> str:
    return (today() - timedelta(days=days)).isoformat()


@pytest.mark.parametrize(("days", "fresh"), [(0, True), (14, True), (15, False), (800, False)])
def test_a_database_is_as_old_as_its_newest_record(tmp_path, target, days, fresh):
    run("import", str(written(tmp_path / "some", {**ONE, "modified": old(days)}, {**TWO, "modified": old(days)})))
    done = run("status")
    assert done.exit_code == (0 if fresh else 3)
    assert (f"of {old(days)}, more than 14 days ago" in done.output) is not fresh
    assert bool(stale(index(target).facts, "npm")) is not fresh


def test_records_of_the_future_are_of_today(tmp_path, target):
    run("import", str(written(tmp_path / "some", {**ONE, "modified": "2999-01-01T00:00:00Z"}, TWO)))
    assert index(target).facts.newest["PyPI"] == today().isoformat()


def test_without_a_database_status_says_so(target):
    done = run("status")
    assert done.exit_code == 0 or "not there" in done.output
    os.environ.pop("GATE_ADVISORIES")
    done = run("status")
    assert (done.exit_code, "There is no database" in done.output) == (3, True)


def test_half_a_database_is_none_for_the_other_half(tmp_path, target):
    done = run("import", str(written(tmp_path / "some", ONE)))
    assert (done.exit_code, "holds no advisories for npm" in done.output) == (3, True)


def test_the_usual_place_is_the_cache_and_others_may_not_write_there(tmp_path, monkeypatch):
    monkeypatch.delenv("GATE_ADVISORIES", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    assert present() is None
    assert run("import", str(written(tmp_path / "some", ONE, TWO))).exit_code == 0
    path = tmp_path / "home" / "gate" / "advisories.sqlite"
    assert present() == path
    path.chmod(0o666)
    with pytest.raises(ToolError, match="is not believed"):
        present()


def test_a_cache_that_a_change_can_write_holds_no_database(tmp_path, monkeypatch):
    monkeypatch.delenv("GATE_ADVISORIES", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    written(tmp_path / "some", ONE, TWO)
    monkeypatch.chdir(tmp_path)
    assert run("import", "some").exit_code == 2
    (tmp_path / ".cache" / "gate").mkdir(parents=True)
    (tmp_path / ".cache" / "gate" / "advisories.sqlite").write_bytes(b"")
    assert present() is None


@pytest.mark.parametrize("data", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_file_that_is_no_index_is_a_failure(tmp_path, target, data):
    target.parent.mkdir()
    target.write_bytes(data)
    with pytest.raises(ToolError, match="no database"):
        index(target)
    assert run("status").exit_code == 3


def test_a_damaged_index_is_a_failure_and_no_answer(tmp_path, target):
    many = [osv(f"X-{n}", f"p{n}", "npm", {"introduced": "0"}) for n in range(3000)]
    run("import", str(written(tmp_path / "some", ONE, *many)))
    data = bytearray(target.read_bytes())
    data[8192:] = b"\xff" * (len(data) - 8192)
    target.write_bytes(data)
    with pytest.raises(ToolError, match=r"damaged|no database"):
        audited(index(target), [("npm", f"p{n}", "1.0.0") for n in range(3000)])


# Downloads


@pytest.fixture
def mirror(tmp_path):
    """A mirror on loopback: its address, what it answers by path, and what it was asked."""
    answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            status, headers, body = answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", answers, seen
    server.shutdown()
    server.server_close()
    thread.join()


def test_an_update_downloads_both_and_nothing_else(tmp_path, target, mirror):
    url, answers, seen = mirror
    answers["/osv/PyPI/all.zip"] = 200, {}, zipped(tmp_path / "1.zip", ONE).read_bytes()
    answers["/osv/npm/all.zip"] = 302, {"Location": f"{url}/elsewhere.zip"}, b""
    answers["/elsewhere.zip"] = 200, {}, zipped(tmp_path / "2.zip", TWO).read_bytes()
    done = run("update", "--url", f"{url}/osv/")
    assert done.exit_code == 0, done.output
    assert seen == ["/osv/PyPI/all.zip", "/osv/npm/all.zip", "/elsewhere.zip"]
    assert index(target).facts.counts == {"PyPI": 1, "npm": 1}


def test_an_update_that_fails_leaves_the_old_index(tmp_path, target, mirror, monkeypatch):
    url, answers, _ = mirror
    run("import", str(written(tmp_path / "some", ONE, TWO)))
    before = target.read_bytes()
    answers["/PyPI/all.zip"] = 200, {}, zipped(tmp_path / "1.zip", ONE).read_bytes()
    assert run("update", "--url", url).exit_code == 3  # npm is not there
    answers["/npm/all.zip"] = 302, {"Location": "http://example.com/all.zip"}, b""
    done = run("update", "--url", url)
    assert (done.exit_code, "no https address" in done.output) == (3, True)
    answers["/npm/all.zip"] = 200, {"Content-Length": "1000000"}, b"PK"
    assert run("update", "--url", url).exit_code == 3
    monkeypatch.setattr(fetch, "MAX_BYTES", 10)
    assert run("update", "--url", url).exit_code == 3
    assert target.read_bytes() == before


@pytest.mark.parametrize(
    "url", ["http://example.com/osv", "ftp://example.com", "file:///etc", "example.com", "http://127.0.0.1.example.com"]
)
def test_only_addresses_that_nobody_can_change_on_the_way(target, url):
    assert run("update", "--url", url).exit_code == 2
    with pytest.raises(UsageError):
        fetch.update(url)


def test_help_has_examples():
    assert "gate advisories import PyPI.zip npm.zip" in run("--help").output


def test_a_text_is_read_once_and_not_kept(tmp_path):
    found = list(texts(written(tmp_path / "some", ONE, TWO)))
    assert [one.name for one in found] == ["0.json", "1.json"]
