"""pip-audit as a tool that fails, hangs, knows nothing, or is not there."""

import json
import stat
import sys
from pathlib import Path

import pytest

from gate.errors import ToolError
from gate.scanners import _pip_audit
from gate.scanners.packages import scanner
from tests.audited import npm_lock, scan


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
        (report(), "no pinned package .flask 1.0.: pip-audit said nothing of it"),
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
