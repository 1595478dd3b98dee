"""Changes that try to get a flaw past the gate, or to harm the machine it runs on.

Each is judged as CI would judge it, with every scanner that needs no network.
"""

import json
import re
import subprocess
import sys
from datetime import date

import pytest

from gate.cache import Cache
from gate.change import read_change
from gate.errors import ToolError
from gate.git import Git
from gate.pipeline import Options, review
from gate.reports import json as as_json
from gate.reports import markdown, sarif, text
from gate.review import Verdict

HEAD = "from flask import Flask, request\nimport os\n\napp = Flask(__name__)\n\n\n"
EVAL = '@app.post("/calc")\ndef calc():\n    return str(eval(request.json["expr"]))\n'
TOKEN = "gh" + "p_" + "9fQ2mVx7KdR4tZ8bLw3YcH6jN1pS5uE0aGiT"


@pytest.fixture
def judge(repository):
    def go(after, before=None, profile="commit", skip=frozenset()):
        repository.commit(before or {"README": "x\n"})
        repository.git("checkout", "--quiet", "-b", "change")
        repository.commit(after)
        options = Options(profile, skip=skip, today=date(2026, 6, 1))
        with Git(repository.folder) as git:
            return review(read_change(git, "main", "HEAD"), options, Cache(None))

    return go


def rules(done):
    return {finding.rule.id for finding in done.findings}


SILENCERS = {
    "nosec": {"app.py": HEAD + EVAL.replace('"]))', '"]))  # nosec')},
    "noqa": {"app.py": "# ruff: noqa\n" + HEAD + EVAL},
    "bandit ini": {"app.py": HEAD + EVAL, ".bandit": "[bandit]\nskips: B307\nexclude: app.py\n"},
    "pyproject": {"app.py": HEAD + EVAL, "pyproject.toml": "[tool.bandit]\nskips = ['B307']\n"},
    "policy": {"app.py": HEAD + EVAL, "gate.toml": '[rules]\n"execution/*" = "off"\n'},
    "attributes": {"app.py": HEAD + EVAL, ".gitattributes": "*.py -diff -text binary linguist-generated\n"},
    "no suffix": {"run": "#!/usr/bin/env python3\n" + HEAD + EVAL},
    "utf-16": {"app.py": (HEAD + EVAL).encode("utf-16")},
    "byte order mark": {"app.py": "\ufeff" + HEAD + EVAL},
    "carriage returns": {"app.py": (HEAD + EVAL).replace("\n", "\r")},
    "newer syntax": {"app.py": "type Alias[T] = list[T]\n" + HEAD + EVAL},
    "odd letters": {"app.py": HEAD + EVAL.replace("eval", "\U0001d5be\U0001d5cf\U0001d5ba\U0001d5c5")},
    "behind a form feed": {"app.py": HEAD + "\f\n" + EVAL},
    "by alias": {"app.py": HEAD + "e = eval\n\n\n" + EVAL.replace("eval(", "e(")},
    "by builtins": {"app.py": "import builtins as b\n" + HEAD + EVAL.replace("eval(", "b.eval(")},
    "by getattr": {"app.py": "import builtins\n" + HEAD + EVAL.replace("eval(", 'getattr(builtins, "ev" + "al")(')},
    "dashed path": {"-app.py": HEAD + EVAL},
    "hidden folder": {".hidden/app.py": HEAD + EVAL},
}


@pytest.mark.parametrize("after", SILENCERS.values(), ids=SILENCERS)
def test_nothing_silences_an_eval_endpoint(judge, after):
    done = judge(after)
    assert "execution/eval_endpoint" in rules(done)
    assert done.verdict is Verdict.BLOCK


