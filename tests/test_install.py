"""What the Action installs: every file by its hash, and enough for all of gate."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests import runner
from tests.test_action import ACTION, CLEAN, EVAL
from tests.test_trigger import event

TOP = Path(__file__).parent.parent


def test_what_it_installs_is_locked_by_hash_and_is_what_gate_needs():
    text = (TOP / "locks" / "action.txt").read_text(encoding="utf-8")
    assert not re.search(r"(?m)://|^-|^#", text)
    pins = {}
    for entry in text.replace("\\\n", " ").strip().split("\n"):
        requirement, *hashes = entry.split("--hash=")
        assert hashes, entry
        found = Requirement(requirement.strip())
        pins[found.name] = next(iter(found.specifier)).version
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = (text for extra in project["optional-dependencies"].values() for text in extra)
    for wanted in map(Requirement, (*project["dependencies"], *extras)):
        if wanted.name != project["name"]:
            assert wanted.name.lower() in pins, f"{wanted.name} is missing: run `make locks`"
            assert wanted.specifier.contains(pins[wanted.name.lower()]), f"{wanted}: run `make locks`"


LONG = pytest.mark.skipif(
    bool(shutil.which("uv")) and os.environ.get("HYPOTHESIS_PROFILE") != "ci",
    reason="pip takes a minute for what uv does in five seconds; CI runs both (HYPOTHESIS_PROFILE=ci)",
)


@pytest.mark.slow
@pytest.mark.parametrize("installer", ["uv", pytest.param("pip", marks=LONG)])
def test_it_installs_itself_from_the_lock_and_judges(repository, tmp_path, installer):
    base = repository.commit({"a.py": CLEAN, "uv.toml": 'index-url = "https://example.com/simple"\n'})
    head = repository.commit({"a.py": EVAL, "venv.py": "raise SystemExit(9)\n", "pip.py": "raise SystemExit(9)\n"})
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("git", "bash", "mktemp", "dirname", "env", *(["uv"] if installer == "uv" else [])):
        (tools / name).symlink_to(shutil.which(name) or pytest.skip(f"{name} is not installed"))
    (tools / "python3").symlink_to(Path(sys.base_prefix, "bin", "python3"))
    payload = event("pull_request")
    payload["pull_request"] |= {"base": {"sha": base}, "head": {"sha": head}}
    (tmp_path / "event.json").write_text(json.dumps(payload))
    environment = runner.environment(
        PATH=str(tools), GITHUB_EVENT_NAME="pull_request", GITHUB_EVENT_PATH=str(tmp_path / "event.json"),
        GITHUB_SHA=head,
    )  # fmt: skip
    ran = runner.run(ACTION, repository.folder, tmp_path, environment, {"profile": "commit", "comment": "false"})
    if "Could not fetch" in ran.log or "No matching distribution" in ran.log or "error sending request" in ran.log:
        pytest.skip("the package index cannot be reached, so the lock cannot be installed")
    assert (ran.status, ran.outputs["blocking"]) == (1, "1"), ran.log
    python = next(tmp_path.glob("gate.*/bin/python"))
    doctor = subprocess.run([python, "-I", "-m", "gate", "doctor"], check=False, capture_output=True, text=True)
    assert doctor.returncode == 0, doctor.stdout
