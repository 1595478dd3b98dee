"""What every test shares."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, settings

from gate import origin
from gate.cli import main
from gate.process import clean_environment, run
from tests.audited import write_advisories
from tests.places import Place

settings.register_profile("ci", deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("dev", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """No test reads what whoever runs it has kept: advisories, answers of an index, results."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def pytest_addoption(parser):
    parser.addoption("--update", action="store_true", help="Write what the stories' reviews say now.")


class Repository:
    """A git repository in a folder of the test's own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        who = {
            "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_AUTHOR_NAME": "t",
            "GIT_AUTHOR_EMAIL": "t@example.com", "GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@example.com",
        }  # fmt: skip
        output = run(["git", *arguments], cwd=self.folder, env=clean_environment(who))
        assert output.status == 0, output.stderr
        return output.stdout.strip()

    def write(self, files: dict[str, str | bytes | Path | None]) -> None:
        for path, content in files.items():
            target = self.folder / path
            if content is None:
                target.unlink()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, Path):
                target.symlink_to(content)
                continue
            target.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, files: dict[str, str | bytes | Path | None], message: str = "m") -> str:
        self.write(files)
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """An empty repository, with caches of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("GIT_INDEX_FILE", "GIT_DIR", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    return Repository(tmp_path / "repository")


@pytest.fixture
def repo(tmp_path: Path) -> Place:
    """An empty repository for the tests of git itself, which need no more than git."""
    place = Place(tmp_path / "repo")
    place.root.mkdir()
    place.git("init", "--quiet", "--initial-branch=main")
    return place


COMMIT = "4f1c9a2b7d3e5f60718293a4b5c6d7e8f9012345"
SOURCE = f"example/gate@{COMMIT}"
"""The gate that `gate init` names in the tests."""


@pytest.fixture
def init(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run `gate init` in the repository, as a copy of gate that does not know where it comes from."""
    monkeypatch.chdir(repository.folder)
    monkeypatch.setattr(origin, "known", lambda: None)

    def run(*arguments: str, source: str | None = SOURCE) -> Result:
        named = ["--source", source] if source else []
        return CliRunner().invoke(main, ["init", *named, *arguments], catch_exceptions=False)

    return run


def written(repository: Repository) -> dict[str, str]:
    """Every file of the worktree, as text."""
    paths = (path for path in repository.folder.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(repository.folder).as_posix(): path.read_text() for path in paths}


@pytest.fixture
def local(tmp_path: Path, monkeypatch) -> Path:
    """A folder of advisories that are made up, which is the database."""
    folder = tmp_path / "advisories"
    write_advisories(folder)
    monkeypatch.setenv("GATE_ADVISORIES", str(folder))
    return folder
