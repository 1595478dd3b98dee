"""semgrep as gate runs it: our patterns, both front ends, nobody else's settings, nothing passed over in silence."""

import json
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gate import registry
from gate.coverage import Looked
from gate.errors import ToolError
from gate.rule import Place, Severity, Source
from gate.scanner import Scanned, bare_folder, gravest
from gate.scanners import semgrep as module
from gate.scanners._program import program
from gate.scanners.semgrep import Semgrep
from tests import examples

EVAL = 'app.post("/x", (req, res) => {\n  eval(req.body.a);\n});\n'
EXAMPLES = [
    (rule, kind, number, example)
    for rule in registry.patterns()
    for kind in ("bad", "good")
    for number, example in enumerate(getattr(rule, kind), 1)
]


scanner = Semgrep()


def scan(*files: tuple[str, str]) -> Scanned:
    return scanner.scan([Source(path, text) for path, text in files], examples.repo({}))


def _cases() -> Iterator[Any]:
    for rule, kind, number, example in EXAMPLES:
        yield pytest.param(rule, example, f"{rule.id}-{kind}-{number}", id=f"{rule.id}-{kind}-{number}")


def _sources() -> tuple[list[Source], dict[str, set[int]]]:
    """All examples as one folder, each in a folder of its own, and the lines that are marked."""
    sources, marked = [], {}
    for rule, kind, number, example in EXAMPLES:
        tree, marks = examples.unmarked(examples.files(example, "app.js"))
        for path, text in tree.items():
            whole = f"{rule.id}-{kind}-{number}/{path}"
            sources.append(Source(whole, text))
            marked[whole] = {line for marked_path, line in marks if marked_path == path}
    return sources, marked


def _lines(scanned: Scanned, rule_id: str, folder: str) -> set[tuple[str, int]]:
    return {
        (one.hit.place.path, one.hit.place.line)
        for one in scanned.spotted
        if one.rule.id == rule_id and one.hit.place.path.startswith(folder + "/")
    }


@pytest.fixture(scope="module")
def found() -> Scanned:
    return scanner.scan(_sources()[0], examples.repo({}))


@pytest.mark.parametrize(("rule", "example", "folder"), list(_cases()))
def test_exactly_the_marked_lines_are_reported(rule, example, folder, found):
    marked = {(path, line) for path, lines in _sources()[1].items() if path.startswith(folder + "/") for line in lines}
    assert bool(marked) == ("-bad-" in folder)
    assert _lines(found, rule.id, folder) == marked


def test_every_example_is_read_whole(found):
    assert found.rows == ()


def test_both_front_ends_find_the_same(found):
    sources, _ = _sources()
    with bare_folder([module._named(*numbered) for numbered in enumerate(sources)]) as (folder, written):
        (folder / "rules.json").write_text(scanner.compiled)
        report = module._run(program("semgrep", "GATE_SEMGREP"), folder, list(written), fast=False)
        spotted = gravest(scanner._spotted(report, dict(zip(written, sources, strict=True))))
        ordinary = {(one.rule.id, one.hit.place) for one in spotted}
    assert ordinary == {(one.rule.id, one.hit.place) for one in found.spotted}


def test_the_gravest_of_the_patterns_for_one_weakness_speaks():
    route = "app.post('/a', (req, res) => { res.json(eval(req.body.x)); });\nfunction f(x) { return eval(x); }\n"
    found = [(one.rule.id, one.hit.place.line) for one in scan(("app.js", route)).spotted]
    assert found == [("execution/eval_request", 1), ("execution/dynamic_code_js", 2)]


def test_a_pattern_may_be_milder_than_its_rule():
    tool = "server.tool('get', { url: z.string() }, async ({ url }) => { await fetch(url); });\n"
    route = "app.get('/a', async (req, res) => { await fetch(req.query.url); });\n"
    (asked, sent) = scan(("app.ts", tool + route)).spotted
    assert asked.rule.id == sent.rule.id == "injection/request_forgery_js"
    assert (asked.hit.severity, sent.hit.severity) == (Severity.MEDIUM, None)


def test_of_two_patterns_of_one_rule_the_graver_speaks():
    both = (
        "server.tool('get', { url: z.string() }, async ({ url }, req) => { await fetch(pick(req.body.url, url)); });\n"
    )
    (spot,) = scan(("app.ts", both)).spotted
    assert spot.hit.severity is None


