"""The hook: what it judges at a commit, a merge and a push; run by git and by pre-commit themselves."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from gate.cli import main
from gate.git import Git
from gate.hook import judge, of_commit, of_push

TOP = Path(__file__).parent.parent
EVAL = "from flask import Flask, request\napp = Flask(__name__)\n@app.post('/c')\ndef c():\n    return eval(request.json['e'])\n"
CLEAN = "def double(number):\n    return 2 * number\n"


@pytest.fixture
def merging(repository):
    """`main` and `other` both edit both.py and conflict there; each has a file of its own."""
    repository.commit({"both.py": "x = 1\n", "old.py": "y = 1\n"})
    repository.git("checkout", "--quiet", "-b", "other")
    repository.commit({"both.py": "x = 2\n", "theirs.py": EVAL, "old.py": None})
    repository.git("checkout", "--quiet", "main")
    repository.commit({"both.py": "x = 3\n", "ours.py": CLEAN})
    merge = subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@example.com", "merge", "other"],
        cwd=repository.folder, check=False, capture_output=True,
    )  # fmt: skip
    assert merge.returncode == 1
    return repository


def paths(change) -> list[str]:
    return [file.path for file in change.files]


def test_of_a_merge_only_what_the_merge_wrote_is_judged(merging):
    merging.write({"both.py": "x = 2 + 3\n"})
    merging.git("add", "--all")
    with Git(merging.folder) as git:
        assert paths(of_commit(git, {})) == ["both.py"]


def test_what_a_merge_slips_into_a_taken_file_is_judged(merging):
    merging.write({"both.py": "x = 2\n", "theirs.py": EVAL + "# and more\n", "ours.py": EVAL})
    merging.git("add", "--all")
    with Git(merging.folder) as git:
        assert paths(of_commit(git, {})) == ["ours.py", "theirs.py"]


def test_a_merge_says_what_was_left_out_and_how_to_judge_it(merging):
    merging.write({"both.py": "x = 2 + 3\n"})
    merging.git("add", "--all")
    with Git(merging.folder) as git:
        done = judge(git, "commit", "commit", {})
    assert done.verdict == "pass"
    assert any("2 of the 3 files" in note and "gate scan --staged" in note for note in done.notes)


def test_before_a_merge_without_conflicts_git_names_the_parents_in_the_environment(repository):
    base = repository.commit({"a.py": "x = 1\n"})
    theirs = repository.commit({"b.py": EVAL})
    repository.git("reset", "--quiet", "--soft", base)
    named = {f"GITHEAD_{theirs}": "other", "GIT_REFLOG_ACTION": "merge other"}
    with Git(repository.folder) as git:
        assert paths(of_commit(git, named)) == []
        assert paths(of_commit(git, named | {"GIT_REFLOG_ACTION": "rebase"})) == ["b.py"]
        assert paths(of_commit(git, {})) == ["b.py"]


def test_a_push_is_judged_from_what_the_other_side_has(repository):
    first = repository.commit({"a.py": "x = 1\n"})
    second = repository.commit({"b.py": CLEAN})
    third = repository.commit({"c.py": EVAL})
    with Git(repository.folder) as git:
        pushed = of_push(git, {"PRE_COMMIT_FROM_REF": first, "PRE_COMMIT_TO_REF": second})
        assert paths(pushed) == ["b.py"]
        new = of_push(git, {"PRE_COMMIT_LOCAL_BRANCH": "refs/heads/main"})
        assert (new.base.rev, new.head.rev) == (git.empty_tree(), third)
        assert paths(of_push(git, {})) == []


def test_the_command_ends_with_the_verdict_and_says_what_bypassing_means(repository, monkeypatch):
    monkeypatch.chdir(repository.folder)
    repository.commit({"a.py": "x = 1\n"})
    repository.write({"a.py": EVAL})
    repository.git("add", "--all")
    done = CliRunner().invoke(main, ["hook", "commit"], catch_exceptions=False)
    assert done.exit_code == 1
    assert "execution/eval_endpoint" in done.stdout
    assert "not past the check in CI" in done.stderr
    repository.write({"a.py": CLEAN})
    repository.git("add", "--all")
    passed = CliRunner().invoke(main, ["hook", "commit"], catch_exceptions=False)
    assert passed.exit_code == 0
    assert "Left out: index, pip-audit, semgrep" in passed.stdout
    assert "PASSED" in passed.stdout


def test_the_checklist_is_for_what_got_no_answer(repository, monkeypatch):
    monkeypatch.chdir(repository.folder)
    repository.commit({"a.py": "x = 1\n"})
    repository.write({"a.py": EVAL})
    repository.git("add", "--all")
    assert "Checklist" not in CliRunner().invoke(main, ["hook", "commit"]).stdout
    repository.write({"a.py": CLEAN, "data.bin": b"\0\1\2"})
    repository.git("add", "--all")
    done = CliRunner().invoke(main, ["hook", "commit"])
    assert done.exit_code == 3
    assert "Checklist" in done.stdout


# pre-commit, as people run it


def pre_commit(*arguments: str, repository, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pre_commit", *arguments]
    return subprocess.run(command, cwd=repository.folder, env=env, check=False, capture_output=True, text=True)


def unreachable(done: subprocess.CompletedProcess[str]) -> None:
    if "No matching distribution" in done.stdout + done.stderr:
        pytest.skip("the package index that pip is configured for cannot be reached, so no hook can be installed")


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """This checkout as a repository of its own, as pre-commit wants one; only what git would track is in it."""
    folder = tmp_path_factory.mktemp("published") / "gate"
    named = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=TOP,
        check=True,
        capture_output=True,
    )
    for name in filter(None, named.stdout.decode().split("\0")):
        if (TOP / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(TOP / name, folder / name)
    for command in (
        ["init", "--quiet", "--initial-branch=main"],
        ["add", "--all"],
        ["commit", "--quiet", "-m", "gate"],
    ):
        subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *command], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="session")
def surroundings(tmp_path_factory) -> dict[str, str]:
    """An environment in which pre-commit keeps what it builds to itself, once for all tests here."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") and name != "PYTHONPATH"}
    who = {f"GIT_{role}_{what}": "t@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    home = tmp_path_factory.mktemp("pre-commit")
    return {**kept, **who, "PRE_COMMIT_HOME": str(home), "XDG_CACHE_HOME": str(home), "PRE_COMMIT_COLOR": "never"}


@pytest.fixture
def installed(repository, published, surroundings):
    """A repository with both hooks installed, each at the commit of this checkout."""
    rev = subprocess.run(["git", "rev-parse", "HEAD"], cwd=published, check=True, capture_output=True, text=True).stdout
    hooks = [{"id": "gate"}, {"id": "gate-push"}]
    config = {
        "default_install_hook_types": ["pre-commit", "pre-merge-commit", "pre-push"],
        "repos": [{"repo": str(published), "rev": rev.strip(), "hooks": hooks}],
    }
    repository.commit({".pre-commit-config.yaml": yaml.safe_dump(config), "a.py": "x = 1\n"})
    done = pre_commit("install", "--install-hooks", repository=repository, env=surroundings)
    unreachable(done)
    assert done.returncode == 0, done.stdout + done.stderr
    return repository


def git(repository, env, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", *arguments], cwd=repository.folder, env=env, check=False, capture_output=True, text=True
    )


@pytest.mark.slow
def test_the_installed_hooks_stop_a_commit_a_merge_and_a_push(installed, surroundings, tmp_path):
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return git(installed, surroundings, *arguments)

    installed.write({"b.py": CLEAN})
    run("add", "--all")
    passed = run("commit", "-m", "clean")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    start = installed.git("rev-parse", "HEAD")

    installed.write({"a.py": EVAL})
    run("add", "--all")
    stopped = run("commit", "-m", "eval")
    assert stopped.returncode == 1
    assert "execution/eval_endpoint" in stopped.stdout + stopped.stderr
    assert installed.git("rev-parse", "HEAD") == start

    run("commit", "--no-verify", "-m", "eval, past the hook")
    run("checkout", "-q", "-b", "side", start)
    installed.write({"c.py": CLEAN})
    run("add", "--all")
    run("commit", "--no-verify", "-m", "on the side")
    merged = run("merge", "--no-edit", "main")
    assert merged.returncode == 0, merged.stdout + merged.stderr

    run("init", "-q", "--bare", str(tmp_path / "other"))
    run("remote", "add", "origin", str(tmp_path / "other"))
    pushed = run("push", "-q", "origin", f"{start}:refs/heads/main")
    assert pushed.returncode == 0, pushed.stdout + pushed.stderr
    refused = run("push", "origin", "side")
    assert refused.returncode == 1
    assert "execution/eval_endpoint" in refused.stdout + refused.stderr


@pytest.mark.slow
def test_it_can_be_tried_before_it_is_installed(repository, published, surroundings):
    repository.commit({"a.py": "x = 1\n"})
    repository.write({"a.py": EVAL})
    repository.git("add", "--all")
    tried = pre_commit("try-repo", str(published), "gate", "--verbose", repository=repository, env=surroundings)
    unreachable(tried)
    assert tried.returncode == 1, tried.stdout + tried.stderr
    assert "execution/eval_endpoint" in tried.stdout
    assert "hook id: gate" in tried.stdout
