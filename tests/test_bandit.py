"""bandit as gate runs it: its own tests, nobody else's settings, nothing passed over in silence."""

import os
import sys
from importlib.metadata import PackageNotFoundError

import pytest

from gate import process, registry
from gate.coverage import Looked
from gate.errors import ToolError
from gate.rule import Severity, Source
from gate.scanner import Scanned
from gate.scanners import _program
from gate.scanners import bandit as module
from gate.scanners._bandit_tests import TESTS
from gate.scanners.bandit import scanner
from tests import examples


def scan(*files: tuple[str, str]) -> Scanned:
    return scanner.scan([Source(path, text) for path, text in files], examples.repo({}))


def found(text: str, path: str = "app.py") -> list[tuple[str, int, Severity | None]]:
    scanned = scan((path, text))
    assert scanned.rows == ()
    return [(one.rule.id, one.hit.place.line, one.hit.severity) for one in scanned.spotted]


SHELL = "import subprocess\nsubprocess.run(f'convert {name}', shell=True)"


def test_it_reports_its_own_pages_and_our_own_words():
    (one,) = scan(("app.py", SHELL)).spotted
    assert (one.rule.id, one.rule.item, one.rule.cwes) == ("bandit/B602", "execution", (78,))
    assert one.hit.message == "`shell=True` runs a command that is not fixed."
    assert one.hit.severity is Severity.HIGH


@pytest.mark.parametrize("name", list(TESTS))
def test_every_page_says_what_why_and_how_to_fix_it(name):
    rule = scanner.rule(name)
    assert rule.id == f"bandit/{name}"
    assert rule.title
    assert rule.why.endswith(".")
    assert rule.fix.endswith(".")
    assert rule.item in registry.items()


def test_every_test_gate_asks_for_is_one_bandit_has():
    listed = process.run(process.python("bandit", "--help")).stdout.split()
    assert set(TESTS) <= set(listed)


@pytest.mark.parametrize(
    ("made", "severity"),
    [
        ("one = tempfile.NamedTemporaryFile()", Severity.LOW),
        ("one = tempfile.NamedTemporaryFile('wb', suffix='.txt')", Severity.LOW),
        ("one = tempfile.NamedTemporaryFile(suffix=given)", Severity.HIGH),
        ("one = open(given)", Severity.HIGH),
        ("one = tempfile.NamedTemporaryFile(); one = given", Severity.HIGH),
    ],
)
def test_temporary_files_are_named_by_nobody(made, severity):
    text = f"import os, tempfile\ndef f(given):\n    {made}\n    os.system('cat %s' % one.name)\n"
    assert found(text) == [("bandit/B605", 4, severity)]
    within = "import os, tempfile\nwith tempfile.TemporaryDirectory() as one:\n    os.system(f'ls {one}')\n"
    assert found(within) == [("bandit/B605", 3, Severity.LOW)]


@pytest.mark.parametrize(
    ("command", "severity"),
    [
        ("f'convert {name}'", Severity.HIGH),
        ("'convert ' + name", Severity.HIGH),
        ("'convert %s -o %s' % (name, out)", Severity.HIGH),
        ("'convert {}'.format(name)", Severity.HIGH),
        ("f'convert {shlex.quote(name)}'", Severity.LOW),
        ("'head -n %d' % name", Severity.LOW),
        ("f'head -n {name:d}'", None),
        ("f'serve {BASE_URL.removeprefix(SCHEME)}'", Severity.LOW),
        ("f'serve {name.removeprefix(SCHEME)}'", Severity.HIGH),
        ("f'head -n {int(name)} {os.path.join(ROOT, NAMES[name])}'", Severity.LOW),
        ("'head -n %d %s' % (count, name)", Severity.HIGH),
        ("f'convert {os.path.join(ROOT, name)}'", Severity.HIGH),
        ("'convert ' + shlex.quote(name) + ' ' + other", Severity.HIGH),
        ("command", Severity.MEDIUM),
        ("['convert', name]", Severity.MEDIUM),
        ("'convert all'", None),
    ],
)
def test_a_shell_blocks_where_values_are_pasted_into_the_command(command, severity):
    expected = [("bandit/B602", 2, severity)] if severity else []
    assert found(f"import os, subprocess, shlex\nsubprocess.run({command}, shell=True)\n") == expected


