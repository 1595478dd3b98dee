"""Packages: manifests read, pins audited, and what was not audited said; nothing the change names is run."""

import json
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from gate.cache import Cache
from gate.coverage import Looked
from gate.errors import ToolError
from gate.facts.dependency import Dependency
from gate.facts.manifest import is_manifest, manifest
from gate.rule import Repo, Severity, Source
from gate.scanner import Scanned
from gate.scanners import _pip_audit
from gate.scanners.packages import scanner
from tests import examples
from tests.examples import Memory

RECORDS: dict[str, tuple[str, list[dict[str, str]], list[str]]] = {
    "PYSEC-2099-1": ("jinja2", [{"introduced": "0"}, {"fixed": "2.11.3"}], ["CVE-2099-1", "GHSA-aaaa"]),
    "GHSA-aaaa": ("Jinja2", [{"introduced": "2.0"}, {"fixed": "2.11.3"}], ["CVE-2099-1"]),
    "PYSEC-2099-2": ("jinja2", [{"introduced": "0"}, {"fixed": "2.0"}, {"introduced": "2.5"}, {"fixed": "3.1.4"}], []),
    "PYSEC-2099-3": ("flask_admin", [{"introduced": "0"}, {"last_affected": "1.5"}], []),
    "MAL-2099-4": ("evil-thing", [{"introduced": "0"}], []),
    "GHSA-npm1": ("npm:left-pad", [{"introduced": "1.0.0"}, {"fixed": "1.3.0"}], ["CVE-2099-7"]),
    "MAL-2099-5": ("npm:@s/x", [{"introduced": "0"}], []),
}


def record(name: str) -> dict[str, object]:
    package, events, aliases = RECORDS[name]
    ecosystem = "npm" if package.startswith("npm:") else "PyPI"
    ranges = [{"type": "SEMVER" if ecosystem == "npm" else "ECOSYSTEM", "events": events}]
    affected = [{"package": {"ecosystem": ecosystem, "name": package.removeprefix("npm:")}, "ranges": ranges}]
    rated = {"database_specific": {"severity": "LOW"}} if name == "GHSA-npm1" else {}
    return {"id": name, "aliases": aliases, "summary": "made up", "affected": affected, **rated}


@pytest.fixture
def local(tmp_path: Path, monkeypatch) -> Path:
    """A local set of advisories, in JSON and YAML."""
    folder = tmp_path / "advisories"
    (folder / "vulns").mkdir(parents=True)
    for name in RECORDS:
        text = yaml.safe_dump(record(name)) if name == "PYSEC-2099-2" else json.dumps(record(name))
        (folder / "vulns" / f"{name}{'.yaml' if name == 'PYSEC-2099-2' else '.json'}").write_text(text)
    monkeypatch.setenv("GATE_ADVISORIES", str(folder))
    return folder


def scan(files: Mapping[str, str], *changed: str) -> Scanned:
    """The scan of a tree nothing is known of before."""
    repo = examples.repo(files)
    sources = [source for path in (changed or files) if (source := repo.source(path))]
    return scanner.scan([source for source in sources if scanner.wants(source)], repo)


def found(scanned: Scanned) -> list[tuple[str, int, str]]:
    return sorted((one.hit.place.path, one.hit.place.line, one.hit.detail) for one in scanned.spotted)


def asked(path: str, text: str) -> list[tuple[str, str, int]]:
    """Names, pinned versions and lines in a manifest."""
    return [(one.name, one.version, one.place.line) for one in manifest(Source(path, text)).dependencies]


# The audit itself


def test_a_vulnerable_pin_is_reported_on_its_line(local):
    scanned = scan({"requirements.txt": "# pins\nclick==8.1.7\nJinja2==2.11.2 \\\n  --hash=sha256:00\n"})
    assert found(scanned) == [
        ("requirements.txt", 3, "jinja2 PYSEC-2099-1"),
        ("requirements.txt", 3, "jinja2 PYSEC-2099-2"),
    ]
    assert scanned.rows == ()
    assert scanned.seen == {"dependencies": {"pin": 2}}
    first = scanned.spotted[0]
    assert first.rule.id == "pip-audit/known_vulnerability"
    assert first.rule.item == "dependencies"
    assert first.hit.severity is Severity.HIGH
    assert first.hit.message == (
        "`jinja2` 2.11.2 has the known vulnerability PYSEC-2099-1 (CVE-2099-1, GHSA-aaaa); 2.11.3 fixes it."
    )


