"""`gate init`: what it asks, what it leaves alone, and how it knows which gate to name."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from gate import origin
from gate.cli import main
from gate.errors import UsageError
from gate.offer import HOOKS, POLICY, PULL_REQUESTS, SECOND, WORKFLOW
from gate.origin import Origin, checkout, pages, stated
from tests.conftest import COMMIT, SOURCE, written

TOP = Path(__file__).parent.parent
TOKEN = "tkn" + "0" * 20
FIRST = (WORKFLOW, HOOKS, POLICY, PULL_REQUESTS)


# Writing


def test_it_writes_everything_and_the_second_time_nothing(repository, init):
    done = init("--yes")
    assert done.exit_code == 0
    assert set(written(repository)) == set(FIRST)
    before = written(repository)
    again = init("--yes")
    assert again.exit_code == 0
    assert [line.split()[0] for line in again.stdout.splitlines()] == ["unchanged"] * 4
    assert written(repository) == before


def test_what_a_run_named_the_next_need_not_name(repository, init):
    init("--yes", "--forks")
    again = init("--yes", source=None)
    assert [line.split()[0] for line in again.stdout.splitlines()] == ["unchanged"] * 5


def test_printing_writes_nothing(repository, init):
    done = init("--print", "--forks")
    assert done.exit_code == 0
    assert written(repository) == {}
    for path in (*FIRST, SECOND):
        assert f"==> {path} (new)" in done.stdout
    assert f"uses: example/gate@{COMMIT} # v" in done.stdout


def test_nobody_to_ask_is_wrong_usage_and_writes_nothing(repository, init):
    done = init()
    assert done.exit_code == 2
    assert "--yes" in done.stderr
    assert "--print" in done.stderr
    assert written(repository) == {}


def test_what_is_there_is_not_overwritten_with_yes(repository, init):
    mine = {WORKFLOW: "name: mine\n", POLICY: 'block = ["critical"]\n'}
    repository.write(mine)
    done = init("--yes")
    assert done.exit_code == 0
    assert f"left alone {WORKFLOW}" in done.stdout
    assert "-name: mine" in done.stdout
    assert f"unchanged  {POLICY}" in done.stdout
    assert mine.items() <= written(repository).items()


def talk(folder: Path, *answers: str) -> str:
    """`gate init` on a terminal of its own, its questions answered in turn."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "gate", "init", "--source", SOURCE]
    environment = {**os.environ, "PYTHONPATH": str(TOP)}
    with subprocess.Popen(command, cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as asked:
        os.close(theirs)
        said = ""
        for answer in (*answers, None):
            while answer is None or not said.rstrip().endswith("]:"):
                try:
                    part = os.read(ours, 4096).decode()
                except OSError:  # the other end is closed
                    break
                said += part
            if answer is not None:
                os.write(ours, f"{answer}\n".encode())
                said += "\n"
        os.close(ours)
        assert asked.wait() == 0, said
    return said


def test_on_a_terminal_each_file_is_asked_about(repository):
    repository.write({WORKFLOW: "name: mine\n"})
    said = talk(repository.folder, "n", "", "y", "n", "y")
    assert "Does this repository take pull requests from forks? [y/N]" in said
    assert f"Overwrite {WORKFLOW}? [y/N]" in said
    assert "-name: mine" in said
    assert written(repository).keys() == {WORKFLOW, HOOKS, PULL_REQUESTS}
    assert written(repository)[WORKFLOW] == "name: mine\n"


def test_on_a_terminal_a_file_may_be_overwritten(repository):
    repository.write({WORKFLOW: "name: mine\n"})
    talk(repository.folder, "n", "y", "n", "n", "n")
    assert "example/gate@" in written(repository)[WORKFLOW]


@pytest.mark.parametrize("path", [".github", HOOKS])
def test_a_link_that_leaves_the_repository_is_not_written_through(repository, init, tmp_path, path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    repository.write({path: elsewhere})
    done = init("--yes")
    assert done.exit_code == 2
    assert "leads out of the repository" in done.stderr
    assert not list(elsewhere.iterdir())


def test_a_file_that_is_not_text_is_wrong_usage(repository, init):
    repository.write({HOOKS: b"\xff\xfe"})
    done = init("--yes")
    assert done.exit_code == 2
    assert HOOKS in done.stderr


def test_a_folder_nobody_may_write_to_is_wrong_usage(repository, init):
    repository.write({".github": b"a file where a folder should be"})
    assert init("--yes").exit_code == 2


def test_outside_of_a_repository_it_is_wrong_usage(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["init", "--yes"])
    assert done.exit_code == 2
    assert "not in a git repository" in done.stderr


# Where gate comes from


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (SOURCE, ("https://github.com", "example/gate")),
        (f"https://git.example.com/sec/gate.git@{COMMIT}", ("https://git.example.com", "sec/gate")),
    ],
)
def test_a_person_can_name_it(text, wanted):
    assert (stated(text).host, stated(text).repository, stated(text).commit) == (*wanted, COMMIT)