@pytest.mark.parametrize(
    ("before", "severity"),
    [
        ("value = int(given)", None),
        ("value = 'a' if given else 'b'", None),
        ("value: float = given", Severity.HIGH),
        ("value = 'a'\n    value += given", Severity.HIGH),
        ("value = 'a'\n    for value in given: pass", Severity.HIGH),
        ("global value\n    value = 'a'", Severity.HIGH),
        ("value = 'a'\n    value = value + given", Severity.HIGH),
        ("names = []\n    names.append(given)\n    value = ' '.join(names)", Severity.HIGH),
        ("value = given\n    if value not in {'a', 'b'}: return", None),
        ("value = given\n    if not re.fullmatch('a+', value): return", None),
        ("value = given\n    if not value.isalnum(): return", None),
        ("value = given\n    if ';' in value: return", Severity.HIGH),
        ("value = given", Severity.HIGH),
    ],
)
def test_a_name_is_what_the_function_makes_of_it(before, severity):
    text = f"import os, re\ndef f(given):\n    {before}\n    os.system('run ' + value)\n"
    assert [seen for _, _, seen in found(text)] == ([severity] if severity else [])


@pytest.mark.parametrize(
    "code",
    [
        "eval({'a': '1', 'b': name}['a'])",
        "names = [name, '1 + 1']\n    names.pop(0)\n    eval(names[0])",
        "table = {'a': '1', 'b': name}\n    eval(table['a'])",
        "eval(name if 3 > 4 else '1')",
        "number = 7\n    exec('x = ' + str(number))",
        "pickle.loads(b'fixed')",
        "eval(always(name))",
    ],
)
def test_what_the_code_itself_says_is_no_finding_where_it_is_run(code):
    assert found(f"import pickle\ndef always(x):\n    return '1'\ndef f(name):\n    {code}\n") == []


@pytest.mark.parametrize(
    "code",
    [
        "eval(input())",
        "eval(open('rules.txt').read())",
        "eval(os.environ['RULE'])",
        "eval(sys.argv[1])",
        "eval(codecs.open('rules.txt').read())",
        "table = {'a': '1'}\n    other = table\n    other['a'] = name\n    eval(table['a'])",
        "table = {'a': '1'}\n    fill(table, name)\n    eval(table['a'])",
        "table = {'a': '1'}\n    table.__setitem__('a', name)\n    eval(table['a'])",
        "table = {'a': '1'}\n    table.update(a=name)\n    eval(table['a'])",
        "table = {'a': '1'}\n    table[key()] = name\n    eval(table['a'])",
        "table = {'a': '1'}\n    fill(table, name)\n    eval(table[key()])",
        "table = {'a': '1'}\n    fill(table, name)\n    for text in table.values():\n        eval(text)",
        "words = ['1', '2']\n    words[at()] = name\n    eval(words[0])",
        "words = ['1', name]\n    words.sort()\n    eval(words[0])",
        "text = '1'\n    def change():\n        nonlocal text\n        text = name\n    change()\n    eval(text)",
        "text = '1'\n    for part in name:\n        eval(text)\n        text = part",
        "eval(unseen(name))",
        "eval(always(name) + name)",
        "eval(RULES['a'] + name)",
    ],
)
def test_what_comes_from_elsewhere_is_still_a_finding_where_it_is_run(code):
    text = f"import codecs, os, sys\ndef always(x):\n    return '1'\ndef f(name):\n    {code}\n"
    assert [rule for rule, *_ in found(text)] == ["bandit/B307"]


@pytest.mark.parametrize(("decorators", "severity"), [
    ("@cli.command()\n@click.option('--value')\n", Severity.MEDIUM),
    ("@click.command\n", Severity.MEDIUM),
    ("@bot.command()\n", Severity.HIGH),
    ("", Severity.HIGH),
])  # fmt: skip
def test_who_types_a_value_has_a_shell_already(decorators, severity):
    text = f"import os, click\n{decorators}def f(value):\n    os.system(f'run {{value}}')\n"
    assert [seen for _, _, seen in found(text)] == [severity]