def test_a_list_that_is_shared_stands_in_each_pattern_that_names_it():
    shared = {
        "words": {"hint": "said", "patterns": [{"pattern": "$A.said"}]},
        "safe": {"patterns": [{"pattern": "ok()"}]},
    }
    own = {"pattern": "own($X)"}
    part = {"pattern-sources": ["words"], "pattern-sanitizers": ["safe", own], "metadata": {"hints": ["eval"]}}
    spelled = registry._spelled_out(part, shared)
    assert spelled["pattern-sources"] == [{"pattern": "$A.said"}]
    assert spelled["pattern-sanitizers"] == [{"pattern": "ok()"}, own]
    assert spelled["metadata"]["hints"] == ["eval", "said"]
    mixed = registry._spelled_out({**part, "pattern-sources": ["words", own]}, shared)
    assert mixed["metadata"]["hints"] == ["eval"]


def test_every_pattern_has_a_name_of_its_own():
    names = [rule.id.partition("/")[2] for rule in registry.patterns()]
    assert len(names) == len(set(names))
    assert [scanner.rule(name) for name in names] == list(registry.patterns()) == list(scanner.rules())
    assert {rule.item for rule in scanner.rules()} == scanner.items


def test_a_pattern_names_no_weakness_that_its_rule_does_not_list():
    named = {
        rule: {cwe for part in parts for cwe in part["metadata"].get("cwes", ())}
        for rule, parts in registry.patterns().items()
    }
    assert all(cwes <= set(rule.cwes) for rule, cwes in named.items())


def test_it_wants_the_languages_of_its_patterns():
    assert [scanner.wants(Source(path, "")) for path in ("a.js", "a.tsx", "a.mts", "a.py", "a.md")] == [
        True, True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["a.mts", "a.cts", "a.d.ts", "a.JS", "bin/tool", "a b;c.ts", "-rf.js", "schön.js"])
def test_a_file_of_any_name_is_read(path):
    scanned = scan((path, "#!/usr/bin/env node\n" + EVAL))
    assert scanned.rows == ()
    assert [one.hit.place.path for one in scanned.spotted] == [path]


def test_what_does_not_parse_is_a_hole():
    scanned = scan(("a.js", EVAL + "const = ;\n"), ("b.js", EVAL))
    (row,) = scanned.rows
    assert (row.path, row.state, row.hole) == ("a.js", Looked.PARTIAL, True)
    assert "could not parse all of it" in row.reason


def test_a_file_no_pattern_can_match_needs_no_semgrep(tmp_path, monkeypatch):
    _program(tmp_path, monkeypatch, "sys.exit(2)")
    assert scan(("a.js", "export const one = 1;\n")) == Scanned()


def test_semgrep_is_given_the_patterns_that_may_match(monkeypatch):
    given = []

    def report(_program, folder, names):
        rules = json.loads((folder / "rules.json").read_text())["rules"]
        given.append({one["id"]: one["paths"]["include"] for one in rules})
        return {"results": [], "errors": [], "paths": {"scanned": names}}

    monkeypatch.setattr(module, "_report", report)
    scan(("a.js", EVAL), ("b.js", "const a = 1;\n"))
    scan(("a.js", "spawn(`make ${target}`, { shell: true });\n"))
    scan(("a.js", EVAL), ("b/a.ts", "const agent = new Agent({ strictSSL: false });\n"), ("c.d.ts", EVAL))
    assert "execution.eval_request.1" in given[0]
    assert given[1] == {"execution.pasted_command_js.1": ["file0.js"]}
    assert given[2]["execution.eval_request.1"] == ["file0.js", "file2.ts"]
    assert given[2]["cryptography.tls_verification_js.1"] == ["file1.ts"]


def test_a_file_too_large_is_a_hole():
    scanned = scan(("a.js", "//" + "x" * 1_000_001))
    (row,) = scanned.rows
    assert (row.state, row.hole) == (Looked.FAILED, True)


def test_nothing_in_the_change_switches_it_off():
    hidden = EVAL.replace("a);", "a); // nosemgrep")
    scanned = scan(("a.js", hidden), (".semgrepignore", "*\n"), ("node_modules/b.js", EVAL), ("tests/c.js", EVAL))
    assert {one.hit.place.path for one in scanned.spotted} == {"a.js", "node_modules/b.js", "tests/c.js"}


