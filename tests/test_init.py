"""`gate init`: what it writes, what it leaves alone, and that GitHub and pre-commit take it."""

import os
import pty
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from gate import offer, origin, registry
from gate.cli import main
from gate.errors import UsageError
from gate.offer import HOOKS, POLICY, PULL_REQUESTS, SECOND, WORKFLOW, State
from gate.origin import Origin, checkout, stated
from gate.policy import Policy
from gate.policy import read as read_policy
from gate.policy_file import PolicyFile
from tests import schemas

TOP = Path(__file__).parent.parent
COMMIT = "4f1c9a2b7d3e5f60718293a4b5c6d7e8f9012345"
SOURCE = f"example/gate@{COMMIT}"
FIRST = (WORKFLOW, HOOKS, POLICY, PULL_REQUESTS)
ALLOWED = {
    "actions/checkout",
    "actions/upload-artifact",
    "actions/download-artifact",
    "example/gate",
    "example/gate/review",
}


@pytest.fixture
def init(repository, monkeypatch):
    monkeypatch.chdir(repository.folder)
    monkeypatch.setattr(origin, "known", lambda: None)

    def run(*arguments, source=SOURCE):
        named = ["--source", source] if source else []
        return CliRunner().invoke(main, ["init", *named, *arguments], catch_exceptions=False)

    return run


def written(repository) -> dict[str, str]:
    paths = (path for path in repository.folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(repository.folder).as_posix(): path.read_text() for path in paths}


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
        ("https://someone:a-token@github.com/example/gate.git", "example/gate"),
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


def test_a_gate_that_does_not_know_says_so_and_the_hook_is_the_machines_own(repository, init):
    done = init("--yes", source=None)
    assert done.exit_code == 0
    assert "does not know where it comes from" in done.stdout
    assert "does not know where it comes from" in init("--yes", source=None).stdout
    assert "OWNER/gate@0000" in written(repository)[WORKFLOW]
    (hook,) = yaml.safe_load(written(repository)[HOOKS])["repos"][0]["hooks"]
    assert (hook["entry"], hook["language"]) == ("gate hook commit", "system")


# What it writes


