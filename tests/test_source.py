"""Reading files: encodings, newer syntax, deep nesting, scopes."""

import ast
import subprocess
import sys
import textwrap
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.nodes import depth
from gate.parsing import parse
from gate.source import MAX_BYTES, Place, Source, UnreadableError, language, line_ranges
from gate.syntax import TooDeepError, lower


def tree_of(text):
    tree, problem, _ = parse(text)
    assert problem == ""
    assert tree is not None
    return tree


def calls(text):
    """The names that are called, and on which lines."""
    nodes = [node for node in ast.walk(tree_of(text)) if isinstance(node, ast.Call)]
    return {node.func.id: node.lineno for node in nodes if isinstance(node.func, ast.Name)}


def read(data, path="a.py"):
    return Source.decode(path, data).text


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_part_of_the_text(codec):
    assert read("é = 1\n".encode(codec)) == "é = 1\n"


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
def test_utf_16_is_read_in_either_order(mark):
    order = "utf-16-le" if mark == b"\xff\xfe" else "utf-16-be"
    assert read(mark + "eval(x)\n".encode(order)) == "eval(x)\n"


@pytest.mark.parametrize(("line", "codec"), [
    ("# -*- coding: latin-1 -*-", "latin-1"),
    ("# vim: set fileencoding=cp1252 :", "cp1252"),
    ("# coding=utf-8", "utf-8"),
    ("#!/usr/bin/python\n# coding: iso-8859-15", "iso-8859-15"),
])  # fmt: skip
def test_a_declared_encoding_is_obeyed(line, codec):
    assert read(f"{line}\nname = 'é'\n".encode(codec)).endswith("name = 'é'\n")


@pytest.mark.parametrize(
    "codec",
    ["utf-7", "utf7", "raw_unicode_escape", "unicode_escape", "rot13", "punycode", "idna", "hex", "nonsense", "mbcs"],
)
def test_an_encoding_that_can_hide_code_is_refused(codec):
    with pytest.raises(UnreadableError, match="hide code"):
        read(f"# coding: {codec}\n#+AAo-import os\n".encode())


def test_short_for_utf_8_is_no_disguise():
    assert read("# -*- coding: utf -*-\nname = 'é'\n".encode()).endswith("name = 'é'\n")


def test_an_encoding_declared_below_code_does_not_count():
    assert read(b"x = 1\n# coding: utf-7\n") == "x = 1\n# coding: utf-7\n"


def test_an_encoding_is_not_declared_in_a_third_line():
    assert read(b"#\n#\n# coding: utf-7\n").endswith("utf-7\n")


def test_other_languages_declare_no_encoding():
    assert read(b"# coding: utf-7\n", "a.yml") == "# coding: utf-7\n"


@pytest.mark.parametrize("data", [b"x = 1\0\n", b"\0\0\0\0", b"\x89PNG\r\n\0"])
def test_nul_bytes_are_refused(data):
    with pytest.raises(UnreadableError, match="NUL"):
        read(data)


@pytest.mark.parametrize("data", [b"x = '\xff'\n", b"\xff\xfe\x00", b"# coding: ascii\nx = '\xc3\xa9'\n"])
def test_bytes_that_do_not_decode_are_refused(data):
    with pytest.raises(UnreadableError, match="does not decode"):
        read(data)


def test_a_lone_carriage_return_ends_a_line():
    source = Source.decode("a.py", b"# harmless\reval(x)\r\ny = 1\n")
    assert source.lines == ("# harmless", "eval(x)", "y = 1", "")
    assert source.tree is not None
    assert source.tree.body[0].lineno == 2


@given(st.binary(max_size=200), st.sampled_from(["a.py", "a.sql", "Makefile", "a.json"]))
def test_any_bytes_are_read_or_refused(data, path):
    with suppress(UnreadableError):
        source = Source.decode(path, data)
        assert source.tree is not None or source.problem


@pytest.mark.parametrize(("path", "head", "expected"), [
    ("a.PY", "", "python"),
    ("a.pyw", "", "python"),
    ("bin/run", "#!/usr/bin/env python3\n", "python"),
    ("bin/run", "#!/usr/bin/env -S python3.12 -I\n", "python"),
    ("bin/run", "#!/usr/bin/python\n", "python"),
    ("bin/run", "#!/bin/sh -e\n", "shell"),
    ("bin/run", "#!/usr/bin/env node\n", "javascript"),
    ("bin/run", "#!/usr/bin/perl\n", ""),
    ("bin/run", "python\n", ""),
    ("a.sql", "#!/usr/bin/env python3\n", "sql"),
])  # fmt: skip
def test_a_language_is_told_by_suffix_and_else_by_shebang(path, head, expected):
    assert language(path, head) == expected


