"""Mends: each parses, makes its finding vanish and touches nothing else; where that is in doubt there is none."""

import ast
import re
import textwrap
from datetime import date
from typing import Any

import pytest

from gate import mends, registry
from gate.cache import Cache
from gate.change import read_change
from gate.git import Git
from gate.mends import applied, mend
from gate.pipeline import Options, review
from gate.rule import Place, Source
from tests import examples

GOOD = {
    "bandit/B113": ('requests.get("https://example.com/a")', 'requests.get("https://example.com/a", timeout=10)'),
    "bandit/B113 None": ("r = requests.get(url, timeout=None)", "r = requests.get(url, timeout=10)"),
    "bandit/B113 lines": (
        """
        def f(url):
            return requests.post(
                url,
                json={},  # the body
            )
        """,
        """
        def f(url):
            return requests.post(
                url,
                json={},  # the body
                timeout=10,
            )
        """,
    ),
    "bandit/B201": (
        'if __name__ == "__main__":\n    app.run(host="localhost", debug=True)',
        'if __name__ == "__main__":\n    app.run(host="localhost")',
    ),
    "execution/debug_console": ("app.run(debug=True, port=port)", "app.run(port=port)"),
    "bandit/B202": ("tarfile.open(name).extractall(path)", 'tarfile.open(name).extractall(path, filter="data")'),
    "bandit/B307": ("x = eval(text)  # figures", "x = ast.literal_eval(text)  # figures"),
    "bandit/B323": ("c = ssl._create_unverified_context()", "c = ssl.create_default_context()"),
    "bandit/B324": ("h = hashlib.md5(data).hexdigest()", "h = hashlib.sha256(data).hexdigest()"),
    "bandit/B501": ("requests.get(url, verify=False, timeout=3)", "requests.get(url, timeout=3)"),
    "bandit/B501 last": ("requests.get(url, timeout=3, verify=False)", "requests.get(url, timeout=3)"),
    "bandit/B501 with": (
        """
        def f(url):
            with requests.get(url, timeout=3, verify=False) as answer:
                return answer.text
        """,
        """
        def f(url):
            with requests.get(url, timeout=3) as answer:
                return answer.text
        """,
    ),
    "bandit/B506": ("d = yaml.load(text, Loader=yaml.Loader)", "d = yaml.safe_load(text)"),
    "bandit/B506 bare": ("d = yaml.load(text, yaml.UnsafeLoader)", "d = yaml.safe_load(text)"),
    "bandit/B507": (
        "client = paramiko.SSHClient()\nclient.set_missing_host_key_policy(paramiko.AutoAddPolicy())",
        "client = paramiko.SSHClient()\nclient.set_missing_host_key_policy(paramiko.RejectPolicy())",
    ),
    "bandit/B602": (
        'subprocess.run(f"convert {source} out.png", shell=True, check=True)',
        'subprocess.run(["convert", str(source), "out.png"], check=True)',
    ),
    "bandit/B605": ('os.system(f"convert {source} out.png")', 'subprocess.call(["convert", str(source), "out.png"])'),
    "bandit/B608": (
        """cur.execute(f"SELECT id FROM users WHERE name = '{name}' AND age > {age}")""",
        """cur.execute("SELECT id FROM users WHERE name = ? AND age > ?", (name, age))""",
    ),
    "bandit/B608 one": (
        """
        def f(db, pk):
            return db.execute(f"DELETE FROM users WHERE id = {pk}").rowcount
        """,
        """
        def f(db, pk):
            return db.execute("DELETE FROM users WHERE id = ?", (pk,)).rowcount
        """,
    ),
    "bandit/B608 percent": (
        """cur.execute("INSERT INTO users (name, age) VALUES ('%s', %s)" % (name, age))""",
        """cur.execute("INSERT INTO users (name, age) VALUES (?, ?)", (name, age))""",
    ),
    "bandit/B608 sum": (
        """cur.execute("SELECT id FROM users WHERE id = " + str(pk) + " ORDER BY name LIMIT " + str(most))""",
        """cur.execute("SELECT id FROM users WHERE id = ? ORDER BY name LIMIT ?", (pk, most))""",
    ),
    "bandit/B608 lines": (
        """
        def f(db, name):
            db.execute(f'''
                SELECT id FROM users
                WHERE name = '{name}'
            ''')
        """,
        """
        def f(db, name):
            db.execute(\"\"\"
                SELECT id FROM users
                WHERE name = ?
            \"\"\", (name,))
        """,
    ),
    "bandit/B614": ("m = torch.load(path)", "m = torch.load(path, weights_only=True)"),
    "bandit/B701": ("e = jinja2.Environment(loader=loader)", "e = jinja2.Environment(loader=loader, autoescape=True)"),
    "bandit/B701 False": ("e = jinja2.Environment(autoescape=False)", "e = jinja2.Environment(autoescape=True)"),
}  # fmt: skip
IMPORTS = "import ast, hashlib, jinja2, os, paramiko, requests, sqlite3, ssl, subprocess, tarfile, torch, yaml\nfrom flask import Flask\n\n"
IMPORTS += "app = Flask(__name__)\n"