def _program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Stand a script of ours in for semgrep."""
    program = tmp_path / "semgrep"
    program.write_text(f"#!{sys.executable}\nimport json, os, sys, time\n{body}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("GATE_SEMGREP", str(program))


def _printing(report: object) -> str:
    return f"print({json.dumps(json.dumps(report))})"


REPORT = {"results": [], "errors": [], "paths": {"scanned": ["0/file0.js"]}}


def test_a_semgrep_that_hangs_is_stopped(tmp_path, monkeypatch):
    _program(tmp_path, monkeypatch, "time.sleep(60)")
    monkeypatch.setattr(module, "SECONDS", 0.5)
    with pytest.raises(ToolError, match=r"did not finish within 0\.6 seconds"):
        scan(("a.js", EVAL))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("sys.exit(2)", "status 2"),
        ("print('Segmentation fault')", "not JSON"),
        ("print('[]')", "not a report"),
        ("os.kill(os.getpid(), 9)", "status -9"),
        (_printing({**REPORT, "errors": [{"type": "Rule parse error", "message": "bad rule"}]}), "bad rule"),
        (
            _printing({**REPORT, "results": [{"check_id": "x", "path": "0/file0.js", "start": {}, "end": {}}]}),
            "did not ask for",
        ),
    ],
)
def test_a_semgrep_that_does_not_do_its_work_is_no_clean_one(tmp_path, monkeypatch, body, message):
    _program(tmp_path, monkeypatch, body)
    with pytest.raises(ToolError, match=message):
        scan(("a.js", EVAL))


def test_the_ordinary_front_end_stands_in_for_the_fast_one(tmp_path, monkeypatch):
    _program(tmp_path, monkeypatch, "if '--experimental' in sys.argv: sys.exit(2)\n" + _printing(REPORT))
    assert scan(("a.js", EVAL)) == Scanned()


@pytest.mark.parametrize(
    ("errors", "scanned", "state", "reason"),
    [
        ([{"type": "Timeout", "path": "0/file0.js"}], ["0/file0.js"], Looked.FAILED, "more than 5 seconds"),
        (
            [{"type": ["PartialParsing", []], "path": "0/file0.js"}],
            ["0/file0.js"],
            Looked.PARTIAL,
            "could not parse all",
        ),
        ([{"type": "Fatal error", "path": "0/file0.js"}], ["0/file0.js"], Looked.FAILED, "Fatal error"),
        ([], [], Looked.FAILED, "passed it over"),
    ],
)
def test_a_file_with_trouble_is_a_hole(tmp_path, monkeypatch, errors, scanned, state, reason):
    _program(tmp_path, monkeypatch, _printing({**REPORT, "errors": errors, "paths": {"scanned": scanned}}))
    (row,) = scan(("a.js", EVAL)).rows
    assert (row.path, row.state, row.hole) == ("a.js", state, True)
    assert reason in row.reason


def test_its_environment_holds_no_token(tmp_path, monkeypatch):
    for name in ("GITHUB_TOKEN", "SEMGREP_APP_TOKEN", "SEMGREP_RULES", "PYTHONPATH", "NODE_OPTIONS"):
        monkeypatch.setenv(name, "ghp" + "_made_up")
    dump = tmp_path / "environment.json"
    _program(tmp_path, monkeypatch, f"json.dump(dict(os.environ), open({str(dump)!r}, 'w'))\n{_printing(REPORT)}")
    scan(("a.js", EVAL))
    seen = json.loads(dump.read_text())
    assert not [name for name in seen if name in {"GITHUB_TOKEN", "SEMGREP_APP_TOKEN", "SEMGREP_RULES", "PYTHONPATH"}]
    assert "made_up" not in dump.read_text()
    assert seen["SEMGREP_SEND_METRICS"] == "off"
    assert seen["SEMGREP_SETTINGS_FILE"].endswith("settings.yml")


def test_a_semgrep_that_is_named_and_not_there_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setenv("GATE_SEMGREP", str(tmp_path / "nowhere"))
    with pytest.raises(ToolError, match="GATE_SEMGREP names"):
        scanner.version()


def test_a_missing_semgrep_says_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.delenv("GATE_SEMGREP", raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match=r"pip install 'diff-gate\[full\]'"):
        scanner.version()


def test_a_semgrep_elsewhere_is_asked_for_its_version(tmp_path, monkeypatch):
    _program(tmp_path, monkeypatch, "print('1.2.3')")
    assert scanner.version() == "1.2.3"
    first = scanner.key()
    monkeypatch.delenv("GATE_SEMGREP")
    assert scanner.key() != first


def test_the_literals_beside_a_secret_are_masked():
    line = '  if (req.headers["x-debug"] === "let" + \'me\\\'in\') return next();'
    source = Source("a.js", f"function auth(req, res, next) {{\n{line}\n}}\n")
    spans = list(module._spans(source, Place("a.js", 2, 2)))
    assert [line[start:end] for _, start, end in spans] == ['"let"', "'me\\'in'"]
    assert {number for number, _, _ in spans} == {2}