def test_the_fix_named_is_the_one_of_the_range_the_version_lies_in(local):
    (one,) = scan({"requirements.txt": "jinja2==1.9\n"}).spotted[1:]
    assert "2.0 fixes it" in one.hit.message


def test_without_a_fix_it_warns(local):
    (one,) = scan({"requirements.txt": "Flask.Admin==1.5\n"}).spotted
    assert one.hit.severity is Severity.MEDIUM
    assert "no fixed version is known" in one.hit.message


def test_a_malicious_package_is_critical(local):
    (one,) = scan({"requirements.txt": "evil_thing==9\n"}).spotted
    assert one.hit.severity is Severity.CRITICAL
    assert "malicious" in one.hit.message


@pytest.mark.parametrize("version", ["3.1.4", "2.4", "9999"])
def test_versions_outside_every_range_are_clean(local, version):
    scanned = scan({"requirements.txt": f"jinja2=={version}\n"})
    assert "jinja2 PYSEC-2099-2" not in [detail for _, _, detail in found(scanned)]
    assert scanned.rows == ()


def test_two_versions_of_one_package_and_false_markers_are_all_audited(local):
    text = "jinja2==2.11.2 ; python_version < '3'\njinja2==3.1.4 ; python_version >= '3'\nevil-thing==1; sys_platform=='x'\n"
    scanned = scan({"requirements.txt": text})
    assert {line for _, line, _ in found(scanned)} == {1, 3}
    assert scanned.rows == ()


def test_one_pin_in_two_manifests_is_two_findings(local):
    scanned = scan({"requirements.txt": "evil-thing==1\n", "uv.lock": lock("evil-thing", "1")})
    assert [(path, line) for path, line, _ in found(scanned)] == [("requirements.txt", 1), ("uv.lock", 3)]


def lock(name: str, version: str, source: str = 'source = { registry = "https://index.example.com/simple" }') -> str:
    return f'version = 1\n[[package]]\nversion = "{version}"\nname = "{name}"\n{source}\n'


def test_included_files_of_the_repository_are_followed(local):
    files = {
        "requirements/prod.txt": "-r base.txt\n-c ../constraints.txt\n-rprod.txt\n",
        "requirements/base.txt": "evil-thing==1\n",
        "constraints.txt": "jinja2==2.11.2\n",
    }
    scanned = scan(files, "requirements/prod.txt")
    assert {path for path, _, _ in found(scanned)} == {"requirements/base.txt", "constraints.txt"}
    assert scanned.rows == ()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("flask>=2", "flask (`>=2`)"),
        ("flask", "flask"),
        ("flask==2.*", "flask (`==2.*`)"),
        ("evil @ https://example.com/evil-1.0.tar.gz", "evil (not from an index)"),
        ("evil @ file:///tmp/evil", "evil (not from an index)"),
        ("git+https://example.com/x/evil.git#egg=evil", "evil (not from an index)"),
        ("-e ./evil", "./evil (not from an index)"),
        ("--editable=git+ssh://git@example.com/a.git", "git+ssh"),
        ("./evil", "./evil (not from an index)"),
        ("wheels/evil-1.0-py3-none-any.whl", "wheels/evil"),
        ("-r missing.txt", "`missing.txt`, which requirements.txt includes on line 2"),
        ("-r https://example.com/more.txt", "`https://example.com/more.txt`"),
        ("-r ../outside.txt", "`../outside.txt`"),
        ("-r /etc/passwd", "`/etc/passwd`"),
        ("flask == two", "line 2, which is no requirement"),
        ("${EVIL}", "line 2, which is no requirement"),
        ("flask=2.0", "line 2, which is no requirement"),
    ],
)
def test_what_cannot_be_audited_is_a_hole_that_names_it(local, line, words):
    scanned = scan({"requirements.txt": f"evil-thing==1\n{line}\n"})
    (row,) = scanned.rows
    assert (row.path, row.scanner, row.state, row.hole) == ("requirements.txt", "pip-audit", Looked.PARTIAL, True)
    assert row.reason.startswith("1 not audited: ")
    assert words in row.reason
    assert len(scanned.spotted) == 1


