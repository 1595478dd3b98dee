"""Names that are held against known ones, one by one or all at once, and variables that tell later what came of it."""

import textwrap

import pytest

from gate import registry
from gate.rule import Severity
from tests import examples
from tests.flows import FLASK, found, lines

CHECKED = {
    "a difference in a variable": "invalid = set(fields) - COLUMNS\nif invalid:\n    abort(400)",
    "a difference": "if fields.keys() - COLUMNS:\n    abort(400)",
    "another difference": "if set(fields).difference(COLUMNS):\n    abort(400)",
    "a subset": "if not set(fields) <= COLUMNS:\n    abort(400)",
    "another subset": "assert set(fields).issubset(COLUMNS)",
    "any": "if any(name not in COLUMNS for name in fields):\n    abort(400)",
    "all": "if not all(name in COLUMNS for name in fields):\n    abort(400)",
    "a list": "wrong = [name for name in fields if name not in COLUMNS]\nif wrong:\n    abort(400)",
    "a loop": "for name in fields:\n    if name not in COLUMNS:\n        abort(400)",
    "a loop of pairs": "for name, value in fields.items():\n    if name not in COLUMNS:\n        return 'no'",
    "a loop that takes out": "for name in list(fields):\n    if name not in COLUMNS:\n        fields.pop(name)",
    "a flag": "bad = False\nfor name in fields:\n    if name not in COLUMNS:\n        bad = True\nif bad:\n    abort(400)",
}
UNCHECKED = {
    "nothing": "pass",
    "another set": "if set(fields) - set(request.json):\n    abort(400)",
    "more than known": "if set(fields) > COLUMNS:\n    abort(400)",
    "some known": "if set(fields) & COLUMNS:\n    pass",
    "one of them": "if any(name in COLUMNS for name in fields):\n    pass",
    "a loop that goes on": "for name in fields:\n    if name not in COLUMNS:\n        log(name)",
    "a loop that is left": "for name in fields:\n    break\n    if name not in COLUMNS:\n        abort(400)",
    "a loop with a way round": (
        "for name in fields:\n    if name.startswith('x'):\n        continue\n    if name not in COLUMNS:\n        abort(400)"
    ),
    "a flag for some only": (
        "bad = False\nfor name in fields:\n    if strict:\n        if name not in COLUMNS:\n            bad = True\n"
        "if bad:\n    abort(400)"
    ),
    "a flag others set": (
        "bad = False\ndef forget():\n    nonlocal bad\n    bad = False\nfor name in fields:\n    if name not in COLUMNS:\n"
        "        bad = True\nforget()\nif bad:\n    abort(400)"
    ),
    "what a library makes of them": "if set(fields) - set(library.same(fields)):\n    abort(400)",
    "a loop that puts more in": (
        "for name in list(fields):\n    if name not in COLUMNS:\n        abort(400)\n    fields[request.json['n']] = 1"
    ),
    "a loop that brings more": (
        "for name in list(fields):\n    if name not in COLUMNS:\n        abort(400)\n    fields.update(request.json)"
    ),
    "a flag nobody asks": "bad = False\nfor name in fields:\n    if name not in COLUMNS:\n        bad = True",
    "a flag that is set anew": (
        "bad = False\nfor name in fields:\n    if name not in COLUMNS:\n        bad = True\nbad = False\nif bad:\n    abort(400)"
    ),
    "a flag asked the wrong way": (
        "bad = False\nfor name in fields:\n    if name not in COLUMNS:\n        bad = True\nif not bad:\n    abort(400)"
    ),
}
ENDS = {
    "joined": "eval(', '.join(fields))",
    "gone through": "eval(', '.join(f'{name} = 1' for name in fields))",
    "as keys": "eval(', '.join(fields.keys()))",
    "as a list": "eval(', '.join(sorted(fields)))",
    "one by one": "for name in fields:\n    eval(name)",
    "as pairs": "for name, value in fields.items():\n    eval(name)",
}


def _view(*parts: str) -> str:
    body = textwrap.indent("\n".join(parts), "    ")
    return f'COLUMNS = {{"a", "b"}}\n@app.post("/run")\ndef run():\n    fields = request.get_json()\n{body}\n'


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("check", CHECKED.values(), ids=CHECKED)
def test_names_found_to_be_known_are_harmless(check: str, end: str):
    assert found(_view(check, end)) == []