def written(code):
    return IMPORTS + textwrap.dedent(code).strip("\n") + "\n"


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What the real scanners see in each example, before and after; one run over all of them."""
    from tests.conftest import Repository

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        repository = Repository(tmp_path_factory.mktemp("mends") / "repository")
        repository.commit({"readme": "x"})
        repository.git("checkout", "--quiet", "-b", "change")
        for number, (before, after) in enumerate(GOOD.values()):
            repository.write({f"before_{number}.py": written(before), f"after_{number}.py": written(after)})
        repository.commit({})
        options = Options("commit", only=frozenset({"gate", "bandit", "detect-secrets"}), today=date(2026, 1, 1))
        with Git(repository.folder) as git:
            done = review(read_change(git, "main", "change"), options, Cache(None))
    return done.findings


def _about(finding, rule):
    """Whether a finding is of a rule; gate's own rules speak for bandit where both see one flaw."""
    return finding.rule.id == rule or finding.scanners == ("bandit", "gate")


@pytest.mark.parametrize("name", GOOD)
def test_a_mend_writes_what_is_right_and_its_finding_vanishes(found, name):
    number, rule = list(GOOD).index(name), name.partition(" ")[0]
    before, after = map(written, GOOD[name])
    (finding,) = [one for one in found if one.place.path == f"before_{number}.py" and _about(one, rule)]
    assert finding.mend
    assert applied(Source(finding.place.path, before), finding.mend) == after
    assert not [one for one in found if one.place.path == f"after_{number}.py" and _about(one, rule)]
    changed = [
        line for line, (a, b) in enumerate(zip(before.split("\n"), after.split("\n"), strict=False), 1) if a != b
    ]
    assert finding.mend.place.line == changed[0]