NEWER = {
    "a type alias": "type Pair[T] = tuple[T, T]\n",
    "type aliases of several lines": "type Pair[\n    T\n] = tuple[T, T]\n",
    "generic functions of several lines": "def first[\n    T,\n    U\n](\n    x,\n): return x\n",
    "generic functions that begin late": "def first[\n    T\n](x): return x\n",
    "generic classes of several lines": "class Box[\n    T\n]:\n    item: T\n",
    "generic classes with bases": "class Box[\n    T\n](\n    Base,\n): pass\n",
    "generic functions": "def first[T: int](x: list[T]) -> T:\n    return x[0]\n",
    "generic classes": "class Box[T = int]:\n    item: T\n",
    "handlers without parentheses": "try:\n    pass\nexcept ValueError, TypeError:\n    pass\n",
    "quotes of the same kind": 'x = f"{d["a"]}"\n',
    "lines inside an f-string": 'x = f"{\n    a\n    + b\n}"\n',
    "backslashes inside an f-string": 'x = f"{"\\n".join(a)}"\n',
    "template strings": 'x = t"hello {name}"\n',
    "f-strings that nest": 'x = f"{f"{f"{1+1}"}"}"\n',
    "f-strings of several lines": 'x = f"""\n{a!r:>{width}}\n{b["k"]}\n"""\n',
    "joined strings": 'x = "a" f"{d["a"]}" "b".upper()\n',
    "strings joined by a backslash": 'x = f"{d["a"]}" \\\n  "b"\n',
    "expressions below text": 'x = f"""\n\n{\n d["k"]\n}\n"""\n',
    "joined f-strings": 'x = (f"{d["a"]}"\n     f"{d["b"]}")\n',
}


@pytest.mark.parametrize("newer", NEWER.values(), ids=NEWER)
def test_newer_syntax_is_read_and_keeps_its_lines(newer):
    tree = tree_of(f"before = 1\n{newer}eval(after)\n")
    assert tree.body[0].lineno == 1
    assert tree.body[-1].lineno == newer.count("\n") + 2


@given(st.lists(st.sampled_from([*NEWER.values(), "x = 1\n", "\n", "def f():\n    return 2\n"]), max_size=8))
def test_lowering_keeps_every_line_where_it_was(parts):
    text = "".join(part + f"MARK_{number}\n" for number, part in enumerate(parts))
    names = [node.value for node in tree_of(text).body if isinstance(node, ast.Expr)]
    marks = {name.id: name.lineno for name in names if isinstance(name, ast.Name)}
    lines = text.split("\n")
    assert marks == {f"MARK_{n}": lines.index(f"MARK_{n}") + 1 for n in range(len(parts))}


def test_a_call_inside_a_newer_f_string_is_still_seen():
    assert calls('x = f"{eval(d["a"])}"\n') == {"eval": 1}


def test_a_format_specification_that_calls_is_still_seen():
    assert calls('x = f"{d["a"]:{eval(b)}}"\n') == {"eval": 1}


def test_what_an_f_string_calls_keeps_its_line():
    assert calls('x = f"""\ntext\n{eval(d["a"])} {\n  run(d["a"])}\n"""\n') == {"eval": 3, "run": 4}


def test_what_joined_f_strings_call_keeps_its_line():
    assert calls('x = (\n    "a"\n    f"{eval(d["a"])}"\n    f"{run(f"{d["a"]}")}"\n)\n') == {"eval": 3, "run": 4}


def test_brackets_in_strings_are_no_depth():
    text = (
        'a = "(see"\n'
        + "x = -1 + f(2) if g(3) else [-4 + 5]\n" * 400
        + "type Pair[T] = tuple[T, T]\nprint(f'{a + 'b'}')\n"
    )
    parsed = parse(text)
    assert (parsed.problem, parsed.text.count("\n")) == ("", text.count("\n"))


@pytest.mark.parametrize("pattern", ["[", "(", "A(", "{1: ", "A(b="])
def test_patterns_that_would_take_libcst_for_ever_are_refused(pattern):
    closed = "".join({"[": "]", "(": ")", "{": "}"}[char] for char in reversed(pattern) if char in "[({")
    with pytest.raises(TooDeepError):
        lower(f"match a:\n case {pattern * 30}1{closed * 30}: pass\n")