def test_many_are_counted_and_five_named():
    scanned = scan({"requirements.txt": "".join(f"p{n}>=1\n" for n in range(9))})
    (row,) = scanned.rows
    assert row.reason.startswith("9 not audited: p0 (`>=1`), ")
    assert row.reason.endswith(" and 4 more")


def test_the_project_itself_is_no_dependency():
    assert scan({"requirements.txt": "-e .\n.[dev]\n"}).rows == ()


def test_ranges_in_a_library_are_told_and_are_no_hole(local):
    scanned = scan({"pyproject.toml": '[project]\ndependencies = ["flask>=2", "click~=8.0", "evil-thing==1"]\n'})
    (row,) = scanned.rows
    assert (row.state, row.hole) == (Looked.PARTIAL, False)
    assert row.reason == "2 dependencies are ranges or computed, audited through a lock file only"
    assert found(scanned) == [("pyproject.toml", 2, "evil-thing MAL-2099-4")]


def test_a_package_from_a_url_in_a_library_is_a_hole():
    (row,) = scan({"pyproject.toml": '[project]\ndependencies = ["x @ git+https://example.com/x"]\n'}).rows
    assert row.hole


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("pyproject.toml", "[project\n"),
        ("pyproject.toml", "project = 3\n"),
        ("uv.lock", "[[package]]\nversion = 1\n"),
        ("poetry.lock", "x = " + "[" * 5000 + "]" * 5000),
        ("Pipfile.lock", "{"),
        ("Pipfile.lock", "[" * 100_000),
        ("Pipfile.lock", "3"),
        ("setup.cfg", "no section\n"),
        ("setup.py", "def (:\n"),
    ],
)
def test_a_manifest_that_does_not_parse_is_a_hole(path, text):
    (row,) = scan({path: text}).rows
    assert (row.state, row.hole) == (Looked.FAILED, True)


def test_a_changed_manifest_with_no_dependencies_needs_no_tool(monkeypatch):
    monkeypatch.setenv("GATE_PIP_AUDIT", "/nowhere/pip-audit")
    assert scan({"pyproject.toml": "[project]\nname = 'x'\n", "requirements.txt": "# none\n"}) == Scanned()


# What is a manifest, and what it says


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


# npm, and what the change brings, moves and fixes


def npm_lock(packages: Mapping[str, str]) -> str:
    rows = {f"node_modules/{name}": {"version": version} for name, version in packages.items()}
    return json.dumps({"lockfileVersion": 3, "packages": rows}, indent=1)


def compared(before: Mapping[str, str], after: Mapping[str, str]) -> Scanned:
    """The scan of what two trees differ in, as the pipeline asks for it."""
    base, head = examples.repo(before), examples.repo(after)
    changed = [path for path in {**before, **after} if before.get(path) != after.get(path)]
    olds = {path: source for path in changed if (source := base.source(path))}
    news = {path: source for path in changed if (source := head.source(path))}
    was = Repo(Memory(before), Cache(None), known=olds)
    repo = Repo(Memory(after), Cache(None), known=news, earlier=was)
    return scanner.scan([source for source in news.values() if scanner.wants(source)], repo)


def told(scanned: Scanned) -> list[str]:
    return [spot.hit.message.partition("fixes it.")[2].strip() for spot in scanned.spotted]


def test_packages_of_npm_are_audited_too(local):
    scanned = scan({"web/package-lock.json": npm_lock({"left-pad": "1.2.0", "lodash": "4.0.0", "@s/x": "1.0.0"})})
    assert found(scanned) == [
        ("web/package-lock.json", 4, "left-pad GHSA-npm1"), ("web/package-lock.json", 10, "@s/x MAL-2099-5"),
    ]  # fmt: skip
    first = scanned.spotted[0].hit
    assert first.message == (
        "`left-pad` 1.2.0 has the known vulnerability GHSA-npm1 (CVE-2099-7); 1.3.0 fixes it. Its severity is low."
    )
    assert first.severity is Severity.LOW
    assert scanned.rows == ()


