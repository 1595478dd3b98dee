"""Of all kinds of tokens, in each of the forms in which they are written, no report, no cache and no review shows one."""

import base64
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from gate.cli import main
from tests.test_token_kinds import ROWS, made

VALUES = {name: made(form) for name, form in ROWS}
FORMATS = ("text", "json", "sarif", "markdown", "github")


def _joined(value: str) -> str:
    """Cut in two, as nobody who searches for it would find it."""
    middle = len(value) // 2
    return f"'{value[:middle]}' + '{value[middle:]}'"


def _encoded(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


FILES: dict[str, str | bytes] = {
    "plain.py": "".join(f"eval('{value}' + x)  # {name}\n" for name, value in VALUES.items()),
    "joined.py": "".join(f"os.system({_joined(value)} + x)\n" for value in VALUES.values()),
    "secret.yml": "kind: Secret\ndata:\n" + "".join(f"  v{n}: {_encoded(value)}\n" for n, value in enumerate(VALUES.values())),
    "query.sql": "".join(f"SELECT * FROM users WHERE token = '{value}';\n" for value in VALUES.values()),
    "web.js": "".join(f"document.body.innerHTML = location.hash + '{value}';\n" for value in VALUES.values()),
    "wide.txt": "".join(f"token = '{value}'\n" for value in VALUES.values()).encode("utf-16"),
    "nb.ipynb": json.dumps({"cells": [{"cell_type": "code", "metadata": {}, "source": [f"eval('{value}' + x)\n"], "outputs": [
        {"output_type": "stream", "name": "stdout", "text": [f"{value}\n"]}]} for value in VALUES.values()],
        "metadata": {}, "nbformat": 4, "nbformat_minor": 5}),
}  # fmt: skip


def held(text: str) -> set[str]:
    """The kinds of which a text holds as much as would give one away: twelve characters behind its prefix, or its Base64."""
    return {
        name
        for name, value in VALUES.items()
        if value[-14:-2] in text or _encoded(value)[8:24] in text or value[-14:-2].lower() in text
    }


@pytest.fixture
def pushed(github, push):
    return push(FILES)


def test_no_report_and_no_cache_shows_one(pushed, github, repository, tmp_path):
    outputs = {name: tmp_path / f"out.{name}" for name in FORMATS}
    pairs = [word for name, path in outputs.items() for word in ("--format", name, "--output", str(path))]
    arguments = ["scan", "--base", github.base, "--head", pushed, "--repo", str(repository.folder), *pairs]
    done = CliRunner().invoke(main, [*arguments, "--skip", "pip-audit", "--skip", "semgrep", "--skip", "bandit"])
    assert done.exit_code == 1, done.output
    told = {name: path.read_text() for name, path in outputs.items()} | {"the terminal": done.output}
    cache = Path(tmp_path / "cache")
    told |= {str(path): path.read_bytes().decode("latin-1") for path in cache.rglob("*") if path.is_file()}
    assert {where: kinds for where, text in told.items() if (kinds := held(text))} == {}


def test_no_review_that_is_posted_shows_one(pushed, github, command):
    done = command("--pr", "7", "--profile", "commit")
    assert done.exit_code == 1
    assert github.writes()
    assert held(json.dumps(github.sent) + done.output) == set()


def test_it_would_be_noticed():
    assert len(VALUES) >= 120
    assert held("".join(map(str, FILES.values()))) == VALUES.keys()