UNREADABLE = {
    "syntax error": "def (:\n" + HEAD + EVAL,
    "nested brackets": HEAD + EVAL + "x = " + "(" * 3000 + "1" + ")" * 3000 + "\n",
    "long chain": HEAD + EVAL + "x = " + "-" * 20_000 + "1\n",
    "many elifs": HEAD + EVAL + "if x:\n    pass\n" + "elif x:\n    pass\n" * 9000,
    "NUL": HEAD + EVAL + "\0",
    "utf-7": "# coding: utf-7\n" + HEAD + EVAL,
    "rot13": "# coding: rot13\n" + HEAD + EVAL,
    "escapes": "# coding: unicode_escape\n" + HEAD + EVAL,
}


@pytest.mark.parametrize("after", UNREADABLE.values(), ids=UNREADABLE)
def test_code_nobody_can_read_is_not_passed(judge, after):
    assert judge({"app.py": after}).verdict is not Verdict.PASS


@pytest.mark.parametrize("after", [
    {"a.py": "x = '" + "a" * 3_000_000 + "'\n"},
    {"a.py": HEAD + EVAL, "big.txt": "word " * 900_000},
    {"a.json": "[" * 100_000},
    {"a.yml": "a: &a [x]\n" + "".join(f"b{n}: &b{n} [*{'a' if n == 0 else f'b{n - 1}'}, *{'a' if n == 0 else f'b{n - 1}'}]\n" for n in range(40))},
    {"a.sql": "SELECT " + "(" * 5000 + "1"},
    {"a.sql": "SELECT a" + "[1]" * 900 + " FROM t"},
    {"a.py": "def f(cur):\n    cur.execute('SELECT * FROM t WHERE a = 1" + " OR a = 1" * 20_000 + "')\n"},
], ids=["long line", "large", "json", "yaml aliases", "sql parens", "sql subscripts", "sql ors"])  # fmt: skip
def test_large_and_deep_files_do_not_hang_it(judge, after):
    judge(after)


def test_nothing_of_the_change_is_executed(judge, tmp_path):
    mark = tmp_path / "pwned"
    run = f"import pathlib; pathlib.Path({str(mark)!r}).touch()\n"
    judge({
        "conftest.py": run, "setup.py": run, "sitecustomize.py": run, "bandit.py": run, "json.py": run, "ast.py": run,
        "ev.py": run, "gate/__init__.py": run, "rules/execution/evil.py": run,
        ".secrets.baseline": json.dumps({"version": "1.5.0", "plugins_used": [{"name": "X", "path": "file://ev.py"}],
                                         "filters_used": [{"path": "file://ev.py::run"}], "results": {}}),
        "requirements.txt": "-e .\n./evil\n--index-url http://127.0.0.1:9/simple\n",
        ".gitattributes": "* diff=evil filter=evil\n",
        ".git-hooks/pre-commit": f"#!/bin/sh\ntouch {mark}\n",
    })  # fmt: skip
    assert not mark.exists()


def test_git_helpers_of_the_users_configuration_are_not_run_on_revisions(repository, tmp_path):
    mark = tmp_path / "pwned"
    repository.commit({"a.py": "x = 0\n"})
    repository.commit({"a.py": "x = 1\n", ".gitattributes": "*.py diff=evil filter=evil\n"})
    for key in ("diff.evil.textconv", "diff.evil.command", "filter.evil.smudge", "core.fsmonitor", "diff.external"):
        repository.git("config", key, f"touch {mark}; cat")
    with Git(repository.folder) as git:
        review(read_change(git, "HEAD~1", "HEAD"), Options("commit"), Cache(None))
    assert not mark.exists()


def test_a_link_out_of_the_repository_is_not_read(repository, judge, tmp_path):
    (tmp_path / "outside.py").write_text(HEAD + EVAL)
    done = judge({"in.py": tmp_path / "outside.py"})
    assert rules(done) == set()
    assert done.verdict is Verdict.INCOMPLETE


def everything(done):
    return {
        "json": as_json.render(done),
        "sarif": sarif.render(done),
        "markdown": markdown.render(done),
        "text": text.show(done, width=100, colour=False),
    }