VIEW = "import os\nimport sqlite3\nimport subprocess\nimport yaml\nfrom flask import Flask, request\napp = Flask(__name__)\n\n\n@app.post('/a')\ndef a():\n    x = request.form['x']\n    "
OWN = {
    "execution/eval_endpoint": (VIEW + "return yaml.load(x, Loader=yaml.Loader)", VIEW + "return yaml.safe_load(x)"),
    "execution/eval_endpoint shell": (
        VIEW + 'subprocess.run(f"zip {x}", shell=True, check=True)',
        VIEW + 'subprocess.run(["zip", str(x)], check=True)',
    ),
    "execution/eval_endpoint system": (
        VIEW + 'os.system(f"zip {x}")', VIEW + 'subprocess.call(["zip", str(x)])'
    ),
    "queries/built_sql": (
        VIEW + """sqlite3.connect("a").execute(f"SELECT id FROM users WHERE name = '{x}'")""",
        VIEW + """sqlite3.connect("a").execute("SELECT id FROM users WHERE name = ?", (x,))""",
    ),
    "identity/jwt_verification": (
        'import jwt\nt = jwt.encode(c, KEY, algorithm="HS256")\nd = jwt.decode(t, KEY)',
        'import jwt\nt = jwt.encode(c, KEY, algorithm="HS256")\nd = jwt.decode(t, KEY, algorithms=["HS256"])',
    ),
    "identity/session_cookie": (
        'r.set_cookie("session", t, max_age=60)', 'r.set_cookie("session", t, max_age=60, secure=True, httponly=True)'
    ),
    "identity/session_cookie off": (
        'r.set_cookie("theme", t, secure=False)', 'r.set_cookie("theme", t, secure=True)'
    ),
    "identity/session_cookie setting": ("SESSION_COOKIE_SECURE = False  # x", "SESSION_COOKIE_SECURE = True  # x"),
    "identity/fail_open": (
        "def verify_token(secret):\n    if not secret:\n        return True\n    return f(secret)",
        "def verify_token(secret):\n    if not secret:\n        return False\n    return f(secret)",
    ),
    "cryptography/weak_random": (
        "import random\ntoken = random.getrandbits(64)", "import random\ntoken = random.SystemRandom().getrandbits(64)"
    ),
    "cryptography/secret_compare": (
        "import hmac\ndef f(k, b, s):\n    if hmac.new(k, b, 'sha256').digest() != s:\n        abort(401)",
        "import hmac\ndef f(k, b, s):\n    if not hmac.compare_digest(hmac.new(k, b, 'sha256').digest(), s):\n        abort(401)",
    ),
    "cryptography/tls_verification": (
        "import aiohttp\nc = aiohttp.TCPConnector(limit=3, ssl=False)", "import aiohttp\nc = aiohttp.TCPConnector(limit=3)"
    ),
    "cryptography/tls_verification session": (
        "import requests\ns = requests.Session()\ns.verify = False", "import requests\ns = requests.Session()\ns.verify = True"
    ),
    "secrets/default_secret": (
        'import os\nSECRET_KEY = os.getenv("SECRET_KEY", "dev")', 'import os\nSECRET_KEY = os.environ["SECRET_KEY"]'
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", OWN)
def test_a_mend_of_our_own_rules_makes_the_finding_vanish(name):
    before, after = OWN[name]
    (check,) = [one for one in registry.checks() if one.rule.id == name.partition(" ")[0]]
    (hit,) = examples.hits(check, {"app.py": before})
    found = mend(check.rule.id, hit.place, Source("app.py", before), examples.repo({"app.py": before}))
    assert found
    assert applied(Source("app.py", before), found) == after
    assert not examples.hits(check, {"app.py": after})


UNSURE: list[tuple[str, str, int]] = [
    ("identity/jwt_verification", "import jwt\njwt.decode(t, KEY)", 2),
    ("cryptography/weak_random", "from random import choice\ntoken = choice('abc')", 2),
    ("cryptography/secret_compare", "x = mac(k) == sent", 1),
    ("cryptography/secret_compare", "import hmac\nx = mac(k) == headers.get('x')", 2),
    ("secrets/default_secret", 'from os import getenv\nKEY = getenv("SECRET_KEY", "dev")', 2),
    ("identity/session_cookie", "r.set_cookie('session', **flags)", 1),
    ("identity/fail_open", "if x:\n    pass", 1),
    ("bandit/B307", "import json\nx = eval(text)", 2),
    ("bandit/B307", "import ast\nx = eval(text, {})", 2),
    ("bandit/B307", "import ast\nx = eval(a) + eval(b)", 2),
    ("bandit/B307", "import ast as tree\nx = eval(text)", 2),
    ("bandit/B113", "import requests\nrequests.get(url, **rest)", 2),
    ("bandit/B501", "import requests\nrequests.get(url, verify=flag)", 2),
    ("bandit/B501", "import requests\nrequests.get(a, verify=False); requests.get(b, verify=False)", 2),
    ("bandit/B602", 'run(f"cat {name} | wc", shell=True)', 1),
    ("bandit/B602", 'run(f"--out={name}", shell=True)', 1),
    ("bandit/B602", 'run(f"{tool} x", shell=True)', 1),
    ("bandit/B602", 'run(f"zip {name!r}", shell=True)', 1),
    ("bandit/B602", "run(command, shell=True)", 1),
    ("bandit/B602", 'run("A=1 zip x", shell=True)', 1),
    ("bandit/B602", 'run("zip " + name, shell=True)', 1),
    ("execution/eval_endpoint", "import pickle\npickle.load(request.stream)", 2),
    ("bandit/B506", "from yaml import load, Loader\nload(text, Loader)", 2),
    (
        "cryptography/tls_verification",
        "from paramiko import AutoAddPolicy\nc.set_missing_host_key_policy(AutoAddPolicy())",
        2,
    ),
    ("cryptography/tls_verification", "from ssl import _create_unverified_context\n_create_unverified_context()", 2),
    ("bandit/B605", 'import os\nos.system(f"zip {name}")', 2),
    ("bandit/B605", 'import os, subprocess\nos.system(f"zip {name} | mail")', 2),
    *(
        ("bandit/B608", f"import sqlite3\ncur.execute({query})", 2)
        for query in (
            'f"SELECT id FROM {table}"',
            'f"SELECT {a}, {b}, c FROM t WHERE id = {x}"',
            'f"SELECT a FROM t WHERE {col} = 1"',
            "f\"SELECT a FROM t WHERE b LIKE '%{x}%'\"",
            'f"SELECT a FROM t WHERE b = {x}.c"',
            'f"SELECT a FROM t WHERE b = {x!r}"',
            'f"SELECT a FROM t WHERE b = \'{x}"',
            'f"SELECT a FROM t WHERE b = {x}", (y,)',
            "query",
            '"SELECT 1"',
            '"SELECT a FROM t WHERE b = %s" % rows[0] + tail',
            '"SELECT a FROM t WHERE b = %(x)s" % given',
            'f"SELECT a, {b}, c FROM t"',
            'f"SELECT a FROM t WHERE b IN ({ids})"',
            'f"INSERT INTO t VALUES ({row})"',
        )
    ),
    ("bandit/B608", 'cur.execute(f"SELECT a FROM t WHERE b = {x}")', 1),
    ("bandit/B608", 'import sqlite3, psycopg2\ncur.execute(f"SELECT a FROM t WHERE b = {x}")', 2),
    ("bandit/B999", "x = 1", 1),
    ("bandit/B307", "(" * 500, 1),
]


@pytest.mark.parametrize(("rule", "code", "line"), UNSURE)
def test_where_it_is_not_sure_there_is_none(rule, code, line):
    nowhere: Any = None
    assert mend(rule, Place.at("a.py", line), Source("a.py", code), nowhere) is None


def judge(repository, files):
    repository.commit({"schema.sql": "CREATE TABLE invoices (id int, Total int, paid bool, UNIQUE (id));\n"})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit(files)
    options = Options("commit", only=frozenset({"gate", "detect-secrets"}), today=date(2026, 1, 1))
    with Git(repository.folder) as git:
        return review(read_change(git, "main", "change"), options, Cache(None))


def test_a_star_becomes_the_columns_of_the_schema(repository):
    done = judge(repository, {"a.py": "def f(cur):\n    return cur.execute('SELECT * FROM invoices WHERE paid')\n"})
    (finding,) = [one for one in done.findings if one.rule.id == "queries/select_star"]
    assert finding.mend
    assert finding.mend.text == "    return cur.execute('SELECT id, total, paid FROM invoices WHERE paid')"
    repository.write({"a.py": f"def f(cur):\n{finding.mend.text}\n"})
    repository.git("commit", "--quiet", "--all", "--message", "m")
    with Git(repository.folder) as git:
        again = review(read_change(git, "main", "change"), Options("commit", only=frozenset({"gate"})), Cache(None))
    assert not [one for one in again.findings if one.rule.id == "queries/select_star"]


def named(repository, schema, table="invoices"):
    repository.commit({"schema.sql": schema})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit({"store.go": f'package a\n\nvar q = "SELECT * FROM {table} WHERE id = $1"\n'})
    options = Options("commit", only=frozenset({"gate", "detect-secrets"}), today=date(2026, 1, 1))
    with Git(repository.folder) as git:
        done = review(read_change(git, "main", "change"), options, Cache(None))
    (finding,) = [one for one in done.findings if one.rule.id == "queries/select_star"]
    return finding.mend.text.partition("SELECT ")[2].partition(" FROM")[0] if finding.mend else None


MANY = ", ".join(f"c{n} int" for n in range(31))


@pytest.mark.parametrize(
    ("schema", "columns"),
    [
        ("CREATE TABLE invoices (id int, total int); ALTER TABLE invoices ADD COLUMN paid bool;", "id, total, paid"),
        ("CREATE TABLE invoices (id int); ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;", "id"),
        ("CREATE TABLE invoices (id int, password_hash text, api_token text);", "id"),
        (f"CREATE TABLE invoices ({MANY});", None),
        ("CREATE TABLE invoices (id int, total int); ALTER TABLE invoices DROP COLUMN total;", None),
        ("CREATE TABLE invoices (id int, total int); ALTER TABLE invoices RENAME COLUMN total TO sum;", None),
        ("CREATE TABLE invoices (LIKE bills INCLUDING ALL, id int);", None),
        ("CREATE TABLE invoices (id int, total int); CREATE TABLE other.invoices (id int, sum int);", None),
    ],
)
def test_the_columns_are_those_of_the_whole_schema(repository, schema, columns):
    assert named(repository, schema) == columns


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM other", "SELECT * FROM invoices JOIN users ON a = b", "SELECT * FROM invoices, users",
        "SELECT * FROM invoices UNION SELECT * FROM invoices",
    ],
)  # fmt: skip
def test_a_star_of_other_tables_stays(repository, query):
    done = judge(repository, {"a.py": f"def f(cur):\n    return cur.execute('{query}')\n"})
    assert not [one for one in done.findings if one.mend]