def test_what_is_no_python_says_where_and_why():
    assert "on line 2" in parse("x = 1\nprint 'hello'\n").problem


def test_other_languages_have_no_tree():
    assert Source("a.sql", "select 1").tree is None
    assert Source("a.sql", "select 1").problem == "not Python"


def test_files_beyond_the_limit_are_not_parsed():
    source = Source("a.py", "#" * (MAX_BYTES + 1))
    assert source.tree is None
    assert "larger than" in source.problem


DEEP = {
    "brackets": "'x = ' + '(' * {n} + '1' + ')' * {n}",
    "lists": "'x = ' + '[' * {n} + ']' * {n}",
    "unclosed": "'(' * {n}",
    "unary": "'x = ' + '-' * {n} + '1'",
    "not": "'x = ' + 'not ' * {n} + '1'",
    "sums": "'x = ' + '1 + ' * {n} + '1'",
    "powers": "'x = ' + '1 ** ' * {n} + '1'",
    "attributes": "'x = a' + '.a' * {n}",
    "calls": "'x = a' + '()' * {n}",
    "items": "'x = a' + '[0]' * {n}",
    "lambdas": "'x = ' + 'lambda: ' * {n} + '1'",
    "conditions": "'x = ' + '1 if a else ' * {n} + '1'",
    "elifs": "'if a: pass' + chr(10) + ('elif a: pass' + chr(10)) * {n}",
    "elses": "''.join(' ' * i + 'if a:' + chr(10) for i in range(min({n}, 900))) + ' ' * 900 + 'pass'",
    "awaits": "'async def f(): ' + 'await ' * {n} + 'a'",
    "stars": "'x = [' + '*' * {n} + 'a]'",
    "strings": "'x = ' + repr('a') * {n}",
    "targets": "'x = ' * {n} + '1'",
    "newer and sums": "'type T = int' + chr(10) + 'x = ' + '1 + ' * {n} + '1'",
    "newer and attributes": "'type T = int' + chr(10) + 'x = a' + '.a' * {n}",
    "newer and attributes on lines": "'type T = int' + chr(10) + 'x = (a' + ('.a()' + chr(10)) * {n} + ')'",
    "newer and sums on lines": "'type T = int' + chr(10) + 'x = (1' + ('+ 1' + chr(10)) * {n} + ')'",
    "newer and sums after backslashes": "'type T = int' + chr(10) + 'x = 1' + (chr(92) + chr(10) + '+ 1') * {n}",
    "newer and strings on lines": "'type T = int' + chr(10) + 'x = (' + (repr('a') + chr(10)) * {n} + ')'",
    "newer and strings": "'type T = int' + chr(10) + 'x = ' + repr('a') * {n}",
    "newer and elifs": "'type T = int' + chr(10) + 'if a: pass' + chr(10) + ('elif a: pass' + chr(10)) * {n}",
    "newer and elifs with tabs": "'type T = int' + chr(10) + 'if a: pass' + chr(10) + ('elif' + chr(9) + 'a: pass' + chr(10)) * {n}",
    "newer and brackets in strings": "'type T = int' + chr(10) + 'x = ' + '(\")\" + ' * {n} + '1' + ')' * {n}",
    "newer and blocks": "'type T = int' + chr(10) + ''.join(' ' * i + 'if a:' + chr(10) for i in range(99)) + ' ' * 99 + 'pass'",
    "newer and one-line blocks": "'type T = int' + chr(10) + 'x = ' + 'lambda: ' * {n} + '1'",
    "newer and fields": "'type T = int' + chr(10) + 'x = f' + chr(34) + '{{a:' * {n} + '}}' * {n} + chr(34)",
    "newer and comparisons": "'type T = int' + chr(10) + 'x = ' + 'a == ' * {n} + 'a'",
    "newer and unions": "'type T = ' + 'int | ' * {n} + 'int'",
    "newer and patterns": "'type T = int' + chr(10) + 'match a:' + chr(10) + ' case ' + '[' * {n} + ']' * {n} + ': pass'",
    "newer and decorators": "'type T = int' + chr(10) + ('@a' + chr(10)) * {n} + 'def f(): pass'",
    "newer and generators": "'type T = int' + chr(10) + 'x = [a ' + 'for a in a ' * {n} + ']'",
    "newer and deletions": "'type T = int' + chr(10) + 'del ' + 'a, ' * {n} + 'a'",
    "newer and with": "'type T = int' + chr(10) + ' '.join(['with a:'] * 1) + ' pass' + (';pass' * {n})",
    "newer and targets": "'type T = int' + chr(10) + 'x = ' * {n} + '1'",
}  # fmt: skip