@pytest.mark.parametrize("forks", ["--forks", "--no-forks"])
def test_github_takes_what_it_writes(repository, init, forks):
    init("--yes", forks)
    workflows = sorted((repository.folder / ".github" / "workflows").iterdir())
    assert len(workflows) == (2 if forks == "--forks" else 1)
    for path in (*workflows, TOP / "action.yml", TOP / "review" / "action.yml"):
        done = subprocess.run(
            [*schemas.workflow_validator(), str(path)], check=False, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("forks", ["--forks", "--no-forks"])
def test_zizmor_finds_nothing_in_what_it_writes(repository, init, forks):
    init("--yes", forks)
    files = [repository.folder / ".github", TOP / "action.yml", TOP / "review" / "action.yml", TOP / ".github"]
    done = subprocess.run(
        [Path(sys.executable).with_name("zizmor"), "--offline", "--no-config", "--persona", "pedantic", *files],
        check=False, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "No findings" in done.stdout


@pytest.mark.parametrize("forks", ["--forks", "--no-forks"])
def test_every_action_is_pinned_and_every_right_is_needed(repository, init, forks):
    init("--yes", forks)
    first = yaml.safe_load(written(repository)[WORKFLOW])
    rights = first["jobs"]["gate"]["permissions"]
    assert rights == {"contents": "read"} | ({} if forks == "--forks" else {"pull-requests": "write"})
    assert first["permissions"] == {}
    for text in (text for path, text in written(repository).items() if "workflows" in path):
        for job in yaml.safe_load(text)["jobs"].values():
            for step in job["steps"]:
                name, _, commit = step["uses"].partition("@")
                assert name in ALLOWED
                assert len(commit) == 40
                assert f"{step['uses']} # " in text


def test_the_inputs_it_gives_are_inputs_of_the_actions(repository, init):
    init("--yes", "--forks")
    actions = {"example/gate": TOP / "action.yml", "example/gate/review": TOP / "review" / "action.yml"}
    for path in (WORKFLOW, SECOND):
        for job in yaml.safe_load(written(repository)[path])["jobs"].values():
            for step in job["steps"]:
                action = actions.get(step["uses"].partition("@")[0])
                if action:
                    assert step.get("with", {}).keys() <= yaml.safe_load(action.read_text())["inputs"].keys()


def test_a_branch_of_any_name_stays_a_name(repository, init):
    repository.git("symbolic-ref", "HEAD", "refs/heads/yes-#1'")
    init("--yes")
    assert yaml.safe_load(written(repository)[WORKFLOW])[True]["push"]["branches"] == ["yes-#1'"]


def test_the_policy_it_writes_is_the_default_and_names_every_key(repository, init):
    init("--yes")
    text = written(repository)[POLICY]
    assert read_policy(text) == Policy()
    for name in PolicyFile.model_fields:
        assert name in text
    examples = re.sub(r"(?m)^# (?=[\[\w\"]+.*=|\[)", "", text)
    assert tomllib.loads(examples).keys() == PolicyFile.model_fields.keys()
    assert read_policy(examples).waivers


def test_the_section_asks_what_only_people_can_confirm(repository, init):
    init("--yes")
    text = written(repository)[PULL_REQUESTS]
    asks = [(item.id, ask) for item in registry.items().values() for ask in item.asks]
    assert asks
    for item, ask in asks:
        assert f"- [ ] {ask} (`{item}`)\n" in text


def test_gate_lets_pass_what_it_writes(repository, init, monkeypatch):
    repository.commit({"a.py": "x = 1\n"})
    init("--yes", "--forks")
    done = CliRunner().invoke(main, ["scan", "--profile", "commit", "--quiet"], catch_exceptions=False)
    assert done.exit_code == 0, done.stdout


# Adding to what is there

RUFF = "repos:\n- repo: https://github.com/astral-sh/ruff-pre-commit\n  rev: v0.9.0  # kept\n  hooks:\n  - id: ruff\n"


@pytest.mark.parametrize(
    "there",
    [
        RUFF,
        RUFF.replace("\n", "\n    ").rstrip(),
        "# ours\nfail_fast: true\n" + RUFF,
        "repos:\n",
    ],
)
def test_the_hook_is_added_at_the_end_and_the_rest_stays(repository, init, there):
    repository.write({HOOKS: there})
    done = init("--yes")
    now = written(repository)[HOOKS]
    assert now.startswith(there.rstrip("\n"))
    before = yaml.safe_load(there)
    added = yaml.safe_load(now)
    assert added.pop("repos")[:-1] == (before.pop("repos") or [])
    assert added == before
    assert "+" in done.stdout
    assert init("--yes").stdout.count("unchanged") == 4


@pytest.mark.parametrize("there", [RUFF + "fail_fast: true\n", "repos: []\n", "repos: [\n", "- repo: x\n"])
def test_where_the_hook_cannot_be_added_it_is_shown(repository, init, there):
    repository.write({HOOKS: there})
    done = init("--yes")
    assert done.exit_code == 0
    assert written(repository)[HOOKS] == there
    assert f"by hand    {HOOKS}" in done.stdout
    assert f"rev: {COMMIT}" in done.stdout


def test_a_hook_of_ones_own_counts(repository, init):
    mine = (
        "repos:\n  - repo: local\n    hooks:\n      - {id: mine, name: g, entry: gate hook commit, language: system}\n"
    )
    repository.write({HOOKS: mine})
    assert f"unchanged  {HOOKS}" in init("--yes").stdout


@pytest.mark.parametrize("name", ["PULL_REQUEST_TEMPLATE.md", "docs/pull_request_template.md", PULL_REQUESTS])
def test_the_section_is_added_to_the_template_that_is_there(repository, init, name):
    repository.write({name: "## Why\n\n## Tests\n"})
    init("--yes")
    assert written(repository)[name].startswith("## Why\n\n## Tests\n\n## Security\n")
    assert [path for path in written(repository) if "pull_request" in path.lower()] == [name]
    assert init("--yes").stdout.count("unchanged") == 4


def test_a_section_that_is_there_is_left_alone(repository, init):
    repository.write({PULL_REQUESTS: "# Security considerations\n\nnone\n"})
    init("--yes")
    assert written(repository)[PULL_REQUESTS] == "# Security considerations\n\nnone\n"


def test_the_states_have_words():
    told = (
        offer.Offer("a", None, "x"),
        offer.Offer("a", "x", "x"),
        offer.Offer("a", "x", "x\ny"),
        offer.Offer("a", "x", "y"),
    )
    assert [one.state for one in told] == [State.NEW, State.SAME, State.LONGER, State.OTHER]
