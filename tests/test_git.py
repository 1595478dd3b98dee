"""Reading real repositories: every shape of a change, and every way a repository can try to harm its reader."""

import os
import subprocess
from pathlib import Path

import pytest

from gate.change import Change, Tree, read_change
from gate.errors import ToolError, UsageError
from gate.git import Git

ENV = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_AUTHOR_NAME": "a",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "a",
    "GIT_COMMITTER_EMAIL": "a@example.com",
}


class Place:
    """A repository on disk and the few commands tests need."""

    def __init__(self, root):
        self.root = Path(root)

    def git(self, *arguments, check=True):
        done = subprocess.run(["git", *arguments], cwd=self.root, env=ENV, capture_output=True, check=False)
        assert not check or done.returncode == 0, done.stderr.decode()
        return done.stdout.decode(errors="surrogateescape").strip()

    def write(self, path, text):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(self, files=None, message="work"):
        for path, text in (files or {}).items():
            self.write(path, text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repo(tmp_path):
    place = Place(tmp_path / "repo")
    place.root.mkdir()
    place.git("init", "--quiet", "--initial-branch=main")
    return place


def change_of(place, base=None, head=None, *, staged=False):
    with Git(place.root) as git:
        change = read_change(git, base, head, staged=staged)
        files, touched, renames = change.files, change.touched, change.renames
        texts = {
            file.after.path: change.head.read(file.after.path)
            for file in files
            if file.after and file.after.kind == "file"
        }
        return files, touched, renames, texts


def changed(place, base=None, head=None, *, staged=False):
    return {file.path for file in change_of(place, base, head, staged=staged)[0]}


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


NAMES = [
    b"with space.py", b"quote'\".py", b"new\nline.py", b"tab\t.py", b"-rf.py", b"\xff\xfe.py", "é.py".encode(),
    b"back\\slash.py", b"*.py", b":(top)a.py", b"a..b@@ -1 +1 @@.py", b"sub/-x/\x01.py",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=[repr(name) for name in NAMES])
def test_any_path_is_read_under_its_own_name(repo, name):
    path = os.fsdecode(name)
    repo.commit({"a.py": "a\n"})
    repo.write(path, "one\n")
    repo.commit()
    repo.write(path, "one\ntwo\n")
    files, touched, _, texts = change_of(repo, "HEAD")
    assert [file.path for file in files] == [path]
    assert touched == {path: ((2, 2),)}
    assert texts == {path: b"one\ntwo\n"}


def test_lines_that_look_like_a_patch_are_not_taken_for_one(repo):
    repo.commit({"a.py": "x\n"})
    fake = "x\n++ b/a.py\n@@ -1 +900 @@\nindex 0000000..1111111\n-- a\n"
    repo.write("a.py", fake)
    _, touched, *_ = change_of(repo)
    assert touched == {"a.py": ((2, 5),)}


def test_lines_that_look_like_a_hunk_of_another_file_are_not_taken_for_one(repo):
    repo.commit({"a.py": "x\n", "b.py": "y\n"})
    repo.write("a.py", "x\n@@ -1 +1 @@\n")
    repo.write("b.py", "y\nz\n")
    _, touched, *_ = change_of(repo)
    assert touched == {"a.py": ((2, 2),), "b.py": ((2, 2),)}


def test_attributes_hide_no_line(repo):
    repo.commit(
        {"a.py": "x\n", "b.py": "x\n", "c.py": "x\n", ".gitattributes": "a.py -diff\nb.py binary\nc.py diff=evil\n"}
    )
    for path in ("a.py", "b.py", "c.py"):
        repo.write(path, "x\ny\n")
    _, touched, *_ = change_of(repo)
    assert touched == dict.fromkeys(("a.py", "b.py", "c.py"), ((2, 2),))


def test_a_file_of_nul_bytes_still_has_lines(repo):
    repo.commit({"a.py": b"x\n\0\n"})
    repo.write("a.py", b"x\n\0\neval(x)\n")
    _, touched, *_ = change_of(repo)
    assert touched == {"a.py": ((3, 3),)}


def test_two_files_with_the_same_edit_are_both_touched(repo):
    repo.commit({"a.py": "x\n", "b.py": "x\n"})
    repo.write("a.py", "x\ny\n")
    repo.write("b.py", "x\ny\n")
    _, touched, *_ = change_of(repo)
    assert touched == {"a.py": ((2, 2),), "b.py": ((2, 2),)}


def test_a_hook_names_the_index_that_is_judged(repo, monkeypatch):
    repo.commit({"a.py": "a\n"})
    repo.write("a.py", "staged\n")
    repo.git("add", "a.py")
    (repo.root / ".git" / "next-index").write_bytes((repo.root / ".git" / "index").read_bytes())
    repo.git("reset", "--quiet", "--hard")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index")
    assert change_of(repo, staged=True)[3] == {"a.py": b"staged\n"}


def test_the_index_of_another_repository_is_not_judged(repo, tmp_path, monkeypatch):
    repo.commit({"a.py": "a\n"})
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "elsewhere"))
    (tmp_path / "elsewhere").write_bytes(b"DIRC")
    assert changed(repo, staged=True) == set()


