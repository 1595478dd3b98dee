"""A small runner of composite actions: their real steps in the real shell, without GitHub.

It knows what our actions use: `run` steps, dotted contexts, `if: always()`. What it does not show is the real
runner: actions of others, the artifact service, tokens.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

_EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")
_FILES = ("GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_PATH", "GITHUB_STEP_SUMMARY")


@dataclass
class Ran:
    """How an action ended, and all it said."""

    status: int = 0
    log: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    steps: dict[str, dict[str, str]] = field(default_factory=dict)
    leaked: str = ""
    """What it wrote to the environment and path of the steps after it."""


def load(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def run(
    path: Path, workspace: Path, temp: Path, environment: Mapping[str, str],
    inputs: Mapping[str, str] | None = None, done: Mapping[str, Mapping[str, str]] | None = None,
) -> Ran:  # fmt: skip
    """Run an action. `done` holds outputs of steps that are not run, by the id of the step."""
    action, ran = load(path), Ran(steps={name: dict(given) for name, given in (done or {}).items()})
    unknown = (inputs or {}).keys() - action["inputs"].keys()
    assert not unknown, f"the action has no input {unknown}"
    given = {name: (inputs or {}).get(name, one.get("default", "")) for name, one in action["inputs"].items()}
    contexts = {"inputs": given, "github": {"token": "the-token-of-the-job"}, "steps": ran.steps}
    base = {
        **environment, "GITHUB_ACTION_PATH": str(path.parent), "RUNNER_TEMP": str(temp), "GITHUB_ACTIONS": "true",
    }  # fmt: skip
    for number, step in enumerate(action["runs"]["steps"]):
        always = step.get("if") == "always()"
        assert always or "if" not in step, f"the runner does not know `if: {step['if']}`"
        if step.get("id") not in (done or {}) and (always or ran.status == 0):
            _step(step, number, ran, workspace, temp, base, contexts)
    ran.outputs = {name: evaluate(one["value"], contexts) for name, one in action.get("outputs", {}).items()}
    return ran


def evaluate(text: str, contexts: Mapping[str, Any]) -> str:
    """The text with its dotted expressions replaced; what a context lacks is empty, as on GitHub."""

    def value(found: re.Match[str]) -> str:
        first, *rest = found[1].split(".")
        here: Any = contexts[first]
        for name in (part for part in rest if part != "outputs" or first != "steps"):
            here = here.get(name, {})
        return str(here) if here != {} else ""

    return _EXPRESSION.sub(value, str(text))


def _step(
    step: dict[str, Any], number: int, ran: Ran, workspace: Path, temp: Path, base: Mapping[str, str],
    contexts: Mapping[str, Any],
) -> None:  # fmt: skip
    assert "uses" not in step, "the runner runs no actions of others"
    assert "${{" not in step["run"], "an expression in a script is how a stranger's text becomes code"
    assert step["shell"] == "bash"
    files = {name: temp / f"{number}-{name}" for name in _FILES}
    for file in files.values():
        file.touch()
    environment = {
        **base, **{name: str(file) for name, file in files.items()},
        **{name: evaluate(text, contexts) for name, text in step.get("env", {}).items()},
    }  # fmt: skip
    script = temp / f"{number}.sh"
    script.write_text(step["run"], encoding="utf-8")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", script], cwd=workspace, env=environment, check=False,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300,
    )  # fmt: skip
    ran.log += f"\n[{step['name']}] ended with {done.returncode}\n{done.stdout}"
    ran.status = ran.status or done.returncode
    ran.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
    ran.leaked += files["GITHUB_ENV"].read_text(encoding="utf-8") + files["GITHUB_PATH"].read_text(encoding="utf-8")
    lines = files["GITHUB_OUTPUT"].read_text(encoding="utf-8").split("\n")
    ran.steps[step.get("id", str(number))] = dict(line.split("=", 1) for line in lines if line)


def environment(**changes: str) -> dict[str, str]:
    """What a job has of its machine, and nothing of who runs the tests."""
    kept = ("PATH", "HOME", "TMPDIR", "LANG", "SSL_CERT_FILE", "UV_CACHE_DIR", "XDG_CACHE_HOME")
    pip = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_"))}
    return {**{name: os.environ[name] for name in kept if name in os.environ}, **pip, **changes}
