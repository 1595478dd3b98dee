"""The index of the rules: it passes over no rule that has something to read, and is believed only as long as it holds."""

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from gate import registry
from gate.index import digest, keep, kept
from gate.process import TimeLimitError
from gate.rule import Check, Source
from tests import examples

BAD = [
    pytest.param(check, example, id=f"{check.rule.id}-{number}")
    for check in registry.checks()
    for number, example in enumerate(check.rule.bad)
]


def chosen(*sources: Source) -> set[str]:
    return {check.rule.id for check in registry.checks_reading(sources)}


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the rules, with what is known of them kept beside it."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    copy = tmp_path / "rules"
    shutil.copytree(registry.RULES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    keep(copy, registry.index())
    return copy


@pytest.mark.parametrize(("check", "example"), BAD)
def test_a_rule_is_loaded_for_what_it_reports(check: Check[Any], example: Any):
    tree, _ = examples.unmarked(examples.files(example))
    assert check in registry.checks_reading([Source(path, text) for path, text in tree.items()])


def test_rules_without_anything_to_read_are_left_alone_but_for_those_that_look_everywhere():
    assert chosen() == {"tenancy/unscoped_query"}
    assert chosen(Source("a.md", "# Words\n")) == {"tenancy/unscoped_query"}
    assert "identity/jwt_verification" not in chosen(Source("a.py", "f(a)\n"))
    assert "identity/jwt_verification" in chosen(Source("a.py", "import jwt\n"))


def test_a_rule_whose_hint_takes_too_long_is_loaded_to_say_so(monkeypatch):
    def stop(_: float) -> None:
        raise TimeLimitError("took too long")

    monkeypatch.setattr("gate.index.time_limit", stop)
    reading = {one.rule.id for one in registry.checks() if {"", "python"} & one.kind.languages}
    assert chosen(Source("a.py", "f(a)\n")) == reading | {"tenancy/unscoped_query"}


def test_what_is_kept_is_what_the_rules_say(rules):
    assert kept(rules) == registry.index()


def _same_time_other_text(rules: Path) -> None:
    path = rules / "identity" / "jwt_verification.py"
    was = path.stat().st_mtime_ns
    path.write_text(path.read_text(encoding="utf-8").replace("Token", "Taken", 1), encoding="utf-8")
    os.utime(path, ns=(was, was))


def _other_list(rules: Path) -> None:
    path = rules / "shared.yml"
    path.write_text(path.read_text(encoding="utf-8") + "\nmore:\n  patterns: []\n", encoding="utf-8")


def _other_shape(rules: Path) -> None:
    (rules / "__pycache__" / "index.json").write_text(
        json.dumps({"digest": digest(rules), "entries": [[1]], "pages": {}}), encoding="utf-8"
    )


@pytest.mark.parametrize("change", [
    _same_time_other_text,
    _other_list,
    _other_shape,
    lambda rules: os.utime(rules / "queries" / "built_sql_js.yml", ns=(1, 1)),
    lambda rules: shutil.copy(rules / "queries" / "built_sql.py", rules / "queries" / "more.py"),
    lambda rules: (rules / "identity" / "jwt_verification.py").unlink(),
    lambda rules: (rules / "__pycache__" / "index.json").write_text("{", encoding="utf-8"),
])  # fmt: skip
def test_what_no_longer_holds_is_not_believed(rules, change):
    change(rules)
    assert kept(rules) is None


def test_nothing_is_kept_where_python_is_not_to_write(rules, monkeypatch):
    shutil.rmtree(rules / "__pycache__")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    keep(rules, registry.index())
    assert not (rules / "__pycache__").exists()
