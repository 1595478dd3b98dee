"""Every way a repository can try to harm its reader, or to hide something from it."""

import os

import pytest

from gate.change import Change, Tree
from gate.git import Git
from tests.places import Place, change_of, changed

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
