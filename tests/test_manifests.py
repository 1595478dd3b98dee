"""Manifests of Python: which files are some, and what they say."""

import json

import pytest

from gate.facts.dependency import Dependency
from gate.facts.manifest import is_manifest, manifest
from gate.rule import Source
from tests.audited import asked, found, lock, scan


@pytest.mark.parametrize(
    "path",
    ["requirements.txt", "a/requirements-dev.txt", "dev-requirements.txt", "constraints.txt", "requirements.in",
     "pyproject.toml", "setup.cfg", "setup.py", "poetry.lock", "uv.lock", "pdm.lock", "Pipfile", "Pipfile.lock",
     "pylock.toml", "pylock.prod.toml", "sub/uv.lock"],
)  # fmt: skip
def test_manifests_by_name(path):
    assert is_manifest(Source(path, ""))


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("deps.txt", "flask==2.0\nclick\n", True),
        ("docker/pip.txt", "--index-url https://example.com\nflask==2.0\n", True),
        ("requirements/prod.txt", "flask\nclick>=1\n", True),
        ("requirements/functional.txt", "The user must be able to sign in.\n", False),
        ("notes.txt", "flask\nclick\n", False),
        ("notes.txt", "We use flask==2.0 for now.\n", False),
        ("robots.txt", "User-agent: *\nDisallow: /\n", False),
        ("app.py", "flask==2.0\n", False),
        ("Cargo.lock", "[[package]]\n", False),
        ("my_requirements_notes.md", "flask==2.0", False),
    ],
)
def test_other_texts_are_manifests_by_what_they_say(path, text, expected):
    assert is_manifest(Source(path, text)) is expected


def test_requirements_are_read_as_pip_reads_them():
    text = (
        "# a comment\n-i https://example.com/simple\n\nFlask[async]==2.0.1  # why\n"
        "click==8.1.7 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n"
        "a.b_C === 1.0 ; python_version<'3'\nd==1.0+cu118\ne==01.0\nf (==1.2)\ng==1,>0\n"
        "--only-binary :all:\n--requirement=other.txt\n"
    )
    assert asked("requirements.txt", text) == [
        ("flask", "2.0.1", 4), ("click", "8.1.7", 5), ("a-b-c", "1.0", 8), ("d", "1.0+cu118", 9),
        ("e", "1.0", 10), ("f", "1.2", 11), ("g", "1", 12),
    ]  # fmt: skip
    said = manifest(Source("requirements.txt", text))
    assert said.includes == ((14, "other.txt"),)
    assert said.unread == ()


def test_a_pyproject_is_read_in_all_its_dialects():
    text = """[build-system]
requires = ["hatchling==1.25"]
[project]
dependencies = [
  "flask>=2",
  'click==8.1.7; python_version > "3"',
]
[project.optional-dependencies]
dev = ["pytest==8.0"]
[dependency-groups]
lint = ["ruff==0.9", {include-group = "dev"}]
[tool.poetry.dependencies]
python = "^3.11"
requests = "2.31.0"
boto3 = {version = "==1.34", extras = ["x"]}
numpy = "^1.2"
own = {path = "../own"}
[tool.poetry.group.docs.dependencies]
sphinx = "7.2"
"""
    assert asked("pyproject.toml", text) == [
        ("hatchling", "1.25", 2), ("flask", "", 5), ("click", "8.1.7", 6), ("pytest", "8.0", 9), ("ruff", "0.9", 11),
        ("requests", "2.31.0", 14), ("boto3", "1.34", 15), ("numpy", "", 16), ("own", "", 17), ("sphinx", "7.2", 19),
    ]  # fmt: skip


def test_setup_files_are_read_and_not_run(tmp_path):
    mark = tmp_path / "ran"
    text = (
        f"import setuptools\nopen({str(mark)!r}, 'w')\nWANTED = ['flask==1.0',\n  'click>=7']\n"
        "setuptools.setup(install_requires=WANTED, extras_require={'dev': ['pytest==7.0']}, tests_require=load())\n"
    )
    said = manifest(Source("setup.py", text))
    assert asked("setup.py", text) == [("flask", "1.0", 3), ("click", "", 4), ("pytest", "7.0", 5)]
    assert said.unread == ("`tests_require`, which is computed",)
    assert not mark.exists()
    text = (
        "[options]\ninstall_requires =\n  flask==1.0\n  click>=7  # why\n[options.extras_require]\ndev = pytest==7.0\n"
    )
    assert [(name, version) for name, version, _ in asked("setup.cfg", text)] == [
        ("flask", "1.0"), ("click", ""), ("pytest", "7.0"),
    ]  # fmt: skip


