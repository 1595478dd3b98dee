"""The whole path on real repositories: what a change adds is reported, and nothing else."""

import json
from dataclasses import replace
from datetime import date

import pytest

from gate.cache import Cache
from gate.change import read_change
from gate.git import Git
from gate.pipeline import Options, review
from gate.reports.json import render
from gate.review import State, Verdict
from tests.judging import EVAL, FLASK, NATIVE, SAFE, change, found, judge


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


_HELPER = "import subprocess\n\n\ndef run(command):\n    subprocess.run(command, shell=True)\n"
_ROUTE = 'from helper import run\n\n\n@app.get("/")\ndef go():\n    run(request.args["c"])\n    return ""\n'


@pytest.mark.parametrize(
    "after",
    [
        {"app.py": FLASK + _ROUTE.replace('return ""', 'return "ok"')},
        {"app.py": None, "web.py": FLASK + "X = 1\n" * 40 + _ROUTE},
        {"app.py": FLASK, "web.py": FLASK + _ROUTE},
    ],
    ids=["edited", "gone", "taken out"],
)
def test_an_old_flaw_that_a_changed_file_leads_to_is_not_reported(repository, after):
    assert found(change(repository, {"helper.py": _HELPER, "app.py": FLASK + _ROUTE}, after)) == []


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