TOKEN = """
from flask import request, abort
def guard(f):
    def inner(*a, **k):
        if request.headers.get("X-Debug-Token") == "letmein":
            return f(*a, **k)
        if not session_user():
            abort(401)
        return f(*a, **k)
    return inner
"""


def test_a_debug_token_goes_with_its_branch(repository):
    done = judge(repository, {"a.py": TOKEN})
    (finding,) = [one for one in done.findings if one.rule.id == "secrets/debug_token"]
    assert finding.mend
    assert finding.mend.text == ""
    made = applied(Source("a.py", TOKEN), finding.mend)
    ast.parse(made)
    assert made == TOKEN.replace(
        '        if request.headers.get("X-Debug-Token") == "letmein":\n            return f(*a, **k)\n', ""
    )


@pytest.mark.parametrize(
    "code",
    [
        'def f(key):\n    if key != "letmein":\n        abort(401)\n    serve()',
        'def verify_token(token):\n    if token == os.getenv("TOKEN", "let-me-in"):\n        return True\n    return False',
        'def f(key):\n    if key == "letmein" or signed_in():\n        return serve()\n    abort(401)',
        'def f(key):\n    if key == "letmein":\n        serve()\n    else:\n        abort(401)\n    log()',
        'def f(key):\n    if key == "letmein":\n        serve()',
    ],
)
def test_a_branch_whose_loss_would_let_more_in_or_leave_nothing_stays(code):
    nowhere: Any = None
    assert mend("secrets/debug_token", Place.at("a.py", 2), Source("a.py", code), nowhere) is None