@pytest.mark.parametrize(("annotation", "severity"), [("int", Severity.LOW), ("str", Severity.HIGH)])
def test_a_number_ends_no_command(annotation, severity):
    ((_, _, seen),) = found(f"import os\ndef f(value: {annotation}):\n    os.system(f'run {{value}}')\n")
    assert seen is severity


@pytest.mark.parametrize(
    ("query", "severity"),
    [
        ("f'select a from t where b = {name}'", Severity.MEDIUM),
        ("'select a from t where b = %s' % name", Severity.MEDIUM),
        ("f'select a from {TABLE} where b = %s'", Severity.LOW),
        ("'select a from t where b = %d' % name", Severity.LOW),
        ("'select a from t where b in (%s)' % ','.join('?' for _ in name)", None),
        ("'select a from t where b in (%s)' % ','.join(['?'] * len(name))", None),
        ("'select a from t where b in (%s)' % ','.join(name)", Severity.MEDIUM),
    ],
)
def test_sql_warns_where_values_are_put_in(query, severity):
    expected = [("bandit/B608", 2, severity)] if severity else []
    assert found(f"def f(db, name):\n    db.execute({query})\n") == expected


def test_sql_that_holds_no_value_is_not_put_together():
    assert found("def f(db, name):\n    db.execute(f'select a from t where b = %s', (name,))\n") == []


@pytest.mark.parametrize(
    ("arguments", "started", "severity"),
    [
        ("", True, Severity.MEDIUM),
        ("host='127.0.0.1', ", True, Severity.MEDIUM),
        ("host='0.0.0.0', ", True, Severity.HIGH),
        ("'0.0.0.0', 80, ", True, Severity.HIGH),
        ("", False, Severity.HIGH),
    ],
)
def test_a_debugger_blocks_unless_it_is_started_by_hand_and_heard_by_nobody_else(arguments, started, severity):
    guard = "if __name__ == '__main__':" if started else "if True:"
    text = f"from flask import Flask\napp = Flask(__name__)\n{guard}\n    app.run({arguments}debug=True)\n"
    assert ("bandit/B201", 4, severity) in found(text)


@pytest.mark.parametrize(("feature", "rules"), [("True", ["B317", "B318"]), ("False", [])])
def test_a_parser_that_leaves_external_entities_alone_is_no_finding(feature, rules):
    text = (
        "import xml.sax, xml.sax.handler, xml.dom.minidom\ndef f(text):\n    parser = xml.sax.make_parser()\n"
        f"    parser.setFeature(xml.sax.handler.feature_external_ges, {feature})\n"
        "    xml.dom.minidom.parseString(text, parser)\n"
    )
    assert [rule for rule, *_ in found(text)] == [f"bandit/{rule}" for rule in rules]


def test_of_two_calls_that_begin_alike_the_one_that_is_meant_is_judged():
    assert found("import os\ndef f(x):\n    return os.popen('ls').read()\n") == []
    assert found("import os\ndef f(x):\n    return os.popen('ls ' + x).read()\n") == [("bandit/B605", 3, Severity.HIGH)]


def test_a_copy_by_way_of_a_pickle_is_a_note():
    text = "import pickle\na = pickle.loads(pickle.dumps(b))\nc = pickle.loads(b)\n"
    assert found(text) == [("bandit/B301", 2, Severity.LOW), ("bandit/B301", 3, Severity.MEDIUM)]


def test_a_call_over_many_lines_is_a_place_over_many_lines():
    (one,) = scan(("app.py", "import subprocess\nsubprocess.run(\n    'ls ' + name,\n    shell=True,\n)\n")).spotted
    assert (one.hit.place.line, one.hit.place.end_line) == (2, 5)
    assert one.hit.severity is Severity.HIGH


@pytest.mark.parametrize(
    ("loader", "severity"),
    [
        ("", Severity.HIGH),
        (", Loader=yaml.Loader", Severity.HIGH),
        (", yaml.UnsafeLoader", Severity.HIGH),
        (", Loader=yaml.FullLoader", Severity.MEDIUM),
        (", Loader=ProjectLoader", Severity.LOW),
    ],
)
def test_yaml_blocks_only_for_loaders_that_build_objects(loader, severity):
    assert found(f"import yaml\nyaml.load(text{loader})\n") == [("bandit/B506", 2, severity)]


