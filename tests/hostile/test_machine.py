"""What the machine, the repository's settings and broken tools do to a run: a sentence or a hole, never a pass."""

import errno
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from gate import scan as scanning
from gate.cache import Cache
from gate.change import read_change
from gate.cli import main
from gate.errors import ToolError, UsageError
from gate.fact import SECONDS_A_FILE, Repo
from gate.facts.jswebhook import JsWebhook
from gate.git import Git
from gate.policy import Policy, read
from gate.process import clean_environment
from gate.rule import Source
from gate.scanner import expected_shape, parsed_json
from gate.scanners import _program, bandit
from tests import examples


def test_a_bare_repository_has_no_index(repository, tmp_path):
    repository.commit({"a.py": "x = 1\n"})
    repository.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare"))
    with Git(tmp_path / "bare") as git, pytest.raises(UsageError, match="no index"):
        git.index_tree()


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match="nowhere"):
        Git(tmp_path / "nowhere")


def test_a_first_commit_of_sha_256_is_judged(tmp_path):
    who = {**clean_environment(), "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", "init", "--quiet", "--object-format=sha256", "."], cwd=tmp_path, env=who, check=True)
    (tmp_path / "a.py").write_text("x = 1\n")
    with Git(tmp_path) as git:
        assert [file.path for file in read_change(git, None, None).files] == ["a.py"]


def test_grafts_give_a_commit_no_other_parents(repository):
    first = repository.commit({"a.py": "x = 1\n"})
    repository.git("checkout", "--quiet", "-b", "change")
    second = repository.commit({"b.py": "x = 1\n"})
    (repository.folder / ".git/info").mkdir(exist_ok=True)
    (repository.folder / ".git/info/grafts").write_text(f"{first} {second}\n")
    with Git(repository.folder) as git:
        assert [file.path for file in read_change(git, "main", "HEAD").files] == ["b.py"]


def test_what_git_complained_of_first_is_told(repository):
    repository.commit({"a.py": "x = 1\n"})
    (repository.folder / "inner").mkdir()
    subprocess.run(["git", "init", "--quiet"], cwd=repository.folder / "inner", check=True)
    with Git(repository.folder) as git, pytest.raises(ToolError, match="inner/"):
        git.worktree_tree()


def test_no_program_is_taken_from_the_folder_gate_runs_in(repository, monkeypatch, tmp_path):
    mark = tmp_path / "pwned"
    repository.commit({"git": f"#!/bin/sh\ntouch {mark}\n", "semgrep": f"#!/bin/sh\ntouch {mark}\n"})
    for name in ("git", "semgrep"):
        (repository.folder / name).chmod(stat.S_IRWXU)
    monkeypatch.chdir(repository.folder)
    monkeypatch.setenv("PATH", os.pathsep.join((".", "", os.environ["PATH"])))
    with Git(Path()):
        pass
    assert not mark.exists()
    monkeypatch.setattr(_program, "_beside", lambda: tmp_path)
    try:
        assert Path(_program.program("semgrep", "GATE_SEMGREP")).parent != repository.folder
    except ToolError as error:
        assert "not installed" in str(error)  # noqa: PT017  either will do: this machine has another copy, or none


def test_a_cache_the_change_could_bring_along_is_not_used(repository, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(repository.folder / ".cache"))
    assert not Cache.default(repository.folder).writable
    assert Cache.default(repository.folder / "elsewhere").writable
    monkeypatch.setenv("XDG_CACHE_HOME", ".cache")
    assert not Cache.default().writable


def test_a_user_without_a_home_has_no_cache(monkeypatch):
    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert not Cache.default().writable


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), ToolError("crashed")])
def test_a_scanner_that_has_no_room_fails_alone(monkeypatch, error):
    def fail(*_):
        raise error

    monkeypatch.setattr(bandit.scanner, "scan", fail)
    source = Source("a.py", "x = 1\n")
    side = scanning.scan(Repo(examples.Memory({}), Cache(None)), {"a.py": source}, [bandit.scanner], Cache(None), 1)
    assert [(ran.state, ran.reason) for ran in side.ran] == [("failed", getattr(error, "strerror", None) or "crashed")]
    assert all(row.hole for row in side.rows)


