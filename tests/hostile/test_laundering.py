"""Flaws that would be paid for by old ones, carried in by links and names, or let pass by what the change wrote."""

import subprocess
import sys
import textwrap
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gate import registry
from gate.cache import Cache
from gate.change import read_change
from gate.fact import Repo, Settings
from gate.finding import Finding, added
from gate.git import Git
from gate.pipeline import Options, review
from gate.review import Verdict
from gate.rule import Edit, Hit, Place, Rule, Severity
from gate.source import Source, UnreadableError
from rules.complete import gate_weakened, new_suppression
from tests import examples

HEAD = "from flask import Flask, request\n\napp = Flask(__name__)\n\n\n"
EVAL = '@app.post("/calc")\ndef calc():\n    return str(eval(request.json["expr"]))\n'
CI = ".github/workflows/ci.yml"
GATE = "on: [pull_request]\njobs:\n  a:\n    steps:\n      - run: gate scan\n"


def judge(repository, base, head):
    repository.commit(base or {"README": "x\n"})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit(head)
    with Git(repository.folder) as git:
        return review(read_change(git, "main", "HEAD"), Options("commit", today=date(2026, 6, 1)), Cache(None))


def rules(done):
    return {finding.rule.id for finding in done.findings}


def finding(path, severity):
    rule = Rule("execution/shell", "Shell", Severity.HIGH, (78,), "why", "fix", "execution")
    hit = Hit(Place.at(path, 1), "m", severity=severity)
    return Finding.of(rule, hit, "gate", scope="f", mark="run(x)", public="run(x)")


def test_a_harmless_copy_pays_for_no_dangerous_one():
    old, new = finding("a.py", Severity.LOW), finding("a.py", Severity.HIGH)
    assert added([old], [new], {}, {}) == [new]
    assert added([new], [old], {}, {}) == []
    assert added([old, new], [old, new], {}, {}) == []
    assert added([old, old], [old, new], {}, {}) == [new]


def test_a_test_renamed_into_production_brings_its_flaws_as_new_ones():
    old, new = finding("tests/a.py", Severity.HIGH), finding("app/a.py", Severity.HIGH)
    assert added([old], [new], {"tests/a.py": "app/a.py"}, {}) == [new]
    assert added([new], [old], {"app/a.py": "tests/a.py"}, {}) == []


def test_a_suppression_renamed_from_a_test_into_production_is_new():
    base, head = examples.repo({"tests/a.py": "run(x)  # nosec\n"}), examples.repo({"app/a.py": "run(x)  # nosec\n"})
    edit = Edit(base.source("tests/a.py"), head.source("app/a.py"))
    assert list(new_suppression.told_to_look_away.look([edit], base, head))


def test_an_old_flaw_that_a_formatter_touched_is_not_new(repository):
    after = EVAL.replace('str(eval(request.json["expr"]))', "str( eval(request.json['expr']) )")
    assert judge(repository, {"app.py": HEAD + EVAL}, {"app.py": HEAD + after}).findings == ()


@pytest.mark.parametrize(("files", "link", "target"), [
    ({"payload.txt": HEAD + EVAL}, "app.py", "payload.txt"),
    ({"docs/app.py": HEAD + EVAL}, "app.py", "docs/app.py"),
    ({"docs/app.py": HEAD + EVAL}, "app", "docs"),
    ({}, "app.py", "nowhere.py"),
    ({}, "app.py", ".git/config"),
    ({}, "app.py", "app.py"),
    ({}, "a/app.py", "../../a.py"),
])  # fmt: skip
def test_a_link_passes_only_to_what_is_judged_as_it_would_be(repository, files, link, target):
    done = judge(repository, None, {**files, link: Path(target)})
    assert done.verdict is Verdict.INCOMPLETE
    assert any(row.path == link and row.hole for row in done.coverage)


@pytest.mark.parametrize(
    ("link", "target"), [("b.py", "a.py"), ("run", "a.py"), ("folder", "lib"), ("tests/a.py", "../a.py")]
)
def test_a_link_to_what_is_judged_passes(repository, link, target):
    files = {"a.py": "x = 1\n", "lib/b.py": "x = 1\n", link: Path(target)}
    assert judge(repository, None, files).verdict is Verdict.PASS


def test_a_script_that_begins_like_a_picture_is_searched(repository):
    token = "gh" + "p_" + "9fQ2mVx7KdR4tZ8bLw3YcH6jN1pS5uE0aGiT"
    assert any(
        rule.startswith("detect-secrets/") for rule in rules(judge(repository, None, {"a.bmp": f"BM = '{token}'\n"}))
    )


@pytest.mark.parametrize("codec", ["utf_8", "utf-8-unix", "UTF8", "euc_jp", "Latin_1", "iso-8859-1-dos", "iso-latin-1"])
def test_plain_encodings_are_read_however_they_are_written(codec):
    assert Source.decode("a.py", f"# coding: {codec}\nx = 1\n".encode()).text.endswith("x = 1\n")


@pytest.mark.parametrize("codec", ["utf-7", "rot13", "unicode_escape", "utf-8x", "hz", "punycode"])
def test_encodings_that_hide_code_are_refused(codec):
    with pytest.raises(UnreadableError):
        Source.decode("a.py", f"# coding: {codec}\nx = 1\n".encode())