@pytest.mark.parametrize("check", CHECKED.values(), ids=CHECKED)
def test_what_stands_under_known_names_is_not(check: str):
    assert len(found(_view(check, "eval(fields['a'])"))) == 1
    assert len(found(_view(check, "for name, value in fields.items():\n    eval(value)"))) == 1


@pytest.mark.parametrize("check", UNCHECKED.values(), ids=UNCHECKED)
def test_what_looks_like_a_check_is_none(check: str):
    assert len(found(_view(check, "eval(', '.join(fields))"))) == 1


CASES = {
    "a loop that looks for it": """
        @app.post("/run")
        def run():
            name = request.json["c"]
            found = None
            for one in names():
                if one == name:
                    found = one
                    break
            eval(name)  # <-
            if found is None:
                abort(404)
            eval(name)
        """,
    "a loop that ends in a refusal": """
        @app.post("/run")
        def run():
            name = request.json["c"]
            for one in names():
                if one == name:
                    break
            else:
                return "no"
            eval(name)
        @app.post("/other")
        def other():
            name = request.json["c"]
            for one in names():
                if one == name:
                    return "no"
            eval(name)  # <-
        """,
    "a text that is set anew behind the check": """
        @app.post("/run")
        def run():
            name, found = request.json["c"], False
            for one in names():
                if one == name:
                    found = True
                name = request.json["d"]
            if not found:
                abort(404)
            eval(name)  # <-
        @app.post("/other")
        def other():
            code = request.json["c"]
            found = False
            if code == settings.code:
                found = True
                code = request.json["d"]
            if not found:
                abort(404)
            eval(code)  # <-
        """,
    "a flag for what is refused": """
        @app.post("/run")
        def run():
            code = request.json["c"]
            allowed = True
            if code not in ("1", "2"):
                allowed = False
            if not allowed:
                abort(403)
            eval(code)
        @app.post("/twice")
        def twice():
            code = request.json["c"]
            allowed = True
            if code not in ("1", "2"):
                allowed = False
            if request.json.get("force"):
                allowed = True
            if not allowed:
                abort(403)
            eval(code)  # <-
        """,
    "as what a library makes of it": """
        @app.post("/run")
        def run():
            code = request.json["c"]
            if code == library.same(code):
                eval(code)  # <-
            same = library.same(code)
            if code != same:
                abort(400)
            eval(code)  # <-
        """,
    "a flag that a condition may leave alone": """
        @app.post("/run")
        def run():
            code = request.json["c"]
            allowed = True
            if strict:
                if code not in ("1", "2"):
                    allowed = False
            if not allowed:
                abort(403)
            eval(code)  # <-
        """,
    "a text that is missing, or in one of two collections": """
        @app.post("/run")
        def run():
            code = request.json["c"]
            if code and code not in ("1", "2") and code not in others():
                abort(400)
            eval(code)
        @app.post("/other")
        def other():
            code, name = request.json["c"], request.json["n"]
            if name and code not in ("1", "2") and code not in others():
                abort(400)
            eval(code)  # <-
        """,
    "as another text": """
        @app.post("/run")
        def run():
            code = request.json["c"]
            if code == request.json["d"]:
                eval(code)  # <-
            if code == settings.code:
                eval(code)
        """,
    "the keys of a model": """
        import pydantic
        class Body(pydantic.BaseModel):
            name: str
        @app.post("/keys")
        def keys(body: Body):
            held = body.model_dump()
            eval(", ".join(held))
            eval(", ".join(f"{key} = 1" for key in held))
            eval(", ".join(list(held)))
        def save(**fields):
            eval(", ".join(f"{key} = 1" for key in fields))
        def show(rows):
            for row in rows:
                eval(row)  # <-
        @app.post("/handed")
        def handed(body: Body):
            save(**body.model_dump())
            save(name=request.json["c"])
            show([request.json["c"]])
        """,
    "a dictionary of known keys": """
        @app.post("/run")
        def run():
            given = {key: value for key, value in (("a", request.json["a"]), ("b", request.json["b"])) if value}
            eval(", ".join(given))
            eval(", ".join(given.values()))  # <-
        """,
    "a parameter that is called like a function": """
        class Context:
            def __init__(self, folder, eval=False):
                self.folder, self.eval = folder, eval
                self.shown = eval
                self.runs = exec
        def made(folder, context):
            return Context(folder, eval=context.shown)
        class Loop:
            def __init__(self, eval=False, other=False):
                self._eval = eval
                self.other = other
            def go(self, text):
                Context(text, eval=self._eval)
        @app.post("/run")
        def run():
            Loop().go(request.json["c"])
        """,
    "a field that a validator holds against known ones": """
        from fastapi import FastAPI
        from pydantic import BaseModel, field_validator
        api = FastAPI()
        class Body(BaseModel):
            code: str
            other: str
            third: str
            @field_validator("code")
            @classmethod
            def known(cls, value):
                if value not in {"1", "2"}:
                    raise ValueError("no")
                return value
            @field_validator("other")
            @classmethod
            def stripped(cls, value):
                return value.strip()
            @field_validator("third")
            def some(cls, value):
                if value in {"1", "2"}:
                    return value
                return value
        @api.post("/api")
        def run_api(body: Body):
            eval(body.code)
            eval(body.other)  # <-
            eval(body.third)  # <-
        """,
    "what is written to a file": """
        import json, os, subprocess
        @app.post("/run")
        def run():
            with open("notes.tmp", "w") as file:
                json.dump(request.json, file)
            os.replace("notes.tmp", "notes.json")
            with open("run.sh", "w") as script:
                print(request.json["c"], file=script)
            subprocess.run(["sh", "run.sh"])  # <-
        """,
}


