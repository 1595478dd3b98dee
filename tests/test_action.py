"""The Action: its steps run for real, and nothing that a change or an input holds becomes a command."""

import json
import re
import shutil
import sysconfig
import venv
from pathlib import Path

import pytest

from tests import runner
from tests.test_trigger import event

TOP = Path(__file__).parent.parent
ACTION, REVIEW = TOP / "action.yml", TOP / "review" / "action.yml"
EVAL = "from flask import Flask, request\napp = Flask(__name__)\n@app.post('/c')\ndef c():\n    return eval(request.json['e'])\n"
WARNED = "import hashlib\n\n\ndef mark(text):\n    return hashlib.md5(text).hexdigest()\n"
CLEAN = "def double(number):\n    return 2 * number\n"


@pytest.fixture(scope="session")
def gate(tmp_path_factory):
    """An environment like the one the install step makes, with the packages of this one and gate where runners put it."""
    folder = tmp_path_factory.mktemp("gate")
    unpacked = tmp_path_factory.mktemp("work") / "_actions" / "example" / "gate" / "v1"
    unpacked.parent.mkdir(parents=True)
    unpacked.symlink_to(TOP)
    venv.create(folder, symlinks=True)
    site = next(folder.glob("lib/python*/site-packages"))
    (site / "gate.pth").write_text(f"{unpacked}\n{sysconfig.get_path('purelib')}\n")
    return folder


class Job:
    """A job that runs the action in a checkout of the repository."""

    def __init__(self, repository, gate, folder):
        self.repository, self.gate, self.folder = repository, gate, folder

    def __call__(self, files, name="pull_request", inputs=None, **changes):
        """The event `name`, whose change is `files` on top of what is committed."""
        base = self.repository.git("rev-parse", "HEAD")
        head = self.repository.commit(files)
        payload = json.dumps(event(name)).replace(event("push")["before"], base).replace(event("push")["after"], head)
        return self.on(json.loads(payload), name, head, inputs, **changes)

    def on(self, payload, name, head, inputs=None, **changes):
        temp = self.folder / f"runner-{len(list(self.folder.glob('runner-*')))}"
        shutil.copytree(self.gate, temp / "gate", symlinks=True)
        (temp / "event.json").write_text(json.dumps(payload))
        environment = runner.environment(
            GITHUB_EVENT_NAME=name, GITHUB_EVENT_PATH=str(temp / "event.json"), GITHUB_SHA=head,
            GITHUB_REPOSITORY="example/shop", GITHUB_API_URL="https://127.0.0.1:1", **changes,
        )  # fmt: skip
        chosen = {"profile": "commit", "comment": "false"} | (inputs or {})
        installed = {"install": {"gate": str(temp / "gate")}}
        return runner.run(ACTION, self.repository.folder, temp, environment, chosen, installed)


@pytest.fixture
def job(repository, gate, tmp_path):
    return Job(repository, gate, tmp_path)


def test_a_pull_request_that_is_blocked_fails_the_job_and_says_so_everywhere(repository, job):
    repository.commit({"a.py": CLEAN})
    ran = job({"a.py": EVAL})
    assert ran.status == 1, ran.log
    assert ran.outputs["verdict"] == "block"
    assert ran.outputs["blocking"] == "1"
    assert "::error file=a.py,line=5" in ran.log
    assert "BLOCKED" in ran.summary
    assert "(https://github.com/example/gate/blob/v1/docs/rules/execution/eval_endpoint.md)" in ran.summary
    assert f"judged `{repository.git('rev-parse', 'HEAD~1')[:12]}`" in ran.summary
    assert json.loads(Path(ran.outputs["json"]).read_text())["verdict"] == "block"
    assert json.loads(Path(ran.outputs["sarif"]).read_text())["version"] == "2.1.0"
    assert "BLOCKED" in Path(ran.outputs["markdown"]).read_text()
    assert ran.leaked == ""


def test_a_clean_pull_request_passes(repository, job):
    repository.commit({"a.py": CLEAN})
    ran = job({"b.py": CLEAN})
    assert (ran.status, ran.outputs["verdict"], ran.outputs["blocking"]) == (0, "pass", "0"), ran.log


