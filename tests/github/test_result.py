"""`gate review --from`: a result another run left, which a stranger may have written."""

import json
from pathlib import Path

import pytest

from tests.github.conftest import STAR
from tests.github.double import NAME
from tests.github.test_review import anchor


def test_a_forged_pass_of_a_stranger_is_not_believed(github, push, command, result, event):
    head = push({"star.py": STAR})
    github.pull = {"source": "mallory/shop"}
    event("workflow_run", workflow_run={"head_sha": head, "head_repository": {"full_name": "mallory/shop"}})
    forged = json.loads(Path(result()).read_text(encoding="utf-8"))
    forged["findings"][0] |= {
        "action": "note", "why": "It is fine.", "title": "Approved", "excerpt": [{"number": 1, "text": "x", "marked": True}],
        "waived": {"reason": "r", "approver": "boss", "expires": "2999-01-01"}, "in_diff": False,
    }  # fmt: skip
    done = command("--from", result(**{**forged, "verdict": "pass", "allow_incomplete": True}))
    assert done.exit_code == 1
    assert github.log == ["GET pulls", "QUERY", "GET reviews", "GET files", "GET pull", "POST reviews"]
    text = anchor(github)
    assert "BLOCKED: 1 finding" in text
    assert "could have tampered" in text
    assert "return cur.execute('********')" in text
    assert "It is fine" not in text
    assert "Approved" not in text
    assert command("--from", result(**forged)).exit_code == 1
    assert github.writes() == []
    assert len(github.log) == 4


def test_the_policy_for_a_stranger_is_that_of_the_base(github, push, command, result, event, repository):
    repository.git("checkout", "--quiet", "main")
    github.base = repository.commit({"gate.toml": '[rules]\n"queries/select_star" = "warn"\n'})
    repository.git("checkout", "--quiet", "-B", "change")
    head = push({"star.py": STAR})
    event("workflow_run", workflow_run={"head_sha": head, "head_repository": {"full_name": NAME}})
    forged = json.loads(Path(result()).read_text(encoding="utf-8"))
    forged["findings"][0]["action"] = "block"
    assert command("--from", result(**forged)).exit_code == 0
    assert "PASSED" in anchor(github)


def test_nobody_speaks_for_another_pull_request(github, push, command, result, event):
    push({"star.py": STAR})
    event("workflow_run", workflow_run={"head_sha": "1" * 40, "head_repository": {"full_name": "mallory/shop"}})
    done = command("--from", result())
    assert done.exit_code == 2
    assert "the run it comes from was for 111111111111" in done.stderr
    assert github.log == []


def test_a_branch_of_another_repository_is_another_branch(github, push, command, result, event):
    head = push({"star.py": STAR})
    event("workflow_run", workflow_run={"head_sha": head, "head_repository": {"full_name": "mallory/shop"}})
    done = command("--from", result())
    assert done.exit_code == 1
    assert "No open pull request" in done.stderr
    assert github.writes() == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema": 2}, "at schema"), ({"findings": [{}]}, "at findings/0"), ({"checklist": []}, "another checklist"),
        ({"findings": 5}, "at findings"),
    ],
)  # fmt: skip
def test_a_result_of_another_shape_is_refused(push, command, result, changes, said):
    push({"star.py": STAR})
    done = command("--from", result(**changes))
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_rule_nobody_knows_is_refused(push, command, result):
    push({"star.py": STAR})
    data = json.loads(Path(result()).read_text(encoding="utf-8"))
    data["findings"][0]["rule"] = "queries/made_up"
    done = command("--from", result(**data))
    assert done.exit_code == 2
    assert "queries/made_up" in done.stderr


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\udcff"])
def test_a_result_that_is_not_json_is_refused(command, tmp_path, text):
    file = tmp_path / "result.json"
    file.write_bytes(text.encode(errors="surrogateescape"))
    done = command("--from", str(file))
    assert done.exit_code == 2
    assert "is not JSON" in done.stderr


def test_what_the_base_policy_wants_confirmed_is_read_from_the_pull_request(
    github, push, command, result, event, repository
):
    repository.git("checkout", "--quiet", "main")
    github.base = repository.commit({"gate.toml": '[attest]\nitems = ["tenancy"]\n'})
    repository.git("checkout", "--quiet", "-B", "change")
    head = push({"a.py": "def rows(db, tenant):\n    return db.rows(tenant)\n"})
    github.pull = {"body": "Nothing to see."}
    done = command("--pr", "7", "--profile", "commit")
    assert done.exit_code == 1
    assert "1 answer of a person is missing" in anchor(github)
    tick = f"## Security\r\n\r\nAt {head[:10]}:\r\n- [x] Were the touched routes tried with another tenant's ids? (`tenancy`)"
    github.pull = {"body": tick}
    assert command("--pr", "7", "--profile", "commit").exit_code == 0
    assert github.writes() == ["PUT review"]
    assert "- [x] Were the touched routes" in anchor(github)
    event("workflow_run", workflow_run={"head_sha": head, "head_repository": {"full_name": NAME}})
    assert command("--from", result()).exit_code == 0
    github.pull = {"body": ""}
    assert command("--from", result()).exit_code == 1


def test_what_a_stranger_reported_is_kept_with_a_warning(github, push, command, result, event, monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    head = push({"star.py": STAR})
    github.can_write = False
    event("workflow_run", workflow_run={"head_sha": head, "head_repository": {"full_name": NAME}})
    assert command("--from", result(), "--status").exit_code == 1
    assert github.writes() == ["POST reviews"]
    assert "could have tampered" in (tmp_path / "summary.md").read_text()