@pytest.mark.parametrize(
    "text", ["example/gate", "example/gate@v1", "example/gate@main", f"a b/gate@{COMMIT}", "@", f"gate@{COMMIT}"]
)
def test_only_a_whole_commit_will_do(init, text):
    with pytest.raises(UsageError, match="does not name a commit"):
        stated(text)
    assert init("--yes", source=text).exit_code == 2


@pytest.mark.parametrize(
    ("remote", "repository_name"),
    [
        ("git@github.com:example/gate.git", "example/gate"),
        ("https://github.com/example/gate", "example/gate"),
        (f"https://someone:{TOKEN}@github.com/example/gate.git", "example/gate"),
        ("ssh://git@github.com:22/example/gate.git", "example/gate"),
    ],
)
def test_a_checkout_knows_it_and_keeps_no_token(repository, remote, repository_name):
    commit = repository.commit({"a": ""})
    repository.git("remote", "add", "origin", remote)
    repository.git("tag", "v1.2.3")
    assert checkout(repository.folder) == Origin("https://github.com", repository_name, commit, "v1.2.3")


def test_a_checkout_without_a_server_or_within_another_does_not(repository):
    assert checkout(repository.folder) is None
    repository.commit({"inside/a": ""})
    repository.git("remote", "add", "origin", "../elsewhere")
    assert checkout(repository.folder) is None
    repository.git("remote", "set-url", "origin", "https://github.com/example/shop")
    assert checkout(repository.folder / "inside") is None


@pytest.mark.parametrize(
    ("folder", "wanted"),
    [
        ("_actions/example/gate/v1", "example/gate/blob/v1/"),
        ("_actions/example/gate/releases/v1 #2", "example/gate/blob/releases/v1%20%232/"),
        ("work/gate/gate", ""),
    ],
)
def test_a_gate_that_a_runner_unpacked_knows_where_the_pages_of_its_rules_are(monkeypatch, folder, wanted):
    monkeypatch.setattr(origin, "_TOP", Path("/home/runner", folder))
    monkeypatch.setattr(origin, "known", lambda: None)
    assert pages({}) == (wanted and f"https://github.com/{wanted}docs/rules/")
    assert pages({"GITHUB_SERVER_URL": "https://ghe.example.com"}) == (
        wanted and f"https://ghe.example.com/{wanted}docs/rules/"
    )


def test_the_pages_of_rules_are_those_of_the_commit_gate_is_of(monkeypatch):
    monkeypatch.setattr(origin, "known", lambda: stated(SOURCE))
    assert pages({}) == f"https://github.com/example/gate/blob/{COMMIT}/docs/rules/"


def test_a_gate_that_does_not_know_says_so_and_the_hook_is_the_machines_own(repository, init):
    done = init("--yes", source=None)
    assert done.exit_code == 0
    assert "does not know where it comes from" in done.stdout
    assert "does not know where it comes from" in init("--yes", source=None).stdout
    assert "OWNER/gate@0000" in written(repository)[WORKFLOW]
    (hook,) = yaml.safe_load(written(repository)[HOOKS])["repos"][0]["hooks"]
    assert (hook["entry"], hook["language"]) == ("gate hook commit", "system")
