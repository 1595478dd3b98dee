"""Notebooks are read as the Python they hold, each line where it stands in the file."""

import ast
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate import notebook
from gate.finding import Action
from gate.pipeline import Options
from gate.source import Source, UnreadableError
from tests.judging import judge


def written(*cells: list[str], kind: str = "code") -> str:
    """A notebook as Jupyter writes one."""
    made = [{"cell_type": kind, "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)


def read(*lines: str) -> list[str]:
    """What a cell of these lines is read as, but for its comments."""
    text = notebook.python(written([f"{line}\n" for line in lines]))
    ast.parse(text)
    return [line for line in text.split("\n") if not line.startswith("#")]


def test_code_stands_where_it_stood():
    text = written(["import os\n", "def f(a):\n", "    return os.system(a)"], ["f(1)"])
    python = notebook.python(text)
    ast.parse(python)
    for number, line in enumerate(text.split("\n")):
        if "os.system" in line:
            assert python.split("\n")[number] == "    return os.system(a)"


def test_what_is_no_code_is_a_comment():
    python = notebook.python(written(["eval(x)"], kind="markdown"))
    assert all(line.startswith("#") for line in python.split("\n"))
    assert "eval(x)" in python


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("%matplotlib inline", []),
        ("!ls -l", []),
        ("files = !ls", []),
        ("table = %sql select 1", []),
        ("table.head?", []),
        ("pip install thing", []),
        ("%time eval(given)", ["eval(given)"]),
        ("  %timeit -n 3 eval(given)", None),
        ("a = b if a != b else 2", ["a = b if a != b else 2"]),
        ("rm = 3", ["rm = 3"]),
        ("cat in names", ["cat in names"]),
    ],
)
def test_magics_are_comments_but_for_the_code_they_run(line, found):
    if found is None:
        assert "eval(given)" in notebook.python(written([line]))
    else:
        assert read(line) == found


@pytest.mark.parametrize(
    "lines",
    [
        ("a = (10", "% eval(given)", ")"),
        ("a = (b", "!= eval(given)", ")"),
        ('a = (10 + len(")")', "% eval(given)", ")"),
        ("a = 10 \\", "% eval(given)"),
    ],
)
def test_an_operator_is_no_magic(lines):
    assert any("eval(given)" in line for line in read(*lines))


def test_magics_within_blocks_are_comments():
    assert read("for a in b:", "    !ls", "    c(a)") == ["for a in b:", "    pass  #!ls", "    c(a)"]


@pytest.mark.parametrize("magic", ["%%python3", "%%script python", "%%writefile job.py"])
def test_cells_of_python_by_another_name_are_read(magic):
    assert read(magic, "eval(given)") == ["eval(given)"]


def test_cells_in_other_languages_are_comments():
    assert read("%%bash", "rm -rf /") == []
    assert read("%%time", "eval(given)") == ["eval(given)"]


@pytest.mark.parametrize(
    "text",
    [
        '{"cells": [{"cell_type": "code", "source": ["a\\n", "b"]}]}',
        '{"cells": [{"cell_type": "code",\n"source": "a\\nb"}]}',
        '{"cells": [{"cell_type": "code",\n"source": ["a\\rb"]}]}',
        '{"cells": [{"cell_type": "code",\n"source": ["a\\u0000b"]}]}',
        '{"cells": [',
        '{"cells": ["',
        "]",
        ":",
        '{"cells": [{"cell_type": "code",\n"source": ["\\x"]}]}',
    ],
)
def test_what_cannot_be_placed_is_not_passed(text):
    with pytest.raises(UnreadableError, match="is a notebook that"):
        Source.decode("a.ipynb", text.encode())


def test_the_kind_of_a_cell_may_follow_and_cannot_be_taken_back():
    text = '{"cells": [{"source":\n["eval(x)"],\n"cell_type": "code", "cell_type": "raw"}]}'
    assert notebook.python(text).split("\n")[1] == "eval(x)"


def test_old_notebooks_are_read():
    text = '{"worksheets": [{"cells": [{"cell_type": "code", "input": [\n"eval(x)"\n]}]}]}'
    assert notebook.python(text).split("\n")[1] == "eval(x)"


@given(
    st.recursive(
        st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_json_keeps_its_lines(value):
    text = json.dumps(value, indent=1)
    assert notebook.python(text).count("\n") == text.count("\n")


@given(st.text())
def test_any_text_is_read_or_refused(text):
    with suppress(ValueError):
        assert notebook.python(text).count("\n") == text.count("\n")


def test_deep_and_long_notebooks_are_read_in_time():
    notebook.python("[" * 200_000 + "]" * 200_000)
    notebook.python('{"a":' * 100_000 + '"b"' + "}" * 100_000)
    notebook.python(written(["a = 1\n"] * 50_000))
    notebook.python(written(*[["a = 1\n", "%b\n"] * 200] * 60))


def test_a_flaw_in_a_notebook_is_found_on_its_line(repository):
    token = "gh" + "p_" + "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA3bC6"
    text = written(["import subprocess\n", "subprocess.run(f'convert {name}', shell=True)\n"], [f"key = '{token}'"])
    line = next(number for number, line in enumerate(text.split("\n"), 1) if "convert" in line)
    repository.commit({"README.md": "x"})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit({"a.ipynb": text})
    found = judge(repository, Options("full", only=frozenset({"gate", "bandit", "detect-secrets"})))
    said = {(one.rule.id, one.place.line): one.action for one in found.findings}
    assert said["bandit/B602", line] is Action.WARN
    assert any(rule == "detect-secrets/github-token" for rule, _ in said)
    assert all(one.mend is None for one in found.findings)
