"""Judging a small change in a real repository."""

from datetime import date

from gate.cache import Cache
from gate.change import read_change
from gate.git import Git
from gate.pipeline import Options, review

FLASK = "from flask import Flask, request\n\napp = Flask(__name__)\n\n\n"


EVAL = '@app.post("/calc")\ndef calc():\n    return str(eval(request.json["expr"]))\n'


SAFE = '@app.get("/")\ndef index():\n    return "ok"\n'


NATIVE = Options("full", only=frozenset({"gate"}), today=date(2026, 6, 1))


def judge(repository, options=NATIVE, base="main", head="HEAD", **rest):
    with Git(repository.folder) as git:
        return review(read_change(git, base, head, **rest), options, Cache(None))


def change(repository, before, after):
    repository.commit(before)
    repository.git("checkout", "--quiet", "-b", "change")
    repository.commit(after)
    return judge(repository)


def found(done):
    return [(finding.rule.id, finding.place.path, finding.place.line) for finding in done.findings]
