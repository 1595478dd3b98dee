"""Every source with some sinks, every way with some sinks, every sink with some ways: found where it can happen only."""

import textwrap
from dataclasses import dataclass

import pytest

from gate import registry
from tests import examples

SOURCES = {
    "form": 'param = request.form.get("v")\nif not param:\n    param = ""',
    "list of a form": 'values = request.form.getlist("v")\nparam = values[0] if values else ""',
    "arguments": 'param = request.args.get("v", "")',
    "cookie": 'import urllib.parse\nparam = urllib.parse.unquote_plus(request.cookies.get("v", "nothing"))',
    "header": 'param = request.headers.get("v") or ""',
    "names of headers": 'param = ""\nfor name in request.headers.keys():\n    if name in ("accept", "host"):\n'
    "        continue\n    param = name\n    break",
    "query": 'text = request.query_string.decode()\nparam = text[text.find("v=") + 2 :]',
    "wrapper": 'wrapped = helpers.web.request_wrapper(request)\nparam = wrapped.get_form_parameter("v")',
}
WAYS = {
    "as it is": ("bar = param", True),
    "joined": ('bar = "" + param + "tail"', True),
    "formatted": ('bar = f"{param}x"', True),
    "there and back": ("import base64\nbar = base64.b64decode(base64.b64encode(param.encode())).decode()", True),
    "another key": ('held = {}\nheld["a"] = "x"\nheld["b"] = param\nbar = held["b"]\nbar = held["a"]', False),
    "its key": ('held = {}\nheld["a"] = "x"\nheld["b"] = param\nbar = held["a"]\nbar = held["b"]', True),
    "another element": ('held = ["s"]\nheld.append(param)\nheld.append("m")\nheld.pop(0)\nbar = held[1]', False),
    "its element": ('held = ["s"]\nheld.append(param)\nheld.append("m")\nheld.pop(0)\nbar = held[0]', True),
    "the other branch": ('number = 106\nbar = "never" if (7 * 18) + number > 200 else param', False),
    "its branch": ('number = 86\nif 7 * 42 - number > 200:\n    bar = param\nelse:\n    bar = "x"', True),
    "another case": (
        'letter = "ABC"[1]\nmatch letter:\n    case "A":\n        bar = param\n    case _:\n        bar = "b"',
        False,
    ),
    "its case": (
        'letter = "ABC"[0]\nmatch letter:\n    case "A":\n        bar = param\n    case _:\n        bar = "b"',
        True,
    ),
    "a slice": ('text = "help" + param\nbar = text[4:-1]', True),
    "a copy": ("import copy\nbar = copy.deepcopy(param)", True),
    "a helper": ("def pick(text):\n    return text[::-1]\nbar = pick(param)", True),
}


@dataclass(frozen=True)
class Sink:
    """What is done with the text, the weakness that may be, and whether it is one."""

    code: str
    cwes: frozenset[int]
    flaw: bool = True


def _sinks(cwes: set[int], flaws: list[str], fine: list[str]) -> list[Sink]:
    return [Sink(code, frozenset(cwes), code in flaws) for code in (*flaws, *fine)]


SINKS = [
    *_sinks(
        {89},
        ['cursor = helpers.db.cursor()\ntext = f"SELECT name FROM users WHERE pw = \'{bar}\'"\ncursor.execute(text)'],
        ['helpers.db.cursor().execute("SELECT name FROM users WHERE pw = ?", (bar,))'],
    ),
    *_sinks(
        {78},
        [
            'import os\nos.system(f"echo {bar}")',
            'import subprocess\nsubprocess.run(["sh", "-c", f"echo {bar}"])',
            'import subprocess\nwords = ["sh", "-c"]\nwords.append(f"echo {bar}")\nsubprocess.Popen(words)',
        ],
        ['import subprocess\nsubprocess.run(["echo", bar])'],
    ),
    *_sinks({95}, ["eval(bar)", 'exec(f"print({bar})")'], ["import ast\nast.literal_eval(bar)"]),
    *_sinks({502}, ["import yaml\nyaml.load(bar, Loader=yaml.Loader)"], ["import yaml\nyaml.safe_load(bar)"]),
    *_sinks(
        {22},
        [
            'import codecs\nwith codecs.open(f"{helpers.ROOT}/{bar}", "r", "utf-8") as handle:\n    handle.read()',
            "import pathlib\n(pathlib.Path(helpers.ROOT) / bar).read_text()",
        ],
        [
            ('import pathlib\nroot = pathlib.Path("/srv").resolve()\npath = (root / bar).resolve()\n'
            'if not path.is_relative_to(root):\n    return "no"\npath.read_text()'),
        ],
    ),
    *_sinks(
        {601},
        ["import flask\nreturn flask.redirect(bar)"],
        [
            ('import flask\nfrom urllib.parse import urlparse\nif urlparse(bar).netloc not in ["good.example"]:\n'
            '    return "no"\nreturn flask.redirect(bar)'),
        ],
    ),
    *_sinks(
        {79},
        ['answer = ""\nanswer += f"<p>{bar}</p>"\nreturn answer', 'return "Hello {0[bar]}".format({"bar": bar})'],
        ['import markupsafe\nreturn "<p>" + markupsafe.escape(bar) + "</p>"'],
    ),
    *_sinks(
        {90},
        ['helpers.ldap.connection().search("dc=x", f"(&(objectclass=person)(uid={bar}))", attributes="*")'],
        ['import ldap3.utils.conv as conv\nhelpers.ldap.connection().search("dc=x", f"(uid={conv.escape_filter_chars(bar)})")'],
    ),
    *_sinks(
        {643},
        ['import lxml.etree\nlxml.etree.parse("x.xml").xpath(f"/e/p[@id=\'{bar}\']")'],
        ['import lxml.etree\nlxml.etree.parse("x.xml").xpath("/e/p[@id=$n]", n=bar)'],
    ),
    *_sinks({501}, ['import flask\nflask.session["user"] = bar'], ['import flask\nflask.session["user"] = find(bar).id']),
    *_sinks({918}, ["import requests\nrequests.get(bar)"], ['import requests\nrequests.get("https://x.example", params={"q": bar})']),
]  # fmt: skip
FEW_WAYS = ("as it is", "another key", "its key")
FEW_SINKS = [next(sink for sink in SINKS if cwe in sink.cwes) for cwe in (89, 78, 79)]
CASES = [
    *((source, "as it is", sink) for source in SOURCES for sink in FEW_SINKS),
    *(("form", way, sink) for way in WAYS for sink in FEW_SINKS),
    *(("arguments", way, sink) for way in FEW_WAYS for sink in SINKS),
]
CHECKS = [check for check in registry.checks() if check.rule.item in {"injection", "queries", "execution"}]


def _program(source: str, way: str, sink: Sink) -> str:
    body = textwrap.indent("\n".join([SOURCES[source], WAYS[way][0], sink.code, 'return "ok"']), " " * 8)
    return (
        "import helpers.db\nfrom flask import request\n\ndef init(app):\n\n"
        f'    @app.route("/x", methods=["POST"])\n    def post():\n{body}\n'
    )


@pytest.mark.parametrize(("source", "way", "sink"), CASES, ids=lambda part: str(getattr(part, "code", part))[-40:])
def test_a_flaw_is_reported_where_it_can_happen_and_only_there(source: str, way: str, sink: Sink):
    tree = {"app.py": _program(source, way, sink)}
    seen = {cwe for check in CHECKS for _ in examples.hits(check, tree) for cwe in check.rule.cwes}
    assert bool(seen & sink.cwes) is (WAYS[way][1] and sink.flaw)
