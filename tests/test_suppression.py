"""Comments that silence a tool: which count, and what they weigh."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.facts.comment import code, comments
from gate.facts.suppression import Suppression, silenced
from gate.rule import Source
from rules.complete import new_suppression
from tests.edits import hits


def silence(base, head, path="app.py", **more):
    return hits(new_suppression.told_to_look_away, {path: base} if base else {}, {path: head}, **more)


@pytest.mark.parametrize(("path", "text", "severity"), [
    ("app.py", "x  # nosec\n", "high"),
    ("app.py", "x  # NOQA: S602\n", "high"),
    ("app.py", "x = 1  # type: ignore  # nosec\n", "high"),
    ("app.py", "x  # noqa: S101\n", "low"),
    ("app.py", "if kind == 'introspect':  # noqa: S105\n", "low"),
    ("app.py", "x  # nosec B603, B607\n", "low"),
    ("app.py", "x  # nosec B603, B602\n", "high"),
    ("app.py", "x  # noqa\n", "low"),
    ("app.py", "password = 'a'  # noqa\n", "high"),
    ("tests/test_app.py", "x  # nosec\n", "medium"),
    ("web/a.tsx", "x // eslint-disable-line security/detect-eval-with-expression\n", "high"),
    ("web/a.tsx", "x // eslint-disable-line\n", "low"),
    ("main.go", "x //nolint:gosec\n", "high"),
    ("main.go", "x // #nosec G401\n", "high"),
    ("a.sql", "select 1 -- nosemgrep\n", "high"),
    (".env", "A=b # gitleaks:allow\n", "high"),
    ("a.html", "<p> <!-- nosemgrep -->\n", "high"),
    ("a.sh", "rm x # nosemgrep: a.b\n", "high"),
    ("a.biome.ts", "// biome-ignore lint/security/noGlobalEval: why\nx\n", "high"),
])  # fmt: skip
def test_a_new_suppression_weighs_what_it_hides(path, text, severity):
    assert [found[0] for found in silence("", text, path)] == [severity]


@pytest.mark.parametrize(("path", "text"), [
    ("app.py", "x  # nosecurity\n"),
    ("app.py", "x = '''\n# nosec\n'''\n"),
    ("app.py", "x = 'it''s # nosec'\n"),
    ("app.py", "x  # noqa: E501, F401\n"),
    ("app.py", "# nosec\n"),
    ("a.js", "const x = `// eslint-disable-line no-eval`\n"),
    ("a.js", "x // eslint-disable-line no-console -- why\n"),
    ("a.yml", "x: 'a # nosemgrep'\n"),
    ("README.md", "# nosec\n"),
    ("a.txt", "gitleaks:allow\n"),
])  # fmt: skip
def test_what_silences_no_security_tool_is_let_be(path, text):
    assert silence("", text, path) == []


def test_an_apostrophe_hides_no_comment_of_yaml():
    assert len(silence("", "note: don't  # nosemgrep\n", "a.yml")) == 1


def test_a_renamed_file_keeps_its_suppressions():
    base, head = {"a.py": "run(x)  # nosec\n# ruff: noqa\ny\n"}, {"b.py": "run(x)  # nosec\n# ruff: noqa\ny\n"}
    assert hits(new_suppression.told_to_look_away, base, head, [("a.py", "b.py")]) == []


def test_a_suppression_moved_from_a_test_to_production_is_new():
    found = hits(
        new_suppression.told_to_look_away,
        {"tests/a.py": "run(x)  # nosec\n"},
        {"tests/a.py": "", "a.py": "run(x)  # nosec\n"},
    )
    assert found == [("high", "a.py", 1)]


def test_an_edited_line_keeps_its_suppression_with_a_warning():
    assert silence("run(a, b, c)  # nosec\n", "run(a, b, c, d)  # nosec\n") == [("medium", "app.py", 1)]


def test_a_suppression_that_goes_to_another_line_is_new():
    assert silence("run(a)  # nosec\nother\n", "run(a)\nother  # nosec\n") == [("high", "app.py", 2)]


def test_the_most_specific_of_the_old_pays_for_the_most_specific_of_the_new():
    both = "run(a)  # nosec B602\nrun(a)  # nosec\n"
    assert silence(both, both.replace("B602", "B602 ") + "\n") == []


def test_code_is_the_same_however_it_is_broken_into_lines():
    one, other = Source("a.py", "f(a, b)  # nosec\n"), Source("a.py", "f(\n    a,\n    b,  # nosec\n)\n")
    texts = {silenced(fact, source) for source in (one, other) for fact in Suppression.find(source)}
    assert texts == {"f(a,b)"}


@given(
    st.text(alphabet="#'\"/*-`\\\n nosec:={}[]()<!>", max_size=300),
    st.sampled_from(["a.py", "a.ts", "a.yml", "a.sql", "a.tf", "a.json"]),
)
def test_any_text_is_split_into_code_and_comments(text, path):
    source = Source(path, text)
    for comment in comments(source, Suppression.hint):
        assert comment.text in text
        assert comment.text.startswith(
            source.lines[comment.line - 1][-len(comment.text.split("\n")[0]) :] or comment.text
        )
    assert len(code(source)) == len(source.lines)


@pytest.mark.parametrize("text", [
    "# nosec " * 60_000, "x  # nosec\n" * 20_000, "'" * 200_000, "/*" * 100_000, "<!--" * 60_000, "(" * 200_000 + "# nosec",
])  # fmt: skip
@pytest.mark.parametrize("path", ["a.py", "a.ts", "a.yml"])
def test_hostile_comments_are_read(text, path):
    for fact in Suppression.find(Source(path, text)):
        assert fact.place.line


def test_thousands_of_suppressions_are_compared():
    base, head = "x  # nosec B601\n" * 5_000, "x  # nosec B602\n" * 5_000
    assert len(silence(base, head)) == 5_000
