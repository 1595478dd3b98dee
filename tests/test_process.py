"""Programs are run with a clean environment and a time limit, and never left behind."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from gate.errors import ToolError
from gate.process import Server, TimeLimitError, clean_environment, patience, python, run, stop_all, time_limit


def code(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_output_and_status_are_both_kept():
    done = run(code("import sys; print('o'); print('e', file=sys.stderr); sys.exit(7)"))
    assert (done.status, done.stdout, done.stderr) == (7, "o\n", "e\n")


def test_a_program_that_is_not_there_is_a_tool_error():
    with pytest.raises(ToolError, match="could not be started"):
        run(["/nowhere/at/all"])


def test_a_program_that_hangs_is_killed_with_its_children(tmp_path):
    mark = tmp_path / "alive"
    child = f"import time; time.sleep(2); open({str(mark)!r}, 'w').close()"
    with pytest.raises(ToolError, match="within 0.5 seconds"):
        run(code(f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"), timeout=0.5)
    time.sleep(2.2)
    assert not mark.exists()


def test_a_program_that_is_being_started_is_ended_too(monkeypatch):
    start = subprocess.Popen

    def told_to_end_meanwhile(*arguments, **options):
        process = start(*arguments, **options)
        stop_all()
        return process

    monkeypatch.setattr("gate.process._ending", threading.Event())
    monkeypatch.setattr("gate.process.subprocess.Popen", told_to_end_meanwhile)
    assert run(code("import time; time.sleep(60)"), timeout=30).status == -signal.SIGKILL


def test_no_token_reaches_a_tool(monkeypatch):
    for name in (
        "GITHUB_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "PIP_AUDIT_OUTPUT",
        "SEMGREP_APP_TOKEN",
        "PYTHONPATH",
        "LD_PRELOAD",
    ):
        monkeypatch.setenv(name, "x")
    kept = clean_environment()
    assert not kept.keys() & {
        "GITHUB_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "PIP_AUDIT_OUTPUT",
        "SEMGREP_APP_TOKEN",
        "PYTHONPATH",
    }
    assert kept["PATH"] == os.environ["PATH"]


def test_a_python_tool_is_not_steered_by_the_folder_it_runs_in(tmp_path):
    (tmp_path / "json.py").write_text("raise SystemExit('hijacked')")
    assert run(python("json.tool", "--help"), cwd=tmp_path).status == 0


def test_work_is_stopped_at_its_limit():
    with pytest.raises(TimeLimitError), time_limit(0.1):
        while True:
            pass


def test_waiting_does_not_count_as_work():
    with time_limit(0.05):
        time.sleep(0.2)


def test_a_server_that_ends_is_a_tool_error(tmp_path):
    server = Server(code("print('hi')"), tmp_path, clean_environment())
    assert server.line() == b"hi\n"
    with pytest.raises(ToolError):
        server.read(10)
    server.close()


def test_limits_nest():
    with pytest.raises(TimeLimitError), time_limit(0.2):
        with time_limit(5):
            pass
        while True:
            pass


def test_a_change_of_many_files_has_more_time():
    assert patience(30, 3) == pytest.approx(30.3)
    assert patience(30, 3_000) == pytest.approx(330)