def test_folders_of_the_repository_are_its_own_and_ranges_are_no_hole(local):
    wanted = {"a": "file:../a", "b": "file:../../b", "c": "file:c.tgz", "d": "o/r", "e": "^1.0.0"}
    (row,) = scan({"web/package.json": json.dumps({"dependencies": wanted})}).rows
    assert row.hole
    assert row.reason == "3 not audited: b (not from an index), c (not from an index), d (not from an index)"
    (row,) = scan({"package.json": json.dumps({"dependencies": {"e": "^1.0.0"}})}).rows
    assert not row.hole
    (row,) = scan({"package.json": '{"dependencies": {"e": "1.0.0"}, "dependencies": {}}'}).rows
    assert (row.hole, row.reason) == (True, "1 not audited: the key `dependencies`, which is there twice")


WORKFLOW = "jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n      - run: pip install -e . build\n"


def test_commands_that_name_no_version_need_no_audit(local):
    path = ".github/workflows/ci.yml"
    assert not scanner.wants(Source(path, WORKFLOW))
    assert not scanner.wants(Source("Dockerfile", "FROM a\nRUN pip install -U pip\n"))
    assert scanner.wants(Source(path, WORKFLOW.replace("build", "jinja2==2.11.2")))
    scanned = scan(
        {path: WORKFLOW.replace("build", "jinja2==2.11.2 'flask>=2'"), "Dockerfile": "RUN npm i left-pad@1.2.0\n"}
    )
    assert [(path, line) for path, line, _ in found(scanned)] == [(path, 5), (path, 5), ("Dockerfile", 1)]
    assert [row.hole for row in scanned.rows] == [False]


def test_what_was_there_before_is_not_judged(local):
    old = {"requirements.txt": "jinja2==2.11.2\nflask>=2\n", "app/requirements.txt": "evil-thing==1\n"}
    scanned = compared(old, {**old, "requirements.txt": "click==8.1.7\nflask>=2\nJinja2==2.11.2\n"})
    assert (found(scanned), scanned.rows) == ([], ())
    assert scanned.seen == {"dependencies": {"pin": 1}}
    assert compared(old, {**old, "requirements.txt": "jinja2==2.11.2\nflask>=2\nclick\n"}).rows[0].reason == (
        "1 not audited: click"
    )


def test_a_lock_beside_a_list_brings_nothing_new_and_one_elsewhere_does(local):
    old = {"requirements.txt": "jinja2==2.11.2\n"}
    assert found(compared(old, {**old, "uv.lock": lock("jinja2", "2.11.2")})) == []
    assert len(found(compared(old, {**old, "other/uv.lock": lock("jinja2", "2.11.2")}))) == 2
    renamed = compared(old, {"dev/requirements.txt": "# moved\njinja2==2.11.2\n"})
    assert found(renamed) == []


def test_a_finding_says_whether_the_change_brought_it_or_moved_it(local):
    old = {"requirements.txt": "jinja2==2.10\nclick==8.1.7\n"}
    moved = compared(old, {"requirements.txt": "jinja2==2.11.2\nclick==8.1.7\n"})
    assert told(moved) == ["This change moves it from 2.10."] * 2
    brought = compared({"requirements.txt": "click==8.1.7\n"}, old)
    assert told(brought) == ["This change brings it in."] * 2


def test_what_the_change_fixes_is_told(local):
    old = {"requirements.txt": "jinja2==2.11.2\nevil-thing==1\nflask-admin==1.0\n"}
    scanned = compared(old, {"requirements.txt": "jinja2==2.11.3\nflask-admin==1.5\n"})
    assert scanned.mended == {
        "dependencies": (
            "The change fixes MAL-2099-4 by leaving out `evil-thing` 1.",
            "The change fixes PYSEC-2099-1 (CVE-2099-1, GHSA-aaaa) by moving `jinja2` from 2.11.2 to 2.11.3.",
        )
    }
    assert compared(old, {"requirements.txt": old["requirements.txt"] + "click==8\n"}).mended == {}
    twice = {"requirements.txt": "jinja2==2.11.1\njinja2==2.11.2\n"}
    assert compared(twice, {"requirements.txt": "jinja2==2.11.2\n"}).mended == {}
    moved = compared({**old, "constraints.txt": "evil-thing==1\n"}, {"constraints.txt": "evil-thing==1\n"})
    assert not any("evil-thing" in said for said in moved.mended.get("dependencies", ()))


