"""Error recovery: what still parses is read, on its own lines; the hole stays a hole."""

import ast
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.parsing import parse
from gate.recovery import recovered
from gate.source import Source

WHOLE = textwrap.dedent("""\
    import os
    class Job:
        def run(self, name):
            try:
                if name:
                    return os.system(
                        "run " + name
                    )
                else:
                    with open(name) as handle:
                        text = \"\"\"
    a text
    \"\"\"
                    for line in handle:
                        print(line, text)
            except OSError as error:
                raise ValueError from error
            finally:
                pass
    """)


def called(text: str) -> dict[str, int]:
    """The functions that are called in what could be read, and on which lines."""
    tree, problem, _ = parse(textwrap.dedent(text))
    assert problem.startswith("does not parse as Python")
    assert tree is not None
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {ast.unparse(node.func): node.lineno for node in nodes}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def f(x):\n    return eval(x)\ndef g(:\n    pass\n", {"eval": 2}),
        ("def f(x):\n    y = = 1\n    return eval(x)\n", {"eval": 3}),
        ("if x = 1:\n    eval(x)\n", {"eval": 2}),
        ("    def f(x):\n        eval(x)\nclass A:\n    def g(self):\n        exec(x)\n", {"eval": 2, "exec": 5}),
        ("else:\n    eval(x)\n", {"eval": 2}),
        ("x = 1\n    eval(x)\n    exec(x)\n", {"eval": 2, "exec": 3}),
        ("try:\n    eval(x)\n", {"eval": 2}),
        ("def f():\n    try:\n        eval(x)\n    y = 1\n    exec(x)\n", {"eval": 3, "exec": 5}),
        ("eval(x)\nif x:\n", {"eval": 1}),
        ("eval(x)\nrun(\n    x,\n", {"eval": 1}),
        ('the end of a text\n"""\neval(x)\n', {"eval": 3}),
        ("if x:\n\teval(x)\n        exec(x)\n", {"eval": 2, "exec": 3}),
        ("<<<<<<< ours\neval(x)\n=======\nexec(x)\n>>>>>>> theirs\n", {"eval": 2, "exec": 4}),
    ],
)
def test_what_parses_is_read_where_it_stands(text, found):
    assert called(text) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("print 'a', eval(x)", {"print": 1, "eval": 1}),
        ("exec code in scope", {"exec": 1}),
        ("exec code", {"exec": 1}),
        ("raise ValueError, eval(x)", {"ValueError": 1, "eval": 1}),
        ("try:\n    eval(x)\nexcept ValueError, e:\n    exec(y)", {"eval": 2, "exec": 4}),
    ],
)
def test_python_2_is_read_as_what_it_means(line, found):
    assert called(line + "\nx = = 1\n") == found


def test_a_file_that_is_read_in_part_says_so():
    source = Source("a.py", "eval(x)\nx = = 1\n")
    assert source.tree is not None
    assert source.problem == "does not parse as Python on line 2: invalid syntax"
    assert source.parsable == "eval(x)\npass\n"


def test_a_very_long_text_is_given_up():
    assert recovered("eval(x)\n" * 30_000 + "=") == ""


@given(st.lists(st.integers(0, WHOLE.count("\n")), max_size=6), st.integers(0, 12), st.integers(0, 200))
def test_any_part_of_a_file_keeps_its_lines_and_parses(gone, first, damage):
    lines = [line for number, line in enumerate(WHOLE.split("\n")) if number not in gone][first:]
    text = "\n".join(lines)
    text = text[:damage] + text[damage + 3 :]
    mended = recovered(text)
    ast.parse(mended)
    assert mended.count("\n") == text.count("\n")