def test_the_tables_of_uv_pdm_and_hatch_and_files_that_setuptools_reads():
    text = """[tool.uv]
constraint-dependencies = ["a==1"]
override-dependencies = ["b==2"]
[tool.pdm.dev-dependencies]
test = ["c==3"]
[tool.hatch.envs.default]
extra-dependencies = ["d==4"]
[tool.hatch.build.hooks.custom]
dependencies = ["e==5"]
[tool.setuptools.dynamic]
dependencies = {file = ["deps/main.in"]}
optional-dependencies.dev = {file = "dev.in"}
"""
    assert asked("pyproject.toml", text) == [("a", "1", 2), ("b", "2", 3), ("c", "3", 5), ("d", "4", 7), ("e", "5", 9)]
    assert manifest(Source("pyproject.toml", text)).includes == ((11, "deps/main.in"), (12, "dev.in"))
    text = "[options]\ninstall_requires = file: a.in, b.in\n[options.extras_require]\ndev =\n  c==1\n"
    assert manifest(Source("setup.cfg", text)).includes == ((2, "a.in"), (2, "b.in"))
    assert [name for name, _, _ in asked("setup.cfg", text)] == ["c"]
    assert manifest(Source("setup.py", "from setuptools import setup\nsetup(**load())\n")).unread


def test_what_a_project_file_includes_is_audited(local):
    files = {
        "pyproject.toml": '[tool.setuptools.dynamic]\ndependencies = {file = ["deps/x.in"]}\n',
        "deps/x.in": "evil-thing==1",
    }
    assert found(scan(files, "pyproject.toml")) == [("deps/x.in", 1, "evil-thing MAL-2099-4")]


LOCKS = {
    "uv.lock": (
        lock("flask", "3.0")
        + '[[package]]\nname = "me"\nversion = "1"\nsource = { editable = "." }\n'
        + '[[package]]\nname = "g"\nversion = "2"\nsource = { git = "https://example.com/g" }\n',
        [("flask", "3.0", 3), ("g", "", 12)],
    ),
    "poetry.lock": (
        ('[[package]]\nname = "Flask_Admin"\nversion = "1.5"\n\n[package.source]\ntype = "legacy"\nurl = "https://i.example.com"\n'
        '[[package]]\nname = "g"\nversion = "2"\n[package.source]\ntype = "git"\nurl = "https://example.com/g"\n'),
        [("flask-admin", "1.5", 3), ("g", "", 10)],
    ),
    "pdm.lock": ('[[package]]\nname = "a"\nversion = "1"\n[[package]]\nname = "b"\nversion = "1"\npath = "./b"\n',
                 [("a", "1", 3), ("b", "", 6)]),
    "pylock.toml": ('[[packages]]\nname = "a"\nversion = "1"\n[[packages]]\nname = "b"\nvcs = {url = "https://e.x/b"}\n',
                    [("a", "1", 3), ("b", "", 4)]),
    "Pipfile.lock": (
        ('{\n "_meta": {"hash": {}},\n "default": {\n  "flask": {\n   "version": "==3.0"\n  },\n  "g": {"git": "https://e.x/g"}\n },\n'
        ' "develop": {\n  "flask": {"version": "==2.0"}\n }\n}\n'),
        [("flask", "3.0", 4), ("g", "", 7), ("flask", "2.0", 10)],
    ),
    "Pipfile": ('[packages]\nflask = "==3.0"\nclick = "*"\n', [("flask", "3.0", 2), ("click", "", 3)]),
}  # fmt: skip


@pytest.mark.parametrize("path", list(LOCKS))
def test_lock_files(path):
    text, expected = LOCKS[path]
    assert asked(path, text) == expected


def test_a_fact_survives_the_cache():
    from gate.cache import dump, load

    (one,) = Dependency.find(Source("requirements.txt", "flask==1\n"))
    assert load(Dependency, json.loads(json.dumps(dump(one)))) == one
    assert list(Dependency.find(Source("readme.md", "flask==1\n"))) == []


def test_large_manifests_are_read_in_time():
    names = [f"package-{n}" for n in range(3000)]
    assert len(asked("uv.lock", "".join(lock(name, "1.0")[12:] for name in names))) == 3000
    pipfile = json.dumps({"default": {name: {"version": "==1.0"} for name in names}}, indent=1)
    assert len(asked("Pipfile.lock", pipfile)) == 3000
    listed = ", ".join(f'"{name}==1.0"' for name in names)
    assert len(asked("pyproject.toml", f"[project]\ndependencies = [{listed}]\n")) == 3000
    assert len(asked("requirements.txt", "".join(f"{name}==1.0\n" for name in names))) == 3000
