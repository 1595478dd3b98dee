"""A finding names the weakness of its place, though its rule may be about several kinds."""

import pytest

from gate import registry
from gate.finding import Finding
from gate.rule import Hit, Place
from gate.scanners.semgrep import scanner
from gate.source import Source
from tests import examples

FLASK = "import os, pickle, subprocess, importlib\nfrom flask import request\n@app.get('/')\ndef view():\n    return "


def _python(rule: str, text: str) -> set[tuple[int, ...]]:
    return {hit.cwes for check in registry.checks_of(rule) for hit in examples.hits(check, {"app.py": text})}


@pytest.mark.parametrize(
    ("sink", "cwes"),
    [
        ("eval(request.args['a'])", (95, 94)),
        ("os.system(request.args['a'])", (78, 77)),
        ("subprocess.run(request.args['a'], shell=True)", (78, 77)),
        ("pickle.loads(request.data)", (502,)),
        ("render_template_string(request.args['a'])", (1336, 94)),
        ("importlib.import_module(request.args['a'])", (470, 94)),
    ],
)
def test_what_runs_is_told_apart(sink, cwes):
    assert _python("execution/eval_endpoint", f"from flask import render_template_string\n{FLASK}{sink}\n") == {cwes}


def test_a_models_answer_is_told_apart():
    asked = "from openai import OpenAI\nclient = OpenAI()\ndef run(text):\n    answer = client.responses.create(input=text)\n"
    assert _python("execution/eval_endpoint", f"{asked}    return eval(answer.output_text)\n") == {(95, 94, 1426)}


@pytest.mark.parametrize(
    ("rule", "text", "cwes"),
    [
        ("cryptography/weak_cipher", "from Crypto.Cipher import AES\nAES.new(key, AES.MODE_ECB)\n", (327,)),
        ("cryptography/weak_cipher", "from Crypto.PublicKey import RSA\nRSA.generate(1024)\n", (326, 327)),
        ("identity/session_cookie", "response.set_cookie('session', token, secure=True, httponly=False)\n", (1004,)),
        ("identity/jwt_verification", "import jwt\ndef f(t):\n    return jwt.decode(t, K, algorithms=['HS256'], options={'verify_exp': False})['sub']\n", (613, 345)),
    ],
)  # fmt: skip
def test_so_is_what_is_weak(rule, text, cwes):
    assert _python(rule, text) == {cwes}


@pytest.mark.parametrize(
    ("sink", "cwes"),
    [
        ("res.json(eval(req.body.a))", (95, 94)),
        ("execSync(req.body.a)", (78, 77)),
        ("serialize.unserialize(req.body.a)", (502,)),
        ("res.send(ejs.render(req.body.a))", (1336, 94)),
        ("require(req.body.a)", (470, 913)),
    ],
)
def test_and_in_javascript(sink, cwes):
    text = f"app.post('/a', (req, res) => {{ {sink}; }});\n"
    found = scanner.scan([Source("app.js", text, "1")], examples.repo({"app.js": text})).spotted
    assert {one.hit.cwes for one in found if one.rule.id == "execution/eval_request"} == {cwes}


def test_a_finding_names_its_rules_weaknesses_where_the_place_names_none():
    rule = registry.rule("execution/eval_endpoint")
    place = Place("app.py", 1, 1)
    found = [
        Finding.of(rule, Hit(place, "said", cwes=cwes), "gate", scope="", mark="", public="").cwes
        for cwes in ((), (78,))
    ]
    assert found == [rule.cwes, (78,)]