@pytest.mark.parametrize("report", [[1], None, {"results": None}, {"results": [1]}])
def test_a_report_of_another_shape_is_the_failure_of_its_tool(report):
    with pytest.raises(ToolError, match="semgrep"), expected_shape("semgrep"):
        list(report["results"][0]["path"])


def test_json_that_is_nested_too_deeply_is_no_report():
    with pytest.raises(ToolError, match="not JSON"):
        parsed_json("semgrep", "[" * 200_000)


@pytest.mark.parametrize(("content", "said"), [
    (b"a\0", "NUL"), (b"# \xe9\n", "utf-8"), (b"a=" + b"[" * 5_000 + b"]" * 5_000, "nested"), (Path("other.toml"), "symlink"),
])  # fmt: skip
def test_a_base_policy_that_cannot_be_read_is_a_sentence(repository, content, said):
    repository.commit({"gate.toml": content})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit({"a.py": "x = 1\n"})
    done = CliRunner().invoke(main, ["scan", "--repo", str(repository.folder), "--base", "main", "--head", "HEAD"])
    assert done.exit_code == 2
    assert said in done.output
    assert "bug" not in done.output


def test_globs_that_would_take_years_are_refused(monkeypatch):
    monkeypatch.setattr("gate.policy.SECONDS_A_PATH", 0.1)
    with pytest.raises(UsageError, match="took longer"):
        Policy(ignore=("**/" * 30 + "x",)).ignores("a/" * 60 + "app.py")


@pytest.mark.parametrize("entry", ["[[waivers]]", "[[ waivers ]]  # why", '[["waivers"]]'])
def test_a_waiver_counts_however_its_table_is_written(entry):
    keys = 'rule = "a/b"\npath = "p"\nfingerprint = "f"\nreason = "r"\napprover = "a"\nexpires = 2999-01-01\n'
    assert len(read(f"{entry}\n{keys}").waivers) == 1
    assert len(read("waivers = [{" + keys.strip().replace("\n", ", ") + "}]\n").waivers) == 1


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="there is no SIGHUP on this system")
@pytest.mark.parametrize("number", ["SIGHUP", "SIGTERM", "SIGINT"])
def test_told_to_end_it_leaves_no_child_and_no_folder(repository, tmp_path, number):
    slow, temp, started = tmp_path / "semgrep", tmp_path / "temp", tmp_path / "started"
    slow.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo 1 && exit\necho $$ > {started}\nsleep 600\n')
    slow.chmod(stat.S_IRWXU)
    temp.mkdir()
    repository.commit({"README": "x\n"})
    repository.write({"a.js": "eval(location.hash)\n"})
    command = [
        sys.executable,
        "-m",
        "gate",
        "scan",
        "--repo",
        str(repository.folder),
        "--only",
        "semgrep",
        "--no-cache",
    ]
    process = subprocess.Popen(
        command, env={**os.environ, "GATE_SEMGREP": str(slow), "TMPDIR": str(temp)}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(600):
        if started.exists() and started.read_text():
            break
        time.sleep(0.1)
    process.send_signal(getattr(signal, number))
    assert process.wait(60) == 128 + getattr(signal, number)
    assert list(temp.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)


def test_standard_output_that_is_full_or_closed_is_no_crash(repository):
    repository.commit({"README": "x\n"})
    command = f'exec "{sys.executable}" -m gate scan --repo "{repository.folder}" --profile commit --no-cache'
    for shell, status in ((f"{command} >&-", 0), (f"{command} 2>&-", 0), (f"{command} > /dev/full", 3)):
        done = subprocess.run(["/bin/sh", "-c", shell], check=False, capture_output=True, text=True)
        assert done.returncode == status, done.stderr
        assert "bug" not in done.stderr


def test_thousands_of_webhooks_in_one_file_take_seconds():
    handler = "app.post('/webhook', async (req, res) => { const e = req.body; if (e.type === 'invoice.paid') { pay(e) } res.send() })\n"
    many = 5_000
    source = Source("hooks.js", f"const stripe = require('stripe')\n{handler * many}")
    start = time.process_time()
    assert len(list(JsWebhook.find(source))) == many
    assert time.process_time() - start < SECONDS_A_FILE