@pytest.mark.parametrize(("loader", "severity"), [("SafeLoader", Severity.LOW), ("UnsafeLoader", Severity.HIGH)])
def test_the_loader_of_yaml_may_stand_in_a_dictionary_of_options(loader, severity):
    text = f'import yaml\ndef f(text):\n    options = {{"Loader": yaml.{loader}}}\n    yaml.load(text, **options)\n'
    assert found(text) == [("bandit/B506", 4, severity)]


def test_what_is_safe_is_not_reported():
    assert found("import yaml, hashlib\nyaml.safe_load(x)\nhashlib.md5(x, usedforsecurity=False)\nassert x\n") == []


@pytest.mark.parametrize(("code", "severity"), [
    ("hashlib.md5(x)", Severity.MEDIUM),
    ("hashlib.md5(x).hexdigest()", Severity.MEDIUM),
    ("hashlib.md5(x).hexdigest()[:8]", Severity.LOW),
    ("name[:8] + hashlib.md5(x).hexdigest()", Severity.MEDIUM),
    ("int(hashlib.md5(x).hexdigest(), 16)", Severity.LOW),
    ("hashlib.sha1(\n    x\n).digest()[0:4]", Severity.LOW),
    ("colour = hashlib.md5(x).digest()", Severity.LOW),
    ("cached = hashlib.md5(token).digest()", Severity.MEDIUM),
])  # fmt: skip
def test_a_weak_hash_warns_but_for_a_label(code, severity):
    assert found(f"import hashlib\n{code}\n") == [("bandit/B324", 2, severity)]


@pytest.mark.parametrize(
    ("tables", "expected"), [("TABLES", [Severity.LOW]), ('("a", "b")', []), ("tables", [Severity.MEDIUM])]
)
def test_what_goes_through_constants_is_one(tables, expected):
    text = f"def clear(cur, key, tables):\n    for one in {tables}:\n        cur.execute(f'DELETE FROM {{one}} WHERE id = %s', key)\n"
    assert [severity for *_, severity in found(text)] == expected


@pytest.mark.parametrize("comment", ["# nosec", "# nosec B602", "#nosec: shell", "# noqa: S602"])
def test_a_comment_in_the_change_silences_nothing(comment):
    assert [rule for rule, _, _ in found(f"import subprocess\nsubprocess.run(f'a {{b}}', shell=True)  {comment}\n")]


def test_settings_in_the_change_silence_nothing(tmp_path, monkeypatch):
    (tmp_path / ".bandit").write_text("[bandit]\nskips: B602\n")
    monkeypatch.chdir(tmp_path)
    scanned = scan((".bandit/app.py", SHELL), ("bandit.yaml.py", SHELL), (".bandit", "[bandit]\nskips: B602\n"))
    assert [one.hit.place.path for one in scanned.spotted] == [".bandit/app.py", "bandit.yaml.py"]


@pytest.mark.parametrize("path", ["CVS.py", "x.egg", ".git/a.py", "a.eggs.py", "__pycache__/b.py", "-x.py", "né.py"])
def test_a_name_bandit_would_leave_out_is_read_all_the_same(path):
    text = "#!/usr/bin/env python3\n" + SHELL
    assert [rule for rule, _, _ in found(text, path)] == ["bandit/B602"]


def test_bidirectional_characters_are_seen():
    assert [rule for rule, _, _ in found("x = 1  # \u202e hidden\n")] == ["bandit/B613"]


@pytest.mark.parametrize("codec", ["latin-1", "utf-16", "gbk", "rot13", "utf-8"])
def test_a_declared_encoding_does_not_keep_bandit_from_reading(codec):
    assert [line for _, line, _ in found(f"# -*- coding: {codec} -*-\n# 漢é\n{SHELL}\n")] == [4]


def test_syntax_newer_than_the_interpreter_is_read():
    newer = "type Pair[T] = tuple[T, T]\n\ndef first[T](x: T) -> T:\n    return x\n\n" + SHELL
    assert [line for _, line, _ in found(newer)] == [7]


