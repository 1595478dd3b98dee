"""What `gate init` writes: GitHub and pre-commit take it, zizmor finds nothing, and what is there is kept."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from gate import registry
from gate.cli import main
from gate.offer import HOOKS, POLICY, PULL_REQUESTS, SECOND, WORKFLOW, Offer, State
from gate.policy import Policy
from gate.policy import read as read_policy
from gate.policy_file import PolicyFile
from tests import schemas
from tests.conftest import COMMIT, written

TOP = Path(__file__).parent.parent
ALLOWED = {
    "actions/checkout",
    "actions/upload-artifact",
    "actions/download-artifact",
    "example/gate",
    "example/gate/review",
}


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


def test_a_file_keeps_its_line_ends(repository, init):
    repository.write({HOOKS: RUFF.replace("\n", "\r\n")})
    init("--yes")
    now = (repository.folder / HOOKS).read_bytes()
    assert b"id: gate\r\n" in now
    assert now.count(b"\n") == now.count(b"\r\n")


def test_the_states_have_words():
    told = (
        Offer("a", None, "x"),
        Offer("a", "x", "x"),
        Offer("a", "x", "x\ny"),
        Offer("a", "x", "y"),
    )
    assert [one.state for one in told] == [State.NEW, State.SAME, State.LONGER, State.OTHER]
