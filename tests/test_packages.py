"""Packages: pins audited, and what was not audited said."""

import pytest

from gate.coverage import Looked
from gate.rule import Severity
from gate.scanner import Scanned
from tests.audited import found, lock, scan


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
