"""Every story in fixtures/ is made into two real commits, judged, and must get the review written beside it.

`--update` writes the reviews, so that a change of wording is seen as a diff.
"""

from datetime import date
from pathlib import Path

import pytest

from gate.cache import Cache
from gate.change import read_change
from gate.demo import make
from gate.git import Git
from gate.pipeline import Options, review
from gate.reports.markdown import render

STORIES = sorted(path for path in (Path(__file__).parent.parent / "fixtures").iterdir() if path.is_dir())


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.name)
def test_a_story_gets_its_review(story: Path, tmp_path: Path, request, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    make(story, tmp_path / "repository")
    options = Options("full", skip=frozenset({"pip-audit"}), today=date(2026, 6, 1))
    with Git(tmp_path / "repository") as git:
        said = _steady(render(review(read_change(git, "main", "HEAD"), options, Cache(None))))
    expected = story / "review.md"
    if request.config.getoption("--update"):
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")


def _steady(text: str) -> str:
    """The review without the versions of tools, which move on their own."""
    import re

    return re.sub(r"\b\d+\.\d+\.\d+\b", "X.Y.Z", text)