@pytest.mark.parametrize("deep", DEEP.values(), ids=DEEP)
def test_the_deepest_file_ends_neither_the_process_nor_the_day(deep):
    program = f"""
        from gate.source import Source
        for n in (90, 1_400, 20_000):
            source = Source("a.py", {deep.format(n="n")})
            assert source.tree is not None or source.problem
            assert source.scope(1) == "" or source.scope(1)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-500:] or f"ended by signal {-done.returncode}"


@pytest.mark.parametrize("text", ["(" * 200, "x = " + "not " * 2_000, "if a: pass\n" + "elif a: pass\n" * 600])
def test_text_that_may_be_too_deep_is_refused_before_it_is_parsed(text):
    with pytest.raises(TooDeepError):
        lower(text)


def test_brackets_in_comments_are_no_depth():
    text = "# +--- (see [1\n" * 200 + "type Pair[T] = tuple[T, T]\n"
    assert parse(text).problem == ""
    with pytest.raises(TooDeepError):
        lower('f"""\n' + "# {(((\n" * 200 + '"""\n')


def test_depth_is_the_deepest_node():
    assert depth(ast.parse("")) == 1
    assert depth(ast.parse("x")) < depth(ast.parse("f(g(x))"))


def test_a_scope_is_the_dotted_name_around_a_line():
    source = Source("a.py", textwrap.dedent("""\
        import os

        @cache
        def outer():
            x = 1
            class Inner:
                async def method(self):
                    return [
                        eval(x)
                    ]
            if x:
                def late(): pass
            return x

        y = 2
    """))  # fmt: skip
    expected = [
        "",
        "",
        *["outer"] * 3,
        "outer.Inner",
        *["outer.Inner.method"] * 4,
        "outer",
        "outer.late",
        "outer",
        "",
        "",
    ]
    assert [source.scope(line) for line in range(1, 16)] == expected


def test_scopes_inside_try_with_and_match_are_found():
    source = Source("a.py", textwrap.dedent("""\
        try:
            pass
        except ValueError:
            def one(): pass
        match x:
            case 1:
                def two(): pass
        with x:
            class Three: pass
    """))  # fmt: skip
    assert [source.scope(line) for line in (4, 7, 9)] == ["one", "two", "Three"]


def test_what_does_not_parse_has_no_scopes():
    assert Source("a.py", "def f(:\n  pass").scope(2) == ""


def test_a_line_beyond_the_end_has_the_scope_of_the_module():
    assert Source("a.py", "def f():\n    pass\n").scope(99) == ""


def test_many_functions_are_indexed_in_time():
    text = "".join(f"def f{n}():\n    pass\n" for n in range(20_000))
    source = Source("a.py", text)
    assert source.scope(39_999) == "f19999"


def test_code_is_the_same_however_it_is_spaced_and_commented():
    one = Source("a.py", "x = eval( y, 'b c' )  # nosec\n")
    two = Source("a.py", '\n\tx  = eval(\n  y,  # the code\n  "b c",\n)\n')
    assert one.code(Place.at("a.py", 1)) == two.code(Place.at("a.py", 2, 5)) == 'x=eval(y,"b c")'


def test_a_hash_in_a_string_begins_no_comment():
    assert Source("a.py", 'x = "a # b"\n').code(Place.at("a.py", 1)) == 'x="a # b"'


def test_a_place_never_ends_before_it_begins():
    assert Place.at("a.py", 5, 3) == Place("a.py", 5, 5)
    assert Place.at("a.py", 5) == Place("a.py", 5, 5)


@given(st.sets(st.integers(1, 60)))
def test_ranges_hold_exactly_the_lines_they_were_made_of(lines):
    ranges = line_ranges(sorted(lines))
    assert [n for start, end in ranges for n in range(start, end + 1)] == sorted(lines)
    assert all(a_end + 1 < b_start for (_, a_end), (b_start, _) in pairwise(ranges))


def test_signs_of_full_width_end_no_text():
    signs = "SIGNS = {'\\\\': '\uff3c', '\"': '\uff02'}\n"
    text = read(f"{signs}\uff45\uff56\uff41\uff4c(\uff3fcode)\n".encode())
    assert text == f"{signs}eval(_code)\n"
    assert not Source("a.py", text).problem
