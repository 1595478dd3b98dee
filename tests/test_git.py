"""Reading real repositories: every shape of a change."""

import pytest

from gate.change import read_change
from gate.git import Git
from tests.places import Place, change_of, changed


def test_the_worktree_is_read_with_files_git_does_not_know_yet(repo):
    repo.commit({"a.py": "a\n", ".gitignore": "ignored.py\n"})
    repo.write("a.py", "a\nb\n")
    repo.write("new.py", "n\n")
    repo.write("ignored.py", "i\n")
    files, touched, _, texts = change_of(repo)
    assert {file.path for file in files} == {"a.py", "new.py"}
    assert touched == {"a.py": ((2, 2),), "new.py": ((1, 1),)}
    assert texts["new.py"] == b"n\n"


def test_a_file_deleted_from_the_worktree_is_a_change(repo):
    repo.commit({"a.py": "a\n"})
    (repo.root / "a.py").unlink()
    ((file,), *_) = change_of(repo)
    assert file.after is None
    assert file.path == "a.py"


def test_the_index_is_judged_and_not_the_worktree(repo):
    repo.commit({"a.py": "a\n"})
    repo.write("a.py", "staged\n")
    repo.git("add", "a.py")
    repo.write("a.py", "later\n")
    repo.write("untracked.py", "x\n")
    _, _, _, texts = change_of(repo, staged=True)
    assert texts == {"a.py": b"staged\n"}
    assert change_of(repo)[3]["a.py"] == b"later\n"


def test_two_revisions_are_judged_from_where_they_parted(repo):
    repo.commit({"a.py": "a\n"})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.commit({"topic.py": "t\n"})
    repo.git("checkout", "--quiet", "main")
    repo.commit({"main.py": "m\n"})
    assert changed(repo, "main", "topic") == {"topic.py"}


def test_the_default_branch_is_the_base_when_none_is_named(repo):
    repo.commit({"a.py": "a\n"})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.commit({"topic.py": "t\n"})
    repo.write("loose.py", "l\n")
    assert changed(repo) == {"topic.py", "loose.py"}


def test_a_renamed_file_is_one_change(repo):
    repo.commit({"old.py": "".join(f"line {n}\n" for n in range(30))})
    repo.git("mv", "old.py", "new.py")
    with (repo.root / "new.py").open("a") as file:
        file.write("more\n")
    files, touched, renames, _ = change_of(repo)
    assert len(files) == 1
    assert renames == {"old.py": "new.py"}
    assert touched == {"new.py": ((31, 31),)}


def test_a_file_that_only_becomes_executable_touches_no_line(repo):
    repo.commit({"run.sh": "echo\n"})
    (repo.root / "run.sh").chmod(0o755)
    ((file,), touched, *_) = change_of(repo)
    assert (file.before.mode, file.after.mode) == ("100644", "100755")
    assert touched == {"run.sh": ()}


def test_a_file_that_becomes_a_link_is_told_as_one_and_never_followed(repo):
    repo.commit({"a.py": "a\n"})
    (repo.root / "a.py").unlink()
    (repo.root / "a.py").symlink_to("/etc/passwd")
    with Git(repo.root) as git:
        change = read_change(git, None, None)
        (file,) = change.files
        assert [side.kind for side in (file.before, file.after) if side] == ["file", "symlink"]
        assert change.head.read("a.py") == b"/etc/passwd"


def test_a_link_that_becomes_a_file_is_all_new(repo):
    (repo.root / "a.py").symlink_to("b.py")
    repo.commit({"b.py": "b\n"})
    (repo.root / "a.py").unlink()
    repo.write("a.py", "x\ny\n")
    _, touched, _, texts = change_of(repo)
    assert touched == {"a.py": ((1, 2),)}
    assert texts == {"a.py": b"x\ny\n"}


def test_a_link_to_a_folder_is_not_walked_into(repo):
    repo.commit({"a.py": "a\n"})
    (repo.root / "etc").symlink_to("/etc", target_is_directory=True)
    assert changed(repo) == {"etc"}


def test_a_submodule_is_a_commit_and_no_file(repo, tmp_path):
    other = Place(tmp_path / "other")
    other.root.mkdir()
    other.git("init", "--quiet")
    tip = other.commit({"x.py": "x\n"})
    repo.commit({"a.py": "a\n"})
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{tip},sub")
    ((file,), *_) = change_of(repo, staged=True)
    assert (file.after.kind, file.after.oid) == ("submodule", tip)


def test_two_files_with_the_same_edit_are_both_touched(repo):
    repo.commit({"a.py": "x\n", "b.py": "x\n"})
    repo.write("a.py", "x\ny\n")
    repo.write("b.py", "x\ny\n")
    _, touched, *_ = change_of(repo)
    assert touched == {"a.py": ((2, 2),), "b.py": ((2, 2),)}


def test_an_intent_to_add_is_no_part_of_the_index(repo):
    repo.commit({"a.py": "a\n"})
    repo.write("b.py", "b\n")
    repo.git("add", "--intent-to-add", "b.py")
    assert changed(repo, staged=True) == set()
    assert changed(repo) == {"b.py"}


def test_an_edit_in_the_second_and_of_the_size_of_the_commit_is_seen(repo):
    repo.commit({f"{n}.py": "a\n" for n in range(20)})
    for n in range(20):
        repo.write(f"{n}.py", "b\n")
    assert len(changed(repo)) == 20


def test_what_a_sparse_checkout_leaves_out_is_not_deleted(repo):
    repo.commit({"a.py": "a\n", "b.py": "b\n"})
    repo.git("update-index", "--skip-worktree", "a.py")
    (repo.root / "a.py").unlink()
    assert changed(repo) == set()


def test_an_answer_nobody_waited_for_is_not_taken_for_the_next(repo, monkeypatch):
    repo.commit({"a": "one\n", "b": "two\n"})
    oids = repo.git("rev-parse", "HEAD:a", "HEAD:b").split()

    def stopped(_blobs):
        raise KeyboardInterrupt

    with Git(repo.root) as git:
        with monkeypatch.context() as patched:
            patched.setattr("gate.git._answer", stopped)
            with pytest.raises(KeyboardInterrupt):
                git.blob(oids[0])
        assert git.blob(oids[1]) == b"two\n"
