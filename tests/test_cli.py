"""The command line: exit statuses, messages, formats; run as people run it."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from gate.cli import main

EVAL = "from flask import Flask, request\napp = Flask(__name__)\n@app.post('/c')\ndef c():\n    return eval(request.json['e'])\n"


@pytest.fixture
def invoke(repository, monkeypatch):
    monkeypatch.chdir(repository.folder)

    def run(*arguments):
        return CliRunner().invoke(main, [*arguments], catch_exceptions=False)

    return run


@pytest.fixture
def scan(invoke):
    return lambda *arguments: invoke("scan", "--only", "gate", "--quiet", *arguments)


def test_a_clean_change_ends_with_0(repository, scan):
    repository.commit({"a.py": "x = 1\n"})
    repository.write({"a.py": "x = 2\n"})
    done = scan()
    assert done.exit_code == 0
    assert "PASS" in done.stdout.upper()


def test_a_blocked_change_ends_with_1(repository, scan):
    repository.commit({"a.py": "x = 1\n"})
    repository.write({"a.py": EVAL})
    done = scan()
    assert done.exit_code == 1
    assert "execution/eval_endpoint" in done.stdout


def test_what_could_not_be_judged_ends_with_3(repository, scan):
    repository.commit({"a.py": "x = 1\n"})
    repository.write({"b.bin": b"\0\1\2"})
    assert scan().exit_code == 3


def test_blocked_is_worse_than_not_judged_and_both_are_said(repository, scan):
    repository.commit({"a.py": "x = 1\n"})
    repository.write({"a.py": EVAL, "b.bin": b"\0\1\2"})
    done = scan()
    assert done.exit_code == 1
    assert "b.bin" in done.stdout


def test_a_missing_tool_ends_with_3_and_is_named(repository, invoke, monkeypatch):
    monkeypatch.setenv("GATE_SEMGREP", "/nowhere/semgrep")
    repository.commit({"a.js": "x = 1\n"})
    repository.write({"a.js": "x = 2\n"})
    done = invoke("scan", "--only", "semgrep", "--quiet")
    assert done.exit_code == 3
    assert "/nowhere/semgrep" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--base", "nowhere"], "`nowhere` is not a revision"),
        (["--base", "--upload-pack=x"], "not a revision"),
        (["--head", "HEAD", "--staged"], "exclude each other"),
        (["--staged", "--base", "HEAD"], "takes no --base"),
        (["--only", "semgerp"], "no scanner `semgerp`"),
        (["--format", "json", "--format", "sarif"], "in pairs"),
        (["--format", "json", "--format", "sarif", "--output", "x"], "2 --format and 1 --output"),
        (["--format", "json", "--output", "/nowhere/x.json"], "cannot be written"),
        (["--format", "nothing"], "nothing"),
    ],
)
def test_wrong_usage_ends_with_2_and_a_sentence(repository, invoke, arguments, said):
    repository.commit({"a.py": "x = 1\n"})
    done = invoke("scan", *arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_policy_in_base_ends_with_2(repository, scan):
    repository.commit({"gate.toml": "blok = []\n"})
    repository.write({"a.py": "x = 1\n"})
    done = scan()
    assert done.exit_code == 2
    assert "gate.toml line 1" in done.stderr


def test_a_wrong_policy_in_head_is_judged_not_obeyed(repository, scan):
    repository.commit({"gate.toml": "block = ['high']\n"})
    repository.write({"gate.toml": "blok = [\n"})
    assert scan().exit_code == 1


def test_no_repository_ends_with_2(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["scan"])
    assert done.exit_code == 2
    assert "not in a git repository" in done.stderr


def test_no_common_history_ends_with_2(repository, scan):
    repository.commit({"a.py": "x = 1\n"})
    repository.git("checkout", "--quiet", "--orphan", "other")
    repository.commit({"b.py": "y = 1\n"})
    done = scan("--base", "main")
    assert done.exit_code == 2
    assert "no common ancestor" in done.stderr


def test_each_format_goes_where_it_is_sent(repository, scan, tmp_path):
    repository.commit({"a.py": "x = 1\n"})
    repository.write({"a.py": EVAL})
    done = scan(
        "--format", "json", "--output", str(tmp_path / "r.json"), "--format", "sarif", "--output", str(tmp_path / "r.sarif"),
        "--format", "markdown", "--output", "-",
    )  # fmt: skip
    assert json.loads((tmp_path / "r.json").read_text())["verdict"] == "block"
    assert json.loads((tmp_path / "r.sarif").read_text())["version"] == "2.1.0"
    assert "execution/eval_endpoint" in done.stdout
    assert done.exit_code == 1


def test_json_on_stdout_is_nothing_but_json(repository, scan):
    repository.commit({"a.py": "x = 1\n"})
    assert json.loads(scan("--format", "json").stdout)["schema"] == 1


def test_progress_goes_to_stderr_and_quiet_silences_it(repository, invoke):
    repository.commit({"a.py": "x = 1\n"})
    loud = invoke("scan", "--only", "gate", "--format", "json")
    assert "judging" in loud.stderr
    json.loads(loud.stdout)
    assert invoke("scan", "--only", "gate", "--quiet").stderr == ""


def test_no_colour_where_there_is_no_terminal(repository, scan):
    repository.commit({"a.py": "x = 1\n"})
    repository.write({"a.py": EVAL})
    assert "\x1b" not in scan().stdout


def test_explain_prints_the_page_of_our_rules_and_of_tools(invoke):
    ours, theirs = invoke("explain", "tenancy/unscoped_query"), invoke("explain", "bandit/B602")
    assert ours.exit_code == theirs.exit_code == 0
    assert "## Why" in ours.stdout
    assert "## Fix" in theirs.stdout


def test_explain_answers_a_misspelt_rule_with_the_nearest(invoke):
    done = invoke("explain", "tenancy/unscoped_qery")
    assert done.exit_code == 2
    assert "tenancy/unscoped_query" in done.stderr


def test_rules_lists_ours_and_the_tools(invoke):
    listed = {row["rule"]: row for row in json.loads(invoke("rules", "--format", "json").stdout)}
    assert listed["queries/select_star"]["item"] == "queries"
    assert {"bandit/B602", "execution/eval_endpoint"} <= listed.keys()
    assert "execution/eval_endpoint" in invoke("rules").stdout


def test_doctor_names_what_is_missing_and_what_mends_it(invoke, monkeypatch):
    monkeypatch.setenv("GATE_SEMGREP", "/nowhere/semgrep")
    done = invoke("doctor")
    assert done.exit_code == 3
    assert "MISSING" in done.stdout
    assert "diff-gate[full]" in done.stdout


def test_demo_blocks_its_pull_request_and_ends_with_0(invoke, tmp_path):
    done = invoke("demo", "--profile", "commit", "--keep", str(tmp_path / "demo"))
    assert done.exit_code == 0
    for rule in (
        "execution/eval_endpoint",
        "secrets/debug_token",
        "scopes/wildcard_oauth_scope",
        "queries/select_star",
    ):
        assert rule in done.stdout
    assert (tmp_path / "demo" / ".git").is_dir()
    again = invoke("demo", "--keep", str(tmp_path / "demo"))
    assert again.exit_code == 2


def test_the_command_line_imports_nothing_heavy():
    script = "import gate.cli, sys; print(sorted({m.split('.')[0] for m in sys.modules}))"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    for module in ("libcst", "sqlglot", "pydantic", "rich", "bandit", "yaml", "detect_secrets", "hypothesis"):
        assert f"'{module}'" not in loaded


def test_the_module_runs_as_a_process(repository):
    repository.commit({"a.py": "x = 1\n"})
    done = subprocess.run(
        [sys.executable, "-m", "gate", "scan", "--only", "gate"],
        cwd=repository.folder, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_told_to_end_it_ends_its_tools(repository, tmp_path):
    alive, slow = tmp_path / "alive", tmp_path / "semgrep"
    slow.write_text(
        f'#!/bin/sh\n[ "$1" = --version ] && echo 1.0.0 && exit\ntouch {alive}.started\nsleep 3\ntouch {alive}\n'
    )
    slow.chmod(0o755)
    repository.commit({"a.js": "let x = 1\n"})
    repository.write({"a.js": "app.get('/', (req, res) => eval(req.query.x))\n"})
    gate = subprocess.Popen(
        [sys.executable, "-m", "gate", "scan", "--only", "semgrep", "--quiet"], cwd=repository.folder,
        stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "GATE_SEMGREP": str(slow)},
    )  # fmt: skip
    for _ in range(400):
        if Path(f"{alive}.started").exists():
            break
        time.sleep(0.05)
    assert Path(f"{alive}.started").exists()
    gate.terminate()
    assert gate.wait() == 128 + 15
    time.sleep(3.5)
    assert not alive.exists()
