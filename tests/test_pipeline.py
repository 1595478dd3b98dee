"""The whole path on real repositories: what a change adds is reported, and nothing else."""

import json
from dataclasses import replace
from datetime import date

import pytest

from gate import registry
from gate.cache import Cache
from gate.change import read_change
from gate.git import Git
from gate.pipeline import Options, review
from gate.reports.json import render
from gate.review import State, Verdict

FLASK = "from flask import Flask, request\n\napp = Flask(__name__)\n\n\n"
EVAL = '@app.post("/calc")\ndef calc():\n    return str(eval(request.json["expr"]))\n'
IMPORTS = "import hashlib\n\nimport requests\nfrom django.utils.safestring import mark_safe\n\n\n"
SAFE = '@app.get("/")\ndef index():\n    return "ok"\n'
NATIVE = Options("full", only=frozenset({"gate"}), today=date(2026, 6, 1))


def judge(repository, options=NATIVE, base="main", head="HEAD", **rest):
    with Git(repository.folder) as git:
        return review(read_change(git, base, head, **rest), options, Cache(None))


def change(repository, before, after):
    repository.commit(before)
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit(after)
    return judge(repository)


def waiver(finding, expires):
    return (
        f'[[waivers]]\nrule = "{finding.rule.id}"\npath = "{finding.place.path}"\n'
        f'fingerprint = "{finding.fingerprint}"\nreason = "r"\napprover = "a"\nexpires = {expires}\n'
    )


def found(done):
    return [(finding.rule.id, finding.place.path, finding.place.line) for finding in done.findings]


def test_a_new_flaw_blocks(repository):
    done = change(repository, {"app.py": FLASK + SAFE}, {"app.py": FLASK + SAFE + "\n\n" + EVAL})
    assert found(done) == [("execution/eval_endpoint", "app.py", 13)]
    assert done.verdict is Verdict.BLOCK
    assert next(a for a in done.answers if a.item.id == "execution").state is State.STOP
    assert done.findings[0].in_diff
    assert done.findings[0].excerpt


def test_a_flaw_that_two_scanners_see_is_one_finding(repository):
    repository.commit({"app.py": FLASK})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit({"app.py": FLASK + 'app.run(\n    host="0.0.0.0",\n    debug=True,\n)\n'})
    done = judge(repository, replace(NATIVE, only=frozenset({"gate", "bandit"})))
    seen = [(finding.rule.id, finding.scanners) for finding in done.findings if 94 in finding.rule.cwes]
    assert seen == [("execution/debug_console", ("bandit", "gate"))]


@pytest.mark.parametrize(
    "after",
    [
        FLASK + EVAL + "\n\n" + SAFE,
        FLASK + SAFE + "\n\n\n\n" + EVAL,
        FLASK + "if True:\n" + "".join(f"    {line}\n" for line in EVAL.splitlines()),
        "# a comment\n" + FLASK + EVAL,
    ],
    ids=["grown", "moved", "re-indented", "shifted"],
)
def test_an_old_flaw_is_not_reported(repository, after):
    assert found(change(repository, {"app.py": FLASK + EVAL}, {"app.py": after})) == []


def test_an_old_flaw_in_a_renamed_file_is_not_reported(repository):
    done = change(repository, {"app.py": FLASK + EVAL}, {"app.py": None, "web/main.py": FLASK + EVAL + "\n# moved\n"})
    assert found(done) == []


def test_an_old_flaw_moved_to_another_file_is_not_reported(repository):
    helper = "import subprocess\n\n\ndef run(command):\n    subprocess.run(command, shell=True)\n"
    route = FLASK + 'from helper import run\n\n\n@app.get("/")\ndef go():\n    run(request.args["c"])\n    return ""\n'
    done = change(
        repository,
        {"helper.py": helper, "app.py": route, "other.py": "X = 1\n"},
        {"helper.py": "Y = 2\n", "other.py": helper, "app.py": route.replace("from helper", "from other")},
    )
    assert found(done) == []


def test_a_second_copy_is_reported_where_it_was_written(repository):
    second = EVAL.replace("calc", "again")
    done = change(repository, {"app.py": FLASK + EVAL}, {"app.py": FLASK + second + "\n\n" + EVAL})
    assert found(done) == [("execution/eval_endpoint", "app.py", 8)]


