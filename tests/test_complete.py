"""What nobody can read, and facts about the gate itself."""

import pytest

from gate import registry
from gate.cache import dump, load
from gate.facts.exemption import Exemption
from gate.facts.guardrail import Guardrail
from gate.facts.suppression import Suppression
from gate.facts.unreadable import Unreadable
from gate.rule import Severity
from rules.complete import unreadable
from tests import examples
from tests.edits import BASE, CI


@pytest.mark.parametrize(("path", "text", "severity"), [
    ("app.py", "def f(:\n", Severity.HIGH),
    ("tests/bad.py", "def f(:\n", Severity.LOW),
    ("{{cookiecutter.name}}/a.py", "{% if x %}\n", Severity.LOW),
    ("templates/a.py", '{% extends "base" %}\nimport a\n', Severity.LOW),
    ("template/app/__init__.py", "{{project_title}} of the shop\n", Severity.LOW),
    ("templates/a.py", "def f(:\n    return '{{x}}'\n", Severity.HIGH),
    ("templates/a.py", 'def f(:\n    return "{% extends x %}"\n', Severity.HIGH),
    ("bin/run", "#!/usr/bin/env python\nprint 'a'\n", Severity.HIGH),
    ("data.json", "[1,", Severity.MEDIUM),
    ("app.py", "x = 1\n" + "#" * 1_000_001, Severity.HIGH),
    ("app.py", "x = " + "-" * 100_000 + "1", Severity.HIGH),
    ("data.json", "[" * 200_000, Severity.MEDIUM),
])  # fmt: skip
def test_what_cannot_be_read_weighs_by_where_it_lies(path, text, severity):
    repo = examples.repo({path: text})
    found = [hit for fact in repo.of(Unreadable, path) for hit in unreadable.nobody_can_read.look(fact, repo)]
    assert [hit.severity for hit in found] == [severity]


@pytest.mark.parametrize("kind", [Suppression, Guardrail, Exemption, Unreadable])
def test_facts_survive_the_cache(kind):
    texts = {
        "a.py": "x  # nosec B602\n", CI: BASE, ".trivyignore": "CVE-1\n", "b.py": "def f(:\n", "gate.toml": "warn = []\n",
        "CODEOWNERS": "/auth/ @example/security\n",
    }  # fmt: skip
    repo = examples.repo(texts)
    facts = [fact for path in texts for fact in repo.of(kind, path)]
    assert facts
    assert [load(kind, dump(fact)) for fact in facts] == facts


@pytest.mark.parametrize(("text", "severity"), [
    ("\u30d7\u30e9\u200b\u200b\u30b0", Severity.LOW),
    ("\u30d7\u30e9\u200b\u200b\u200b\u30b0", Severity.HIGH),
    ("\u30d7\u200b\u2060\u30b0", Severity.HIGH),
    ("\u30d7\u200badmin", Severity.HIGH),
])  # fmt: skip
def test_a_break_of_a_line_in_writing_without_spaces_is_only_noted(text, severity):
    (check,) = [check for check in registry.checks() if check.rule.id == "complete/hidden_character"]
    assert [hit.severity for hit in examples.hits(check, {"guide.tid": f"{text}\n"})] == [severity]


def test_a_mark_in_a_script_stands_in_a_string_even_where_quotes_mislead():
    (check,) = [check for check in registry.checks() if check.rule.id == "complete/hidden_character"]
    script = "const q = /[`]/; t += `\u200f`;\n"
    assert [hit.severity for hit in examples.hits(check, {"app.js": script})] == [Severity.MEDIUM]


@pytest.mark.parametrize(("text", "severity"), [
    ('NAMES = "[!-\u2027\u202a-\ud7ff]"', Severity.MEDIUM),
    ('NAMES = "[!-\u2027\u2066-\ud7ff\u2069]"', Severity.MEDIUM),
    ('NAMES = "[!-\u2027\u202a-\u05d0]"', Severity.HIGH),
    ('NAMES = "[!-\u2027\u202e-\ud7ff]"', Severity.HIGH),
    ('NAMES = "a\u202a" # \u2067 is', Severity.HIGH),
])  # fmt: skip
def test_what_changes_the_order_blocks_where_something_reads_from_right_to_left(text, severity):
    (check,) = [check for check in registry.checks() if check.rule.id == "complete/hidden_character"]
    assert [hit.severity for hit in examples.hits(check, {"app.py": f"{text}\n"})][:1] == [severity]


@pytest.mark.parametrize("filler", [" " * 2_500, ": " + "a" * 2_500 + "; "])
def test_a_way_out_far_to_the_right_of_its_line_is_seen(filler):
    (compare,) = [one for one in registry.compares() if one.rule.id == "complete/gate_weakened"]
    assert examples.compared(compare, {"ci.sh": "semgrep ci\n"}, {"ci.sh": f"{filler}exit 0\nsemgrep ci\n"})


def test_a_code_far_behind_its_annotation_is_seen():
    (compare,) = [one for one in registry.compares() if one.rule.id == "complete/new_suppression"]
    said = f'@SuppressWarnings({" " * 900}"java:S2077")'
    assert examples.compared(compare, {}, {"A.java": f"class A {{\n  {said}\n  void f() {{}}\n}}\n"})


def test_each_of_many_lost_pins_of_one_action_is_told():
    (compare,) = [one for one in registry.compares() if one.rule.id == "dependencies/pin_lost"]
    old, new = (
        {CI: "jobs:\n  a:\n    steps:\n" + "".join(f"      - uses: a/b@{ref.format(n)}\n" for n in range(2_000))}
        for ref in ("{:040x}", "v{}")
    )
    assert len(examples.compared(compare, old, new)) == 2_000
