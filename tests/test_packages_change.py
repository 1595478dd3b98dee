"""Packages: what a change brings, moves and mends, and what stays."""

import json

from gate.rule import Severity, Source
from gate.scanners.packages import scanner
from tests.audited import RECORDS, compared, found, lock, npm_lock, record, scan, told


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
