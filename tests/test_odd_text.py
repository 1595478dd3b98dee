"""Facts about settings and checks end in time, whatever a change writes."""

import pytest

from gate.facts.agentrunner import AgentRunner
from gate.facts.clientsecret import ClientSecret
from gate.facts.cors import Cors
from gate.facts.debugging import Debugging
from gate.facts.disclosure import Disclosure
from gate.facts.hostcheck import HostCheck
from gate.facts.massassign import MassAssign
from gate.facts.setting import Setting
from gate.facts.tagfilter import TagFilter
from gate.facts.workflow import Workflow
from tests import examples

KINDS = (
    AgentRunner, ClientSecret, Cors, Debugging, Disclosure, HostCheck, MassAssign, Setting, TagFilter, Workflow,
)  # fmt: skip
ROUTE = "@app.post('/')\ndef view(request):\n"
ODD = {
    "returns.py": ROUTE + "    try:\n        x = str(request)\n    except Exception as e:\n" + "        return str(e), x\n" * 3_000,
    "loops.py": ROUTE + "    data = request.json\n" + "    for k, v in data.items():\n        setattr(x, k, v)\n" * 2_000,
    "calls.py": ROUTE + "    url = request.args['url']\n" + "    ok('example.com' in url, User(**url))\n" * 3_000,
    "names.py": ROUTE + "".join(f"    url = a{n}\n    a{n} = url\n" for n in range(2_000)) + "    return url.startswith('http://a.com')\n",
    "tests.py": "if " + " or ".join(["debug"] * 300) + ":\n" + "    app.debug = True\n" * 2_000,
    "config.py": "DEBUG = " + "not " * 80 + "True\n" + "DEBUG = DEBUG\n" * 2_000,
    "cors.py": "CORS(app, origins=" + "[" * 60 + "'*'" + "]" * 60 + ", supports_credentials=True)\n" * 1,
    "headers.py": ROUTE + "    r.headers['Access-Control-Allow-Origin'] = request.headers['Origin']\n" * 2_000
    + "    r.headers['Access-Control-Allow-Credentials'] = 'true'\n",
    "tags.py": "import re\ndef clean(html):\n" + "    re.findall('<script>', html)\n    html.replace(a, '')\n" * 2_000,
    "long.py": "import re\nre.sub('" + "<script" * 5_000 + "', '', url)\nre.match('" + "a." * 9_000 + "com', url)\n",
    "hosts.py": "x = url.endswith('" + "a." * 9_000 + "')\ny = url.startswith('https://" + "a-" * 9_000 + "')\n",
    "auto.py": "interpreter.auto_run = True\n" * 3_000,
    ".github/workflows/a.yml": "on: workflow_run\njobs:\n  a:\n    steps:\n" + "      - {run: '${{ github.event.issue.title }}'}\n" * 3_000,
    ".github/workflows/b.yml": "on: push\njobs: &a {x: *a}\n",
    ".github/workflows/c.yml": "on: push\njobs: {a: {steps: [{run: '" + "${{ " * 9_000 + "'}]}}\n",
    "a.js": ".replace(/<" * 9_000 + "\n" + "process.env.NEXT_PUBLIC_" + "A_" * 5_000 + "\n" + "VITE_A_SECRET " * 140,
    ".env": "NEXT_PUBLIC_A_SECRET=\n" * 5_000,
    "Dockerfile": "ENV FLASK_DEBUG=1\n" * 5_000 + "ENV " + " " * 5_000,
}  # fmt: skip


@pytest.mark.parametrize("path", ODD)
def test_odd_text_is_read_in_time(path):
    repo = examples.repo({path: ODD[path]})
    for kind in KINDS:
        assert repo[kind] is not None
    assert "seconds" not in " ".join(repo.problems.values())
