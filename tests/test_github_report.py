"""Annotations: within GitHub's limits, and no text from a change is a command of its own."""

import re
from dataclasses import replace

from hypothesis import given

from gate.finding import Action
from gate.reports import github
from gate.rule import Severity
from tests import reviews
from tests.test_reports import STRANGE, hostile

COMMAND = re.compile(r"::(error|warning|notice) ([^:\n]*)::([^\n]*)\n")


def commands(report: str) -> list[tuple[str, dict[str, str], str]]:
    """What a runner hears, by the rules of its own parser; whatever is left over is no command."""
    assert COMMAND.sub("", report) == ""
    return [
        (level, dict(pair.split("=", 1) for pair in properties.split(",")), data)
        for level, properties, data in COMMAND.findall(report)
    ]


def test_the_verdict_comes_first_and_each_finding_has_its_line():
    heard = commands(github.render(reviews.every()["blocked"]))
    assert heard[0][0] == "error"
    assert heard[0][2].startswith("BLOCKED: 2 findings")
    assert heard[1][1] == {
        "file": "app/export.py", "line": "7", "endLine": "7",
        "title": "bandit/B602%3A A shell runs text that was put together",
    }  # fmt: skip
    assert [level for level, _, _ in heard] == ["error", "error", "error", "warning", "notice"]


def test_what_is_waived_is_not_annotated():
    assert "app/report.py" not in github.render(reviews.every()["blocked"])


def test_no_level_gets_more_than_github_keeps():
    crowd = [
        reviews.finding(path=f"app/{level.value}_{n:03}.py", action=action, severity=level)
        for n in range(25)
        for level, action in (
            (Severity.HIGH, Action.BLOCK), (Severity.CRITICAL, Action.BLOCK), (Severity.MEDIUM, Action.WARN),
            (Severity.LOW, Action.NOTE),
        )
    ]  # fmt: skip
    heard = commands(github.render(replace(reviews.every()["blocked"], findings=tuple(crowd))))
    for level, left in (("error", 42), ("warning", 16), ("notice", 16)):
        mine = [data for heard_level, _, data in heard if heard_level == level]
        assert len(mine) == github.LIMIT
        assert mine[-1].startswith(f"And {left} findings more")
    assert all("critical" in properties["file"] for level, properties, _ in heard[1:9])


@given(words=STRANGE, path=STRANGE)
def test_a_change_annotates_nothing_of_its_own(words, path):
    report = github.render(hostile(words, path))
    for _, properties, data in commands(report):
        assert properties.keys() <= {"file", "line", "endLine", "title"}
        assert not re.search(r"%(?!25|0D|0A|3A|2C)", data + "".join(properties.values()))
    assert "##[" not in report
    assert all(char in "\n\u3000\ufe0e\ufe0f" or char.isprintable() for char in report)
    report.encode()