def weaken(base, head, settings=None):
    settings = settings or Settings()
    before, after = (Repo(examples.Memory(tree), Cache(None), settings) for tree in (base, head))
    edits = [Edit(before.source(p), after.source(p)) for p in sorted({*base, *head}) if base.get(p) != head.get(p)]
    return [str(hit.severity) for hit in gate_weakened.weakens_the_gate.look(edits, before, after)]


def test_the_first_policy_may_not_be_more_lenient_than_the_defaults():
    assert weaken({CI: GATE}, {CI: GATE, "gate.toml": '[rules]\n"execution/*" = "off"\n'}) == ["high"] * 3
    assert weaken({}, {CI: GATE, "gate.toml": '[paths]\nignore = ["**"]\n'}) == ["high"]


def test_a_second_pipeline_does_not_introduce_a_tool_the_first_one_runs():
    base = {CI: GATE.replace("gate scan", "bandit -r .")}
    more = {".github/workflows/more.yml": base[CI], ".bandit": "[bandit]\nskips = B602\n"}
    assert weaken(base, {**base, **more}) == ["high"]


@pytest.mark.parametrize(("action", "held", "said"), [
    ("warn", "note", ["low"]), ("warn", "warn", ["low"]), ("warn", "block", ["high"]), ("note", "warn", ["high"]),
    ("off", "off", ["low"]), ("off", "note", ["low"]),
])  # fmt: skip
def test_a_rule_is_lowered_only_from_where_the_base_policy_holds_it(action, held, said):
    settings = Settings(actions={"bandit/B101": held})
    head = {"gate.toml": f'[rules]\n"bandit/B101" = "{action}"\n'}
    assert weaken({"gate.toml": "# none\n"}, head, settings) == said


def test_demands_for_a_persons_word_are_known_and_missed_when_gone():
    attest = '[attest]\nitems = ["tenancy"]\nticket = "SEC-1"\n'
    assert weaken({"gate.toml": "# none\n"}, {"gate.toml": attest}) == ["low"]
    assert weaken({"gate.toml": attest}, {"gate.toml": "# none\n"}) == ["high", "high"]


def test_a_wrapper_that_is_let_go_or_gone_around_is_told():
    wrapper = '[[wrappers]]\nuse = "app.db"\ninstead_of = ["psycopg", "pg8000"]\n'
    assert weaken({"gate.toml": wrapper}, {"gate.toml": wrapper.replace(', "pg8000"', "")}) == ["high"]
    assert weaken({"gate.toml": wrapper}, {"gate.toml": wrapper + 'allow = ["**"]\n'}) == ["high"]


def test_text_that_is_checked_out_in_another_encoding_is_told():
    assert weaken({}, {".gitattributes": "*.py working-tree-encoding=UTF-16LE\n"}) == ["high"]


def test_a_rule_over_the_change_that_fails_is_a_hole_and_hides_nothing(repository, monkeypatch):
    def fail(*_):
        raise KeyError("x")

    monkeypatch.setattr("gate.registry.compares", lambda: [replace(gate_weakened.weakens_the_gate, look=fail)])
    done = judge(repository, None, {"app.py": HEAD + EVAL})
    assert "execution/eval_endpoint" in rules(done)
    assert any(row.hole and "gate_weakened failed" in row.reason for row in done.coverage)


LARGE = """
from gate.rule import Edit, Source
from gate import registry
from gate.cache import Cache
from gate.fact import Repo
from rules.complete import gate_weakened, new_suppression
from tests import examples

def look(compare, base, head):
    before, after = examples.repo(base), examples.repo(head)
    edits = [Edit(before.source(p), after.source(p)) for p in sorted({*base, *head})]
    return list(compare.look(edits, before, after))

many = "f(\\n" + "    a,  # nosec\\n" * 5_000 + ")\\n"
assert len(look(new_suppression.told_to_look_away, {}, {"a.py": many})) == 5_000
step = "      - run: bandit -r src\\n"
steps = "on: [pull_request]\\njobs:\\n  a:\\n    steps:\\n" + "      - run: echo\\n" * 2_900
assert look(gate_weakened.weakens_the_gate, {".github/workflows/a.yml": steps + step}, {".github/workflows/a.yml": steps})
"""


def test_thousands_of_equal_lines_are_compared():
    subprocess.run([sys.executable, "-c", LARGE], check=True, timeout=300)


DECOY = """
import os
from flask import Flask, redirect, request
app = Flask(__name__)
@app.get("/a")
def a():
    if not is_safe_path(request.args["a"]):
        return ""
    return open(os.path.join("/srv", {first}, {second})).read()
"""


@pytest.mark.parametrize("checked_first", [True, False])
def test_text_that_was_looked_at_hides_none_that_was_not(checked_first):
    names = ['request.args["a"]', 'request.args["b"]']
    first, second = names if checked_first else reversed(names)
    (check,) = [one for one in registry.checks() if one.rule.id == "injection/path_traversal"]
    (hit,) = examples.hits(check, {"app.py": DECOY.format(first=first, second=second)})
    assert hit.severity is None


def test_the_page_somebody_came_from_hides_no_address_of_theirs():
    text = """
    from django.http import HttpResponseRedirect
    def leave(request):
        return HttpResponseRedirect(request.META.get("HTTP_REFERER") or request.POST.get("next"))
    """
    (check,) = [one for one in registry.checks() if one.rule.id == "injection/open_redirect"]
    assert [hit.place.line for hit in examples.hits(check, {"app.py": textwrap.dedent(text)})] == [4]
