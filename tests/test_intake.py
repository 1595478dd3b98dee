"""What is taken in of a change, and what is told of the rest."""

from pathlib import Path

import pytest

from tests.judging import change, judge

GUARD = "def allowed(user):\n    return user.is_admin\n"
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'4d' * 32}\nsize 12345\n"


def rows(done, path):
    return [(row.reason, row.hole) for row in done.coverage if row.path == path and row.state == "skipped"]


def replaced(repository, before, path, target):
    """The change that puts a link in the place of a file or folder."""
    repository.commit(before)
    repository.git("checkout", "--quiet", "-b", "change")
    repository.git("rm", "-rqf", "--", path)
    repository.commit({path: Path(target)})
    return judge(repository)


@pytest.mark.parametrize(
    ("path", "target", "files"),
    [("app/auth.py", "open.py", 1), ("checks", "app", 2), ("checks", "/srv/elsewhere", 2)],
)
def test_a_link_in_place_of_code_leaves_a_hole(repository, path, target, files):
    before = {"app/auth.py": GUARD, "app/open.py": "x = 1\n", "checks/a.py": "a = 1\n", "checks/b.py": "b = 1\n"}
    done = replaced(repository, before, path, target)
    assert rows(done, path) == [
        (f"a symbolic link to {target}, in place of {files} file{'s' * (files > 1)} of code", True)
    ]
    assert done.verdict == "incomplete"


def test_a_link_to_the_same_text_hides_nothing(repository):
    done = replaced(repository, {"a.py": GUARD, "b.py": GUARD, "c.txt": "c\n"}, "a.py", "b.py")
    assert rows(done, "a.py") == [("a symbolic link to b.py, which is judged where it lies", False)]


def test_a_pointer_of_git_lfs_is_not_looked_at(repository):
    done = change(repository, {"app/auth.py": GUARD}, {"app/auth.py": POINTER})
    ((reason, hole),) = rows(done, "app/auth.py")
    assert reason.startswith("a Git LFS pointer")
    assert hole