def test_a_flaw_made_by_deleting_a_check_is_reported_where_it_is_now_dangerous(repository):
    guarded = (
        FLASK + 'NAMES = {"a", "b"}\n\n\n@app.get("/x")\ndef x():\n    name = request.args["n"]\n'
        '    if name not in NAMES:\n        return "", 400\n    return str(eval(name))\n'
    )
    bare = guarded.replace('    if name not in NAMES:\n        return "", 400\n', "")
    done = change(repository, {"app.py": guarded}, {"app.py": bare})
    assert found(done) == [("execution/eval_endpoint", "app.py", 12)]
    assert not done.findings[0].in_diff


def test_a_route_to_an_old_helper_is_reported_with_its_path(repository):
    helper = "def figure(text):\n    return eval(text)\n"
    route = FLASK + 'from helper import figure\n\n\n@app.post("/f")\ndef f():\n    return figure(request.json["t"])\n'
    done = change(repository, {"helper.py": helper, "app.py": FLASK + SAFE}, {"app.py": route})
    assert [rule for rule, _, _ in found(done)] == ["execution/eval_endpoint"]
    assert {hop.place.path for hop in done.findings[0].trace} == {"app.py", "helper.py"}


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


@pytest.mark.parametrize("after", [{"a.py": None}, {}], ids=["deletions", "nothing"])
def test_a_change_without_content_passes(repository, after):
    assert change(repository, {"a.py": "x = 1\n", "b.py": "y = 2\n"}, after).verdict is Verdict.PASS


def test_odd_paths_are_read(repository):
    names = ["we ird.py", 'qu"ote.py', "new\nline.py", "-dash.py", "uni\u202ecode.py", "caf\udce9.py"]
    done = change(repository, {"README": "x\n"}, dict.fromkeys(names, FLASK + EVAL))
    assert {path for _, path, _ in found(done)} == set(names)


def test_the_worktree_is_judged_with_its_untracked_files(repository):
    repository.commit({"a.py": "x = 1\n", ".gitignore": "ignored.py\n"})
    repository.write({"new.py": FLASK + EVAL, "ignored.py": FLASK + EVAL})
    assert found(judge(repository, base=None, head=None)) == [("execution/eval_endpoint", "new.py", 8)]


def test_staged_judges_the_index_and_never_the_worktree(repository):
    repository.commit({"a.py": FLASK})
    repository.write({"a.py": FLASK + EVAL})
    repository.git("add", "a.py")
    repository.write({"a.py": FLASK, "b.py": FLASK + EVAL})
    assert found(judge(repository, base=None, head=None, staged=True)) == [("execution/eval_endpoint", "a.py", 8)]


def test_a_first_commit_is_judged_whole(repository):
    repository.write({"a.py": FLASK + EVAL})
    repository.git("add", "--all")
    assert len(found(judge(repository, base=None, head=None, staged=True))) == 1


def test_equal_input_gives_equal_json(repository):
    change(repository, {"app.py": FLASK + SAFE}, {"app.py": FLASK + EVAL, "b.py": FLASK + EVAL})
    one, other = (json.loads(render(judge(repository))) for _ in range(2))
    for varies in ("timing", "environment"):
        one.pop(varies, None)
        other.pop(varies, None)
    assert json.dumps(one) == json.dumps(other)


def test_what_is_remembered_gives_the_same_review(repository, tmp_path):
    change(repository, {"app.py": FLASK + SAFE}, {"app.py": FLASK + EVAL})
    options = Options("commit", today=date(2026, 6, 1))
    with Git(repository.folder) as git:
        seen = [review(read_change(git, "main", "HEAD"), options, Cache(tmp_path / "own")) for _ in range(2)]
    facts = [[(f.rule.id, f.fingerprint, f.place, f.excerpt, f.scanners) for f in one.findings] for one in seen]
    assert facts[0] == facts[1]
    assert seen[0].coverage == seen[1].coverage


def test_the_users_repository_is_left_as_it_was(repository):
    repository.commit({"a.py": "x = 1\n"})
    repository.write({"a.py": "y = 2\n", "b.py": "z = 3\n"})

    def state():
        paths = (repository.folder / ".git").rglob("*")
        return {(path.name, path.stat().st_mtime_ns) for path in paths if path.is_file()}

    before = state()
    judge(repository, base=None, head=None)
    assert state() == before


def test_a_rule_that_fails_is_a_hole_and_not_a_pass(repository, monkeypatch):
    def broken(fact, repo):
        raise ZeroDivisionError("by zero")
        yield

    checks = registry.checks()
    faulty = replace(next(c for c in checks if c.rule.id == "execution/eval_endpoint"), look=broken)
    monkeypatch.setattr(registry, "checks", lambda: (*checks, faulty))
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
