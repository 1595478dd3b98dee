"""The whole path under a policy: whose counts, what it waives, what a suppression weighs."""

from datetime import date

import pytest

from gate.pipeline import Options
from gate.review import Verdict
from tests.judging import EVAL, FLASK, change, found, judge

IMPORTS = "import hashlib\n\nimport requests\nfrom django.utils.safestring import mark_safe\n\n\n"


def waiver(finding, expires):
    return (
        f'[[waivers]]\nrule = "{finding.rule.id}"\npath = "{finding.place.path}"\n'
        f'fingerprint = "{finding.fingerprint}"\nreason = "r"\napprover = "a"\nexpires = {expires}\n'
    )


def test_the_policy_of_the_change_does_not_count(repository):
    done = change(
        repository,
        {"app.py": FLASK},
        {"app.py": FLASK + EVAL, "gate.toml": '[rules]\n"execution/*" = "off"\n"complete/*" = "off"\n'},
    )
    rules = {rule for rule, _, _ in found(done)}
    assert {"execution/eval_endpoint", "complete/gate_weakened"} <= rules
    assert done.verdict is Verdict.BLOCK
    assert any("gate.toml" in note for note in done.notes)


def test_the_policy_of_the_base_counts(repository):
    done = change(
        repository,
        {"app.py": FLASK, "gate.toml": '[rules]\n"execution/eval_endpoint" = "warn"\n'},
        {"app.py": FLASK + EVAL},
    )
    assert done.verdict is Verdict.PASS
    assert [finding.action for finding in done.findings] == ["warn"]


def test_a_waiver_in_base_lets_the_finding_pass(repository):
    first = change(repository, {"app.py": FLASK}, {"app.py": FLASK + EVAL})
    one = first.findings[0]
    repository.git("checkout", "--quiet", "main")
    repository.commit({"gate.toml": waiver(one, "2999-01-01")})
    repository.git("checkout", "--quiet", "change")
    repository.git("rebase", "--quiet", "main")
    done = judge(repository)
    assert done.findings[0].waived is not None
    assert done.verdict is Verdict.PASS


def test_the_policy_is_that_of_the_branch_as_it_stands(repository):
    lax = '[rules]\n"execution/eval_endpoint" = "off"\n'
    done = change(repository, {"app.py": FLASK, "gate.toml": lax}, {"app.py": FLASK + EVAL})
    assert done.verdict is Verdict.PASS
    start = repository.git("rev-parse", "main")
    repository.git("checkout", "--quiet", "main")
    tip = repository.commit({"gate.toml": None, "other.py": "x = 1\n"})
    done = judge(repository, head="change")
    assert found(done) == [("execution/eval_endpoint", "app.py", 8)]
    assert done.verdict is Verdict.BLOCK
    assert done.base == start
    assert any(tip[:12] in note for note in done.notes)
    repository.git("checkout", "--quiet", "change")
    assert judge(repository, head=None).verdict is Verdict.BLOCK
    assert judge(repository, base=start).verdict is Verdict.PASS


def test_a_waiver_granted_while_the_branch_was_open_counts(repository):
    one = change(repository, {"app.py": FLASK}, {"app.py": FLASK + EVAL}).findings[0]
    repository.git("checkout", "--quiet", "main")
    repository.commit({"gate.toml": waiver(one, "2999-01-01")})
    assert judge(repository, head="change").verdict is Verdict.PASS


def test_a_waiver_that_ran_out_is_reported_where_the_change_leaves_it(repository):
    one = change(repository, {"app.py": FLASK}, {"app.py": FLASK + EVAL}).findings[0]
    repository.git("checkout", "--quiet", "main")
    repository.commit({"gate.toml": waiver(one, "2020-01-01")})
    rules = {finding.rule.id for finding in judge(repository, head="change").findings}
    assert rules == {"execution/eval_endpoint"}
    repository.git("checkout", "--quiet", "-b", "moved")
    repository.commit({"gate.toml": "# longer\n" + waiver(one, "2020-01-01")})
    assert ("complete/expired_waiver", "gate.toml", 2) in found(judge(repository, head="moved"))
    repository.commit({"gate.toml": "# none\n"})
    assert "complete/expired_waiver" not in {f.rule.id for f in judge(repository, head="moved").findings}


def test_an_expired_waiver_is_a_finding_and_waives_nothing(repository):
    entry = '[[waivers]]\nrule = "execution/eval_endpoint"\npath = "a"\nfingerprint = "b"\nreason = "r"\n'
    done = change(
        repository,
        {"app.py": FLASK, "gate.toml": entry + 'approver = "a"\nexpires = 2020-01-01\n'},
        {"b.py": "X = 1\n"},
    )
    assert found(done) == [("complete/expired_waiver", "gate.toml", 1)]


@pytest.mark.parametrize(("line", "action"), [
    ("eval(x)  # nosec", "block"),
    ("requests.get(x, verify=False)  # nosec", "block"),
    ("return mark_safe(x)  # noqa: S308", "warn"),
    ("return hashlib.md5(x).hexdigest()  # nosec", "warn"),
    ("x = 1  # nosec", "warn"),
])  # fmt: skip
def test_a_suppression_weighs_what_it_hides(repository, line, action):
    repository.commit({"README": "x\n"})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit({"app.py": f"{IMPORTS}def f(x):\n    {line}\n"})
    done = judge(repository, Options("commit", today=date(2026, 6, 1)))
    assert [f.action for f in done.findings if f.rule.id == "complete/new_suppression"] == [action]
