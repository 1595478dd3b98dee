"""Repositories of every kind, and the objects in them."""

import pytest

from gate.change import Tree
from gate.errors import ToolError, UsageError
from gate.git import Git
from tests.places import Place, change_of, changed


def test_a_read_only_repository_can_be_read(repo):
    repo.commit({"a.py": "a\n"})
    repo.write("a.py", "b\n")
    folders = [path for path in (repo.root / ".git").rglob("*") if path.is_dir()]
    for folder in folders:
        folder.chmod(0o555)
    try:
        assert changed(repo) == {"a.py"}
    finally:
        for folder in folders:
            folder.chmod(0o755)


def test_a_shallow_clone_is_told_how_to_become_whole(repo, tmp_path):
    repo.commit({"a.py": "a\n"})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.commit({"b.py": "b\n"})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"c.py": "c\n"})
    clone = Place(tmp_path / "clone")
    repo.git("clone", "--quiet", "--depth=1", "--no-single-branch", f"file://{repo.root}", str(clone.root))
    with pytest.raises(UsageError) as caught:
        changed(clone, "origin/main", "origin/topic")
    assert "unshallow" in str(caught.value.hint)


def test_histories_without_a_common_root_are_refused(repo):
    repo.commit({"a.py": "a\n"})
    repo.git("checkout", "--quiet", "--orphan", "other")
    repo.commit({"b.py": "b\n"})
    with pytest.raises(UsageError, match="no common ancestor"):
        changed(repo, "main", "other")


def test_a_bare_repository_has_revisions_and_no_worktree(repo, tmp_path):
    repo.commit({"a.py": "a\n"})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.commit({"b.py": "b\n"})
    bare = Place(tmp_path / "bare.git")
    repo.git("clone", "--quiet", "--bare", str(repo.root), str(bare.root))
    assert changed(bare, "main", "topic") == {"b.py"}
    with pytest.raises(UsageError, match="bare"):
        changed(bare)


def test_before_the_first_commit_everything_is_new(repo):
    repo.write("a.py", "a\n")
    repo.git("add", "a.py")
    repo.write("b.py", "b\n")
    assert changed(repo, staged=True) == {"a.py"}
    assert changed(repo) == {"a.py", "b.py"}


def test_an_empty_repository_holds_no_change(repo):
    assert changed(repo) == set()
    assert changed(repo, staged=True) == set()


def test_unresolved_conflicts_are_refused(repo):
    repo.commit({"a.py": "a\n"})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.commit({"a.py": "b\n"})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"a.py": "c\n"})
    repo.git("merge", "topic", check=False)
    with pytest.raises(UsageError, match="unresolved"):
        changed(repo, staged=True)


@pytest.mark.parametrize("revision", ["nowhere", "--output=x", "-h", "", "HEAD:a.py", "main..main", "@{-9}"])
def test_what_names_no_commit_is_refused(repo, revision):
    repo.commit({"a.py": "a\n"})
    with Git(repo.root) as git, pytest.raises(UsageError, match="not a revision"):
        git.commit(revision)


def test_a_folder_outside_of_any_repository_is_refused(tmp_path):
    with pytest.raises(UsageError, match="not in a git repository"):
        Git(tmp_path)


def test_a_folder_inside_a_repository_is_read_from_its_root(repo):
    repo.commit({"sub/a.py": "a\n"})
    repo.write("top.py", "t\n")
    assert changed(Place(repo.root / "sub")) == {"top.py"}


def test_a_linked_worktree_is_a_worktree(repo, tmp_path):
    repo.commit({"a.py": "a\n"})
    linked = Place(tmp_path / "linked")
    repo.git("worktree", "add", "--quiet", "-b", "topic", str(linked.root))
    linked.write("b.py", "b\n")
    linked.git("add", "b.py")
    assert changed(linked, staged=True) == {"b.py"}
    assert changed(linked) == {"b.py"}


def test_a_missing_object_is_named(repo):
    repo.commit({"a.py": "a\n"})
    with Git(repo.root) as git, pytest.raises(ToolError, match="shallow or partial"):
        git.blob("1" * 40)


def test_objects_are_read_in_the_order_they_are_asked_for(repo):
    repo.commit({f"{number}.py": f"{number}\n" for number in range(150)})
    oids = [repo.git("rev-parse", f"HEAD:{number}.py") for number in (0, 149, 7)]
    with Git(repo.root) as git:
        assert git.blobs([*oids * 50]) == [b"0\n", b"149\n", b"7\n"] * 50


def test_what_is_asked_for_after_a_missing_object_is_not_mistaken_for_another(repo):
    repo.commit({"a.py": "a\n", "b.py": "b\n"})
    one, other = (repo.git("rev-parse", f"HEAD:{path}") for path in ("a.py", "b.py"))
    with Git(repo.root) as git:
        with pytest.raises(ToolError, match="shallow or partial"):
            git.blobs([one, "1" * 40, one, one])
        assert git.blob(other) == b"b\n"


def test_a_large_file_comes_through_the_pipe_whole(repo):
    data = b"x" * 3_000_000 + b"\n"
    repo.commit({"a.txt": data, "b.txt": b"b\n"})
    with Git(repo.root) as git:
        tree = Tree(git, "HEAD")
        assert tree.read("a.txt") == data
        assert tree.read("b.txt") == b"b\n"


def test_a_nested_repository_is_shown_and_not_passed_over(repo):
    repo.commit({"a.py": "a\n"})
    nested = Place(repo.root / "nested")
    nested.root.mkdir()
    nested.git("init", "--quiet")
    nested.commit({"x.py": "x\n"})
    ((file,), *_) = change_of(repo)
    assert (file.path, file.after.kind) == ("nested", "submodule")
