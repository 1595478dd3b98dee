"""Tools started without what they load in vain say what they say with it."""

import json
import sys

import pytest

from gate.process import clean_environment, python, run
from gate.scanners import _program
from gate.scanners._lean import WANTING


@pytest.mark.parametrize("module", ["bandit", "pip_audit"])
def test_a_lean_tool_is_the_same_tool(module, tmp_path):
    plain, lean = (run(python(start, *more, "--version"), cwd=tmp_path, timeout=60) for start, more in _starts(module))
    assert plain.status == lean.status == 0
    assert lean.stdout.split()[1:] == plain.stdout.split()[1:] != []


def test_lean_bandit_finds_the_same(tmp_path):
    (tmp_path / "app.py").write_text("import subprocess\nsubprocess.run(f'convert {name}', shell=True)\n")
    asked = ("-q", "-f", "json", "app.py")
    plain, lean = (run(python(start, *more, *asked), cwd=tmp_path, timeout=60) for start, more in _starts("bandit"))
    assert json.loads(lean.stdout)["results"]
    assert json.loads(lean.stdout)["results"] == json.loads(plain.stdout)["results"]


def test_a_tool_that_cannot_do_without_is_run_as_it_is(tmp_path, monkeypatch):
    def start(program, *_arguments):
        ends = f"raise SystemExit({WANTING})" if program == _program._LEAN else "print('whole')"
        return [sys.executable, "-I", "-c", ends]

    monkeypatch.setattr(_program, "python", start)
    output = _program.run_lean("bandit", [], cwd=tmp_path, env=clean_environment(), timeout=60)
    assert (output.status, output.stdout) == (0, "whole\n")


def test_what_a_stand_in_cannot_do_is_told(tmp_path):
    broken = f"import sys; sys.path.insert(0, {str(_program._LEAN.parent)!r}); import _lean, types\n"
    broken += "_lean.UNUSED['tool'] = ('rich',); _lean.main('tool')"
    (tmp_path / "tool.py").write_text("import rich\nrich.print('hello')\n")
    output = run([sys.executable, "-X", "utf8", "-c", broken], cwd=tmp_path, timeout=60)
    assert output.status == WANTING
    assert "TypeError" in output.stderr


def _starts(module):
    return (module, ()), (_program._LEAN, (module,))
