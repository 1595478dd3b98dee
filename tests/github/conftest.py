"""A repository with a pull request, a GitHub that holds it, and a gate that may speak to it."""

import json
import os

import pytest
from click.testing import CliRunner

from gate import origin
from gate.cache import Cache
from gate.change import read_change
from gate.cli import main
from gate.git import Git
from gate.github import client as connection
from gate.github.client import Client
from gate.github.publish import publish
from gate.github.pull import pull
from gate.pipeline import Options, review
from gate.reports import json as as_json
from tests.github import graphql
from tests.github.double import NAME, GitHub
from tests.github.server import serve

BASE = {
    "app.py": "import flask\n\n\n" + "".join(f"def page_{n}():\n    return {n}\n\n\n" for n in range(20)),
    "db.py": "def find(cur, pk):\n    return cur.execute('SELECT id, total FROM invoices WHERE id = %s', (pk,))\n",
}
STAR = "def every(cur):\n    return cur.execute('SELECT * FROM invoices WHERE paid')\n"
WRITE = "def wipe(cur):\n    cur.execute('DELETE FROM invoices')\n"
CLEAN = "def every(cur):\n    return cur.execute('SELECT id FROM invoices WHERE paid')\n"
TOKEN = "tkn" + "0" * 20


@pytest.fixture
def github(repository, monkeypatch):
    graphql.schema()
    monkeypatch.setattr(connection, "BETWEEN_WRITES", 0)
    slept: list[float] = []
    monkeypatch.setattr(connection, "sleep", slept.append)
    base = repository.commit(BASE)
    repository.git("checkout", "--quiet", "-b", "change")
    github = GitHub(repository, base=base, head=base, slept=slept)
    server = serve(github)
    yield github
    server.shutdown()
    server.server_close()
    assert not github.violations


@pytest.fixture
def client(github):
    return Client(TOKEN, NAME, github.url)


@pytest.fixture
def push(github, repository):
    """Commit files to the pull request's branch and push them."""

    def push(files):
        github.push(repository.commit(files))
        return github.head

    return push


@pytest.fixture
def judged(github, repository):
    """The review of what is pushed, by gate's own rules alone."""

    def judged(head=None):
        with Git(repository.folder) as git:
            return review(
                read_change(git, github.base, head or github.head), Options(only=frozenset({"gate"})), Cache(None)
            )

    return judged


@pytest.fixture
def run(github, client, judged):
    """One run of gate over what is pushed; the log then holds its requests alone."""

    def run(review=None, **how):
        done = review or judged()
        github.log.clear()
        return publish(client, done, pull(client, github.number), **how)

    return run


@pytest.fixture
def command(github, repository, monkeypatch):
    """Run `gate review` in the repository, with a token and nothing else of a runner's environment."""
    monkeypatch.chdir(repository.folder)
    for name in [name for name in os.environ if name.startswith(("GITHUB_", "GH_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GITHUB_API_URL", github.url)
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("GITHUB_REPOSITORY", NAME)
    monkeypatch.setattr(origin, "known", lambda: None)

    def command(*arguments):
        github.log.clear()
        return CliRunner().invoke(main, ["review", "--quiet", *arguments], catch_exceptions=False)

    return command


@pytest.fixture
def result(judged, tmp_path):
    """The file `gate scan --format json` leaves."""

    def result(**changes):
        file = tmp_path / "result.json"
        file.write_text(json.dumps({**json.loads(as_json.render(judged())), **changes}), encoding="utf-8")
        return str(file)

    return result


@pytest.fixture
def event(tmp_path, monkeypatch):
    def event(name, **payload):
        file = tmp_path / "event.json"
        file.write_text(json.dumps(payload), encoding="utf-8")
        monkeypatch.setenv("GITHUB_EVENT_NAME", name)
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(file))

    return event