def test_the_whole_path_tells_it_in_all_reports(repository, tmp_path, monkeypatch):
    from gate.pipeline import Options
    from gate.reports import json as report_json
    from gate.reports import markdown, text
    from gate.review import State
    from tests.judging import judge

    folder = tmp_path / "advisories"
    folder.mkdir()
    for name in RECORDS:
        (folder / f"{name}.json").write_text(json.dumps(record(name)))
    monkeypatch.setenv("GATE_ADVISORIES", str(folder))
    repository.commit({"requirements.txt": "jinja2==2.11.2\n", "package-lock.json": npm_lock({"left-pad": "1.3.0"})})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit({"requirements.txt": "jinja2==3.1.4\n", "package-lock.json": npm_lock({"@s/x": "1.0.0"})})
    done = judge(repository, Options("full", only=frozenset({"pip-audit"})))
    (answer,) = (one for one in done.answers if one.item.id == "dependencies")
    assert answer.state is State.STOP
    assert [finding.place.path for finding in answer.findings] == ["package-lock.json"]
    assert answer.mended[0].startswith("The change fixes PYSEC-2099-1")
    plain = " ".join(text.render(done).split())
    assert "The change fixes PYSEC-2099-1" in plain
    assert "✅ `dependencies`: The change fixes PYSEC-2099-1" in markdown.render(done)
    said = json.loads(report_json.render(done))
    assert [one["mended"] for one in said["checklist"] if one["item"] == "dependencies"] == [list(answer.mended)]


def test_a_pin_that_stays_pays_for_no_other(repository, tmp_path, monkeypatch):
    from gate.pipeline import Options
    from tests.judging import found as findings_of
    from tests.judging import judge

    folder = tmp_path / "advisories"
    folder.mkdir()
    (folder / "one.json").write_text(json.dumps(record("MAL-2099-4")))
    monkeypatch.setenv("GATE_ADVISORIES", str(folder))
    repository.commit({"requirements.txt": "evil-thing==1\n"})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit({"requirements.txt": "evil-thing==1\nclick==8\n", "other/requirements.txt": "evil-thing==1\n"})
    done = judge(repository, Options("full", only=frozenset({"pip-audit"})))
    assert findings_of(done) == [("pip-audit/known_vulnerability", "other/requirements.txt", 1)]


def test_an_old_database_is_no_answer_but_what_it_knows_counts(local):
    for path in (local / "vulns").iterdir():
        old = {**record(path.stem), "modified": "2024-10-10T00:00:00Z"}
        (local / "vulns" / path.name).write_text(json.dumps(old))
    scanned = scan({"requirements.txt": "jinja2==2.11.2\nclick==8.1.7\n"})
    assert len(found(scanned)) == 2
    (row,) = scanned.rows
    assert row.hole
    assert row.reason == (
        "2 not audited: jinja2 2.11.2, click 8.1.7 (the newest advisory for PyPI is of 2024-10-10, more than 14 days "
        "ago; run `gate advisories update`, or `gate advisories import` where there is no network)"
    )


# Hostile manifests


def test_nothing_a_manifest_names_is_run_or_asked(local, tmp_path, monkeypatch):
    mark = tmp_path / "ran"
    evil = f"from setuptools import setup\nopen({str(mark)!r}, 'w').close()\nsetup(name='evil', version='1')\n"
    (tmp_path / "evil").mkdir()
    (tmp_path / "evil" / "setup.py").write_text(evil)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIP_AUDIT_OUTPUT", str(mark))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    files = {
        "requirements.txt": (
            "--index-url http://127.0.0.1:9/simple\n--extra-index-url http://127.0.0.1:9/\n--find-links ./evil\n"
            f"-e ./evil\n./evil\nevil @ file://{tmp_path}/evil\n-r evil.txt\nevil-thing==1\n"
        ),
        "evil.txt": f"-e {tmp_path}/evil\nx @ file://{tmp_path}/evil\n",
        "evil/setup.py": evil,
    }
    scanned = scan(files)
    assert found(scanned) == [("requirements.txt", 8, "evil-thing MAL-2099-4")]
    assert [row.hole for row in scanned.rows if row.path == "requirements.txt"] == [True]
    assert not mark.exists()


