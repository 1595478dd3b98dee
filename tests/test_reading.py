"""What calls mean, and what expressions of literals come to."""

import ast
from datetime import date

import pytest

from gate.cache import Cache
from gate.change import read_change
from gate.facts.literal import UNKNOWN
from gate.facts.reading import reading
from gate.git import Git
from gate.pipeline import Options, review
from gate.rule import Source

MEANT = [
    ("import requests as r\ns = r.Session()\ns.get(u)", "requests.Session().get"),
    ("from requests import Session\nclass C:\n    def __init__(self):\n        self.s = Session()\n    def f(self):\n        self.s.get(u)",
     "requests.Session().get"),
    ("import random\nclass C:\n    rng = random.SystemRandom()\n    def f(self):\n        self.rng.choice(u)",
     "random.SystemRandom().choice"),
    ("import httpx\nasync def f():\n    async with httpx.AsyncClient() as c:\n        await c.get(u)", "httpx.AsyncClient().get"),
    ("import redis\ndef f(c: redis.Redis):\n    c.get(u)", "redis.Redis().get"),
    ("import jwt\ndef f(jwt):\n    jwt.decode(u)", "jwt.decode"),
    ("import ssl\nx = ssl\n(y := x).get(u)", "ssl.get"),
    ("a = b()\na = c()\na.get(u)", "app.a.get"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "meant"), MEANT)
def test_a_call_means_what_its_receiver_was_made_by(text, meant):
    file = reading(Source("app.py", text))
    (call,) = [one for one in file.calls() if any(getattr(arg, "id", "") == "u" for arg in one.node.args)]
    assert file.called(call) == meant


VALUES = [
    ("60 * 60 * 24", 86_400), ("timedelta(days=1, hours=2)", 93_600.0), ("timedelta(1)", 86_400.0), ("not True", False),
    ("'no' + 'ne'", "none"), ("f'{A}b'", "ab"), ("[A, y]", ["a", UNKNOWN]), ("{'k': {'n': False}, **{'m': 1}}", {"k": {"n": False}, "m": 1}),
    ("bytes(4)", bytes(4)), ("dict(verify=False)", {"verify": False}), ("-1", -1), ("os.getenv('A')", UNKNOWN),
    ("LOOP", UNKNOWN), ("1 / 0", UNKNOWN), ("'a' * 10 ** 9", UNKNOWN), ("bytes(10 ** 12)", UNKNOWN), ("{[1]: 2}", {}),
    ("TWICE", UNKNOWN), ("A.encode()", "a"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_literals_are_computed_and_nothing_else(text, value):
    file = reading(Source("app.py", f"A = 'a'\nLOOP = LOOP2\nLOOP2 = LOOP\nTWICE = 1\nTWICE = 2\nx = {text}"))
    assert file.literal(ast.parse(text, mode="eval").body, "") == value


def test_a_bomb_of_names_is_not_computed_for_ever():
    lines = ["a0 = 'x'", *(f"a{n} = a{n - 1} + a{n - 1}" for n in range(1, 60))]
    file = reading(Source("app.py", "\n".join(lines)))
    assert file.literal(ast.parse("a59", mode="eval").body, "") is UNKNOWN


BOTH = """
import hashlib, requests, ssl
from Crypto.Cipher import DES
def fetch(url, password):
    requests.get(url, verify=False, timeout=3)
    ssl._create_unverified_context()
    DES.new(key)
    return hashlib.md5(password.encode()).hexdigest()
"""


def test_what_bandit_sees_as_well_is_one_finding(repository):
    repository.commit({"readme": "x"})
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit({"app.py": BOTH})
    options = Options("commit", only=frozenset({"gate", "bandit"}), today=date(2026, 1, 1))
    with Git(repository.folder) as git:
        done = review(read_change(git, "main", "change"), options, Cache(None))
    found = {one.place.line: (one.rule.id, one.scanners) for one in done.findings if one.rule.item == "cryptography"}
    assert len([one for one in done.findings if one.rule.item == "cryptography"]) == len(found)
    assert found == {
        5: ("cryptography/tls_verification", ("bandit", "gate")),
        6: ("cryptography/tls_verification", ("bandit", "gate")),
        7: ("cryptography/weak_cipher", ("bandit", "gate")),
        8: ("cryptography/password_storage", ("bandit", "gate")),
    }
