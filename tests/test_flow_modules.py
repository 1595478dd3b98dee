"""The flow engine: text is followed into other modules and along chains, and the way is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.rule import Severity
from tests.flows import HELPER, found

ROUTE = "from flask import Flask, request\n{imports}\napp = Flask(__name__)\n@app.post('/run')\ndef run():\n    return {call}\n"
IMPORTS = {
    "module": ({"work.py": HELPER}, "import work", "work.go(request.json['c'])"),
    "alias": ({"work.py": HELPER}, "import work as w", "w.go(request.json['c'])"),
    "name": ({"work.py": HELPER}, "from work import go as run_it", "run_it(request.json['c'])"),
    "star": ({"work.py": HELPER}, "from work import *", "go(request.json['c'])"),
    "submodule": (
        {"pkg/__init__.py": "", "pkg/work.py": HELPER}, "import pkg.work", "pkg.work.go(request.json['c'])",
    ),
    "exported again": (
        {"pkg/__init__.py": "from .work import go\n", "pkg/work.py": HELPER}, "import pkg", "pkg.go(request.json['c'])",
    ),
    "in src": ({"src/pkg/work.py": HELPER}, "from pkg.work import go", "go(request.json['c'])"),
    "imported by each other": (
        {"work.py": "import other\n" + HELPER, "other.py": "import work\ndef go(code):\n    return work.go(code)\n"},
        "import other", "other.go(request.json['c'])",
    ),
    "instance": (
        {"work.py": "class Job:\n    def go(self, code):\n        return eval(code)\njob = Job()\n"}, "from work import job",
        "job.go(request.json['c'])",
    ),
    "table": (
        {"work.py": HELPER + "TABLE = {'go': go}\n"}, "from work import TABLE", "TABLE[request.json['a']](request.json['c'])",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "imports", "call"), IMPORTS.values(), ids=IMPORTS)
def test_text_is_followed_into_other_modules(files: dict[str, str], imports: str, call: str):
    hits = found({**files, "app.py": ROUTE.format(imports=imports, call=call)})
    assert [hit.place.path.rpartition("/")[2] for hit in hits] == ["work.py"]


WRAPPER = """
class Fields:
    def __init__(self, asked):
        self.asked = asked
    def form(self, name):
        return self.asked.form.get(name)
    def method(self, name):
        return self.asked.method
    def fixed(self, name):
        return name
def form_value(asked, name):
    return asked.form[name]
def fixed_value(asked, name):
    return name
"""


@pytest.mark.parametrize(("call", "seen"), [
    ("eval(work.Fields(request).form('c'))", 1),
    ("eval(work.Fields(request).method('c'))", 0),
    ("eval(work.Fields(request).fixed('c'))", 0),
    ("eval(work.form_value(request, 'c'))", 1),
    ("eval(work.fixed_value(request, 'c'))", 0),
    ("eval(helpers.web.get_field(request, 'c'))", 1),
    ("eval(helpers.web.get_safe_value(request, 'c'))", 0),
    ("eval(helpers.web.started(request, 'c'))", 0),
    ("eval(helpers.web.wrap(request).get_value('c'))", 1),
    ("eval(helpers.web.wrap(request).get_safe_value('c'))", 0),
])  # fmt: skip
def test_a_request_is_followed_where_it_is_handed(call, seen):
    files = {"work.py": WRAPPER, "app.py": ROUTE.format(imports="import work, helpers.web", call=call)}
    assert len(found(files)) == seen


BEFORE = """
from flask import g, request
from app import app
@app.before_request
def load():
    g.code = request.headers.get("X-Code")
    g.fixed = "1"
    g.number = int(request.headers["X-Number"])
"""


@pytest.mark.parametrize(("name", "seen"), [("code", 1), ("fixed", 0), ("number", 0), ("other", 0)])
def test_what_is_kept_for_the_request_is_followed(name, seen):
    app = ROUTE.format(imports="from flask import g", call=f"eval(g.{name})")
    assert len(found({"before.py": BEFORE, "app.py": app})) == seen


ALIASES = """
from typing import Annotated
from fastapi import Body, Depends, Request
from sqlalchemy.orm import Session
def connect() -> Session: ...
async def code_of(request: Request): return (await request.json())["code"]
SessionDep = Annotated[Session, Depends(connect)]
CodeDep = Annotated[str, Depends(code_of)]
Code = Annotated[str, Body()]
Count = Annotated[int, Body()]
"""
USES = """
from fastapi import APIRouter
from api.deps import {name}
router = APIRouter()
@router.post("/run")
def run(given: {name}):
    return eval({value})