def test_nobody_is_asked_and_nothing_is_started_where_there_is_a_database(local, monkeypatch):
    import socket
    import subprocess

    asked_of: list[object] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: asked_of.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *address, **_: asked_of.append(address))
    monkeypatch.setattr(subprocess, "Popen", lambda *command, **_: asked_of.append(command))
    evil = "http://127.0.0.1:9/evil/-/evil-1.0.0.tgz"
    scripts = {"preinstall": "touch ran", "postinstall": "touch ran"}
    files = {
        "package.json": json.dumps({"scripts": scripts, "dependencies": {"evil": evil, "git": "git+ssh://127.0.0.1/x"}}),
        "package-lock.json": json.dumps({"lockfileVersion": 3, "packages": {
            "node_modules/evil": {"version": "1.0.0", "resolved": evil, "hasInstallScript": True}}}),
        ".npmrc": "registry=http://127.0.0.1:9/\n",
        "requirements.txt": "--index-url http://127.0.0.1:9/\n-r http://127.0.0.1:9/more.txt\nevil-thing==1\n",
        "pyproject.toml": '[[tool.uv.index]]\nurl = "http://127.0.0.1:9/"\n[build-system]\nrequires = ["evil @ http://127.0.0.1:9/"]\n',
        "environment.yml": "channels: ['http://127.0.0.1:9/']\ndependencies: [a, {pip: ['-r http://127.0.0.1:9/x']}]\n",
    }  # fmt: skip
    scanned = scan(files)
    assert found(scanned) == [("requirements.txt", 3, "evil-thing MAL-2099-4")]
    assert {row.path for row in scanned.rows if row.hole} == {
        "package.json", "requirements.txt", "pyproject.toml", "environment.yml",
    }  # fmt: skip
    assert asked_of == []


def test_a_pin_cannot_carry_options_or_lines_into_the_tool(local):
    files = {"uv.lock": '[[package]]\nname = "a\\n-r /etc/passwd"\nversion = "1"\n' + lock("evil-thing", "1")[12:]}
    (row,) = scan(files).rows
    assert row.hole


def test_files_that_include_each_other_without_end(local):
    files = {f"requirements{n}.txt": f"-r requirements{n + 1}.txt\nevil-thing==1\n" for n in range(200)}
    (row,) = scan(files, "requirements0.txt").rows
    assert row.hole
    assert "requirements" in row.reason


# The tool


def fake(tmp_path: Path, monkeypatch, program: str) -> None:
    tool = tmp_path / "fake-audit"
    tool.write_text(f"#!{sys.executable}\n{program}\n")
    tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("GATE_PIP_AUDIT", str(tool))


def report(*rows: object) -> str:
    return f"print({json.dumps(json.dumps({'dependencies': rows, 'fixes': []}))})"


@pytest.mark.parametrize(
    ("program", "word"),
    [
        ("raise SystemExit(2)", "status 2"),
        ("import os; os.abort()", "status -6"),
        ("", "said nothing"),
        ("print('No known vulnerabilities found')", "not JSON"),
        ("print('[]')", "not a report"),
        ("print('{\"dependencies\": [{}]}')", "not a report"),
        (report(), "none of the 1 pinned packages .flask 1.0.: pip-audit said nothing of it"),
        (
            report({"name": "flask", "skip_reason": "Dependency not found on PyPI and ...: flask (1.0)"}),
            "does not know it",
        ),
        ("import sys; sys.stderr.write('requests.exceptions.ConnectionError: x'); sys.exit(1)", "had no connection"),
    ],
)
def test_a_tool_that_fails_or_knows_nothing_is_a_failure(tmp_path, monkeypatch, program, word):
    fake(tmp_path, monkeypatch, program)
    with pytest.raises(ToolError, match=word):
        scan({"requirements.txt": "flask==1.0\n"})