@pytest.mark.parametrize(
    ("text", "word", "state"),
    [
        ("def f(:\n", "parse", Looked.PARTIAL),
        ("print 'old'\n", "parse", Looked.PARTIAL),
        ("x = " + "(" * 500 + ")" * 500, "deep", Looked.FAILED),
        ("x = '" + "a" * 1_000_001 + "'", "larger", Looked.FAILED),
        ("x = 1\0\n", "null bytes", Looked.PARTIAL),
    ],
)
def test_a_file_that_does_not_parse_is_a_hole_and_the_others_are_read(text, word, state):
    scanned = scan(("bad.py", text), ("good.py", SHELL))
    (row,) = scanned.rows
    assert (row.path, row.scanner, row.state, row.hole) == ("bad.py", "bandit", state, True)
    assert word in row.reason
    assert [one.hit.place.path for one in scanned.spotted] == ["good.py"]


def test_the_rest_of_a_file_that_does_not_parse_is_read():
    scanned = scan(("bad.py", "import subprocess\nprint 'old'\nsubprocess.run(f'a {b}', shell=True)\n"))
    assert [(one.rule.id, one.hit.place.line) for one in scanned.spotted] == [("bandit/B602", 3)]
    assert [row.hole for row in scanned.rows] == [True]


def test_a_file_bandit_fails_on_is_a_hole():
    deep = "x = a" + ".b" * 1200 + "\n"
    scanned = scan(("deep.py", deep), ("good.py", SHELL))
    assert [(row.path, row.hole) for row in scanned.rows] == [("deep.py", True)]
    assert len(scanned.spotted) == 1


def test_long_sums_of_strings_do_not_break_the_grading():
    parts = " + ".join(["'a'"] * 300) + " + name"
    assert found(f"import os\nos.system({parts})\n") == [("bandit/B605", 2, Severity.HIGH)]


def test_no_python_no_run():
    assert scan() == Scanned()
    assert not scanner.wants(Source("a.js", "eval(x)"))
    assert scanner.wants(Source("run", "#!/usr/bin/python3\nx = 1\n"))


def _instead(monkeypatch, program: str) -> None:
    monkeypatch.setattr(_program, "python", lambda *_: [sys.executable, "-I", "-c", program])


@pytest.mark.parametrize(
    ("program", "word"),
    [
        ("import os; os.abort()", "status -6"),
        ("raise SystemExit(2)", "status 2"),
        ("print('not json')", "not JSON"),
        ("print('[]')", "not a report"),
        ("print('{}')", "not a report"),
        ("", "not JSON"),
    ],
)
def test_a_tool_that_crashes_or_babbles_is_a_failure(monkeypatch, program, word):
    _instead(monkeypatch, program)
    with pytest.raises(ToolError, match=word):
        scan(("app.py", SHELL))


def test_a_tool_that_hangs_is_a_failure(monkeypatch):
    _instead(monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(module, "SECONDS", 0.3)
    with pytest.raises(ToolError, match="did not finish within"):
        scan(("app.py", SHELL))


def test_a_file_the_report_does_not_name_is_a_hole(monkeypatch):
    _instead(monkeypatch, 'print(\'{"results": [], "errors": [], "metrics": {}}\')')
    (row,) = scan(("app.py", SHELL)).rows
    assert (row.path, row.state, row.hole) == ("app.py", Looked.FAILED, True)
    assert "passed it over" in row.reason


def test_a_tool_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setattr(module, "version", _absent)
    with pytest.raises(ToolError, match="pip install diff-gate"):
        scanner.version()


def _absent(_name: str) -> str:
    raise PackageNotFoundError


def test_what_is_remembered_depends_on_tool_and_table():
    assert scanner.version() in (scanner.key() or "")
    assert len((scanner.key() or "").split()[-1]) == 64


def test_twenty_files_cost_little_beyond_the_start():
    body = "".join(f"def f{n}(a, b):\n    return g(a, b, key='{n}')\n\n" for n in range(100))
    files = [(f"pkg/m{n}.py", body) for n in range(20)]
    scan(("a.py", "x = 1\n"))
    one = _cpu(lambda: scan(("a.py", "x = 1\n")))
    assert _cpu(lambda: scan(*files)) - one < 1


def _cpu(work) -> float:
    before = os.times()
    work()
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system
