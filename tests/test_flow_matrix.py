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
    "pairs of headers": 'param = ""\nfor name, _ in request.headers:\n    if name != "Host":\n        param = name',
    "where from": 'param = request.referrer or ""',
    "program": "param = request.user_agent.string",
    "user": 'param = request.authorization.username if request.authorization else ""',
    "upload": 'param = request.files["v"].read().decode()',
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
    "a popped element": ('held = ["s", param]\nbar = held.pop()', True),
    "another popped": ('held = ["s", param]\nbar = held.pop(0)', False),
    "inserted before": ('held = ["s", param]\nheld.insert(0, "m")\nbar = held[1]', False),
    "inserted": ('held = ["s"]\nheld.insert(0, param)\nbar = held[0]', True),
    "deleted before": ('held = ["s", param, "m"]\ndel held[0]\nbar = held[1]', False),
    "set anew": ('held = [param, "m"]\nheld[0] = "s"\nbar = held[0]', False),
    "set somewhere": ('held = ["s", "m"]\nheld[number()] = param\nbar = held[0]', True),
    "one behind the other": ('held = ["s"] + [param]\nbar = held[0]', False),
    "turned around": ('held = ["s", param]\nheld.reverse()\nbar = held[0]', True),
    "a name for a key": ('key = "a"\nheld = {"a": "x", "b": param}\nbar = held[key]', False),
    "updated": ('held = {"a": "x"}\nheld.update(a=param)\nbar = held["a"]', True),
    "a key with another": ('held = {"a": "x", "b": param}\nbar = held.get("a", "none")', False),
    "settings": (
        (
            'import configparser\nsaid = "s"\nheld = configparser.ConfigParser()\nheld.set(said, "a", "x")\n'
            'held.set(said, "b", param)\nbar = held.get(said, "a")'
        ),
        False,
    ),
    "a length": ('bar = param\nif len("abc") == 3:\n    bar = "x"', False),
    "a helper nobody sees": ("import helpers.things\nbar = helpers.things.make().do(param)", True),
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
            ('import os\nimport subprocess\nwords = []\nif os.name == "nt":\n    words.append("cmd.exe")\n    words.append("/c")\n'
            'else:\n    words.append("sh")\n    words.append("-c")\nwords.append(f"echo {bar}")\nsubprocess.run(words)'),
            'import subprocess\nwords = ["sh", "-c"]\nwords.append(f"echo {bar}")\nsubprocess.Popen(words)',
        ],
        ['import subprocess\nsubprocess.run(["echo", bar])'],
    ),
    *_sinks({95}, ["eval(bar)", 'exec(f"print({bar})")'], ["import ast\nast.literal_eval(bar)",
        'if not bar.startswith("\'") or not bar.endswith("\'") or "\'" in bar[1:-1]:\n    return "no"\nexec("x = " + bar)']),
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
            'import flask\nif not bar.startswith("https://good.example/"):\n    return "no"\nreturn flask.redirect(bar)',
        ],
    ),
    *_sinks(
        {79},
        ['answer = ""\nanswer += f"<p>{bar}</p>"\nreturn answer', 'return "Hello {0[bar]}".format({"bar": bar})'],
        ['import markupsafe\nreturn "<p>" + markupsafe.escape(bar) + "</p>"',
         'import flask\nanswer = flask.make_response(bar)\nanswer.headers["Content-Type"] = "text/plain"\nreturn answer'],
    ),
    *_sinks(
        {90},
        ['helpers.ldap.connection().search("dc=x", f"(&(objectclass=person)(uid={bar}))", attributes="*")'],
        ['import ldap3.utils.conv as conv\nhelpers.ldap.connection().search("dc=x", f"(uid={conv.escape_filter_chars(bar)})")'],
    ),
    *_sinks(
        {643},
        ['import lxml.etree\nlxml.etree.parse("x.xml").xpath(f"/e/p[@id=\'{bar}\']")',
         'import lxml.etree\nif "\'" in bar:\n    return "no"\nlxml.etree.parse("x.xml").xpath(f"/e/p[@id={bar}]")',
         'import xml.etree.ElementTree as tree\ntree.parse("x.xml").getroot().findall("./e[@id=\'" + bar + "\']")'],
        ['import lxml.etree\nlxml.etree.parse("x.xml").xpath("/e/p[@id=$n]", n=bar)',
         'import lxml.etree\nif "\'" in bar:\n    return "no"\nlxml.etree.parse("x.xml").xpath(f"/e/p[@id=\'{bar}\']")',
         'import lxml.etree\nbar = bar.replace("\'", "&apos;")\nlxml.etree.parse("x.xml").xpath(f"/e/p[@id=\'{bar}\']")'],
    ),
    *_sinks({501}, ['import flask\nflask.session["user"] = bar'], ['import flask\nflask.session["user"] = find(bar).id']),
    *_sinks(
        {113},
        ['import flask\nanswer = flask.make_response("ok")\nanswer.headers["X-Name"] = bar\nreturn answer'],
        [('import flask\nanswer = flask.make_response("ok")\n'
        'answer.headers["X-Name"] = bar.replace("\\r", "").replace("\\n", "")\nreturn answer')],
    ),
    *_sinks(
        {117},
        ['import logging\nlogging.warning("user %s" % bar)'],
        ['import logging\nlogging.warning("user %r" % bar)', 'import logging\nif "\\n" not in bar:\n    logging.warning("user " + bar)'],
    ),
    *_sinks(
        {611},
        [("import xml.dom.minidom, xml.sax, xml.sax.handler\nparser = xml.sax.make_parser()\n"
        "parser.setFeature(xml.sax.handler.feature_external_ges, True)\nxml.dom.minidom.parseString(bar, parser)")],
        [("import xml.dom.minidom, xml.sax, xml.sax.handler\nparser = xml.sax.make_parser()\n"
        "parser.setFeature(xml.sax.handler.feature_external_ges, False)\nxml.dom.minidom.parseString(bar, parser)")],
    ),
    *_sinks({918}, ["import requests\nrequests.get(bar)"], ['import requests\nrequests.get("https://x.example", params={"q": bar})']),
]  # fmt: skip
FEW_WAYS = ("as it is", "another key")
FEW_SINKS = [next(sink for sink in SINKS if cwe in sink.cwes) for cwe in (78, 79)]
STYLES = {
    "in a function": "import helpers.db\nfrom flask import request\n\ndef init(app):\n\n"
    '    @app.route("/x", methods=["POST"])\n    def post():\n',
    "a view": "import helpers.db\nfrom flask import request\nfrom flask.views import MethodView\n\n"
    "class View(MethodView):\n\n    def post(self):\n",
    "registered": "import helpers.db\nfrom flask import request\n\ndef init(app):\n"
    '    app.add_url_rule("/x", "x", handle, methods=["POST"])\n\ndef handle():\n    if True:\n',
}
CASES = [
    *(("in a function", source, "as it is", sink) for source in SOURCES for sink in FEW_SINKS),
    *(("in a function", "form", way, sink) for way in WAYS for sink in FEW_SINKS),
    *(("in a function", "arguments", way, sink) for way in FEW_WAYS for sink in SINKS),
    *((style, "form", way, sink) for style in STYLES for way in FEW_WAYS for sink in FEW_SINKS),
]
CHECKS = [check for check in registry.checks() if check.rule.item in {"injection", "queries", "execution"}]


def _program(style: str, source: str, way: str, sink: Sink) -> str:
    body = textwrap.indent("\n".join([SOURCES[source], WAYS[way][0], sink.code, 'return "ok"']), " " * 8)
    return STYLES[style] + body + "\n"


@pytest.mark.parametrize(
    ("style", "source", "way", "sink"), CASES, ids=lambda part: str(getattr(part, "code", part))[-40:]
)
def test_a_flaw_is_reported_where_it_can_happen_and_only_there(style: str, source: str, way: str, sink: Sink):
    tree = {"app.py": _program(style, source, way, sink)}
    seen = {cwe for check in CHECKS for _ in examples.hits(check, tree) for cwe in check.rule.cwes}
    assert bool(seen & sink.cwes) is (WAYS[way][1] and sink.flaw)