def test_a_package_the_tool_skips_is_a_hole(tmp_path, monkeypatch):
    rows = (
        {"name": "flask", "version": "1.0", "vulns": []},
        {"name": "Invented_Thing", "skip_reason": "Dependency not found on PyPI and could not be audited: x (2.0)"},
    )
    fake(tmp_path, monkeypatch, report(*rows))
    (row,) = scan({"requirements.txt": "flask==1.0\ninvented-thing==2.0\n"}).rows
    assert row.reason == "1 not audited: invented-thing 2.0 (the index does not know it)"
    assert row.hole


def test_more_versions_of_a_package_than_are_audited(tmp_path, monkeypatch):
    monkeypatch.setattr(_pip_audit, "MAX_ROUNDS", 2)
    fake(tmp_path, monkeypatch, report({"name": "click", "version": "0", "vulns": []}))
    (row,) = scan({"requirements.txt": "".join(f"click=={n}\n" for n in range(5))}).rows
    assert row.reason == "3 not audited: click 2, click 3, click 4 (too many versions of one package)"


def test_the_real_tool_without_a_way_out_is_a_failure(monkeypatch):
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("no_proxy", "")
    with pytest.raises(ToolError, match="had no connection"):
        scan({"requirements.txt": "flask==1.0\n"})


def test_without_a_database_npm_is_a_hole_and_pypi_is_not(tmp_path, monkeypatch):
    fake(tmp_path, monkeypatch, report({"name": "flask", "version": "1.0", "vulns": []}))
    rows = scan({"requirements.txt": "flask==1.0\n", "package-lock.json": npm_lock({"left-pad": "1.3.0"})}).rows
    assert [(row.path, row.hole) for row in rows] == [("package-lock.json", True)]
    assert "no database of advisories for npm; run `gate advisories update`" in rows[0].reason


def test_a_tool_that_hangs_is_a_failure(tmp_path, monkeypatch):
    fake(tmp_path, monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(_pip_audit, "SECONDS", 0.3)
    with pytest.raises(ToolError, match="did not finish"):
        scan({"requirements.txt": "flask==1.0\n"})


def test_the_tool_gets_no_token_and_no_setting(tmp_path, monkeypatch):
    seen = tmp_path / "seen"
    monkeypatch.setenv("GITHUB_TOKEN", "made-up")
    monkeypatch.setenv("PIP_AUDIT_FORMAT", "cyclonedx-json")
    row = {"name": "flask", "version": "1.0", "vulns": []}
    fake(
        tmp_path, monkeypatch,
        f"import os, sys, json\nopen({str(seen)!r}, 'w').write(json.dumps([dict(os.environ), sys.argv]))\n{report(row)}",
    )  # fmt: skip
    scan({"requirements.txt": "flask==1.0\n"})
    environment, arguments = json.loads(seen.read_text())
    assert not {"GITHUB_TOKEN", "PIP_AUDIT_FORMAT", "PYTHONPATH"} & environment.keys()
    assert {"--no-deps", "--disable-pip"} <= set(arguments)


@pytest.mark.parametrize("name", ["/nowhere/pip-audit", "no-such-program-anywhere"])
def test_a_named_tool_that_is_not_there_is_a_failure(monkeypatch, name):
    monkeypatch.setenv("GATE_PIP_AUDIT", name)
    with pytest.raises(ToolError, match="GATE_PIP_AUDIT names"):
        scanner.version()


def test_an_absent_tool_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.delenv("GATE_PIP_AUDIT", raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match=r"pip install 'diff-gate\[full\]'"):
        scanner.version()


def test_the_version_names_the_advisories(local, monkeypatch):
    with_set = scanner.version()
    assert with_set.split(" ")[0] == "advisories"
    (local / "vulns" / "MAL-2099-4.json").unlink()
    assert scanner.version() != with_set
    monkeypatch.delenv("GATE_ADVISORIES")
    assert scanner.version()[0].isdigit()
    assert scanner.key() is None


def test_the_page_says_what_why_and_how_to_fix_it():
    (rule,) = scanner.rules()
    assert rule is not scanner.rule("known_vulnerability")
    assert rule.id == "pip-audit/known_vulnerability"
    assert rule.why
    assert rule.fix
