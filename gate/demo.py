"""A small repository with a model's pull request in it, made to be judged."""

import tempfile
from contextlib import ExitStack
from pathlib import Path

from gate import lazy
from gate.cache import Cache
from gate.change import read_change
from gate.errors import ToolError, UsageError
from gate.git import Git
from gate.pipeline import Options, review
from gate.process import clean_environment, run
from gate.review import Review

_HERE = Path(__file__).parent
STORY = next(
    folder
    for folder in (_HERE / "stories" / "ai_pull_request", _HERE.parent / "fixtures" / "ai_pull_request")
    if folder.is_dir()
)
_HIDDEN = lazy.regex(r"\{\{hide:(.*?)\}\}")


def judge(folder: Path | None, profile: str) -> Review:
    """Make the repository, in `folder` or in one that is gone afterwards, and judge its pull request.

    Raises:
        UsageError: `folder` is there and not empty.
    """
    with ExitStack() as stack:
        where = folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gate-demo-")))
        make(STORY, where)
        git = stack.enter_context(Git(where))
        return review(read_change(git, "main", "HEAD"), Options(profile), Cache(None))


def make(story: Path, folder: Path) -> None:
    """Turn a story's two folders into two commits: `main`, and a branch `change` with the pull request.

    Made-up secrets stand in the story in pieces (`{{hide:ab|cd}}`), so that no scanner trips over them there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise UsageError(f"`{folder}` is not empty.", "Name a folder that does not exist yet.")
    _git(folder, "init", "--quiet", "--initial-branch=main")
    _lay(story / "base", folder)
    _commit(folder, "The application as it was")
    _git(folder, "checkout", "--quiet", "-b", "change")
    _git(folder, "rm", "-r", "--quiet", ".")
    _lay(story / "head", folder)
    _commit(folder, "The pull request")


def _lay(source: Path, folder: Path) -> None:
    for path in sorted(source.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            target = folder / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text(encoding="utf-8")
            target.write_text(_HIDDEN.sub(lambda hidden: hidden[1].replace("|", ""), text), encoding="utf-8")


def _commit(folder: Path, message: str) -> None:
    _git(folder, "add", "--all", "--force")
    _git(folder, "commit", "--quiet", "--allow-empty", "--message", message)


def _git(folder: Path, *arguments: str) -> None:
    """Dates and names are fixed, so that the same story always makes the same commits."""
    fixed = {
        "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null",
        "GIT_AUTHOR_NAME": "gate", "GIT_AUTHOR_EMAIL": "gate@example.com", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
        "GIT_COMMITTER_NAME": "gate", "GIT_COMMITTER_EMAIL": "gate@example.com",
        "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    output = run(["git", *arguments], cwd=folder, env=clean_environment(fixed))
    if output.status:
        raise ToolError(f"`git {arguments[0]}` failed: {output.stderr.strip()}")