"""


@pytest.mark.parametrize(("name", "value", "seen"), [
    ("SessionDep", "given.get(Job, 1).code", 0),
    ("Count", "given", 0),
    ("Code", "given", 1),
    ("CodeDep", "given", 1),
])  # fmt: skip
@pytest.mark.parametrize("again", [False, True], ids=["imported", "exported again"])
def test_a_name_for_an_annotation_is_what_it_stands_for(name, value, seen, again):
    files = {"api/__init__.py": "", "api/deps.py": ALIASES, "api/app.py": USES.format(name=name, value=value)}
    if again:
        files |= {"api/base.py": ALIASES, "api/deps.py": f"from api.base import {name}\n"}
    assert len(found(files)) == seen


def test_the_way_is_told_from_where_the_text_enters_to_where_it_runs():
    files = {
        "app.py": ROUTE.format(imports="from middle import between", call="between(request.json['c'])"),
        "middle.py": "from work import go\ndef between(text):\n    held = text.strip()\n    return go(held)\n",
        "work.py": HELPER,
    }
    (hit,) = found(files)
    told = [(hop.place.path, hop.place.line) for hop in hit.trace]
    assert told == [("app.py", 6), ("app.py", 6), ("middle.py", 4), ("work.py", 2)]
    assert "`run` (app.py:6)" in hit.message
    assert "`eval`" in hit.message


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("request.json['m']", None),
        ("f'plugins.{request.json[\"m\"]}'", Severity.MEDIUM),
        ("f'{request.json[\"m\"]}.views'", Severity.MEDIUM),
        ("request.json['m'] + '.views'", Severity.MEDIUM),
        ("'%s.views' % request.json['m']", Severity.MEDIUM),
        ("'{}.views'.format(request.json['m'])", Severity.MEDIUM),
        ("(request.json['m'] + '.views').split('.')[0]", None),
    ],
)
def test_an_import_of_one_of_few_modules_only_warns(name: str, severity: Severity | None):
    (hit,) = found(f"import importlib\n@app.post('/')\ndef run():\n    importlib.import_module({name})\n")
    assert hit.severity is severity
    assert ("one of few" in hit.message) is (severity is not None)


FORMS = ["{0}({1})", "{0}(text={1})", "{0}(**{{'text': {1}}})", "{0}(*[{1}])", "str({0}({1}))"]
"""How one function of a chain calls the next."""


@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(FORMS)), min_size=1, max_size=7), st.booleans())
def test_a_chain_of_helpers_within_the_bound_is_found(links: list[tuple[int, str]], upwards: bool):  # noqa: FBT001  given by hypothesis
    """The text goes down the chain as an argument, or comes up it as a result."""
    files = {f"m{number}.py": "from flask import request\n" for number in range(4)}
    files["app.py"] = "from flask import Flask, request\nfrom m0 import *\nimport m1, m2, m3\napp = Flask(__name__)\n"
    names = [f"m{module}.f{index}" for index, (module, _) in enumerate(links)]
    for index, (module, form) in enumerate(links):
        last = "request.json['c']" if upwards else "eval(text)"
        inner = form.format(names[index + 1], "text") if index + 1 < len(links) else last
        imports = f"    import {', '.join(sorted({name.partition('.')[0] for name in names}))}\n"
        files[f"m{module}.py"] += f"def f{index}(text):\n{imports}    return {inner}\n"
    first = links[0][1].format(names[0].replace("m0.", ""), "'x'" if upwards else "request.json['c']")
    call = f"eval({first})" if upwards else first
    files["app.py"] += f"@app.post('/')\ndef run():\n    return {call}\n"
    (hit,) = found(files)
    for hop in hit.trace:
        line = files[hop.place.path].split("\n")[hop.place.line - 1]
        assert hop.note.rpartition(" ")[2].strip("`") in line or "here" in hop.note or "enters" in hop.note


WORDS = st.from_regex(r"[a-z]{2,8}[0-9]", fullmatch=True)


@given(st.lists(WORDS, min_size=5, max_size=5, unique=True))
def test_names_change_nothing(names: list[str]):
    helper, argument, holder, route, variable = names
    text = f"""
        class {holder}:
            def __init__(self, {argument}):
                self.{argument} = {argument}
        def {helper}({argument}, {variable}=None):
            eval({variable})
            return eval({argument}.{argument})
        @app.post("/")
        def {route}():
            {variable} = {holder}(request.json["c"])
            return {helper}({variable})
        """
    assert {hit.place.line for hit in found(text)} == {9}


FASTAPI = "from fastapi import FastAPI, Request\napp = FastAPI()\n@app.post('/')\n"
LIBRARY = {
    "request of flask": (
        "flask", "class Flask: ...\nrequest = None\n",
        "from flask import Flask, request\ndef run():\n    return eval(request.json['c'])\n",
    ),
    "module of flask": ("flask", "", "import flask\ndef run():\n    return eval(flask.request.json['c'])\n"),
    "parameter of a route": ("fastapi", "class FastAPI: ...\n", FASTAPI + "def run(c: str):\n    return eval(c)\n"),
    "typed request": (
        "fastapi", "class Request:\n    def json(self): ...\n",
        FASTAPI + "async def run(r: Request):\n    return eval((await r.json())['c'])\n",
    ),
    "view": (
        "django/views", "class View: ...\n",
        "from django.views import View\nclass Run(View):\n    def get(self, request):\n        eval(request.GET['c'])\n",
    ),
    "sink": (
        "pickle", "def loads(text): ...\n",
        "import pickle\nfrom flask import request\ndef run():\n    return pickle.loads(request.data)\n",
    ),
    "model": (
        "openai", "class OpenAI: ...\n",
        "from openai import OpenAI\ndef run(p):\n    return eval(OpenAI().responses.create(input=p).output_text)\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("place", ["{}.py", "tests/{}.py", "src/{}/__init__.py"])
@pytest.mark.parametrize("name", LIBRARY)
def test_a_file_named_like_a_library_hides_nothing(name: str, place: str):
    library, stand_in, program = LIBRARY[name]
    assert found({"app.py": program, place.format(library): stand_in})


def test_a_package_of_the_tree_that_has_a_common_name_is_what_it_is():
    program = "from agents import Runner\ndef run():\n    return eval(Runner.run('x'))\n"
    assert found({"app.py": program})
    assert not found({"app.py": program, "agents/__init__.py": "class Runner:\n    def run(text): return '1'\n"})


@pytest.mark.parametrize(("method", "reported"), [("__init__", False), ("__call__", True)])
def test_an_object_that_is_handed_on_is_called_and_not_made(method, reported):
    kind = f"class Job:\n    def {method}(self, *given):\n        eval(given[0])\njob = Job('1')\n"
    route = ROUTE.format(imports="from work import job", call="show(job, request.json['c'])")
    assert bool(found({"app.py": route, "work.py": kind})) is reported