def test_what_could_not_be_judged_fails_the_job_with_3(repository, job):
    repository.commit({"a.py": CLEAN})
    ran = job({"a.bin": b"\0\1\2"})
    assert (ran.status, ran.outputs["verdict"]) == (3, "incomplete"), ran.log
    assert ran.outputs["unknown"] != "0"


@pytest.mark.parametrize(("fail_on", "status"), [("block", 0), ("warn", 1), ("none", 0), ("nothing", 2)])
def test_fail_on_decides_about_warnings(repository, job, fail_on, status):
    repository.commit({"a.py": CLEAN})
    ran = job({"a.py": WARNED}, inputs={"fail-on": fail_on})
    assert ran.outputs["verdict"] == "pass", ran.log
    assert int(ran.outputs["warnings"])
    assert ran.status == status


def test_fail_on_none_is_for_trying_and_hides_nothing(repository, job):
    repository.commit({"a.py": CLEAN})
    ran = job({"a.py": EVAL}, inputs={"fail-on": "none"})
    assert (ran.status, ran.outputs["verdict"]) == (0, "block")
    assert "::error" in ran.log
    assert "The verdict is block" in ran.log


@pytest.mark.parametrize(("content", "status"), [(EVAL, 1), (CLEAN, 0)])
def test_a_review_that_cannot_be_written_changes_no_verdict(repository, job, content, status):
    repository.commit({"a.py": CLEAN})
    ran = job({"b.py": content}, inputs={"comment": "true"})
    assert "[Write the review] ended with 0" in ran.log
    assert ran.status == status, ran.log


def test_only_the_step_that_writes_the_review_sees_the_token():
    for path in (ACTION, REVIEW):
        steps = runner.load(path)["runs"]["steps"]
        seeing = [step["name"] for step in steps if "token" in json.dumps(step.get("env", {})).lower()]
        assert seeing == ["Write the review"]
        assert "token" not in json.dumps([step["run"] for step in steps]).lower()


def test_a_branch_from_an_old_commit_is_judged_by_the_policy_of_today(repository, job):
    repository.commit({"a.py": CLEAN, "gate.toml": '[rules]\n"execution/eval_endpoint" = "off"\n'})
    repository.git("checkout", "--quiet", "-b", "change")
    head = repository.commit({"a.py": EVAL})
    repository.git("checkout", "--quiet", "main")
    base = repository.commit({"gate.toml": None})
    payload = event("pull_request")
    payload["pull_request"] |= {"base": {"sha": base}, "head": {"sha": head}}
    ran = job.on(payload, "pull_request", head)
    assert ran.status == 1, ran.log
    assert f"the policy of {base[:12]}" in ran.summary


def test_a_draft_is_judged_and_not_yet_reviewed(repository, job):
    base = repository.commit({"a.py": CLEAN})
    head = repository.commit({"a.py": EVAL})
    payload = event("pull_request")
    payload["pull_request"] |= {"draft": True, "base": {"sha": base}, "head": {"sha": head}}
    ran = job.on(payload, "pull_request", head, {"comment": "true"})
    assert ran.status == 1, ran.log
    assert "No review" in ran.log


@pytest.mark.parametrize("name", ["merge_group", "push"])
def test_a_queue_and_a_push_are_judged_without_a_review(repository, job, name):
    repository.commit({"a.py": CLEAN})
    ran = job({"a.py": EVAL}, name, {"comment": "true"})
    assert (ran.status, ran.outputs["blocking"]) == (1, "1"), ran.log
    assert "No review" in ran.log


def test_a_first_push_is_judged_whole(repository, job):
    head = repository.commit({"a.py": EVAL})
    ran = job.on(event("push") | {"before": "0" * 40, "after": head}, "push", head)
    assert (ran.status, ran.outputs["blocking"]) == (1, "1"), ran.log


def test_a_forced_push_over_what_is_gone_is_judged_whole(repository, job):
    head = repository.commit({"a.py": EVAL})
    ran = job.on(event("push") | {"forced": True, "after": head}, "push", head)
    assert (ran.status, ran.outputs["blocking"]) == (1, "1"), ran.log