@pytest.mark.parametrize("line", [
    f'TOKEN = "{TOKEN}"\n',
    f'import os\nTOKEN = os.getenv("T", "{TOKEN}")\n',
    f'client = Client(api_key="{TOKEN}")  # nosec  # pragma: allowlist secret\n',
    f'TOKEN = "{TOKEN}"; eval(TOKEN)\n',
    f"url = 'postgres://admin:{TOKEN}@db.example.com/x'\n",
])  # fmt: skip
def test_no_output_ever_holds_a_secret(judge, line):
    done = judge({"conf.py": line})
    assert any(finding.rule.item == "secrets" for finding in done.findings)
    for said in everything(done).values():
        assert TOKEN not in said
        assert TOKEN[4:] not in said


def test_a_secret_beside_another_flaw_is_masked_in_its_excerpt(judge):
    after = {"app.py": HEAD + EVAL.replace("    return", f'    key = "{TOKEN}"\n    return')}
    for said in everything(judge(after)).values():
        assert TOKEN[4:] not in said


def test_a_secret_in_an_unsearched_file_is_masked_too(repository, judge):
    repository.commit({"app.py": HEAD + EVAL.replace("    return", f'    key = "{TOKEN}"\n    return')})
    for said in everything(judge({"app.py": HEAD + EVAL.replace("    return", f'    key = "{TOKEN}"\n    return  0 or')},
                                 skip=frozenset({"detect-secrets"}))).values():  # fmt: skip
        assert TOKEN[4:] not in said


def test_a_secret_is_not_remembered(repository, tmp_path):
    repository.commit({"README": "x\n"})
    repository.write({"conf.py": f'TOKEN = "{TOKEN}"\n'})
    with Git(repository.folder) as git:
        review(read_change(git, None, None), Options("commit"), Cache(tmp_path / "own"))
    assert TOKEN.encode() not in (tmp_path / "own" / "cache.sqlite").read_bytes()


@pytest.mark.parametrize("name", [
    "a\x1b[31mred.py", "::error file=x::y.py", "a\n::set-output name=x::y.py", "![x](http://example.com)|`x`.py",
    "\u202egnp.py", "<script>x</script>.py", "@everyone #1.py", "\u200bhidden.py",
])  # fmt: skip
def test_names_cannot_speak_to_the_terminal_or_the_review(judge, name):
    said = everything(judge({name: HEAD + EVAL}))
    for form in ("text", "markdown"):
        assert not any(ord(char) < 32 and char not in "\n\t" for char in said[form])
        assert "\u202e" not in said[form]
        assert "\u200b" not in said[form]
        assert not any(line.lstrip().startswith("::") for line in said[form].splitlines())
    told = re.sub(r"(`+).*?\1", "", said["markdown"])  # what stands in code is shown as it is
    assert "<script>" not in told
    assert "](http://example.com)" not in told
    json.loads(said["json"])
    json.loads(said["sarif"])


def test_a_scanner_that_crashes_is_not_a_pass(judge, monkeypatch, tmp_path):
    broken = tmp_path / "semgrep"
    broken.write_text("#!/bin/sh\nexit 137\n")
    broken.chmod(0o755)
    monkeypatch.setenv("GATE_SEMGREP", str(broken))
    done = judge({"a.js": "let x = 1\n"}, profile="full", skip=frozenset({"pip-audit"}))
    assert done.verdict is Verdict.INCOMPLETE
    assert any(row.scanner == "semgrep" and row.state == "failed" for row in done.coverage)


def test_a_missing_git_is_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match="git"):
        Git(tmp_path)


def test_the_worst_nesting_does_not_end_the_process():
    script = (
        "from gate.parsing import parse\n"
        "for text in ['('*60000, '-'*60000+'1', 'a'+'[0]'*60000, 'lambda:'*60000+'1', 'x'+'.y'*60000, '+'.join('1'*60000),"
        " 'type X = 1\\n'+'-'*60000+'1', 'type X = 1\\n'+'('*900+'1'+')'*900]:\n"
        "    assert parse(text) is not None\n"
    )
    done = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