@pytest.mark.parametrize("text", CASES.values(), ids=CASES)
def test_what_a_loop_or_a_flag_tells_is_kept_in_mind(text: str):
    reported, marked = lines(text)
    assert reported == marked


JUDGES = {
    "a loop": ("is_known", "for one in ('1', '2'):\n    if one == text:\n        return True\nreturn False"),
    "a set": ("is_allowed", "return text in {'1', '2'}"),
    "a raise": ("check_allowed", "if text not in {'1', '2'}:\n    raise ValueError(text)\nreturn True"),
    "another function": ("is_valid", "if not is_digit(text):\n    return False\nreturn text.isalnum()"),
}
NO_JUDGES = {
    "says yes": ("is_known", "return True"),
    "says yes to all": ("is_allowed", "log(text)\nreturn True"),
    "looks at something else": ("is_valid", "return other in {'1', '2'}"),
    "sets it anew": ("is_known", "text = text.strip()\nreturn text in {'1', '2'}"),
    "says yes at times": ("is_allowed", "if text in {'1', '2'}:\n    return True\nreturn other"),
}


def _judged(name: str, body: str) -> str:
    return (
        f"def {name}(text, other='1'):\n{textwrap.indent(body, '    ')}\n"
        f'@app.post("/run")\ndef run():\n    code = request.json["c"]\n    if not {name}(code):\n        abort(400)\n    eval(code)\n'
    )


@pytest.mark.parametrize(("name", "body"), JUDGES.values(), ids=JUDGES)
def test_a_check_in_a_function_of_its_own_is_read(name: str, body: str):
    assert found(_judged(name, body)) == []


@pytest.mark.parametrize("change", ["", "is_known = other\n", "@replaced\n"])
def test_a_check_that_is_replaced_is_not_read(change: str):
    text = _judged(*JUDGES["a set"])
    replaced = (
        change + text if change.startswith("@") else text.replace("@app", f"{change}@app".replace("known", "allowed"))
    )
    assert len(found(replaced)) == bool(change)


@pytest.mark.parametrize(("name", "body"), NO_JUDGES.values(), ids=NO_JUDGES)
def test_a_name_is_no_check(name: str, body: str):
    assert len(found(_judged(name, body))) == 1


@pytest.mark.parametrize(
    ("body", "severity"),
    [
        ("return True", None),
        ("log(path)\nreturn True", None),
        ("return rows(path)", Severity.MEDIUM),
        (
            "full = os.path.realpath(path)\nif full.startswith('/data/'):\n    log(full)\nreturn rows(path)",
            Severity.MEDIUM,
        ),
    ],
)
def test_a_check_that_looks_at_nothing_does_not_soften(body: str, severity: Severity | None):
    text = (
        f"import os\ndef is_safe(path):\n{textwrap.indent(body, '    ')}\n"
        '@app.post("/run")\ndef run():\n    name = request.json["c"]\n    if not is_safe(name):\n        abort(400)\n'
        '    return open("/data/" + name).read()\n'
    )
    check = next(one for one in registry.checks() if one.rule.id == "injection/path_traversal")
    assert [hit.severity for hit in examples.hits(check, {"app.py": FLASK + text})] == [severity]


def _severities(rule: str, text: str) -> list[Severity | None]:
    check = next(one for one in registry.checks() if one.rule.id == rule)
    return [hit.severity for hit in examples.hits(check, {"app.py": FLASK + textwrap.dedent(text)})]


