"""Which patterns, held against a request's text, leave room for code, and which for more than one name of a path."""

import textwrap

import pytest

from gate import registry
from gate.rule import Hit
from tests import examples

CHECKS = {check.rule.id: check for check in registry.checks()}

CODE = """
    import re
    from flask import request
    def run():
        text = request.args["text"]
        if not re.fullmatch(PATTERN, text):
            raise ValueError
        return eval(text)
"""
FILE = CODE.replace("eval(text)", 'open("/srv/" + text).read()')


def found(rule: str, code: str, pattern: str) -> list[Hit]:
    text = textwrap.dedent(code).replace("PATTERN", repr(pattern))
    return examples.hits(CHECKS[rule], {"app.py": text})


@pytest.mark.parametrize("pattern", [r"[\w-]+", "[a-zA-Z0-9_-]+", r"\d{1,3}", "(?:a|b)+"])
def test_words_are_no_code(pattern):
    assert not found("execution/eval_endpoint", CODE, pattern)


@pytest.mark.parametrize("pattern", ["[A-z]+", "[0-z]+", "[+-z]+", "[^a]+", ".+", r"[\w.]+", r"\w+\.\w+", "[a.-z]+"])
def test_what_only_looks_narrow_may_be_code(pattern):
    assert found("execution/eval_endpoint", CODE, pattern)


@pytest.mark.parametrize("pattern", [r"[\w.-]+", r"([a-f0-9]{64}|[a-f0-9]{8})(\.zip)", r"[.\w-]+", "[a-z0-9.]+"])
def test_one_name_leads_nowhere_else(pattern):
    assert not found("injection/path_traversal", FILE, pattern)


@pytest.mark.parametrize("pattern", [r"[\w./-]+", r"[\w]+/[\w]+\.zip", "[.-z]+", "[a.-z]+", r"[^/]*\W", r"[\w.\\]+"])
def test_several_names_may_lead_anywhere(pattern):
    assert found("injection/path_traversal", FILE, pattern)
