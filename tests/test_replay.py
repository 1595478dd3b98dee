"""The bench that replays published packages: what it unpacks, and how it counts what people judged."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from benchmarks.archives import MAX_MEMBERS, ArchiveError, Package, git, members, repository
from benchmarks.replay import BEGIN, END, Found, Replayed, _lines, _written, by_package, by_rule, judgements, listed


def wheel(folder: Path, files: dict[str, str], name: str = "made-1-py3-none-any.whl") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / name, "w") as opened:
        for path, text in files.items():
            opened.writestr(path, text)
    return folder / name


def paths(archive: Path) -> list[str]:
    return [str(path) for path, _ in members(archive)]


def test_a_wheel_gives_its_code_and_neither_its_metadata_nor_what_was_built(tmp_path: Path):
    given = {"made/a.py": "a = 1\n", "made/static/b.js": "", "made-1.dist-info/METADATA": "", "made/.git/config": ""}
    assert paths(wheel(tmp_path, given)) == ["made/a.py"]


@pytest.mark.parametrize("path", ["../a.py", "/a.py", "made/../../a.py", "made\\a.py"])
def test_an_archive_that_leads_out_of_its_folder_is_refused(tmp_path: Path, path: str):
    with zipfile.ZipFile(tmp_path / "made.whl", "w") as opened:
        info = zipfile.ZipInfo("x")
        info.filename = path
        opened.writestr(info, "a = 1\n")
    with pytest.raises(ArchiveError, match="leads out"):
        paths(tmp_path / "made.whl")


def test_links_and_devices_of_a_tarball_are_left_out(tmp_path: Path):
    with tarfile.open(tmp_path / "made.tgz", "w:gz") as opened:
        for name, kind in (
            ("package/l", tarfile.SYMTYPE),
            ("package/h", tarfile.LNKTYPE),
            ("package/f", tarfile.FIFOTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            opened.addfile(info)
        info = tarfile.TarInfo("package/a.js")
        info.size = 2
        opened.addfile(info, io.BytesIO(b"1;"))
    assert paths(tmp_path / "made.tgz") == ["package/a.js"]


def test_an_archive_of_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("benchmarks.archives.MAX_MEMBERS", 1)
    with pytest.raises(ArchiveError, match="unpacks to more"):
        paths(wheel(tmp_path, {"a.py": "", "b.py": ""}))
    assert MAX_MEMBERS > 1


@pytest.mark.parametrize("name", ["--index-url=x", "a b", "../a", "@a"])
def test_a_name_that_pip_or_npm_would_read_otherwise_is_refused(name: str):
    with pytest.raises(ArchiveError, match="no package"):
        Package("pypi", name, "1", "2")


def test_two_versions_become_two_commits_after_an_empty_one(tmp_path: Path):
    package = Package("pypi", "made", "1", "2")
    kept = tmp_path / "archives" / "pypi" / "made"
    wheel(kept / "1", {"made/a.py": "a = 1\n", "made/gone.py": "", "made/.gitattributes": "* filter=own\n"})
    wheel(kept / "2", {"made/a.py": "a = 1\nb = 2\n", "made/b.txt": "x\n"})
    made = repository(package, tmp_path)
    assert git(made, "ls-tree", "-r", "--name-only", "nothing") == ""
    assert git(made, "ls-tree", "-r", "--name-only", "newer").split() == ["made/a.py", "made/b.txt"]
    assert _lines(made, "older") == 1
    assert _lines(made, "nothing") == 2


def found(rule: str, line: int, action: str = "block") -> Found:
    return Found("pypi made 2", rule, "made/a.py", line, action, "It is so.")


DONE = (
    Replayed("pypi made 2", "whole", (found("x/one", 1), found("x/one", 2), found("x/two", 3), found("x/two", 9)), 90),
    Replayed("pypi made 2", "change", (found("x/one", 2), found("x/three", 5, "warn")), 40),
)
SAID = """
["pypi made 2"]
"x/one made/a.py:1" = "right: a password stands there"
"x/one made/a.py:2" = "wrong: a heading: no password"
"x/two made/a.py:3" = "arguable: they say so in their documentation"
["pypi made 1"]
"x/two made/a.py:9" = "right: this is of another version"
"""


def test_precision_counts_each_place_once_and_arguable_ones_as_not_right():
    rows = list(by_rule(DONE, judgements(SAID)))[2:]
    assert rows == [
        "| `x/one` | 1 | 2 | 1 | 0 | 1 | 0 | 50 % |",
        "| `x/two` | 0 | 2 | 0 | 1 | 0 | 1 | 0 % |",
        "| all | 1 | 4 | 1 | 1 | 1 | 1 | 33 % |",
    ]


def test_a_change_is_counted_by_its_own_lines():
    assert list(by_package(DONE))[2:] == [
        "| made 2 | 40 | 1 | 1 | 0 | 25.00 |",
        "| all 1 | 40 | 1 | 1 | 0 | 25.00 |",
    ]


def test_what_nobody_judged_is_named():
    assert list(listed(DONE, judgements(SAID), "unjudged")) == ["pypi made 2: x/two made/a.py:9: It is so."]
    assert len(list(listed(DONE, judgements(SAID), "wrong"))) == 1


@pytest.mark.parametrize("said", ["right", "right: ", "fine: it is", ""])
def test_a_judgement_has_a_verdict_and_a_reason(said: str):
    with pytest.raises(ValueError, match="does not begin with a verdict"):
        judgements(f'["pypi made 2"]\n"x/one made/a.py:1" = "{said}"\n')


def test_the_tables_go_between_their_marks(tmp_path: Path):
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    _written(page, "new")
    assert page.read_text() == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
