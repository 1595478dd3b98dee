"""Code made to be too much for the flow engine: it is read to its end, or what was left out is named."""

import pytest

from gate.facts import reach
from tests import examples
from tests.flows import CHECK, FLASK, HELPER, found


def _calls(count: int) -> str:
    views = "".join(f"@app.post('/{n}')\ndef run{n}():\n    return go('x')\n" for n in range(count))
    return FLASK + HELPER + views + "@app.post('/last')\ndef last():\n    return go(request.json['c'])\n"


def _long(count: int) -> str:
    body = "".join(
        f"    v{n} = helper(v{n - 1}, {n})\n    if v{n}:\n        v{n} = v{n} + 'x'\n" for n in range(1, count // 3)
    )
    start = "def helper(a, b):\n    return a\n@app.post('/')\ndef run():\n    v0 = request.json['c']\n"
    return FLASK + start + body + "    return eval(v0)\n"


HOSTILE = {
    "a function that calls itself": FLASK + """
def go(code, depth=0):
    if depth < 9:
        return go(code + "x", depth + 1)
    return eval(code)
@app.post("/")
def run():
    return go(request.json["c"])
""",
    "functions that call each other": FLASK + """
def go(code):
    return come(code) if code else eval(code)
def come(code):
    return go(code[1:])
@app.post("/")
def run():
    return come(request.json["c"])
""",
    "a thousand callers": _calls(1000),
    "5,000 lines in one function": _long(5000),
    "nested functions": FLASK + "".join(f"{'  ' * n}def f{n}(x{n}):\n" for n in range(30)) + "  " * 30
    + "return eval(request.json['c'])\n",
    "nested branches": FLASK + "def run():\n" + "".join(f"{' ' * n}if x{n}:\n" for n in range(1, 90)) + " " * 90
    + "eval(request.json['c'])\n",
    "nested loops": FLASK + "def run():\n" + "".join(f"{' ' * n}for x{n} in request.json['c']:\n" for n in range(1, 19))
    + " " * 20 + "eval(x18)\n",
    "nested calls": FLASK + "def run():\n    eval(" + "str(" * 60 + "request.json['c']" + ")" * 60 + ")\n",
    "a wide dictionary": FLASK + "def run():\n    d = {" + ", ".join(f"'k{n}': request.json['v{n}']" for n in range(2000))
    + "}\n    eval(d['k7'])\n",
    "a class that derives from itself": FLASK + "class A(B):\n    pass\nclass B(A):\n    def go(self, c):\n        eval(c)\n"
    + "def run():\n    A().go(request.json['c'])\n",
    "a name that means itself": FLASK + "go = come\ncome = go\ndef run():\n    go(request.json['c'])\n    eval(request.json['c'])\n",
    "many names": FLASK + "".join(f"def f{n}(c):\n    eval(c)\n" for n in range(300))
    + "T = {" + ", ".join(f"'{n}': f{n}" for n in range(300)) + "}\ndef run():\n    T[request.json['a']](request.json['c'])\n"
    + "    eval(request.json['c'])\n",
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_code_is_read_to_its_end(text: str):
    whole = examples.repo({"app.py": text})
    hits = [hit for fact in whole[CHECK.kind] for hit in CHECK.look(fact, whole)]
    assert hits
    assert not whole.problems


def _fan(count: int) -> str:
    helpers = "".join(f"def h{n}(x):\n    return go(x)\n" for n in range(count))
    return FLASK + HELPER + helpers + f"@app.post('/')\ndef run():\n    return h{count - 1}(request.json['c'])\n"


def _sum(count: int) -> str:
    return FLASK + "def read():\n    return request.json['c']\n@app.post('/')\ndef run():\n    return eval(" + " + ".join(
        [*(f"f{n}()" for n in range(count)), "read()"]) + ")\n"  # fmt: skip


TOO_MUCH = {
    "callers": _fan(1000),
    "origins": _sum(300),
    "origins of a result": _sum(300).replace("return eval(", "return eval(made())\ndef made():\n    return ("),
    "a syntax error": FLASK + "def run():\n    eval(request.json['c'])\ndef (:\n",
    "brackets": FLASK + "def run():\n    eval(request.json['c'])\nx = " + "(" * 2000 + ")" * 2000 + "\n",
    "a few operators": FLASK + "def run():\n    eval(" + "'a' + " * 400 + "request.json['c'])\n",
    "a chain of calls": FLASK + "def run():\n    x = ''" + ".strip()" * 450 + "\n    eval(request.json['c'])\n",
    "operators": FLASK + "def run():\n    eval(" + "'a' + " * 5000 + "request.json['c'])\n",
}


@pytest.mark.parametrize("text", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_is_too_much_to_follow_is_found_or_named(text: str):
    """Not looked at is not passed: no hit means a row in the coverage ledger."""
    whole = examples.repo({"app.py": text})
    hits = [hit for fact in whole.of(CHECK.kind, "app.py") for hit in CHECK.look(fact, whole)]
    assert hits or whole.problems["app.py"]


def test_a_search_that_does_not_end_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reach, "MAX_STEPS", 20)
    whole = examples.repo({"app.py": _fan(40)})
    assert not [hit for fact in whole[CHECK.kind] for hit in CHECK.look(fact, whole)]
    assert whole.problems == {"app.py": "more ways lead to `builtins.eval` (app.py:4) than gate follows"}


def test_many_calls_hide_nothing():
    calls = "".join(f"    note({n})\n" for n in range(4000))
    assert (
        len(
            found(
                f"def go(code):\n{calls}    return eval(code)\n@app.post('/')\ndef run():\n{calls}    go(request.json['c'])\n"
            )
        )
        == 1
    )


def test_a_function_that_calls_itself_in_many_places_is_followed_to_its_end():
    again = "".join(f"    if x == {n}:\n        return go(x + '{n}')\n" for n in range(12))
    text = FLASK + f"def go(x):\n{again}    return x\ndef run(y):\n    eval(go(y))\n"
    whole = examples.repo({"app.py": text})
    assert not [hit for fact in whole[CHECK.kind] for hit in CHECK.look(fact, whole)]
    assert not whole.problems