def test_a_name_that_warns_is_believed_where_it_does_not_hold():
    text = """
        import requests
        @app.post("/fetch")
        def fetch():
            url = request.json["c"]
            if {}is_private(url):
                abort(400)
            return requests.get(url).text
        """
    assert _severities("injection/request_forgery", text.format("")) == [Severity.MEDIUM]
    assert _severities("injection/request_forgery", text.format("not ")) == [None]


def test_the_host_a_program_is_asked_at_is_no_secret():
    text = """
        from urllib.parse import urljoin, urlparse
        import requests
        from flask import redirect
        @app.get("/go")
        def go():
            target = request.args["next"]
            if urlparse(urljoin(request.host_url, target)).netloc != {}:
                abort(400)
            {}
        """
    own, other = "urlparse(request.host_url).netloc", "request.args['host']"
    assert _severities("injection/open_redirect", text.format(own, "return redirect(target)")) == []
    assert len(_severities("injection/open_redirect", text.format(other, "return redirect(target)"))) == 1


def test_a_file_that_is_uploaded_names_none():
    text = """
        import zipfile
        @app.post("/unpack")
        def unpack():
            zipfile.ZipFile({})
        """
    assert _severities("injection/path_traversal", text.format('request.files["c"]')) == []
    assert _severities("injection/path_traversal", text.format('request.files["c"].filename')) == [None]


def test_a_digest_vouches_for_what_it_is_made_of():
    text = """
        import hashlib, hmac, pickle
        @app.post("/load")
        def load():
            blob = request.data
            expected = hmac.new(KEY, {}, hashlib.sha256).hexdigest()
            if not hmac.compare_digest(expected, request.headers["x-signature"]):
                abort(400)
            pickle.loads(blob)
        """
    assert _severities("execution/eval_endpoint", text.format("blob")) == []
    assert _severities("execution/eval_endpoint", text.format("b'other'")) == [None]
    itself = text.replace('request.headers["x-signature"]', "expected")
    assert _severities("execution/eval_endpoint", itself.format("blob")) == [None]


def test_text_is_no_operator_of_a_document_store():
    text = """
        import pymongo
        users = pymongo.MongoClient().app.users
        @app.post("/find")
        def find():
            email = request.get_json().get("email")
            if not isinstance(email, {}):
                abort(400)
            users.find_one({{"email": email}})
        """
    assert _severities("queries/nosql_filter", text.format("str")) == []
    assert _severities("queries/nosql_filter", text.format("(str, dict)")) == [None]


@pytest.mark.parametrize(("port", "severity"), [("int(request.json['p'])", Severity.LOW), ("request.json['p']", None)])
def test_a_number_settles_where_an_address_leads(port: str, severity: Severity | None):
    text = """
        import requests
        @app.post("/fetch")
        def fetch():
            port = {}
            return requests.get(f"http://127.0.0.1:{{port}}/{{request.json['c']}}").text
        """
    assert _severities("injection/request_forgery", text.format(port)) == [severity]


ASKED = {
    "yes": ("is_allowed", "if not is_allowed(path):\n    abort(400)", []),
    "no": ("is_blocked", "if is_blocked(path):\n    abort(400)", [Severity.MEDIUM]),
    "the wrong way": ("is_allowed", "if is_allowed(path):\n    abort(400)", [None]),
    "and not heeded": ("check_path", "check_path(path)", [Severity.MEDIUM]),
    "beside another": (
        "is_allowed",
        "if not library.is_safe(path):\n    abort(400)\nif is_allowed(path):\n    log(path)",
        [Severity.MEDIUM],
    ),
    "at times": ("is_allowed", "if strict and not is_allowed(path):\n    abort(400)", [Severity.MEDIUM]),
    "under a flag": ("check_path", "if strict:\n    check_path(path)", [Severity.MEDIUM]),
}


@pytest.mark.parametrize(("name", "asked", "severities"), ASKED.values(), ids=ASKED)
def test_a_check_counts_as_it_is_asked(name: str, asked: str, severities: list[Severity | None]):
    text = (
        f'def {name}(text):\n    return text in {{"1", "2"}}\n@app.post("/run")\ndef run():\n    path = request.json["c"]\n'
        f'{textwrap.indent(asked, "    ")}\n    return open("/data/" + path).read()\n'
    )
    assert _severities("injection/path_traversal", text) == severities
