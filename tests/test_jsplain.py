"""What is written out for semgrep: the same program, on the same lines."""

import pytest

from gate.facts.jsplain import plain


@pytest.mark.parametrize(
    ("given", "written"),
    [
        ("const r = await axios.get<Answer>(url);", "const r = await axios.get        (url);"),
        ("db.$queryRaw<Row[]>`SELECT 1`;", "db.$queryRaw       `SELECT 1`;"),
        ('const { a, b = "x" } = req.body;', "const { a, b       } = req.body;"),
        ("const { a } = req.body as { a: string };", "const { a } = req.body                 ;"),
        (
            "class A {\n  run = async (req: Request): Promise<void> => {\n  };\n}",
            "class A {\n  async run(req: Request): Promise<void>  {\n  };\n}",
        ),
        ("class A {\n  private readonly run = (a) => {\n  };\n}", "class A {\n  private readonly run(a) {\n  };\n}"),
        (
            "for (const [a, b] of Object.entries(c)) { d(b); }",
            "for (const pair_ of Object.entries(c)) { const [a, b] = pair_; d(b); }",
        ),
    ],
)
def test_forms_that_semgrep_loses_are_written_out(given, written):
    assert plain(given, typed=True) == written


@pytest.mark.parametrize(
    "text",
    [
        'const { SECRET = "x" } = process.env;',
        "let run;\nfunction f() {\n  run = async (a) => {\n  };\n}",
        "class A {\n  f() {\n    handler = (a) => {\n    };\n  }\n}",
        "if (a < b && c > (d)) { e(); }",
        "items.forEach((item) => { total = 1 });",
        "import { readFile as read, writeFile as write } from 'fs';",
        "for (const item of list) { d(item); }",
    ],
)
def test_the_rest_stays(text):
    assert plain(text, typed=True) == text


def test_lines_stay_where_they_are():
    text = "const { a,\n  b = 1,\n  c } = x as {\n  a: string;\n};\nf.g<\n  A\n>(1);\n"
    written = plain(text, typed=True)
    assert written.count("\n") == text.count("\n")
    assert written.split("\n")[5].startswith("f.g")


def test_a_long_text_of_brackets_takes_no_time():
    assert plain("const { a = { " * 20_000 + "for (const [a of ((" * 20_000, typed=True)


@pytest.mark.parametrize(
    "line",
    [
        'const label = "x as {" + eval(req.body.code) + "}";',
        'const page = "x<" + req.query.name + ">(";',
        'eval("let {a = " + req.body.code + ",} = {}");',
        'db.query(1, {sql: "x = " + req.query.q + ", y"});',
        'const quote = /"/; db.query("SELECT 1 , {a = " + req.query.q + ",}");',
        "const { command = req.body.command } = options;",
        "// const { a = 1 } = b as { c: string };",
    ],
)
def test_nothing_is_lost_that_a_string_is_put_around(line):
    assert plain(line, typed=True) == line