def test_a_clone_without_the_base_is_wrong_usage_with_a_hint(repository, job):
    head = repository.commit({"a.py": CLEAN})
    payload = json.loads(json.dumps(event("pull_request")).replace(event("push")["after"], head))
    ran = job.on(payload, "pull_request", head)
    assert (ran.status, ran.outputs["verdict"]) == (2, ""), ran.log
    assert "fetch-depth: 0" in ran.log
    assert "gate came to no verdict" in ran.log


def test_a_run_again_says_that_it_judges_the_same(repository, job):
    repository.commit({"a.py": CLEAN})
    assert "Attempt 2 judges what the first one did" in job({"b.py": CLEAN}, GITHUB_RUN_ATTEMPT="2").summary


def test_another_base_can_be_named(repository, job):
    base = repository.commit({"a.py": CLEAN})
    repository.commit({"b.py": EVAL})
    assert job({"c.py": CLEAN}).outputs["verdict"] == "pass"
    assert job({"d.py": CLEAN}, inputs={"base": base}).outputs["verdict"] == "block"


def test_a_gate_that_breaks_fails_the_job(repository, job):
    repository.commit({"a.py": CLEAN})
    ran = job({"b.py": CLEAN}, GIT_CONFIG_COUNT="x")
    assert ran.status == 3, ran.log
    assert "came to no verdict" in ran.log


@pytest.mark.parametrize("name", ["base", "profile", "sarif", "fail-on", "comment", "token"])
def test_a_hostile_input_stays_text(repository, job, name, tmp_path):
    repository.commit({"a.py": CLEAN})
    bait = tmp_path / "bait"
    job({"b.py": CLEAN}, inputs={name: f'"; touch {bait}; $(touch {bait}) `touch {bait}` --help #\nverdict=pass'})
    assert not bait.exists()


def test_an_input_sets_no_output(repository, job):
    repository.commit({"a.py": CLEAN})
    ran = job({"b.py": EVAL}, inputs={"sarif": "gate.sarif\nverdict=pass", "fail-on": "none"})
    assert (ran.status, ran.outputs["verdict"]) == (2, ""), ran.log


def test_a_checkout_full_of_traps_is_not_run(repository, job, tmp_path):
    repository.commit({"a.py": CLEAN})
    bait = tmp_path / "bait"
    trap = f"open({str(bait)!r}, 'w').close()\n"
    names = ("gate/__init__.py", "json.py", "sitecustomize.py", "click.py", "bandit/__init__.py", "venv.py", "site.py")
    ran = job({"b.py": EVAL, **dict.fromkeys(names, trap)})
    assert ran.status == 1, ran.log
    assert not bait.exists()


def test_a_report_is_not_written_through_a_link_of_the_change(repository, job, tmp_path):
    repository.commit({"a.py": CLEAN})
    ran = job({"out": Path("..")}, inputs={"sarif": "out/gate.sarif"})
    assert ran.status == 2, ran.log
    assert "leads through a link" in ran.log
    assert not (repository.folder.parent / "gate.sarif").exists()
    ran = job({"b.py": CLEAN}, inputs={"sarif": "gate.sarif"})
    assert ran.outputs["sarif"] == str(repository.folder / "gate.sarif")


# What it is made of


@pytest.mark.parametrize("path", [ACTION, REVIEW])
def test_every_output_and_input_that_is_named_is_there(path):
    action, text = runner.load(path), path.read_text(encoding="utf-8")
    assert set(re.findall(r"\binputs\.([\w-]+)", text)) == action["inputs"].keys()
    ids = {step["id"] for step in action["runs"]["steps"] if "id" in step}
    assert set(re.findall(r"\bsteps\.([\w-]+)\.", text)) <= ids
    assert all(runner._EXPRESSION.fullmatch(found) for found in re.findall(r"\$\{\{.*?\}\}", text))


def test_the_outputs_it_promises_are_those_gate_writes(repository, job):
    repository.commit({"a.py": CLEAN})
    ran = job({"b.py": CLEAN})
    assert all(ran.outputs.values()), ran.outputs
