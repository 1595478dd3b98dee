"""The whole path where something cannot be looked at: it is a hole, and no pass."""

from dataclasses import replace

import pytest

from gate import registry
from gate.review import State, Verdict
from tests.judging import EVAL, FLASK, change, found, judge


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("data.bin", b"\x00\x01\x02" * 50),
        ("app.py", b"x = '\xff\xfe\xfd'\n"),
        ("app.py", b"# coding: utf-7\nx = 1\n"),
        ("big.txt", b"x" * 5_000_001),
        ("model.bin", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"),
    ],
)
def test_what_cannot_be_looked_at_is_not_passed(repository, path, content):
    done = change(repository, {"README": "x\n"}, {path: content})
    assert done.verdict is not Verdict.PASS
    assert next(a for a in done.answers if a.item.id == "complete").state in {State.UNKNOWN, State.STOP}
    assert any(row.path == path and row.hole and row.reason for row in done.coverage)


def test_a_picture_is_named_and_passed(repository):
    done = change(repository, {"README": "x\n"}, {"logo.png": b"\x89PNG\r\n\x1a\n" + b"\0" * 40})
    assert done.verdict is Verdict.PASS
    assert [(row.state, row.reason) for row in done.coverage] == [("skipped", "a PNG image: holds no code")]


@pytest.mark.parametrize(
    ("path", "begins"), [("scan.tiff", b"II*\0"), ("scan.tif", b"MM\0*"), ("a.mp3", b"\xff\xfb"), ("a.avi", b"RIFF")]
)
def test_pictures_and_sounds_of_other_kinds_are_passed(repository, path, begins):
    assert change(repository, {"README": "x\n"}, {path: begins + b"\0" * 40}).verdict is Verdict.PASS


def test_code_dressed_as_a_picture_is_not_passed(repository):
    done = change(repository, {"README": "x\n"}, {"run.py": b"\x89PNG\r\n\x1a\n" + b"\0" * 40})
    assert done.verdict is not Verdict.PASS


@pytest.mark.parametrize(
    ("target", "hole"), [("/etc/passwd", True), ("../../x", True), ("app.py", False), ("sub/../app.py", False)]
)
def test_links_are_named_and_never_followed(repository, target, hole):
    repository.commit({"app.py": "x = 1\n"})
    repository.git("checkout", "--quiet", "-b", "change")
    (repository.folder / "link.py").symlink_to(target)
    repository.commit({})
    done = judge(repository)
    row = next(row for row in done.coverage if row.path == "link.py")
    assert row.hole is hole
    assert (done.verdict is Verdict.PASS) is not hole


def test_a_submodule_is_not_passed(repository):
    repository.commit({"a.py": "x = 1\n"})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},lib")
    repository.git("commit", "--quiet", "--message", "m")
    assert judge(repository).verdict is Verdict.INCOMPLETE


def test_incompleteness_passes_only_when_base_says_so(repository):
    done = change(repository, {"gate.toml": "allow_incomplete = true\n"}, {"data.bin": b"\x00\x01\x02"})
    assert done.verdict is Verdict.PASS
    assert done.unknown


def test_a_rule_that_fails_is_a_hole_and_not_a_pass(repository, monkeypatch):
    def broken(fact, repo):
        raise ZeroDivisionError("by zero")
        yield

    checks = registry.checks()
    faulty = replace(next(c for c in checks if c.rule.id == "execution/eval_endpoint"), look=broken)
    monkeypatch.setattr(registry, "checks_reading", lambda _: (*checks, faulty))
    done = change(repository, {"app.py": FLASK}, {"app.py": FLASK + EVAL})
    assert "execution/eval_endpoint" in {rule for rule, _, _ in found(done)}
    assert any("ZeroDivisionError" in row.reason and row.hole for row in done.coverage)


@pytest.mark.parametrize(("path", "line", "holes"), [
    ("prices.json", '"a": 1,', []),
    ("words.po", 'msgid "a"', []),
    ("scopes.json", '"scope": "a",', ["larger than 1,000,000 characters"]),
    ("app.py", "f(a)", ["larger than 1,000,000 characters"]),
])  # fmt: skip
def test_a_large_file_is_a_hole_only_where_it_may_hold_something(repository, path, line, holes):
    text = f"{line}\n" * (1_000_001 // len(line))
    done = change(repository, {"README": "x\n"}, {path: text})
    assert [row.reason for row in done.coverage if row.hole] == holes