@pytest.mark.parametrize(
    "name", ["GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_EXTERNAL_DIFF", "GIT_NAMESPACE"]
)
def test_the_environment_of_a_hook_does_not_lead_elsewhere(repo, tmp_path, monkeypatch, name):
    repo.commit({"a.py": "a\n"})
    repo.write("a.py", "b\n")
    monkeypatch.setenv(name, str(tmp_path / "nowhere"))
    assert changed(repo) == {"a.py"}


def harmful(repo, tmp_path):
    """A program that leaves a trace when it is run."""
    trace = tmp_path / "trace"
    program = tmp_path / "evil"
    program.write_text(f"#!/bin/sh\necho run >> '{trace}'\ncat\n")
    program.chmod(0o755)
    return program, trace


@pytest.mark.parametrize(
    ("key", "attribute"),
    [("diff.evil.textconv", "diff=evil"), ("diff.evil.command", "diff=evil"), ("diff.external", "diff"), ("core.fsmonitor", ""),
     ("core.pager", ""), ("merge.evil.driver", "merge=evil")],
)  # fmt: skip
def test_programs_named_in_the_configuration_are_not_run(repo, tmp_path, key, attribute):
    program, trace = harmful(repo, tmp_path)
    repo.commit({"a.py": "a\n", ".gitattributes": f"*.py {attribute}\n"})
    repo.git("config", key, str(program))
    repo.write("a.py", "a\nb\n")
    assert change_of(repo)[1] == {"a.py": ((2, 2),)}
    assert not trace.exists()


@pytest.mark.parametrize("hook", ["post-checkout", "pre-commit", "post-index-change", "reference-transaction"])
def test_hooks_of_the_repository_are_not_run(repo, tmp_path, hook):
    program, trace = harmful(repo, tmp_path)
    repo.commit({"a.py": "a\n"})
    path = repo.root / ".git" / "hooks" / hook
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(program.read_bytes())
    path.chmod(0o755)
    repo.write("a.py", "b\n")
    assert changed(repo) == {"a.py"}
    assert changed(repo, staged=True) == set()
    assert not trace.exists()


def test_what_is_judged_is_what_git_add_would_store(repo):
    repo.commit({"a.py": "a\n"})
    repo.git("config", "filter.upper.clean", "tr a-z A-Z")
    repo.write(".gitattributes", "*.py filter=upper\n")
    repo.write("a.py", "eval(x)\n")
    assert change_of(repo)[3]["a.py"] == b"EVAL(X)\n"


def test_line_ends_and_encodings_asked_for_by_attributes_do_not_hide_the_worktree(repo):
    repo.commit({"a.py": "a\n"})
    repo.write(".gitattributes", "*.py ident text\n")
    repo.write("a.py", "b = '$Id$'\r\n")
    assert b"b = " in change_of(repo)[3]["a.py"]


def snapshot(folder):
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_reading_changes_nothing_in_the_repository(repo):
    repo.commit({"a.py": "a\n"})
    repo.write("a.py", "b\n")
    repo.git("add", "a.py")
    repo.write("a.py", "c\n")
    repo.write("new.py", "n\n")
    status, before = repo.git("status", "--porcelain=v2"), snapshot(repo.root)
    assert changed(repo) == {"a.py", "new.py"}
    assert changed(repo, staged=True) == {"a.py"}
    assert snapshot(repo.root) == before
    assert repo.git("status", "--porcelain=v2") == status


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


def test_replaced_objects_do_not_stand_in_for_real_ones(repo):
    repo.commit({"a.py": "eval(x)\n"})
    real = repo.git("rev-parse", "HEAD:a.py")
    repo.write("clean.py", "pass\n")
    repo.git("replace", real, repo.git("hash-object", "-w", "clean.py"))
    with Git(repo.root) as git:
        assert git.blob(real) == b"eval(x)\n"


def test_grafts_of_the_change_itself_are_objects_like_others(repo):
    tip = repo.commit({"a.py": "a\n", "b/c.py": "c\n"})
    with Git(repo.root) as git:
        tree = Tree(git, tip)
        assert set(tree.entries) == {"a.py", "b/c.py"}
        assert tree.source("b/c.py").text == "c\n"
        assert set(Change(Tree(git, git.empty_tree()), tree).touched) == {"a.py", "b/c.py"}


def test_an_object_directory_with_quotes_and_colons_is_found(tmp_path):
    place = Place(tmp_path / 'a "b": c')
    place.root.mkdir()
    place.git("init", "--quiet", "--initial-branch=main")
    place.commit({"a.py": "a\n"})
    place.write("a.py", "b\n")
    assert changed(place) == {"a.py"}


def test_a_large_file_comes_through_the_pipe_whole(repo):
    data = b"x" * 3_000_000 + b"\n"
    repo.commit({"a.txt": data, "b.txt": b"b\n"})
    with Git(repo.root) as git:
        tree = Tree(git, "HEAD")
        assert tree.read("a.txt") == data
        assert tree.read("b.txt") == b"b\n"


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


def test_a_nested_repository_is_shown_and_not_passed_over(repo):
    repo.commit({"a.py": "a\n"})
    nested = Place(repo.root / "nested")
    nested.root.mkdir()
    nested.git("init", "--quiet")
    nested.commit({"x.py": "x\n"})
    ((file,), *_) = change_of(repo)
    assert (file.path, file.after.kind) == ("nested", "submodule")