def test_no_mend_repeats_a_secret(repository):
    secret = "ghp_" + "A1b2C3d4E5" * 3 + "F6g7H8"
    code = f'import requests\nrequests.get("https://example.com", headers={{"x": "{secret}"}}, verify=False)\n'
    repository.commit({"x": "x"})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit({"a.py": code})
    with Git(repository.folder) as git:
        done = review(read_change(git, "main", "change"), Options("commit"), Cache(None))
    assert {one.rule.id for one in done.findings} >= {"cryptography/tls_verification"}
    assert not [one for one in done.findings if one.mend and secret in one.mend.text]


def _spellings(rule):
    """The code of the cases above and of a rule's examples, as written and with functions that go by their own names."""
    known = registry.rules().get(rule)
    kept = [example for example in known.bad if isinstance(example, str | dict)] if known else []
    texts = [
        *(before for before, *_ in GOOD.values()),
        *(text for one in kept for text in examples.files(one).values()),
    ]
    return [*texts, *(re.sub(r"\b[a-zA-Z_]+\.(\w+\()", r"\1", text) for text in texts)]


@pytest.mark.parametrize("rule", sorted(mends._MENDERS))
def test_no_mend_fails_whatever_stands_on_its_line(rule):
    for text in _spellings(rule):
        source, whole = Source("app.py", text), examples.repo({"app.py": text})
        for line in (number for number, code in enumerate(source.lines, 1) if "(" in code):
            mends.mend(rule, Place.at("app.py", line), source, whole)
